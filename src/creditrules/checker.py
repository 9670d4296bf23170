"""Checks a policy as a whole: names, types, clauses, and what belongs together. Says nothing of style."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace

from creditrules.condition_checker import (
    Names,
    Where,
    check_condition,
    check_day,
    check_value,
    facts_read,
    find_fact,
    report_type,
)
from creditrules.conditions import Condition, Frozen, Is, SettingRef, Test, Word
from creditrules.diagnostics import Finding, Findings, advice, nearest
from creditrules.outline import Outline
from creditrules.policy import (
    Alternative,
    Cited,
    Duty,
    Effect,
    Inadmissible,
    Measures,
    Policy,
    Prohibit,
    Refer,
    Require,
    Rule,
    Setting,
    Usable,
    Weigh,
)
from creditrules.source import Source
from creditrules.vocabulary import ACTORS, TARGETS, TYPE_WORDS, Fact, Vocabulary

_ANYWHERE = Where()


def check_vocabulary(vocabulary: Vocabulary, source: Source) -> tuple[Finding, ...]:
    """Check the facts of a vocabulary: who holds them, their twins, and when they make sense at all."""
    names = Names(vocabulary, {}, {}, Findings(source))
    _check_facts(names, vocabulary, frozenset())
    return tuple(names.findings.found)


def check_policy(
    policy: Policy, source: Source, vocabulary: Vocabulary, outline: Outline | None
) -> tuple[Finding, ...]:
    """Check a policy against the vocabulary and its outline; without an outline clauses are not checked."""
    findings = Findings(source)
    own = vocabulary.with_facts(policy.facts)
    names = Names(own, policy.settings, policy.terms, findings, policy.unreadable)
    for fact in policy.facts.values():
        if fact.name in vocabulary.facts:
            findings.report("CR210", fact.span, kind="@a-fact", name=fact.name)
    for setting in policy.settings.values():
        _check_setting(names, setting)
    declared = replace(vocabulary, facts=policy.facts)
    _check_facts(names, declared, frozenset(policy.authorities))
    _check_clauses(policy, outline, findings)
    for presumption in policy.presume.values():
        presumed = find_fact(names, presumption.fact)
        if presumed is not None:
            if len(presumption.value) > 1 and not presumed.is_list:
                findings.report("CR203", presumption.span, key="value", wanted="@value")
            for value in presumption.value:
                check_value(findings, presumed, value)
    if policy.scope:
        check_condition(names, policy.scope.when, Where(paper=False))
    for term in policy.terms.values():
        check_condition(names, term.when, _ANYWHERE)
    for circle in circles(policy.terms, lambda name: _terms_used(policy.terms[name].when)):
        findings.report("CR403", policy.terms[circle[0]].span, circle=" → ".join(circle))
    for rule in policy.rules:
        _check_rule(names, policy, rule)
    _check_overrides(policy, findings)
    _check_unused(policy, findings)
    return tuple(findings.found)


def _check_setting(names: Names, setting: Setting) -> None:
    """Hold a setting's value against its type; levels and single values against the facts they are used with."""
    if setting.type == "bool" or setting.type == "number" or setting.type == "date":
        shape = Fact(name="setting", type=setting.type, zh="", en="", held_by="", changed_by="nobody")
        for value in setting.value:
            check_value(names.findings, shape, value)


def _check_facts(names: Names, declared: Vocabulary, holders: frozenset[str]) -> None:
    everything = names.vocabulary
    for fact in declared.facts.values():
        if fact.held_by not in everything.sources and fact.held_by not in holders:
            near = nearest(fact.held_by, everything.sources)
            names.findings.report("CR205", fact.holder_span, near, name=fact.held_by, kind="@source")
        if fact.type in ("enum", "level", "list[enum]") and not fact.values:
            names.findings.report("CR202", fact.span, key="values", place="@a-fact")
        check_condition(names, fact.only_if, Where(paper=fact.about_paper))
        if fact.day is not None:
            twin = find_fact(names, fact.day)
            if twin is not None and twin.type != "date":
                report_type(names.findings, fact.day, twin, "@date")
            elif twin is not None and fact.type != "bool":
                report_type(names.findings, Word(text=fact.name, span=fact.span), fact, "@bool")
    premises = {name: facts_read({}, fact.only_if) for name, fact in everything.facts.items()}
    for circle in circles(declared.facts, lambda name: sorted(premises.get(name, ()))):
        names.findings.report("CR411", everything.facts[circle[0]].span, circle=" → ".join(circle))


