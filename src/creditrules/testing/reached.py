"""What cases reached of a policy: rules, conditions both ways, clauses, and the days on which something turns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from creditrules.checker import cited_clauses
from creditrules.decision import Decision
from creditrules.evaluator import evaluate, read_day
from creditrules.front import Policy
from creditrules.policy import Rule as AuthoredRule
from creditrules.program import (
    AllOf,
    AnyOf,
    Condition,
    DayTest,
    Duty,
    FactDay,
    FactTest,
    Negation,
    PaperTest,
    Program,
    Require,
    Rule,
    TermUse,
    Usable,
)
from creditrules.rules import Run
from creditrules.source import Span
from creditrules.trace import Step

Side = Literal["in", "out"]
# By how many days left and right differ on the last (or first) day on which a comparison holds, and beside it.
_BORDERS = {"before": (-1, 0), "on_or_before": (0, 1), "after": (1, 0), "on_or_after": (0, -1)}
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to be reached: what it is called, where it stands, and which of its two sides were reached.

    Of a condition the sides are that it held and that it did not; of a day that it was still in and already out.
    """

    name: str
    span: Span | None
    yes: bool
    no: bool

    @property
    def whole(self) -> bool:
        """Say whether both sides were reached."""
        return self.yes and self.no


@dataclass(frozen=True, slots=True)
class Report:
    """What was reached of one policy, each list in the order of the file."""

    policy: str
    cases: int
    rules: tuple[Spot, ...]
    conditions: tuple[Spot, ...]
    days: tuple[Spot, ...]
    clauses: tuple[tuple[str, bool], ...]


@dataclass(slots=True)
class Reached:
    """What has been reached so far; `add` takes the decisions one by one, all by the same policy."""

    policy: Policy
    cases: int = 0
    _rules: dict[str, set[bool]] = field(default_factory=dict)
    _conditions: dict[int, set[bool]] = field(default_factory=dict)
    _days: dict[str, set[Side]] = field(default_factory=dict)

    def add(self, decision: Decision) -> None:
        """Note what a decision reached."""
        self.cases += 1
        program = self.policy.program
        for step in decision.trace.rules:
            if step.result is not None:
                self._rules.setdefault(step.name.partition(":")[2], set()).add(step.result)
        for step in _steps((*decision.trace.rungs, *decision.trace.papers, *decision.trace.rules)):
            self._note(step)
        _note(self._days, "in_force.from", program.start, decision.on, last=False)
        if program.until is not None:
            _note(self._days, "in_force.until", program.until, decision.on, last=True)
        run = Run((program,), decision.request)
        for rule in program.rules:
            for step, paper in run.instances(rule):
                if step.result is True:
                    self._of_effects(rule, run, paper.id if paper is not None else None)

    def _note(self, step: Step) -> None:
        if step.result is None or step.node is None or isinstance(step.node, Rule):
            return
        self._conditions.setdefault(id(step.node), set()).add(step.result)
        if isinstance(step.node, DayTest) and len(step.days) == 2:
            left, right = step.days
            if isinstance(left, dt.date) and isinstance(right, dt.date):
                inside, outside = _BORDERS[step.node.operator]
                apart = (left - right).days
                if apart in (inside, outside):
                    side: Side = "in" if apart == inside else "out"
                    self._days.setdefault(_name(self.policy, step.node), set()).add(side)

    def _of_effects(self, rule: Rule, run: Run, paper: str | None) -> None:
        """Note the days of a held rule's effects: days of use and of duties, and how `done` came out."""
        request = run.request
        facts = run.facts_for(rule, request.paper(paper) if paper is not None else None)
        for effect in rule.effects:
            if isinstance(effect, Usable):
                if effect.first is not None:
                    day = read_day(effect.first, facts).value
                    first = day + _ONE_DAY if effect.after and isinstance(day, dt.date) else day
                    _note(self._days, f"{rule.id}: usable.from", first, request.on, last=False)
                if effect.until is not None:
                    until = read_day(effect.until, facts).value
                    _note(self._days, f"{rule.id}: usable.until", until, request.on, last=True)
            elif isinstance(effect, Duty) and rule.left_to is None:
                if effect.due is not None:
                    reached = request.on
                    if effect.done_on is not None:
                        done = facts.read(effect.done_on).value
                        reached = done if isinstance(done, dt.date) and done <= request.on else request.on
                    _note(self._days, f"{rule.id}: duty.due", read_day(effect.due, facts).value, reached, last=True)
                if effect.done is not None:
                    for step in _steps((evaluate(effect.done, facts),)):
                        self._note(step)

    def report(self) -> Report:
        """Give what was reached, and what was not."""
        program = self.policy.program
        rules = sorted(program.rules, key=lambda rule: rule.span or Span(0, 0, 0, 0))
        nodes = sorted(_conditions(program), key=lambda node: (node.span or Span(0, 0, 0, 0), str(node)))
        held = {rule.id for rule in rules if True in self._rules.get(rule.id, ())}
        clauses = []
        for clause, cited in cited_clauses(self.policy.model).items():
            by = [one.id.text for one in cited if isinstance(one, AuthoredRule)]
            if by:
                clauses.append((clause, bool(held & set(by))))
        return Report(
            self.policy.id,
            self.cases,
            tuple(Spot(rule.id, rule.span, rule.id in held, False in self._rules.get(rule.id, ())) for rule in rules),
            tuple(
                Spot(
                    _name(self.policy, node),
                    node.span,
                    *(way in self._conditions.get(id(node), ()) for way in (True, False)),
                )
                for node in nodes
            ),
            tuple(
                Spot(name, None, "in" in self._days.get(name, ()), "out" in self._days.get(name, ()))
                for name in _limits(self.policy)
            ),
            tuple(clauses),
        )


