"""Other drivers of the same program; each is compared with the evaluator, which stays the reference."""
