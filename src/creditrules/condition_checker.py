"""Checks conditions against the vocabulary: names, types of values, operators, and where a fact may stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from creditrules.conditions import (
    DATE_OPERATORS,
    LIST_OPERATORS,
    OPERATORS,
    ORDER_OPERATORS,
    All,
    Any,
    Condition,
    Day,
    Is,
    Not,
    Papers,
    Period,
    SettingRef,
    Test,
    Word,
)
from creditrules.diagnostics import Findings, advice, nearest
from creditrules.frozen import dataclass
from creditrules.reading import iso_date
from creditrules.vocabulary import TYPE_WORDS, Fact, FactType, Labels, Vocabulary

if TYPE_CHECKING:
    from creditrules.policy import Setting, Term

NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,9})?")
PERIOD_LIMITS: Mapping[str, int] = {"days": 36_500, "working_days": 2_500, "months": 1_200, "years": 100}
_TODAY = Fact(name="today", type="date", zh="决定之日", en="day of the decision", held_by="", changed_by="time")

_FITTING: Mapping[str, tuple[str, ...]] = {
    "bool": ("is",),
    "str": ("is", "is_not"),
    "enum": ("is", "is_not"),
    "level": ("is", "is_not", *ORDER_OPERATORS),
    "number": ("is", "is_not", *ORDER_OPERATORS),
    "date": DATE_OPERATORS,
    "list[enum]": LIST_OPERATORS,
    "list[date]": LIST_OPERATORS,
    "list[str]": LIST_OPERATORS,
}
_SETTING_TYPES: Mapping[str, FactType] = {
    "list": "list[str]",
    "bool": "bool",
    "str": "str",
    "number": "number",
    "date": "date",
    "enum": "enum",
    "level": "level",
}


@dataclass(frozen=True, slots=True)
class Where:
    """Where a condition stands: whether it may read facts of the matter and of a paper."""

    matter: bool = True
    paper: bool = True
    papers_key: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What conditions may refer to."""

    vocabulary: Vocabulary
    settings: Mapping[str, Setting]
    terms: Mapping[str, Term]
    findings: Findings
    unreadable: frozenset[str] = frozenset()


def check_condition(names: Names, condition: Condition | None, where: Where) -> None:
    """Report everything in a condition that does not fit the names, types or place."""
    match condition:
        case Test():
            _check_test(names, condition, where)
        case All(all=parts) | Any(any=parts):
            for part in parts:
                check_condition(names, part, where)
        case Not(no=part):
            check_condition(names, part, where)
        case Is(term=word):
            _check_term_use(names, word, where)
        case Papers(which=which, such=such):
            if where.papers_key:
                names.findings.report("CR410", condition.span, key=where.papers_key, inner=which)
            check_condition(names, such, replace(where, paper=True, papers_key=which))
        case None:
            pass


def _check_term_use(names: Names, word: Word, where: Where) -> None:
    if word.text not in names.terms:
        if word.text not in names.unreadable:
            help_ = nearest(word.text, names.terms) or advice("declare-term")
            names.findings.report("CR206", word.span, help_, name=word.text)
        return
    if where.papers_key and _has_papers(names.terms, names.terms[word.text].when, frozenset({word.text})):
        names.findings.report("CR410", word.span, key=where.papers_key, inner=word.text)
    if where.matter and where.paper:
        return
    for fact in sorted(facts_read(names.terms, names.terms[word.text].when, frozenset({word.text}))):
        _check_place(names, Word(text=fact, span=word.span), where)


def _has_papers(terms: Mapping[str, Term], condition: Condition, seen: frozenset[str]) -> bool:
    """Say whether a condition speaks of some or none of the papers, itself or by its terms."""
    match condition:
        case Papers():
            return True
        case All(all=parts) | Any(any=parts):
            return any(_has_papers(terms, part, seen) for part in parts)
        case Not(no=part):
            return _has_papers(terms, part, seen)
        case Is(term=word) if word.text in terms and word.text not in seen:
            return _has_papers(terms, terms[word.text].when, seen | {word.text})
    return False


def facts_read(
    terms: Mapping[str, Term], condition: Condition | None, seen: frozenset[str] = frozenset()
) -> set[str]:
    """Give the facts a condition reads itself, through its terms; those within `some`/`none` are left out
    when they are about the paper."""
    match condition:
        case Test():
            days = _day_facts(condition.day)
            return {condition.fact.text, *days} if "." in condition.fact.text else days
        case All(all=parts) | Any(any=parts):
            return {fact for part in parts for fact in facts_read(terms, part, seen)}
        case Not(no=part):
            return facts_read(terms, part, seen)
        case Is(term=word) if word.text in terms and word.text not in seen:
            return facts_read(terms, terms[word.text].when, seen | {word.text})
        case Papers(such=such):
            inner = facts_read(terms, such, seen)
            return {fact for fact in inner if fact.partition(".")[0] not in ("document", "issuer")}
    return set()


def _day_facts(day: Day | None) -> set[str]:
    if isinstance(day, Period):
        return _day_facts(day.since)
    return {day.text} if day is not None and "." in day.text else set()


def _check_place(names: Names, word: Word, where: Where) -> None:
    scope = word.text.partition(".")[0]
    if scope == "matter" and not where.matter:
        names.findings.report("CR401", word.span, advice("add-matters"), name=word.text)
    if scope in ("document", "issuer") and not where.paper:
        names.findings.report("CR402", word.span, advice("add-each"), name=word.text)


