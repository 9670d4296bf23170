"""Whether what a matter needs is there: papers that count, or steps that are done."""

from __future__ import annotations

from collections.abc import Mapping

from creditrules.evaluator import UNTOLD_PAPERS, Facts, evaluate
from creditrules.facts import Paper
from creditrules.frozen import dataclass
from creditrules.papers import JudgedPaper
from creditrules.program import Alternative, Require, Rule, body
from creditrules.rules import Run
from creditrules.trace import Step, all_step, any_step


@dataclass(frozen=True, slots=True, eq=False)
class JudgedWay:
    """One alternative: whether it is met, whether cleanly, and by which papers."""

    way: Alternative
    met: Step
    clean: Step
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class JudgedRequirement:
    """A `require` of a rule, with the rule's step and whether it is met."""

    rule: Rule
    effect: Require
    paper: Paper | None
    holds: Step
    ways: tuple[JudgedWay, ...]
    met: Step
    clean: Step

    @property
    def key(self) -> tuple[object, ...]:
        """Tell equal requirements: the same choice of the same papers and steps, from the same authority."""
        about = self.paper.id if self.paper is not None else None
        texts = tuple(way.way.text for way in self.ways)
        asked = body(self.effect.from_, self.rule.policy) if self.effect.from_ is not None else None
        return self.effect.mode, texts, asked, about, self.met.result, self.clean.result


def judge_requirements(run: Run, papers: Mapping[str, JudgedPaper]) -> list[JudgedRequirement]:
    """Judge every `require` of every rule, whether its rule holds or not."""
    return [
        _judge(run, rule, effect, step, paper, papers)
        for rule in run.speaking
        for effect in rule.effects
        if isinstance(effect, Require)
        for step, paper in run.instances(rule)
    ]


def _judge(
    run: Run, rule: Rule, effect: Require, step: Step, paper: Paper | None, papers: Mapping[str, JudgedPaper]
) -> JudgedRequirement:
    facts = run.facts_for(rule, paper)
    ways = tuple(_way(run, way, facts, papers) for way in effect.alternatives)
    join = any_step if effect.mode == "any_of" else all_step
    met = join("requirement", (way.met for way in ways), effect.mode)
    clean = join("requirement", (way.clean for way in ways), effect.mode)
    return JudgedRequirement(rule, effect, paper, step, ways, met, clean)


def _way(run: Run, way: Alternative, facts: Facts, papers: Mapping[str, JudgedPaper]) -> JudgedWay:
    if way.kind == "step":
        assert way.condition is not None
        done = evaluate(way.condition, facts)
        step = Step("alternative", done.result, way.name, (done,))
        return JudgedWay(way, step, step, ())
    if run.request.papers is None:
        untold = Step("alternative", None, way.name, (), (UNTOLD_PAPERS,))
        return JudgedWay(way, untold, untold, ())
    usable, clean, serving = [], [], []
    for paper in run.request.papers:
        kinds = facts.program.papers.get(paper.kind, frozenset())
        kind = Step("kind", way.name in kinds, way.name, paper=paper.id)
        parts = [kind]
        if way.condition is not None:
            parts.append(evaluate(way.condition, facts.with_paper(paper)))
        judged = papers[paper.id]
        usable.append(all_step("paper", (*parts, judged.usable), paper.id, paper=paper.id))
        clean.append(all_step("paper", (*parts, judged.clean), paper.id, paper=paper.id))
        if usable[-1].result is True:
            serving.append(paper.id)
    met = any_step("alternative", usable, way.name)
    return JudgedWay(way, met, any_step("alternative", clean, way.name), tuple(serving))
