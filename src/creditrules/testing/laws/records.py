"""The law that a bad record never brings an advantage, for policies of which this is claimed."""

from __future__ import annotations

from random import Random

from creditrules.decision import Decision
from creditrules.facts import Request as Checked
from creditrules.missing import with_fact
from creditrules.program import Value
from creditrules.testing.draft import handed
from creditrules.testing.laws.law import Bench, Broken, Law, Request
from creditrules.testing.strategies import typed


def _favours(bench: Bench, decision: Decision) -> dict[tuple[str, str], tuple[str, ...]]:
    """Give the favours a decision grants or offers, each with its clauses."""
    measures = bench.policy.program.measures
    return {
        (one.code, one.target): one.clauses
        for one in (*decision.measures, *decision.options)
        if one.effect == "measure" and measures[one.code].direction == "favour"
    }


def _with(request: Checked, name: str, value: Value, about_paper: bool) -> Checked:
    if not about_paper:
        return with_fact(request, name, None, value)
    for paper in request.papers or ():
        request = with_fact(request, name, paper.id, value)
    return request


def _never_adds(bench: Bench, request: Request, chance: Random) -> Broken | None:
    for name in sorted(bench.bad_records):
        broken = _adds(bench, request, name)
        if broken is not None:
            return broken
    return None


def _adds(bench: Bench, asked: Request, name: str) -> Broken | None:
    info = bench.policy.program.facts[name]
    value = typed(info, bench.bad_records[name])
    before = bench.decided(asked)
    if before is None or (info.scope == "matter" and before.request.matter == "none"):
        return None
    after = bench.decided(handed(_with(before.request, name, value, info.about_paper)))
    if after is None:
        return None
    had, has = _favours(bench, before), _favours(bench, after)
    more = sorted(set(has) - set(had))
    if not more:
        return None
    clauses = tuple(sorted({clause for one in more for clause in has[one]}))
    return Broken(
        asked,
        ("favours before", sorted(code for code, _ in had)),
        (f"more favours with {name} = {bench.bad_records[name]}", [code for code, _ in more]),
        clauses,
        lambda smaller: _adds(bench, smaller, name),
    )


BAD_RECORDS = Law(
    "bad-records",
    "增加一条不良记录，不会增加任何激励措施。",
    "Adding a bad record never adds an incentive.",
    "the author claims it of this policy, and says which facts are bad records",
    _never_adds,
)
