"""Counting days, once more: by the calendar package itself and by plain arithmetic of months."""

from __future__ import annotations

import calendar
import datetime as dt

import chinese_calendar

NEVER = dt.date.max  # an event that has not happened is later than every day


class UnannouncedError(Exception):
    """A working day of a year whose calendar is not known."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


def counted(day: dt.date, count: int, unit: str) -> dt.date:
    """Count on from a day; the day itself is not counted."""
    if unit == "days":
        return dt.date.fromordinal(day.toordinal() + count)
    if unit in ("months", "years"):
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "years" else 1)
        year, month = months // 12, months % 12 + 1
        return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    number = day.toordinal()
    while count > 0:
        number += 1
        count -= _worked(dt.date.fromordinal(number))
    return dt.date.fromordinal(number)


def _worked(day: dt.date) -> int:
    try:
        return int(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise UnannouncedError(day.year) from None


def period(day: dt.date, every: str) -> tuple[dt.date, dt.date]:
    """Give the calendar period a day falls in."""
    length = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[every]
    first = (day.month - 1) // length * length + 1
    last = first + length - 1
    return dt.date(day.year, first, 1), dt.date(day.year, last, calendar.monthrange(day.year, last)[1])
