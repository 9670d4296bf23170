"""How a duty stands, once more: done or not, in time or late, and for each period of one that recurs."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeAlias

from creditrules import policy as said
from creditrules.testing.second.days import NEVER, period
from creditrules.testing.second.facts import Asked
from creditrules.testing.second.truth import NO, YES, Told, known

Standing: TypeAlias = tuple[str, dt.date | None]
_ONE_DAY = dt.timedelta(days=1)


def standing(asked: Asked, duty: said.Duty, paper: str | None) -> list[Standing]:
    """Say how a duty stands, and its due day; one that recurs, for each of its periods."""
    on = asked.on
    if duty.every is not None:
        return _periods(asked, duty, paper)
    due = asked.day(duty.due, paper) if duty.due is not None else None
    shown = due.value if due is not None and not due.unknown and due.value != NEVER else None
    done, done_on = NO, None
    if duty.done is not None:
        done = asked.holds(duty.done, paper)
    elif duty.done_on is not None:
        name = duty.done_on.text
        told = asked.value(name, paper)
        if told.unknown:
            come = name in asked.event_of and asked.value(asked.event_of[name], paper).value is True
            done = YES if come else Told(0)
        else:
            done, done_on = known(told.value <= on), told.value
    if done.truth == 0:
        return [("undetermined", shown)]
    if done.truth < 0:
        return [(_undone(asked, duty, due), shown)]
    if due is None or duty.done is not None:
        return [("met", shown)]
    if done_on is None:  # done, nobody knows when: in time if there is time left
        in_time = not due.unknown and due.value != NEVER and on <= due.value
        return [("met" if in_time else "undetermined", shown)]
    if due.unknown:
        return [("undetermined", shown)]
    return [("met" if done_on <= due.value else "late", shown)]


def _undone(asked: Asked, duty: said.Duty, due: Any) -> str:
    if due is None:
        return "owed"
    if due.unknown:
        return "undetermined"
    if asked.on <= due.value:
        return "open"
    return "undetermined" if duty.done is None and duty.done_on is None else "overdue"


def _periods(asked: Asked, duty: said.Duty, paper: str | None) -> list[Standing]:
    assert duty.every is not None
    assert duty.done_on is not None
    on, start = asked.on, asked.policy.model.in_force.start
    since = asked.day(duty.since, paper) if duty.since is not None else None
    first = period(start, duty.every)[0]
    if since is not None and since.unknown:
        first = period(on, duty.every)[0]
    elif since is not None and since.value == NEVER:
        return [("open", None)]
    elif since is not None and since.value > start:
        begun = period(since.value, duty.every)
        first = begun[0] if begun[0] == since.value else begun[1] + _ONE_DAY
        if first > on:
            return [("open", period(first, duty.every)[1])]
    done = asked.value(duty.done_on.text, paper)
    found: list[Standing] = []
    while first <= on:
        last = period(first, duty.every)[1]
        if done.unknown:
            found.append(("undetermined", last))
        elif any(first <= day <= last and day <= on for day in done.value):
            found.append(("met", last))
        else:
            found.append(("open" if last >= on else "overdue", last))
        first = last + _ONE_DAY
    return found
