"""The meaning: conditions and rules of a program on a request, in three values, each with its steps.

This is the reference; it is small and plain, and every other driver is compared with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import field
from decimal import Decimal
from operator import ge, gt, le, lt

from creditrules.calendar import UnannouncedYearError, shifted
from creditrules.conditions import Operator
from creditrules.facts import Paper, Request
from creditrules.frozen import dataclass
from creditrules.program import (
    ABSENT,
    NOT_YET,
    AllOf,
    AnyOf,
    Condition,
    DayExpr,
    DayTest,
    FactDay,
    FactInfo,
    FactTest,
    Fixed,
    Given,
    Mark,
    Negation,
    PaperTest,
    Program,
    Shifted,
    TermUse,
    Today,
    Value,
)
from creditrules.trace import Origin, Read, Step, Truth, all_step, any_holds, any_step, opposite

UNTOLD_PAPERS = Read("documents", None, None, "unknown", "subject")


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a request as one program sees them: with its presumptions, and one paper in view or none."""

    program: Program
    request: Request
    paper: Paper | None = None
    in_scope_test: bool = False
    memo: dict[tuple[str, str | None], Read] = field(default_factory=dict, compare=False)

    def with_paper(self, paper: Paper) -> Facts:
        """See the same facts with a paper in view."""
        return Facts(self.program, self.request, paper, self.in_scope_test, self.memo)

    def read(self, fact: FactInfo) -> Read:
        """Give a fact's value: the first of given, derived from its twin, taken, presumed, absent; else unknown."""
        paper = self.paper.id if fact.about_paper and self.paper is not None else None
        key = (fact.name, paper)
        if key not in self.memo:
            self.memo[key] = self._resolve(fact, paper)
        return self.memo[key]

    def given(self, name: str) -> Value | None:
        """Give what the request itself says of a fact."""
        if name.startswith(("document.", "issuer.")):
            return self.paper.values.get(name) if self.paper is not None else None
        return self.request.values.get(name)

    def _resolve(self, fact: FactInfo, paper: str | None) -> Read:
        def known(value: Value, origin: Origin) -> Read:
            return Read(fact.name, paper, value, origin, fact.held_by)

        if fact.scope == "matter" and self.request.matter == "none":
            return known(fact.absent(), "absent")
        given = self.given(fact.name)
        if given is not None:
            return known(given, "given")
        derived = self._from_twin(fact)
        if derived is not None:
            return known(derived, "derived")
        if self._is_taken(fact):
            return known(False, "taken")
        if fact.name in self.program.presumed and fact.name not in self._rested_on(fact.about_paper):
            return known(self.program.presumed[fact.name].value, "presumed")
        premise = evaluate(fact.only_if, self) if fact.only_if is not None else None
        if premise is not None and premise.result is False:
            return known(fact.absent(), "absent")
        untold = premise if premise is not None and premise.result is None else None
        return Read(fact.name, paper, None, "unknown", fact.held_by, untold, self._unknown_twin(fact, paper))

    def _unknown_twin(self, fact: FactInfo, paper: str | None) -> Read | None:
        """Give the twin of an unknown fact where it is unknown too, and would tell it."""
        twin = self.program.facts[fact.twin] if fact.twin is not None else None
        if twin is None or self.given(twin.name) is not None:
            return None
        if fact.type == "date" and self.read(twin).value is not None:
            return None
        return Read(twin.name, paper, None, "unknown", twin.held_by)

    def _from_twin(self, fact: FactInfo) -> Value | None:
        """A yes/no fact follows from the date it comes true on; a date has not come where its yes/no fact is no."""
        if fact.twin is None:
            return None
        twin = self.program.facts[fact.twin]
        if fact.type == "bool":
            day = self.given(twin.name)
            return None if day is None else has_come(day, self.request.on)
        return NOT_YET if self.read(twin).value is False else None

    def _is_taken(self, fact: FactInfo) -> bool:
        """A consulted source would have shown it; but not where something given rests on it."""
        if fact.type != "bool" or not fact.silence_tells or fact.held_by not in self.request.consulted:
            return False
        return fact.name not in self._rested_on(fact.about_paper)

    def _rested_on(self, about_paper: bool) -> set[str]:
        """Give the facts that something given of the request (or of the paper in view) rests on."""
        names = {*self.request.values, *(self.paper.values if self.paper and about_paper else ())}
        rested: set[str] = set()
        for name in names:
            fact = self.program.facts.get(name)
            if fact is not None and fact.only_if is not None and self.given(name) != fact.absent():
                rested |= tested_facts(fact.only_if)
        todo = list(rested)
        while todo:
            fact = self.program.facts.get(todo.pop())
            more = tested_facts(fact.only_if) - rested if fact is not None and fact.only_if is not None else set()
            rested |= more
            todo += more
        return rested


