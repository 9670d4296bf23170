"""Mutation of policies: one thing changed at a time, to see whether a case notices."""
