"""The outcome: five tests on one ladder, each an *any* over all rules, in three values."""

from __future__ import annotations

from creditrules.facts import Paper
from creditrules.frozen import dataclass
from creditrules.program import Measure, Program, Refer, Rule
from creditrules.requirements import JudgedRequirement
from creditrules.rules import Run
from creditrules.trace import Step, Truth, all_step, any_step, not_step

LAST_RUNGS = ("proceed", "assessed")


@dataclass(frozen=True, slots=True, eq=False)
class HeldMeasure:
    """A measure effect with its rule's step: whether it holds, and for whom."""

    rule: Rule
    effect: Measure
    paper: Paper | None
    holds: Step

    def codes(self, program: Program, direction: str) -> tuple[str, ...]:
        """Give the names that go in one direction; of an open choice none unless every alternative does."""
        fitting = tuple(name for name in self.effect.names if program.measures[name].direction == direction)
        if self.effect.mode == "any_of" and len(fitting) < len(self.effect.names):
            return ()
        return fitting


@dataclass(frozen=True, slots=True, eq=False)
class HeldConflict:
    """A favour and a burden on one target, with the step that says whether both hold."""

    favour: HeldMeasure
    favours: tuple[str, ...]
    burden: HeldMeasure
    burdens: tuple[str, ...]
    both: Step


def measures_of(run: Run) -> list[HeldMeasure]:
    """Give every measure effect of every rule."""
    return [
        HeldMeasure(rule, effect, paper, step)
        for rule in run.speaking
        for effect in rule.effects
        if isinstance(effect, Measure)
        for step, paper in run.instances(rule)
    ]


def conflicts_of(run: Run, measures: list[HeldMeasure]) -> list[HeldConflict]:
    """Give every pair of a favour and a binding burden on the same target."""
    found = []
    for burden in measures:
        burdens = burden.codes(run.facts[burden.rule.policy].program, "burden")
        if not burdens or burden.rule.left_to is not None:
            continue
        for favour in measures:
            favours = favour.codes(run.facts[favour.rule.policy].program, "favour")
            if favours and favour.effect.target == burden.effect.target:
                both = all_step("conflict", (favour.holds, burden.holds), burden.effect.target)
                found.append(HeldConflict(favour, favours, burden, burdens, both))
    return found


def rungs(
    run: Run,
    measures: list[HeldMeasure],
    requirements: list[JudgedRequirement],
    conflicts: list[HeldConflict],
) -> tuple[Step, ...]:
    """Give the steps of the rungs, from the top; the last one always holds."""
    none_applies = not_step(
        any_step("any", (run.applies(program) for program in run.programs)), "rung", "not_applicable"
    )
    binding = [one for one in requirements if one.rule.left_to is None]
    unmet = [all_step("effect", (one.holds, not_step(one.met)), "require") for one in binding]
    unclean = [all_step("effect", (one.holds, not_step(one.clean)), "require") for one in binding]
    on_subject = [one for one in measures if one.effect.target == "subject"]
    refers = [
        step
        for rule in run.speaking
        for effect in rule.effects
        if isinstance(effect, Refer)
        for step, _ in run.instances(rule)
    ]
    unbarred = [
        all_step("effect", (one.both, not_step(_bars(run, one.burden, ("out", "open"), every=False))), "conflict")
        for one in conflicts
    ]
    open_ = [all_step("effect", (one.holds, _leaves_open(run, one)), "measure") for one in on_subject]
    excluded = [
        all_step("effect", (one.holds, _bars_out(run, one)), "measure")
        for one in on_subject
        if one.rule.left_to is None
    ]
    return (
        none_applies,
        any_step("rung", excluded, "excluded"),
        any_step("rung", unmet, "pending"),
        any_step("rung", [*unclean, *open_, *refers, *unbarred], "discretionary"),
        *_last(run),
    )


def _bars(run: Run, one: HeldMeasure, how: tuple[str, ...], every: bool) -> Step:
    """Say whether a measure bars the matter in one of the ways `how`: by all its alternatives or by some."""
    if run.request.matter == "none":
        return Step("bars", False)
    program = run.facts[one.rule.policy].program
    fitting = [program.measures[name] for name in one.effect.names if program.measures[name].how in how]
    if not fitting or (every and len(fitting) < len(one.effect.names)):
        return Step("bars", False)
    join = all if every else any
    code = run.facts[one.rule.policy].read(program.facts["matter.code"])
    if code.value is None:
        if join(measure.of is None for measure in fitting):
            return Step("bars", True, reads=(code,))
        return Step("bars", None, reads=(code,))
    kinds = program.matters.get(str(code.value), frozenset())
    return Step("bars", join(measure.bars(kinds) for measure in fitting), reads=(code,))


def _bars_out(run: Run, one: HeldMeasure) -> Step:
    """A measure that keeps the subject out of the matter; of an open choice, each alternative must."""
    return _bars(run, one, ("out",), every=one.effect.mode == "any_of")


def _leaves_open(run: Run, one: HeldMeasure) -> Step:
    """A measure that leaves the matter to a person: bars openly, or under `left_to`, or by some alternatives only."""
    parts = [_bars(run, one, ("open",), every=False)]
    if one.rule.left_to is not None:
        parts.append(_bars(run, one, ("out",), every=False))
    elif one.effect.mode == "any_of":
        some = _bars(run, one, ("out",), every=False)
        parts.append(all_step("bars", (some, not_step(_bars_out(run, one)))))
    return any_step("bars", parts)


def _last(run: Run) -> tuple[Step, ...]:
    """Nothing stands in the way: `proceed`, or `assessed` where nothing was applied for."""
    if run.request.matter == "none" or not run.programs:
        return (Step("rung", True, "assessed"),)
    program = run.programs[0]
    code = run.facts[program.policy].read(program.facts["matter.code"])
    if code.value is None:
        return Step("rung", None, "proceed", reads=(code,)), Step("rung", True, "assessed")
    asked = str(code.value) in program.by_department
    return (Step("rung", True, "assessed" if asked else "proceed"),)


def possible(steps: tuple[Step, ...]) -> tuple[tuple[str, Truth], ...]:
    """Walk down the ladder: a rung not told is added, a rung that holds is added and ends the walk."""
    found: list[tuple[str, Truth]] = []
    for step in steps:
        if step.result is not False:
            found.append((step.name, step.result))
        if step.result is True:
            break
    return tuple(found)
