"""Decisions as the rows that SQL gives for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings

import creditrules as cr
from creditrules.decision import Decision
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


def compare(rows: Iterable[Mapping[str, Any]], decisions: Sequence[Decision]) -> None:
    """Say that each row is what `decide` says."""
    found = sorted(rows, key=lambda row: row["request"])
    assert [row["request"] for row in found] == list(range(len(decisions)))
    for row, decision in zip(found, decisions, strict=True):
        for name, value in expected(decision).items():
            got = sorted(row[name]) if name in SORTED else row[name]
            assert got == value, (name, decision.request.text)


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
