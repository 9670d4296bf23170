"""Readers of findings, decisions and traces: each turns values into something a person reads."""
