"""Conditions as an author writes them: a closed set of shapes, names not yet looked up.

`condition_reader` makes them from text; `compiler` turns them into the program's typed form.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from creditrules.frozen import dataclass
from creditrules.source import Span
from creditrules.tree import Scalar

Word: TypeAlias = Scalar  # a single word or value as the author wrote it, with its place


class Frozen:
    """Base of every record of a policy, each of them a frozen dataclass.

    A field that is not shown by `repr` holds a place; places are no part of the meaning.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRef(Frozen):
    """A value taken from a setting: `{setting: name}`."""

    setting: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Frozen):
    """A day reached by counting: `{working_days: 7, since: day}`."""

    unit: Literal["days", "working_days", "months", "years"]
    count: Word
    since: Word | Period
    span: Span | None = field(default=None, repr=False)


Day = Word | Period  # a date, `today`, the name of a date fact, or a period

Operator = Literal[
    "is",
    "is_not",
    "at_least",
    "at_most",
    "more_than",
    "less_than",
    "before",
    "on_or_before",
    "after",
    "on_or_after",
    "contains_any",
    "contains_all",
]
DATE_OPERATORS: tuple[Operator, ...] = ("before", "on_or_before", "after", "on_or_after")
ORDER_OPERATORS: tuple[Operator, ...] = ("at_least", "at_most", "more_than", "less_than")
LIST_OPERATORS: tuple[Operator, ...] = ("contains_any", "contains_all")
OPERATORS: tuple[Operator, ...] = ("is_not", *ORDER_OPERATORS, *DATE_OPERATORS, *LIST_OPERATORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Test(Frozen):
    """A test of one fact, setting or `today`: `subject.kind: company`, `today: {after: ...}`."""

    fact: Word
    operator: Operator
    values: tuple[Word, ...] = ()
    setting: SettingRef | None = None
    day: Day | None = None
    operator_span: Span | None = field(default=None, repr=False)
    span: Span | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class All(Frozen):
    """All of these hold."""

    all: tuple[Condition, ...]
    span: Span | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Any(Frozen):
    """At least one of these holds."""

    any: tuple[Condition, ...]
    span: Span | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Frozen):
    """This does not hold."""

    no: Condition
    span: Span | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Is(Frozen):
    """A named term holds."""

    term: Word
    span: Span | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers(Frozen):
    """Some paper handed in, or none of them, is such."""

    which: Literal["some", "none"]
    such: Condition
    span: Span | None = field(default=None, repr=False)


Condition = Test | All | Any | Not | Is | Papers
