"""The explanation of a decision that came down a lane, by a function of its own: rules, tests, values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from creditrules.assembly import rule_name
from creditrules.evaluator import evaluate
from creditrules.program import Rule, Value
from creditrules.trace import Explained, Truth

from .bits import Source, Test, tests_in
from .matter import MatterDriver
from .readings import ANY_DAY, Reader, assigned, compared, function, item, tuple_of, use
from .tables import Mask, Table, plain_day

Explainer: TypeAlias = Callable[[Sequence[object], Mask], tuple[Explained, ...]]  # the values read, the bits left
_days = Table(plain_day)  # of dates met as text
_lists = Table(lambda given: tuple(sorted(set(given))))  # of lists met: a request keeps each member once, in order


def explainer(driver: MatterDriver, names: Sequence[str]) -> Explainer:
    """Make what explains the decisions of a lane; `names` are the facts it reads, in order.

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
    reader.names |= {"days": _days, "lists": _lists}
    rules = [_rule(driver, reader, rule, places) for rule in sorted(driver.cells.rules, key=rule_name)]
    body = [
        ast.Assign(
            [ast.Tuple([ast.Name(value, ast.Store()) for value in places.values()], ast.Store())], use("values")
        ),
        *reader.lines,
        *[assigned(f"{places[name]}_tests", left) for name, left in reader.left.items()],
        ast.Return(ast.IfExp(_bits(driver.scope), tuple_of(rules), tuple_of([]))),
    ]
    return function(("values", "left"), body, reader.names)


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
        value = places[name]
        type_ = driver.program.facts[name].type
        known = "days" if type_ == "date" else "lists" if type_.startswith("list[") else None
        shown = use(value) if known is None else item(use(known), use(value))
        result = item(use(f"{value}_tests"), ast.Constant(source.place(test)))
        yield tuple_of([ast.Constant(name), ast.Constant(None), shown, result])
        return
    step = evaluate(
        test, driver.facts({"matter.code": driver.matter or ""}, ANY_DAY)
    )  # what is not said, or the matter
    for read in step.reads:
        row = (read.fact, read.paper, read.value, step.result)
        yield reader.named(row)


def _bits(bits: Mask) -> ast.expr:
    return ast.BinOp(use("left"), ast.BitAnd(), ast.Constant(bits))