def tested_facts(condition: Condition) -> set[str]:
    """Give the facts a condition tests, through everything in it."""
    match condition:
        case FactTest(fact=fact):
            return {fact.name}
        case DayTest(left=left, right=right):
            return {name for day in (left, right) for name in _facts_of_day(day)}
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return {name for part in parts for name in tested_facts(part)}
        case Negation(part=inner) | TermUse(condition=inner) | PaperTest(such=inner):
            return tested_facts(inner)
        case Given():
            return set()


def _facts_of_day(day: DayExpr) -> set[str]:
    if isinstance(day, Shifted):
        return _facts_of_day(day.since)
    return {day.fact.name} if isinstance(day, FactDay) else set()


def has_come(day: Value, on: dt.date) -> bool:
    """Say whether the day of an event is there: on or before the day of the decision."""
    return isinstance(day, dt.date) and day <= on


# days


@dataclass(frozen=True, slots=True)
class DayRead:
    """A day as worked out: a date, `NOT_YET`, or `None` where it could not be told; with the facts read."""

    value: dt.date | Mark | None
    reads: tuple[Read, ...]


def read_day(day: DayExpr, facts: Facts) -> DayRead:
    """Work out a day; a working day in a year not announced could not be told."""
    match day:
        case Fixed(day=date):
            return DayRead(date, ())
        case Today():
            return DayRead(facts.request.on, ())
        case FactDay(fact=fact):
            read = facts.read(fact)
            assert read.value is None or isinstance(read.value, dt.date | Mark)  # the checker lets only dates stand
            return DayRead(read.value, (read,))
        case Shifted(unit=unit, count=count, since=since):
            start = read_day(since, facts)
            if not isinstance(start.value, dt.date):
                return start
            try:
                return DayRead(shifted(start.value, count, unit), start.reads)
            except UnannouncedYearError as unknown:
                year = Read(f"calendar.{unknown.year}", None, None, "unknown", "state_council")
                return DayRead(None, (*start.reads, year))


def _compare_days(operator: Operator, left: dt.date | Mark, right: dt.date | Mark) -> bool:
    """Compare two days; `NOT_YET` is later than every day."""
    one = (0, left) if isinstance(left, dt.date) else (1, dt.date.min)
    two = (0, right) if isinstance(right, dt.date) else (1, dt.date.min)
    match operator:
        case "before":
            return one < two
        case "on_or_before":
            return one <= two
        case "after":
            return one > two
        case _:
            return one >= two


_MIRRORED: Mapping[str, Operator] = {
    "before": "after",
    "on_or_before": "on_or_after",
    "after": "before",
    "on_or_after": "on_or_before",
}


def _compare_by_twin(test: DayTest, facts: Facts) -> tuple[Truth, tuple[Read, ...]]:
    """Tell an unknown day's relation to today from its yes/no fact: yes means that it has come."""
    left, operator, right = test.left, test.operator, test.right
    if isinstance(test.left, Today):
        left, operator, right = test.right, _MIRRORED[operator], test.left
    if not (isinstance(left, FactDay) and isinstance(right, Today) and left.fact.twin):
        return None, ()
    twin = facts.read(facts.program.facts[left.fact.twin])
    if twin.value is not True:
        return None, ()
    return {"on_or_before": True, "after": False}.get(operator), (twin,)


