"""What a program speaks of: the facts it reads, the tests it makes of each, and the days it compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from creditrules.program import (
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
    Given,
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

_TODAY = Today()


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """What a program speaks of. `facts` are all it reads, premises and twins too, by name; `tests` those of each
    fact; `days` the comparisons it makes, those of its effects with the day of the decision among them."""

    facts: tuple[FactInfo, ...]
    tests: Mapping[str, tuple[FactTest, ...]]
    days: tuple[DayTest, ...]
    matters: frozenset[str]  # that rules name, or that measures bear on
    recurring: bool

    @property
    def units(self) -> set[str]:
        """Give the units in which it counts days."""
        return {day.unit for test in self.days for side in (test.left, test.right) for day in _counted(side)}


@dataclass(slots=True)
class _Found:
    facts: dict[str, FactInfo] = field(default_factory=dict)
    tests: dict[str, dict[int, FactTest]] = field(default_factory=dict)
    days: dict[int, DayTest] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)


@lru_cache(maxsize=256)
def spoken(program: Program) -> Spoken:
    """Walk a program once and give what it speaks of."""
    found = _Found()
    _condition(found, program.scope)
    for rule in program.rules:
        _condition(found, rule.when)
        _condition(found, rule.unless)
        for effect in rule.effects:
            _effect(found, effect, program)
    if any(rule.needs_matter for rule in program.rules):
        found.facts["matter.code"] = program.facts["matter.code"]
    todo = list(found.facts.values())
    while todo:
        info = todo.pop()
        known = set(found.facts)
        _condition(found, info.only_if)
        if info.twin is not None:
            found.facts[info.twin] = program.facts[info.twin]
        todo += [found.facts[name] for name in found.facts if name not in known]
    matters = {name for rule in program.rules for name in rule.matters or ()}
    for rule in program.rules:
        for effect in rule.effects:
            if isinstance(effect, Measure):
                matters |= {one for name in effect.names for one in program.measures[name].of or ()}
    return Spoken(
        tuple(found.facts[name] for name in sorted(found.facts)),
        {name: tuple(tests.values()) for name, tests in found.tests.items()},
        tuple(found.days.values()),
        frozenset(matters),
        any(isinstance(effect, Duty) and effect.every for rule in program.rules for effect in rule.effects),
    )


def _condition(found: _Found, condition: Condition | None) -> None:
    if condition is None or id(condition) in found.seen:
        return
    found.seen.add(id(condition))
    match condition:
        case FactTest(fact=fact):
            found.facts[fact.name] = fact
            found.tests.setdefault(fact.name, {})[id(condition)] = condition
        case DayTest():
            _days(found, condition)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                _condition(found, part)
        case Negation(part=inner) | TermUse(condition=inner) | PaperTest(such=inner):
            _condition(found, inner)
        case Given():
            pass


def _days(found: _Found, test: DayTest) -> None:
    found.days[id(test)] = test
    for side in (test.left, test.right):
        for fact in facts_of(side):
            found.facts[fact.name] = fact


def _effect(found: _Found, effect: Effect, program: Program) -> None:
    def against(day: DayExpr | None, other: DayExpr = _TODAY) -> None:
        if day is not None:
            _days(found, DayTest(day, "after", other, None))

    match effect:
        case Usable(first=first, until=until, once=once):
            against(first)
            against(until)
            if first is not None and until is not None:
                against(first, until)
            _condition(found, once)
        case Duty(due=due, done=done, done_on=done_on, since=since):
            against(due)
            against(since)
            against(since, Fixed(program.start))
            _condition(found, done)
            if done_on is not None:
                found.facts[done_on.name] = done_on
                if done_on.type == "date":
                    against(FactDay(done_on), due or _TODAY)
        case Refer(due=due):
            against(due)
        case Require(alternatives=ways):
            for way in ways:
                _condition(found, way.condition)


def facts_of(day: DayExpr) -> tuple[FactInfo, ...]:
    """Give the date fact a day rests on, if it does."""
    while isinstance(day, Shifted):
        day = day.since
    return (day.fact,) if isinstance(day, FactDay) else ()


def _counted(day: DayExpr) -> Iterator[Shifted]:
    while isinstance(day, Shifted):
        yield day
        day = day.since


def rule_named(program: Program, name: str | Rule) -> Rule:
    """Give a rule by its id, with or without the policy's name; raises `ValueError` for one that is not there."""
    if isinstance(name, Rule):
        return name
    wanted = name.removeprefix(f"{program.policy}:")
    for rule in program.rules:
        if rule.id == wanted:
            return rule
    raise ValueError(f"policy `{program.policy}` has no rule `{name}`")
