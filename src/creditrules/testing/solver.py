"""Requests in which a chosen rule holds, found from the rule itself: branches of `any` are chosen, exceptions and
rules that override it are made to fail, premises and scope to hold, and days are set one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from creditrules.evaluator import Facts, evaluate, has_come, value_fits
from creditrules.program import (
    NOT_YET,
    AllOf,
    AnyOf,
    Condition,
    DayTest,
    FactInfo,
    FactTest,
    Given,
    Negation,
    PaperTest,
    Program,
    Rule,
    TermUse,
    Value,
)
from creditrules.rules import Run
from creditrules.testing.draft import Draft, Place, without_contradictions
from creditrules.testing.spoken import facts_of
from creditrules.testing.worth_trying import ONE_DAY, days_of, decision_days, values_of

Pick = Callable[[int], int]  # a number below the one given: where a choice begins
Fixed = Callable[[Place], Value | None]  # the value of a fact that is not to be chosen

_STEPS = 4_000  # of one search; with more the rule is hardly to be made to hold
_DAYS_TRIED = 10


@dataclass(frozen=True, slots=True)
class _Goal:
    """A condition and how it is to come out, for a paper or for none."""

    condition: Condition
    wanted: bool
    paper: str | None = None


@dataclass(frozen=True, slots=True)
class _State:
    """What has been settled: the values still open for each fact, comparisons of days yet to be met, the papers."""

    open: Mapping[Place, tuple[Value, ...]] = field(default_factory=dict)
    days: tuple[_Goal, ...] = ()
    every: tuple[_Goal, ...] = ()  # to come out so for every paper
    papers: tuple[str, ...] | None = None
    matter: bool = False


class _OutOfStepsError(Exception):
    """The search has gone on for too long."""


@dataclass(slots=True)
class _Search:
    program: Program
    pick: Pick
    fixed: Fixed
    steps: int = 0

    def states(self, todo: tuple[_Goal, ...], state: _State) -> Iterator[_State]:
        """Give every way to meet the goals, choices in the order picked."""
        self.steps += 1
        if self.steps > _STEPS:
            raise _OutOfStepsError
        if not todo:
            if not state.every:
                yield state
                return
            more = tuple(replace(goal, paper=paper) for goal in state.every for paper in state.papers or ())
            yield from self.states(more, replace(state, every=()))
            return
        goal, rest = todo[0], todo[1:]
        wanted, paper = goal.wanted, goal.paper
        match goal.condition:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                goals = tuple(_Goal(part, wanted, paper) for part in parts)
                if isinstance(goal.condition, AllOf) is wanted:
                    yield from self.states((*goals, *rest), state)
                    return
                for one in self.turned(goals):
                    yield from self.states((one, *rest), state)
            case Negation(part=part):
                yield from self.states((_Goal(part, not wanted, paper), *rest), state)
            case TermUse(condition=inner):
                yield from self.states((_Goal(inner, wanted, paper), *rest), state)
            case Given(truth=truth):
                if truth is wanted:
                    yield from self.states(rest, state)
            case FactTest():
                yield from self.tested(goal.condition, goal, rest, state)
            case DayTest():
                yield from self.dated(goal.condition, goal, rest, state)
            case PaperTest(which=which, such=such):
                yield from self.among_papers(_Goal(such, (which == "some") is wanted), rest, state)

    def turned(self, choices: tuple[_Goal, ...]) -> tuple[_Goal, ...]:
        """Begin a choice where picked."""
        first = self.pick(len(choices)) if len(choices) > 1 else 0
        return choices[first:] + choices[:first]

    def tested(self, test: FactTest, goal: _Goal, rest: tuple[_Goal, ...], state: _State) -> Iterator[_State]:
        info = test.fact
        place: Place = (goal.paper if info.about_paper else None, info.name)
        fresh = place not in state.open
        candidates = state.open[place] if not fresh else self.candidates(info, place)
        left = tuple(value for value in candidates if value_fits(test, value) is goal.wanted)
        if not left:
            return
        more = self.premise(info, goal.paper) if fresh and left != (info.absent(),) else ()
        matter = state.matter or info.scope == "matter"
        yield from self.states((*more, *rest), replace(state, open={**state.open, place: left}, matter=matter))

    def candidates(self, info: FactInfo, place: Place) -> tuple[Value, ...]:
        one = self.fixed(place)
        if one is not None:
            return (one,)
        aimed, others = values_of(info, self.program)
        values = (*aimed, *others)
        first = self.pick(len(aimed)) if len(aimed) > 1 else 0
        return values[first:] + values[:first]

    def premise(self, info: FactInfo, paper: str | None) -> tuple[_Goal, ...]:
        return (_Goal(info.only_if, True, paper),) if info.only_if is not None else ()

    def dated(self, test: DayTest, goal: _Goal, rest: tuple[_Goal, ...], state: _State) -> Iterator[_State]:
        infos = [*facts_of(test.left), *facts_of(test.right)]
        told = {fact.name for one in state.days for fact in _facts_in(one)}
        more = tuple(goal_ for info in infos if info.name not in told for goal_ in self.premise(info, goal.paper))
        matter = state.matter or any(info.scope == "matter" for info in infos)
        yield from self.states((*more, *rest), replace(state, days=(*state.days, goal), matter=matter))

    def among_papers(self, goal: _Goal, rest: tuple[_Goal, ...], state: _State) -> Iterator[_State]:
        """For one of the papers it holds: one that is there, or another; or for every paper it fails."""
        papers = state.papers or ()
        if not goal.wanted:
            yield from self.states(rest, replace(state, papers=papers, every=(*state.every, goal)))
            return
        another = f"p{len(papers) + 1}"
        for one in self.turned(tuple(replace(goal, paper=paper) for paper in (*papers, another))):
            known = papers if one.paper in papers else (*papers, another)
            yield from self.states((one, *rest), replace(state, papers=known))

    # values

    def drafts(self, state: _State) -> Iterator[Draft]:
        """Give drafts that meet a state: a day of decision, the dates, then all else."""
        for on in islice(self.turned_days(), _DAYS_TRIED):
            values: dict[Place, Value] = {place: left[0] for place, left in state.open.items()}
            for paper in state.papers or ():
                kind = (paper, "document.kind")
                if kind not in values:
                    values[kind] = self.candidates(self.program.facts["document.kind"], kind)[0]
            draft = Draft(on, values, state.matter, state.papers)
            for found in self.with_days(draft, self.dates(state), state.days):
                fitting = self.with_twins(found, state)
                if fitting is not None:
                    yield fitting

    def turned_days(self) -> Iterator[dt.date]:
        program, fixed = self.program, self.fixed((None, "on"))
        if isinstance(fixed, dt.date):
            yield fixed
            return
        last = program.until or dt.date(2199, 12, 31)
        usual = [program.start + ONE_DAY * days for days in (200, 700, 1500)]
        days = [day for day in (*usual, *decision_days(program)) if program.start <= day <= last] or [program.start]
        first = self.pick(len(days))
        yield from days[first:] + days[:first]

    def dates(self, state: _State) -> tuple[Place, ...]:
        found: dict[Place, None] = {}
        for goal in state.days:
            for info in _facts_in(goal):
                found[(goal.paper if info.about_paper else None, info.name)] = None
        return tuple(found)

    def with_days(self, draft: Draft, places: tuple[Place, ...], goals: tuple[_Goal, ...]) -> Iterator[Draft]:
        """Set dates one after the other, and turn back where a comparison comes out otherwise than wanted."""
        self.steps += 1
        if self.steps > _STEPS:
            raise _OutOfStepsError
        results = [self.result(goal, draft) for goal in goals]
        if any(result is not None and result is not goal.wanted for result, goal in zip(results, goals, strict=True)):
            return
        if not places:
            if None not in results:
                yield draft
            return
        place = places[0]
        fixed = self.fixed(place)
        if fixed is not None:
            days: tuple[Value, ...] = (fixed,)
        else:
            near = days_of(self.program.facts[place[1]], self.program, draft.request(), place[0])
            days = (*near, draft.on, draft.on - ONE_DAY * 400, draft.on + ONE_DAY * 40, NOT_YET)
            first = self.pick(len(days))
            days = days[first:] + days[:first]
        for day in days:
            yield from self.with_days(draft.told(place, day), places[1:], goals)

    def result(self, goal: _Goal, draft: Draft) -> bool | None:
        request = draft.request()
        paper = request.paper(goal.paper) if goal.paper is not None else None
        return evaluate(goal.condition, Facts(self.program, request, paper)).result

    def with_twins(self, draft: Draft, state: _State) -> Draft | None:
        """Let yes/no facts follow the dates that tell them; `None` where they are to be otherwise."""
        values = dict(draft.values)
        for (paper, name), left in state.open.items():
            info = self.program.facts[name]
            day = values.get((paper, info.twin)) if info.type == "bool" and info.twin is not None else None
            if day is not None:
                told = has_come(day, draft.on)
                if told not in left:
                    return None
                values[(paper, name)] = told
        return replace(draft, values=values)


def _facts_in(goal: _Goal) -> tuple[FactInfo, ...]:
    test = goal.condition
    assert isinstance(test, DayTest)
    return (*facts_of(test.left), *facts_of(test.right))


def drafts_making(program: Program, rule: Rule, pick: Pick, fixed: Fixed) -> Iterator[Draft]:
    """Give drafts, without contradiction, in which a rule holds; none where the search finds none."""
    search = _Search(program, pick, fixed)
    state = _State(papers=("p1",) if rule.each else None, matter=rule.needs_matter)
    try:
        for met in search.states(tuple(_goals(program, rule)), state):
            for draft in islice(search.drafts(met), 3):
                draft = without_contradictions(program, draft, frozenset(draft.values))
                if holds(program, rule, draft):
                    yield draft
    except _OutOfStepsError:
        return


def _goals(program: Program, rule: Rule) -> Iterator[_Goal]:
    paper = "p1" if rule.each else None
    if rule.matters is not None:
        code = FactTest(program.facts["matter.code"], "is", tuple(sorted(rule.matters)), None)
        yield _Goal(code, True)
    yield _Goal(rule.when, True, paper)
    if rule.unless is not None:
        yield _Goal(rule.unless, False, paper)
    yield _Goal(program.scope, True)
    rules = {one.key: one for one in program.rules}
    for key in program.overridden_by.get(rule.key, ()):
        other = rules.get(key)
        if other is None or (other.needs_matter and not rule.needs_matter):
            continue  # of another document, or silent where there is no matter
        failing = _failing(program, other)
        if other.each and not rule.each:
            yield _Goal(PaperTest("none", Negation(failing)), True)
        else:
            yield _Goal(failing, True, paper if other.each else None)


def _failing(program: Program, rule: Rule) -> Condition:
    """Say as a condition that a rule does not hold."""
    ways: list[Condition] = [Negation(rule.when)]
    if rule.unless is not None:
        ways.append(rule.unless)
    if rule.matters is not None:
        ways.append(FactTest(program.facts["matter.code"], "is_not", tuple(sorted(rule.matters)), None))
    return AnyOf(tuple(ways))


def holds(program: Program, rule: Rule, draft: Draft) -> bool:
    """Say whether a rule holds, for some paper where it is about papers."""
    run = Run((program,), draft.request())
    return any(step.result is True for step, _ in run.instances(rule))
