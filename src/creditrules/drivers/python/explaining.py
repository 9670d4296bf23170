"""The explanation of a decision that came down a lane, by a function of its own: rules, tests, values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from creditrules.assembly import rule_name
from creditrules.evaluator import evaluate
from creditrules.program import Rule, Value
from creditrules.trace import Explained, Truth

from .bits import Source, Test, tests_in
from .matter import MatterDriver, ReadValue
from .readings import ANY_DAY, Reader, assigned, compared, function, item, tuple_of, unpacked, use
from .tables import Mask, Table, plain_day

Explainer: TypeAlias = Callable[..., tuple[Explained, ...]]  # given the values read, copies of lists, the bits left
_days = Table(plain_day)  # of dates met as text


def explainer(driver: MatterDriver, names: Sequence[str], lists: Sequence[str]) -> Explainer:
    """Make what explains the decisions of a lane; `names` are the facts it reads, in order, `lists` those copied.

    It gives what `creditrules.trace.explanation` gives of the evaluator's steps.
    """

    def came_to(source: Source, value: Value) -> tuple[Truth, ...]:
        facts = driver.facts({source.facts[0]: value}, ANY_DAY)
        return tuple(evaluate(test, facts).result for test in source.tests)

    reader = Reader(driver, came_to, checking=False)
    places = {name: f"x{place}" for place, name in enumerate(names)}
    for name, value in places.items():
        if driver.sources_of(name):
            reader.read(name, value)
    reader.names["days"] = _days
    rules = [_rule(driver, reader, rule, places) for rule in sorted(driver.cells.rules, key=rule_name)]
    body = [
        unpacked(list(places.values()), use("values")),
        unpacked([places[name] for name in lists], use("copies")),
        *reader.lines,
        *[assigned(f"{places[name]}_tests", left) for name, left in reader.left.items()],
        ast.Return(ast.IfExp(_bits(driver.scope), tuple_of(rules), tuple_of([]))),
    ]
    return function(("values", "copies", "left"), body, reader.names)


def _rule(driver: MatterDriver, reader: Reader, rule: Rule, places: dict[str, str]) -> ast.expr:
    held = compared(_bits(driver.rules[rule.id]), ast.NotEq(), ast.Constant(0))
    tests = [row for test in _tests(driver, rule) for row in _rows(driver, reader, test, places)]
    return tuple_of([ast.Constant(rule_name(rule)), ast.Constant(None), held, tuple_of(tests)])


def _tests(driver: MatterDriver, rule: Rule) -> Iterator[Test]:
    """Give the tests of a rule, and of the rules that override it."""
    yield from tests_in(rule.when)
    if rule.unless is not None:
        yield from tests_in(rule.unless)
    for key in driver.program.overridden_by.get(rule.key, ()):
        for other in driver.cells.rules:
            if other.key == key:
                yield from _tests(driver, other)


def _rows(driver: MatterDriver, reader: Reader, test: Test, places: dict[str, str]) -> Iterator[ast.expr]:
    source = next(one for one in driver.bits.sources.values() if one.place(test) is not None)
    name = source.facts[0]
    if name in reader.left:
        value, type_ = places[name], driver.program.facts[name].type
        shown = use(value)
        if type_ == "date":
            shown = item(use("days"), shown)
        elif type_.startswith("list["):
            shown = item(reader.named(_lists(driver.read_value, name)), shown)
        result = item(use(f"{value}_tests"), ast.Constant(source.place(test)))
        yield tuple_of([ast.Constant(name), ast.Constant(None), shown, result])
        return
    step = evaluate(
        test, driver.facts({"matter.code": driver.matter or ""}, ANY_DAY)
    )  # what is not said, or the matter
    for read in step.reads:
        row = (read.fact, read.paper, read.value, step.result)
        yield reader.named(row)


@lru_cache(maxsize=1 << 10)
def _lists(read_value: ReadValue, name: str) -> Table:
    """Give the table from lists handed in to lists as read: in order, each member once."""
    return Table(lambda raw: read_value(name, list(raw)))


def _bits(bits: Mask) -> ast.expr:
    return ast.BinOp(use("left"), ast.BitAnd(), ast.Constant(bits))
