"""Requests as the two tables that SQL takes, and decisions as the rows it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from requests_of import requests

import creditrules as cr
from creditrules.decision import Decision
from creditrules.facts import Request
from creditrules.program import NOT_YET, FactInfo, Program, Value

SORTED = (
    "missing", "rules", "untold", "measures", "options", "requirements", "papers", "duties", "weights", "referrals",
    "violations",
)  # fmt: skip


def drawn(policy: cr.Policy, count: int) -> list[Decision]:
    """Decide many random requests of a policy."""
    found: list[Decision] = []

    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(requests(policy))
    def draw(request: dict[str, Any]) -> None:
        found.append(policy.decide_request(request))

    draw()
    return found


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
            {_about(f"{one.code} {rule}", one.document) for one in decision.measures for rule in (one.rule, *one.also)}
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
        "duties": sorted({_about(f"{one.status} {one.due or '-'} {one.rule}", one.document) for one in decision.duties}),
        "weights": sorted({_about(f"{one.as_} {one.code} {one.rule}", one.document) for one in decision.weights}),
        "referrals": sorted({_about(f"{one.due or '-'} {one.rule}", one.document) for one in decision.referrals}),
        "violations": sorted({_about(one.rule, one.document) for one in decision.violations}),
    }
