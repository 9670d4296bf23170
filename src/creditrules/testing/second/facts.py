"""Facts and conditions, once more: where a value comes from, and how a test of it comes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from creditrules import conditions as said
from creditrules.front import Policy
from creditrules.testing.second.days import NEVER, UnannouncedError, counted
from creditrules.testing.second.truth import Hanging, Told, every, known, no, some
from creditrules.vocabulary import Fact

_ABSENT = object()  # a fact that does not arise
_UNKNOWN = object()
_NOBODY: Hanging = frozenset()


class Known(NamedTuple):
    """A fact's value; `_UNKNOWN`, with what it hangs on, where there is none."""

    value: Any
    hangs_on: Hanging = _NOBODY

    @property
    def unknown(self) -> bool:
        """Say whether nobody knows."""
        return self.value is _UNKNOWN


def converted(type_: str, value: Any) -> Any:
    """Turn a value as written into one to compare."""
    if type_.startswith("list["):
        return {converted(type_[5:-1], one) for one in (value if isinstance(value, list | tuple) else [value])}
    text = str(value)
    if type_ == "bool":
        return text.lower() == "true"
    if type_ == "number":
        return Decimal(text)
    if type_ == "date":
        return NEVER if text == "not_yet" else dt.date.fromisoformat(text)
    return text


