"""The agreed names: facts, matters, fields, papers, acts, measures and the sources that hold facts.

Shipped beside the policies and shared by all of them; a policy may add facts of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import field
from functools import cached_property
from typing import Literal

from creditrules.conditions import Condition, Frozen, Word
from creditrules.frozen import dataclass
from creditrules.source import Span
from creditrules.wording import Lang

FactType = Literal["bool", "str", "number", "date", "enum", "level", "list[enum]", "list[date]", "list[str]"]
TYPE_WORDS: Mapping[str, str] = {
    "list[enum]": "@enum-list",
    "list[date]": "@date-list",
    "list[str]": "@str-list",
    **{name: f"@{name}" for name in ("bool", "str", "number", "date", "enum", "level")},
}
ChangedBy = Literal["subject", "agency", "department", "time", "nobody"]
Direction = Literal["favour", "burden", "neutral"]

ACTORS = ("subject", "department", "issuer")  # who every policy may name; other authorities are a policy's own
TARGETS = ("subject", "responsible_persons")
PAPER_SCOPES = ("document", "issuer")
SCOPES = ("subject", "matter", "document", "issuer", "procedure", "record", "system", "department")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels(Frozen):
    """What a name is called in Chinese and in English."""

    zh: str
    en: str

    def label(self, lang: Lang) -> str:
        """Give the name in the language asked for."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Labels):
    """Something a request may tell: its type, who holds it, who can change it, and when it makes sense at all.

    `only_if` false makes the fact absent. `day` (on a yes/no fact) names the date on which it becomes true.
    `silence_tells` false: yes is the usual state, so that a source's silence does not say no.
    """

    name: str
    type: FactType
    values: Mapping[str, Labels] | None = None
    held_by: str
    changed_by: ChangedBy
    only_if: Condition | None = None
    day: Word | None = None
    silence_tells: bool = True
    span: Span | None = field(default=None, repr=False)
    holder_span: Span | None = field(default=None, repr=False)

    @property
    def scope(self) -> str:
        """Give the heading the fact stands under in a request: `subject`, `matter`, `document`, …"""
        return self.name.partition(".")[0]

    @property
    def about_paper(self) -> bool:
        """Say whether the fact is about one of the papers handed in, or its issuer."""
        return self.scope in PAPER_SCOPES

    @property
    def is_list(self) -> bool:
        """Say whether the fact holds several values."""
        return self.type.startswith("list[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter(Labels):
    """An administrative matter; it is also each of its `broader` ones."""

    asked_by: Literal["subject", "department"]
    broader: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Labels):
    """A kind of paper; it also counts as each of `counts_as`."""

    counts_as: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Labels):
    """Something somebody does, as duties name it."""

    kind: Literal["procedure", "relief"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Frozen):
    """What a measure does to getting the thing asked for: keeps `out`, or leaves it `open` to a person."""

    how: Literal["out", "open"]
    of: tuple[Word, ...] | Literal["any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Labels):
    """A consequence for somebody; `direction` says whether it favours or burdens them."""

    kind: str
    direction: Direction
    bars: Bars | None = None


@dataclass(frozen=True, slots=False, kw_only=True)
class Vocabulary(Frozen):
    """All agreed names, by kind."""

    sources: Mapping[str, Labels]
    facts: Mapping[str, Fact]
    matters: Mapping[str, Matter]
    fields: Mapping[str, Labels]
    papers: Mapping[str, Paper]
    acts: Mapping[str, Act]
    measures: Mapping[str, Measure]

    @cached_property
    def matter_kinds(self) -> Mapping[str, frozenset[str]]:
        """Give for each matter itself and every broader one."""
        return _closure({name: matter.broader for name, matter in self.matters.items()})

    @cached_property
    def paper_kinds(self) -> Mapping[str, frozenset[str]]:
        """Give for each kind of paper itself and every kind it counts as."""
        return _closure({name: paper.counts_as for name, paper in self.papers.items()})

    def with_facts(self, facts: Mapping[str, Fact]) -> Vocabulary:
        """Give a vocabulary that knows a policy's own facts too."""
        if not facts:
            return self
        known = copy(self)  # with what was worked out of the other names
        known.__dict__["facts"] = {**self.facts, **facts}
        return known


def _closure(wider: Mapping[str, tuple[Word, ...]]) -> dict[str, frozenset[str]]:
    """Follow `broader` and `counts_as` to the end; a circle simply stops."""
    closed: dict[str, frozenset[str]] = {}
    for name in wider:
        seen, todo = {name}, [name]
        while todo:
            for next_ in wider.get(todo.pop(), ()):
                if next_.text not in seen:
                    seen.add(next_.text)
                    todo.append(next_.text)
        closed[name] = frozenset(seen)
    return closed
