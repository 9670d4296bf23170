"""Changing a policy one thing at a time, and asking its cases which changes they notice."""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from creditrules.front import Policy, load
from creditrules.program import Program
from creditrules.testing.cases import load_cases
from creditrules.testing.mutation.accepted import Accepted
from creditrules.testing.mutation.bench import Bench, bench
from creditrules.testing.mutation.case_text import case_yaml, expected, request_parts
from creditrules.testing.mutation.changes import Change, changes
from creditrules.testing.mutation.edits import Kind
from creditrules.testing.mutation.normal_form import Form, normal_form
from creditrules.testing.mutation.reach import rules_touched
from creditrules.testing.mutation.search import Found, NotFound, differing, distinguishing
from creditrules.vocabulary import Labels

State = Literal["killed", "survived", "same", "refused"]
DEFAULT_REQUESTS = 400
_AT_ONCE = 20  # changes a process takes at a time


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a change.

    `killed`: a case noticed it, `noticed_by` is its title. `survived`: no case did; `case` is one that would,
    `differs` the parts of the decision it shows in; where it is a case of the file that only has to expect more,
    `extends` is its title. `case` is empty where `looked_at` requests showed no difference. `same`: it is
    proved to be no change of any decision. `refused`: the changed policy is none; `finding` says why.
    """

    change: Change
    state: State
    noticed_by: str = ""
    differs: tuple[str, ...] = ()
    case: str = ""
    extends: str = ""
    looked_at: int = 0
    finding: str = ""
    reason: Labels | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """All verdicts on a policy, in the order of the file; `not_run` counts changes for which there was no time or no
    place in the sample, `stale` the accepted survivors that are none any more."""

    policy: str
    verdicts: tuple[Verdict, ...]
    not_run: int = 0
    stale: tuple[str, ...] = ()

    def of(self, state: State) -> tuple[Verdict, ...]:
        """Give the verdicts of one sort."""
        return tuple(one for one in self.verdicts if one.state == state)

    @property
    def unexplained(self) -> tuple[Verdict, ...]:
        """Give the survivors nobody gave a reason for."""
        return tuple(one for one in self.of("survived") if one.reason is None)

    @property
    def rate(self) -> float:
        """Give the share of changes that a case noticed, of all but those that are no change."""
        killed, survived = len(self.of("killed")), len(self.of("survived"))
        return killed / (killed + survived) if killed + survived else 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Which changes are made, and how hard is looked for a request that shows a survivor."""

    only: Collection[str] = ()
    kinds: Collection[Kind] = ()
    sample: int | None = None
    seconds: float | None = None
    seed: int = 0
    requests: int = DEFAULT_REQUESTS


def planned(policy: Policy, plan: Plan) -> tuple[list[int], int]:
    """Give the places of the changes to make among all of a policy, and how many of those asked for are left out."""
    wanted = [
        place
        for place, change in enumerate(changes(policy))
        if (not plan.only or change.part in plan.only or change.part.partition(" ")[2] in plan.only)
        and (not plan.kinds or change.kind in plan.kinds)
    ]
    if plan.sample is None or plan.sample >= len(wanted):
        return wanted, 0
    picked = sorted(random.Random(plan.seed).sample(wanted, plan.sample))
    return picked, len(wanted) - len(picked)


def mutate(
    policy: Policy, case_file: Path, plan: Plan, accepted: Accepted | None = None, *, jobs: int = 1
) -> Mutation:
    """Make every change that is planned, and judge it by the cases of a file.

    Raises `CasesFailError` where the cases do not pass as the policy stands, `PolicyError` where they cannot be read.
    With several `jobs` the policy is read again by each, from its file; what comes out is the same.
    """
    accepted = accepted or Accepted()
    everything = changes(policy)
    places, left_out = planned(policy, plan)
    deadline = None if plan.seconds is None else time.monotonic() + plan.seconds
    ready = bench(policy, load_cases(case_file))
    chunks = list(_chunks(everything, places))
    if jobs > 1 and len(chunks) > 1:
        found = _side_by_side(policy, case_file, plan, chunks, jobs, deadline)
    else:
        found = _one_by_one(ready, plan, chunks, deadline)
    verdicts = tuple(_explained(found[place], everything[place], accepted) for place in places if place in found)
    return Mutation(policy.id, verdicts, left_out + len(places) - len(found), _stale(everything, verdicts, accepted))


def _explained(verdict: Verdict, change: Change, accepted: Accepted) -> Verdict:
    reason = accepted.reasons.get(change.key) if verdict.state == "survived" else None
    return replace(verdict, change=change, reason=reason)


