"""What a decision in one matter hangs on, as conditions: every rule, every paper's status, every requirement.

The meaning is that of `rules`, `papers`, `requirements` and `ladder`; here it is written as conditions of the
program, so that whoever can evaluate conditions can walk the ladder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from creditrules.frozen import dataclass
from creditrules.program import (
    ALWAYS,
    AllOf,
    AnyOf,
    Condition,
    DayExpr,
    DayTest,
    Duty,
    Effect,
    FactDay,
    FactInfo,
    FactTest,
    Fixed,
    Inadmissible,
    Measure,
    Negation,
    PaperTest,
    Program,
    Refer,
    Require,
    Rule,
    Shifted,
    TermUse,
    Today,
    Usable,
)

from .bits import conjunctions

NEVER = AnyOf(())
_LAST_DAY = dt.date(2199, 12, 31)
PaperCell = Literal["barred", "declined"]


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """A requirement that rules share: its ways, each with the condition a paper or the request must meet for it."""

    effect: Require
    rules: tuple[Rule, ...]
    each: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """Where the rules with measures and referrals stand on the ladder, in one matter."""

    excluding: frozenset[str]
    open: frozenset[str]
    favours: Mapping[str, frozenset[str]]  # target -> rules
    burdens: Mapping[str, frozenset[str]]  # target -> rules whose burden does not bear on the matter


class Cells:
    """The conditions of one program in one matter (`None`: no matter is before anybody)."""

    def __init__(self, program: Program, matter: str | None) -> None:
        self.program, self.matter = program, matter
        kinds = program.matters.get(matter, frozenset()) if matter is not None else frozenset()
        self.kinds = kinds
        self.rules = tuple(rule for rule in program.rules if self._speaks(rule))
        self._of_papers = {rule.key for rule in program.rules if rule.each}
        self._by_key = {rule.key: rule for rule in self.rules}
        self.scope = _in_scope(program.scope, matter)

    def _speaks(self, rule: Rule) -> bool:
        if not rule.needs_matter:
            return True
        return self.matter is not None and (rule.matters is None or bool(rule.matters & self.kinds))

    @cached_property
    def held(self) -> Mapping[str, Condition]:
        """Give for each rule the condition under which it holds, for the paper in view if it is asked for each."""
        return {rule.id: self._holds(rule) for rule in self.rules}

    def _holds(self, rule: Rule) -> Condition:
        parts: list[Condition] = [self.scope, rule.when]
        if rule.unless is not None:
            parts.append(Negation(rule.unless))
        for key in self.program.overridden_by.get(rule.key, ()):
            other = self._by_key.get(key)
            above = self._holds(other) if other is not None else NEVER
            if key in self._of_papers and not rule.each:
                parts.append(Negation(PaperTest("some", above)))  # not told while nobody said what was handed in
            elif other is not None:
                parts.append(Negation(above))
        return AllOf(tuple(parts))

    def status(self, test: PaperCell) -> list[Condition]:
        """Give the conditions of which any bars a paper, or lets it be declined."""
        found: list[Condition] = []
        left = test == "declined"
        about = [
            (self.held[rule.id], effect)
            for rule in self.rules
            if rule.each and (rule.left_to is not None) == left
            for effect in rule.effects
            if isinstance(effect, Usable | Inadmissible)
        ]
        for held, effect in about:
            if isinstance(effect, Inadmissible):
                found.append(held)
                continue
            for reason in _reasons(effect):
                found.append(AllOf((held, reason)))
        usable = [(held, effect) for held, effect in about if isinstance(effect, Usable)]
        for held, effect in usable:
            for other_held, other in usable:
                if effect.first is not None and other.until is not None:
                    operator: Literal["on_or_after", "after"] = "on_or_after" if effect.after else "after"
                    crossed = DayTest(effect.first, operator, other.until, None)
                    found.append(AllOf((held, other_held, crossed)))
        return found

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Give the binding requirements, equal ones once."""
        groups: dict[tuple[object, ...], tuple[Require, list[Rule], bool]] = {}
        for rule in self.rules:
            for effect in rule.effects:
                if isinstance(effect, Require) and rule.left_to is None:
                    key = (effect.mode, rule.each, *(way.text for way in effect.alternatives))
                    groups.setdefault(key, (effect, [], rule.each))[1].append(rule)
        return tuple(Need(effect, tuple(rules), each) for effect, rules, each in groups.values())

    def serves(self, way_name: str, that: Condition | None) -> Condition:
        """Give the condition under which a paper is one of the kind asked for and fulfils what is asked of it."""
        kind = FactTest(self.program.facts["document.kind"], "is", (way_name,), None)
        return AllOf((kind, that if that is not None else ALWAYS))

    def looked_at(self) -> Iterator[tuple[Condition, bool]]:
        """Give what the entries of a decision look at beside its outcome, and whether of each paper.

        That is whether a duty is done, whether a day is known, and each test of a rule that rests on a setting.
        """
        for rule in self.rules:
            if rule.readings:
                for test, _ in {literal for one in conjunctions(self.held[rule.id]) for literal in one}:
                    yield test, rule.each
            for effect in rule.effects:
                if isinstance(effect, Duty):
                    if effect.done is not None:
                        yield effect.done, rule.each
                    if effect.done_on is not None and effect.done_on.twin is not None:
                        yield FactTest(self.program.facts[effect.done_on.twin], "is", (True,), None), rule.each
                for fact in _dates(effect):
                    yield DayTest(FactDay(fact), "after", Fixed(_LAST_DAY), None), rule.each

    @cached_property
    def stand(self) -> Stand:
        """Give where each rule with a measure or a referral stands."""
        excluding, open_ = set(), set()
        favours: dict[str, set[str]] = {}
        burdens: dict[str, set[str]] = {}
        for rule in self.rules:
            for effect in rule.effects:
                if isinstance(effect, Refer):
                    open_.add(rule.id)
                if not isinstance(effect, Measure):
                    continue
                out = [self._bars(name, ("out",)) for name in effect.names]
                ajar = [self._bars(name, ("open",)) for name in effect.names]
                shut = all(out) if effect.mode == "any_of" else any(out)
                if effect.target == "subject":
                    if shut and rule.left_to is None:
                        excluding.add(rule.id)
                    if any(ajar) or (any(out) and (rule.left_to is not None or not shut)):
                        open_.add(rule.id)
                if self._directed(effect, "favour"):
                    favours.setdefault(effect.target, set()).add(rule.id)
                if self._directed(effect, "burden") and rule.left_to is None and not any(out) and not any(ajar):
                    burdens.setdefault(effect.target, set()).add(rule.id)
        return Stand(frozenset(excluding), frozenset(open_), _frozen(favours), _frozen(burdens))

    def _bars(self, measure: str, how: tuple[str, ...]) -> bool:
        info = self.program.measures[measure]
        return self.matter is not None and info.how in how and info.bars(self.kinds)

    def _directed(self, effect: Measure, direction: str) -> bool:
        fitting = [name for name in effect.names if self.program.measures[name].direction == direction]
        return len(fitting) == len(effect.names) if effect.mode == "any_of" else bool(fitting)


