"""Requests as the tables that SQL takes: one of requests, one of their papers, one of working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from creditrules.drivers.sql.calendar import working_days
from creditrules.facts import Request
from creditrules.program import NOT_YET, FactInfo, Program, Value

HEAD = {
    "request": "BIGINT", "on": "DATE", "consulted": "TEXT[]", "matter": "BOOLEAN", "documents": "BOOLEAN",
}  # fmt: skip
PAPER_HEAD = {"request": "BIGINT", "id": "TEXT"}
CALENDAR = {"day": "DATE", "passed": "INTEGER", "nth": "INTEGER"}
_TYPES = {
    "bool": "BOOLEAN", "date": "DATE", "number": "DECIMAL(18, 4)", "list[enum]": "TEXT[]", "list[str]": "TEXT[]",
    "list[date]": "DATE[]",
}  # fmt: skip
NOT_YET_DAY = dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Tables:
    """The three tables of some requests: the type of every column, and the rows."""

    types: dict[str, dict[str, str]]
    rows: dict[str, list[dict[str, Any]]]

    @property
    def columns(self) -> set[str]:
        """Give the names of all columns of requests and papers."""
        return {*self.types["requests"], *self.types["papers"]}


def tables_of(programs: Iterable[Program], requests_: Iterable[Request]) -> Tables:
    """Write requests as tables, every fact of the vocabulary a column."""
    facts = facts_of(programs)

    def typed(about_paper: bool) -> dict[str, str]:
        return {
            name: _TYPES.get(fact.type, "TEXT") for name, fact in facts.items() if fact.about_paper is about_paper
        }

    numbered = list(enumerate(requests_))
    return Tables(
        {
            "requests": {**HEAD, **typed(False)},
            "papers": {**PAPER_HEAD, **typed(True)},
            "working_days": CALENDAR,
        },
        {
            "requests": [request_row(key, one, facts, NOT_YET_DAY) for key, one in numbered],
            "papers": [row for key, one in numbered for row in paper_rows(key, one, facts, NOT_YET_DAY)],
            "working_days": [dict(zip(CALENDAR, row, strict=True)) for row in working_days()],
        },
    )


def cell(value: Value | None, not_yet: dt.date) -> Any:
    """Write a value as a cell."""
    if value is NOT_YET:
        return not_yet
    if isinstance(value, tuple):
        return [cell(one, not_yet) for one in value]
    return value


def facts_of(programs: Iterable[Program]) -> dict[str, FactInfo]:
    """Give every fact of some programs."""
    return {fact.name: fact for program in programs for fact in program.facts.values()}


def request_row(key: int, request: Request, facts: Mapping[str, FactInfo], not_yet: dt.date) -> dict[str, Any]:
    """Give the row of a request."""
    row: dict[str, Any] = {"request": key, "on": request.on, "consulted": sorted(request.consulted)}
    row["matter"] = request.matter == "given"
    row["documents"] = request.papers is not None
    for name, fact in facts.items():
        if not fact.about_paper:
            row[name] = cell(request.values.get(name), not_yet)
    return row


def paper_rows(key: int, request: Request, facts: Mapping[str, FactInfo], not_yet: dt.date) -> list[dict[str, Any]]:
    """Give the rows of a request's papers."""
    rows = []
    for paper in request.papers or ():
        row: dict[str, Any] = {"request": key, "id": paper.id}
        for name, fact in facts.items():
            if fact.about_paper:
                row[name] = cell(paper.values.get(name), not_yet)
        rows.append(row)
    return rows
