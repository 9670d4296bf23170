"""How a duty stands on the day of the decision: met, late, open, overdue, owed, or undetermined."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from creditrules.calendar import period_of, periods
from creditrules.evaluator import Facts, evaluate, read_day
from creditrules.frozen import dataclass
from creditrules.program import NOT_YET, Duty, Mark
from creditrules.trace import Read, unknown_among, untold_reads

DutyState = Literal["met", "late", "open", "overdue", "owed", "undetermined"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a duty stands, its day, and the unknown facts where that could not be told."""

    status: DutyState
    due: dt.date | None
    unknown: tuple[Read, ...] = ()


def standings(duty: Duty, facts: Facts) -> list[Standing]:
    """Give the standing of a duty that holds: one, or one for every period of a recurring duty."""
    if duty.every is not None:
        return _recurring(duty, facts)
    due = read_day(duty.due, facts) if duty.due is not None else None
    day = due.value if due is not None else None
    due_unknown = due is not None and due.value is None
    done, done_on, unknown = _done(duty, facts)
    if due is not None and due_unknown:
        unknown = (*unknown, *unknown_among(due.reads))
    shown = day if isinstance(day, dt.date) else None
    status = _status(
        facts.request.on, due is not None, due_unknown, day, done, done_on, _has_test(duty), duty.done_on is not None
    )
    return [Standing(status, shown, _unique(unknown) if status == "undetermined" else ())]


def _has_test(duty: Duty) -> bool:
    return duty.done is not None or duty.done_on is not None


def _done(duty: Duty, facts: Facts) -> tuple[bool | None, dt.date | None, tuple[Read, ...]]:
    """Say whether it is done, on which day if that is told, and what is unknown."""
    if duty.done is not None:
        step = evaluate(duty.done, facts)
        return step.result, None, tuple(untold_reads(step))
    if duty.done_on is None:
        return False, None, ()
    read = facts.read(duty.done_on)
    if read.value is None:
        twin = duty.done_on.twin
        come = twin is not None and facts.read(facts.program.facts[twin]).value is True
        return (True if come else None), None, tuple(unknown_among((read,)))
    if isinstance(read.value, dt.date) and read.value <= facts.request.on:
        return True, read.value, ()
    return False, None, ()


def _status(
    on: dt.date,
    has_due: bool,
    due_unknown: bool,
    due: dt.date | Mark | None,
    done: bool | None,
    done_on: dt.date | None,
    tested: bool,
    dated: bool,
) -> DutyState:
    if done is None:
        return "undetermined"
    if done:
        if not has_due or (done_on is None and not dated):
            return "met"
        if done_on is None and isinstance(due, dt.date) and on <= due:
            return "met"  # done by today, which is in time
        if due_unknown or done_on is None:
            return "undetermined"
        return "met" if due is NOT_YET or (isinstance(due, dt.date) and done_on <= due) else "late"
    if not has_due:
        return "owed"
    if due_unknown:
        return "undetermined"
    if not isinstance(due, dt.date) or on <= due:
        return "open"
    return "overdue" if tested else "undetermined"


def _recurring(duty: Duty, facts: Facts) -> list[Standing]:
    """Calendar periods: the first owed is the one of the first day in force, or the first to begin on or after
    a later `since`; with `since` unknown only the running one is judged."""
    assert duty.every is not None
    assert duty.done_on is not None
    on, start = facts.request.on, facts.program.start
    since = read_day(duty.since, facts) if duty.since is not None else None
    read = facts.read(duty.done_on)
    running = period_of(on, duty.every)
    if since is not None and since.value is NOT_YET:
        return [Standing("open", None)]
    if since is None or (isinstance(since.value, dt.date) and since.value <= start):
        owed = periods(start, on, duty.every)
    elif isinstance(since.value, dt.date):
        begun = period_of(since.value, duty.every)
        first = begun[0] if begun[0] == since.value else begun[1] + dt.timedelta(days=1)
        if first > on:
            return [Standing("open", period_of(first, duty.every)[1])]
        owed = periods(first, on, duty.every)
    else:
        owed = [running]
    if read.value is None:
        return [Standing("undetermined", last, tuple(unknown_among((read,)))) for _, last in owed]
    days = [day for day in _days(read) if day <= on]
    found = []
    for first, last in owed:
        done = any(first <= day <= last for day in days)
        found.append(Standing("met" if done else "open" if last >= on else "overdue", last))
    return found


def _days(read: Read) -> list[dt.date]:
    values = read.value if isinstance(read.value, tuple) else (read.value,)
    return [day for day in values if isinstance(day, dt.date)]


def _unique(reads: tuple[Read, ...]) -> tuple[Read, ...]:
    return tuple({(read.fact, read.paper): read for read in reads}.values())
