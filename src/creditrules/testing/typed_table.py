"""Requests as one flat table, every column of the type its fact has, as tables of other programs are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from creditrules.front import Policy

_DAY = pa.date32()
NOT_YET = dt.date(9999, 12, 31)


def table_of(requests: Sequence[Mapping[str, Any]], policy: Policy, *, text_dates: bool = False) -> pa.Table:
    """Write requests as one flat table, every column of the type its fact has."""
    known = policy.names_read().facts
    rows = [_row(request) for request in requests]
    names = sorted({name for row in rows for name in row})
    columns = {}
    for name in names:
        fact = known.get(name)
        cells = [row.get(name) for row in rows]
        if name == "documents":
            columns[name] = _papers(cells, known, text_dates)
        elif name == "on":
            columns[name] = pa.array(cells if text_dates else [_day(cell) for cell in cells])
        else:
            columns[name] = _column(cells, fact, text_dates)
    return pa.table(columns)


def _row(request: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in request.items():
        if key == "matter":
            row["matter"] = True
        if isinstance(value, Mapping):
            row |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            row[key] = value
    if "matter" not in request:
        row["matter"] = False
    return row


def _column(cells: Sequence[Any], fact: Any, text_dates: bool) -> pa.Array:
    type_ = fact.type if fact is not None else "str"
    if type_ == "date" and not text_dates:
        return pa.array([_day(cell) for cell in cells], _DAY)
    if type_ == "list[date]" and not text_dates:
        return pa.array([cell and [_day(one) for one in cell] for cell in cells], pa.list_(_DAY))
    if type_.startswith("list[") or any(isinstance(cell, list) for cell in cells):
        return pa.array(cells, pa.list_(pa.string()))
    if type_ == "bool" or all(isinstance(cell, bool | None) for cell in cells):
        return pa.array(cells, pa.bool_())
    return pa.array(cells) if type_ == "number" else pa.array(cells, pa.string())


def _day(text: str | None) -> dt.date | None:
    return None if text is None else NOT_YET if text == "not_yet" else dt.date.fromisoformat(text)


def _papers(cells: Sequence[Any], known: Mapping[str, Any], text_dates: bool) -> pa.Array:
    """Write papers as structs, all with all fields; what is not told is null."""
    flat = [
        {**{f"document.{key}": value for key, value in paper.items() if key != "issuer"},
         **{f"issuer.{key}": value for key, value in paper.get("issuer", {}).items()}}
        for papers in cells for paper in papers or ()
    ]  # fmt: skip
    names = sorted({name for paper in flat for name in paper})
    if not names:
        return pa.array(cells, pa.list_(pa.struct({"kind": pa.string()})))
    struct = pa.StructArray.from_arrays(
        [_column([paper.get(name) for paper in flat], known.get(name), text_dates) for name in names], names
    )
    offsets = [0]
    for papers in cells:
        offsets.append(offsets[-1] + len(papers or ()))
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), struct, mask=pa.array([papers is None for papers in cells])
    )