@dataclass(slots=True)
class Asked:
    """One request by one policy: what was given, flat, of the request and of each paper."""

    policy: Policy
    on: dt.date
    given: Mapping[str, Any]
    papers: Mapping[str, Mapping[str, Any]] | None
    matter: bool
    consulted: frozenset[str]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    day_of: Mapping[str, str] = field(default_factory=dict)  # of a yes/no fact its date
    event_of: Mapping[str, str] = field(default_factory=dict)  # of a date its yes/no fact

    @classmethod
    def read(cls, policy: Policy, request: Mapping[str, Any]) -> Asked:
        """Read a request as handed in; every paper must have an id."""
        facts = {**policy.vocabulary.facts, **policy.model.facts}

        def flat(scope: str, section: Mapping[str, Any] | None) -> Iterator[tuple[str, Any]]:
            for key, value in (section or {}).items():
                name = key if "." in key else f"{scope}.{key}"
                if value is not None and name in facts:
                    yield name, converted(facts[name].type, value)

        given: dict[str, Any] = {}
        for scope in ("subject", "matter", "procedure", "record", "system", "department"):
            given |= dict(flat(scope, request.get(scope)))
        papers = None
        if request.get("documents") is not None:
            papers = {
                str(paper["id"]): {**dict(flat("document", paper)), **dict(flat("issuer", paper.get("issuer")))}
                for paper in request["documents"]
            }
        consulted = request.get("consulted") or []
        return cls(
            policy,
            dt.date.fromisoformat(str(request["on"])),
            given,
            papers,
            request.get("matter") is not None,
            frozenset([consulted] if isinstance(consulted, str) else consulted),
            facts,
            {name: fact.day.text for name, fact in facts.items() if fact.day is not None},
            {fact.day.text: name for name, fact in facts.items() if fact.day is not None},
        )

    def told(self, name: str, paper: str | None) -> Any:
        """Give what the request says of a fact, or `_UNKNOWN`."""
        if name.partition(".")[0] in ("document", "issuer"):
            return (self.papers or {}).get(paper or "", {}).get(name, _UNKNOWN)
        return self.given.get(name, _UNKNOWN)

    def value(self, name: str, paper: str | None) -> Known:
        """Give a fact's value: given, derived, taken, presumed, absent, or unknown."""
        fact = self.facts[name]
        if fact.scope == "matter" and not self.matter:
            return Known(_absence(fact))
        told = self.told(name, paper)
        if told is not _UNKNOWN:
            return Known(told)
        if name in self.day_of and (day := self.told(self.day_of[name], paper)) is not _UNKNOWN:
            return Known(day <= self.on)
        if name in self.event_of and self.value(self.event_of[name], paper).value is False:
            return Known(NEVER)
        leaned_on = self.leaned_on(fact.about_paper, paper)
        silent = fact.type == "bool" and fact.silence_tells and fact.held_by in self.consulted
        if silent and name not in leaned_on:
            return Known(False)
        if name in self.policy.model.presume and name not in leaned_on:
            words = [word.text for word in self.policy.model.presume[name].value]
            return Known(converted(fact.type, words if fact.is_list else words[0]))
        premise = self.holds(fact.only_if, paper) if fact.only_if is not None else Told(1)
        if premise.truth < 0:
            return Known(_absence(fact))
        about = paper if fact.about_paper else None
        return Known(_UNKNOWN, frozenset({(about, name)}) | premise.hangs_on | self._other_half(name, paper))

    def _other_half(self, name: str, paper: str | None) -> Hanging:
        """Learning the twin of an unknown fact would tell it, where the twin is unknown too."""
        about = paper if self.facts[name].about_paper else None
        day, event = self.day_of.get(name), self.event_of.get(name)
        if day is not None and self.told(day, paper) is _UNKNOWN:
            return frozenset({(about, day)})
        if event is not None and self.told(event, paper) is _UNKNOWN and self.value(event, paper).unknown:
            return frozenset({(about, event)})
        return _NOBODY

    def leaned_on(self, about_paper: bool, paper: str | None) -> set[str]:
        """Give the facts that something given rests on, by its premise, however far."""
        given = dict(self.given)
        if about_paper and paper is not None:
            given |= (self.papers or {}).get(paper, {})
        found: set[str] = set()
        todo = [name for name, value in given.items() if name in self.facts and value != _absence(self.facts[name])]
        while todo:
            premise = self.facts[todo.pop()].only_if
            more = set(_named(premise)) - found if premise is not None else set()
            found |= more
            todo += more
        return found

    # conditions

    def holds(self, condition: said.Condition | None, paper: str | None, scope: bool = False) -> Told:
        """Say whether a condition holds; in a `scope` tests of the matter fail where there is none."""
        match condition:
            case None:
                return Told(1)
            case said.All(all=parts):
                return every(self.holds(part, paper, scope) for part in parts)
            case said.Any(any=parts):
                return some(self.holds(part, paper, scope) for part in parts)
            case said.Not(no=part):
                return no(self.holds(part, paper, scope))
            case said.Is(term=word):
                return self.holds(self.policy.model.terms[word.text].when, paper, scope)
            case said.Papers(which=which, such=such):
                if self.papers is None:
                    return Told(0, frozenset({(None, "documents")}))
                found = some(self.holds(such, one, scope) for one in self.papers)
                return found if which == "some" else no(found)
            case said.Test():
                name = condition.fact.text
                if scope and not self.matter and name.startswith("matter."):
                    return Told(-1)
                if name.startswith("setting."):
                    return self._setting_test(condition)
                return self._day_test(condition, paper) if condition.day is not None else self._test(condition, paper)

    def _wanted(self, test: said.Test, type_: str) -> list[Any]:
        words = test.values if test.setting is None else self.policy.model.settings[test.setting.setting.text].value
        inner = type_[5:-1] if type_.startswith("list[") else type_
        return [converted(inner, word.text) for word in words]

    def _setting_test(self, test: said.Test) -> Told:
        setting = self.policy.model.settings[test.fact.text.partition(".")[2]]
        type_ = "list[str]" if setting.type == "list" else setting.type
        words = [word.text for word in setting.value]
        value = converted(type_, words if setting.type == "list" else words[0])
        return known(_passes(test.operator, value, self._wanted(test, type_), None))

    def _test(self, test: said.Test, paper: str | None) -> Told:
        fact = self.facts[test.fact.text]
        found = self.value(fact.name, paper)
        if found.unknown:
            return Told(0, found.hangs_on)
        if found.value is _ABSENT:
            return known(test.operator == "is_not")
        wanted, value = self._wanted(test, fact.type), found.value
        if test.operator in ("is", "is_not") and fact.name in ("matter.code", "document.kind"):
            also = self.kinds(fact.name, value)
            return known(any(one in wanted for one in also) is (test.operator == "is"))
        return known(_passes(test.operator, value, wanted, list(fact.values or ())))

    def kinds(self, name: str, value: str) -> set[str]:
        """Give all that a matter or a kind of paper also is."""
        vocabulary, found, todo = self.policy.vocabulary, set[str](), [value]
        while todo:
            here = todo.pop()
            if here in found:
                continue
            found.add(here)
            if name == "matter.code":
                todo += [word.text for word in vocabulary.matters[here].broader]
            else:
                todo += [word.text for word in vocabulary.papers[here].counts_as]
        return found

    # days

    def day(self, day: said.Day, paper: str | None) -> Known:
        """Work out a day; `NEVER` for an event that has not happened."""
        if isinstance(day, said.Period):
            since = self.day(day.since, paper)
            if since.unknown or since.value == NEVER:
                return since
            try:
                return Known(counted(since.value, int(day.count.text), day.unit))
            except UnannouncedError as year:
                return Known(_UNKNOWN, frozenset({(None, f"calendar.{year.year}")}))
        if day.text == "today":
            return Known(self.on)
        if day.text in self.facts:
            return self.value(day.text, paper)
        return Known(dt.date.fromisoformat(day.text))

    def compared(self, left: said.Day, operator: str, right: said.Day, paper: str | None) -> Told:
        """Compare two days. Of an unknown day that has come, no more is known than that it is not after today."""
        one, two = self.day(left, paper), self.day(right, paper)
        if not one.unknown and not two.unknown:
            return known(_in_order(one.value, operator, two.value))
        turned = {"before": "after", "after": "before", "on_or_before": "on_or_after", "on_or_after": "on_or_before"}
        if isinstance(left, said.Word) and left.text == "today":
            left, operator, right = right, turned[operator], left
        come = isinstance(right, said.Word) and right.text == "today" and isinstance(left, said.Word)
        event = self.event_of.get(left.text) if come and isinstance(left, said.Word) else None
        if event is not None and operator in ("on_or_before", "after") and self.value(event, paper).value is True:
            return known(operator == "on_or_before")
        return Told(0, one.hangs_on | two.hangs_on)

    def _day_test(self, test: said.Test, paper: str | None) -> Told:
        assert test.day is not None
        return self.compared(test.fact, test.operator, test.day, paper)


