"""One program in one matter, ready for requests: its bits, and how what is given and what is not fall on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from creditrules.assembly import rule_name
from creditrules.contradictions import contradictions
from creditrules.decision import RuleHeld
from creditrules.evaluator import Facts, evaluate, tested_facts
from creditrules.facts import Paper, Request
from creditrules.frozen import dataclass
from creditrules.program import ALWAYS, DayTest, FactInfo, Measure, Program, Today, Value

from .bits import Bits, Source
from .cells import Cells, Need
from .tables import Cuts, Elsewhere, Mask, Table, day_bounds, number_bounds, plain_day, plain_list, plain_number

Values: TypeAlias = Mapping[str, Value]
ReadValue: TypeAlias = Callable[[str, object], Value | None]
_CLASSES: Mapping[str, type] = {"bool": bool, "number": int, "date": str}
_DAYS_KEPT = 256


@dataclass(frozen=True, slots=True)
class NeedBits:
    """A requirement as bits: the rules that bring it, and its ways, each a paper or not, with the bits it needs."""

    all_of: bool
    each: bool
    rules: Mask
    ways: tuple[tuple[bool, Mask], ...]

    papers: Mask
    steps: Mask
    by_paper: bool  # some way is a paper, if only one that none can be: `papers` has no bit for it


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Sources of tests that a request of some shape does not tell: what they hang on instead."""

    sources: tuple[Source, ...]
    given: tuple[str, ...]
    daily: bool
    known: dict[object, tuple[Mask, Mask]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A given fact that other given facts may contradict, with those it has to agree with."""

    fact: str
    given: tuple[str, ...]
    known: dict[object, bool]


@dataclass(frozen=True, slots=True)
class Shape:
    """What follows from which facts are given, whatever their values: the bits left by those that are not."""

    sure: Mask
    open: Mask
    unsaid: tuple[Unsaid, ...]
    doubts: tuple[Doubt, ...]


class MatterDriver:
    """A program's cells in one matter as bits, with the tables and shapes met so far."""

    def __init__(
        self, program: Program, matter: str | None, consulted: frozenset[str], read_value: ReadValue
    ) -> None:
        self.program, self.matter, self.consulted, self.read_value = program, matter, consulted, read_value
        self.cells = cells = Cells(program, matter)
        self.bits = bits = Bits()
        self.scope = bits.cell(cells.scope)
        self.rules = {rule.id: bits.cell(cells.held[rule.id], of_paper=rule.each) for rule in cells.rules}
        self.barred = self._any(cells.status("barred"))
        self.declined = self._any(cells.status("declined"))
        self.needs = tuple(self._need(need) for need in cells.needs)
        stand = cells.stand
        self.needing = self._of(rule.id for need in cells.needs for rule in need.rules)
        self.excluding, self.open = self._of(stand.excluding), self._of(stand.open)
        self.conflicts = tuple(
            (self._of(favour), self._of(stand.burdens[target]))
            for target, favour in stand.favours.items()
            if target in stand.burdens
        )
        self.of_papers = self._of(rule.id for rule in cells.rules if rule.each)
        for condition, of_paper in cells.looked_at():
            bits.cell(condition, of_paper=of_paper)
        self.every = bits.every
        of_rules = [(self.rules[rule.id], rule) for rule in cells.rules]
        self.held_entries = tuple((mask, rule, RuleHeld(rule_name(rule), rule.clauses)) for mask, rule in of_rules)
        self.measuring = tuple(
            (mask, rule)
            for mask, rule in of_rules
            if rule.left_to is None and any(isinstance(effect, Measure) for effect in rule.effects)
        )
        self.optional = tuple((mask, rule) for mask, rule in of_rules if rule.left_to is not None)
        self.sources = bits.sources
        self._about = {name: [one for one in self.sources.values() if name in one.facts] for name in program.facts}
        self._lasting: dict[str, Table] = {}
        self._daily: dict[dt.date, dict[str, Table]] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self._unread: dict[str, Table] = {}
        self.layouts: dict[object, Any] = {}
        self.met: dict[object, Mapping[str, object]] = {}
        asked = matter is None or matter in program.by_department
        self.last = "assessed" if asked else "proceed"

    def _need(self, need: Need) -> NeedBits:
        ways = [
            (True, self.bits.cell(self.cells.serves(way.name, way.condition), of_paper=True))
            if way.kind == "paper"
            else (False, self.bits.cell(way.condition or ALWAYS, of_paper=need.each))
            for way in need.effect.alternatives
        ]
        papers = steps = 0
        for of_paper, bits in ways:
            papers |= bits if of_paper else 0
            steps |= 0 if of_paper else bits
        rules = self._of(rule.id for rule in need.rules)
        by_paper = any(of_paper for of_paper, _ in ways)
        return NeedBits(need.effect.mode == "all_of", need.each, rules, tuple(ways), papers, steps, by_paper)

    def _any(self, conditions: Iterable[Any]) -> int:
        mask = 0
        for condition in conditions:
            mask |= self.bits.cell(condition, of_paper=True)
        return mask

    def _of(self, rules: Iterable[str]) -> int:
        mask = 0
        for rule in rules:
            mask |= self.rules[rule]
        return mask

    # what the evaluator says

    def ask(self, sources: Iterable[Source], values: Values, on: dt.date) -> tuple[Mask, Mask]:
        """Ask the evaluator what the tests of sources come to, and give the bits that leaves."""
        facts = self.facts(values, on)
        sure = open_ = self.every
        for source in sources:
            masks = source.masks([evaluate(test, facts).result for test in source.tests], self.every)
            sure, open_ = sure & masks[0], open_ & masks[1]
        return sure, open_

    def facts(self, values: Values, on: dt.date) -> Facts:
        """Give values as the evaluator sees facts."""
        request = self._request(values, on)
        paper = request.papers[0] if request.papers else None
        return Facts(self.program, request, paper)

    def _request(self, values: Values, on: dt.date) -> Request:
        about = {name: value for name, value in values.items() if self._of_paper(name)}
        rest = {name: value for name, value in values.items() if not self._of_paper(name)}
        return Request(on, "none" if self.matter is None else "given", rest, (Paper("", about),), self.consulted)

    @staticmethod
    def _of_paper(name: str) -> bool:
        return name.startswith(("document.", "issuer."))

    def contradicted(self, fact: str, values: Values, on: dt.date) -> bool:
        """Say whether these values contradict each other at this fact."""
        return any(self._spot(one) == fact for one in contradictions(self.program, self._request(values, on)))

    @staticmethod
    def _spot(finding: Any) -> str:
        return str(dict(finding.words)["fact"])

    # tables of given values

    def table(self, name: str, on: dt.date) -> Table:
        """Give the table of a fact; one whose tests look at the day belongs to that day."""
        sources = [one for one in self._about.get(name, ()) if one.facts == (name,)]
        daily = any(is_daily(one) for one in sources)
        tables = self._daily.setdefault(on, {}) if daily else self._lasting
        if len(self._daily) > _DAYS_KEPT:
            self._daily = {on: tables}
        if name not in tables:
            tables[name] = self._made_table(self.program.facts[name], sources[0] if sources else None, on)
        return tables[name]

    def sources_of(self, name: str) -> list[Source]:
        """Give the sources of tests that read a fact."""
        return self._about.get(name, [])

    def unread(self, name: str) -> Table:
        """Give the table of a name no rule reads: of a person or body. Only its form is looked at."""
        if name not in self._unread:

            def ask(raw: object) -> Mask:
                if self.read_value(name, raw) is None:
                    raise Elsewhere
                return self.every

            self._unread[name] = Table(ask)
        return self._unread[name]

    def is_daily(self, name: str) -> bool:
        """Say whether what a fact's value does hangs on the day of the decision."""
        return any(is_daily(one) for one in self._about.get(name, ()) if one.facts == (name,))

    def _made_table(self, fact: FactInfo, source: Source | None, on: dt.date) -> Table:
        def ask(value: Value) -> Mask:
            if source is None:
                return self.every
            sure, open_ = self.ask((source,), {fact.name: value}, on)
            if sure != open_:
                raise Elsewhere  # the calendar does not reach that far
            return sure

        def read(raw: object) -> Mask:
            value = self.read_value(fact.name, plain_list(raw) if isinstance(raw, tuple) else raw)
            if value is None:
                raise Elsewhere
            return ask(value)

        tests = source.tests if source is not None else []
        if fact.type == "number":
            cuts = Cuts(number_bounds(tests), ask)
            return Table(lambda raw: cuts(plain_number(raw)))
        if fact.type == "date":
            bounds = day_bounds(tests, on)
            if bounds is None:
                return Table(lambda raw: ask(plain_day(raw)))
            by_day = Cuts(bounds, ask)
            return Table(lambda raw: ask(day) if not isinstance(day := plain_day(raw), dt.date) else by_day(day))
        return Table(read)

    # shapes: which facts are given

    def shape(self, whole: frozenset[str], paper: frozenset[str] | None) -> Shape:
        """Give what the facts that are not given leave: of the request, or of a paper of it."""
        given = whole if paper is None else whole | paper
        sure = open_ = self.every
        unsaid: dict[tuple[tuple[str, ...], bool], list[Source]] = {}
        for source in self.sources.values():
            of_paper = any(map(self._of_paper, source.facts))
            if of_paper is (paper is None) or (len(source.facts) == 1 and source.facts[0] in given):
                continue
            hangs = sorted(self._influences(source.facts, given))
            daily = is_daily(source) or any(self.program.facts[name].type == "date" for name in hangs)
            if hangs or daily:
                unsaid.setdefault((tuple(hangs), daily), []).append(source)
            else:
                masks = self.ask((source,), {}, dt.date(2000, 1, 1))
                sure, open_ = sure & masks[0], open_ & masks[1]
        mine = whole if paper is None else paper
        hanging = tuple(Unsaid(tuple(sources), *hangs, {}) for hangs, sources in unsaid.items())
        return Shape(sure, open_, hanging, tuple(self._doubts(mine, given)))

    def _doubts(self, mine: frozenset[str], given: frozenset[str]) -> Iterable[Doubt]:
        for name in sorted(mine & self.program.facts.keys()):
            fact = self.program.facts[name]
            against = set(tested_facts(fact.only_if)) if fact.only_if is not None else set()
            if fact.type == "bool" and fact.twin is not None and fact.twin in given:
                against.add(fact.twin)
            hangs = self._influences(tuple(against), given) | {name}
            # what is told of a paper defeats no presumption about the request, and so may contradict one
            beyond = self._of_paper(name) and not all(map(self._of_paper, against))
            if against and (len(hangs) > 1 or beyond):
                yield Doubt(name, tuple(sorted(hangs)), {})

    def _influences(self, facts: tuple[str, ...], given: frozenset[str]) -> set[str]:
        """Give the given facts that the values of some facts follow from."""
        found: set[str] = set()
        seen: set[str] = set()
        todo = list(facts)
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in given:
                found.add(name)
                continue
            fact = self.program.facts[name]
            if fact.twin is not None:
                todo.append(fact.twin)
            if fact.only_if is not None:
                todo += tested_facts(fact.only_if)
            if name in self.program.presumed or (fact.type == "bool" and fact.held_by in self.consulted):
                found |= {one for one in given if name in self._rests_on(one)}
        return found

    def _rests_on(self, name: str) -> frozenset[str]:
        """Give the facts a fact's premise rests on, through everything in it."""
        if name not in self._closures:
            found: set[str] = set()
            todo = [name]
            while todo:
                fact = self.program.facts.get(todo.pop())
                more = tested_facts(fact.only_if) - found if fact is not None and fact.only_if is not None else set()
                found |= more
                todo += more
            self._closures[name] = frozenset(found)
        return self._closures[name]


def raw_class(fact: FactInfo) -> type:
    """Give the class a fact's value usually has when it was handed in and copied."""
    return tuple if fact.type.startswith("list[") else _CLASSES.get(fact.type, str)


@lru_cache(maxsize=1 << 14)
def _test_is_daily(test: Any) -> bool:
    return isinstance(test, DayTest) and (_moves(test.left) or _moves(test.right))


def is_daily(source: Source) -> bool:
    """Say whether any test of a source looks at the day of the decision."""
    return any(_test_is_daily(test) for test in source.tests)


def _moves(day: Any) -> bool:
    return isinstance(day, Today) or (hasattr(day, "since") and _moves(day.since))
