"""Values worth trying: those on the borders of what a program tests, beside them, and one it does not speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from creditrules.calendar import UnannouncedYearError, is_working_day, period_of, shifted
from creditrules.evaluator import Facts, read_day
from creditrules.facts import Request
from creditrules.program import (
    Atom,
    DayExpr,
    FactInfo,
    Fixed,
    Program,
    Shifted,
    Today,
    Value,
)
from creditrules.testing.spoken import facts_of, spoken

ANOTHER = "别的"  # a text no policy speaks of
ONE_DAY = dt.timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1901, 2198


@lru_cache(maxsize=8192)
def values_of(info: FactInfo, program: Program) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Give the values of a fact that is no date: those the program's tests turn on, and the others there are."""
    tests = spoken(program).tests.get(info.name, ())
    said = sorted({value for test in tests for value in test.values if value != ""}, key=str)
    if info.type == "bool":
        return (False, True), ()
    if info.type == "number":
        return _numbers(said), ()
    if info.type == "level" and info.values is not None:
        ranks = {info.values.index(str(one)) + step for one in said for step in (-1, 0, 1)}
        aimed = tuple(info.values[rank] for rank in sorted(ranks) if 0 <= rank < len(info.values))
        return _rest(aimed, info.values)
    if info.kinds is not None:
        names = {*map(str, said), *(spoken(program).matters if info.name == "matter.code" else ())}
        aimed = tuple(name for name in sorted(info.kinds) if info.kinds[name] & names)
        return _rest(aimed, sorted(info.kinds))
    if info.type.startswith("list["):
        another: Atom = dt.date(2019, 5, 5) if info.type == "list[date]" else ANOTHER
        return _lists(said, info.values or (another,)), ()
    if info.values is not None:
        return _rest(tuple(value for value in info.values if value in said), info.values)
    return (*said, ANOTHER), ()


