"""A policy as its author means it: rules, terms, settings and the rest, typed but with names not yet looked up.

`reader` makes it from text, `checker` says what does not fit together, `compiler` turns it into a program.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from creditrules.conditions import Condition, Day, Frozen, Place, Word
from creditrules.source import Span
from creditrules.vocabulary import Fact, Labels

Modality = Literal["must", "must_not", "should", "may", "encouraged", "goal", "definition"]
OPEN_MODALITIES: tuple[Modality, ...] = ("may", "encouraged", "goal")
SettingType = Literal["bool", "str", "number", "date", "enum", "level", "list"]
REASONS = ("context", "standing", "permission", "definition", "goal", "judgement")


class Placed(Frozen):
    """Base of records with a place in the file."""

    span: Span | None = Place


class Cited(Placed):
    """Base of what rests on clauses of the document."""

    clauses: tuple[Word, ...] = ()
    reading: Labels | None = None


class InForce(Cited):
    """First and last day of the document, both in; no last day means that none is set."""

    start: dt.date
    until: dt.date | None = None


class Setting(Cited):
    """A typed constant that an office may set."""

    type: SettingType
    value: tuple[Word, ...]
    is_list: bool = False


class Presumption(Cited):
    """What holds while a fact is unknown."""

    fact: Word
    value: tuple[Word, ...]


class Term(Cited):
    """A named condition."""

    when: Condition


class Scope(Cited):
    """Whom and what the document governs."""

    when: Condition


class Alternative(Placed):
    """One way to meet a requirement: a paper (perhaps such that …), or a step that is done."""

    paper: Word | None = None
    that: Condition | None = None
    step: Word | None = None
    done: Condition | None = None


class Require(Placed):
    """Papers or steps the matter needs."""

    mode: Literal["any_of", "all_of"]
    alternatives: tuple[Alternative, ...]
    from_: Word | None = None


class Weigh(Placed):
    """Papers or facts a person weighs; never part of the outcome."""

    papers: tuple[Word, ...] = ()
    facts: tuple[Word, ...] = ()
    as_: Literal["necessary", "important_reference", "reference"]


class Usable(Placed):
    """From when and until when a paper counts, and on what condition."""

    from_: Day | None = None
    after: Day | None = None
    until: Day | None = None
    once: Condition | None = None
    at: Word | None = None


class Inadmissible(Placed):
    """The paper may not be used; under `left_to`, it may be refused."""


class Measures(Placed):
    """Consequences for the subject or another: all of them, or one that a person picks."""

    mode: Literal["any_of", "all_of"]
    names: tuple[Word, ...]
    target: Word | None = None
    by: Word | None = None


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


class Prohibit(Placed):
    """The rule's condition is a forbidden thing happening."""

    by: Word
    act: Labels


class Refer(Placed):
    """The text does not settle it: a person must."""

    to: Word
    why: Labels
    due: Day | None = None


Effect = Require | Weigh | Usable | Inadmissible | Measures | Duty | Prohibit | Refer
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


class Policy(Placed):
    """One document's rules, with everything they rest on."""

    id: str
    title: Labels
    number: str
    issuer: str
    area: tuple[str, ...]
    in_force: InForce
    repeals: tuple[str, ...] = ()
    authorities: Mapping[str, Labels] = {}
    settings: Mapping[str, Setting] = {}
    facts: Mapping[str, Fact] = {}
    presume: Mapping[str, Presumption] = {}
    scope: Scope | None = None
    terms: Mapping[str, Term] = {}
    rules: tuple[Rule, ...] = ()
    not_expressed: Mapping[str, tuple[tuple[Word, Labels | None], ...]] = {}
    unreadable: frozenset[str] = Field(default=frozenset(), exclude=True)
