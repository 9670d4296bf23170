"""Whether a paper counts: its status on the day of the decision, and from and until when."""

from __future__ import annotations

import datetime as dt
from typing import Literal, get_args

from creditrules.evaluator import Facts, compare, evaluate, read_day
from creditrules.facts import Paper
from creditrules.frozen import dataclass
from creditrules.program import (
    DayExpr,
    DayTest,
    Inadmissible,
    Rule,
    Shifted,
    Today,
    Usable,
)
from creditrules.rules import Run
from creditrules.trace import Step, all_step, any_step, not_step

PaperTest = Literal["inadmissible", "lapsed", "not_yet", "may_refuse"]
PaperState = Literal[PaperTest, "admissible", "undetermined"]
_LADDER: tuple[PaperTest, ...] = get_args(PaperTest)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPaper:
    """A paper with the four tests of its status, and what follows: whether it is usable, and cleanly so."""

    paper: Paper
    tests: dict[PaperTest, Step]
    usable: Step
    clean: Step
    status: PaperState
    first: dt.date | None
    last: dt.date | None
    held: tuple[Rule, ...]

    @property
    def step(self) -> Step:
        """Give the status as a step of the trace."""
        parts = tuple(self.tests[state] for state in _LADDER)
        result = None if self.status == "undetermined" else self.status in ("admissible", "may_refuse")
        return Step("status", result, self.status, parts, paper=self.paper.id)


@dataclass(frozen=True, slots=True, eq=False)
class _Speaking:
    """A rule that speaks of a paper's use, with its step and its effect."""

    rule: Rule
    step: Step
    effect: Usable | Inadmissible
    facts: Facts


def judge_paper(run: Run, paper: Paper, policy: str | None = None) -> JudgedPaper:
    """Judge a paper by every rule about papers (of one policy alone, if it is named); a rule left to somebody can
    only make it one that may be refused."""
    speaking = [
        _Speaking(rule, run.holds(rule, paper), effect, run.facts_for(rule, paper))
        for rule in run.speaking
        if rule.each and policy in (None, rule.policy)
        for effect in rule.effects
        if isinstance(effect, Usable | Inadmissible)
    ]
    binding = [one for one in speaking if one.rule.left_to is None]
    left = [one for one in speaking if one.rule.left_to is not None]
    tests: dict[PaperTest, Step] = {
        "inadmissible": any_step("status", _refused(binding), "inadmissible", paper=paper.id),
        "lapsed": any_step("status", _lapsed(binding), "lapsed", paper=paper.id),
        "not_yet": any_step("status", _not_yet(binding), "not_yet", paper=paper.id),
        "may_refuse": any_step(
            "status", [*_refused(left), *_lapsed(left), *_not_yet(left)], "may_refuse", paper=paper.id
        ),
    }
    barred = [tests["inadmissible"], tests["lapsed"], tests["not_yet"]]
    usable = not_step(any_step("status", barred, paper=paper.id), "usable", paper.id)
    clean = all_step("clean", (usable, not_step(tests["may_refuse"])), paper.id)
    held = tuple(one.rule for one in speaking if one.step.result is True)
    return JudgedPaper(paper, tests, usable, clean, _status(tests), _first(speaking), _last(speaking), held)


def _status(tests: dict[PaperTest, Step]) -> PaperState:
    for state in _LADDER:
        if tests[state].result is None:
            return "undetermined"
        if tests[state].result:
            return state
    return "admissible"


def _refused(speaking: list[_Speaking]) -> list[Step]:
    return [one.step for one in speaking if isinstance(one.effect, Inadmissible)]


def _lapsed(speaking: list[_Speaking]) -> list[Step]:
    """After a last day; and where a first day comes after a last one, so that no day is left."""
    ended = [
        all_step("effect", (one.step, compare(DayTest(Today(), "after", one.effect.until, None), one.facts)))
        for one in speaking
        if isinstance(one.effect, Usable) and one.effect.until is not None
    ]
    crossed = [
        all_step("effect", (one.step, other.step, _begins_after(one, other)))
        for one in speaking
        if isinstance(one.effect, Usable) and one.effect.first is not None
        for other in speaking
        if isinstance(other.effect, Usable) and other.effect.until is not None
    ]
    return [*ended, *crossed]


def _begins_after(one: _Speaking, other: _Speaking) -> Step:
    assert isinstance(one.effect, Usable)
    assert isinstance(other.effect, Usable)
    assert one.effect.first is not None
    assert other.effect.until is not None
    test = DayTest(one.effect.first, "on_or_after" if one.effect.after else "after", other.effect.until, None)
    return compare(test, one.facts)


def _not_yet(speaking: list[_Speaking]) -> list[Step]:
    """Before a first day, or on a condition not met."""
    found = []
    for one in speaking:
        if not isinstance(one.effect, Usable):
            continue
        reasons = []
        if one.effect.first is not None:
            operator: Literal["on_or_before", "before"] = "on_or_before" if one.effect.after else "before"
            reasons.append(compare(DayTest(Today(), operator, one.effect.first, None), one.facts))
        if one.effect.once is not None:
            reasons.append(not_step(evaluate(one.effect.once, one.facts)))
        if reasons:
            found.append(all_step("effect", (one.step, any_step("any", reasons))))
    return found


def _first(speaking: list[_Speaking]) -> dt.date | None:
    """Give the latest first day of the rules that hold; none where one is unknown or a condition is not met."""
    days: list[dt.date] = []
    for one in speaking:
        if one.step.result is False or not isinstance(one.effect, Usable):
            continue
        if one.effect.once is not None and evaluate(one.effect.once, one.facts).result is False:
            return None
        if one.effect.first is None:
            continue
        expression: DayExpr = one.effect.first
        day = read_day(Shifted("days", 1, expression) if one.effect.after else expression, one.facts).value
        if one.step.result is None or not isinstance(day, dt.date):
            return None
        days.append(day)
    return max(days, default=None)


def _last(speaking: list[_Speaking]) -> dt.date | None:
    """Give the earliest last day of the rules that hold; none where one is unknown."""
    days: list[dt.date] = []
    for one in speaking:
        if one.step.result is False or not isinstance(one.effect, Usable) or one.effect.until is None:
            continue
        day = read_day(one.effect.until, one.facts).value
        if one.step.result is None or day is None:
            return None
        if isinstance(day, dt.date):
            days.append(day)
    return min(days, default=None)