def _note(days: dict[str, set[Side]], name: str, border: object, day: dt.date, last: bool) -> None:
    """Note a day that is the last one in (or the first), or the one beside it that is out."""
    if isinstance(border, dt.date):
        beside = border + _ONE_DAY if last else border - _ONE_DAY
        if day == border:
            days.setdefault(name, set()).add("in")
        elif day == beside:
            days.setdefault(name, set()).add("out")


def _steps(steps: Iterable[Step]) -> Iterator[Step]:
    seen: set[int] = set()
    todo = list(steps)
    while todo:
        here = todo.pop()
        if id(here) not in seen:
            seen.add(id(here))
            yield here
            todo += here.parts


def _conditions(program: Program) -> Iterator[FactTest | DayTest | PaperTest]:
    """Give every test of a program's scope, rules and effects, each once."""
    seen: set[int] = set()
    todo: list[Condition | None] = [program.scope]
    for rule in program.rules:
        todo += [rule.when, rule.unless]
        for effect in rule.effects:
            if isinstance(effect, Usable):
                todo.append(effect.once)
            elif rule.left_to is not None:
                continue  # what is offered is not looked into: whether it is met or done changes nothing
            elif isinstance(effect, Duty):
                todo.append(effect.done)
            elif isinstance(effect, Require):
                todo += [way.condition for way in effect.alternatives]
    while todo:
        here = todo.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        match here:
            case FactTest() | DayTest():
                yield here
            case PaperTest(such=such):
                yield here
                todo.append(such)
            case AllOf(parts=parts) | AnyOf(parts=parts):
                todo += parts
            case Negation(part=inner) | TermUse(condition=inner):
                todo.append(inner)


def _limits(policy: Policy) -> Iterator[str]:
    """Name every day on which something of the policy turns."""
    program = policy.program
    yield "in_force.from"
    if program.until is not None:
        yield "in_force.until"
    tests = [node for node in _conditions(program) if isinstance(node, DayTest)]
    yield from dict.fromkeys(
        _name(policy, node) for node in sorted(tests, key=lambda node: node.span or Span(0, 0, 0, 0))
    )
    for rule in program.rules:
        for effect in rule.effects:
            if isinstance(effect, Usable):
                yield from [f"{rule.id}: usable.from"] * (effect.first is not None)
                yield from [f"{rule.id}: usable.until"] * (effect.until is not None)
            elif isinstance(effect, Duty) and effect.due is not None and rule.left_to is None:
                yield f"{rule.id}: duty.due"


def _name(policy: Policy, node: FactTest | DayTest | PaperTest) -> str:
    """Call a condition by its place and its words."""
    words = ""
    match node:
        case FactTest(fact=fact, operator=operator, values=values):
            shown = ", ".join("true" if one is True else "false" if one is False else str(one) for one in values)
            words = f"{fact.name} {operator} {shown}"
        case DayTest(left=left, operator=operator):
            words = f"{left.fact.name if isinstance(left, FactDay) else 'today'} {operator} …"
        case PaperTest(which=which):
            words = f"{which}: …"
    line = f"{node.span.line}:{node.span.column} " if node.span is not None else ""
    return f"{line}{words}"


def report_text(report: Report, source: str) -> str:
    """Tell what was reached, and by name what was not."""

    def count(spots: tuple[Spot, ...]) -> str:
        return f"{sum(spot.whole for spot in spots)}/{len(spots)}"

    held = sum(spot.yes for spot in report.rules)
    cited = sum(reached for _, reached in report.clauses)
    lines = [
        f"{report.policy}（{report.cases} 个案例 cases）",
        f"  成立过的规则 rules that held: {held}/{len(report.rules)}",
        f"  两面都试过的条件 conditions both ways: {count(report.conditions)}",
        f"  引用到的条款 clauses reached: {cited}/{len(report.clauses)}",
        f"  期限的最后一天与次日 date limits, last day in and first day out: {count(report.days)}",
    ]
    lines += [f"    未成立 never held: {_at(source, spot)} {spot.name}" for spot in report.rules if not spot.yes]
    for spot in report.conditions:
        if not spot.whole:
            lines.append(f"    {_lacking(spot, '成立 true', '不成立 false')}: {source}:{spot.name}")
    for spot in report.days:
        if not spot.whole:
            lines.append(f"    {_lacking(spot, '在内 in', '在外 out')}: {spot.name}")
    lines += [f"    未引用 not reached: {clause}" for clause, reached in report.clauses if not reached]
    return "\n".join(lines)


def _at(source: str, spot: Spot) -> str:
    return f"{source}:{spot.span.line}" if spot.span is not None else source


def _lacking(spot: Spot, yes: str, no: str) -> str:
    if not spot.yes and not spot.no:
        return "两面都没有 neither way"
    return f"没有 never {no if spot.yes else yes}"
