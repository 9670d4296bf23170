"""What a value handed in does to the bits: one table for each fact, filled as values are met.

A table is a dict from the raw value to the bits that its tests leave. A value met for the first time is read by the
request reader and its tests are asked of the evaluator; values between the same two bounds share their answer.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from creditrules.program import NOT_YET, DayTest, FactDay, FactTest, Fixed, Today, Value
from creditrules.reading import iso_date

from .bits import Test

MANY = 1 << 16  # values kept for one fact
LONG = 256  # characters or members; longer values are not kept
LARGEST = 10**9
_YEARS = range(1900, 2200)
Mask: TypeAlias = int
Ask: TypeAlias = Callable[[Value], Mask]


class Elsewhere(Exception):  # noqa: N818  (not an error: the evaluator takes over)
    """This request is not for the fast driver: something in it is wrong, rare, or hangs on the calendar."""


class Table(dict[Any, Any]):
    """A dict that asks for what belongs to a raw value it has not met, bits for the most part."""

    __slots__ = ("ask",)

    def __init__(self, ask: Callable[[Any], Any]) -> None:
        self.ask = ask

    def __missing__(self, raw: Any) -> Any:
        found = self.ask(raw)
        if len(self) < MANY and not (isinstance(raw, str | tuple) and len(raw) > LONG):
            self[raw] = found
        return found


class Cuts:
    """Numbers or days cut by the bounds of all tests: one answer for each bound and each stretch between."""

    __slots__ = ("ask", "bounds", "known")

    def __init__(self, bounds: Sequence[Any], ask: Ask) -> None:
        self.bounds, self.ask = sorted(set(bounds)), ask
        self.known: dict[int, Mask] = {}

    def __call__(self, value: Any) -> Mask:
        place = bisect_left(self.bounds, value) + bisect_right(self.bounds, value)
        if place not in self.known:
            self.known[place] = self.ask(value)
        return self.known[place]


def number_bounds(tests: Sequence[Test]) -> list[int | Decimal]:
    """Give the numbers at which tests of a number turn."""
    return [value for test in tests if isinstance(test, FactTest) for value in test.values]  # type: ignore[misc]  # of a number


def day_bounds(tests: Sequence[Test], on: dt.date) -> list[dt.date] | None:
    """Give the days at which tests of a date turn; `None` where one counts on from it."""
    found = []
    for test in tests:
        if not isinstance(test, DayTest):
            return None
        for day in (test.left, test.right):
            match day:
                case Fixed(day=date):
                    found.append(date)
                case Today():
                    found.append(on)
                case FactDay():
                    pass
                case _:
                    return None
    return found


def plain_number(raw: object) -> int:
    """Check a number as handed in: a whole one of usual size."""
    if type(raw) is not int or not -LARGEST < raw < LARGEST:
        raise Elsewhere
    return raw


def plain_list(raw: tuple[Any, ...]) -> list[Any]:
    """Check the members of a list as handed in: texts or dates; of others, some that differ are one key."""
    if any(type(one) not in (str, dt.date) for one in raw):
        raise Elsewhere
    return [*raw]


def plain_day(raw: object) -> Value:
    """Read a date as handed in."""
    if type(raw) is dt.date:
        day: dt.date | None = raw
    elif raw == "not_yet":
        return NOT_YET
    else:
        day = iso_date(raw) if type(raw) is str else None
    if day is None or day.year not in _YEARS:
        raise Elsewhere
    return day
