"""From programs to formulas: when a document applies, a rule holds, a paper counts, a rung is reached.

This is `docs/meaning.md` written down once more, as formulas to be derived by another engine; nothing of it is taken
from the evaluator.
"""

from __future__ import annotations

from collections.abc import Iterable

from creditrules.drivers.rete.atoms import AppliedFor, Bars, InForce, OfKind, OfMatters, Tested
from creditrules.drivers.rete.formulas import (
    Formula,
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


class Meaning:
    """All that the engine is to derive of some programs: rules, the tests of papers, and the rungs."""

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
        self.papers = self._paper_tests()
        clear = opposite(either(self.papers[test] for test in PAPER_TESTS[:3]))
        self.usable = Named(("usable",), clear)
        self.clean = Named(("clean",), every((self.usable, opposite(self.papers["may_refuse"]))))
        self.rungs = dict(zip(RUNGS, self._rungs(), strict=True))

    def outputs(self) -> tuple[Named, ...]:
        """Give everything whose three values are compared: rules, the tests of papers, the rungs."""
        rungs = (Named(("rung", rung), formula) for rung, formula in self.rungs.items())
        return (*(self.holds(rule) for rule in self.rules.values()), *self.papers.values(), *rungs)

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

    def _paper_tests(self) -> dict[str, Named]:
        speaking = [
            (rule, effect)
            for rule in self.rules.values()
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
        return {test: Named(("paper", test), formula) for test, formula in tests.items()}

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

    def _met(self, rule: Rule, effect: Require, counts: Formula) -> Formula:
        """A requirement is met by papers that count: that are usable, or clean."""
        join = either if effect.mode == "any_of" else every
        return join(self._way(rule.policy, way, counts) for way in effect.alternatives)

    def _way(self, policy: str, way: Alternative, counts: Formula) -> Formula:
        condition = () if way.condition is None else (of_condition(way.condition, policy),)
        if way.kind == "step":
            return every(condition)
        return for_some(every((Leaf(OfKind(policy, way.name)), *condition, counts)), untold=True)

    # the ladder

    def _rungs(self) -> tuple[Formula, ...]:
        effects = [(rule, effect) for rule in self.rules.values() for effect in rule.effects]
        requires = [(rule, one) for rule, one in effects if isinstance(one, Require) and rule.left_to is None]
        measures = [(rule, one) for rule, one in effects if isinstance(one, Measure)]
        on_subject = [(rule, one) for rule, one in measures if one.target == "subject"]
        unmet = [self._any_instance(rule, opposite(self._met(rule, one, self.usable))) for rule, one in requires]
        unclean = [self._any_instance(rule, opposite(self._met(rule, one, self.clean))) for rule, one in requires]
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
