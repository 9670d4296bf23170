"""Time: the intervals in which a request has one answer, and what changes from one to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from creditrules.borders import border_days, on_another_day
from creditrules.decide import decide
from creditrules.decision import Applied, Decision
from creditrules.facts import Request
from creditrules.frozen import dataclass
from creditrules.program import Program, body

HORIZON = dt.timedelta(days=366 * 3)
ChangeKind = Literal[
    "outcome", "possible", "paper", "requirement", "duty", "measure", "option", "policy", "missing",
    "referral", "violation", "conflict", "difference", "weight", "untold", "presumed", "taken", "reading",
]  # fmt: skip
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is otherwise from a day on: what, and how it was and is (`None`: not there)."""

    kind: ChangeKind
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Interval:
    """Days, both in, with one answer; `decision` is that of the first day, `changes` what it brought."""

    first: dt.date
    last: dt.date
    decision: Decision
    changes: tuple[Change, ...]


def timeline(programs: tuple[Program, ...], request: Request, first: dt.date, last: dt.date) -> tuple[Interval, ...]:
    """Give the intervals from `first` to `last`, both in, as things stand if nothing else happens.

    They are worked out from the conditions' own dates, not by trying each day, and agree with deciding each day.
    """
    days = [first, *border_days(programs, on_another_day(programs, request, first), first, last)]
    found: list[Interval] = []
    for place, day in enumerate(days):
        end = days[place + 1] - _ONE_DAY if place + 1 < len(days) else last
        decision = decide(programs, on_another_day(programs, request, day))
        if found and content(decision) == content(found[-1].decision):
            found[-1] = replace(found[-1], last=end)
        else:
            changes = changes_between(found[-1].decision, decision) if found else ()
            found.append(Interval(day, end, decision, changes))
    return tuple(found)


def changes_on(programs: tuple[Program, ...], request: Request) -> dt.date | None:
    """Give the next day on which the answer is another if nothing else happens; `None` where there is none.

    Looks through every date of the request and its policies, and three years of recurring periods.
    """
    here = on_another_day(programs, request, request.on)
    now = content(decide(programs, here))
    dates = border_days(programs, here, request.on, request.on + HORIZON)
    later = border_days(programs, here, request.on + HORIZON, dt.date(2199, 12, 31)) if not _recurs(programs) else ()
    for day in (*dates, *later):
        if content(decide(programs, on_another_day(programs, request, day))) != now:
            return day
    return None


def _recurs(programs: tuple[Program, ...]) -> bool:
    return any(getattr(effect, "every", None) for one in programs for rule in one.rules for effect in rule.effects)


def content(decision: Decision) -> Mapping[str, object]:
    """Give what a decision says, without its day and without the order in which missing facts are listed."""
    said = decision.to_dict()
    del said["on"]
    said["missing"] = sorted(map(str, decision.missing))
    return said


def changes_between(before: Decision, after: Decision) -> tuple[Change, ...]:
    """Give what is otherwise in a later decision."""
    changes = []
    old, new = _facets(before), _facets(after)
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            changes.append(Change(key[0], key[1], old.get(key), new.get(key)))
    return tuple(changes)


def _facets(decision: Decision) -> dict[tuple[ChangeKind, str], str]:
    """Give each facet's state; of one that stands for several entries (a requirement of each paper), all states."""
    found: dict[tuple[ChangeKind, str], set[str]] = {}
    for key, state in _each_facet(decision):
        found.setdefault(key, set()).add(state)
    return {key: "+".join(sorted(states)) for key, states in found.items()}


def _each_facet(decision: Decision) -> Iterator[tuple[tuple[ChangeKind, str], str]]:
    yield ("outcome", ""), decision.outcome
    if decision.outcome == "undetermined":
        yield ("possible", ""), " ".join(decision.possible)
    for paper in decision.papers:
        yield ("paper", paper.id), paper.status
    for one in decision.requirements:
        met = {True: "met", False: "not_met", None: "undetermined"}[one.met]
        asked = body(one.from_, one.rule.partition(":")[0]) if one.from_ else ""
        yield ("requirement", "|".join((asked, *(one.any_of or one.all_of or ())))), met
    for duty in decision.duties:
        about = f"{duty.rule}|{duty.who}|{'|'.join(duty.what)}|{duty.document or ''}|{duty.due or ''}"
        yield ("duty", about), duty.status
    applied: dict[ChangeKind, tuple[Applied, ...]] = {"measure": decision.measures, "option": decision.options}
    for kind, entries in applied.items():
        for entry in entries:
            by = body(entry.by, entry.rule.partition(":")[0])
            about = f"{by}|{entry.target}|{'+'.join(entry.any_of)}|{entry.document or ''}|{entry.code}"
            yield (kind, about), " ".join(entry.clauses)
    for used in decision.policy:
        yield ("policy", used.id), used.why
    for fact in decision.missing:
        yield ("missing", f"{fact.document or ''}|{fact.fact}"), "there"
    yield from _lesser_facets(decision)


def _lesser_facets(decision: Decision) -> Iterator[tuple[tuple[ChangeKind, str], str]]:
    for referral in decision.referrals:
        yield ("referral", f"{referral.rule}|{referral.document or ''}"), f"{referral.due or 'there'}"
    for violation in decision.violations:
        yield ("violation", f"{violation.rule}|{violation.document or ''}|{violation.due or ''}"), "there"
    for conflict in decision.conflicts:
        yield ("conflict", f"{conflict.favour.rule}|{conflict.burden.rule}"), "there"
    for difference in decision.differences:
        sides = (f"{side.policy}={','.join(side.says)}" for side in difference.sides)
        yield ("difference", f"{difference.topic}|{difference.about}"), " ".join(sides)
    for weight in decision.weights:
        yield ("weight", f"{weight.rule}|{weight.document or ''}|{weight.code}"), "there"
    for untold in decision.untold:
        facts = " ".join(f"{fact.document or ''}|{fact.fact}" for fact in untold.missing)
        yield ("untold", f"{untold.rule}|{untold.document or ''}|{untold.effect}|{'+'.join(untold.codes)}"), facts
    for presumed in decision.presumed:
        yield ("presumed", f"{presumed.document or ''}|{presumed.fact}"), "there"
    for taken in decision.taken:
        yield ("taken", f"{taken.document or ''}|{taken.fact}"), "there"
    for reading in decision.readings:
        yield ("reading", f"{reading.of}|{','.join(reading.clauses)}"), "there"