def compare(test: DayTest, facts: Facts) -> Step:
    """Compare two days of a request."""
    left, right = read_day(test.left, facts), read_day(test.right, facts)
    reads = (*left.reads, *right.reads)
    if left.value is not None and right.value is not None:
        result = _compare_days(test.operator, left.value, right.value)
        return Step("test", result, "", (), reads, test, days=(left.value, right.value))
    told, more = _compare_by_twin(test, facts)
    return Step("test", told, "", (), (*reads, *more), test, days=(left.value, right.value))


# conditions


def evaluate(condition: Condition, facts: Facts) -> Step:
    """Say whether a condition holds; every part is looked at, so that the trace is whole."""
    match condition:
        case FactTest():
            return _test(condition, facts)
        case DayTest():
            return _in_scope(condition.left, facts) or compare(condition, facts)
        case AllOf(parts=parts):
            return all_step("all", (evaluate(part, facts) for part in parts), node=condition)
        case AnyOf(parts=parts):
            return any_step("any", (evaluate(part, facts) for part in parts), node=condition)
        case Negation(part=part):
            inner = evaluate(part, facts)
            return Step("not", opposite(inner.result), "", (inner,), node=condition)
        case TermUse(name=name, clauses=clauses, condition=inner_condition):
            inner = evaluate(inner_condition, facts)
            return Step("term", inner.result, name, (inner,), node=condition, clauses=clauses)
        case Given(name=name, truth=truth):
            return Step("setting", truth, name, node=condition)
        case PaperTest():
            return _papers(condition, facts)


def _in_scope(left: DayExpr, facts: Facts) -> Step | None:
    """In a scope, tests on the matter fail when there is no matter."""
    no_matter = facts.in_scope_test and facts.request.matter == "none"
    if no_matter and isinstance(left, FactDay) and left.fact.scope == "matter":
        return Step("test", False, "", (), (facts.read(left.fact),))
    return None


def _test(test: FactTest, facts: Facts) -> Step:
    read = facts.read(test.fact)
    if facts.in_scope_test and facts.request.matter == "none" and test.fact.scope == "matter":
        return Step("test", False, "", (), (read,), test)
    result = None if read.value is None else value_fits(test, read.value)
    return Step("test", result, "", (), (read,), test)


_ORDERS: Mapping[str, Callable[[int | Decimal, int | Decimal], bool]] = {
    "at_least": ge, "at_most": le, "more_than": gt, "less_than": lt,
}  # fmt: skip


def value_fits(test: FactTest, value: Value) -> bool:
    """Say whether a known value passes a test."""
    if value is ABSENT:
        return test.operator == "is_not"
    match test.operator:
        case "is" | "is_not":
            kinds = test.fact.kinds.get(str(value), frozenset()) if test.fact.kinds is not None else (value,)
            return any(one in test.values for one in kinds) == (test.operator == "is")
        case "contains_any":
            return isinstance(value, tuple) and any(one in value for one in test.values)
        case "contains_all":
            return isinstance(value, tuple) and all(one in value for one in test.values)
    ranks = test.fact.ranks
    left, right = (one if ranks is None else ranks[str(one)] for one in (value, test.values[0]))
    assert isinstance(left, int | Decimal)  # the checker lets only levels and numbers be compared
    assert isinstance(right, int | Decimal)
    return _ORDERS[test.operator](left, right)


def _papers(test: PaperTest, facts: Facts) -> Step:
    papers = facts.request.papers
    if papers is None:
        return Step(test.which, None, "", (), (UNTOLD_PAPERS,), test)
    steps = []
    for paper in papers:
        inner = evaluate(test.such, facts.with_paper(paper))
        steps.append(Step("paper", inner.result, paper.id, (inner,), paper=paper.id))
    found = any_holds(step.result for step in steps)
    return Step(test.which, found if test.which == "some" else opposite(found), "", tuple(steps), (), test)
