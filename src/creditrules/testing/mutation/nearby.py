"""Requests near those of the cases: one fact otherwise, then several, drawn by a seed.

Facts tried are those the changed part reads, each unknown too; days are tried at the borders the part draws.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from creditrules.calendar import UnannouncedYearError, shifted
from creditrules.evaluator import tested_facts
from creditrules.facts import Paper, Request
from creditrules.missing import values_to_try, with_fact
from creditrules.program import (
    NOT_YET,
    Condition,
    DayExpr,
    Duty,
    FactDay,
    FactInfo,
    FactTest,
    Fixed,
    Program,
    Refer,
    Require,
    Rule,
    Shifted,
    Usable,
    Value,
)
from creditrules.rules import Run, rules_by_key
from creditrules.trace import Step, untold_reads

_ONE_DAY = dt.timedelta(days=1)
_SEEDS = 12  # requests of cases that are varied
_UP_TO = 4  # facts changed at once, in the last part of the search


class Nearby:
    """What is worth varying between two programs: facts with their values, days, matters, kinds of paper."""

    def __init__(self, original: Program, changed: Program, touched: frozenset[str] | None) -> None:
        self.programs = original, changed
        self.touched = touched
        rules = [rule for program in self.programs for rule in program.rules if touched is None or rule.id in touched]
        nodes = [node for rule in rules for node in _parts_of(rule)]
        if touched is None:
            nodes += [node for program in self.programs for node in _inner(program.scope)]
        self.days = sorted({node.day for node in nodes if isinstance(node, Fixed)})
        self.days += [day for program in self.programs for day in (program.start, program.until) if day is not None]
        self.periods = [node for node in nodes if isinstance(node, Shifted)]
        self.facts = self._facts(nodes)
        codes = {code for rule in rules for code in rule.matters or ()} | _spoken(nodes, "matter.code")
        some = sorted(original.matters) if touched is None or not codes else sorted(codes)
        self.matters = [*some, *(code for code, kinds in original.matters.items() if kinds & codes)]
        self.matters += sorted(set(original.matters) - set(self.matters))[:6]
        kinds = _spoken(nodes, "document.kind")
        for effect in (effect for rule in rules for effect in rule.effects):
            if isinstance(effect, Require):
                kinds |= {way.name for way in effect.alternatives if way.kind == "paper"}
        self.sources = sorted({info.held_by for info in self.facts if info.type == "bool"})
        self.kinds = sorted(kinds) or ["credit_report"]

    def _facts(self, nodes: Sequence[object]) -> list[FactInfo]:
        names: set[str] = set()
        for node in nodes:
            if isinstance(node, FactTest | FactDay):
                names.add(node.fact.name)
            if isinstance(node, Duty) and node.done_on is not None:
                names.add(node.done_on.name)
        known = self.programs[0].facts
        for name in list(names):
            info = known[name]
            names |= {info.twin} if info.twin else set()
            names |= tested_facts(info.only_if) if info.only_if is not None else set()
        names.discard("matter.code")
        return [known[name] for name in sorted(names) if name in known and name != "document.kind"]

    def values(self, info: FactInfo, request: Request) -> list[Value]:
        """Give values worth trying for a fact, in the light of a request."""
        values = [one for program in self.programs for one in values_to_try(info, program, request) if one != ""]
        if info.type == "date":
            for day in (request.on, *(value for value in request.values.values() if isinstance(value, dt.date))):
                values += self._around(day)
            values += [day + step for day in self.days for step in (-_ONE_DAY, dt.timedelta(0), _ONE_DAY)]
        if info.type == "list[date]":
            values = [(), (request.on,)]
        return list(dict.fromkeys(values))

    def _around(self, day: dt.date) -> list[Value]:
        """Give days so far before and after a day that a period of the part just ends, or just does not."""
        found: list[Value] = [day - _ONE_DAY, day, day + _ONE_DAY, NOT_YET]
        for period in self.periods:
            try:
                length = shifted(day, period.count, period.unit) - day
            except UnannouncedYearError:
                continue
            found += [day + sign * length + step * _ONE_DAY for sign in (-1, 1) for step in (-1, 0, 1)]
        return [one for one in found if not isinstance(one, dt.date) or 1950 < one.year < 2150]

    def other_days(self, request: Request) -> list[dt.date]:
        """Give days of decision worth trying."""
        known = [value for value in request.values.values() if isinstance(value, dt.date)]
        known += [
            value for paper in request.papers or () for value in paper.values.values() if isinstance(value, dt.date)
        ]
        around = [day for one in known for day in self._around(one) if isinstance(day, dt.date)]
        fixed = [day + step for day in self.days for step in (-_ONE_DAY, dt.timedelta(0), _ONE_DAY)]
        return list(dict.fromkeys([*fixed, *around]))

    def drawn(self, seeds: Sequence[Request], limit: int, chance: random.Random) -> Iterator[Request]:
        """Give requests near the first of the seeds: with one thing otherwise, each in turn; then with several."""
        seeds = seeds[:_SEEDS]
        single = (near for request in seeds for near in _one_otherwise(self, request))
        yield from islice(single, limit // 2)
        for _ in range(limit - limit // 2 if seeds else 0):
            request = chance.choice(seeds)
            for _ in range(chance.randint(2, _UP_TO)):
                request = _otherwise(self, request, chance)
            yield request

    def worth_deciding(self, request: Request) -> bool:
        """Say whether the touched rules come out otherwise, or hold at all, so that their effects could differ."""
        if self.touched is None:
            return True
        one, other = (Run((program,), request) for program in self.programs)
        mine, theirs = (rules_by_key(program) for program in self.programs)
        for key in {rule.key for program in self.programs for rule in program.rules if rule.id in self.touched}:
            if (key in mine) != (key in theirs):
                return True
            for (step, _), (against, _) in zip(one.instances(mine[key]), other.instances(theirs[key]), strict=True):
                if step.result is not False or against.result is not False:
                    return True
                if step.result != against.result or _reads(step) != _reads(against):
                    return True
        return False


def _spoken(nodes: Sequence[object], fact: str) -> set[str]:
    """Give the values that tests of a fact name."""
    tests = (node for node in nodes if isinstance(node, FactTest) and node.fact.name == fact)
    return {str(value) for test in tests for value in test.values}


def _reads(step: Step) -> set[str]:
    return {read.fact for read in untold_reads(step)}


def _parts_of(rule: Rule) -> Iterator[object]:
    yield from _inner(rule.when)
    yield from _inner(rule.unless)
    for effect in rule.effects:
        match effect:
            case Usable(first=first, until=until, once=once):
                yield from _day_parts(first)
                yield from _day_parts(until)
                yield from _inner(once)
            case Duty(due=due, done=done, since=since):
                yield effect
                yield from _day_parts(due)
                yield from _day_parts(since)
                yield from _inner(done)
            case Refer(due=due):
                yield from _day_parts(due)
            case Require(alternatives=ways):
                for way in ways:
                    yield from _inner(way.condition)


def _inner(condition: Condition | None) -> Iterator[object]:
    if condition is None:
        return
    yield condition
    for name in ("parts", "part", "condition", "such"):
        inner = getattr(condition, name, None)
        for one in inner if isinstance(inner, tuple) else (inner,):
            yield from _inner(one)
    for name in ("left", "right"):
        yield from _day_parts(getattr(condition, name, None))


def _day_parts(day: DayExpr | None) -> Iterator[object]:
    if day is not None:
        yield day
        if isinstance(day, Shifted):
            yield from _day_parts(day.since)


def _one_otherwise(pool: Nearby, request: Request) -> Iterator[Request]:
    yield _without_matter(request)
    if request.matter == "given":
        for code in pool.matters:
            yield replace(request, values={**request.values, "matter.code": code})
        yield _without_fact(request, "matter.code", None)
    for day in pool.other_days(request):
        yield replace(request, on=day)
    for source in pool.sources:
        yield replace(request, consulted=request.consulted ^ {source})
    for info in pool.facts:
        papers = [paper.id for paper in request.papers or ()] if info.about_paper else [None]
        for paper in papers:
            yield _without_fact(request, info.name, paper)
            for value in pool.values(info, request):
                yield with_fact(request, info.name, paper, value)


def _otherwise(pool: Nearby, request: Request, chance: random.Random) -> Request:
    what = chance.random()
    if what < 0.65 and pool.facts:
        info = chance.choice(pool.facts)
        paper = None
        if info.about_paper:
            if not request.papers:
                return request
            paper = chance.choice(request.papers).id
        values = pool.values(info, request)
        if not values or chance.random() < 0.15:
            return _without_fact(request, info.name, paper)
        return with_fact(request, info.name, paper, chance.choice(values))
    if what < 0.8:
        if chance.random() < 0.1:
            return _without_matter(request)
        return replace(request, matter="given", values={**request.values, "matter.code": chance.choice(pool.matters)})
    if what < 0.9:
        kind: Value = chance.choice(pool.kinds)
        papers = request.papers or ()
        added = Paper(f"x{len(papers) + 1}", {"document.kind": kind})
        return replace(request, papers=(*papers, added) if chance.random() < 0.7 else ())
    days = pool.other_days(request)
    return replace(request, on=chance.choice(days)) if days else request


def with_paper(request: Request, paper: Paper, values: Mapping[str, Value]) -> Request:
    """Give the request with other facts of one of its papers."""
    papers = tuple(Paper(paper.id, values) if one is paper else one for one in request.papers or ())
    return replace(request, papers=papers)


def _without_fact(request: Request, name: str, paper: str | None) -> Request:
    if paper is None:
        return replace(request, values={key: value for key, value in request.values.items() if key != name})
    one = request.paper(paper)
    if one is None:
        return request
    return with_paper(request, one, {key: value for key, value in one.values.items() if key != name})


def _without_matter(request: Request) -> Request:
    values = {key: value for key, value in request.values.items() if not key.startswith("matter.")}
    return replace(request, matter="none", values=values)