def find_fact(names: Names, word: Word, where: Where | None = None) -> Fact | None:
    """Look a fact up by name; report one that is not there, or that may not stand here."""
    fact = names.vocabulary.facts.get(word.text)
    if fact is None and word.text in names.unreadable:
        return None
    if fact is None:
        names.findings.report("CR204", word.span, nearest(word.text, names.vocabulary.facts), name=word.text)
    elif where is not None:
        _check_place(names, word, where)
    return fact


def find_setting(names: Names, word: Word) -> Setting | None:
    """Look a setting up by name; report one that is not there."""
    setting = names.settings.get(word.text)
    if setting is None and word.text not in names.unreadable:
        help_ = nearest(word.text, names.settings) or advice("declare-setting")
        names.findings.report("CR207", word.span, help_, name=word.text)
    return setting


def _check_test(names: Names, test: Test, where: Where) -> None:
    if test.fact.text.startswith("setting."):
        word = Word(text=test.fact.text.removeprefix("setting."), span=test.fact.span)
        setting = find_setting(names, word)
        if setting is None:
            return
        type_ = _SETTING_TYPES[setting.type]
        fact = Fact(name=test.fact.text, type=type_, zh="", en="", held_by="", changed_by="nobody")
    else:
        found = _TODAY if test.fact.text == "today" else find_fact(names, test.fact, where)
        if found is None:
            return
        fact = found
    fitting = _FITTING[fact.type]
    if test.fact.text.startswith("setting.") and fact.type in ("level", "date"):
        fitting = ("is", "is_not")  # a setting's levels have no order of their own, and its date is a plain value
    if test.operator not in fitting:
        names.findings.report(
            "CR302",
            test.operator_span or test.span,
            advice("operators", names="`, `".join(op if op != "is" else "…: value" for op in fitting)),
            fact=fact.name,
            type=TYPE_WORDS[fact.type],
            operator=test.operator if test.operator in OPERATORS else "…: value",
        )
        return
    if test.day is not None:
        check_day(names, test.day, where)
    elif test.setting is not None:
        _check_setting_use(names, test, fact, test.setting)
    else:
        single = fact.type == "bool" or test.operator in ORDER_OPERATORS
        if single and len(test.values) > 1:
            names.findings.report("CR203", test.span, key=fact.name, wanted="@value")
        for value in test.values:
            check_value(names.findings, fact, value)


def _check_setting_use(names: Names, test: Test, fact: Fact, ref: SettingRef) -> None:
    setting = find_setting(names, ref.setting)
    if setting is None:
        return
    many_fit = test.operator in ("is", "is_not", *LIST_OPERATORS) and fact.type != "bool"
    inner = fact.type.removeprefix("list[").removesuffix("]")
    fits = setting.type == inner or (setting.type == "list" and many_fit)
    if not fits or (setting.type == "level" and fact.values is None):
        names.findings.report(
            "CR308",
            ref.setting.span,
            name=ref.setting.text,
            type=TYPE_WORDS[_SETTING_TYPES[setting.type]],
            wanted=TYPE_WORDS[fact.type],
        )
        return
    for value in setting.value:
        check_value(names.findings, fact, value)


def check_value(findings: Findings, fact: Fact, value: Word, spot: str = "") -> bool:
    """Report a value outside a fact's type; say whether it fits."""
    inner = fact.type.removeprefix("list[").removesuffix("]")
    if inner == "bool" and (value.quoted or value.text not in ("true", "false")):
        findings.report("CR304", value.span, advice("true-false"), spot=spot, text=value.text)
        return False
    if inner == "number" and (value.quoted or not NUMBER.fullmatch(value.text)):
        findings.report("CR305", value.span, spot=spot, text=value.text)
        return False
    if inner == "date" and iso_date(value.text) is None and not (fact.type == "date" and value.text == "not_yet"):
        findings.report("CR303", value.span, advice("date-form"), spot=spot, text=value.text)
        return False
    values: Mapping[str, Labels] | None = fact.values
    if inner in ("enum", "level") and values is not None and value.text not in values:
        near = nearest(value.text, values)
        findings.report("CR301", value.span, near, spot=spot, value=value.text, fact=fact.name)
        return False
    return True


def check_day(names: Names, day: Day | None, where: Where, key: str = "") -> None:
    """Report a day that is none: an unknown name, a fact that is no date, a count out of bounds."""
    if day is None:
        return
    if isinstance(day, Period):
        limit = PERIOD_LIMITS[day.unit]
        count = day.count.text
        if day.count.quoted or not re.fullmatch(r"[1-9]\d*", count) or int(count) > limit:
            names.findings.report("CR307", day.count.span, text=count, limit=limit)
        check_day(names, day.since, where, "since")
        return
    if day.text == "today" or iso_date(day.text) is not None:
        return
    if "." not in day.text or re.match(r"\d", day.text):
        names.findings.report("CR303", day.span, advice("day-form"), text=day.text)
        return
    fact = find_fact(names, day, where)
    if fact is not None and fact.type != "date":
        report_type(names.findings, day, fact, "@date")


def report_type(findings: Findings, word: Word, fact: Fact, wanted: str) -> None:
    """Report a fact of another type than its place asks for."""
    findings.report("CR310", word.span, fact=fact.name, type=TYPE_WORDS[fact.type], wanted=wanted)
