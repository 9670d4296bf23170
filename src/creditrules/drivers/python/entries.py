"""The entries of a decision that follow from the rules that hold alone: those rules, their measures and options."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from creditrules import assembly
from creditrules.assembly import rule_name
from creditrules.decision import Applied, RuleHeld
from creditrules.facts import Paper
from creditrules.program import Measure, Rule

from .ladder import Answer


def held_rules(answer: Answer) -> tuple[RuleHeld, ...]:
    """Give the rules that hold, in the order of a decision."""
    driver, sure = answer.driver, answer.sure
    if not answer.papers:
        return tuple([entry for bits, rule, entry in driver.held_entries if sure & bits and not rule.each])
    found = []
    for bits, rule, entry in driver.held_entries:
        if not rule.each:
            if sure & bits:
                found.append(entry)
        else:
            for paper in answer.papers:
                if paper.sure & bits:
                    found.append(_held(rule, paper.id))
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def _held(rule: Rule, paper: str | None) -> RuleHeld:
    return RuleHeld(rule_name(rule), rule.clauses, paper)


def measures(answer: Answer) -> tuple[Applied, ...]:
    """Give the binding measures that apply."""
    return _applied(tuple(_instances(answer, answer.driver.measuring)), False)


def options(answer: Answer) -> tuple[Applied, ...]:
    """Give what is left to somebody's choice."""
    return _applied(tuple(_instances(answer, answer.driver.optional)), True)


def _instances(answer: Answer, among: tuple[tuple[int, Rule], ...]) -> Iterator[tuple[Rule, str | None]]:
    for bits, rule in among:
        if not rule.each:
            if answer.sure & bits:
                yield rule, None
        else:
            yield from ((rule, paper.id) for paper in answer.papers if paper.sure & bits)


@lru_cache(maxsize=1 << 14)
def _applied(held: tuple[tuple[Rule, str | None], ...], optional: bool) -> tuple[Applied, ...]:
    entries: list[Applied] = []
    for rule, id_ in held:
        paper = Paper(id_, {}) if id_ is not None else None
        for effect in rule.effects:
            if optional:
                entries += assembly.applied(rule, effect, paper, rule.left_to or "")
            elif isinstance(effect, Measure):
                entries += assembly.applied(rule, effect, paper, effect.by)
    return assembly.merged(entries)
