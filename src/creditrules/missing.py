"""Which unknown facts the outcome still depends on, the most decisive first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from creditrules.decision import MissingFact
from creditrules.facts import Paper, Request
from creditrules.program import NOT_YET, FactInfo, FactTest, Program, Value
from creditrules.trace import Read, Step, untold_reads

TRIED_AT_MOST = 20  # missing facts; with more of them none is tried, and order is by rung and name alone
Settles = Callable[[Request], bool]


def missing_facts(reads: Iterable[Read]) -> tuple[MissingFact, ...]:
    """Name unknown facts, sorted."""
    found = {MissingFact(read.fact, read.paper, read.held_by) for read in reads}
    return tuple(sorted(found, key=lambda fact: (fact.fact, fact.document or "")))


def missing(
    steps: Iterable[Step], programs: tuple[Program, ...], request: Request, settles: Settles
) -> tuple[MissingFact, ...]:
    """Give the unknown facts under the untold rungs: by rung, then those of which one value alone makes the
    outcome definite (tried where few are missing), then by name. `settles` decides a changed request and says
    whether its outcome is definite."""
    rung_of: dict[MissingFact, int] = {}
    for rung, step in enumerate(steps):
        for fact in missing_facts(untold_reads(step)):
            rung_of.setdefault(fact, rung)

    few = len(rung_of) <= TRIED_AT_MOST

    def order(fact: MissingFact) -> tuple[int, bool, str, str]:
        decisive = few and any(settles(changed) for changed in _learnt(fact, programs, request))
        return rung_of[fact], not decisive, fact.fact, fact.document or ""

    return tuple(sorted(rung_of, key=order))


def _learnt(fact: MissingFact, programs: tuple[Program, ...], request: Request) -> Iterable[Request]:
    """Give the request with the fact learnt, once for each value worth trying."""
    if fact.fact == "documents":
        yield replace(request, papers=())
        return
    for program in programs:
        info = program.facts.get(fact.fact)
        if info is None:
            continue
        for value in values_to_try(info, program, request):
            yield with_fact(request, fact.fact, fact.document, value)
        return


def values_to_try(info: FactInfo, program: Program, request: Request) -> list[Value]:
    """Give values of a fact that may make a difference: all of a closed type, else those the policy speaks of,
    one it does not, and for dates the day of the decision, a month, two years before, and not yet."""
    if info.type == "bool":
        return [True, False]
    if info.type == "date":
        days: list[Value] = [request.on - dt.timedelta(days=days) for days in (0, 30, 730)]
        return [*days, NOT_YET]
    spoken = sorted({value for test in tests_of(program, info.name) for value in test.values}, key=str)
    if info.values is not None and not info.type.startswith("list["):
        return list(info.values)
    if info.type.startswith("list["):
        return [(), tuple(spoken), *((value,) for value in spoken)]
    if info.type == "number":
        return [bound + step for bound in spoken for step in (-1, 0, 1) if isinstance(bound, int)] or [0]
    return [*spoken, "—"]


@lru_cache(maxsize=4096)
def tests_of(program: Program, name: str) -> tuple[FactTest, ...]:
    """Give the tests a program makes of a fact."""
    found: list[FactTest] = []
    seen: set[int] = set()
    todo: list[object] = [program.scope, *program.rules, *(fact.only_if for fact in program.facts.values())]
    while todo:
        here = todo.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, FactTest):
            if here.fact.name == name:
                found.append(here)
            continue
        for slot in (
            "parts",
            "part",
            "condition",
            "such",
            "when",
            "unless",
            "effects",
            "alternatives",
            "once",
            "done",
        ):
            inner = getattr(here, slot, None)
            todo.extend(inner if isinstance(inner, tuple) else (inner,))
    return tuple(found)


def with_fact(request: Request, name: str, paper: str | None, value: Value) -> Request:
    """Give the request with one fact learnt (of a paper, if one is named)."""
    if paper is None:
        return replace(request, values={**request.values, name: value})
    papers = tuple(
        Paper(one.id, {**one.values, name: value}) if one.id == paper else one for one in request.papers or ()
    )
    return replace(request, papers=papers)
