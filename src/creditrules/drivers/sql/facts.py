"""The facts of a request as one program sees them: given, derived, taken, presumed, absent, or unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlglot import exp

from creditrules.drivers.sql.dialects import Dialect
from creditrules.drivers.sql.nodes import (
    END,
    Node,
    all_of,
    any_of,
    case,
    column,
    compared,
    entry_if,
    is_null,
    is_told,
    joined,
    negated,
    number,
    or_else,
    surely,
    text,
    truth,
    unknown,
)
from creditrules.drivers.sql.plan import About, Plan
from creditrules.drivers.sql.told import Told
from creditrules.evaluator import tested_facts
from creditrules.program import ABSENT, NOT_YET, Atom, Condition, FactInfo, Program, Value

ABSENT_TEXT = ""  # no request can give a blank text, so it stands for a fact that does not arise
SQL_TYPES = {
    "bool": "BOOLEAN", "str": "TEXT", "enum": "TEXT", "level": "TEXT", "date": "DATE",
    "number": "DECIMAL(38, 10)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resolved:
    """A fact's value, which is NULL where unknown; `absent` says where a list or number does not arise."""

    value: Node
    missing: Node | None
    absent: Node | None = None


@dataclass(slots=True)
class Requests:
    """The tables that requests come in: which columns are there, and what is told of matter and papers."""

    plan: Plan
    columns: Collection[str] | None = None
    text_dates: Collection[str] = ()

    @property
    def dialect(self) -> Dialect:
        """Give the warehouse."""
        return self.plan.dialect

    @property
    def on(self) -> Node:
        """Give the day of the decision."""
        return self.plan.given("on", "request", exp.cast(column("on"), "DATE"))

    @property
    def id(self) -> Node:
        """Give the id of the paper in view."""
        return self.plan.given("id", "paper", or_else(exp.cast(column("id"), "TEXT"), text("")))

    @property
    def kind(self) -> Node:
        """Give the kind of the paper in view."""
        if not self.has("document.kind"):
            return unknown("TEXT")
        return self.plan.given("document.kind", "paper", exp.cast(column("document.kind"), "TEXT"))

    def nothing(self, fact: FactInfo) -> Node:
        """Give NULL, of a fact's type."""
        listed = fact.type.startswith("list[")
        return unknown(self.dialect.list_type(fact.type == "list[date]") if listed else SQL_TYPES[fact.type])

    def has(self, name: str) -> bool:
        """Say whether the tables have a column."""
        return self.columns is None or name in self.columns

    def flag(self, name: str) -> Node:
        """Give a yes/no column of the request, no where it is not told."""
        if not self.has(name):
            return truth(False)
        return self.plan.given(name, "request", surely(exp.cast(column(name), "BOOLEAN")))

    def given(self, fact: FactInfo) -> Node | None:
        """Give what a request itself says of a fact; `None` where the tables do not have it."""
        if not self.has(fact.name):
            return None
        about: About = "paper" if fact.about_paper else "request"
        here = column(fact.name)
        node: Node = here if fact.type.startswith("list[") else exp.cast(here, SQL_TYPES[fact.type])
        if fact.type == "number":
            node = here
        if fact.name in self.text_dates:
            day = exp.cast(here, "DATE")
            node = case((compared(exp.EQ, here, text("not_yet")), self.not_yet), otherwise=day)
        return self.plan.given(fact.name, about, node)

    @property
    def not_yet(self) -> Node:
        """Give the day that stands for one that has not come: it is later than every day."""
        return exp.cast(text(self.dialect.not_yet), "DATE")

    def day(self, day: dt.date) -> Node:
        """Write a day out."""
        return exp.cast(text(day.isoformat()), "DATE")

    @property
    def papers_told(self) -> Node:
        """Say whether anybody told which papers were handed in; if there are some, they were told."""
        return any_of((self.flag("documents"), compared(exp.GT, self.plan.count_papers(self.id), number(0))))

    def matter(self, code: FactInfo) -> Node:
        """Say whether there is a matter; whoever tells its code tells that there is one."""
        told = is_told(column(code.name)) if self.has(code.name) else truth(False)
        flagged = surely(exp.cast(column("matter"), "BOOLEAN")) if self.has("matter") else truth(False)
        return self.plan.given("there is a matter", "request", any_of((flagged, told)))

    def consulted(self, source: str) -> Node:
        """Say whether a source was asked."""
        if not self.has("consulted"):
            return truth(False)
        found = surely(self.dialect.holds(column("consulted"), text(source)))
        return self.plan.given(f"consulted {source}", "request", found)


