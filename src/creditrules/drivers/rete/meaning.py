"""From programs to formulas: when a document applies, a rule holds, a paper counts, a need is met, a duty is done, a
rung is reached.

This is `docs/meaning.md` written down once more, as formulas to be derived by another engine; nothing of it is taken
from the evaluator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from creditrules.drivers.rete.atoms import AppliedFor, Bars, InForce, OfKind, OfMatters, Tested
from creditrules.drivers.rete.formulas import (
    Formula,
    Known,
    Leaf,
    Name,
    Named,
    either,
    every,
    for_some,
    of_condition,
    opposite,
)
from creditrules.program import (
    Alternative,
    DayExpr,
    DayTest,
    Duty,
    Effect,
    FactDay,
    Fixed,
    Inadmissible,
    Measure,
    Program,
    Refer,
    Require,
    Rule,
    Today,
    Usable,
)

PAPER_TESTS = ("inadmissible", "lapsed", "not_yet", "may_refuse")
RUNGS = ("not_applicable", "excluded", "pending", "discretionary", "proceed")
USES = ("usable", "clean")
DUTY_STATES = ("met", "late", "open", "overdue", "owed")


class Meaning:
    """All that the engine is to derive of some programs: documents, rules, papers, needs, duties, the rungs."""

    def __init__(self, programs: tuple[Program, ...]) -> None:
        self.programs = {program.policy: program for program in sorted(programs, key=lambda one: one.policy)}
        self.rules = {rule.key: rule for program in self.programs.values() for rule in program.rules}
        self._overriders: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for program in self.programs.values():
            for target, by in program.overridden_by.items():
                self._overriders.setdefault(target, []).extend(by)
        self._applies = {
            policy: Named(("applies", policy), self._applying(one)) for policy, one in self.programs.items()
        }
        self._holds: dict[tuple[str, str], Named] = {}
        self.papers = self._paper_tests(("paper",), self.rules.values())
        clear = opposite(either(self.papers[test] for test in PAPER_TESTS[:3]))
        self.usable = Named(("usable",), clear)
        self.clean = Named(("clean",), every((self.usable, opposite(self.papers["may_refuse"]))))
        self.rungs = dict(zip(RUNGS, self._rungs(), strict=True))

    def outputs(self) -> tuple[Named, ...]:
        """Give everything that the engine is asked: what is compared as it is, and what entries are made of."""
        found = [self.holds(rule) for rule in self.rules.values()]
        found += self.papers.values()
        found += (Named(("rung", rung), formula) for rung, formula in self.rungs.items())
        found += self._applies.values()
        for rule in self.rules.values():
            for effect in rule.effects:
                found += self._asked_of(rule, effect)
        if len(self.programs) > 1:
            for policy in self.programs:
                own = [rule for rule in self.rules.values() if rule.policy == policy]
                found += self._paper_tests(("paper", policy), own).values()
        return tuple(found)

    def _asked_of(self, rule: Rule, effect: Effect) -> Iterator[Named]:
        """Give what the entry of an effect says beyond that its rule holds."""
        match effect:
            case Usable(once=once) if once is not None:
                yield Named(once_name(rule), of_condition(once, rule.policy))
            case Require() if rule.left_to is None:
                for use in USES:
                    yield self._met(rule, effect, use)
                    yield from (self._way(rule.policy, way, use) for way in effect.alternatives)
                yield from (self._serves(rule.policy, way) for way in effect.alternatives if way.kind == "paper")
            case Duty(every=None) if rule.left_to is None:
                for state, formula in _duty(rule, effect).items():
                    yield Named(duty_name(rule, state), formula)

    # rules

    def _applying(self, program: Program) -> Formula:
        scope = of_condition(program.scope, program.policy, in_scope=True)
        return every((Leaf(InForce(program.policy)), scope))

    def holds(self, rule: Rule) -> Named:
        """Give when a rule holds; for a rule about papers, with the paper in view."""
        if rule.key not in self._holds:
            self._holds[rule.key] = Named(rule_name(rule), self._holding(rule))
        return self._holds[rule.key]

    def _holding(self, rule: Rule) -> Formula:
        parts: list[Formula] = [self._applies[rule.policy]]
        if rule.needs_matter:
            parts.append(Leaf(OfMatters(rule.policy, rule.matters)))
        parts.append(of_condition(rule.when, rule.policy))
        if rule.unless is not None:
            parts.append(opposite(of_condition(rule.unless, rule.policy)))
        for key in self._overriders.get(rule.key, ()):
            other = self.rules[key]
            held = self.holds(other)
            parts.append(opposite(for_some(held, untold=True) if other.each and not rule.each else held))
        return every(parts)

    def _any_instance(self, rule: Rule, *more: Formula) -> Formula:
        """A rule holds, with what goes with it: for some paper, if it is about papers."""
        found = every((self.holds(rule), *more))
        return for_some(found) if rule.each else found

    # papers

    def _paper_tests(self, name: Name, rules: Iterable[Rule]) -> dict[str, Named]:
        speaking = [
            (rule, effect)
            for rule in rules
            if rule.each
            for effect in rule.effects
            if isinstance(effect, Usable | Inadmissible)
        ]
        binding = [one for one in speaking if one[0].left_to is None]
        left = [one for one in speaking if one[0].left_to is not None]
        tests = {
            "inadmissible": self._refused(binding),
            "lapsed": self._lapsed(binding),
            "not_yet": self._not_yet(binding),
            "may_refuse": either((self._refused(left), self._lapsed(left), self._not_yet(left))),
        }
        return {test: Named((*name, test), formula) for test, formula in tests.items()}

    def _refused(self, speaking: list[tuple[Rule, Usable | Inadmissible]]) -> Formula:
        return either(self.holds(rule) for rule, effect in speaking if isinstance(effect, Inadmissible))

    def _lapsed(self, speaking: list[tuple[Rule, Usable | Inadmissible]]) -> Formula:
        """The last day has passed; or the first day comes after the last."""
        uses = [(rule, effect) for rule, effect in speaking if isinstance(effect, Usable)]
        ends = [(rule, effect.until) for rule, effect in uses if effect.until is not None]
        found = [every((self.holds(rule), _later(rule, Today(), until))) for rule, until in ends]
        for rule, effect in uses:
            if effect.first is None:
                continue
            crossed = (
                every((self.holds(other), _later(rule, effect.first, until, or_on=effect.after)))
                for other, until in ends
            )
            found.append(every((self.holds(rule), either(crossed))))
        return either(found)

    def _not_yet(self, speaking: list[tuple[Rule, Usable | Inadmissible]]) -> Formula:
        """The first day has not come; or a condition is not met."""
        found = []
        for rule, effect in speaking:
            if not isinstance(effect, Usable):
                continue
            reasons: list[Formula] = []
            if effect.first is not None:
                reasons.append(opposite(_later(rule, Today(), effect.first, or_on=not effect.after)))
            if effect.once is not None:
                reasons.append(opposite(of_condition(effect.once, rule.policy)))
            found.append(every((self.holds(rule), either(reasons))))
        return either(found)

    # requirements

    def _met(self, rule: Rule, effect: Require, use: str) -> Named:
        """A requirement is met by papers that are `usable`, and cleanly by those that are `clean`."""
        join = either if effect.mode == "any_of" else every
        ways = join(self._way(rule.policy, way, use) for way in effect.alternatives)
        return Named(requirement_name(rule, effect, use), ways)

    def _way(self, policy: str, way: Alternative, use: str) -> Named:
        found: Formula
        if way.kind == "step":
            assert way.condition is not None
            found = of_condition(way.condition, policy)
        else:
            found = for_some(self._counts(policy, way, self.usable if use == "usable" else self.clean), untold=True)
        return Named(way_name(policy, way, use), found)

    def _serves(self, policy: str, way: Alternative) -> Named:
        """The paper in view is one by which this way is met."""
        return Named(serving_name(policy, way), self._counts(policy, way, self.usable))

    def _counts(self, policy: str, way: Alternative, use: Formula) -> Formula:
        condition = () if way.condition is None else (of_condition(way.condition, policy),)
        return every((Leaf(OfKind(policy, way.name)), *condition, use))

    # the ladder

    def _rungs(self) -> tuple[Formula, ...]:
        effects = [(rule, effect) for rule in self.rules.values() for effect in rule.effects]
        requires = [(rule, one) for rule, one in effects if isinstance(one, Require) and rule.left_to is None]
        measures = [(rule, one) for rule, one in effects if isinstance(one, Measure)]
        on_subject = [(rule, one) for rule, one in measures if one.target == "subject"]
        unmet = [self._any_instance(rule, opposite(self._met(rule, one, "usable"))) for rule, one in requires]
        unclean = [self._any_instance(rule, opposite(self._met(rule, one, "clean"))) for rule, one in requires]
        excluded = [
            self._any_instance(rule, _bars_out(rule, one)) for rule, one in on_subject if rule.left_to is None
        ]
        left_open = [self._any_instance(rule, _leaves_open(rule, one)) for rule, one in on_subject]
        referred = [self._any_instance(rule) for rule, one in effects if isinstance(one, Refer)]
        return (
            opposite(either(self._applies.values())),
            either(excluded),
            either(unmet),
            either((*unclean, *left_open, *referred, *self._conflicts(measures))),
            Leaf(AppliedFor()),
        )

    def _conflicts(self, measures: list[tuple[Rule, Measure]]) -> list[Formula]:
        """A binding burden that does not bear on the matter, beside any favour on the same target."""
        found = []
        for target in sorted({effect.target for _, effect in measures}):
            here = [(rule, effect) for rule, effect in measures if effect.target == target]
            favours = [self._any_instance(rule) for rule, one in here if self._goes(rule, one, "favour")]
            burdens = [
                self._any_instance(rule, opposite(_bars(rule, one, ("out", "open"))))
                for rule, one in here
                if rule.left_to is None and self._goes(rule, one, "burden")
            ]
            found.append(every((either(favours), either(burdens))))
        return found

    def _goes(self, rule: Rule, effect: Measure, direction: str) -> bool:
        measures = self.programs[rule.policy].measures
        ways = [measures[name].direction == direction for name in effect.names]
        return all(ways) if effect.mode == "any_of" else any(ways)


def rule_name(rule: Rule) -> Name:
    """Give the name under which a rule's three values are derived."""
    return ("rule", *rule.key)


