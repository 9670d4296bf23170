"""What would help: the smallest sets of things somebody can change, or time brings, that lead to `proceed`.

A lever is a fact that the vocabulary says somebody can change, a paper that can still be handed in, or waiting.
Levers are looked for where the steps of the ladder say that they would bear; every set found is confirmed by deciding
again, and none is kept of which a part would do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Literal

from creditrules.borders import border_days, on_another_day
from creditrules.contradictions import contradictions
from creditrules.decide import Judged
from creditrules.facts import Paper, Request
from creditrules.frozen import dataclass
from creditrules.missing import values_to_try, with_fact
from creditrules.program import (
    ABSENT,
    NOT_YET,
    AllOf,
    AnyOf,
    Condition,
    FactDay,
    FactTest,
    PaperTest,
    Program,
    Require,
    TermUse,
    Usable,
    Value,
)
from creditrules.trace import Step, untold_reads

AT_MOST = 4  # changes in one remedy
NODES = 160  # sets of changes looked at before the search ends
HORIZON = dt.timedelta(days=366 * 2)
GOALS = (("proceed",), ("assessed",))


@dataclass(frozen=True, slots=True)
class RemedyChange:
    """One change: a fact that becomes `value`, or a paper handed in with `facts` so that it counts; and by whom."""

    kind: Literal["fact", "paper"]
    name: str
    document: str | None
    value: Value | None
    by: str
    facts: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """Changes that together lead to `proceed`, and the earliest day on which they do; `waits` if that is later."""

    changes: tuple[RemedyChange, ...]
    on: dt.date
    waits: bool


def remedies(programs: tuple[Program, ...], request: Request, changed_by: Mapping[str, str]) -> tuple[Remedy, ...]:
    """Give the smallest sets of changes that lead to `proceed` (or `assessed`, where nothing was applied for), the
    shortest first; none where nothing would help, or nothing is needed.

    `changed_by` says of each fact who can change it; facts of nobody are left as they are. A set has at most four
    changes.
    """
    search = _Search(programs, request, changed_by)
    if search.reached(frozenset()) == request.on:
        return ()
    todo: list[frozenset[RemedyChange]] = [frozenset()]
    seen = {frozenset[RemedyChange]()}
    found: dict[frozenset[RemedyChange], dt.date] = {}
    while todo and len(seen) <= NODES:
        changes = todo.pop(0)
        day = search.reached(changes)
        if day is not None:
            found[changes] = day
        if day == request.on or len(changes) == AT_MOST:
            continue
        for lever in search.levers(changes):
            bigger = changes | {lever}
            about = {(one.kind, one.name, one.document) for one in changes}
            if (lever.kind, lever.name, lever.document) not in about and bigger not in seen:
                seen.add(bigger)
                todo.append(bigger)
    kept = [
        Remedy(tuple(sorted(changes, key=_order)), day, day > request.on)
        for changes, day in found.items()
        if search.smallest(changes, day)
    ]
    return tuple(sorted(kept, key=lambda one: (len(one.changes), one.on, [_order(change) for change in one.changes])))


def _order(change: RemedyChange) -> tuple[str, str, str, str]:
    return change.kind, change.name, change.document or "", str(change.value)


class _Search:
    """The request with sets of changes made to it, each decided once."""

    def __init__(self, programs: tuple[Program, ...], request: Request, changed_by: Mapping[str, str]) -> None:
        self.programs, self.request, self.changed_by = programs, request, changed_by
        self._reached: dict[frozenset[RemedyChange], dt.date | None] = {}

    def changed(self, changes: frozenset[RemedyChange]) -> Request:
        """Make the changes."""
        made = self.request
        for change in sorted(changes, key=_order):
            if change.kind == "paper":
                assert change.document is not None
                values: dict[str, Value] = {"document.kind": change.name, **dict(change.facts)}
                made = replace(made, papers=(*(made.papers or ()), Paper(change.document, values)))
            elif change.value is not None:
                made = with_fact(made, change.name, change.document, change.value)
        return made

    def reached(self, changes: frozenset[RemedyChange]) -> dt.date | None:
        """Give the earliest day, from the request's on, on which the changed request may proceed."""
        if changes not in self._reached:
            self._reached[changes] = self._earliest(self.changed(changes))
        return self._reached[changes]

    def _earliest(self, request: Request) -> dt.date | None:
        if self._goes(request):
            return request.on
        dated = on_another_day(self.programs, request, request.on)
        for day in border_days(self.programs, dated, request.on, request.on + HORIZON):
            if self._goes(on_another_day(self.programs, request, day)):
                return day
        return None

    def _goes(self, request: Request) -> bool:
        return tuple(name for name, _ in Judged(self.programs, request).possible) in GOALS

    def smallest(self, changes: frozenset[RemedyChange], day: dt.date) -> bool:
        """Say whether no part of the changes would do, waiting counted as one of them."""
        for size in range(len(changes)):
            for part in combinations(sorted(changes, key=_order), size):
                reached = self.reached(frozenset(part))
                if reached == self.request.on or (reached is not None and day > self.request.on):
                    return False
        return True

    def levers(self, changes: frozenset[RemedyChange]) -> list[RemedyChange]:
        """Give the changes that bear on the first rung that stands in the way."""
        request = self.changed(changes)
        judged = Judged(self.programs, request)
        rung = next((step for step in judged.rungs[:4] if step.result is not False), None)
        found: dict[RemedyChange, None] = {}
        for name, paper in _bearing(rung, False) if rung is not None else ():
            if name == "":
                made = self._new_paper(request, paper or "")
                found |= {made: None} if made is not None else {}
                continue
            for change in self._fact_changes(request, name, paper):
                found[change] = None
        return list(found)

    def _fact_changes(self, request: Request, name: str, paper: str | None) -> Iterator[RemedyChange]:
        """Give what somebody could make of a fact, as far as it contradicts nothing."""
        by = self.changed_by.get(name, "nobody")
        program = next((one for one in self.programs if name in one.facts), None)
        if by == "nobody" or program is None or name == "document.kind" or (paper or "").startswith("+"):
            return
        info = program.facts[name]
        about = request.paper(paper) if paper else None
        holder = about.values if about is not None else request.values
        values: list[Value] = [request.on] if info.type == "date" else values_to_try(info, program, request)
        for value in values:
            if value in ("—", (), ABSENT, NOT_YET) or holder.get(name) == value:
                continue
            made = with_fact(request, name, paper, value)
            if not any(contradictions(one, made) for one in self.programs):
                yield RemedyChange("fact", name, paper, value, by)

    def _new_paper(self, request: Request, kind: str) -> RemedyChange | None:
        """Give a paper of a kind that would count, issued and dealt with today; `None` where none would.

        Its facts are those it needs and no others.
        """
        id_ = f"+{kind}"
        if request.paper(id_) is not None:
            return None
        facts: dict[str, Value] = {}
        for _ in range(40):
            unknown = self._unknown_of(self._judged(request, id_, kind, facts), id_)
            if not unknown:
                facts = self._needed(request, id_, kind, facts)
                return RemedyChange("paper", kind, id_, None, "subject", tuple(sorted(facts.items())))
            better = self._best(request, id_, kind, facts, unknown[0])
            if better is None:
                return None
            facts = better
        return None

    def _judged(self, request: Request, id_: str, kind: str, facts: dict[str, Value]) -> Judged:
        paper = Paper(id_, {"document.kind": kind, **facts})
        return Judged(self.programs, replace(request, papers=(*(request.papers or ()), paper)))

    def _unknown_of(self, judged: Judged, id_: str) -> list[str]:
        """Give the unknown facts on which it rests whether the paper counts and serves."""
        steps: list[Step] = [*judged.papers[id_].tests.values()]
        steps += [
            step for one in judged.requirements for way in one.ways for step in way.met.parts if step.paper == id_
        ]
        steps += judged.rungs
        return sorted({read.fact for step in steps for read in untold_reads(step) if read.paper == id_})

    def _needed(self, request: Request, id_: str, kind: str, facts: dict[str, Value]) -> dict[str, Value]:
        """Leave out the facts without which it is just as certain that the paper counts and serves."""
        for name in sorted(facts):
            fewer = {key: value for key, value in facts.items() if key != name}
            if not self._unknown_of(self._judged(request, id_, kind, fewer), id_):
                facts = fewer
        return facts

    def _best(
        self, request: Request, id_: str, kind: str, facts: dict[str, Value], name: str
    ) -> dict[str, Value] | None:
        """Give the value of a fact with which the paper is not at fault: rather one without waiting, one that
        rules ask for, and one that leaves the fewest facts to be told."""
        program = next(one for one in self.programs if name in one.facts)
        info = program.facts[name]
        values: list[Value] = [request.on] if info.type == "date" else values_to_try(info, program, request)
        if info.type == "bool":
            values = [False, True]
        wanted = self._wanted(name)
        fitting: list[tuple[bool, bool, bool, int, int, dict[str, Value]]] = []
        for place, value in enumerate(values):
            more = {**facts, name: value}
            judged = self._judged(request, id_, kind, more)
            if any(contradictions(one, judged.run.request) for one in self.programs):
                continue
            waits = self._waits(judged, id_, kind)
            if waits is not None:
                excluded = judged.rungs[1].result is True
                fitting.append(
                    (excluded, waits, value not in wanted, len(self._unknown_of(judged, id_)), place, more)
                )
        return min(fitting, key=lambda one: one[:5])[5] if fitting else None

    def _wanted(self, name: str) -> set[Value]:
        """Give the values of a fact that rules ask for before a paper counts, or for a requirement."""
        found: set[Value] = set()
        for program in self.programs:
            for effect in (effect for rule in program.rules for effect in rule.effects):
                if isinstance(effect, Usable):
                    found |= _asked(effect.once, name)
                    if isinstance(effect.first, FactDay) and effect.first.fact.twin == name:
                        found.add(True)
                elif isinstance(effect, Require):
                    for way in effect.alternatives:
                        found |= _asked(way.condition, name)
        return found

    def _waits(self, judged: Judged, id_: str, kind: str) -> bool | None:
        """Say whether the paper only has to be waited for; `None` where it is at fault, or cannot serve."""
        paper = judged.papers[id_]
        if any(paper.tests[state].result for state in ("inadmissible", "lapsed", "may_refuse")):
            return None
        asked = [
            part.result
            for one in judged.requirements
            for way in one.ways
            if way.way.name == kind
            for step in way.met.parts
            if step.paper == id_
            for part in step.parts[1:-1]
        ]
        if asked and all(result is False for result in asked):
            return None
        if paper.tests["not_yet"].result is True:
            return True if paper.first is not None else None
        return False


