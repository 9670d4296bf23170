"""Duties as SQL: how a duty stands on the day of the decision, and its day."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from creditrules.drivers.sql.conditions import evaluate
from creditrules.drivers.sql.days import day_of
from creditrules.drivers.sql.facts import resolve
from creditrules.drivers.sql.nodes import (
    Node,
    all_of,
    any_of,
    case,
    compared,
    is_null,
    is_told,
    surely,
    text,
    truth,
    unknown,
)
from creditrules.drivers.sql.rules import Run
from creditrules.program import Duty, Rule


@dataclass(frozen=True, slots=True)
class Standing:
    """How a duty stands, as a word, and its day."""

    status: Node
    due: Node | None


@dataclass(frozen=True, slots=True)
class _Done:
    """Whether it is done, and on which day if that is told."""

    done: Node
    day: Node


def standing_of(run: Run, rule: Rule, duty: Duty) -> Standing:
    """Say how a duty stands that does not recur."""
    view = run.view(rule)
    due = day_of(duty.due, view).value if duty.due is not None else None
    done = _done(run, rule, duty)
    on = run.requests.on
    whens: list[tuple[Node, Node]] = [(is_null(done.done), text("undetermined"))]
    if due is None:
        whens.append((done.done, text("met")))
        return Standing(case(*whens, otherwise=text("owed")), None)
    if duty.done_on is None:
        whens.append((done.done, text("met")))
    else:
        in_time = all_of((done.done, is_null(done.day), surely(compared(exp.LTE, on, due)), _come_to(run, due)))
        whens.append((in_time, text("met")))
        whens.append((all_of((done.done, any_of((is_null(due), is_null(done.day))))), text("undetermined")))
        whens.append((all_of((done.done, compared(exp.LTE, done.day, due))), text("met")))
        whens.append((done.done, text("late")))
    whens.append((is_null(due), text("undetermined")))
    whens.append((compared(exp.LTE, on, due), text("open")))
    tested = duty.done is not None or duty.done_on is not None
    return Standing(case(*whens, otherwise=text("overdue" if tested else "undetermined")), due)


def _come_to(run: Run, due: Node) -> Node:
    """Say that a day is a real one, not one that has not come."""
    return compared(exp.NEQ, due, run.requests.not_yet)


def _done(run: Run, rule: Rule, duty: Duty) -> _Done:
    view, no_day = run.view(rule), unknown("DATE")
    if duty.done is not None:
        return _Done(evaluate(duty.done, view).truth, no_day)
    if duty.done_on is None:
        return _Done(truth(False), no_day)
    day = resolve(view, duty.done_on).value
    come = compared(exp.LTE, day, run.requests.on)
    if duty.done_on.twin is None:
        done = come
    else:
        twin = resolve(view, view.program.facts[duty.done_on.twin]).value
        done = case((is_told(day), come), (twin, truth(True)), otherwise=unknown("BOOLEAN"))
    return _Done(done, case((come, day), otherwise=no_day))
