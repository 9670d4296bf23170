"""From a tree to conditions: the shapes an author may write, told apart by their keys."""

from __future__ import annotations

from typing import Literal

from creditrules.conditions import (
    OPERATORS,
    All,
    Any,
    Condition,
    Day,
    Is,
    Not,
    Operator,
    Papers,
    Period,
    SettingRef,
    Test,
    Word,
)
from creditrules.diagnostics import advice, nearest
from creditrules.reading import TreeReader
from creditrules.tree import ListNode, MapNode, Node, Scalar

_WORDS = ("all", "any", "not", "is", "some", "none")
_UNITS: tuple[Literal["days", "working_days", "months", "years"], ...] = ("days", "working_days", "months", "years")
NOTHING = All(all=())


def read_condition(reader: TreeReader, node: Node | None, key: str) -> Condition:
    """Read a mapping of tests, all of which are meant; a stand-in that always holds after a finding."""
    if not isinstance(node, MapNode):
        if node is not None and not (isinstance(node, Scalar) and node.stand_in):
            reader.report("CR203", node.span, key=key, wanted="@condition")
        return NOTHING
    if not node.entries:
        reader.report("CR408", node.span, key=key)
        return NOTHING
    parts = [part for name, value in node.entries for part in _entry(reader, name, value)]
    return parts[0] if len(parts) == 1 else All(all=tuple(parts), span=node.span)


def _entry(reader: TreeReader, name: Scalar, value: Node) -> list[Condition]:
    match name.text:
        case "all" | "any" as mode:
            inner = reader.items(value, mode)
            parts = tuple(read_condition(reader, item, mode) for item in inner)
            if isinstance(value, ListNode) and not parts:
                reader.report("CR408", name.span, key=mode)
            if not parts:
                return []
            return [All(all=parts, span=name.span) if mode == "all" else Any(any=parts, span=name.span)]
        case "not":
            return [Not(no=read_condition(reader, value, "not"), span=name.span)]
        case "is":
            return [Is(term=word, span=word.span) for word in reader.words(value, "is")]
        case "some" | "none" as which:
            return [Papers(which=which, such=read_condition(reader, value, which), span=name.span)]
    if "." not in name.text:
        meant = {"or": "any", "and": "all"}.get(name.text)
        help_ = advice("did-you-mean", name=meant) if meant else nearest(name.text, _WORDS)
        if help_ is not None and help_.key == "did-you-mean":
            reader.report("CR201", name.span, help_, key=name.text, place="@a-condition")
            return []
    return _tests(reader, name._replace(quoted=False) if name.quoted else name, value)


def _tests(reader: TreeReader, fact: Word, node: Node) -> list[Condition]:
    """Read what stands beside a fact's name: a value, a list, a setting, or operators."""
    if not isinstance(node, MapNode):
        values = reader.words(node, fact.text)
        return [Test(fact=fact, operator="is", values=values, span=node.span)] if values else []
    if [name.text for name, _ in node.entries] == ["setting"]:
        word = reader.word(node.entries[0][1], "setting")
        ref = SettingRef(setting=word) if word else None
        return [Test(fact=fact, operator="is", setting=ref, span=node.span)] if ref else []
    if not node.entries:
        reader.report("CR408", node.span, key=fact.text)
    tests: list[Condition] = []
    for name, value in node.entries:
        operator = next((known for known in OPERATORS if known == name.text), None)
        if operator is None:
            known = (*OPERATORS, "setting")
            reader.report("CR201", name.span, nearest(name.text, known), key=name.text, place=f"`{fact.text}`")
            continue
        test = _test(reader, fact, operator, name, value)
        if test is not None:
            tests.append(test)
    return tests


def _test(reader: TreeReader, fact: Word, operator: Operator, name: Scalar, value: Node) -> Test | None:
    if operator in ("before", "on_or_before", "after", "on_or_after"):
        day = read_day(reader, value, operator)
        if day is None:
            return None
        return Test(fact=fact, operator=operator, day=day, operator_span=name.span, span=value.span)
    if isinstance(value, MapNode):
        parts = reader.fields(value, f"`{operator}`", ("setting",), ("setting",))
        word = reader.word(parts.get("setting"), "setting")
        if word is None:
            return None
        ref = SettingRef(setting=word)
        return Test(fact=fact, operator=operator, setting=ref, operator_span=name.span, span=value.span)
    values = reader.words(value, operator, blank=True)
    if not values:
        return None
    return Test(fact=fact, operator=operator, values=values, operator_span=name.span, span=value.span)


def read_day(reader: TreeReader, node: Node | None, key: str) -> Day | None:
    """Read a day: a date, `today`, the name of a date fact, or a period counted from a day."""
    if node is None:
        return None
    if not isinstance(node, MapNode):
        return reader.word(node, key)
    parts = reader.fields(node, "@period", (*_UNITS, "since"), ("since",))
    units = [unit for unit in _UNITS if unit in parts]
    if len(units) != 1:
        if not units and all(key.text in (*_UNITS, "since") for key, _ in node.entries):
            reader.report("CR202", node.span, advice("day-form"), key="working_days", place="@period")
        elif units:
            reader.report("CR412", node.span, advice("drop-one"), one=units[0], other=units[1])
        return None
    count, since = reader.word(parts[units[0]], units[0]), read_day(reader, parts.get("since"), "since")
    if count is None or since is None:
        return None
    return Period(unit=units[0], count=count, since=since, span=node.span)
