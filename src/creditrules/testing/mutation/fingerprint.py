"""What a rule's step on a request comes to, as far as a decision can show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from creditrules.facts import Request
from creditrules.near_miss import of_another_kind
from creditrules.program import Program, Rule, TermUse
from creditrules.rules import Run
from creditrules.trace import Read, Step, Truth, untold_reads

FactRead = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A rule's result; the unknown facts it rests on; the facts read that were presumed or taken; the terms whose
    readings go with it; and, for the readings of settings, which those are and whether it failed as one about another
    kind of paper."""

    result: Truth
    untold: frozenset[FactRead]
    assumed: frozenset[FactRead]
    terms: frozenset[str]
    settings: tuple[str, ...]
    other_kind: bool


def fingerprint(rule: Rule, step: Step) -> Fingerprint:
    """Give what a rule's step comes to."""
    untold = frozenset((read.fact, read.paper) for read in untold_reads(step))
    assumed = frozenset((read.fact, read.paper) for read in _reads(step) if read.origin in ("presumed", "taken"))
    terms = frozenset(_terms(rule)) if step.result is not False else frozenset[str]()
    other_kind = bool(rule.readings) and step.result is False and of_another_kind(step)
    settings = tuple(name for name, _, _ in rule.readings)
    return Fingerprint(step.result, untold, assumed, terms, settings, other_kind)


def fingerprints(
    program: Program, request: Request, touched: frozenset[str]
) -> Iterator[tuple[tuple[str, str | None], Fingerprint]]:
    """Give what the touched rules come to on a request, by rule and paper; only those that speak to it."""
    run = Run((program,), request)
    for rule in program.rules:
        if rule.id in touched:
            for step, paper in run.instances(rule):
                if all(part.result is not False for part in step.parts if part.kind in ("scope", "matters")):
                    yield (rule.id, paper.id if paper is not None else None), fingerprint(rule, step)


def _reads(step: Step) -> Iterator[Read]:
    todo, seen = [step], set()
    while todo:
        here = todo.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        for read in here.reads:
            yield read
            if read.premise is not None:
                todo.append(read.premise)
        todo.extend(here.parts)


def _terms(rule: Rule) -> Iterator[str]:
    todo: list[object] = [rule.when, rule.unless]
    while todo:
        here = todo.pop()
        if isinstance(here, TermUse) and here.reading is not None:
            yield here.name
        for slot in ("parts", "part", "condition", "such"):
            inner = getattr(here, slot, None)
            todo.extend(inner if isinstance(inner, tuple) else () if inner is None else (inner,))