def _absence(fact: Fact) -> Any:
    if fact.is_list:
        return set()
    return {"bool": False, "date": NEVER}.get(fact.type, _ABSENT)


def _named(condition: said.Condition) -> Iterable[str]:
    """Give the facts a premise names."""
    match condition:
        case said.Test():
            yield condition.fact.text
            day = condition.day
            while isinstance(day, said.Period):
                day = day.since
            if day is not None and "." in day.text:
                yield day.text
        case said.All(all=parts) | said.Any(any=parts):
            for part in parts:
                yield from _named(part)
        case said.Not(no=part) | said.Papers(such=part):
            yield from _named(part)


def _in_order(one: dt.date, operator: str, two: dt.date) -> bool:
    return {"before": one < two, "on_or_before": one <= two, "after": one > two, "on_or_after": one >= two}[operator]


def _passes(operator: str, value: Any, wanted: list[Any], levels: list[str] | None) -> bool:
    if operator == "is":
        return value in wanted
    if operator == "is_not":
        return value not in wanted
    if operator == "contains_any":
        return bool(value & set(wanted))
    if operator == "contains_all":
        return set(wanted) <= set(value)
    one, two = (levels.index(value), levels.index(wanted[0])) if levels else (value, wanted[0])
    return bool(
        {"at_least": one >= two, "at_most": one <= two, "more_than": one > two, "less_than": one < two}[operator]
    )
