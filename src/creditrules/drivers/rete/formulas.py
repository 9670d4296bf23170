"""Formulas: what a rule, a paper's status or a rung of the ladder rests on, down to atoms, in three values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from creditrules.drivers.rete.atoms import Atom, PapersUntold, Tested
from creditrules.program import (
    AllOf,
    AnyOf,
    Condition,
    DayTest,
    FactTest,
    Given,
    Negation,
    PaperTest,
    TermUse,
)

Name: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Settled when the program was made."""

    truth: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """An atom."""

    atom: Atom


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """This does not hold."""

    part: Formula


@dataclass(frozen=True, slots=True)
class ForSome:
    """It holds for one of the papers handed in; not if there are none, nor if nobody said which there are."""

    part: Formula


@dataclass(frozen=True, slots=True)
class Named:
    """A formula with a name of its own, which the engine derives once and uses in many places."""

    name: Name
    formula: Formula = field(compare=False, repr=False)


Formula: TypeAlias = Known | Leaf | Every | Either | Opposite | ForSome | Named


def every(parts: Iterable[Formula]) -> Formula:
    """Join with *and*; what is settled is worked in."""
    kept = []
    for part in parts:
        if part == Known(False):
            return part
        if part != Known(True):
            kept.append(part)
    return kept[0] if len(kept) == 1 else Every(tuple(kept)) if kept else Known(True)


def either(parts: Iterable[Formula]) -> Formula:
    """Join with *or*; what is settled is worked in."""
    kept = []
    for part in parts:
        if part == Known(True):
            return part
        if part != Known(False):
            kept.append(part)
    return kept[0] if len(kept) == 1 else Either(tuple(kept)) if kept else Known(False)


def opposite(part: Formula) -> Formula:
    """Turn round; what is settled is worked in."""
    return Known(not part.truth) if isinstance(part, Known) else Opposite(part)


def for_some(part: Formula, *, untold: bool = False) -> Formula:
    """Ask for one of the papers; `untold`: where nobody said which were handed in, it could not be told."""
    found: Formula = part if part == Known(False) else ForSome(part)
    return either((found, Leaf(PapersUntold()))) if untold else found


def of_condition(condition: Condition, policy: str, *, in_scope: bool = False) -> Formula:
    """Give the formula of a condition as a policy means it; `in_scope`: as its scope reads it."""

    def of(part: Condition) -> Formula:
        return of_condition(part, policy, in_scope=in_scope)

    match condition:
        case FactTest(fact=fact, operator=operator, values=values):
            return Leaf(Tested(policy, FactTest(fact, operator, values, None), in_scope))
        case DayTest(left=left, operator=operator, right=right):
            return Leaf(Tested(policy, DayTest(left, operator, right, None), in_scope))
        case Given(truth=truth):
            return Known(truth)
        case AllOf(parts=parts):
            return every(of(part) for part in parts)
        case AnyOf(parts=parts):
            return either(of(part) for part in parts)
        case Negation(part=part):
            return opposite(of(part))
        case TermUse(name=name, condition=inner):
            found = of(inner)
            place = "scope" if in_scope else "rules"
            return found if isinstance(found, Known) else Named(("term", policy, name, place), found)
        case PaperTest(which=which, such=such):
            some = for_some(of(such), untold=True)
            return some if which == "some" else opposite(some)
