"""Many requests at once: a table in, a table of answers out, each row decided as by `decide` (extra `tables`)."""

from creditrules.drivers.table.deciding import DecidedTable, ask, decide_table
from creditrules.drivers.table.stream import decide_to_file

__all__ = ["DecidedTable", "ask", "decide_table", "decide_to_file"]
