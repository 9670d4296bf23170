"""Conditions as bits: each becomes a few conjunctions of tests, each conjunction a bit.

In three values *and* distributes over *or* and *not* turns one into the other, so a condition holds if one of its
conjunctions does, and fails if all of them do, unknown tests or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TypeAlias

from creditrules.evaluator import tested_facts
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

Test: TypeAlias = FactTest | DayTest
Literal: TypeAlias = tuple[Test | PaperTest, bool]
WIDEST = 512  # conjunctions of one condition


class TooWideError(Exception):
    """A condition has more conjunctions than this driver takes on; the evaluator decides then."""


def conjunctions(condition: Condition, wanted: bool = True) -> list[tuple[Literal, ...]]:
    """Give the conjunctions of tests of which any makes the condition come out as wanted."""
    match condition:
        case FactTest() | DayTest():
            return [((condition, wanted),)]
        case PaperTest(which=which, such=such):
            return [((PaperTest("some", such), wanted is (which == "some")),)]
        case Given(truth=truth):
            return [()] if truth is wanted else []
        case Negation(part=part):
            return conjunctions(part, not wanted)
        case TermUse(condition=inner):
            return conjunctions(inner, wanted)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            found = [conjunctions(part, wanted) for part in parts]
            either = isinstance(condition, AnyOf) is wanted
            if (sum if either else prod)(map(len, found)) > WIDEST:
                raise TooWideError
            if either:
                return [one for several in found for one in several]
            return [tuple(literal for one in chosen for literal in one) for chosen in product(*found)]


def tests_in(condition: Condition) -> Iterator[Test]:
    """Give the tests of a condition, in the order in which the evaluator looks at them; those of papers left out."""
    match condition:
        case FactTest() | DayTest():
            yield condition
        case Negation(part=inner) | TermUse(condition=inner):
            yield from tests_in(inner)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from tests_in(part)


@dataclass(slots=True)
class Source:
    """A fact (or several, compared with each other) that tests read: its tests, and the bits that need each to hold
    or to fail."""

    facts: tuple[str, ...]
    tests: list[Test] = field(default_factory=list)
    bits: list[tuple[int, int]] = field(default_factory=list)  # per test: bits that need it true, and false

    def place(self, test: Test) -> int | None:
        """Give the place of a test, or of an equal one."""
        return next((at for at, known in enumerate(self.tests) if _key(known) == _key(test)), None)

    def masks(self, results: Iterable[bool | None], every: int) -> tuple[int, int]:
        """Give the bits that can surely hold and those not failed, from what the tests came to."""
        sure = open_ = every
        for (needs_true, needs_false), result in zip(self.bits, results, strict=True):
            if result is None:
                sure &= ~(needs_true | needs_false)
            else:
                lost = ~(needs_false if result else needs_true)
                sure &= lost
                open_ &= lost
        return sure, open_


@dataclass(slots=True)
class PaperBits:
    """A test of some paper: the bits of what a paper must be, and those that need the test to hold or to fail."""

    test: PaperTest
    own: int
    true: int = 0
    false: int = 0


class Bits:
    """Hands out bits and keeps, for each source, which bits its tests fail."""

    def __init__(self) -> None:
        self.count = 0
        self.sources: dict[tuple[str, ...], Source] = {}
        self.papers: list[PaperBits] = []
        self._cells: dict[object, int] = {}

    @property
    def every(self) -> int:
        """Give all bits."""
        return (1 << self.count) - 1

    def cell(self, condition: Condition, *, of_paper: bool = False) -> int:
        """Give the bits of a condition: it holds if one of them does, and has not failed while one has not.

        Conditions asked of each paper have bits of their own.
        """
        found = conjunctions(condition)
        key = of_paper, tuple(frozenset((_key(test), wanted) for test, wanted in one) for one in found)
        if key not in self._cells:
            mask = 0
            for one in found:
                mask |= self._bit(one)
            self._cells[key] = mask
        return self._cells[key]

    def _bit(self, literals: tuple[Literal, ...]) -> int:
        bit = 1 << self.count
        self.count += 1
        for test, wanted in literals:
            needs = (bit, 0) if wanted else (0, bit)
            if isinstance(test, PaperTest):
                self._paper_test(test, needs)
            else:
                self._test(test, needs)
        return bit

    def _test(self, test: Test, needs: tuple[int, int]) -> None:
        facts = tuple(sorted(tested_facts(test)))
        source = self.sources.setdefault(facts, Source(facts))
        place = source.place(test)
        if place is None:
            source.tests.append(test)
            source.bits.append(needs)
        else:
            have = source.bits[place]
            source.bits[place] = have[0] | needs[0], have[1] | needs[1]

    def _paper_test(self, test: PaperTest, needs: tuple[int, int]) -> None:
        for known in self.papers:
            if known.test.such is test.such:
                known.true, known.false = known.true | needs[0], known.false | needs[1]
                return
        inner = PaperBits(test, self.cell(test.such, of_paper=True))
        inner.true, inner.false = needs
        self.papers.append(inner)


def _key(test: Test | PaperTest) -> object:
    """Tell equal tests wherever they are written."""
    match test:
        case FactTest(fact=fact, operator=operator, values=values):
            return fact.name, operator, values
        case DayTest(left=left, operator=operator, right=right):
            return _day_key(left), operator, _day_key(right)
        case PaperTest(such=such):
            return id(such)  # the circuit keeps it alive


def _day_key(day: DayExpr) -> object:
    match day:
        case Fixed(day=date):
            return date
        case Today():
            return "today"
        case FactDay(fact=fact):
            return fact.name
        case Shifted(unit=unit, count=count, since=since):
            return unit, count, _day_key(since)
