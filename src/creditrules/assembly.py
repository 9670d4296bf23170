"""The entries of a decision, made from the effects of rules that hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from sys import intern
from typing import TYPE_CHECKING, TypeVar

from creditrules.decision import (
    Applied,
    AppliedEffect,
    Conflict,
    DutyStatus,
    PaperStatus,
    Part,
    Referral,
    Requirement,
    Side,
    Untold,
    Violation,
    Weight,
)
from creditrules.duties import standings
from creditrules.evaluator import read_day, tested_facts
from creditrules.facts import Paper
from creditrules.ladder import HeldConflict
from creditrules.missing import missing_facts
from creditrules.papers import JudgedPaper
from creditrules.program import (
    Duty,
    Effect,
    Inadmissible,
    Measure,
    Prohibit,
    Refer,
    Require,
    Rule,
    Usable,
    Weigh,
    body,
)
from creditrules.requirements import JudgedRequirement, JudgedWay
from creditrules.rules import Run
from creditrules.trace import Step, untold_reads

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Entry = TypeVar("Entry", bound="DataclassInstance")
Instance = tuple[Rule, Step, Paper | None]


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Put entries in a fixed order, field by field, equal ones once."""
    return tuple(sorted(dict.fromkeys(entries), key=_fields_as_text))


def _fields_as_text(entry: DataclassInstance) -> list[str]:
    return [str(getattr(entry, one.name)) for one in fields(entry)]


def merged(entries: Iterable[Applied]) -> tuple[Applied, ...]:
    """Make equal measures or options of several rules one entry each, clauses kept."""
    groups: dict[Applied, list[Applied]] = {}
    for entry in in_order(entries):
        policy = entry.rule.partition(":")[0]
        by, target = body(entry.by, policy), body(entry.target, policy)
        groups.setdefault(replace(entry, rule="", clauses=(), by=by, target=target), []).append(entry)
    return in_order(
        replace(
            group[0],
            clauses=tuple(sorted({clause for entry in group for clause in entry.clauses})),
            also=tuple(sorted({entry.rule for entry in group} - {group[0].rule})),
        )
        for group in groups.values()
    )


def rule_name(rule: Rule) -> str:
    """Name a rule among all policies: `kunshan:five-days`."""
    return intern(f"{rule.policy}:{rule.id}")


def _id(paper: Paper | None) -> str | None:
    return paper.id if paper is not None else None


def paper_status(judged: JudgedPaper) -> PaperStatus:
    """Give a paper's entry, with the rules about its use that hold."""
    rules = sorted({rule_name(rule) for rule in judged.held})
    clauses = sorted({clause for rule in judged.held for clause in rule.clauses})
    unknown = [read for test in judged.tests.values() for read in untold_reads(test)]
    return PaperStatus(
        judged.paper.id,
        judged.paper.kind,
        judged.status,
        judged.first,
        judged.last,
        tuple(rules),
        tuple(clauses),
        missing_facts(unknown) if judged.status == "undetermined" else (),
    )


def requirements(judged: list[JudgedRequirement]) -> tuple[Requirement, ...]:
    """Give the binding requirements that hold; equal ones merged, clauses kept."""
    groups: dict[tuple[object, ...], list[JudgedRequirement]] = {}
    for one in judged:
        if one.holds.result is True and one.rule.left_to is None:
            groups.setdefault(one.key, []).append(one)
    return in_order(_requirement(group) for group in groups.values())


def _requirement(group: list[JudgedRequirement]) -> Requirement:
    first = group[0]
    rules = sorted({rule_name(one.rule) for one in group})
    names = tuple(way.way.name for way in first.ways)
    any_of = first.effect.mode == "any_of"
    parts = tuple(_part(way) for way in first.ways)
    return Requirement(
        names if any_of else None,
        None if any_of else names,
        first.effect.from_,
        first.met.result,
        first.clean.result,
        parts,
        rules[0],
        tuple(rules[1:]),
        tuple(sorted({clause for one in group for clause in one.rule.clauses})),
    )


def _part(judged: JudgedWay) -> Part:
    way = judged.way
    that = tuple(sorted(tested_facts(way.condition))) if way.kind == "paper" and way.condition is not None else ()
    return Part(way.name, way.kind, judged.met.result, judged.clean.result, judged.papers, that)


