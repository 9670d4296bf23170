"""Where the documents of one area say different things of one request: each side with its rank, breadth and date.

Nothing is decided here: rules are united, and only `overrides` removes. The reader is told of both answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from creditrules.assembly import rule_name
from creditrules.decision import Difference, DifferenceSide
from creditrules.ladder import HeldMeasure
from creditrules.papers import JudgedPaper, judge_paper
from creditrules.program import Program, Rule
from creditrules.requirements import JudgedRequirement
from creditrules.rules import Run


def differences(
    run: Run,
    papers: Iterable[JudgedPaper],
    requirements: Iterable[JudgedRequirement],
    measures: Iterable[HeldMeasure],
) -> tuple[Difference, ...]:
    """Give the topics on which documents that apply both speak and differ: what is required, what befalls the
    subject, and whether a paper counts."""
    applying = {program.policy: program for program in run.programs if run.applies(program).result is True}
    if len(applying) < 2:
        return ()
    asked: list[tuple[Rule, str]] = []
    for one in requirements:
        if one.holds.result is True and one.rule.left_to is None:
            names = [way.way.name for way in one.ways]
            asked.append((one.rule, ("|" if one.effect.mode == "any_of" else "+").join(names)))
    applied = [
        (one.rule, code)
        for one in measures
        if one.holds.result is True and one.rule.left_to is None and one.effect.target == "subject"
        for code in one.effect.names
    ]
    topics = [("requirement", "", asked), ("measure", "", applied)]
    topics += [("paper", paper.paper.id, list(_alone(run, paper, applying))) for paper in papers]
    found = (_difference(topic, about, said, applying) for topic, about, said in topics)
    return tuple(one for one in found if one is not None)


def _alone(run: Run, paper: JudgedPaper, applying: Mapping[str, Program]) -> Iterator[tuple[Rule, str]]:
    """Give the status a paper would have by each document alone, for the documents with a rule about it."""
    for policy in applying:
        rules = [rule for rule in paper.held if rule.policy == policy]
        if rules:
            status = judge_paper(run, paper.paper, policy).status
            yield from ((rule, status) for rule in rules)


def _difference(
    topic: str, about: str, said: list[tuple[Rule, str]], applying: Mapping[str, Program]
) -> Difference | None:
    sides = [_side(program, [one for one in said if one[0].policy == policy]) for policy, program in applying.items()]
    speaking = [side for side in sides if side.says]
    if len(speaking) < 2 or len({side.says for side in speaking}) < 2:
        return None
    return Difference(topic, about, tuple(sorted(speaking, key=lambda side: (side.rank, side.policy))))


def _side(program: Program, said: list[tuple[Rule, str]]) -> DifferenceSide:
    rules = {rule_name(rule): rule for rule, _ in said}
    listed = [rule.matters for rule in rules.values()]
    breadth = (
        None if any(matters is None for matters in listed) else len(frozenset().union(*(m or () for m in listed)))
    )
    return DifferenceSide(
        program.policy,
        len(program.area),
        breadth,
        program.start,
        tuple(sorted({what for _, what in said})),
        tuple(sorted(rules)),
        tuple(sorted({clause for rule in rules.values() for clause in rule.clauses})),
    )
