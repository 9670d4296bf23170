"""A request in the making: typed facts by place, written out as the mapping a caller would hand in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeAlias

import yaml

from creditrules.canonical import json_value
from creditrules.contradictions import contradictions
from creditrules.evaluator import tested_facts
from creditrules.facts import Paper, Request
from creditrules.program import Program, Value

Place: TypeAlias = tuple[str | None, str]  # of a paper, or of none; a fact's full name
_SECTIONS = ("subject", "matter", "documents", "procedure", "record", "system", "department")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Handed(dict[str, Any]):
    """A request as it is handed in: a plain mapping, which a failing Hypothesis test prints as YAML to paste."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("\n" + as_yaml(self).rstrip("\n"))


def as_yaml(request: Mapping[str, object]) -> str:
    """Write a request as YAML that a request file, a case or the command line takes."""
    text = yaml.safe_dump(_for_yaml(request), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    return text.replace("'on': ", "on: ", 1)  # which needs no quotes here: no key is ever guessed to be a yes


def _for_yaml(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _for_yaml(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_for_yaml(inner) for inner in value]
    if isinstance(value, str) and _DATE.fullmatch(value):
        return dt.date.fromisoformat(value)
    return float(value) if isinstance(value, Decimal) else value


@dataclass(frozen=True, slots=True)
class Draft:
    """A request in the making. `papers` is `None` where nobody says what was handed in."""

    on: dt.date
    values: Mapping[Place, Value] = field(default_factory=dict)
    matter: bool = False
    papers: tuple[str, ...] | None = None
    consulted: frozenset[str] = frozenset()

    def told(self, place: Place, value: Value) -> Draft:
        """Give the draft with one fact told."""
        return replace(self, values={**self.values, place: value})

    def without(self, places: set[Place]) -> Draft:
        """Give the draft with facts untold."""
        return replace(self, values={place: value for place, value in self.values.items() if place not in places})

    def request(self) -> Request:
        """Give the request as the evaluator takes it."""
        whole = {name: value for (paper, name), value in self.values.items() if paper is None}
        papers = None
        if self.papers is not None:
            papers = tuple(Paper(id_, dict(self._of(id_))) for id_ in sorted(self.papers))
        return Request(self.on, "given" if self.matter else "none", whole, papers, self.consulted)

    def _of(self, paper: str) -> Iterator[tuple[str, Value]]:
        return ((name, value) for (id_, name), value in self.values.items() if id_ == paper)

    def handed(self) -> Handed:
        """Give the request as a caller would hand it in."""
        return handed(self.request())


def handed(request: Request) -> Handed:
    """Write a request out as a caller would hand it in; only what was said is there."""
    whole: dict[str, Any] = {"on": request.on.isoformat()}
    if request.consulted:
        whole["consulted"] = sorted(request.consulted)
    sections: dict[str, Any] = {"matter": {}} if request.matter == "given" else {}
    for name in sorted(request.values):
        scope, _, key = name.partition(".")
        sections.setdefault(scope, {})[key] = _written(request.values[name])
    if request.papers is not None:
        sections["documents"] = [_paper(paper) for paper in request.papers]
    return Handed(whole | {key: sections[key] for key in _SECTIONS if key in sections})


def _paper(paper: Paper) -> dict[str, Any]:
    section: dict[str, Any] = {"id": paper.id, "kind": paper.kind}
    issuer: dict[str, Any] = {}
    for name in sorted(paper.values):
        scope, _, key = name.partition(".")
        (issuer if scope == "issuer" else section)[key] = _written(paper.values[name])
    return {**section, "issuer": issuer} if issuer else section


def _written(value: Value) -> object:
    """Write a value as a request does; a number with a fraction stays a number."""
    if isinstance(value, Decimal):
        return float(value) if str(float(value)) == str(value) else value
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    return json_value(value)


class ContradictionError(ValueError):
    """Facts that were fixed for a strategy contradict each other; fix others, or ask for contradicting requests."""


def without_contradictions(program: Program, draft: Draft, fixed: frozenset[Place] = frozenset()) -> Draft:
    """Take away facts until nothing contradicts; those fixed stay, and what they cannot stand beside goes.

    Raises `ContradictionError` where the fixed facts contradict each other.
    """
    while True:
        found = contradictions(program, draft.request())
        if not found:
            return draft
        gone: set[Place] = set()
        for finding in found:
            paper, _, name = finding.spot.rpartition(": ")
            place: Place = (paper or None, name)
            gone |= {place} if place not in fixed else _in_the_way(program, draft, place) - fixed
        gone &= set(draft.values)
        if not gone:
            raise ContradictionError("; ".join(finding.message("en") for finding in found))
        draft = draft.without(gone)


def _in_the_way(program: Program, draft: Draft, place: Place) -> set[Place]:
    """Give the facts a fixed one cannot stand beside: those its premise tests, and its twin."""
    info = program.facts[place[1]]
    names = {info.twin} if info.twin is not None else set()
    todo = [info]
    while todo:
        premise = todo.pop().only_if
        more = tested_facts(premise) - names if premise is not None else set()
        names |= more
        todo += [program.facts[name] for name in more]
    papers = draft.papers or ()
    return {(paper, name) for name in names if name for paper in (None, *papers) if name != "document.kind"}
