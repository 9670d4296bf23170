"""From a checked policy to a program: names looked up, values typed, settings worked in, terms followed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any as Anything
from typing import Literal

from creditrules import conditions as written
from creditrules import policy as authored
from creditrules import program as run
from creditrules.condition_reader import NOTHING
from creditrules.conditions import Word
from creditrules.meaning import meaning_text, policy_digest
from creditrules.program import atom as atom
from creditrules.reading import iso_date
from creditrules.vocabulary import Vocabulary


def compile_policy(policy: authored.Policy, vocabulary: Vocabulary, digest: str | None = None) -> run.Program:
    """Make the program of a policy that `checker` found no error in; `digest` is worked out unless it is given."""
    return _Compiler(policy, vocabulary.with_facts(policy.facts), digest).program()


class _Compiler:
    """Holds what is shared while one policy is compiled: its facts and terms, each made once."""

    def __init__(self, policy: authored.Policy, vocabulary: Vocabulary, digest: str | None) -> None:
        self.policy, self.vocabulary, self.digest = policy, vocabulary, digest
        self.terms: dict[str, tuple[run.Condition, frozenset[str]]] = {}
        self.settings_read: set[str] = set()
        self.twins: dict[str, str] = {}
        for fact in vocabulary.facts.values():
            if fact.day is not None:
                self.twins |= {fact.name: fact.day.text, fact.day.text: fact.name}
        self.facts: dict[str, run.FactInfo] = {}
        for name in vocabulary.facts:
            self.fact(name)

    def fact(self, name: str) -> run.FactInfo:
        """Make a fact's information, its premise first."""
        if name in self.facts:
            return self.facts[name]
        fact = self.vocabulary.facts[name]
        kinds = {"matter.code": self.vocabulary.matter_kinds, "document.kind": self.vocabulary.paper_kinds}
        ranks = None
        if fact.type == "level" and fact.values:
            ranks = {value: rank for rank, value in enumerate(fact.values)}
        values = tuple(fact.values) if fact.values is not None else None
        only_if = self.condition(fact.only_if) if fact.only_if is not None else None
        self.facts[name] = run.FactInfo(
            name,
            fact.type,
            fact.held_by,
            fact.silence_tells,
            self.twins.get(name),
            only_if,
            values,
            ranks,
            kinds.get(name),
        )
        return self.facts[name]

    def program(self) -> run.Program:
        policy, vocabulary = self.policy, self.vocabulary
        rules = tuple(sorted((self.rule(rule) for rule in policy.rules), key=lambda rule: rule.id))
        overridden: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for rule in rules:
            for target in rule.overrides:
                overridden.setdefault(target, []).append(rule.key)
        scope, start = policy.scope, policy.in_force
        return run.Program(
            policy=policy.id,
            number=policy.number,
            area=policy.area,
            start=start.start,
            until=start.until,
            in_force_clauses=self.clauses(start.clauses),
            in_force_reading=start.reading,
            scope=self.condition(scope.when) if scope else run.ALWAYS,
            scope_clauses=self.clauses(scope.clauses) if scope else (),
            scope_reading=scope.reading if scope else None,
            presumed={name: self.presumed(one) for name, one in policy.presume.items()},
            rules=rules,
            facts=self.facts,
            measures={name: _measure(measure) for name, measure in vocabulary.measures.items()},
            matters=vocabulary.matter_kinds,
            by_department=frozenset(
                name for name, matter in vocabulary.matters.items() if matter.asked_by == "department"
            ),
            papers=vocabulary.paper_kinds,
            sources=frozenset(vocabulary.sources) | frozenset(policy.authorities),
            digest=policy_digest(policy, vocabulary) if self.digest is None else self.digest,
            overridden_by={target: tuple(sorted(by)) for target, by in overridden.items()},
        )

    def clauses(self, words: Iterable[Word]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f"{self.policy.id}/{word.text}" for word in words))

    def presumed(self, presumption: authored.Presumption) -> run.Presumed:
        fact = self.facts[presumption.fact.text]
        values = tuple(atom(fact.type, word.text) for word in presumption.value)
        value: run.Value = tuple(sorted(values, key=str)) if fact.type.startswith("list[") else values[0]
        return run.Presumed(value, self.clauses(presumption.clauses), presumption.reading)

    def rule(self, rule: authored.Rule) -> run.Rule:
        self.settings_read = set()
        when = self.condition(rule.when or NOTHING)
        unless = self.condition(rule.unless) if rule.unless is not None else None
        effects = tuple(self.effect(effect) for effect in rule.then)
        readings = []
        for name in sorted(self.settings_read):
            setting = self.policy.settings[name]
            if setting.reading is not None:
                readings.append((f"setting.{name}", setting.reading, self.clauses(setting.clauses)))
        return run.Rule(
            policy=self.policy.id,
            id=rule.id.text,
            clauses=self.clauses(rule.clauses),
            modality=rule.modality,
            left_to=rule.chooser,
            matters=frozenset(word.text for word in rule.matters) if isinstance(rule.matters, tuple) else None,
            needs_matter=rule.matters is not None,
            each=rule.each,
            when=when,
            unless=unless,
            overrides=tuple(self.target(word.text) for word in rule.overrides),
            effects=effects,
            reading=rule.reading,
            readings=tuple(readings),
            span=rule.span,
        )

    def target(self, text: str) -> tuple[str, str]:
        policy, colon, rule = text.rpartition(":")
        return (policy, rule) if colon else (self.policy.id, text)

    # conditions

    def condition(self, condition: written.Condition) -> run.Condition:
        match condition:
            case written.Test():
                return self.test(condition)
            case written.All(all=parts, span=span):
                return run.AllOf(tuple(self.condition(part) for part in parts), span)
            case written.Any(any=parts, span=span):
                return run.AnyOf(tuple(self.condition(part) for part in parts), span)
            case written.Not(no=part, span=span):
                return run.Negation(self.condition(part), span)
            case written.Papers(which=which, such=such, span=span):
                return run.PaperTest(which, self.condition(such), span)
            case written.Is(term=word, span=span):
                term = self.policy.terms[word.text]
                inner = self.term(word.text)
                return run.TermUse(word.text, self.clauses(term.clauses), term.reading, inner, span)

    def term(self, name: str) -> run.Condition:
        if name not in self.terms:
            outer, self.settings_read = self.settings_read, set()
            made = self.condition(self.policy.terms[name].when)
            self.terms[name] = made, frozenset(self.settings_read)
            self.settings_read = outer
        made, settings = self.terms[name]
        self.settings_read |= settings
        return made

    def test(self, test: written.Test) -> run.Condition:
        name = test.fact.text
        if name.startswith("setting."):
            return self.setting_test(test, name.removeprefix("setting."))
        if test.day is not None:
            left = run.Today() if name == "today" else run.FactDay(self.fact(name))
            return run.DayTest(left, test.operator, self.day(test.day), test.span)
        fact = self.fact(name)
        words = self.words(test)
        values = tuple(sorted((atom(fact.type, word.text) for word in words), key=str))
        return run.FactTest(fact, test.operator, values, test.span)

    def words(self, test: written.Test) -> tuple[Word, ...]:
        if test.setting is None:
            return test.values
        self.settings_read.add(test.setting.setting.text)
        return self.policy.settings[test.setting.setting.text].value

    def setting_test(self, test: written.Test, name: str) -> run.Condition:
        """Settle the test of a setting now: its value is a constant of the policy."""
        setting = self.policy.settings[name]
        self.settings_read.add(name)
        have = [atom(setting.type, word.text) for word in setting.value]
        want = [atom(setting.type, word.text) for word in self.words(test)]
        truth = _settled(test.operator, have, want)
        return run.Given(f"setting.{name}", truth, test.span)

    def day(self, day: written.Day) -> run.DayExpr:
        if isinstance(day, written.Period):
            return run.Shifted(day.unit, int(day.count.text), self.day(day.since))
        fixed = iso_date(day.text)
        if fixed is not None:
            return run.Fixed(fixed)
        return run.Today() if day.text == "today" else run.FactDay(self.fact(day.text))

    def maybe_day(self, day: written.Day | None) -> run.DayExpr | None:
        return None if day is None else self.day(day)

    def maybe(self, condition: written.Condition | None) -> run.Condition | None:
        return None if condition is None else self.condition(condition)

    # effects

    def effect(self, effect: authored.Effect) -> run.Effect:
        match effect:
            case authored.Require():
                ways = tuple(sorted((self.alternative(one) for one in effect.alternatives), key=lambda a: a.text))
                return run.Require(effect.mode, ways, _text(effect.from_))
            case authored.Weigh():
                names = tuple(sorted(word.text for word in (*effect.papers, *effect.facts)))
                return run.Weigh(names, effect.as_)
            case authored.Usable():
                first = effect.from_ if effect.from_ is not None else effect.after
                return run.Usable(
                    self.maybe_day(first),
                    effect.after is not None,
                    self.maybe_day(effect.until),
                    self.maybe(effect.once),
                    _text(effect.at),
                )
            case authored.Inadmissible():
                return run.Inadmissible()
            case authored.Measures():
                names = tuple(sorted(word.text for word in effect.names))
                by = _text(effect.by) or "department"
                mode = effect.mode if len(names) > 1 else "all_of"
                return run.Measure(mode, names, _text(effect.target) or "subject", by)
            case authored.Duty():
                return run.Duty(
                    effect.who.text,
                    effect.mode if len(effect.what) > 1 else "all_of",
                    tuple(sorted(word.text for word in effect.what)),
                    self.maybe_day(effect.due),
                    self.maybe(effect.done),
                    self.fact(effect.done_on.text) if effect.done_on is not None else None,
                    effect.every,
                    self.maybe_day(effect.since),
                )
            case authored.Prohibit():
                return run.Prohibit(effect.by.text, effect.act)
            case authored.Refer():
                return run.Refer(effect.to.text, effect.why, self.maybe_day(effect.due))

    def alternative(self, one: authored.Alternative) -> run.Alternative:
        condition = one.that if one.paper is not None else one.done
        name = one.paper or one.step
        assert name is not None
        text = f"[{meaning_text(name.text)},{meaning_text(condition)}]"
        kind: Literal["paper", "step"] = "paper" if one.paper is not None else "step"
        return run.Alternative(name.text, kind, self.maybe(condition), text)


def _text(word: Word | None) -> str | None:
    return word.text if word is not None else None


def _measure(measure: Anything) -> run.MeasureInfo:
    bars = measure.bars
    if bars is None:
        return run.MeasureInfo(measure.direction)
    of = None if bars.of == "any" else frozenset(word.text for word in bars.of)
    return run.MeasureInfo(measure.direction, bars.how, of)


def _settled(operator: written.Operator, have: list[run.Atom], want: list[run.Atom]) -> bool:
    match operator:
        case "is":
            return have[0] in want
        case "is_not":
            return have[0] not in want
        case "contains_any":
            return any(value in have for value in want)
        case "contains_all":
            return all(value in have for value in want)
    left: Anything = have[0]
    right: Anything = want[0]
    ordered = {
        "at_least": left >= right,
        "at_most": left <= right,
        "more_than": left > right,
        "less_than": left < right,
    }
    return bool(ordered[operator])
