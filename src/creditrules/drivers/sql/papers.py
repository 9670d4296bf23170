"""Papers as SQL: the four tests of a paper's status, whether it is usable and cleanly so, and its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from creditrules.drivers.sql.conditions import compare_days, evaluate
from creditrules.drivers.sql.days import day_of
from creditrules.drivers.sql.dialects import call
from creditrules.drivers.sql.facts import View
from creditrules.drivers.sql.nodes import (
    Node,
    all_of,
    any_of,
    case,
    compared,
    is_null,
    negated,
    perhaps,
    surely,
    text,
    unknown,
)
from creditrules.drivers.sql.rules import Run
from creditrules.drivers.sql.told import Told, all_told, any_told, named, not_told
from creditrules.program import DayTest, Inadmissible, Rule, Shifted, Today, Usable


@dataclass(frozen=True, slots=True)
class Judged:
    """What is told of the paper in view."""

    usable: Told
    clean: Told
    status: Node
    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Speaking:
    """A rule that speaks of a paper's use, with what it says."""

    rule: Rule
    held: Told
    effect: Usable | Inadmissible
    view: View


def speaking_of(run: Run) -> list[Speaking]:
    """Give the rules that speak of papers' use."""
    return [
        Speaking(rule, run.holds(rule), effect, run.view(rule))
        for rule in run.rules.values()
        if rule.each
        for effect in rule.effects
        if isinstance(effect, Usable | Inadmissible)
    ]


def judge_papers(run: Run) -> Judged:
    """Judge the paper in view by every rule about papers; one left to somebody can only make it one to be refused."""
    speaking = speaking_of(run)
    binding = [one for one in speaking if one.rule.left_to is None]
    left = [one for one in speaking if one.rule.left_to is not None]

    def test(name: str, parts: Sequence[Told]) -> Told:
        return named(run.requests.plan, f"paper {name}", ("paper", name), any_told(parts), "status", about="paper")

    inadmissible = test("is inadmissible", _refused(binding))
    lapsed = test("has lapsed", _lapsed(binding))
    not_yet = test("does not count yet", _not_yet(binding))
    may_refuse = test("may be refused", [*_refused(left), *_lapsed(left), *_not_yet(left)])
    usable = not_told(any_told((inadmissible, lapsed, not_yet)))
    clean = all_told((usable, not_told(may_refuse)))
    status = _status(inadmissible, lapsed, not_yet, may_refuse)
    return Judged(usable, clean, status, _first(run, speaking), _last(run, speaking))


def _status(inadmissible: Told, lapsed: Told, not_yet: Told, may_refuse: Told) -> Node:
    ladder = {"inadmissible": inadmissible, "lapsed": lapsed, "not_yet": not_yet, "may_refuse": may_refuse}
    whens: list[tuple[Node, Node]] = []
    for name, told in ladder.items():
        if told.missing is not None or not isinstance(told.truth, exp.Boolean):
            whens.append((is_null(told.truth), text("undetermined")))
        whens.append((told.truth, text(name)))
    return case(*whens, otherwise=text("admissible"))


def _refused(speaking: list[Speaking]) -> list[Told]:
    return [one.held for one in speaking if isinstance(one.effect, Inadmissible)]


def _lapsed(speaking: list[Speaking]) -> list[Told]:
    """After a last day; and where a first day comes after a last one, so that no day is left."""
    ended = [
        all_told((one.held, compare_days(DayTest(Today(), "after", one.effect.until, None), one.view)))
        for one in speaking
        if isinstance(one.effect, Usable) and one.effect.until is not None
    ]
    crossed = [
        all_told((one.held, other.held, _begins_after(one, other)))
        for one in speaking
        if isinstance(one.effect, Usable) and one.effect.first is not None
        for other in speaking
        if isinstance(other.effect, Usable) and other.effect.until is not None
    ]
    return [*ended, *crossed]


def _begins_after(one: Speaking, other: Speaking) -> Told:
    assert isinstance(one.effect, Usable)
    assert isinstance(other.effect, Usable)
    assert one.effect.first is not None
    assert other.effect.until is not None
    test = DayTest(one.effect.first, "on_or_after" if one.effect.after else "after", other.effect.until, None)
    return compare_days(test, one.view)


def _not_yet(speaking: list[Speaking]) -> list[Told]:
    """Before a first day, or on a condition not met."""
    found = []
    for one in speaking:
        if not isinstance(one.effect, Usable):
            continue
        reasons = []
        if one.effect.first is not None:
            operator: Literal["on_or_before", "before"] = "on_or_before" if one.effect.after else "before"
            reasons.append(compare_days(DayTest(Today(), operator, one.effect.first, None), one.view))
        if one.effect.once is not None:
            reasons.append(not_told(evaluate(one.effect.once, one.view)))
        if reasons:
            found.append(all_told((one.held, any_told(reasons))))
    return found


def _first(run: Run, speaking: list[Speaking]) -> Node:
    """Give the latest first day of the rules that hold; none where one is unknown or a condition is not met."""
    not_yet = run.requests.not_yet
    blocked: list[Node] = []
    days: list[tuple[Node, Node]] = []
    for one in speaking:
        if not isinstance(one.effect, Usable):
            continue
        if one.effect.once is not None:
            once = evaluate(one.effect.once, one.view)
            blocked.append(all_of((perhaps(one.held.truth), surely(negated(once.truth)))))
        if one.effect.first is None:
            continue
        first = Shifted("days", 1, one.effect.first) if one.effect.after else one.effect.first
        day = day_of(first, one.view).value
        unclear = any_of((is_null(one.held.truth), is_null(day), compared(exp.EQ, day, not_yet)))
        blocked.append(all_of((perhaps(one.held.truth), unclear)))
        days.append((one.held.truth, day))
    return _furthest(days, any_of(blocked), "GREATEST", exp.cast(text(run.requests.dialect.first_day), "DATE"))


def _last(run: Run, speaking: list[Speaking]) -> Node:
    """Give the earliest last day of the rules that hold; none where one is unknown."""
    not_yet = run.requests.not_yet
    blocked: list[Node] = []
    days: list[tuple[Node, Node]] = []
    for one in speaking:
        if not isinstance(one.effect, Usable) or one.effect.until is None:
            continue
        day = day_of(one.effect.until, one.view).value
        blocked.append(all_of((perhaps(one.held.truth), any_of((is_null(one.held.truth), is_null(day))))))
        days.append((one.held.truth, day))
    last = _furthest(days, any_of(blocked), "LEAST", not_yet)
    return exp.Nullif(this=last, expression=not_yet) if days else last


def _furthest(days: list[tuple[Node, Node]], blocked: Node, function: str, neutral: Node) -> Node:
    """Give the greatest or the least of the days whose rule holds; none where something is in the way."""
    if not days:
        return unknown("DATE")
    held = any_of(surely(held) for held, _ in days)
    kept = [case((held, day), otherwise=neutral) for held, day in days]
    furthest = call(function, *kept) if len(kept) > 1 else kept[0]
    return case((any_of((blocked, negated(held))), unknown("DATE")), otherwise=furthest)
