"""What our evaluator and the engine say of one request, side by side; ours decides, whatever comes out here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from creditrules.assembly import rule_name as full_name
from creditrules.decide import Judged
from creditrules.decision import Decision
from creditrules.drivers.rete.entries import Entry, Part, entries_of
from creditrules.drivers.rete.following import following
from creditrules.drivers.rete.meaning import rule_name
from creditrules.drivers.rete.theirs import Said, Theirs
from creditrules.ladder import LAST_RUNGS

Compared: TypeAlias = Literal["rule", "paper", "rung", "outcome", "possible", "rules", "status"] | Part

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something the two say differently: of a rule, a test of a paper, a rung, or the decision itself.

    `ours` and `theirs` are `True` (held), `False` (did not hold), `None` (could not be told), or words; `both` where
    the engine derived that something held and that it did not. Of the entries of a decision they are what is said
    under one rule (for one paper) and not by the other, `NOTHING` where there is no such entry.
    """

    kind: Compared
    name: str
    document: str | None
    ours: Said
    theirs: Said


def disagreements(theirs: Theirs, decision: Decision) -> tuple[Disagreement, ...]:
    """Compare the evaluator and a decision with what the engine derived: every rule, for every paper; the tests of
    papers; the rungs; and of the decision all that follows from these."""
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
    yield from _of_entries(entries_of(decision), following(theirs))


def _of_entries(ours: Iterable[Entry], theirs: Iterable[Entry]) -> Iterator[Disagreement]:
    """Lay entries of one part, rule and paper beside each other; in which order they stand is nothing to compare."""
    one, other = _said(ours), _said(theirs)
    for key in sorted({*one, *other}, key=str):
        mine, yours = one.get(key, set()), other.get(key, set())
        yield Disagreement(*key, _text(mine - yours), _text(yours - mine))


def _said(entries: Iterable[Entry]) -> dict[tuple[Part, str, str | None], set[str]]:
    found: dict[tuple[Part, str, str | None], set[str]] = {}
    for entry in entries:
        found.setdefault((entry.part, entry.name, entry.document), set()).add(entry.says)
    return found


def _text(said: set[str]) -> str:
    return "; ".join(sorted(said)) or NOTHING
