"""What the rules about one matter bring when they hold, asked once of the ladder itself and kept as bits.

The bits of all rules that hold, joined by *or*, tell the outcome: whether a rung holds is an *any* over rules, and a
conflict is a favour and a burden on one target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from creditrules.assembly import applied, rule_name
from creditrules.decision import OUTCOMES
from creditrules.drivers.table.encoded import Ints
from creditrules.drivers.table.typed import NotCoveredError
from creditrules.drivers.table.uses import Programs
from creditrules.facts import Request
from creditrules.ladder import HeldConflict, HeldMeasure, rungs
from creditrules.program import Measure, Program, Refer, Require, Rule
from creditrules.rules import Run
from creditrules.trace import Step
from creditrules.vocabulary import TARGETS

NOT_APPLICABLE, EXCLUDED, PENDING, DISCRETIONARY = 1, 2, 4, 8
_FAVOUR, _BURDEN = 16, 32  # for each target two bits further up
_HELD = Step("rule", True)
_BITS = 62
_TARGETS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The rules that speak to a matter (not those about papers), by name; what each brings; what is asked besides.

    `overriders` gives for a rule the places of those that override it. `on_papers` tells that papers have to be told:
    a rule about them overrides another, or one is required. `requires` are those requirements that may be met though
    no paper was handed in. `ladder`, `measures` and `options` are the bits of rules, for every byte of eight rules.
    """

    programs: Programs
    rules: tuple[Rule, ...]
    numbers: np.ndarray[Any, Any]  # of the rules, in all
    overriders: tuple[tuple[int, ...], ...]
    on_papers: bool
    requires: tuple[tuple[int, Require], ...]
    ladder: tuple[Ints, ...]
    measures: tuple[Ints, ...]
    options: tuple[Ints, ...]
    last: str


class Plans:
    """Plans for the matters of some programs, made as they are needed; and the names behind bits and numbers."""

    def __init__(self, programs: Programs) -> None:
        self.programs = tuple(sorted(programs, key=lambda one: one.policy))
        rules = sorted((rule for one in self.programs for rule in one.rules), key=rule_name)
        self.rule_names = [rule_name(rule) for rule in rules]
        self._numbers = {rule.key: number for number, rule in enumerate(rules)}
        self._by_matter: dict[str | None, list[Rule]] = {}
        for rule in rules:
            listed: Iterable[str | None] = rule.matters if rule.needs_matter and rule.matters is not None else (None,)
            for matter in listed:
                self._by_matter.setdefault(matter, []).append(rule)
        self._overriders: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for program in self.programs:
            for target, by in program.overridden_by.items():
                self._overriders.setdefault(target, []).extend(by)
        self._all = {rule.key: rule for rule in rules}
        self.targets = list(TARGETS)
        for rule in rules:
            for effect in rule.effects:
                if isinstance(effect, Measure) and effect.target not in self.targets:
                    self.targets.append(effect.target)
        self.measure_names = sorted({code for rule in rules for code in _measures(rule)})
        self.option_names = sorted({code for rule in rules for code in _options(rule)})
        self._made: dict[str, Plan] = {}

    def outcomes(self, last: str) -> Ints:
        """Give the place of the outcome for every joining of bits, `last` where none of them is set."""
        return _outcomes(len(self.targets), last)

    def of(self, matter: str) -> Plan:
        """Give the plan of a matter; raises `NotCoveredError` where there are too many names for bits."""
        if matter not in self._made:
            self._made[matter] = self._plan(matter)
        return self._made[matter]

    def _speaking(self, matter: str) -> list[Rule]:
        found: dict[tuple[str, str], Rule] = {rule.key: rule for rule in self._by_matter.get(None, ())}
        for program in self.programs:
            for kind in program.matters.get(matter, frozenset()):
                found |= {rule.key: rule for rule in self._by_matter.get(kind, ()) if rule.policy == program.policy}
        return sorted(found.values(), key=rule_name)

    def _plan(self, matter: str) -> Plan:
        if max(len(self.measure_names), len(self.option_names)) > _BITS or len(self.targets) > _TARGETS:
            raise NotCoveredError
        speaking = self._speaking(matter)
        keys = {rule.key for rule in speaking}
        single = tuple(rule for rule in speaking if not rule.each)
        places = {rule.key: place for place, rule in enumerate(single)}
        by = [[key for key in self._overriders.get(rule.key, ()) if key in keys] for rule in single]
        run = _empty_run(self.programs, matter)
        ladder = _Ladder(run, self.targets)
        requires = [
            (place, effect)
            for place, rule in enumerate(single)
            if rule.left_to is None
            for effect in rule.effects
            if isinstance(effect, Require)
        ]
        ladder_bits = np.array([ladder.bits(rule) for rule in single], np.int64)
        for place, effect in requires:
            if _never_met(effect):
                ladder_bits[place] |= PENDING
        return Plan(
            programs=self.programs,
            rules=single,
            numbers=np.array([self._numbers[rule.key] for rule in single], np.int32),
            overriders=tuple(tuple(places[key] for key in one if key in places) for one in by),
            on_papers=any(self._all[key].each for one in by for key in one)
            or any(way.kind == "paper" for _, effect in requires for way in effect.alternatives),
            requires=tuple((place, effect) for place, effect in requires if not _never_met(effect)),
            ladder=_by_bytes(ladder_bits),
            measures=_by_bytes(_coded(single, _measures, self.measure_names)),
            options=_by_bytes(_coded(single, _options, self.option_names)),
            last=rungs(run, [], [], [])[-1].name,
        )