def atom(requests: Requests, value: Atom) -> Node:
    """Write a value out."""
    if value is NOT_YET:
        return requests.not_yet
    if value is ABSENT:
        return text(ABSENT_TEXT)
    if isinstance(value, bool):
        return truth(value)
    if isinstance(value, dt.date):
        return requests.day(value)
    return text(value) if isinstance(value, str) else number(value)


def written(requests: Requests, value: Value) -> Node:
    """Write a value out, which may be a list."""
    if isinstance(value, tuple):
        return requests.dialect.list_of([atom(requests, one) for one in value])
    return atom(requests, value)


@dataclass(slots=True)
class View:
    """The facts as one program sees them, and how its conditions are asked of them."""

    program: Program
    requests: Requests
    evaluate: Callable[[Condition, View], Told]
    prefix: str = ""
    resolved: dict[str, Resolved] = field(default_factory=dict)
    terms: dict[tuple[str, bool], Told] = field(default_factory=dict)
    resting: dict[tuple[str, bool], list[FactInfo]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """Give the plan."""
        return self.requests.plan

    @property
    def there_is_a_matter(self) -> Node:
        """Say whether there is a matter."""
        return self.requests.matter(self.program.facts["matter.code"])

    def key(self, *parts: object) -> tuple[object, ...]:
        """Tell the columns of this program from those of another."""
        return (self.program.policy, *parts)

    def called(self, name: str) -> str:
        """Give the name of a column of this program."""
        return f"{self.prefix}{name}"


def rested_on(view: View, fact: FactInfo) -> Node:
    """Say whether something given rests on a fact, so that it can neither be taken nor presumed."""
    if not view.resting:
        _note_resting(view)
    resting = view.resting.get((fact.name, fact.about_paper), [])
    tests = [test for one in resting if (test := given_as_arising(view.requests, one)) is not None]
    if not tests:
        return truth(False)
    key = view.key("rested on", frozenset(one.name for one in resting))
    return view.plan.worked_out(view.called(f"something rests on {fact.name}"), key, any_of(tests), "facts")


def _note_resting(view: View) -> None:
    """For every fact, find those that rest on it by their premises, directly or through others."""
    view.resting[("", False)] = []
    direct = {
        name: tested_facts(fact.only_if) for name, fact in view.program.facts.items() if fact.only_if is not None
    }
    for name in direct:
        closure: set[str] = set()
        todo = list(direct[name])
        while todo:
            one = todo.pop()
            if one not in closure:
                closure.add(one)
                todo.extend(direct.get(one, ()))
        fact = view.program.facts[name]
        for one in closure:
            view.resting.setdefault((one, True), []).append(fact)
            if not fact.about_paper:
                view.resting.setdefault((one, False), []).append(fact)


def given_as_arising(requests: Requests, fact: FactInfo) -> Node | None:
    """Say whether a fact was given, with another value than it would have if it did not arise."""
    given = requests.given(fact)
    if given is None:
        return None
    if fact.type == "bool":
        return surely(given)
    if fact.type == "date":
        return surely(compared(exp.NEQ, given, requests.not_yet))
    if fact.type.startswith("list["):
        return surely(requests.dialect.holds_something(given))
    return is_told(given)


def resolve(view: View, fact: FactInfo) -> Resolved:
    """Give a fact's value: the first of given, derived from its twin, taken, presumed, absent; else unknown."""
    if fact.name not in view.resolved:
        view.resolved[fact.name] = _resolve(view, fact)
    return view.resolved[fact.name]


def _resolve(view: View, fact: FactInfo) -> Resolved:
    requests, plan = view.requests, view.plan
    given = requests.given(fact)
    twin = view.program.facts[fact.twin] if fact.twin is not None else None
    whens: list[tuple[Node, Node]] = []
    flagged = fact.type == "number" or fact.type.startswith("list[")
    absences: list[Node] = []
    absent = requests.nothing(fact) if flagged else atom(requests, fact.absent())  # type: ignore[arg-type]  # no list
    if fact.scope == "matter":
        whens.append((negated(view.there_is_a_matter), absent))
        absences.append(negated(view.there_is_a_matter))
    if given is not None:
        whens.append((is_told(given), given))
    twin_given = requests.given(twin) if twin is not None else None
    if twin is not None and fact.type == "bool" and twin_given is not None:
        whens.append((is_told(twin_given), compared(exp.LTE, twin_given, requests.on)))
    if twin is not None and fact.type == "date":
        whens.append((negated(resolve(view, twin).value), requests.not_yet))
    if fact.type == "bool" and fact.silence_tells:
        taken = all_of((requests.consulted(fact.held_by), negated(rested_on(view, fact))))
        whens.append((taken, truth(False)))
    presumed = view.program.presumed.get(fact.name)
    if presumed is not None:
        whens.append((negated(rested_on(view, fact)), written(requests, presumed.value)))
    premise = view.evaluate(fact.only_if, view) if fact.only_if is not None else None
    if premise is not None:
        whens.append((negated(premise.truth), absent))
        others = [when for when, _ in whens[:-1] if not (fact.scope == "matter" and when == whens[0][0])]
        absences.append(all_of((*(negated(surely(when)) for when in others), surely(negated(premise.truth)))))
    node = _value(requests, fact, given, whens)
    about: About = "paper" if fact.about_paper else "request"
    value = plan.worked_out(
        view.called(f"{fact.name} as read"), view.key("fact", fact.name), node, "facts", about=about
    )
    absence = None
    if flagged and absences:
        absence = plan.worked_out(
            view.called(f"{fact.name} is absent"),
            view.key("absent", fact.name),
            any_of(absences),
            "facts",
            about=about,
        )
    missing = _missing(view, fact, value, absence, premise, twin)
    return Resolved(value, missing, absence)


def _value(requests: Requests, fact: FactInfo, given: Node | None, whens: list[tuple[Node, Node]]) -> Node:
    if not whens:
        return requests.nothing(fact)
    if len(whens) == 1 and given is not None:
        return given
    return case(*whens, otherwise=requests.nothing(fact))


def _missing(
    view: View, fact: FactInfo, value: Node, absent: Node | None, premise: Told | None, twin: FactInfo | None
) -> Node | None:
    """Name a fact where it is unknown, its twin where that would tell it, and what its premise hangs on."""
    if isinstance(value, exp.Boolean | exp.Literal):
        return None
    entries = [named_fact(view.requests, fact), _unknown_twin(view, fact, twin)]
    if premise is not None:
        entries.append(premise.missing)
    unknown_ = is_null(value) if absent is None else all_of((is_null(value), negated(absent)))
    whole = entry_if(unknown_, joined(entries)) or text("")
    if sum(one is not None for one in entries) == 1:
        return whole
    about: About = "paper" if fact.about_paper else "request"
    name = f"missing: {view.called(fact.name)}"
    return view.plan.worked_out(name, view.key("missing", fact.name), whole, "missing", about=about)


def _unknown_twin(view: View, fact: FactInfo, twin: FactInfo | None) -> Node | None:
    if twin is None:
        return None
    given = view.requests.given(twin)
    is_unknown = truth(True) if given is None else is_null(given)
    if fact.type == "date":
        is_unknown = all_of((is_unknown, is_null(resolve(view, twin).value)))
    return entry_if(is_unknown, named_fact(view.requests, twin))


def named_fact(requests: Requests, fact: FactInfo) -> Node:
    """Write a fact as an entry, with the paper it is about."""
    return about_paper(requests, fact.name) if fact.about_paper else text(f"{fact.name}{END}")


def about_paper(requests: Requests, words: str) -> Node:
    """Write an entry about the paper in view: the words, then @ and its id."""
    made = joined((text(f"{words} @"), requests.id, text(END)))
    assert made is not None
    return made