def applied(rule: Rule, effect: Effect, paper: Paper | None, by: str) -> Iterator[Applied]:
    """Give the entries of a measure or of an option, one for each name; paper effects show on the paper."""
    clauses, name = rule.clauses, rule_name(rule)

    def entry(code: str, kind: AppliedEffect, target: str, choice: tuple[str, ...]) -> Applied:
        return Applied(code, kind, by, target, name, clauses, choice, _id(paper))

    match effect:
        case Measure():
            choice = effect.names if effect.mode == "any_of" else ()
            for code in effect.names:
                yield entry(code, "measure", effect.target, choice)
        case Require():
            names = tuple(way.name for way in effect.alternatives)
            choice = names if effect.mode == "any_of" and len(names) > 1 else ()
            for code in names:
                yield entry(code, "require", "subject", choice)
        case Duty():
            choice = effect.what if effect.mode == "any_of" else ()
            for code in effect.what:
                yield entry(code, "duty", effect.who, choice)
        case _:
            return


def weights(rule: Rule, effect: Weigh, paper: Paper | None) -> Iterator[Weight]:
    """Give the entries of what is weighed."""
    for code in effect.names:
        yield Weight(code, effect.as_, rule_name(rule), rule.clauses, rule.left_to, _id(paper))


def referral(run: Run, rule: Rule, effect: Refer, paper: Paper | None) -> Referral:
    """Give the entry of a question left to a person."""
    day = read_day(effect.due, run.facts_for(rule, paper)).value if effect.due is not None else None
    due = day if isinstance(day, dt.date) else None
    return Referral(effect.to, effect.why.zh, due, rule_name(rule), rule.clauses, _id(paper))


def duties(run: Run, rule: Rule, effect: Duty, paper: Paper | None) -> Iterator[DutyStatus]:
    """Give the entries of a duty, one for each period of a recurring one."""
    for standing in standings(effect, run.facts_for(rule, paper)):
        yield DutyStatus(
            effect.who,
            effect.what,
            standing.status,
            standing.due,
            rule_name(rule),
            rule.clauses,
            effect.mode == "any_of",
            _id(paper),
            missing_facts(standing.unknown),
        )


def violations(held: list[Instance], duties_: Iterable[DutyStatus]) -> Iterator[Violation]:
    """Give the breaches: prohibitions whose condition happened, duties late or overdue."""
    for rule, _, paper in held:
        for effect in rule.effects:
            if isinstance(effect, Prohibit):
                yield Violation(effect.by, effect.act.zh, rule_name(rule), rule.clauses, None, _id(paper))
    for duty in duties_:
        if duty.status in ("late", "overdue"):
            act = "|".join(duty.what)
            yield Violation(duty.who, act, duty.rule, duty.clauses, duty.due, duty.document)


def conflict(held: HeldConflict) -> Conflict:
    """Give the entry of a favour and a burden that meet."""
    favour = Side(rule_name(held.favour.rule), held.favours, held.favour.rule.clauses)
    burden = Side(rule_name(held.burden.rule), held.burdens, held.burden.rule.clauses)
    return Conflict(held.burden.effect.target, favour, burden)


def untold(rule: Rule, step: Step, paper: Paper | None) -> Iterator[Untold]:
    """Give the effects of a rule that could not be told, with the facts they rest on; papers' show on the paper."""
    unknown = missing_facts(untold_reads(step))
    for effect in rule.effects:
        if not isinstance(effect, Usable | Inadmissible):
            name, codes = _described(effect)
            yield Untold(name, codes, rule_name(rule), rule.clauses, unknown, _id(paper))


def _described(effect: Effect) -> tuple[str, tuple[str, ...]]:
    match effect:
        case Measure(names=names):
            return "measure", names
        case Require(alternatives=ways):
            return "require", tuple(way.name for way in ways)
        case Weigh(names=names):
            return "weigh", names
        case Duty(what=what):
            return "duty", what
        case Prohibit(act=act):
            return "prohibit", (act.zh,)
        case Refer(why=why):
            return "refer", (why.zh,)
        case _:
            return "paper", ()