def _asked(condition: Condition | None, name: str) -> set[Value]:
    """Give the values a condition asks of a fact, where it asks for them plainly."""
    match condition:
        case FactTest(fact=fact, operator="is", values=values) if fact.name == name:
            return set(values)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return {value for part in parts for value in _asked(part, name)}
        case TermUse(condition=inner):
            return _asked(inner, name)
    return set()


def _bearing(step: Step, wanted: bool) -> Iterator[tuple[str, str | None]]:
    """Give the facts (with their papers) that bear on a step's coming out as wanted; a paper that could be handed in
    is given as an empty name beside its kind."""
    if step.result is wanted:
        return
    if step.kind == "alternative" and wanted and all(part.kind == "paper" for part in step.parts):
        yield "", step.name
    if isinstance(step.node, PaperTest) and wanted is (step.kind == "some"):
        for kind in sorted(str(value) for value in _asked(step.node.such, "document.kind")):
            yield "", kind
    if step.kind in ("not", "unless", "overridden", "usable", "none") and step.parts:
        for part in step.parts if step.kind == "none" else step.parts[:1]:
            yield from _bearing(part, not wanted)
    elif step.parts:
        each = step.kind in ("any", "some", "alternative", "rung") or step.name == "any_of"
        either = each is wanted
        against = [part for part in step.parts if part.result is not wanted]
        for part in against if either else against[:1]:
            yield from _bearing(part, wanted)
    for read in step.reads:
        yield read.fact, read.paper
        if read.twin is not None:
            yield read.twin.fact, read.twin.paper
