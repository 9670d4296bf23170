"""A table of many subjects of the generated work: ours, numpy and SQL by hand, OpenFisca."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks import ours
from benchmarks.engines import check_table, makers
from benchmarks.timing import whole
from benchmarks.workload import policy as make_policy
from benchmarks.workload import requests, table

BASE = "numpy, by hand"
_ROWS_CHECKED = 2000


def measure(size: str, rows: int, *, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Time a batch at a size; each contestant is checked on some rows first."""
    work = make_policy(size)
    small, cases = table(_ROWS_CHECKED, size, "check"), requests(_ROWS_CHECKED, size, "check")
    big = table(rows, size, "batch")
    functions: dict[str, Callable[[], object]] = {}
    engine = ours.load(work)
    if engine.can_batch():
        check_table("creditrules", engine, work, small, cases)
        functions["creditrules"] = partial(engine.batch, big)
    else:
        say("  creditrules has no decide_table yet: no row for it")
    for maker in makers(("columns", "openfisca", "duckdb_case")):
        if maker.absent:
            say(f"  {maker.name}: not here ({maker.absent})")
            continue
        made = maker.load(work)
        check_table(maker.name, made, work, small, cases)
        functions[maker.name] = partial(made.batch, big)
    found = whole(functions, rounds)
    return {"rows": rows, "batch": [{"name": name, **times} for name, times in found.items()]}
