"""Counting days: working days of the official calendar, months and years, and the periods duties recur in.

Conventions: the day of the event is not counted, the next (working) day is day 1; weekend days worked in exchange
for a holiday are working days; a month or year ends on the same day of the month, or on its last day if there is
none. The official calendar is known only for the years announced (package `chinesecalendar`).
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

Unit = Literal["days", "working_days", "months", "years"]
Recurrence = Literal["month", "quarter", "half_year", "year"]

_MONTHS: dict[Recurrence, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_ONE_DAY = dt.timedelta(days=1)


class UnannouncedYearError(Exception):
    """A working day was asked of a year whose calendar is not announced; `year` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


def is_working_day(day: dt.date) -> bool:
    """Say whether a day is worked; raises `UnannouncedYearError` where nobody can know yet."""
    import chinese_calendar  # here, for most decisions count no working days

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # what the calendar library raises for a year it does not hold
        raise UnannouncedYearError(day.year) from None


def shifted(day: dt.date, count: int, unit: Unit) -> dt.date:
    """Count `count` units on from `day`: `shifted(29 Feb 2020, 1, "years")` is 28 February 2021."""
    match unit:
        case "days":
            return day + dt.timedelta(days=count)
        case "months":
            return _months_on(day, count)
        case "years":
            return _months_on(day, 12 * count)
    while count:
        day += _ONE_DAY
        count -= is_working_day(day)
    return day


def period_of(day: dt.date, every: Recurrence) -> tuple[dt.date, dt.date]:
    """Give first and last day of the calendar period a day falls in: 10 May, half_year → 1 January, 30 June."""
    months = _MONTHS[every]
    start = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return start, _months_on(start, months) - _ONE_DAY


def _months_on(day: dt.date, count: int) -> dt.date:
    from dateutil.relativedelta import relativedelta  # here, for most decisions count no months

    return day + relativedelta(months=count)


def periods(first: dt.date, last: dt.date, every: Recurrence) -> list[tuple[dt.date, dt.date]]:
    """Give the calendar periods from the one `first` falls in to the one `last` falls in."""
    found: list[tuple[dt.date, dt.date]] = []
    day = first
    while day <= last or not found:
        start, end = period_of(day, every)
        if start > last:
            break
        found.append((start, end))
        day = end + _ONE_DAY
    return found
