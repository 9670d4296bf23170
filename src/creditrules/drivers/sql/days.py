"""Days as SQL: written out, today, of a fact, or counted from another; working days are looked up in the calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlglot import exp

from creditrules.calendar import UnannouncedYearError
from creditrules.calendar import shifted as shifted_on
from creditrules.drivers.sql.calendar import LAST_YEAR
from creditrules.drivers.sql.facts import View, resolve
from creditrules.drivers.sql.nodes import (
    END,
    Node,
    all_of,
    case,
    compared,
    entry_if,
    is_null,
    is_told,
    joined,
    number,
    text,
    unknown,
    wrapped,
)
from creditrules.program import DayExpr, FactDay, Fixed, Shifted, Today


@dataclass(frozen=True, slots=True)
class Day:
    """A day: NULL where it could not be told, the last of all days where it has not come."""

    value: Node
    missing: Node | None


def day_of(day: DayExpr, view: View) -> Day:
    """Work out a day; a working day in a year not announced is unknown."""
    match day:
        case Fixed(day=date):
            return Day(view.requests.day(date), None)
        case Today():
            return Day(view.requests.on, None)
        case FactDay(fact=fact):
            read = resolve(view, fact)
            return Day(read.value, read.missing)
        case Shifted(unit="working_days"):
            return _working_day(day, view)
        case Shifted():
            return _shifted(day, view)


def _may_be_not_yet(day: DayExpr) -> bool:
    return isinstance(day, FactDay) or (isinstance(day, Shifted) and _may_be_not_yet(day.since))


def _described(day: DayExpr) -> str:
    match day:
        case Fixed(day=date):
            return date.isoformat()
        case Today():
            return "today"
        case FactDay(fact=fact):
            return fact.name
        case Shifted(unit=unit, count=count, since=since):
            return f"{count} {unit} after {_described(since)}"


def _shifted(day: Shifted, view: View) -> Day:
    since, not_yet = day_of(day.since, view), view.requests.not_yet
    if day.unit == "days":
        value = view.plan.dialect.days_later(since.value, day.count)
    else:
        months = number(day.count * 12 if day.unit == "years" else day.count)
        step = exp.DateAdd(this=wrapped(since.value.copy()), expression=months, unit=exp.var("MONTH"))
        value = exp.cast(step, "DATE")
    if _may_be_not_yet(day.since):  # what has not come stays so
        value = case((compared(exp.EQ, since.value, not_yet), not_yet), otherwise=value)
    name = _described(day)
    return Day(view.plan.worked_out(view.called(name), view.key("day", name), value, "days"), since.missing)


def _working_day(day: Shifted, view: View) -> Day:
    if isinstance(day.since, Fixed):
        return _fixed_working_day(day.since.day, day.count, view)
    since, not_yet, name = day_of(day.since, view), view.requests.not_yet, _described(day)
    start = view.plan.worked_out(
        view.called(_described(day.since)), view.key("day", _described(day.since)), since.value, "days"
    )
    assert isinstance(start, exp.Column)
    found = view.plan.working_day(start, day.count)
    value = case((compared(exp.EQ, start, not_yet), not_yet), otherwise=found)
    value = view.plan.worked_out(view.called(name), view.key("day", name), value, "days")
    following = view.plan.dialect.days_later(start, 1)
    year: Node = exp.cast(exp.cast(exp.Extract(this=exp.var("YEAR"), expression=following), "INT"), "TEXT")
    in_calendar = is_told(view.plan.in_calendar(start, 0))
    year = case((in_calendar, text(str(LAST_YEAR + 1))), otherwise=year)
    entry = joined((text("calendar."), year, text(END)))
    untold = entry_if(all_of((is_null(value), is_told(start))), entry)
    return Day(value, joined((since.missing, untold)))


def _fixed_working_day(since: dt.date, count: int, view: View) -> Day:
    """Count from a day written out, which takes no table."""
    try:
        return Day(view.requests.day(shifted_on(since, count, "working_days")), None)
    except UnannouncedYearError as unannounced:
        return Day(unknown("DATE"), text(f"calendar.{unannounced.year}{END}"))
