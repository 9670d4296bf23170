"""Lanes: for requests of one shape without papers, a Python function made from the tables, as one writes it by hand.

The function reads each fact once, ands the bits its value leaves, and names the outcome. It is built as a syntax tree
from names of this module's own; no word of a policy or a request becomes code. Anything unusual raises, and the
caller takes the longer way.
"""

from __future__ import annotations

import ast
import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from creditrules.program import NOT_YET, FactInfo, FactTest, Value

from .bits import Source
from .layout import Layout
from .matter import MatterDriver, is_daily
from .tables import LARGEST, Elsewhere, Mask, Table, day_bounds, number_bounds, plain_day

LaneFunction: TypeAlias = Callable[[Any, Any, Any], Any]  # subject, matter, day as handed in
Finish: TypeAlias = Mapping[str, object]  # names the function ends with: how a decision is made of what was found
_ANY_DAY = dt.date(2000, 1, 1)  # for tests that do not look at the day
_NEVER_COMES = 10**7  # an ordinal later than every day


def _ordinal(raw: object) -> int:
    day = plain_day(raw)
    return day.toordinal() if isinstance(day, dt.date) else _NEVER_COMES


_ordinals = Table(_ordinal)  # of every day met as text or date


class Lane:
    """A shape of request that can be decided by one function: the keys of its subject, in a matter."""

    __slots__ = ("decide", "driver", "keys")

    def __init__(self, driver: MatterDriver, keys: tuple[str, ...]) -> None:
        self.driver, self.keys = driver, keys
        self.decide: LaneFunction = nowhere

    def subject(self, values: Sequence[object]) -> dict[str, object]:
        """Give the subject again, from the values read."""
        return dict(zip(self.keys, values, strict=True))


def make_lane(driver: MatterDriver, keys: tuple[str, ...] | None, finish: Finish) -> Lane | None:
    """Make the lane of subjects with these keys; `None` where something hangs on more than single facts.

    Without keys it is the lane of all subjects that tell what the rules read; nothing else is looked at. The function
    ends with `finish`: a new decision (`new`), its outcome set (`set_outcome`), and what the rest of it is made from
    (`set_later`).
    """
    whole = keys is not None
    if keys is None:
        read = {name for source in driver.bits.sources.values() for name in source.facts}
        keys = tuple(sorted(name.removeprefix("subject.") for name in read if name.startswith("subject.")))
    places = {f"subject.{key}": (0, key) for key in keys} | {"matter.code": (1, "code")}
    layout = Layout(driver, (tuple(f"subject.{key}" for key in keys), ("matter.code",)), places, of_paper=False)
    simple = not (layout.unsaid or layout.doubts or driver.conflicts or driver.of_papers or driver.bits.papers)
    rungs = _rungs(driver) if simple and layout.sure == layout.open else None
    if rungs is None or driver.matter is None:
        return None
    code = driver.table("matter.code", _ANY_DAY)[driver.matter]
    maker = _Maker(driver, layout.sure & code)
    if not all(maker.read(key) for key in keys):
        return None
    made = Lane(driver, keys)
    made.decide = maker.function(rungs, len(keys) if whole else None, {**finish, "lane": made})
    return made


def _rungs(driver: MatterDriver) -> list[tuple[Mask, str]] | None:
    """Give the rungs as bits of which any settles the outcome; `None` where a requirement can be met."""
    if any(bits for need in driver.needs for _, bits in need.ways):
        return None
    if any(of_paper for need in driver.needs for of_paper, _ in need.ways):
        return None
    return [
        (driver.excluding, "excluded"),
        (driver.needing, "pending"),
        (driver.open, "discretionary"),
    ]


