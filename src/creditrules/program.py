"""The program: a checked policy with every name looked up and every value typed. Drivers run nothing else.

Drops the author's spelling; keeps places and clauses, so that a trace can point back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import Enum
from typing import Literal, TypeAlias

from creditrules.conditions import Operator
from creditrules.frozen import dataclass
from creditrules.source import Span
from creditrules.vocabulary import ACTORS, TARGETS, Direction, FactType, Labels


class Mark(Enum):
    """Values that are no value: an event that has not happened, and a fact that makes no sense here."""

    NOT_YET = "not_yet"
    ABSENT = "absent"


NOT_YET, ABSENT = Mark.NOT_YET, Mark.ABSENT

Atom: TypeAlias = bool | str | int | Decimal | dt.date | Mark
Value: TypeAlias = Atom | tuple[Atom, ...]


def atom(type_: str, text: str) -> Atom:
    """Read one value by its type; `type_` may be a list's."""
    match type_.removeprefix("list[").removesuffix("]"):
        case "bool":
            return text == "true"
        case "number":
            return Decimal(text) if "." in text else int(text)
        case "date":
            return dt.date.fromisoformat(text) if text != "not_yet" else NOT_YET
        case _:
            return text


def body(name: str, policy: str) -> str:
    """Tell whom a policy means by a name: `credit_office` of two cities is two bodies, `department` is one."""
    return name if name in (*ACTORS, *TARGETS) else f"{policy}:{name}"


@dataclass(frozen=True, slots=True, eq=False)
class FactInfo:
    """A fact as the program reads it.

    `silence_tells` says whether a consulted source that does not show a yes/no fact means no.
    `kinds` gives for a matter or a kind of paper all it also is; `ranks` the order of levels; `twin` the date of a
    yes/no fact, or the yes/no fact of a date.
    """

    name: str
    type: FactType
    held_by: str
    silence_tells: bool = True
    twin: str | None = None
    only_if: Condition | None = None
    values: tuple[str, ...] | None = None  # of enums, levels and lists of them
    ranks: Mapping[str, int] | None = None
    kinds: Mapping[str, frozenset[str]] | None = None

    @property
    def scope(self) -> str:
        """Give the heading of the fact in a request."""
        return self.name.partition(".")[0]

    @property
    def about_paper(self) -> bool:
        """Say whether the fact is about a paper or its issuer."""
        return self.scope in ("document", "issuer")

    def absent(self) -> Value:
        """Give what the fact is when its premise is false."""
        if self.type == "bool":
            return False
        if self.type == "date":
            return NOT_YET
        return () if self.type.startswith("list[") else ABSENT


@dataclass(frozen=True, slots=True)
class Fixed:
    """A date written out."""

    day: dt.date


@dataclass(frozen=True, slots=True)
class Today:
    """The day of the decision."""


@dataclass(frozen=True, slots=True)
class FactDay:
    """The day a date fact holds."""

    fact: FactInfo


@dataclass(frozen=True, slots=True)
class Shifted:
    """A day counted from another."""

    unit: Literal["days", "working_days", "months", "years"]
    count: int
    since: DayExpr


DayExpr: TypeAlias = Fixed | Today | FactDay | Shifted


