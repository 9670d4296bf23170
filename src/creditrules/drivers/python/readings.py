"""Code that reads the facts of a subject, as one writes it by hand: comparisons for few limits, a lookup for names.

It is made as a syntax tree from names of this package's own; no word of a policy or a request becomes code. What a
value *leaves* is the caller's: the bits that can still hold, or what each test came to.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

from creditrules.program import NOT_YET, FactInfo, FactTest, Value

from .bits import Source
from .matter import MatterDriver, ReadValue, is_daily
from .tables import LARGEST, Elsewhere, Table, day_bounds, number_bounds, plain_day, plain_list

Leaves: TypeAlias = Callable[[Source, Value], object]  # what a value leaves; ints, or tuples of yes and no
ANY_DAY = dt.date(2000, 1, 1)  # for tests that do not look at the day
_NEVER_COMES = 10**7  # an ordinal later than every day
_STOP = object()  # where a value is not as usual


def _ordinal(raw: object) -> int:
    day = plain_day(raw)
    return day.toordinal() if isinstance(day, dt.date) else _NEVER_COMES


_ordinals = Table(_ordinal)  # of every day met as text or date


def nowhere(*_: object) -> Any:
    """Stop at anything that is not as usual: somebody else takes over."""
    raise Elsewhere


class Reader:
    """Makes what reads facts: statements (`lines`) that check and prepare, and for each tested fact an expression of
    what its value leaves (`left`). `names` are what the code calls things by, `lists` the variables of lists, which
    are copied; `checking` says whether values are as handed in, or were read before."""

    def __init__(self, driver: MatterDriver, leaves: Leaves, *, checking: bool) -> None:
        self.driver, self.leaves, self.checking = driver, leaves, checking
        self.names: dict[str, Any] = {"ordinals": _ordinals, "elsewhere": nowhere}
        self.names |= {"int": int, "str": str, "list": list, "tuple": tuple}
        self.lines: list[ast.stmt] = []
        self.left: dict[str, ast.expr] = {}
        self.lists: dict[str, str] = {}

    def read(self, name: str, value: str) -> bool:
        """Make what reads a fact that stands in a variable; says whether it could be made."""
        fact = self.driver.program.facts.get(name)
        if fact is None:
            self.lines.append(ast.Expr(item(self.named(self.driver.unread(name)), use(value))))
            return True
        sources = self.driver.sources_of(name)
        if any(len(source.facts) > 1 or is_daily(source) for source in sources):
            return False
        source = sources[0] if sources else Source((name,))
        if fact.type == "number":
            made = self._number(value, source)
        elif fact.type == "date":
            made = self._date(value, source)
        elif fact.type.startswith("list["):
            made = self._list(value, fact, source)
        elif fact.type == "bool":
            made = self._bool(value, source)
        else:
            made = self._name(value, fact, source)
        if made is not None and source.tests:
            self.left[name] = made
        elif made is not None:
            self.lines.append(ast.Expr(made))
        return made is not None

    def named(self, thing: object) -> ast.expr:
        """Give a thing a name of its own."""
        name = f"t{len(self.names)}"
        self.names[name] = thing
        return use(name)

    def stop_if(self, test: ast.expr) -> None:
        """Stop where this is so."""
        self.lines.append(ast.If(test, [ast.Expr(_stop())], []))

    def _bool(self, value: str, source: Source) -> ast.expr:
        no = ast.IfExp(compared(use(value), ast.Is(), ast.Constant(False)), self._left(source, False), _stop())
        return ast.IfExp(compared(use(value), ast.Is(), ast.Constant(True)), self._left(source, True), no)

    def _left(self, source: Source, value: Value) -> ast.expr:
        return _constant(self.leaves(source, value) if source.tests else None)

    def _name(self, value: str, fact: FactInfo, source: Source) -> ast.expr:
        def read(raw: object) -> Any:
            known = self.driver.read_value(fact.name, raw)
            if known is None:
                raise Elsewhere
            return self.leaves(source, known) if source.tests else None

        if fact.values is None:
            if self.checking:  # 1, 1.0 and True are one key, but three texts
                self.stop_if(compared(class_of(value), ast.IsNot(), use("str")))
            return item(self.named(Table(read)), use(value))
        return item(self.named({one: read(one) for one in fact.values}), use(value))

    def _number(self, value: str, source: Source) -> ast.expr | None:
        found = number_bounds(source.tests)
        if any(type(bound) is not int for bound in found):
            return None
        if self.checking:
            self.stop_if(compared(class_of(value), ast.IsNot(), use("int")))
        bounds = sorted({1 - LARGEST, LARGEST} | {int(bound) + step for bound in found for step in (0, 1)})
        leaves = [self.leaves(source, bound) if source.tests else None for bound in bounds[:-1]]
        return _cut(value, bounds, [_STOP, *leaves, _STOP])

    def _date(self, value: str, source: Source) -> ast.expr | None:
        days = day_bounds(source.tests, ANY_DAY)
        if days is None:
            return None
        ordinal = item(use("ordinals"), use(value))
        if not days:
            return ordinal
        self.lines.append(assigned(f"{value}_day", ordinal))
        bounds = sorted({_NEVER_COMES} | {day.toordinal() + step for day in days for step in (0, 1)})
        firsts: list[Value] = [dt.date.min, *map(dt.date.fromordinal, bounds[:-1]), NOT_YET]
        return _cut(f"{value}_day", bounds, [self.leaves(source, first) for first in firsts])

    def _list(self, value: str, fact: FactInfo, source: Source) -> ast.expr | None:
        if fact.values is None:
            return None
        if self.checking:
            self.stop_if(compared(class_of(value), ast.IsNot(), use("list")))
            self.lines.append(assigned(value, ast.Call(use("tuple"), [use(value)], [])))
            self.lists[fact.name] = value
        code = item(self.named(_codes(self.driver.read_value, fact.name, fact.values)), use(value))
        if not source.tests:
            return code
        spoken = {str(one) for test in source.tests if isinstance(test, FactTest) for one in test.values}
        bits = {1 << place: one for place, one in enumerate(fact.values) if one in spoken}
        table = Table(lambda code: self.leaves(source, tuple(one for bit, one in bits.items() if code & bit)))
        return item(self.named(table), ast.BinOp(code, ast.BitAnd(), ast.Constant(sum(bits))))


@lru_cache(maxsize=1 << 10)
def _codes(read_value: ReadValue, name: str, values: tuple[str, ...]) -> Table:
    """Give the table from lists met to bits, one for each member: shared by all matters."""

    def code(raw: tuple[str, ...]) -> int:
        known = read_value(name, plain_list(raw))
        if known is None:
            raise Elsewhere
        assert isinstance(known, tuple)  # what a list is read as
        return sum(1 << place for place, one in enumerate(values) if one in known)

    return Table(code)


def _cut(name: str, bounds: Sequence[int], leaves: Sequence[object]) -> ast.expr:
    """Compare with the bounds, the middle one first; neighbours that leave the same are one."""
    kept = [place for place, (one, next_) in enumerate(pairwise(leaves)) if one != next_]
    return _halved(name, [bounds[place] for place in kept], [*[leaves[place] for place in kept], leaves[-1]])


def _halved(name: str, bounds: Sequence[int], leaves: Sequence[object]) -> ast.expr:
    if not bounds:
        return _stop() if leaves[0] is _STOP else _constant(leaves[0])
    half = len(bounds) // 2
    below, above = (
        _halved(name, bounds[:half], leaves[: half + 1]),
        _halved(name, bounds[half + 1 :], leaves[half + 1 :]),
    )
    return ast.IfExp(compared(use(name), ast.Lt(), ast.Constant(bounds[half])), below, above)


def _constant(leaves: Any) -> ast.expr:  # ints and tuples of yes and no are constants, whatever the stubs say
    return ast.Constant(leaves)


def _stop() -> ast.expr:
    return ast.Call(use("elsewhere"), [], [])


def use(name: str) -> ast.expr:
    """Use a name."""
    return ast.Name(name, ast.Load())


def assigned(name: str, value: ast.expr) -> ast.stmt:
    """Give a name to a value."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def unpacked(names: Sequence[str], value: ast.expr) -> ast.stmt:
    """Give names to the parts of a value."""
    return ast.Assign([ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())], value)


def compared(left: ast.expr, how: ast.cmpop, right: ast.expr) -> ast.expr:
    """Compare two things."""
    return ast.Compare(left, [how], [right])


def class_of(name: str) -> ast.expr:
    """Give the class of what a name stands for."""
    return ast.Attribute(use(name), "__class__", ast.Load())


def item(table: ast.expr, key: ast.expr) -> ast.expr:
    """Look up in a table."""
    return ast.Subscript(table, key, ast.Load())


def tuple_of(parts: Sequence[ast.expr]) -> ast.expr:
    """Make a tuple."""
    return ast.Tuple(list(parts), ast.Load())


def function(arguments: Sequence[str], body: list[ast.stmt], names: dict[str, Any]) -> Callable[..., Any]:
    """Make a function of statements; `names` are what they use, and it stands among them itself."""
    given = ast.arguments([], [ast.arg(one) for one in arguments], None, [], [], None, [])
    tree = ast.Module([ast.FunctionDef("made", given, body, [], None)], [])
    exec(compile(ast.fix_missing_locations(tree), "<lane>", "exec"), names)  # of nodes made here alone
    made: Callable[..., Any] = names["made"]
    return made
