"""What the engine derived of a request, by the names of rules, papers, requirements, duties and rungs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from creditrules.assembly import rule_name as full_name
from creditrules.drivers.rete.client import Engine
from creditrules.drivers.rete.encode import Answer, encode
from creditrules.drivers.rete.meaning import DUTY_STATES, PAPER_TESTS, RUNGS, duty_name, rule_name
from creditrules.facts import Paper, Request
from creditrules.program import Program, Rule
from creditrules.trace import Truth

Said: TypeAlias = Truth | str
Instance: TypeAlias = tuple[Rule, int | None, Said]


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the engine derived of a request, with the names of papers."""

    programs: tuple[Program, ...]
    request: Request
    answer: Answer

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Give the papers handed in; an answer about one is known by its place here."""
        return self.request.papers or ()

    def id_of(self, place: int | None) -> str | None:
        """Give the id of the paper in a place."""
        return None if place is None else self.papers[place].id

    def instances(self) -> Iterator[Instance]:
        """Give every rule with its truth, once, or once for every paper."""
        for program in sorted(self.programs, key=lambda one: one.policy):
            for rule in program.rules:
                for place in range(len(self.papers)) if rule.each else (None,):
                    yield rule, place, self.answer.truth(rule_name(rule), place)

    def rules(self) -> tuple[tuple[str, str | None], ...]:
        """Give the rules that hold, and for which paper."""
        held = [(full_name(rule), self.id_of(place)) for rule, place, truth in self.instances() if truth is True]
        return tuple(sorted(held, key=lambda one: (one[0], one[1] or "")))

    def paper(self, test: str, place: int, policy: str | None = None) -> Said:
        """Give a test of the paper in that place, by all documents or by one alone (where there are several)."""
        return self.answer.truth(("paper", test) if policy is None else ("paper", policy, test), place)

    def status(self, place: int, policy: str | None = None) -> str:
        """Give a paper's status: the first test that applies, unless one above could not be told."""
        for test in PAPER_TESTS:
            truth = self.paper(test, place, policy)
            if truth is None:
                return "undetermined"
            if truth is not False:
                return test if truth is True else str(truth)
        return "admissible"

    def duty(self, rule: Rule, place: int | None) -> str:
        """Give how a duty that is owed once stands."""
        found = [
            (state, self.answer.truth(name, place))
            for state in DUTY_STATES
            if (name := duty_name(rule, state)) in self.answer.outputs
        ]
        held = [state if truth is True else str(truth) for state, truth in found if truth not in (False, None)]
        return "|".join(held) or "undetermined"

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


def derived(engine: Engine, programs: tuple[Program, ...], request: Request) -> Theirs:
    """Ask the engine what follows from a request; raises `EngineUnavailableError`."""
    return Theirs(programs, request, engine.ask(encode(programs), request))
