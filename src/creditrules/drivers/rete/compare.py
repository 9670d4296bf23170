"""What our evaluator and the engine say of one request, side by side; ours decides, whatever comes out here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from creditrules.assembly import rule_name as full_name
from creditrules.decide import Judged
from creditrules.decision import Decision
from creditrules.drivers.rete.client import Engine
from creditrules.drivers.rete.encode import Answer, encode
from creditrules.drivers.rete.meaning import PAPER_TESTS, RUNGS, rule_name
from creditrules.facts import Request
from creditrules.ladder import LAST_RUNGS
from creditrules.program import Program
from creditrules.trace import Truth

Said = Truth | str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something the two say differently: of a rule, a test of a paper, a rung, or the decision itself.

    `ours` and `theirs` are `True` (held), `False` (did not hold), `None` (could not be told), or words; `both` where
    the engine derived that something held and that it did not.
    """

    kind: Literal["rule", "paper", "rung", "outcome", "possible", "rules", "status"]
    name: str
    document: str | None
    ours: Said
    theirs: Said


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the engine derived of a request, with the names of papers."""

    programs: tuple[Program, ...]
    request: Request
    answer: Answer

    def paper(self, test: str, place: int) -> Said:
        """Give a test of the paper in that place."""
        return self.answer.truth(("paper", test), place)

    def status(self, place: int) -> str:
        """Give a paper's status: the first test that applies, unless one above could not be told."""
        for test in PAPER_TESTS:
            truth = self.paper(test, place)
            if truth is None:
                return "undetermined"
            if truth is not False:
                return test if truth is True else str(truth)
        return "admissible"

    def possible(self) -> tuple[str, ...]:
        """Walk down the ladder by the rails of its rungs."""
        found = []
        for rung in (*RUNGS, "assessed"):
            truth: Said = rung == "assessed" or self.answer.truth(("rung", rung))
            if truth is not False:
                found.append(rung)
            if truth is not False and truth is not None:
                break
        return tuple(found)

    @property
    def outcome(self) -> str:
        """Give the only outcome possible, or `undetermined`."""
        possible = self.possible()
        return possible[0] if len(possible) == 1 else "undetermined"

    def rules(self) -> tuple[tuple[str, str | None], ...]:
        """Give the rules that hold, and for which paper."""
        return tuple(sorted(self._rules(), key=lambda one: (one[0], one[1] or "")))

    def _rules(self) -> Iterator[tuple[str, str | None]]:
        for rule in (rule for program in self.programs for rule in program.rules):
            if not rule.each and self.answer.truth(rule_name(rule)) is True:
                yield full_name(rule), None
            for place, paper in enumerate(self.request.papers or ()):
                if rule.each and self.answer.truth(rule_name(rule), place) is True:
                    yield full_name(rule), paper.id


def derived(engine: Engine, programs: tuple[Program, ...], request: Request) -> Theirs:
    """Ask the engine what follows from a request; raises `EngineUnavailableError`."""
    return Theirs(programs, request, engine.ask(encode(programs), request))


def disagreements(theirs: Theirs, decision: Decision) -> tuple[Disagreement, ...]:
    """Compare the evaluator and a decision with what the engine derived: every rule, for every paper; the tests of
    papers; the rungs; and the decision's outcome, rules and statuses of papers."""
    judged = Judged(theirs.programs, theirs.request)
    found = [*_of_the_evaluator(judged, theirs), *_of_the_decision(decision, theirs)]
    return tuple(one for one in found if one.ours is not one.theirs and one.ours != one.theirs)


def _of_the_evaluator(judged: Judged, theirs: Theirs) -> Iterator[Disagreement]:
    places = {paper.id: place for place, paper in enumerate(theirs.request.papers or ())}
    for rule in (rule for program in judged.run.programs for rule in program.rules):
        for step, paper in judged.run.instances(rule):
            place = None if paper is None else places[paper.id]
            truth = theirs.answer.truth(rule_name(rule), place)
            yield Disagreement("rule", full_name(rule), paper.id if paper else None, step.result, truth)
    for id_, one in judged.papers.items():
        for test, step in one.tests.items():
            yield Disagreement("paper", test, id_, step.result, theirs.paper(test, places[id_]))
    for step in judged.rungs:
        if step.name not in LAST_RUNGS:
            truth = theirs.answer.truth(("rung", step.name))
            yield Disagreement("rung", step.name, None, step.result, truth)


def _of_the_decision(decision: Decision, theirs: Theirs) -> Iterator[Disagreement]:
    yield Disagreement("outcome", "outcome", None, decision.outcome, theirs.outcome)
    yield Disagreement("possible", "possible", None, " ".join(decision.possible), " ".join(theirs.possible()))
    ours = {(one.rule, one.document) for one in decision.rules}
    held = set(theirs.rules())
    for name, paper in sorted(ours ^ held, key=str):
        yield Disagreement("rules", name, paper, (name, paper) in ours, (name, paper) in held)
    places = {paper.id: place for place, paper in enumerate(theirs.request.papers or ())}
    for one in decision.papers:
        yield Disagreement("status", one.id, one.id, one.status, theirs.status(places[one.id]))
