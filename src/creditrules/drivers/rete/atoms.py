"""Atoms: the questions worked out here before the engine is asked, each in three values.

An atom is a single test of a fact or of two days, or something known of the request as a whole. What joins them (all,
any, not, terms, papers, exceptions, the ladder) is the engine's work. Days are worked out here too: it knows no time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeAlias

from creditrules.evaluator import Facts, evaluate, read_day, tested_facts
from creditrules.facts import Paper, Request
from creditrules.program import DayExpr, DayTest, FactInfo, FactTest, Mark, Program, Value
from creditrules.trace import Truth


@dataclass(frozen=True, slots=True)
class Tested:
    """A test of a fact or of two days, as one policy sees it; `in_scope`: as its scope sees it."""

    policy: str
    test: FactTest | DayTest
    in_scope: bool = False


@dataclass(frozen=True, slots=True)
class InForce:
    """The day lies within a document's days."""

    policy: str


@dataclass(frozen=True, slots=True)
class OfMatters:
    """The matter is one of these, or a narrower one; `None`: there is a matter."""

    policy: str
    matters: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class PapersUntold:
    """Nobody said which papers were handed in: untold then, and false where it was said."""


@dataclass(frozen=True, slots=True)
class OfKind:
    """The paper in view is of a kind, or of one that counts as it."""

    policy: str
    kind: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A measure bars the matter, in one of the ways `how`."""

    policy: str
    measure: str
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppliedFor:
    """The subject applied for the matter, so that the last rung is `proceed` and not `assessed`."""


Atom: TypeAlias = Tested | InForce | OfMatters | PapersUntold | OfKind | Bars | AppliedFor


def about_paper(atom: Atom) -> bool:
    """Say whether an atom's answer depends on the paper in view."""
    if isinstance(atom, Tested):
        return any(name.startswith(("document.", "issuer.")) for name in tested_facts(atom.test))
    return isinstance(atom, OfKind)


class Truths:
    """The truth of atoms on one request: each is worked out once for the request, or once for every paper."""

    def __init__(self, programs: tuple[Program, ...], request: Request) -> None:
        self.request = request
        self.programs = {program.policy: program for program in programs}
        self._first = min(programs, key=lambda program: program.policy, default=None)
        self._plain = {program.policy: Facts(program, request) for program in programs}
        self._scope = {program.policy: Facts(program, request, None, True) for program in programs}

    def of(self, atom: Atom, paper: Paper | None = None) -> Truth:
        """Give an atom's truth, with a paper in view or none."""
        match atom:
            case Tested(policy=policy, test=test, in_scope=in_scope):
                return evaluate(test, self._facts(policy, paper, in_scope)).result
            case InForce(policy=policy):
                program = self.programs[policy]
                return program.start <= self.request.on and (
                    program.until is None or self.request.on <= program.until
                )
            case OfMatters(policy=policy, matters=matters):
                return self._of_matters(self.programs[policy], matters)
            case PapersUntold():
                return None if self.request.papers is None else False
            case OfKind(policy=policy, kind=kind):
                assert paper is not None
                return kind in self.programs[policy].papers.get(paper.kind, frozenset())
            case Bars(policy=policy, measure=measure, how=how):
                return self._bars(self.programs[policy], measure, how)
            case AppliedFor():
                return self._applied_for()

    def day(self, policy: str, day: DayExpr, paper: Paper | None = None) -> dt.date | Mark | None:
        """Give a day as one policy counts it: a date, `NOT_YET`, or `None` where it could not be told."""
        return read_day(day, self._facts(policy, paper)).value

    def value(self, policy: str, fact: FactInfo, paper: Paper | None = None) -> Value | None:
        """Give a fact as one policy sees it; `None` where it is unknown."""
        return self._facts(policy, paper).read(fact).value

    def _facts(self, policy: str, paper: Paper | None, in_scope: bool = False) -> Facts:
        facts = (self._scope if in_scope else self._plain)[policy]
        return facts if paper is None else facts.with_paper(paper)

    def _matter(self, program: Program) -> str | None:
        code = self._plain[program.policy].read(program.facts["matter.code"]).value
        return None if code is None else str(code)

    def _of_matters(self, program: Program, matters: frozenset[str] | None) -> Truth:
        if self.request.matter == "none":
            return False
        if matters is None:
            return True
        code = self._matter(program)
        return None if code is None else not matters.isdisjoint(program.matters.get(code, frozenset()))

    def _bars(self, program: Program, measure: str, how: tuple[str, ...]) -> Truth:
        info = program.measures[measure]
        if self.request.matter == "none" or info.how not in how:
            return False
        if info.of is None:
            return True
        code = self._matter(program)
        return None if code is None else not info.of.isdisjoint(program.matters.get(code, frozenset()))

    def _applied_for(self) -> Truth:
        if self.request.matter == "none" or self._first is None:
            return False
        code = self._matter(self._first)
        return None if code is None else code not in self._first.by_department
