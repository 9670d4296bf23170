"""Conditions as SQL, in three values: NULL is what could not be told."""

from __future__ import annotations

from operator import ge, gt, le, lt

from sqlglot import exp

from creditrules.conditions import Operator
from creditrules.drivers.sql.days import day_of
from creditrules.drivers.sql.dialects import holds_all, holds_any
from creditrules.drivers.sql.facts import ABSENT_TEXT, View, atom, resolve
from creditrules.drivers.sql.nodes import (
    Kind,
    Node,
    all_of,
    any_of,
    case,
    compared,
    entry_if,
    is_null,
    joined,
    negated,
    number,
    one_of,
    or_else,
    text,
    truth,
)
from creditrules.drivers.sql.told import Told, all_told, any_told, named, not_told, size, some_paper, where
from creditrules.program import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    DayTest,
    FactDay,
    FactTest,
    Given,
    Negation,
    PaperTest,
    TermUse,
    Today,
)

_LARGE = 40  # parts; a condition larger than that gets a column of its own
_DAYS: dict[str, Kind] = {
    "before": exp.LT, "on_or_before": exp.LTE, "after": exp.GT, "on_or_after": exp.GTE,
}  # fmt: skip
_NUMBERS: dict[str, Kind] = {
    "at_least": exp.GTE, "at_most": exp.LTE, "more_than": exp.GT, "less_than": exp.LT,
}  # fmt: skip
_RANKS = {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt}


def evaluate(condition: Condition, view: View, in_scope: bool = False) -> Told:
    """Say whether a condition holds; what is large, or has a name, gets a column of its own."""
    match condition:
        case FactTest():
            return _test(condition, view, in_scope)
        case DayTest():
            return _day_test(condition, view, in_scope)
        case AllOf(parts=parts):
            return _hoisted(all_told(evaluate(part, view, in_scope) for part in parts), condition, view, in_scope)
        case AnyOf(parts=parts):
            return _hoisted(any_told(evaluate(part, view, in_scope) for part in parts), condition, view, in_scope)
        case Negation(part=part):
            return not_told(evaluate(part, view, in_scope))
        case TermUse():
            return _term(condition, view, in_scope)
        case Given(truth=settled):
            return Told(truth(settled))
        case PaperTest():
            return _papers(condition, view, in_scope)


def _hoisted(found: Told, condition: Condition, view: View, in_scope: bool) -> Told:
    if size(found.truth) <= _LARGE:
        return found
    return named(
        view.plan, view.called("part of a condition"), view.key("part", id(condition), in_scope), found, "terms"
    )


def _term(use: TermUse, view: View, in_scope: bool) -> Told:
    if (use.name, in_scope) in view.terms:
        return view.terms[use.name, in_scope]
    clauses = ", ".join(use.clauses)
    inner = evaluate(use.condition, view, in_scope)
    name = view.called(f"term {use.name}" + (" in scope" if in_scope else ""))
    found = named(view.plan, name, view.key("term", use.name, in_scope), inner, "terms", comment=clauses)
    view.terms[use.name, in_scope] = found
    return found


def _papers(test: PaperTest, view: View, in_scope: bool) -> Told:
    """Ask something of the papers handed in; unknown while nobody told them."""
    such = evaluate(test.such, view, in_scope)
    papers = view.requests.papers_told
    found = some_paper(view.plan, view.called("such a paper"), view.key("such", id(test), in_scope), such)
    if test.which == "none":
        found = not_told(found)
    return Told(
        case((papers, found.truth), otherwise=exp.Null()),
        case((papers, found.missing or text("")), otherwise=text("documents|")),
    )


def _test(test: FactTest, view: View, in_scope: bool) -> Told:
    fact = resolve(view, test.fact)
    found = value_fits(test, view, fact.value, fact.absent)
    told = Told(found, None if isinstance(found, exp.Boolean) else fact.missing)
    if in_scope and test.fact.scope == "matter":
        return where(view.there_is_a_matter, told)
    return told


def value_fits(test: FactTest, view: View, value: Node, absent: Node | None) -> Node:
    """Say whether a value passes a test; an absent one passes `is_not` alone."""
    requests, operator = view.requests, test.operator
    kind = test.fact.type
    if kind == "bool":
        wanted = (operator == "is") == (True in test.values)
        return value.copy() if wanted else negated(value)
    if kind.startswith("list["):
        values = [atom(requests, one) for one in test.values]
        join = holds_any if operator == "contains_any" else holds_all
        return _unless_absent(absent, join(requests.dialect, value, values), False)
    if kind == "number" and operator in _NUMBERS:
        return _unless_absent(absent, compared(_NUMBERS[operator], value, number(test.values[0])), False)
    fitting = one_of(value, [atom(requests, one) for one in _fitting(test)])
    if operator == "is_not":
        return _unless_absent(absent, negated(fitting), True)
    return _unless_absent(absent, fitting, False)


def _unless_absent(absent: Node | None, found: Node, otherwise: bool) -> Node:
    if absent is None:
        return found
    return any_of((absent, found)) if otherwise else all_of((negated(absent), found))


def _fitting(test: FactTest) -> list[Atom]:
    """Give the values that are one of those a test names: all that are also one of them, or of a fitting level."""
    fact = test.fact
    if fact.ranks is not None and test.operator in _RANKS:
        rank = fact.ranks[str(test.values[0])]
        return [one for one in fact.ranks if _RANKS[test.operator](fact.ranks[one], rank)]
    if fact.kinds is not None:
        return [one for one in sorted(fact.kinds) if fact.kinds[one] & set(test.values)]
    return [one for one in test.values if one != ABSENT_TEXT]


def _day_test(test: DayTest, view: View, in_scope: bool) -> Told:
    told = compare_days(test, view)
    if in_scope and isinstance(test.left, FactDay) and test.left.fact.scope == "matter":
        return where(view.there_is_a_matter, told)
    return told


def compare_days(test: DayTest, view: View) -> Told:
    """Compare two days; where one is unknown, its yes/no fact may tell how it stands to today."""
    left, right = day_of(test.left, view), day_of(test.right, view)
    found = compared(_DAYS[test.operator], left.value, right.value)
    by_twin = _by_twin(test, view)
    if by_twin is not None:
        found = or_else(found, by_twin)
    missing = joined((left.missing, right.missing))
    return Told(found, entry_if(is_null(found), missing))


def _by_twin(test: DayTest, view: View) -> Node | None:
    left, operator, right = test.left, test.operator, test.right
    if isinstance(test.left, Today):
        left, operator, right = test.right, _mirrored(operator), test.left
    if not (isinstance(left, FactDay) and isinstance(right, Today) and left.fact.twin):
        return None
    tells = {"on_or_before": True, "after": False}.get(operator)
    if tells is None:
        return None
    twin = resolve(view, view.program.facts[left.fact.twin]).value
    return case((twin, truth(tells)), otherwise=exp.Null())


def _mirrored(operator: Operator) -> Operator:
    mirrored: dict[str, Operator] = {
        "before": "after", "on_or_before": "on_or_after", "after": "before", "on_or_after": "on_or_before",
    }  # fmt: skip
    return mirrored[operator]
