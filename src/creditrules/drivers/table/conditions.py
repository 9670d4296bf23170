"""Conditions on many requests at once, where everything they read is told: each is an array of yes and no.

It follows `evaluator` condition by condition; whatever could come out untold is not covered, and left to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from creditrules.calendar import UnannouncedYearError, shifted
from creditrules.drivers.table.columns import NOT_YET_DAY
from creditrules.drivers.table.encoded import EPOCH
from creditrules.drivers.table.typed import Bools, NotCoveredError, TypedColumn, passes
from creditrules.program import (
    AllOf,
    AnyOf,
    Condition,
    DayExpr,
    DayTest,
    FactDay,
    FactTest,
    Fixed,
    Given,
    Negation,
    PaperTest,
    Shifted,
    TermUse,
    Today,
)

Truths: TypeAlias = Bools | bool
Days: TypeAlias = np.ndarray[Any, Any] | int


@dataclass(slots=True)
class Rows:
    """Some rows of a table, next to each other, as conditions see them; `papers` says whether none were handed in, or
    nobody told; `read` are the facts that were read."""

    columns: Mapping[str, TypedColumn]
    rows: slice
    on: Days
    papers: str  # none, untold
    memo: dict[int, Truths] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    def holds(self, condition: Condition) -> Truths:
        """Say of each row whether a condition holds; raises `NotCoveredError` where that may not be told."""
        match condition:
            case FactTest():
                column = self._column(condition.fact.name)
                return passes(condition, column, self.rows)
            case DayTest():
                return self._compared(condition)
            case AllOf(parts=parts):
                return all_of(self.holds(part) for part in parts)
            case AnyOf(parts=parts):
                return any_of(self.holds(part) for part in parts)
            case Negation(part=part):
                return opposite(self.holds(part))
            case TermUse(condition=inner):
                if id(inner) not in self.memo:
                    self.memo[id(inner)] = self.holds(inner)
                return self.memo[id(inner)]
            case Given(truth=truth):
                return truth
            case PaperTest(which=which):
                if self.papers != "none":
                    raise NotCoveredError
                return which == "none"

    def _column(self, name: str) -> TypedColumn:
        column = self.columns.get(name)
        if column is None:
            raise NotCoveredError
        self.read.add(name)
        return column

    def _compared(self, test: DayTest) -> Truths:
        left, right = self._day(test.left), self._day(test.right)
        match test.operator:
            case "before":
                return truths(left < right)
            case "on_or_before":
                return truths(left <= right)
            case "after":
                return truths(left > right)
            case _:
                return truths(left >= right)

    def _day(self, day: DayExpr) -> Days:
        match day:
            case Fixed(day=date):
                return (date - EPOCH).days
            case Today():
                return self.on
            case FactDay(fact=fact):
                column = self._column(fact.name)
                if column.kind != "day":
                    raise NotCoveredError
                found: np.ndarray[Any, Any] = column.data[self.rows]
                return found
            case Shifted(unit=unit, count=count, since=since):
                return _shifted(self._day(since), count, unit)


def _shifted(days: Days, count: int, unit: Any) -> Days:
    """Count on from days, each different one once, by the calendar; a day that has not come stays so."""
    values, place = np.unique(np.asarray(days), return_inverse=True)
    try:
        moved = [
            value if value == NOT_YET_DAY else (shifted(_date(value), count, unit) - EPOCH).days
            for value in values.tolist()
        ]
    except (UnannouncedYearError, OverflowError, ValueError) as error:
        raise NotCoveredError from error
    found = np.array(moved, np.int32)[place.ravel()]
    return int(found[0]) if isinstance(days, int) else found


def _date(days: int) -> dt.date:
    return EPOCH + dt.timedelta(days=days)


def truths(found: Any) -> Truths:
    """Give a comparison of two days as it is, or as one answer for all rows."""
    return found if isinstance(found, np.ndarray) else bool(found)


def all_of(parts: Iterable[Truths]) -> Truths:
    """Join by *and*; every part is looked at, as one that is not covered must not be passed over."""
    found: Truths = True
    for part in parts:
        if part is False or found is False:
            found = False
        elif part is not True:
            found = part if found is True else found & part
    return found


def any_of(parts: Iterable[Truths]) -> Truths:
    """Join by *or*."""
    found: Truths = False
    for part in parts:
        if part is True or found is True:
            found = True
        elif part is not False:
            found = part if found is False else found | part
    return found


def opposite(part: Truths) -> Truths:
    """Turn round."""
    return (not part) if isinstance(part, bool) else ~part
