"""The names and conditions of policies made at random: a small vocabulary, and tests that fit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

LETTERS = ("a", "b", "c")
LEVELS = ("low", "mid", "high")
_MATTERS: Mapping[str, Mapping[str, Any]] = {
    "m1": {"asked_by": "subject"},
    "m2": {"asked_by": "subject", "broader": ["m1"]},
    "m3": {"asked_by": "department"},
}
_PAPERS: Mapping[str, Mapping[str, Any]] = {"pa": {}, "pb": {"counts_as": ["pa"]}, "pc": {}}
_ACTS = {"act1": {"kind": "procedure"}, "act2": {"kind": "relief"}}
_BEFORE = ("before", "on_or_before", "after", "on_or_after")
_ORDERS = ("at_least", "at_most", "more_than", "less_than")
_BOUNDS: Mapping[str, tuple[int, ...]] = {
    "days": (1, 30), "working_days": (1, 5, 7), "months": (1, 6), "years": (1, 2),
}  # fmt: skip
_TYPES = ("bool", "bool", "date", "enum", "level", "number", "str", "list[enum]", "list[str]", "list[date]")
_SIMPLE = ("bool", "date", "enum", "level", "number", "number", "number", "str", "list[enum]", "list[enum]")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a condition stands: whether facts of the matter and of a paper may be tested there, and whether it is
    within `some`, `none` or `that`, where neither of the first two may stand again."""

    matter: bool = True
    paper: bool = True
    in_papers: bool = False

    def allows(self, name: str) -> bool:
        """Say whether a fact may stand here."""
        scope = name.partition(".")[0]
        return (scope != "matter" or self.matter) and (scope not in ("document", "issuer") or self.paper)


@dataclass(frozen=True, slots=True)
class Names:
    """A vocabulary made at random: the tree of its file, and the types of its facts."""

    vocabulary: Mapping[str, Any]
    facts: Mapping[str, str]
    simple: bool = False  # facts of the subject alone, and nothing that hangs on papers or on today

    @property
    def matters(self) -> tuple[str, ...]:
        """Give the names of matters."""
        return tuple(self.vocabulary["matters"])

    @property
    def papers(self) -> tuple[str, ...]:
        """Give the kinds of paper."""
        return tuple(self.vocabulary["papers"])

    @property
    def measures(self) -> tuple[str, ...]:
        """Give the names of measures."""
        return tuple(self.vocabulary["measures"])

    @property
    def acts(self) -> tuple[str, ...]:
        """Give the names of acts."""
        return tuple(self.vocabulary["acts"])

    def of_type(self, type_: str) -> list[str]:
        """Give the facts of a type."""
        return [name for name, one in self.facts.items() if one == type_]

    def values(self, name: str) -> tuple[Any, ...]:
        """Give values a fact may be held against."""
        if name == "matter.code":
            return self.matters
        if name == "document.kind":
            return self.papers
        return {
            "bool": (False, True),
            "level": LEVELS,
            "number": (1, 3, 10),
            "str": ("x", "y"),
            "list[str]": ("x", "y"),
            "date": ("2021-05-01", "not_yet"),
            "list[date]": ("2020-10-08", "2021-05-05"),
        }.get(self.facts[name], LETTERS)

    def value(self, draw: st.DrawFn, name: str) -> Any:
        """Draw a value of a fact, as a presumption gives it."""
        one = draw(st.sampled_from(self.values(name)))
        return [one] if self.facts[name].startswith("list[") else one


