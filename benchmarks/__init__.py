"""Measurements of creditrules beside hand-written code and other engines; see docs/performance.md."""
