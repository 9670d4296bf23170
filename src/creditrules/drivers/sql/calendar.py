"""The working days of the official calendar, as the table that a statement joins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from creditrules.calendar import UnannouncedYearError, is_working_day

_ONE_DAY = dt.timedelta(days=1)


def _announced(year: int) -> bool:
    try:
        is_working_day(dt.date(year, 1, 1))
    except UnannouncedYearError:
        return False
    return True


def _announced_years() -> tuple[int, int]:
    years = [year for year in range(1900, 2200) if _announced(year)]
    return years[0], years[-1]


FIRST_YEAR, LAST_YEAR = _announced_years()


def working_days() -> Iterator[tuple[dt.date, int, int | None]]:
    """Give the calendar's rows: a `day`, how many working days have `passed` by its end, and which one it is itself
    (`nth`; `None` for a day off). It begins the day before the first announced year, from which one may count too.

    The n-th working day after a day is the one whose `nth` is n more than what has `passed` by that day.
    """
    day, passed = dt.date(FIRST_YEAR - 1, 12, 31), 0
    yield day, passed, None
    while day < dt.date(LAST_YEAR, 12, 31):
        day += _ONE_DAY
        works = is_working_day(day)
        passed += works
        yield day, passed, passed if works else None