def _rest(aimed: tuple[Value, ...], every: Iterable[str]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    return aimed, tuple(value for value in every if value not in aimed)


def _numbers(said: list[Atom]) -> tuple[Value, ...]:
    found: set[int | Decimal] = set()
    for bound in said:
        if isinstance(bound, Decimal):
            _, _, places = bound.as_tuple()
            step = Decimal(1).scaleb(int(places))
            found |= {bound - step, bound, bound + step}
        elif isinstance(bound, int):
            found |= {bound - 1, bound, bound + 1}
    return tuple(sorted(found, key=lambda one: (abs(one), one))) or (0, 1)


def _lists(said: list[Atom], every: tuple[Atom, ...]) -> tuple[Value, ...]:
    """Nothing, each member alone, all of them, all but one, a non-member alone and beside the members."""
    others = [one for one in every if one not in said][:1]
    found: list[tuple[Atom, ...]] = [(), *((one,) for one in said), *((one,) for one in others)]
    if said:
        found += [tuple(said), tuple(said[1:]), tuple(said[:-1]), (*said, *others)]
    return tuple(dict.fromkeys(tuple(sorted(one, key=str)) for one in found))


# days


@lru_cache(maxsize=1)
def announced_years() -> tuple[int, int]:
    """Give the first and the last year whose working days are announced."""

    def known(year: int) -> bool:
        try:
            is_working_day(dt.date(year, 6, 1))
        except UnannouncedYearError:
            return False
        return True

    years = [year for year in range(1990, 2100) if known(year)]
    return years[0], years[-1]


@lru_cache(maxsize=1)
def unusual_days() -> tuple[dt.date, ...]:
    """Give the holidays that fall on a weekday and the weekend days that are worked in exchange."""
    first, last = announced_years()
    days = (dt.date(first, 1, 1) + ONE_DAY * step for step in range((last - first + 1) * 366))
    return tuple(day for day in days if day.year <= last and is_working_day(day) != (day.weekday() < 5))


@lru_cache(maxsize=256)
def decision_days(program: Program) -> tuple[dt.date, ...]:
    """Give days of decision on which something turns: the first and last day in force and those beside them, days
    written in the policy, the ends of periods, of February and of the announced calendar where they count."""
    said = spoken(program)
    found = {program.start - ONE_DAY, program.start, program.start + ONE_DAY}
    if program.until is not None:
        found |= {program.until - ONE_DAY, program.until, program.until + ONE_DAY}
    for test in said.days:
        for one, other in ((test.left, test.right), (test.right, test.left)):
            if isinstance(one, Fixed) and _moves(other):
                found |= {day for back in before(other, one.day) for day in around(back)}
    if "working_days" in said.units:
        last = announced_years()[1]
        found |= {dt.date(last, 12, day) for day in (22, 28, 31)}
        lively = (day for day in unusual_days() if program.start <= day <= (program.until or dt.date.max))
        found |= {day for unusual in list(lively)[:40] for day in around(unusual)}
    if said.units & {"months", "years"}:
        found |= {dt.date(2020, 2, 29), dt.date(2021, 2, 28), dt.date(2024, 2, 29), dt.date(2023, 3, 31)}
    if said.recurring:
        first, last_day = period_of(program.start + ONE_DAY * 200, "half_year")
        found |= {first, last_day, last_day + ONE_DAY}
    return tuple(sorted(day for day in found if _FIRST_YEAR <= day.year <= _LAST_YEAR))


def days_of(info: FactInfo, program: Program, request: Request, paper: str | None) -> tuple[dt.date, ...]:
    """Give the days of a date fact on which a comparison of the program turns, and those beside them, with the day
    of the decision and the dates told so far as they are."""
    held = request.paper(paper) if paper is not None else None
    facts = Facts(program, request, held)
    found: set[dt.date] = set()
    for test in spoken(program).days:
        for one, other in ((test.left, test.right), (test.right, test.left)):
            if [fact.name for fact in facts_of(one)] != [info.name]:
                continue
            about_paper = any(fact.about_paper for fact in facts_of(other))
            if info.name in {fact.name for fact in facts_of(other)} or (about_paper and held is None):
                continue
            target = read_day(other, facts).value
            if isinstance(target, dt.date):
                found |= {day for back in before(one, target) for day in around(back)}
    if not found or info.twin is not None:
        found |= set(around(request.on))
    return tuple(sorted(day for day in found if _FIRST_YEAR <= day.year <= _LAST_YEAR))


def around(day: dt.date) -> tuple[dt.date, dt.date, dt.date]:
    """Give the day before, the day, and the day after."""
    return day - ONE_DAY, day, day + ONE_DAY


def before(day: DayExpr, target: dt.date) -> tuple[dt.date, ...]:
    """Give the first and the last day to count from so as to reach `target`; where none reaches it, the nearest."""
    targets: tuple[dt.date, ...] = (target,)
    while isinstance(day, Shifted):
        targets = tuple(sorted({start for one in targets for start in _starts(day, one)}))
        targets = (targets[0], targets[-1]) if len(targets) > 2 else targets
        day = day.since
    return targets


def _starts(day: Shifted, target: dt.date) -> tuple[dt.date, ...]:
    try:
        if day.unit == "days":
            return (target - ONE_DAY * day.count,)
        if day.unit == "working_days":
            return _working_starts(target, day.count)
        months = day.count * (12 if day.unit == "years" else 1)
        near = target - relativedelta(months=months)
        close = [near + ONE_DAY * step for step in range(-3, 4)]
        reach = [one for one in close if shifted(one, day.count, day.unit) == target]
        return (reach[0], reach[-1]) if reach else (near,)
    except (OverflowError, ValueError, UnannouncedYearError):
        return ()


def _working_starts(target: dt.date, count: int) -> tuple[dt.date, ...]:
    """Walk back over `count` working days, to the last day from which they reach the target, and the first."""
    start = target
    while count:
        count -= is_working_day(start)
        start -= ONE_DAY
    first = start
    while not is_working_day(first):
        first -= ONE_DAY
    return (first, start) if first != start else (start,)


def _moves(day: DayExpr) -> bool:
    while isinstance(day, Shifted):
        day = day.since
    return isinstance(day, Today)
