"""Conditions as an author writes them: a closed set of shapes, names not yet looked up.

`condition_reader` makes them from text; `compiler` turns them into the program's typed form.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from creditrules.source import Span

Place = Field(default=None, exclude=True, repr=False)


class Frozen(BaseModel):
    """Base of every record of a policy: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Word(Frozen):
    """A single word or value as the author wrote it, with its place."""

    text: str
    quoted: bool = False
    span: Span | None = Place

    def __str__(self) -> str:
        return self.text


class SettingRef(Frozen):
    """A value taken from a setting: `{setting: name}`."""

    setting: Word


class Period(Frozen):
    """A day reached by counting: `{working_days: 7, since: day}`."""

    unit: Literal["days", "working_days", "months", "years"]
    count: Word
    since: Word | Period
    span: Span | None = Place


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


class Test(Frozen):
    """A test of one fact, setting or `today`: `subject.kind: company`, `today: {after: ...}`."""

    fact: Word
    operator: Operator
    values: tuple[Word, ...] = ()
    setting: SettingRef | None = None
    day: Day | None = None
    operator_span: Span | None = Place
    span: Span | None = Place


class All(Frozen):
    """All of these hold."""

    all: tuple[Condition, ...]
    span: Span | None = Place


class Any(Frozen):
    """At least one of these holds."""

    any: tuple[Condition, ...]
    span: Span | None = Place


class Not(Frozen):
    """This does not hold."""

    no: Condition
    span: Span | None = Place


class Is(Frozen):
    """A named term holds."""

    term: Word
    span: Span | None = Place


class Papers(Frozen):
    """Some paper handed in, or none of them, is such."""

    which: Literal["some", "none"]
    such: Condition
    span: Span | None = Place


Condition = Test | All | Any | Not | Is | Papers

for _model in (Period, Test, All, Any, Not, Papers):
    _model.model_rebuild()