def drawn_names(draw: st.DrawFn, simple: bool) -> Names:
    """Draw a vocabulary: facts of every type and heading, with premises, twins and sources; a simple one has facts of
    the subject alone, without premises and twins."""
    types: dict[str, str] = {"matter.code": "enum", "document.kind": "enum"}
    facts: dict[str, dict[str, Any]] = {
        "matter.code": _fact("enum", "department") | {"values": "matters"},
        "document.kind": _fact("enum", "subject") | {"values": "papers"},
    }
    types["subject.shown"] = "bool"
    facts["subject.shown"] = _fact("bool", "site")
    if not simple:
        types["subject.resting"] = "enum"  # a source's silence, and what speaks against it
        facts["subject.resting"] = _fact("enum", "subject") | {
            "values": {value: _labels(value) for value in LETTERS},
            "only_if": {"subject.shown": True},
        }
    everywhere = {"subject": 4, "document": 4, "issuer": 1, "matter": 1, "procedure": 2}
    counts = {"subject": 6} if simple else everywhere
    for scope, count in counts.items():
        for number in range(count):
            type_ = draw(st.sampled_from(_SIMPLE if simple else _TYPES))
            name = f"{scope}.f{number}"
            fact = _fact(type_, draw(st.sampled_from(["subject", "site", "department"])))
            if type_ in ("enum", "list[enum]"):
                fact["values"] = {value: _labels(value) for value in LETTERS}
            elif type_ == "level":
                fact["values"] = {value: _labels(value) for value in LEVELS}
            if type_ == "bool":
                if draw(st.integers(0, 9)) < 3:
                    fact["silence_tells"] = False
                if draw(st.integers(0, 9)) >= 6 and not simple:
                    twin = f"{scope}.day{number}"
                    fact["day"], types[twin] = twin, "date"
                    facts[twin] = _fact("date", fact["held_by"])
            if draw(st.integers(0, 9)) >= 6 and not simple:
                premise = _premise(draw, scope, types)
                if premise is not None:
                    fact["only_if"] = premise
            types[name], facts[name] = type_, fact
    vocabulary = {
        "format": 1,
        "sources": {name: _labels(name) for name in ("subject", "site", "department")},
        "facts": facts,
        "matters": {name: {**_labels(name), **more} for name, more in _MATTERS.items()},
        "fields": {"field1": _labels("field1")},
        "papers": {name: {**_labels(name), **more} for name, more in _PAPERS.items()},
        "acts": {name: {**_labels(name), **more} for name, more in _ACTS.items()},
        "measures": {f"x{number}": _measure(draw, f"x{number}") for number in range(5)},
    }
    return Names(vocabulary, types, simple)


def _labels(name: str) -> dict[str, str]:
    return {"zh": name, "en": name}


def _fact(type_: str, held_by: str) -> dict[str, Any]:
    return {"type": type_, "zh": "事", "en": "fact", "held_by": held_by, "changed_by": "subject"}


def _premise(draw: st.DrawFn, scope: str, types: Mapping[str, str]) -> dict[str, Any] | None:
    """Draw a premise on a fact there already: of the same heading, so that one circle can never close."""
    names = [name for name, type_ in types.items() if name.startswith(f"{scope}.") and type_ in ("bool", "enum")]
    names = [name for name in names if name.partition(".")[2].startswith(("f", "kind"))]
    if not names:
        return None
    name = draw(st.sampled_from(names))
    if types[name] == "bool":
        return {name: draw(st.booleans())}
    values = list(_PAPERS) if name == "document.kind" else list(LETTERS)
    return {name: draw(st.sampled_from([values[:1], values[:2], {"is_not": values[1]}]))}


def _measure(draw: st.DrawFn, name: str) -> dict[str, Any]:
    direction = draw(st.sampled_from(["favour", "burden", "burden", "neutral"]))
    measure: dict[str, Any] = {**_labels(name), "kind": "k", "direction": direction}
    if direction == "burden" and draw(st.integers(0, 9)) >= 3:
        how = draw(st.sampled_from(["out", "open"]))
        measure["bars"] = {"how": how, "of": draw(st.sampled_from(["any", ["m1"], ["m3"], ["m2", "m3"]]))}
    return measure


