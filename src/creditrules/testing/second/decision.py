"""Rules, papers, requirements, duties and the outcome, once more: what a request comes to by a policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from creditrules import policy as said
from creditrules.conditions import Word
from creditrules.front import Policy
from creditrules.testing.second.days import NEVER
from creditrules.testing.second.duties import standing
from creditrules.testing.second.facts import Asked
from creditrules.testing.second.truth import NO, YES, Told, every, known, no, some

_ONE_DAY = dt.timedelta(days=1)
_TODAY = Word(text="today")
_TRUTHS = {1: True, 0: None, -1: False}


def second_reading(policy: Policy, request: Mapping[str, Any]) -> dict[str, object]:
    """Give the answer of a request handed in as a mapping, in the form of `creditrules.testing.laws.answer`, as far
    as the second reading goes: outcome, rules, papers, requirements, duties, and what is missing."""
    return _Reading(Asked.read(policy, request)).answer()


@dataclass(slots=True)
class _Paper:
    tests: dict[str, Told]
    first: dt.date | None
    last: dt.date | None

    @property
    def usable(self) -> Told:
        return no(some(self.tests[name] for name in ("inadmissible", "lapsed", "not_yet")))

    @property
    def clean(self) -> Told:
        return every([self.usable, no(self.tests["may_refuse"])])

    @property
    def status(self) -> str:
        for name, told in self.tests.items():
            if told.truth >= 0:
                return name if told.truth else "undetermined"
        return "admissible"


@dataclass(slots=True)
class _Reading:
    asked: Asked
    held: dict[tuple[str, str | None], Told] = field(default_factory=dict)
    judged: dict[str, _Paper] = field(default_factory=dict)

    # rules

    @property
    def rules(self) -> tuple[said.Rule, ...]:
        return self.asked.policy.model.rules

    def views(self, rule: said.Rule) -> list[str | None]:
        """A rule is read once, or once for each paper."""
        return [*(self.asked.papers or ())] if rule.each else [None]

    def applies(self) -> Told:
        model = self.asked.policy.model
        days = model.in_force.start <= self.asked.on <= (model.in_force.until or NEVER)
        scope = self.asked.holds(model.scope.when, None, True) if model.scope is not None else YES
        return every([known(days), scope])

    def in_matters(self, rule: said.Rule) -> Told:
        if rule.matters is None:
            return YES
        if not self.asked.matter:
            return NO
        if rule.matters == "any":
            return YES
        code = self.asked.value("matter.code", None)
        if code.unknown:
            return Told(0, code.hangs_on)
        kinds = self.asked.kinds("matter.code", code.value)
        return known(any(word.text in kinds for word in rule.matters))

    def holds(self, rule: said.Rule, paper: str | None) -> Told:
        key = (rule.id.text, paper)
        if key not in self.held:
            speaks = every([self.applies(), self.in_matters(rule)])
            if speaks.truth < 0:
                self.held[key] = NO
            else:
                parts = [speaks, self.asked.holds(rule.when, paper)]
                if rule.unless is not None:
                    parts.append(no(self.asked.holds(rule.unless, paper)))
                parts += [no(self.overriding(other, paper)) for other in self.rules if self.overrides(other, rule)]
                self.held[key] = every(parts)
        return self.held[key]

    def overrides(self, other: said.Rule, rule: said.Rule) -> bool:
        names = (rule.id.text, f"{self.asked.policy.id}:{rule.id.text}")
        return any(word.text in names for word in other.overrides)

    def overriding(self, other: said.Rule, paper: str | None) -> Told:
        if not other.each:
            return self.holds(other, None)
        if paper is not None:
            return self.holds(other, paper)
        if self.asked.papers is None:
            return Told(0, frozenset({(None, "documents")}))
        return some(self.holds(other, one) for one in self.asked.papers)

    def effects(self, kind: type) -> Iterator[tuple[said.Rule, Any, str | None, Told]]:
        for rule in self.rules:
            for effect in rule.then:
                if isinstance(effect, kind):
                    for paper in self.views(rule):
                        yield rule, effect, paper, self.holds(rule, paper)

    # papers

    def paper(self, id_: str) -> _Paper:
        if id_ not in self.judged:
            speaking = [
                (rule, effect, self.holds(rule, id_))
                for rule in self.rules
                if rule.each
                for effect in rule.then
                if isinstance(effect, said.Usable | said.Inadmissible)
            ]
            binding = [one for one in speaking if one[0].chooser is None]
            left = [one for one in speaking if one[0].chooser is not None]
            tests = {
                "inadmissible": self._inadmissible(binding),
                "lapsed": self._lapsed(binding, id_),
                "not_yet": self._early(binding, id_),
                "may_refuse": some([self._inadmissible(left), self._lapsed(left, id_), self._early(left, id_)]),
            }
            use = [(effect, told) for _, effect, told in speaking if isinstance(effect, said.Usable)]
            self.judged[id_] = _Paper(tests, self._first_day(use, id_), self._last_day(use, id_))
        return self.judged[id_]

    def _inadmissible(self, speaking: list[Any]) -> Told:
        return some(told for _, effect, told in speaking if isinstance(effect, said.Inadmissible))

    def _lapsed(self, speaking: list[Any], id_: str) -> Told:
        asked, found = self.asked, []
        usable = [(effect, told) for _, effect, told in speaking if isinstance(effect, said.Usable)]
        for effect, told in usable:
            if effect.until is None:
                continue
            found.append(every([told, asked.compared(_TODAY, "after", effect.until, id_)]))
            for other, other_told in usable:
                if other.from_ is not None:
                    late = asked.compared(other.from_, "after", effect.until, id_)
                elif other.after is not None:
                    late = asked.compared(other.after, "on_or_after", effect.until, id_)
                else:
                    continue
                found.append(every([told, other_told, late]))
        return some(found)

    def _early(self, speaking: list[Any], id_: str) -> Told:
        found = []
        for _, effect, told in speaking:
            if not isinstance(effect, said.Usable):
                continue
            early = []
            if effect.from_ is not None:
                early.append(self.asked.compared(_TODAY, "before", effect.from_, id_))
            if effect.after is not None:
                early.append(self.asked.compared(_TODAY, "on_or_before", effect.after, id_))
            if effect.once is not None:
                early.append(no(self.asked.holds(effect.once, id_)))
            found.append(every([told, some(early)]))
        return some(found)

    def _first_day(self, use: list[tuple[Any, Told]], id_: str) -> dt.date | None:
        days: list[dt.date] = []
        for effect, told in use:
            if told.truth < 0:
                continue
            if effect.once is not None and self.asked.holds(effect.once, id_).truth < 0:
                return None
            day = effect.from_ or effect.after
            if day is None:
                continue
            found = self.asked.day(day, id_)
            if told.truth == 0 or found.unknown or found.value == NEVER:
                return None
            days.append(found.value + _ONE_DAY if effect.after is not None else found.value)
        return max(days, default=None)

    def _last_day(self, use: list[tuple[Any, Told]], id_: str) -> dt.date | None:
        days: list[dt.date] = []
        for effect, told in use:
            if told.truth < 0 or effect.until is None:
                continue
            found = self.asked.day(effect.until, id_)
            if told.truth == 0 or found.unknown:
                return None
            if found.value != NEVER:
                days.append(found.value)
        return min(days, default=None)

    # requirements

    def met(self, need: said.Require, paper: str | None, clean: bool) -> Told:
        ways = (self._way(way, paper, clean) for way in need.alternatives)
        return some(ways) if need.mode == "any_of" else every(ways)

    def _way(self, way: said.Alternative, paper: str | None, clean: bool) -> Told:
        if way.step is not None:
            return self.asked.holds(way.done, paper)
        assert way.paper is not None
        if self.asked.papers is None:
            return Told(0, frozenset({(None, "documents")}))
        found = []
        for id_, given in self.asked.papers.items():
            kind = known(way.paper.text in self.asked.kinds("document.kind", given["document.kind"]))
            counts = self.paper(id_).clean if clean else self.paper(id_).usable
            found.append(every([kind, self.asked.holds(way.that, id_), counts]))
        return some(found)

    # the outcome

    def bears(self, effect: said.Measures, how: str, all_: bool) -> Told:
        """Say whether a measure bears on the matter in one way: by all its alternatives, or by some."""
        if not self.asked.matter:
            return NO
        join = every if all_ else some
        return join(self._one_bears(word.text, how) for word in effect.names)

    def _one_bears(self, name: str, how: str) -> Told:
        bars = self.asked.policy.vocabulary.measures[name].bars
        if bars is None or bars.how != how:
            return NO
        if bars.of == "any":
            return YES
        code = self.asked.value("matter.code", None)
        if code.unknown:
            return Told(0, code.hangs_on)
        return known(bool({word.text for word in bars.of} & self.asked.kinds("matter.code", code.value)))

    def rungs(self) -> list[tuple[str, Told]]:
        needs = [one for one in self.effects(said.Require) if one[0].chooser is None]
        pending = [every([held, no(self.met(need, paper, False))]) for _, need, paper, held in needs]
        unclean = [every([held, no(self.met(need, paper, True))]) for _, need, paper, held in needs]
        excluded, left_open = [], []
        for rule, effect, _, held in self.effects(said.Measures):
            if effect.target is not None and effect.target.text != "subject":
                continue
            choice = effect.mode == "any_of" and len(effect.names) > 1
            out, some_out = self.bears(effect, "out", choice), self.bears(effect, "out", False)
            left_open.append(every([held, self.bears(effect, "open", False)]))
            if rule.chooser is not None:
                left_open.append(every([held, some_out]))
            else:
                excluded.append(every([held, out]))
                if choice:
                    left_open.append(every([held, some_out, no(out)]))
        refers = [held for *_, held in self.effects(said.Refer)]
        return [
            ("not_applicable", no(self.applies())),
            ("excluded", some(excluded)),
            ("pending", some(pending)),
            ("discretionary", some([*unclean, *left_open, *refers, *self.conflicts()])),
            *self.last(),
        ]

    def last(self) -> list[tuple[str, Told]]:
        if not self.asked.matter:
            return [("assessed", YES)]
        code = self.asked.value("matter.code", None)
        if code.unknown:
            return [("proceed", Told(0, code.hangs_on)), ("assessed", YES)]
        by_department = self.asked.policy.vocabulary.matters[code.value].asked_by == "department"
        return [("assessed" if by_department else "proceed", YES)]

    def conflicts(self) -> Iterator[Told]:
        measures = self.asked.policy.vocabulary.measures

        def towards(effect: said.Measures, direction: str) -> bool:
            fitting = [measures[word.text].direction == direction for word in effect.names]
            return all(fitting) if effect.mode == "any_of" and len(fitting) > 1 else any(fitting)

        for rule, burden, _, held in self.effects(said.Measures):
            if rule.chooser is not None or not towards(burden, "burden"):
                continue
            bears = some([self.bears(burden, "out", False), self.bears(burden, "open", False)])
            for _, favour, _, favoured in self.effects(said.Measures):
                same = (favour.target or Word(text="subject")).text == (burden.target or Word(text="subject")).text
                if same and towards(favour, "favour"):
                    yield every([held, favoured, no(bears)])

    # duties

    def duties(self) -> Iterator[tuple[str, str, str | None, str | None]]:
        for rule, duty, paper, held in self.effects(said.Duty):
            if held.truth > 0 and rule.chooser is None:
                for status, due in standing(self.asked, duty, paper):
                    yield rule.id.text, status, due.isoformat() if due is not None else None, paper

    # the answer

    def answer(self) -> dict[str, object]:
        possible: list[str] = []
        missing: set[tuple[str | None, str]] = set()
        for name, told in self.rungs():
            if told.truth >= 0:
                possible.append(name)
                missing |= told.hangs_on
            if told.truth > 0:
                break
        name = self.asked.policy.id
        every_rule = [
            (f"{name}:{rule.id.text}", paper, self.holds(rule, paper))
            for rule in self.rules
            for paper in self.views(rule)
        ]
        needs = {
            (f"{name}:{rule.id.text}", *(_TRUTHS[self.met(need, paper, clean).truth] for clean in (False, True)))
            for rule, need, paper, held in self.effects(said.Require)
            if held.truth > 0 and rule.chooser is None
        }
        silent = possible == ["not_applicable"]
        papers = [] if silent else sorted(self.asked.papers or ())
        return {
            "outcome": possible[0] if len(possible) == 1 else "undetermined",
            "possible": possible,
            "missing_names": sorted(map(_hanging, missing)),
            "held": sorted(
                f"{rule}@{paper}" if paper else rule for rule, paper, told in every_rule if told.truth > 0
            ),
            "could_not_tell": {
                f"{rule}@{paper}" if paper else rule: sorted(map(_hanging, told.hangs_on))
                for rule, paper, told in every_rule
                if told.truth == 0
            },
            "paper_states": [[id_, self.paper(id_).status, *self._days(self.paper(id_))] for id_ in papers],
            "requirement_states": sorted(map(list, needs), key=str),
            "duty_states": sorted(([f"{name}:{rule}", *rest] for rule, *rest in set(self.duties())), key=str),
        }

    def _days(self, paper: _Paper) -> tuple[str | None, str | None]:
        return tuple(day.isoformat() if day is not None else None for day in (paper.first, paper.last))  # type: ignore[return-value]


def _hanging(one: tuple[str | None, str]) -> str:
    return f"{one[0]}/{one[1]}" if one[0] is not None else one[1]
