"""What programs do with a fact: how they test it, and so which of its values they cannot tell apart."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from creditrules.evaluator import value_fits
from creditrules.program import DayExpr, DayTest, FactDay, FactInfo, FactTest, Fixed, Program, Shifted, Today, Value

Programs = tuple[Program, ...]
_FITTING_KEPT = 1 << 10
EXACT = ("matter.code", "document.kind")  # told apart by name: the decision, or what a rule is about, shows them


@dataclass(slots=True)
class Use:
    """The tests of a fact; for a date the days it is compared with, and whether it must be told exactly."""

    infos: list[FactInfo] = field(default_factory=list)
    tests: list[FactTest] = field(default_factory=list)
    days: set[dt.date] = field(default_factory=set)
    exact: bool = False
    idle: bool = True  # nothing hangs on it, not even on whether it is told
    _fitting: dict[int, dict[Value | None, bool]] = field(default_factory=dict)

    def fitting(self, test: FactTest, values: tuple[Value | None, ...]) -> list[bool]:
        """Say which values pass one of the tests, asked of the evaluator once."""
        known = self._fitting.setdefault(id(test), {})  # a test lives as long as its program, and so as long as this
        fits = []
        for value in values:
            found = known.get(value)
            if found is None:
                found = value is not None and value_fits(test, value)
                if len(known) < _FITTING_KEPT:
                    known[value] = found
            fits.append(found)
        return fits

    def signature(self, value: Value) -> object:
        """Give what programs can tell of a value: two with one signature are the same to them."""
        if self.exact:
            return value
        return tuple(value_fits(test, value) for test in self.tests), *(value == one.absent() for one in self.infos)


@lru_cache(maxsize=64)
def uses_of(programs: Programs) -> dict[str, Use]:
    """Give what programs, taken together, do with every fact they know."""
    found: dict[str, Use] = {}
    for program in programs:
        for name, info in program.facts.items():
            use = found.setdefault(name, Use(exact=name in EXACT, idle=name not in EXACT))
            use.infos.append(info)
            if info.only_if is not None or info.twin is not None:
                use.idle = False
        for piece in _pieces(program):
            _note(found, piece)
    return found


def _note(found: dict[str, Use], piece: object) -> None:
    match piece:
        case FactTest(fact=fact):
            found[fact.name].tests.append(piece)
            found[fact.name].idle = False
        case DayTest(left=FactDay(fact=fact), right=Fixed(day=day)):
            found[fact.name].days.add(day)
            found[fact.name].idle = False
        case DayTest(left=FactDay(fact=fact), right=Today()) | DayTest(left=Today(), right=FactDay(fact=fact)):
            found[fact.name].idle = False
        case DayTest(left=left, right=right):
            for side in (left, right):
                _note_exact(found, side)
        case Fixed() | Today() | FactDay() | Shifted():
            _note_exact(found, piece)
        case FactInfo(name=name):
            found[name].exact = True
            found[name].idle = False


def _note_exact(found: dict[str, Use], day: DayExpr) -> None:
    while isinstance(day, Shifted):
        day = day.since
    if isinstance(day, FactDay):
        found[day.fact.name].exact = True
        found[day.fact.name].idle = False


_CONDITIONS = ("scope", "rules", "when", "unless", "effects", "alternatives", "condition", "once", "done")
_SLOTS = (*_CONDITIONS, "parts", "part", "such", "only_if")
_DAYS = ("first", "until", "due", "since", "done_on")


@cache
def _slots_of(kind: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the slots in which a kind of piece holds others, and those in which it holds days."""
    names = {one.name for one in fields(kind)} if is_dataclass(kind) else frozenset()
    days = () if kind is Program else _DAYS
    return tuple(one for one in _SLOTS if one in names), tuple(one for one in days if one in names)


def _pieces(program: Program) -> Iterable[object]:
    """Give every test a program makes, and every day that its effects are counted from."""
    seen: set[int] = set()
    todo: list[object] = [program, *program.facts.values()]
    while todo:
        here = todo.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, FactTest | DayTest):
            yield here
            continue
        kind: Any = type(here)
        slots, days = _slots_of(kind)
        for slot in slots:
            inner = getattr(here, slot)
            todo.extend(inner if isinstance(inner, tuple) else (inner,))
        yield from (day for slot in days if (day := getattr(here, slot)) is not None)


def cuts(use: Use) -> list[int]:
    """Give the whole numbers at which the answer to a test of a number may change, sorted."""
    found: set[int] = set()
    for test in use.tests:
        for value in test.values:
            if isinstance(value, int | Decimal) and not isinstance(value, bool):
                whole = math.floor(value)
                found |= {whole, whole + 1}
    return sorted(found)