@dataclass(slots=True)
class Conditions:
    """Draws conditions and days that fit the vocabulary, the terms and settings so far, and their place."""

    draw: st.DrawFn
    names: Names
    settings: dict[str, str] = field(default_factory=dict)
    terms: dict[str, Where] = field(default_factory=dict)

    def some(self, of_ten: int) -> bool:
        return self.draw(st.integers(0, 9)) >= 10 - of_ten

    def one(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(list(choices)))

    def condition(self, where: Where, depth: int) -> dict[str, Any]:
        """Draw a condition; at depth 0 it is a single test."""
        kinds = ["test", "test", "test"]
        if depth:
            kinds += ["all", "any", "any", "not"]
            kinds += [] if where.in_papers or self.names.simple else ["some", "none"]
            kinds += ["is"] if self._terms(where) else []
        match self.one(kinds):
            case "all" | "any" as join:
                count = self.draw(st.integers(2, 3))
                return {join: [self.condition(where, depth - 1) for _ in range(count)]}
            case "not":
                return {"not": self.condition(where, depth - 1)}
            case "some" | "none" as which:
                return {which: self.condition(Where(where.matter, True, True), depth - 1)}
            case "is":
                return {"is": self.one(self._terms(where))}
        return self.test(where)

    def _terms(self, where: Where) -> list[str]:
        """Name the terms that may stand here: those that ask no more of their place, and not within `some`."""
        if where.in_papers:
            return []
        return [
            name
            for name, of in self.terms.items()
            if (where.matter or not of.matter) and (where.paper or not of.paper)
        ]

    def test(self, where: Where) -> dict[str, Any]:
        """Draw a test of a fact, of a setting or of today."""
        if self.some(1) and not self.names.simple:
            return {"today": {self.one(_BEFORE): self.day(where)}}
        if self.settings and self.some(1):
            name = self.one(self.settings)
            return {f"setting.{name}": self._of_setting(self.settings[name])}
        name = self.one(name for name in self.names.facts if where.allows(name))
        return {name: self._of_fact(name, self.names.facts[name], where)}

    def _of_setting(self, type_: str) -> Any:
        values: dict[str, Any] = {
            "bool": self.draw(st.booleans()), "number": {self.one(_ORDERS): self.one([1, 2, 3])},
            "level": self.one(LEVELS), "list": {self.one(["contains_any", "contains_all"]): ["a", "c"]},
            "enum": {"is_not": self.one(LETTERS)}, "str": self.one(["a", "y"]), "date": "2021-05-05",
        }  # fmt: skip
        return values[type_]

    def _of_fact(self, name: str, type_: str, where: Where) -> Any:
        values = self.names.values(name)
        if type_ == "bool":
            return self.draw(st.booleans())
        if type_ == "date":
            return {self.one(_BEFORE): self.day(where)}
        if type_.startswith("list["):
            return {self.one(["contains_any", "contains_all"]): self._some_of(values)}
        if type_ in ("level", "number") and self.some(6):
            return {self.one(_ORDERS): self._set_value(type_) or self.one(values)}
        found = self._set_value(type_) or (self._some_of(values) if self.some(5) else self.one(values))
        if type_ == "str" and self.some(1):
            return {"is_not": ""}
        return {"is_not": found} if self.some(3) or isinstance(found, dict) else found

    def _set_value(self, type_: str) -> dict[str, str] | None:
        """Take the value of a setting now and then, where its type fits."""
        fitting = [name for name, of in self.settings.items() if of == type_ and type_ in ("level", "number")]
        return {"setting": self.one(fitting)} if fitting and self.some(5) else None

    def _some_of(self, values: tuple[Any, ...]) -> list[Any]:
        return self.draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))

    def day(self, where: Where, depth: int = 2) -> Any:
        """Draw a day: written out, today, a date fact, or counted from another."""
        if self.names.simple:
            return self.one(["2021-05-01", "2020-01-24", {"months": 1, "since": "2020-01-31"}])
        dates = [name for name in self.names.of_type("date") if where.allows(name)]
        if self.some(3):
            return "today"  # against which a twin alone may tell a date
        if depth and self.some(5):
            unit = self.one(_BOUNDS)
            return {unit: self.one(_BOUNDS[unit]), "since": self.day(where, depth - 1)}
        if dates and self.some(7):
            return self.one(dates)
        return self.one(["today", "2021-05-01", "2020-01-24"])
