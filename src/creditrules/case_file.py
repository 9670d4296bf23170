"""A case over time: events and days change the facts of its request, and each step is decided afresh.

An event never acts by itself: it only tells facts, and what follows from them is decided as if they had been told at
once. With an engine, each step is put to that too, as one fresh set of facts, and the two must agree.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Any, Literal

from creditrules.borders import border_days, on_another_day
from creditrules.case_events import Told, fitting, no_since, with_told
from creditrules.decision import Decision, RuleHeld
from creditrules.diagnostics import Findings, advice
from creditrules.drivers.rete import Engine, verify
from creditrules.errors import RequestError
from creditrules.frozen import dataclass
from creditrules.program import Program
from creditrules.reading import iso_date
from creditrules.timeline import Change, changes_between, changes_on, content

StepKind = Literal["opened", "told", "corrected", "day"]
DeadlineKind = Literal["duty", "referral", "first_day", "last_day"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day still to come, or today: the last one for a duty or an answer, the first or last one of a paper's use."""

    on: dt.date
    kind: DeadlineKind
    what: tuple[str, ...]
    rule: str | None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step of a case: its day, what was told, the decision then, and the rules that newly hold or no longer do.

    `changes` names everything else of the decision that is otherwise than a step before.
    """

    on: dt.date
    kind: StepKind
    told: Mapping[str, object]
    decision: Decision
    began: tuple[RuleHeld, ...]
    ended: tuple[RuleHeld, ...]
    changes: tuple[Change, ...]

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """Give the days to come that the decision names, the nearest first."""
        return tuple(sorted(_deadlines(self.decision), key=lambda one: (one.on, one.kind, one.what)))


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case at one of its steps, and those before it; an event or a day gives the next, and changes nothing here.

    `policy.case_file(request)` opens one. An event that is refused leaves the case as it was.

    >>> case = policy.case_file(request, engine="rete")
    >>> case = case.tell({"documents": [{"id": "r", "published_on": "2021-08-18"}]}, on="2021-08-18")
    >>> [held.rule for held in case.began]
    ['zhangye:announce-seven-working-days']
    """

    history: tuple[CaseStep, ...]
    programs: tuple[Program, ...] = field(repr=False)
    engine: Engine | None = field(repr=False)
    _decide: Callable[[Mapping[str, object]], Decision] = field(repr=False)
    _no_since: Mapping[Told, dt.date] = field(repr=False)

    @classmethod
    def opened(
        cls,
        decision: Decision,
        programs: tuple[Program, ...],
        decide: Callable[[Mapping[str, object]], Decision],
        engine: Engine | None,
    ) -> CaseFile:
        """Open a case with the decision of its first request; `decide` decides a request, or refuses it."""
        empty = cls((), programs, engine, decide, {})
        return empty._with(decision, "opened", json.loads(decision.request.text))

    @property
    def now(self) -> CaseStep:
        """Give the last step."""
        return self.history[-1]

    @property
    def on(self) -> dt.date:
        """Give the day the case has come to."""
        return self.now.on

    @property
    def decision(self) -> Decision:
        """Give the decision as things stand."""
        return self.now.decision

    @property
    def request(self) -> dict[str, Any]:
        """Give the request as things stand; deciding it gives `decision`."""
        return dict(json.loads(self.decision.request.text))

    @property
    def began(self) -> tuple[RuleHeld, ...]:
        """Give the rules that hold since the last step."""
        return self.now.began

    @property
    def ended(self) -> tuple[RuleHeld, ...]:
        """Give the rules that no longer hold since the last step."""
        return self.now.ended

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """Give the days to come that the decision names, the nearest first."""
        return self.now.deadlines

    @property
    def next_day(self) -> dt.date | None:
        """Give the next day on which the answer is another if nothing else happens, or `None`."""
        return changes_on(self.programs, self.decision.request)

    def tell(
        self, facts: Mapping[str, object], *, on: dt.date | str | None = None, correct: bool = False
    ) -> CaseFile:
        """Tell facts, in the form of a request, on the case's day or a later one; days between pass first.

        What was unknown may become anything, *no* may become *yes*, *not yet* a day, and a list longer; of a date and
        its yes/no fact the one told replaces the other's *no* or *not yet*. Everything else would be told otherwise
        than before, and needs `correct=True`; with that, `null` makes a fact unknown again. Papers are known by their
        `id`; a new one is handed in. Raises `RequestError` where the event does not fit: a day before the case's
        ([CR522]), a fact told otherwise ([CR523]), something come before it was told as not having come ([CR524]),
        facts that contradict each other ([CR502], [CR503]), or names and values that are none.
        """
        inside = facts.get("on")
        day = self._day(on if inside is None else inside)
        if on is not None and day != self._day(on):
            findings = Findings()
            findings.report("CR505", None, advice("drop-one"), spot="on", inside=inside, outside=on)
            raise RequestError(tuple(findings.found))
        case = self.day_passed(day) if day > self.on else self
        before = case.decision.request
        changed = with_told(case.programs, before, facts, correct)
        decision = case._decide({**changed, "on": day.isoformat()})
        if not correct:
            fitting(case.programs, before, decision.request, facts, case._no_since)
        return case._with(decision, "corrected" if correct else "told", facts)

    def day_passed(self, on: dt.date | str) -> CaseFile:
        """Come to a later day with nothing told; each day on the way that brings something else is a step of its own.

        Raises `RequestError` where the day is before the case's.
        """
        day = self._day(on)
        case = self
        if day == self.on:
            return case
        start = on_another_day(self.programs, self.decision.request, self.on)
        for next_ in (*border_days(self.programs, start, self.on, day - dt.timedelta(days=1)), day):
            request = json.loads(on_another_day(self.programs, start, next_).text)
            decision = case._decide(request)
            if next_ == day or content(decision) != content(case.decision):
                case = case._with(decision, "day", {})
        return case

    def _day(self, on: object) -> dt.date:
        findings = Findings()
        day = iso_date(on) if isinstance(on, str) else on
        if on is None:
            return self.on
        if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
            findings.report("CR303", None, advice("date-form"), spot="on", text=on)
        elif day < self.on:
            findings.report("CR522", None, spot="on", day=day, present=self.on)
        else:
            return day
        raise RequestError(tuple(findings.found))

    def _with(self, decision: Decision, kind: StepKind, told: Mapping[str, object]) -> CaseFile:
        """Add a step; with an engine, the rules that hold are those that it derived, and it must agree."""
        held = {(one.rule, one.document): one for one in decision.rules}
        if self.engine is not None:
            held = {one: held[one] for one in verify(self.programs, decision, self.engine).rules()}
        before = {(one.rule, one.document): one for one in self.decision.rules} if self.history else {}
        step = CaseStep(
            decision.request.on,
            kind,
            copy.deepcopy(dict(told)),
            decision,
            tuple(one for key, one in held.items() if key not in before),
            tuple(one for key, one in before.items() if key not in held),
            changes_between(self.decision, decision) if self.history else (),
        )
        since = no_since(decision.request, told if kind != "day" else {}, self._no_since)
        return replace(self, history=(*self.history, step), _no_since=since)


def _deadlines(decision: Decision) -> list[Deadline]:
    found = [
        Deadline(duty.due, "duty", duty.what, duty.rule, duty.document)
        for duty in decision.duties
        if duty.due is not None and duty.status in ("open", "undetermined")
    ]
    found += [
        Deadline(one.due, "referral", (one.to,), one.rule, one.document)
        for one in decision.referrals
        if one.due is not None
    ]
    for paper in decision.papers:
        if paper.from_ is not None:
            found.append(Deadline(paper.from_, "first_day", (paper.kind,), None, paper.id))
        if paper.until is not None:
            found.append(Deadline(paper.until, "last_day", (paper.kind,), None, paper.id))
    return [one for one in found if one.on >= decision.on]
