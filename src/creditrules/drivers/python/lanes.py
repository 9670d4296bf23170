"""Lanes: for requests of one shape without papers, a Python function made from the tables, as one writes it by hand.

The function reads each fact once, ands the bits its value leaves, and looks up what a decision says where these are
left. A second one gives the reasons. Anything unusual raises, and the caller takes the longer way.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeAlias

from creditrules.program import Value

from .bits import Source
from .entries import held_rules, measures
from .explaining import Explainer, explainer
from .ladder import Answer, walk
from .layout import Layout
from .matter import MatterDriver
from .readings import ANY_DAY, Reader, assigned, class_of, compared, function, item, tuple_of, unpacked, use
from .tables import Elsewhere, Mask, Table

LaneFunction: TypeAlias = Callable[[Any, Any, Any], Any]  # subject, matter, day as handed in
Finish: TypeAlias = Mapping[str, object]  # names the function ends with: how a decision is made of what was found


class Lane:
    """A shape of request that can be decided by one function: the keys of its subject, in a matter."""

    def __init__(self, driver: MatterDriver, keys: tuple[str, ...], lists: tuple[str, ...]) -> None:
        self.driver, self.keys, self.lists = driver, keys, lists  # names of facts that are lists

    def sections(self, values: Sequence[object], copies: Sequence[object]) -> dict[str, dict[str, object]]:
        """Give the request again, from the values read and the copies of its lists."""
        subject = dict(zip(self.keys, values, strict=True))
        subject |= {name.removeprefix("subject."): copy for name, copy in zip(self.lists, copies, strict=True)}
        return {"subject": subject, "matter": {"code": self.driver.matter}}

    @cached_property
    def explain(self) -> Explainer:
        """Give what explains a decision, from the values read, the copies of its lists, and the bits left."""
        return explainer(self.driver, [f"subject.{key}" for key in self.keys], self.lists)


def make_lane(driver: MatterDriver, keys: tuple[str, ...] | None, finish: Finish) -> LaneFunction | None:
    """Make the function for subjects with these keys; `None` where something hangs on more than single facts.

    Without keys it is the lane of all subjects that tell what the rules read; nothing else is looked at. The function
    ends with `finish`: a `draft`, what makes the parts it does not set (`part`), and its `kind` in the end.
    """
    whole = keys is not None
    if keys is None:
        read = {name for source in driver.bits.sources.values() for name in source.facts}
        keys = tuple(sorted(name.removeprefix("subject.") for name in read if name.startswith("subject.")))
    places = {f"subject.{key}": (0, key) for key in keys} | {"matter.code": (1, "code")}
    try:
        layout = Layout(driver, (tuple(f"subject.{key}" for key in keys), ("matter.code",)), places, of_paper=False)
        simple = not (layout.unsaid or layout.doubts or driver.of_papers or driver.bits.papers)
        if not simple or layout.sure != layout.open or driver.matter is None:
            return None
        reader = Reader(driver, _bits_left(driver), checking=True)
        if not all(reader.read(f"subject.{key}", f"x{place}") for place, key in enumerate(keys)):
            return None
        base = layout.sure & driver.table("matter.code", ANY_DAY)[driver.matter]
    except Elsewhere:
        return None
    return _function(Lane(driver, keys, tuple(reader.lists)), reader, base, whole, finish)


def _bits_left(driver: MatterDriver) -> Callable[[Source, Value], Mask]:
    def leaves(source: Source, value: Value) -> Mask:
        sure, open_ = driver.ask((source,), {source.facts[0]: value}, ANY_DAY)
        if sure != open_:
            raise Elsewhere
        return sure

    return leaves


def _function(lane: Lane, reader: Reader, base: Mask, whole: bool, finish: Finish) -> LaneFunction:
    """Write the function: the shape, the facts, the bits left, the decision."""
    left: ast.expr = ast.Constant(base)
    for part in reader.left.values():
        left = ast.BinOp(left, ast.BitAnd(), part)
    names = {**reader.names, **finish, "lane": lane, "get": _getter(lane.keys), "dict": dict, "len": len}
    names["found"] = Table(lambda left: _found(lane.driver, left))
    later = [use(one) for one in ("part", "lane", "left", "on", "values")]
    copies = tuple_of([use(variable) for variable in reader.lists.values()])
    said = ("outcome", "rules", "measures")
    body = [
        *_shaped("subject", len(lane.keys) if whole else None),
        *_shaped("matter", 1),
        assigned("values", _call("get", use("subject"))),
        unpacked([f"x{place}" for place in range(len(lane.keys))], use("values")),
        *reader.lines,
        assigned("on", item(use("days"), use("on"))),
        assigned("left", left),
        unpacked(said, item(use("found"), use("left"))),
        assigned("decision", _call("draft")),
        *[ast.Assign([_part(one)], use(one)) for one in said],
        ast.Assign([_part("later")], tuple_of([*later, copies])),
        ast.Assign([_part("__class__")], use("kind")),
        ast.Return(use("decision")),
    ]
    return function(("subject", "matter", "on"), body, names)


def _shaped(section: str, size: int | None) -> list[ast.stmt]:
    """Stop where a section is no dict, or has not this many keys."""
    wrong = compared(class_of(section), ast.IsNot(), use("dict"))
    if size is not None:
        many = compared(_call("len", use(section)), ast.NotEq(), ast.Constant(size))
        wrong = ast.BoolOp(ast.Or(), [wrong, many])
    return [ast.If(wrong, [ast.Expr(_call("elsewhere"))], [])]


def _call(name: str, *given: ast.expr) -> ast.expr:
    return ast.Call(use(name), list(given), [])


def _part(name: str) -> ast.expr:
    return ast.Attribute(use("decision"), name, ast.Store())


def _getter(keys: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda section: tuple([section[key] for key in keys])


def _found(driver: MatterDriver, left: Mask) -> tuple[str, tuple[Any, ...], tuple[Any, ...]]:
    """Give what a decision says where these bits are left: the outcome, the rules that hold, the measures."""
    possible = walk(driver, left, left, (), True)
    if len(possible) > 1:
        raise Elsewhere
    answer = Answer(driver, ANY_DAY, possible, left, left, (), tuple)
    return possible[0], held_rules(answer), measures(answer)
