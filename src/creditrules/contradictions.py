"""Facts of a request that cannot both be so: a value given where the fact makes no sense, or beside its twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from creditrules.canonical import canonical_json, json_value
from creditrules.diagnostics import Finding, Findings, advice
from creditrules.evaluator import Facts, evaluate, has_come, tested_facts
from creditrules.facts import Request
from creditrules.program import FactInfo, Program, Value
from creditrules.source import Source, Span

Spans = Mapping[tuple[str | None, str], Span | None]


def contradictions(
    program: Program, request: Request, source: Source | None = None, spans: Spans | None = None
) -> tuple[Finding, ...]:
    """Report every given value that contradicts another; `spans` tells where each value stands."""
    findings = Findings(source)
    whole = Facts(program, request)
    views: list[tuple[str | None, Facts, Mapping[str, Value]]] = [(None, whole, request.values)]
    for paper in request.papers or ():
        views.append((paper.id, whole.with_paper(paper), paper.values))
    for paper_id, facts, values in views:
        for name, value in sorted(values.items()):
            if name not in program.facts:
                continue  # a fact another policy of the area declares
            place = _Place((spans or {}).get((paper_id, name)), f"{paper_id}: {name}" if paper_id else name)
            _against_premise(findings, program.facts[name], value, facts, place)
            _against_twin(findings, program.facts[name], value, facts, place)
    return tuple(findings.found)


class _Place(NamedTuple):
    span: Span | None
    spot: str


def _against_premise(findings: Findings, fact: FactInfo, value: Value, facts: Facts, place: _Place) -> None:
    if fact.scope == "matter" and facts.request.matter == "none":
        return
    if fact.only_if is None or value == fact.absent():
        return
    if evaluate(fact.only_if, facts).result is False:
        premise = ", ".join(
            f"`{name}` = {_said(facts.read(facts.program.facts[name]).value)}"
            for name in sorted(tested_facts(fact.only_if))
        )
        findings.report(
            "CR502",
            place.span,
            advice("correct-one"),
            spot=place.spot,
            fact=fact.name,
            given=_said(value),
            premise=premise,
            absent=_said(fact.absent()),
        )


def _against_twin(findings: Findings, fact: FactInfo, value: Value, facts: Facts, place: _Place) -> None:
    if fact.type != "bool" or fact.twin is None:
        return
    day = facts.given(fact.twin)
    if day is not None and has_come(day, facts.request.on) != value:
        findings.report(
            "CR503",
            place.span,
            advice("correct-one"),
            spot=place.spot,
            fact=fact.name,
            given=_said(value),
            date=fact.twin,
            day=_said(day),
            on=facts.request.on,
        )


def _said(value: Value | None) -> str:
    """Write a value as a request would."""
    return canonical_json(json_value(value)).strip('"') if value is not None else "null"
