"""A policy as its author means it: rules, terms, settings and the rest, typed but with names not yet looked up.

`reader` makes it from text, `checker` says what does not fit together, `compiler` turns it into a program.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeAlias

from creditrules.conditions import Condition, Day, Frozen, Word
from creditrules.frozen import dataclass
from creditrules.source import Span
from creditrules.vocabulary import Fact, Labels

Modality = Literal["must", "must_not", "should", "may", "encouraged", "goal", "definition"]
OPEN_MODALITIES: tuple[Modality, ...] = ("may", "encouraged", "goal")
SettingType = Literal["bool", "str", "number", "date", "enum", "level", "list"]
REASONS = ("context", "standing", "permission", "definition", "goal", "judgement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Frozen):
    """Base of records with a place in the file."""

    span: Span | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited(Placed):
    """Base of what rests on clauses of the document."""

    clauses: tuple[Word, ...] = ()
    reading: Labels | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce(Cited):
    """First and last day of the document, both in; no last day means that none is set."""

    start: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Cited):
    """A typed constant that an office may set."""

    type: SettingType
    value: tuple[Word, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Presumption(Cited):
    """What holds while a fact is unknown."""

    fact: Word
    value: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Cited):
    """A named condition."""

    when: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(Cited):
    """Whom and what the document governs."""

    when: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative(Placed):
    """One way to meet a requirement: a paper (perhaps such that …), or a step that is done."""

    paper: Word | None = None
    that: Condition | None = None
    step: Word | None = None
    done: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Require(Placed):
    """Papers or steps the matter needs."""

    mode: Literal["any_of", "all_of"]
    alternatives: tuple[Alternative, ...]
    from_: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weigh(Placed):
    """Papers or facts a person weighs; never part of the outcome."""

    papers: tuple[Word, ...] = ()
    facts: tuple[Word, ...] = ()
    as_: Literal["necessary", "important_reference", "reference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable(Placed):
    """From when and until when a paper counts, and on what condition."""

    from_: Day | None = None
    after: Day | None = None
    until: Day | None = None
    once: Condition | None = None
    at: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inadmissible(Placed):
    """The paper may not be used; under `left_to`, it may be refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures(Placed):
    """Consequences for the subject or another: all of them, or one that a person picks."""

    mode: Literal["any_of", "all_of"]
    names: tuple[Word, ...]
    target: Word | None = None
    by: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Placed):
    """What somebody has to do, by when, and how it shows as done."""

    who: Word
    mode: Literal["any_of", "all_of"]
    what: tuple[Word, ...]
    due: Day | None = None
    done: Condition | None = None
    done_on: Word | None = None
    every: Literal["month", "quarter", "half_year", "year"] | None = None
    since: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibit(Placed):
    """The rule's condition is a forbidden thing happening."""

    by: Word
    act: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Refer(Placed):
    """The text does not settle it: a person must."""

    to: Word
    why: Labels
    due: Day | None = None


Effect: TypeAlias = Require | Weigh | Usable | Inadmissible | Measures | Duty | Prohibit | Refer
EFFECT_KEYS: Mapping[str, type[Placed]] = {
    "require": Require,
    "weigh": Weigh,
    "usable": Usable,
    "inadmissible": Inadmissible,
    "measure": Measures,
    "duty": Duty,
    "prohibit": Prohibit,
    "refer": Refer,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Cited):
    """One rule: when it holds, and what follows."""

    id: Word
    modality: Modality
    left_to: Word | None = None
    matters: tuple[Word, ...] | Literal["any"] | None = None
    each: bool = False
    when: Condition | None = None
    unless: Condition | None = None
    overrides: tuple[Word, ...] = ()
    then: tuple[Effect, ...]

    @property
    def chooser(self) -> str | None:
        """Say whose choice the effects are; `None` where the rule binds."""
        if self.left_to is not None:
            return self.left_to.text
        return "department" if self.modality in OPEN_MODALITIES else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Placed):
    """One document's rules, with everything they rest on."""

    id: str
    title: Labels
    number: str
    issuer: str
    area: tuple[str, ...]
    in_force: InForce
    repeals: tuple[str, ...] = ()
    authorities: Mapping[str, Labels] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    presume: Mapping[str, Presumption] = field(default_factory=dict)
    scope: Scope | None = None
    terms: Mapping[str, Term] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    not_expressed: Mapping[str, tuple[tuple[Word, Labels | None], ...]] = field(default_factory=dict)
    unreadable: frozenset[str] = field(default=frozenset(), repr=False)