@dataclass(frozen=True, slots=True)
class FactTest:
    """A test of a fact's value against written values."""

    fact: FactInfo
    operator: Operator
    values: tuple[Atom, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class DayTest:
    """A comparison of two days; an author writes a date fact or `today` on the left."""

    left: DayExpr
    operator: Operator
    right: DayExpr
    span: Span | None


@dataclass(frozen=True, slots=True)
class Given:
    """A condition settled when the program was made: the test of a setting."""

    name: str
    truth: bool
    span: Span | None


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold."""

    parts: tuple[Condition, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    parts: tuple[Condition, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Negation:
    """This does not hold."""

    part: Condition
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class TermUse:
    """A named term holds; `reading` is the term's."""

    name: str
    clauses: tuple[str, ...]
    reading: Labels | None
    condition: Condition
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class PaperTest:
    """Some paper handed in is such, or none is."""

    which: Literal["some", "none"]
    such: Condition
    span: Span | None = None


Condition: TypeAlias = FactTest | DayTest | Given | AllOf | AnyOf | Negation | TermUse | PaperTest
ALWAYS = AllOf(())


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to meet a requirement. `text` is its canonical form, by which equal requirements are told."""

    name: str
    kind: Literal["paper", "step"]
    condition: Condition | None
    text: str


@dataclass(frozen=True, slots=True)
class Require:
    """Papers or steps the matter needs."""

    mode: Literal["any_of", "all_of"]
    alternatives: tuple[Alternative, ...]
    from_: str | None


@dataclass(frozen=True, slots=True)
class Weigh:
    """Papers and facts to be weighed."""

    names: tuple[str, ...]
    as_: str


@dataclass(frozen=True, slots=True)
class Usable:
    """First day (`after`: the day following it), last day and condition of a paper's use."""

    first: DayExpr | None
    after: bool
    until: DayExpr | None
    once: Condition | None
    at: str | None


@dataclass(frozen=True, slots=True)
class Inadmissible:
    """The paper may not be used."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Consequences for `target`."""

    mode: Literal["any_of", "all_of"]
    names: tuple[str, ...]
    target: str
    by: str


@dataclass(frozen=True, slots=True)
class Duty:
    """What `who` has to do."""

    who: str
    mode: Literal["any_of", "all_of"]
    what: tuple[str, ...]
    due: DayExpr | None
    done: Condition | None
    done_on: FactInfo | None
    every: Literal["month", "quarter", "half_year", "year"] | None
    since: DayExpr | None


@dataclass(frozen=True, slots=True)
class Prohibit:
    """A forbidden act of `by`."""

    by: str
    act: Labels


@dataclass(frozen=True, slots=True)
class Refer:
    """A question left to a person."""

    to: str
    why: Labels
    due: DayExpr | None


Effect: TypeAlias = Require | Weigh | Usable | Inadmissible | Measure | Duty | Prohibit | Refer


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """What the program knows of a measure: its direction, and which matters it bars and how."""

    direction: Direction
    how: Literal["out", "open"] | None = None
    of: frozenset[str] | None = None  # None: any matter

    def bars(self, kinds: frozenset[str]) -> bool:
        """Say whether it bars a matter that is each of `kinds`."""
        return self.how is not None and (self.of is None or bool(self.of & kinds))


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule, ready to run. `id` is the author's; `clauses` carry the policy's name."""

    policy: str
    id: str
    clauses: tuple[str, ...]
    modality: str
    left_to: str | None
    matters: frozenset[str] | None  # of listed matters
    needs_matter: bool
    each: bool
    when: Condition
    unless: Condition | None
    overrides: tuple[tuple[str, str], ...]
    effects: tuple[Effect, ...]
    reading: Labels | None
    readings: tuple[tuple[str, Labels, tuple[str, ...]], ...]
    span: Span | None

    @property
    def key(self) -> tuple[str, str]:
        """Name the rule among several policies."""
        return self.policy, self.id


@dataclass(frozen=True, slots=True)
class Presumed:
    """A value that holds while a fact is unknown."""

    value: Value
    clauses: tuple[str, ...]
    reading: Labels | None


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One policy, ready to run on any request."""

    policy: str
    number: str
    area: tuple[str, ...]
    start: dt.date
    until: dt.date | None
    in_force_clauses: tuple[str, ...]
    in_force_reading: Labels | None
    scope: Condition
    scope_clauses: tuple[str, ...]
    scope_reading: Labels | None
    presumed: Mapping[str, Presumed]
    rules: tuple[Rule, ...]
    facts: Mapping[str, FactInfo]
    measures: Mapping[str, MeasureInfo]
    matters: Mapping[str, frozenset[str]]
    by_department: frozenset[str]
    papers: Mapping[str, frozenset[str]]
    sources: frozenset[str]
    digest: str
    repealed_by: str | None = None
    overridden_by: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
