"""Many requests at once: a table in, a table of answers out, each row as `decide` would decide it (extra `tables`)."""
