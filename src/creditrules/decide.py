"""From programs and a request to a decision: papers, requirements, measures, the ladder, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from creditrules import assembly
from creditrules.assembly import Instance, in_order, rule_name
from creditrules.decision import (
    Applying,
    Decision,
    Outcome,
    PolicyUsed,
    PresumedFact,
    Reading,
    RuleHeld,
    TakenFact,
    Trace,
)
from creditrules.differences import differences
from creditrules.facts import Request
from creditrules.ladder import conflicts_of, measures_of, possible, rungs
from creditrules.missing import missing
from creditrules.near_miss import misses, of_another_kind
from creditrules.papers import judge_paper
from creditrules.program import Duty, Program, Refer, Rule, TermUse, Weigh
from creditrules.requirements import judge_requirements
from creditrules.rules import Run
from creditrules.trace import Step, Truth
from creditrules.vocabulary import Labels


class Judged:
    """Everything judged of one request: papers, requirements, measures, conflicts and the rungs."""

    def __init__(self, programs: tuple[Program, ...], request: Request) -> None:
        self.run = Run(programs, request)
        self.papers = {paper.id: judge_paper(self.run, paper) for paper in request.papers or ()}
        self.requirements = judge_requirements(self.run, self.papers)
        self.measures = measures_of(self.run)
        self.conflicts = conflicts_of(self.run, self.measures)
        self.rungs = rungs(self.run, self.measures, self.requirements, self.conflicts)
        self.possible: tuple[tuple[str, Truth], ...] = possible(self.rungs)


def decide(programs: tuple[Program, ...], request: Request) -> Decision:
    """Decide a request by all programs together; nothing but the arguments is looked at, and nothing changed."""
    judged = Judged(programs, request)
    run = judged.run
    names = tuple(name for name, _ in judged.possible)
    untold_rungs = [step for step in judged.rungs if step.result is None and step.name in names]
    unknown = missing(
        untold_rungs, run.programs, request, lambda changed: len(Judged(programs, changed).possible) == 1
    )
    outcome = cast(Outcome, names[0]) if len(names) == 1 else "undetermined"  # a rung has its outcome's name
    silent = names == ("not_applicable",)
    papers = [] if silent else [judged.papers[id_] for id_ in sorted(judged.papers)]
    instances = [(rule, step, paper) for rule in run.speaking for step, paper in run.instances(rule)]
    speaking = [instance for instance in instances if _speaks(instance[1])]
    held = [instance for instance in instances if instance[1].result is True]
    effects = [(rule, effect, paper) for rule, _, paper in held for effect in rule.effects]
    binding = [(rule, effect, paper) for rule, effect, paper in effects if rule.left_to is None]
    duties = in_order(
        entry
        for rule, effect, paper in binding
        if isinstance(effect, Duty)
        for entry in assembly.duties(run, rule, effect, paper)
    )
    return Decision(
        on=request.on,
        outcome=outcome,
        possible=names,
        missing=unknown,
        requirements=assembly.requirements(judged.requirements),
        papers=tuple(assembly.paper_status(one) for one in papers),
        measures=assembly.merged(
            entry
            for one in judged.measures
            if one.holds.result is True and one.rule.left_to is None
            for entry in assembly.applied(one.rule, one.effect, one.paper, one.effect.by)
        ),
        options=assembly.merged(
            entry
            for rule, effect, paper in effects
            if rule.left_to is not None
            for entry in assembly.applied(rule, effect, paper, rule.left_to)
        ),
        weights=in_order(
            entry
            for rule, effect, paper in effects
            if isinstance(effect, Weigh)
            for entry in assembly.weights(rule, effect, paper)
        ),
        referrals=in_order(
            assembly.referral(run, rule, effect, paper)
            for rule, effect, paper in effects
            if isinstance(effect, Refer)
        ),
        duties=duties,
        violations=in_order(assembly.violations(held, duties)),
        conflicts=in_order(assembly.conflict(one) for one in judged.conflicts if one.both.result is True),
        differences=differences(run, papers, judged.requirements, judged.measures),
        presumed=() if silent else _presumed(run),
        taken=() if silent else _taken(run),
        readings=_readings(run, speaking, [*untold_rungs, *(one.step for one in papers)]),
        untold=in_order(
            entry
            for rule, step, paper in speaking
            if step.result is None
            for entry in assembly.untold(rule, step, paper)
        ),
        rules=in_order(
            RuleHeld(rule_name(rule), rule.clauses, paper.id if paper else None) for rule, _, paper in held
        ),
        policy=tuple(_policy(run, program) for program in run.programs),
        request=request,
        trace=Trace(judged.rungs, tuple(one.step for one in papers), _trace_of_rules(speaking)),
    )


def _speaks(step: Step) -> bool:
    """Say whether a rule could speak to the request: its document applies, and the matter is one of its own."""
    return all(part.result is not False for part in step.parts if part.kind in ("scope", "matters"))


def _trace_of_rules(speaking: Iterable[Instance]) -> tuple[Step, ...]:
    """Order rules: those that hold, those not told, then the others, the nearest to holding first."""
    order = {True: 0, None: 1, False: 2}

    def key(step: Step) -> tuple[int, bool, int, str, str]:
        return order[step.result], of_another_kind(step), misses(step), step.name, step.paper or ""

    return tuple(sorted((step for _, step, _ in speaking), key=key))


def _presumed(run: Run) -> tuple[PresumedFact, ...]:
    found = []
    for program, read in run.reads("presumed"):
        one = program.presumed[read.fact]
        found.append(PresumedFact(read.fact, read.paper, one.value, program.policy, one.clauses))
    return in_order(found)


def _taken(run: Run) -> tuple[TakenFact, ...]:
    return in_order(TakenFact(read.fact, read.paper, read.held_by) for _, read in run.reads("taken"))


def _readings(run: Run, speaking: list[Instance], untold: Iterable[Step]) -> tuple[Reading, ...]:
    """Give the assumptions of what the request touches: of rules that hold and of those an untold rung or paper
    rests on, with their terms; and of the settings that any rule about the request uses."""
    found: list[Reading] = []

    def note(of: str, reading: Labels | None, clauses: tuple[str, ...]) -> None:
        if reading is not None:
            found.append(Reading(of, reading.zh, reading.en, clauses))

    held = [(rule, step) for rule, step, _ in speaking if step.result is True]
    for rule, _ in [*held, *_resting_on(untold)]:
        note(rule_name(rule), rule.reading, rule.clauses)
        for term in _terms(rule):
            note(f"{rule.policy}:{term.name}", term.reading, term.clauses)
    for rule, step, _ in speaking:
        if step.result is not False or not of_another_kind(step):
            for name, reading, clauses in rule.readings:
                note(f"{rule.policy}:{name}", reading, clauses)
    for program in run.programs:
        note(f"{program.policy}:in_force", program.in_force_reading, program.in_force_clauses)
        if run.applies(program).parts[0].result:
            note(f"{program.policy}:scope", program.scope_reading, program.scope_clauses)
    for program, read in run.reads("presumed"):
        one = program.presumed[read.fact]
        note(f"{program.policy}:{read.fact}", one.reading, one.clauses)
    return in_order(found)


def _resting_on(steps: Iterable[Step]) -> list[tuple[Rule, Step]]:
    """Give the untold rules that untold steps rest on."""
    found: dict[int, tuple[Rule, Step]] = {}
    seen: set[int] = set()
    todo = list(steps)
    while todo:
        here = todo.pop()
        if here.result is not None or id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here.node, Rule):
            found[id(here)] = here.node, here
        todo.extend(here.parts)
    return list(found.values())


def _terms(rule: Rule) -> list[TermUse]:
    """Give the terms a rule uses, in its conditions and in its effects."""
    found: dict[str, TermUse] = {}
    todo: list[object] = [rule]
    while todo:
        here = todo.pop()
        if isinstance(here, TermUse):
            found[here.name] = here
        for slot in (
            "when",
            "unless",
            "effects",
            "alternatives",
            "condition",
            "once",
            "done",
            "parts",
            "part",
            "such",
        ):
            inner = getattr(here, slot, None)
            todo.extend(inner if isinstance(inner, tuple) else () if inner is None else (inner,))
    return list(found.values())


def _policy(run: Run, program: Program) -> PolicyUsed:
    """Say of a document whether it applies, and if not, why."""
    applying = run.applies(program)
    on = run.request.on
    scope = applying.parts[1].result
    reasons: Mapping[Truth, Applying] = {True: "in_force", False: "out_of_scope", None: "scope_unknown"}
    why = reasons[scope]
    if on < program.start:
        why = "before_first_day"
    elif program.until is not None and on > program.until:
        why = "after_last_day" if program.repealed_by is None else "repealed"
    days = (program.start, program.until)
    by = program.repealed_by if why == "repealed" else None
    return PolicyUsed(program.policy, program.number, program.digest, applying.result, why, days, by)
