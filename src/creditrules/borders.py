"""The days on which a request's answer may change by itself, worked out from the conditions' own dates."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from creditrules.calendar import period_of, periods
from creditrules.evaluator import Facts, read_day
from creditrules.facts import Paper, Request
from creditrules.program import (
    AllOf,
    AnyOf,
    Condition,
    DayExpr,
    DayTest,
    Duty,
    Negation,
    PaperTest,
    Program,
    Refer,
    Require,
    Shifted,
    TermUse,
    Today,
    Usable,
    Value,
)

_ONE_DAY = dt.timedelta(days=1)
_TODAY = Today()


def on_another_day(programs: Iterable[Program], request: Request, on: dt.date) -> Request:
    """Give the request as it stands on another day if nothing else happens: where the date of an event is given,
    its yes/no fact follows from it."""
    programs = tuple(programs)

    def kept(values: dict[str, Value]) -> dict[str, Value]:
        return {name: value for name, value in values.items() if not _told_by_date(programs, name, values)}

    papers = None
    if request.papers is not None:
        papers = tuple(Paper(paper.id, kept(dict(paper.values))) for paper in request.papers)
    return replace(request, on=on, values=kept(dict(request.values)), papers=papers)


def _told_by_date(programs: tuple[Program, ...], name: str, values: dict[str, Value]) -> bool:
    for program in programs:
        fact = program.facts.get(name)
        if fact is not None and fact.type == "bool" and fact.twin is not None and fact.twin in values:
            return True
    return False


def border_days(
    programs: tuple[Program, ...], request: Request, first: dt.date, last: dt.date
) -> tuple[dt.date, ...]:
    """Give the days after `first`, up to `last`, on which anything about the request may be otherwise than the day
    before; every change is among them, though not every one of them brings a change."""
    found: set[dt.date] = set()
    for program in programs:
        whole = Facts(program, request)
        views = [whole, *(whole.with_paper(paper) for paper in request.papers or ())]
        found |= {program.start, *(() if program.until is None else (program.until + _ONE_DAY,))}
        for facts in views:
            for day in _days_given(program, facts):
                found |= {day, day + _ONE_DAY}
            for test in _tests(program):
                found |= _turning_days(test, facts, first, last)
            for duty in _recurring(program):
                assert duty.every is not None
                start = max(first, program.start)
                if start <= last:
                    found |= {begin for begin, _ in periods(period_of(start, duty.every)[0], last, duty.every)}
    return tuple(sorted(day for day in found if first < day <= last))


def _days_given(program: Program, facts: Facts) -> Iterator[dt.date]:
    """Give the dates of a request itself: an event comes, a report falls into its period."""
    values = facts.paper.values if facts.paper is not None else facts.request.values
    for name, value in values.items():
        if name in program.facts:
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, dt.date):
                    yield one


def _recurring(program: Program) -> list[Duty]:
    return [effect for rule in program.rules for effect in rule.effects if isinstance(effect, Duty) and effect.every]


def _tests(program: Program) -> Iterator[DayTest]:
    """Give every comparison of days that a program makes, of its effects too."""
    yield from _within(program.scope)
    for fact in program.facts.values():
        yield from _within(fact.only_if)
    for rule in program.rules:
        yield from _within(rule.when)
        yield from _within(rule.unless)
        for effect in rule.effects:
            match effect:
                case Usable(first=first, until=until, once=once):
                    yield from (DayTest(_TODAY, "after", day, None) for day in (first, until) if day is not None)
                    yield from _within(once)
                case Duty(due=due, done=done, since=since):
                    yield from (DayTest(_TODAY, "after", day, None) for day in (due, since) if day is not None)
                    yield from _within(done)
                case Refer(due=due) if due is not None:
                    yield DayTest(_TODAY, "after", due, None)
                case Require(alternatives=ways):
                    for way in ways:
                        yield from _within(way.condition)


def _within(condition: Condition | None) -> Iterator[DayTest]:
    match condition:
        case DayTest():
            yield condition
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _within(part)
        case Negation(part=inner) | TermUse(condition=inner) | PaperTest(such=inner):
            yield from _within(inner)


def _moves(day: DayExpr) -> bool:
    """Say whether a day moves with the day of the decision."""
    return isinstance(day, Today) or (isinstance(day, Shifted) and _moves(day.since))


def _turning_days(test: DayTest, facts: Facts, first: dt.date, last: dt.date) -> set[dt.date]:
    """Give the days on which a comparison with today may turn: the day itself and the one after it.

    A day counted from today never goes back as today goes on, so its turning days are found by halving.
    """
    moving = [day for day in (test.left, test.right) if _moves(day)]
    fixed = [day for day in (test.left, test.right) if not _moves(day)]
    if not moving:
        return set()
    if not fixed:
        return {first + _ONE_DAY * step for step in range((last - first).days + 1)}
    target = read_day(fixed[0], facts).value
    if not isinstance(target, dt.date):
        return set()
    if isinstance(moving[0], Today):
        return {target, target + _ONE_DAY}
    reached = _Reached(moving[0], facts, first, (last - first).days + 1)
    turns = {bisect_left(reached, bound) for bound in ((0, target), (0, target + _ONE_DAY), (1, dt.date.min))}
    return {first + _ONE_DAY * turn for turn in turns}


class _Reached:
    """A day counted from today, as a sequence over the days from `first` on; what could not be told comes last."""

    def __init__(self, day: DayExpr, facts: Facts, first: dt.date, length: int) -> None:
        self.day, self.facts, self.first, self.length = day, facts, first, length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, place: int) -> tuple[int, dt.date]:
        request = replace(self.facts.request, on=self.first + _ONE_DAY * place)
        value = read_day(self.day, Facts(self.facts.program, request, self.facts.paper)).value
        return (0, value) if isinstance(value, dt.date) else (1, dt.date.min)
