"""What `decide` says of each request of a table, and what the table's answer says, in one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import creditrules as cr
from creditrules.drivers.table.answers import COLUMNS
from creditrules.handed_in import a_day, request_tree


def expected(front: Any, request: Mapping[str, Any], columns: Sequence[str], on: object = None) -> dict[str, Any]:
    """Give what the evaluator says of one request, as a row of the answer has it, or the codes of the refusal."""
    try:
        source, tree = request_tree(request)
        decision = front.decide_tree(tree, source, on=None if on is None else a_day(on, "on"))
    except cr.RequestError as error:
        return {"refused": sorted(one.code for one in error.findings)}
    return {name: COLUMNS[name].of(decision) for name in columns}


def answered(result: Any, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Give the rows of an answer in the form of `expected`."""
    why: dict[int, list[str]] = {}
    for one in result.refused:
        why.setdefault(one.row, []).append(one.code)
    rows = result.table.select(list(columns)).to_pylist()
    return [{"refused": sorted(why[place])} if row["outcome"] is None else row for place, row in enumerate(rows)]