def _check_clauses(policy: Policy, outline: Outline | None, findings: Findings) -> None:
    if outline is None:
        findings.report("CR602", policy.span, name=f"outlines/{policy.id}.yaml")
        return
    for cited in _cited(policy):
        for word in cited.clauses:
            _check_clause(word, outline, findings)
    for listed in policy.not_expressed.values():
        for word, _ in listed:
            _check_clause(word, outline, findings)


def _check_clause(word: Word, outline: Outline, findings: Findings) -> None:
    if word.text not in outline.clauses:
        cited = (name for name, clause in outline.clauses.items() if word.text in (clause.ref, clause.ref_en))
        meant = next(cited, None)
        near = advice("did-you-mean", name=meant) if meant else nearest(word.text, outline.clauses)
        near = near or advice("add-to-outline", name=f"outlines/{outline.id}.yaml")
        findings.report("CR208", word.span, near, name=word.text)


def _cited(policy: Policy) -> Iterable[Cited]:
    """Give everything in a policy that rests on clauses."""
    yield policy.in_force
    yield from policy.settings.values()
    yield from policy.presume.values()
    yield from policy.terms.values()
    yield from policy.rules
    if policy.scope:
        yield policy.scope


def cited_clauses(policy: Policy) -> dict[str, list[Cited]]:
    """Give for each clause what cites it, in the order of the file's sections."""
    by_clause: dict[str, list[Cited]] = {}
    for cited in _cited(policy):
        for word in cited.clauses:
            by_clause.setdefault(word.text, []).append(cited)
    return by_clause


def _check_rule(names: Names, policy: Policy, rule: Rule) -> None:
    findings = names.findings
    where = Where(matter=rule.matters is not None, paper=rule.each)
    if isinstance(rule.matters, tuple):
        for word in rule.matters:
            if word.text == "all":
                findings.report("CR205", word.span, advice("did-you-mean", name="any"), name="all", kind="@matter")
            else:
                _known(findings, word, names.vocabulary.matters, "@matter")
    if rule.left_to is not None:
        choosers = ("department", "subject", *policy.authorities)
        _known(findings, rule.left_to, choosers, "@authority")
        if (
            rule.left_to.text in choosers
            and rule.modality not in ("may", "encouraged", "goal")
            and rule.reading is None
        ):
            help_ = advice("add-reading")
            findings.report("CR407", rule.left_to.span, help_, modality=rule.modality)
    check_condition(names, rule.when, where)
    check_condition(names, rule.unless, where)
    for effect in rule.then:
        _check_effect(names, policy, rule, effect, where)


def _known(findings: Findings, word: Word | None, known: Iterable[str], kind: str) -> None:
    if word is not None and word.text not in known:
        otherwise = "declare-authority" if kind in ("@authority", "@who-acts") else "see-vocabulary"
        help_ = nearest(word.text, known) or advice(otherwise)
        findings.report("CR205", word.span, help_, name=word.text, kind=kind)


def _check_effect(names: Names, policy: Policy, rule: Rule, effect: Effect, where: Where) -> None:
    findings, vocabulary = names.findings, names.vocabulary
    actors = (*ACTORS, *policy.authorities)
    match effect:
        case Require():
            if rule.matters is None:
                findings.report("CR406", effect.span, advice("add-matters"), needs="`matters`", effect="require")
            _known(findings, effect.from_, policy.authorities, "@authority")
            for alternative in effect.alternatives:
                _check_alternative(names, alternative, where)
        case Weigh():
            for word in effect.papers:
                _known(findings, word, vocabulary.papers, "@paper")
            for word in effect.facts:
                find_fact(names, word, where)
        case Usable() | Inadmissible():
            key = "usable" if isinstance(effect, Usable) else "inadmissible"
            if not rule.each:
                findings.report("CR406", effect.span, advice("add-each"), needs="`each: document`", effect=key)
            if isinstance(effect, Usable):
                for day in (effect.from_, effect.after, effect.until):
                    check_day(names, day, where)
                check_condition(names, effect.once, where)
                _known(findings, effect.at, policy.authorities, "@authority")
        case Measures():
            for word in effect.names:
                _known(findings, word, vocabulary.measures, "@measure")
            _known(findings, effect.target, TARGETS, "@who-acts")
            _known(findings, effect.by, (*ACTORS, *policy.authorities), "@authority")
        case Duty():
            _check_duty(names, rule, effect, where, actors)
        case Prohibit():
            _known(findings, effect.by, actors, "@who-acts")
            if rule.chooser is not None:
                findings.report("CR409", effect.span, advice("split-effect"), who=rule.chooser)
        case Refer():
            _known(findings, effect.to, actors, "@who-acts")
            check_day(names, effect.due, where)