@lru_cache(maxsize=16)
def plans_of(programs: Programs) -> Plans:
    """Give the plans of programs, made once."""
    return Plans(programs)


def _never_met(effect: Require) -> bool:
    """Say whether a requirement is surely not met where no paper was handed in."""
    papers = [way.kind == "paper" for way in effect.alternatives]
    return all(papers) if effect.mode == "any_of" else any(papers)


_BYTES = (np.arange(256)[:, None] >> np.arange(7, -1, -1)) & 1  # the bits of every byte, the highest first


def _by_bytes(bits: Ints) -> tuple[Ints, ...]:
    """Join the bits of eight rules at a time, for each of the 256 ways in which they may hold."""
    padded = np.zeros(-(-len(bits) // 8) * 8, np.int64)
    padded[: len(bits)] = bits
    return tuple(np.bitwise_or.reduce(np.where(_BYTES, one, 0), axis=1) for one in padded.reshape(-1, 8))


def _measures(rule: Rule) -> list[str]:
    """Give the codes of the measures that a rule brings when it holds."""
    if rule.left_to is not None:
        return []
    return [
        entry.code for one in rule.effects if isinstance(one, Measure) for entry in applied(rule, one, None, one.by)
    ]


def _options(rule: Rule) -> list[str]:
    """Give the codes of what a rule leaves to somebody."""
    by = rule.left_to
    return [] if by is None else [entry.code for one in rule.effects for entry in applied(rule, one, None, by)]


def _coded(rules: tuple[Rule, ...], codes: Callable[[Rule], list[str]], names: list[str]) -> Ints:
    place = {name: number for number, name in enumerate(names)}
    return np.array([sum({1 << place[code] for code in codes(rule)}) for rule in rules], np.int64)


def _empty_run(programs: Programs, matter: str) -> Run:
    """Give a run without rules on a request that tells the matter alone: what the ladder needs to say what bars."""
    bare = tuple(_without_rules(program) for program in programs)
    return Run(bare, Request(programs[0].start, "given", {"matter.code": matter}, (), frozenset()))


@lru_cache(maxsize=64)
def _without_rules(program: Program) -> Program:
    return replace(program, rules=(), overridden_by={})


class _Ladder:
    """Asks the ladder what a rule that holds does to the outcome in one matter."""

    def __init__(self, run: Run, targets: list[str]) -> None:
        self.run, self.targets = run, targets
        self._known: dict[object, int] = {}

    def bits(self, rule: Rule) -> int:
        found = 0
        for effect in rule.effects:
            if isinstance(effect, Refer):
                found |= DISCRETIONARY
            if isinstance(effect, Measure):
                key = rule.policy, effect.mode, effect.names, effect.target, rule.left_to is None
                if key not in self._known:
                    self._known[key] = self._of_measure(HeldMeasure(rule, effect, None, _HELD))
                found |= self._known[key]
        return found

    def _of_measure(self, held: HeldMeasure) -> int:
        _, excluded, _, open_, *_ = rungs(self.run, [held], [], [])
        found = (EXCLUDED if excluded.result else 0) | (DISCRETIONARY if open_.result else 0)
        program = self.run.facts[held.rule.policy].program
        shift = 2 * self.targets.index(held.effect.target)
        if held.codes(program, "favour"):
            found |= _FAVOUR << shift
        burdens = held.codes(program, "burden")
        if burdens and held.rule.left_to is None:
            conflict = HeldConflict(held, burdens, held, burdens, _HELD)
            if rungs(self.run, [], [], [conflict])[3].result:
                found |= _BURDEN << shift
        return found


@lru_cache(maxsize=64)
def _outcomes(targets: int, last: str) -> Ints:
    """Give the place of the outcome among all outcomes for every joining of bits."""
    found = []
    for bits in range(1 << (4 + 2 * targets)):
        conflict = any(bits & (_FAVOUR << 2 * one) and bits & (_BURDEN << 2 * one) for one in range(targets))
        if bits & NOT_APPLICABLE:
            found.append("not_applicable")
        elif bits & EXCLUDED:
            found.append("excluded")
        elif bits & PENDING:
            found.append("pending")
        elif bits & DISCRETIONARY or conflict:
            found.append("discretionary")
        else:
            found.append(last)
    return np.array([OUTCOMES.index(one) for one in found], np.int8)