def _stale(everything: Sequence[Change], verdicts: Iterable[Verdict], accepted: Accepted) -> tuple[str, ...]:
    """Give the accepted survivors that are noticed by now, proved to be no change, or no longer there."""
    known = {change.key for change in everything}
    gone = {one.change.key for one in verdicts if one.state != "survived"}
    return tuple(key for key in accepted.reasons if key not in known or key in gone)


def _chunks(everything: Sequence[Change], places: Sequence[int]) -> Iterator[list[int]]:
    """Put changes of one part together, some at a time: a case that noticed one is the first to try on the next."""
    chunk: list[int] = []
    for place in places:
        if chunk and (len(chunk) >= _AT_ONCE or everything[place].part != everything[chunk[-1]].part):
            yield chunk
            chunk = []
        chunk.append(place)
    if chunk:
        yield chunk


def _one_by_one(
    ready: Bench, plan: Plan, chunks: Iterable[Sequence[int]], deadline: float | None
) -> dict[int, Verdict]:
    judge = _Judge(ready, plan)
    found: dict[int, Verdict] = {}
    for chunk in chunks:
        found |= judge.chunk(chunk, deadline)
    return found


def _side_by_side(
    policy: Policy, case_file: Path, plan: Plan, chunks: Sequence[Sequence[int]], jobs: int, deadline: float | None
) -> dict[int, Verdict]:
    found: dict[int, Verdict] = {}
    with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(policy.source.name, case_file, plan)) as pool:
        for done in as_completed(pool.submit(_go_on, chunk, deadline) for chunk in chunks):
            found |= done.result()
    return found


_JUDGES: list[_Judge] = []  # of this process; set once, before its first chunk


def _begin(policy_file: str, case_file: Path, plan: Plan) -> None:
    _JUDGES[:] = [_Judge(bench(load(Path(policy_file)), load_cases(case_file)), plan)]


def _go_on(chunk: Sequence[int], deadline: float | None) -> dict[int, Verdict]:
    found = _JUDGES[0].chunk(chunk, deadline)
    return {place: replace(one, change=replace(one.change, model=None)) for place, one in found.items()}


class _Judge:
    """Judges changes of one policy, by their places among all of them."""

    def __init__(self, ready: Bench, plan: Plan) -> None:
        self.bench, self.plan = ready, plan
        self.changes = changes(ready.policy)
        self._form: Form | None = None

    def chunk(self, places: Sequence[int], deadline: float | None) -> dict[int, Verdict]:
        """Judge some changes, until the time is over."""
        found = {}
        for place in places:
            if deadline is not None and time.monotonic() > deadline:
                break
            found[place] = self.verdict(self.changes[place])
        self.bench.noticed_by.clear()
        return found

    def verdict(self, change: Change) -> Verdict:
        """Judge one change."""
        program = self.bench.program(change)
        if not isinstance(program, Program):
            return Verdict(change, "refused", finding=program[0].code)
        noticed = self.bench.noticed(change, program)
        if noticed.by is not None:
            return Verdict(change, "killed", noticed_by=self.bench.cases[noticed.by].case.title)
        if noticed.changed is not None and noticed.unsaid is not None:
            case = self.bench.cases[noticed.unsaid]
            assert case.decision is not None
            return self._shown(
                change, Found(case.decision.request, case.decision, noticed.changed, 0), case.case.title
            )
        if normal_form(program) == self.form:
            return Verdict(change, "same")
        return self._searched(change, program)

    @property
    def form(self) -> Form:
        """Give the form of the policy as it stands, worked out once."""
        if self._form is None:
            self._form = normal_form(self.bench.policy.program)
        return self._form

    def _searched(self, change: Change, program: Program) -> Verdict:
        """Look for a request beyond the cases."""
        bench_, plan = self.bench, self.plan
        touched = rules_touched(bench_.policy.model, change.part)
        places = (bench_.cases[place].request for place in bench_.in_order(change))
        seeds = [request for request in places if request is not None]
        found = distinguishing(
            bench_.policy.program, program, seeds, touched, plan.requests, plan.seed, bench_.default_facts
        )
        if isinstance(found, NotFound):
            return Verdict(change, "survived", looked_at=len(seeds) + found.looked_at)
        return self._shown(change, found)

    def _shown(self, change: Change, found: Found, title: str = "") -> Verdict:
        """Write the request on which the two differ as a case."""
        expect = expected(found.original, found.changed, self.bench.policy.id)
        case = case_yaml(title or change.key, request_parts(found.request, self.bench.defaults), expect)
        differs = differing(found.original, found.changed)
        return Verdict(change, "survived", differs=differs, case=case, extends=title, looked_at=found.looked_at)