def once_name(rule: Rule) -> Name:
    """Give the name of the condition on which a rule lets a paper be used."""
    return ("once", *rule.key)


def requirement_name(rule: Rule, effect: Require, use: str) -> Name:
    """Give the name of a requirement being met by papers of a use; equal ones of a policy share it."""
    return ("requirement", use, rule.policy, effect.mode, *(way.text for way in effect.alternatives))


def way_name(policy: str, way: Alternative, use: str) -> Name:
    """Give the name of one way of a requirement being met by papers of a use."""
    return ("way", use, policy, way.kind, way.text)


def serving_name(policy: str, way: Alternative) -> Name:
    """Give the name of a paper being one that meets a way of a requirement."""
    return ("serves", policy, way.text)


def duty_name(rule: Rule, state: str) -> Name:
    """Give the name of a rule's duty standing so."""
    return ("duty", *rule.key, state)


def _duty(rule: Rule, duty: Duty) -> dict[str, Formula]:
    """How a duty stands that is owed once: which of the states holds; where none does, it could not be told."""
    done: Formula = Known(False)
    if duty.done is not None:
        done = of_condition(duty.done, rule.policy)
    elif duty.done_on is not None:
        done = opposite(_later(rule, FactDay(duty.done_on), Today()))
    if duty.due is None:
        return {"met": done, "owed": opposite(done)}
    passed = _later(rule, Today(), duty.due)
    tested = duty.done is not None or duty.done_on is not None
    standing = {"open": every((opposite(done), opposite(passed)))}
    if tested:
        standing["overdue"] = every((opposite(done), passed))
    if duty.done_on is None:
        return {**standing, "met": done}
    behind = _later(rule, FactDay(duty.done_on), duty.due)
    begun = opposite(_later(rule, duty.due, Fixed(dt.date.max)))
    soon_enough = every((begun, opposite(passed)))  # whatever the day it was done on, while there is time still
    in_time = either((opposite(behind), soon_enough))
    return {**standing, "met": every((done, in_time)), "late": every((done, behind))}


def _later(rule: Rule, one: DayExpr, other: DayExpr, *, or_on: bool = False) -> Formula:
    return Leaf(Tested(rule.policy, DayTest(one, "on_or_after" if or_on else "after", other, None)))


def _each_bars(rule: Rule, effect: Measure, how: tuple[str, ...]) -> Iterable[Formula]:
    return (Leaf(Bars(rule.policy, name, how)) for name in effect.names)


def _bars(rule: Rule, effect: Measure, how: tuple[str, ...]) -> Formula:
    return either(_each_bars(rule, effect, how))


def _bars_out(rule: Rule, effect: Measure) -> Formula:
    """It keeps the subject out of the matter; of an open choice, each alternative must."""
    return (every if effect.mode == "any_of" else either)(_each_bars(rule, effect, ("out",)))


def _leaves_open(rule: Rule, effect: Measure) -> Formula:
    """It leaves the matter to a person: openly, or under `left_to`, or by some alternatives only."""
    out = _bars(rule, effect, ("out",))
    parts = [_bars(rule, effect, ("open",))]
    if rule.left_to is not None:
        parts.append(out)
    elif effect.mode == "any_of":
        parts.append(every((out, opposite(_bars_out(rule, effect)))))
    return either(parts)
