"""Requests as the two tables that SQL takes, and decisions as the rows it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings

import creditrules as cr
from creditrules.decision import Decision
from creditrules.drivers.sql.calendar import working_days
from creditrules.facts import Request
from creditrules.program import NOT_YET, FactInfo, Program, Value
from creditrules.testing import from_policy

SORTED = (
    "missing", "rules", "untold", "measures", "options", "requirements", "papers", "duties", "weights", "referrals",
    "violations", "refused",
)  # fmt: skip


def drawn(policy: cr.Policy, count: int) -> list[Decision]:
    """Decide many random requests of a policy."""
    found: list[Decision] = []

    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(from_policy(policy))
    def draw(request: dict[str, Any]) -> None:
        found.append(policy.decide_request(request))

    draw()
    return found


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


def compare(rows: Iterable[Mapping[str, Any]], decisions: Sequence[Decision]) -> None:
    """Say that each row is what `decide` says."""
    found = sorted(rows, key=lambda row: row["request"])
    assert [row["request"] for row in found] == list(range(len(decisions)))
    for row, decision in zip(found, decisions, strict=True):
        for name, value in expected(decision).items():
            got = sorted(row[name]) if name in SORTED else row[name]
            assert got == value, (name, decision.request.text)


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


def _about(words: str, document: str | None) -> str:
    return words if document is None else f"{words} @{document}"


def expected(decision: Decision) -> dict[str, Any]:
    """Give the row that SQL has to give for a decision."""
    words = {True: ("met", "clean"), False: ("unmet", "unclean"), None: ("unknown", "unknown")}
    return {
        "outcome": decision.outcome,
        "possible": list(decision.possible),
        "missing": sorted(_about(one.fact, one.document) for one in decision.missing),
        "rules": sorted(_about(one.rule, one.document) for one in decision.rules),
        "untold": sorted({_about(one.rule, one.document) for one in decision.untold}),
        "measures": sorted(
            {
                _about(f"{one.code} {rule}", one.document)
                for one in decision.measures
                for rule in (one.rule, *one.also)
            }
        ),
        "options": sorted(
            {
                _about(f"{one.effect} {one.code} {rule}", one.document)
                for one in decision.options
                for rule in (one.rule, *one.also)
            }
        ),
        "requirements": sorted(
            f"{words[one.met][0]} {words[one.cleanly][1]} {rule}"
            for one in decision.requirements
            for rule in (one.rule, *one.also)
        ),
        "papers": sorted(f"{one.status} {one.from_ or '-'} {one.until or '-'} @{one.id}" for one in decision.papers),
        "duties": sorted(
            {_about(f"{one.status} {one.due or '-'} {one.rule}", one.document) for one in decision.duties}
        ),
        "weights": sorted({_about(f"{one.as_} {one.code} {one.rule}", one.document) for one in decision.weights}),
        "referrals": sorted({_about(f"{one.due or '-'} {one.rule}", one.document) for one in decision.referrals}),
        "violations": sorted({_about(one.rule, one.document) for one in decision.violations}),
        "refused": [],
    }