class _Maker:
    """Builds the function of a lane: an *and* of what each fact leaves, then the first rung with a bit on it."""

    def __init__(self, driver: MatterDriver, base: Mask) -> None:
        self.driver, self.base = driver, base
        self.names: dict[str, object] = {"bisect": bisect_right, "ordinals": _ordinals, "elsewhere": nowhere}
        self.reads: list[ast.stmt] = []
        self.kept: list[ast.expr] = []
        self.parts: list[ast.expr] = []
        self.checks: list[ast.stmt] = []

    def read(self, key: str) -> bool:
        """Add the reading of a key; says whether it could be."""
        name = f"subject.{key}"
        value = f"x{len(self.reads)}"
        given = _item(_use("subject"), ast.Constant(key))
        self.reads.append(ast.Assign([ast.Name(value, ast.Store())], given))
        self.kept.append(_use(value))
        fact = self.driver.program.facts.get(name)
        if fact is None:
            self._looked_up(value, self.driver.unread(name))
            return True
        sources = self.driver.sources_of(name)
        if any(len(source.facts) > 1 or is_daily(source) for source in sources):
            return False
        source = sources[0] if sources else Source((name,))
        if fact.type == "number":
            return self._number(value, fact, source)
        if fact.type == "date":
            return self._date(value, fact, source)
        if fact.type.startswith("list["):
            return self._list(value, fact, source)
        values = (True, False) if fact.type == "bool" else fact.values
        if values is None:
            self._looked_up(value, self.driver.table(name, _ANY_DAY))
        else:
            table = {one: self._leaves(fact, source, one) for one in values}
            self._looked_up(value, table, bool if fact.type == "bool" else None)
        return True

    def _leaves(self, fact: FactInfo, source: Source, value: Value) -> Mask:
        if not source.tests:
            return -1
        sure, open_ = self.driver.ask((source,), {fact.name: value}, _ANY_DAY)
        if sure != open_:
            raise Elsewhere
        return sure

    def _named(self, thing: object) -> ast.expr:
        name = f"t{len(self.names)}"
        self.names[name] = thing
        return _use(name)

    def _looked_up(self, value: str, table: Mapping[Any, Mask], class_: type | None = None) -> None:
        """`table[x]`, the class of the value checked where equal values of other classes would pass."""
        self._part(value, class_, _item(self._named(table), _use(value)))

    def _part(self, value: str, class_: type | None, made: ast.expr) -> None:
        if class_ is not None:
            self._stop_if(_compared(_class_of(value), ast.IsNot(), self._named(class_)))
        self.parts.append(made)

    def _stop_if(self, test: ast.expr) -> None:
        self.checks.append(ast.If(test, [ast.Expr(ast.Call(_use("elsewhere"), [], []))], []))

    def _cut(
        self, value: str, bounds: list[int], leaves: list[Mask | None], class_: type | None, by: str | None
    ) -> None:
        """`leaves[bisect(bounds, x)]`; `None` among the leaves stops the lane."""
        at = _use(value) if by is None else _item(_use(by), _use(value))
        found = ast.Call(_use("bisect"), [self._named(bounds), at], [])
        self._part(value, class_, _item(self._named(leaves), found))

    def _number(self, value: str, fact: FactInfo, source: Source) -> bool:
        if not source.tests:
            self._stop_if(_compared(_class_of(value), ast.IsNot(), self._named(int)))
            inside = ast.Compare(ast.Constant(-LARGEST), [ast.Lt(), ast.Lt()], [_use(value), ast.Constant(LARGEST)])
            self._stop_if(ast.UnaryOp(ast.Not(), inside))
            return True
        found = number_bounds(source.tests)
        if any(type(bound) is not int for bound in found):
            return False
        bounds = sorted({-LARGEST, LARGEST} | {int(bound) + step for bound in found for step in (0, 1)})
        leaves: list[Mask | None] = [None]
        leaves += [self._leaves(fact, source, bound) for bound in bounds[:-1]]
        self._cut(value, bounds, [*leaves, None], int, None)
        return True

    def _date(self, value: str, fact: FactInfo, source: Source) -> bool:
        days = day_bounds(source.tests, _ANY_DAY)
        if days is None:
            return False
        if not days:
            self.checks.append(ast.Expr(_item(_use("ordinals"), _use(value))))
            return True
        bounds = sorted({1, _NEVER_COMES} | {day.toordinal() + step for day in days for step in (0, 1)})
        leaves = [self._leaves(fact, source, dt.date.fromordinal(bound)) for bound in bounds[:-1]]
        self._cut(value, bounds, [None, *leaves, self._leaves(fact, source, NOT_YET)], None, "ordinals")
        return True

    def _list(self, value: str, fact: FactInfo, source: Source) -> bool:
        if fact.values is None:
            return False
        spoken = sorted({str(one) for test in source.tests if isinstance(test, FactTest) for one in test.values})
        codes = {one: 1 << spoken.index(one) if one in spoken else 0 for one in fact.values}
        table = Table(lambda code: self._leaves(fact, source, tuple(one for one in spoken if codes[one] & code)))

        def left(values: Sequence[str]) -> Mask:
            code = 0
            for one in values:
                code |= codes[one]
            return table[code]

        self._part(value, list, ast.Call(self._named(left), [_use(value)], []))
        self.kept[-1] = ast.Call(_use("tuple"), [_use(value)], [])
        return True

    def function(self, rungs: list[tuple[Mask, str]], size: int | None, finish: Finish) -> LaneFunction:
        """Give the function; `size` is the number of keys a subject must have, if nothing else may be in it."""
        left: ast.expr = ast.Constant(self.base)
        for part in self.parts:
            left = ast.BinOp(left, ast.BitAnd(), part)
        outcome: ast.expr = ast.Constant(self.driver.last)
        for bits, name in reversed(rungs):
            if bits:
                outcome = ast.IfExp(_bits("left", bits), ast.Constant(name), outcome)
        outcome = ast.IfExp(_bits("left", self.driver.scope), outcome, ast.Constant("not_applicable"))
        later = [_use("make"), _use("lane"), _use("outcome"), _use("left"), _use("on"), _tuple(self.kept)]
        mapping = self._named(dict)
        self.checks[:0] = self.reads
        if size is not None:
            self._stop_if(_compared(_length_of("subject"), ast.NotEq(), ast.Constant(size)))
        self._stop_if(_compared(_length_of("matter"), ast.NotEq(), ast.Constant(1)))
        for section in ("subject", "matter"):
            self._stop_if(_compared(_class_of(section), ast.IsNot(), mapping))
        body: list[ast.stmt] = [
            *self.checks,
            ast.Assign([ast.Name("on", ast.Store())], _item(_use("days"), _use("on"))),
            ast.Assign([ast.Name("left", ast.Store())], left),
            ast.Assign([ast.Name("outcome", ast.Store())], outcome),
            ast.Assign([ast.Name("decision", ast.Store())], ast.Call(_use("new"), [_use("kind")], [])),
            ast.Expr(ast.Call(_use("set_outcome"), [_use("decision"), _use("outcome")], [])),
            ast.Expr(ast.Call(_use("set_later"), [_use("decision"), _tuple(later)], [])),
            ast.Expr(ast.Call(_use("set_rules"), [_use("decision"), self._held()], [])),
            ast.Return(_use("decision")),
        ]
        arguments = ast.arguments([], [ast.arg("subject"), ast.arg("matter"), ast.arg("on")], None, [], [], None, [])
        tree = ast.Module([ast.FunctionDef("decide", arguments, body, [], None)], [])
        made: dict[str, Any] = {**self.names, **finish}
        exec(compile(ast.fix_missing_locations(tree), "<lane>", "exec"), made)  # made of the nodes above alone
        function: LaneFunction = made["decide"]
        return function

    def _held(self) -> ast.expr:
        """`held[left & bits_of_rules]`: the rules that hold, kept for each set of them."""
        entries = [(bits, entry) for bits, _, entry in self.driver.held_entries]

        def held(left: Mask) -> Any:
            return tuple([entry for bits, entry in entries if left & bits])

        every = reduce(or_, (bits for bits, _ in entries), 0)
        return _item(self._named(Table(held)), _bits("left", every))


def _compared(left: ast.expr, how: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [how], [right])


def _class_of(name: str) -> ast.expr:
    return ast.Attribute(_use(name), "__class__", ast.Load())


def _length_of(name: str) -> ast.expr:
    return ast.Call(_use("len"), [_use(name)], [])


def _use(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _tuple(parts: list[ast.expr]) -> ast.expr:
    return ast.Tuple(parts, ast.Load())


def _bits(name: str, bits: Mask) -> ast.expr:
    return ast.BinOp(_use(name), ast.BitAnd(), ast.Constant(bits))


def _item(table: ast.expr, key: ast.expr) -> ast.expr:
    return ast.Subscript(table, key, ast.Load())


def nowhere(*_: object) -> Any:
    """Stop the lane at anything that is not as usual."""
    raise Elsewhere