def _dates(effect: Effect) -> Iterator[FactInfo]:
    """Give the dates an effect's own days rest on."""
    match effect:
        case Duty(due=due, since=since, done_on=done_on):
            days: tuple[DayExpr | None, ...] = (due, since, None if done_on is None else FactDay(done_on))
        case Usable(first=first, until=until):
            days = (first, until)
        case Refer(due=due):
            days = (due,)
        case _:
            return
    for day in days:
        while isinstance(day, Shifted):
            day = day.since
        if isinstance(day, FactDay) and day.fact.type == "date":
            yield day.fact


def _frozen(found: dict[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {target: frozenset(rules) for target, rules in found.items()}


def _reasons(effect: Usable) -> list[Condition]:
    """Give the conditions of which any keeps a paper from use: too late, too early, or something undone."""
    reasons: list[Condition] = []
    if effect.until is not None:
        reasons.append(DayTest(Today(), "after", effect.until, None))
    if effect.first is not None:
        operator: Literal["on_or_before", "before"] = "on_or_before" if effect.after else "before"
        reasons.append(DayTest(Today(), operator, effect.first, None))
    if effect.once is not None:
        reasons.append(Negation(effect.once))
    return reasons


def _in_scope(condition: Condition, matter: str | None) -> Condition:
    """In a scope, tests on the matter fail when there is no matter."""
    if matter is not None:
        return condition
    match condition:
        case FactTest(fact=fact) if fact.scope == "matter":
            return NEVER
        case DayTest(left=FactDay(fact=fact)) if fact.scope == "matter":
            return NEVER
        case AllOf(parts=parts):
            return AllOf(tuple(_in_scope(part, matter) for part in parts))
        case AnyOf(parts=parts):
            return AnyOf(tuple(_in_scope(part, matter) for part in parts))
        case Negation(part=part):
            return Negation(_in_scope(part, matter))
        case TermUse(condition=inner):
            return _in_scope(inner, matter)
        case PaperTest(which=which, such=such):
            return PaperTest(which, _in_scope(such, matter))
        case _:
            return condition