def _check_alternative(names: Names, alternative: Alternative, where: Where) -> None:
    _known(names.findings, alternative.paper, names.vocabulary.papers, "@paper")
    _known(names.findings, alternative.step, names.vocabulary.acts, "@act")
    check_condition(names, alternative.that, Where(matter=where.matter, paper=True, papers_key="that"))
    check_condition(names, alternative.done, where)


def _check_duty(names: Names, rule: Rule, duty: Duty, where: Where, actors: tuple[str, ...]) -> None:
    findings = names.findings
    if rule.when is None and not isinstance(rule.matters, tuple) and not rule.each:
        findings.report("CR406", duty.span, needs="`when`, `matters`, `each`", effect="duty")
    _known(findings, duty.who, actors, "@who-acts")
    for word in duty.what:
        _known(findings, word, names.vocabulary.acts, "@act")
    check_day(names, duty.due, where)
    check_day(names, duty.since, where)
    check_condition(names, duty.done, where)
    if duty.done_on is not None:
        fact = find_fact(names, duty.done_on, where)
        wanted = "list[date]" if duty.every else "date"
        if fact is not None and fact.type != wanted:
            report_type(findings, duty.done_on, fact, TYPE_WORDS[wanted])


def _terms_used(condition: Condition | None) -> list[str]:
    """Give the terms a condition names itself."""
    if isinstance(condition, Is):
        return [condition.term.text]
    inner: list[str] = []
    for name in ("all", "any", "no", "such"):
        part = getattr(condition, name, None)
        for one in part if isinstance(part, tuple) else (part,) if part is not None else ():
            inner += _terms_used(one)
    return inner


def _check_overrides(policy: Policy, findings: Findings) -> None:
    rules = {rule.id.text: rule for rule in policy.rules}
    for rule in policy.rules:
        for word in rule.overrides:
            if word.text == rule.id.text:
                findings.report("CR413", word.span, name=word.text)
            elif ":" not in word.text and word.text not in rules:
                findings.report("CR209", word.span, nearest(word.text, rules), name=word.text)
    targets = {name: [word.text for word in rule.overrides if word.text != name] for name, rule in rules.items()}
    for circle in circles(rules, lambda name: targets.get(name, [])):
        findings.report("CR404", rules[circle[0]].span, circle=" → ".join(circle))


def _check_unused(policy: Policy, findings: Findings) -> None:
    """Report terms and settings that nothing uses, unless the file has mistakes that may be the reason."""
    if findings or not (policy.terms or policy.settings):
        return
    used = set(_used_in((policy.facts, policy.scope, policy.terms, policy.rules)))
    for name, term in policy.terms.items():
        if ("term", name) not in used:
            findings.report("CR604", term.span, kind="@the-word-term", name=name)
    for name, setting in policy.settings.items():
        if ("setting", name) not in used:
            findings.report("CR604", setting.span, kind="@the-word-setting", name=name)


def _used_in(value: object) -> Iterable[tuple[str, str]]:
    """Give every term and setting that something names."""
    if isinstance(value, Is):
        yield "term", value.term.text
    elif isinstance(value, SettingRef):
        yield "setting", value.setting.text
    elif isinstance(value, Frozen):
        if isinstance(value, Test) and value.fact.text.startswith("setting."):
            yield "setting", value.fact.text.removeprefix("setting.")
        for one in fields(value):  # type: ignore[arg-type]  # a record: what it is is only known by now
            yield from _used_in(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _used_in(inner)
    elif type(value) is tuple:
        for inner in value:
            yield from _used_in(inner)


def circles(nodes: Mapping[str, object], next_: Callable[[str], Iterable[str]]) -> list[tuple[str, ...]]:
    """Find the circles among names that point to names; each is told once, from its first name."""
    state: dict[str, int] = {}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for root in nodes:
        if root in state:
            continue
        path, stack = [root], [iter(next_(root))]
        state[root] = 1
        while stack:
            name = next(stack[-1], None)
            if name is None:
                stack.pop()
                state[path.pop()] = 2
            elif name in nodes and state.get(name) == 1:
                circle = (*path[path.index(name) :], name)
                found.setdefault(frozenset(circle), circle)
            elif name in nodes and name not in state:
                state[name] = 1
                path.append(name)
                stack.append(iter(next_(name)))
    return list(found.values())
