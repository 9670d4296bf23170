"""Rules on a request: which documents apply, which rules hold, and for which paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from creditrules.evaluator import UNTOLD_PAPERS, Facts, evaluate
from creditrules.facts import Paper, Request
from creditrules.program import Program, Rule
from creditrules.trace import Read, Step, all_step, any_step, not_step


def may_speak(program: Program, request: Request) -> tuple[Rule, ...]:
    """Give the rules whose matters may be the request's; the others hold for nothing in it."""
    code = request.values.get("matter.code")
    if request.matter == "given" and code is None:
        return program.rules
    return _of_matter(program, None if request.matter == "none" else str(code))


@lru_cache(maxsize=1 << 12)
def _of_matter(program: Program, code: str | None) -> tuple[Rule, ...]:
    kinds = program.matters.get(code, frozenset()) if code is not None else frozenset()
    return tuple(
        rule
        for rule in program.rules
        if not rule.needs_matter or (code is not None and (rule.matters is None or rule.matters & kinds))
    )


@lru_cache(maxsize=1 << 8)
def rules_by_key(program: Program) -> Mapping[tuple[str, str], Rule]:
    """Give the rules of a program by their names."""
    return {rule.key: rule for rule in program.rules}


class Run:
    """All programs of an area on one request: which of them apply, and which rules hold, for which paper."""

    def __init__(self, programs: tuple[Program, ...], request: Request) -> None:
        self.programs = tuple(sorted(programs, key=lambda program: program.policy))
        self.request = request
        self.facts = {program.policy: Facts(program, request) for program in self.programs}
        self.speaking = tuple(rule for program in self.programs for rule in may_speak(program, request))
        self._overriders: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for program in self.programs:
            for target, by in program.overridden_by.items():
                self._overriders.setdefault(target, []).extend(by)
        self._applies = {program.policy: self._applying(program) for program in self.programs}
        self._held: dict[tuple[str, str, str | None], Step] = {}

    def applies(self, program: Program) -> Step:
        """Say whether a document is in force on the day and has the request in its scope."""
        return self._applies[program.policy]

    def _applying(self, program: Program) -> Step:
        on = self.request.on
        in_force = program.start <= on and (program.until is None or on <= program.until)
        facts = Facts(program, self.request, None, True)
        inner = evaluate(program.scope, facts)
        parts = (
            Step("in_force", in_force, clauses=program.in_force_clauses),
            Step("scope", inner.result, "", (inner,), clauses=program.scope_clauses),
        )
        return all_step("scope", parts, program.policy)

    def facts_for(self, rule: Rule, paper: Paper | None) -> Facts:
        """Give the facts as a rule sees them."""
        facts = self.facts[rule.policy]
        return facts.with_paper(paper) if paper is not None else facts

    def instances(self, rule: Rule) -> list[tuple[Step, Paper | None]]:
        """Give a rule's step, once, or once for every paper."""
        if not rule.each:
            return [(self.holds(rule, None), None)]
        return [(self.holds(rule, paper), paper) for paper in self.request.papers or ()]

    def holds(self, rule: Rule, paper: Paper | None) -> Step:
        """Say whether a rule holds: document, matters, `when`, not `unless`, and no rule that overrides it."""
        key = (*rule.key, paper.id if paper is not None else None)
        if key not in self._held:
            self._held[key] = self._hold(rule, paper)
        return self._held[key]

    def _hold(self, rule: Rule, paper: Paper | None) -> Step:
        facts = self.facts_for(rule, paper)
        parts = [self._applies[rule.policy]]
        if rule.needs_matter:
            parts.append(self.in_matters(rule, facts))
        if any(part.result is False for part in parts):  # it does not speak to the request: no more is read
            return self._rule_step(rule, parts, paper)
        when = evaluate(rule.when, facts)
        parts.append(Step("when", when.result, "", (when,)))
        if rule.unless is not None:
            parts.append(not_step(evaluate(rule.unless, facts), "unless"))
        for key in self._overriders.get(rule.key, ()):
            parts.append(self._not_overridden(self._rule(key), paper))
        return self._rule_step(rule, parts, paper)

    def _rule(self, key: tuple[str, str]) -> Rule:
        return rules_by_key(self.facts[key[0]].program)[key]

    def _rule_step(self, rule: Rule, parts: list[Step], paper: Paper | None) -> Step:
        name = f"{rule.policy}:{rule.id}"
        return all_step("rule", parts, name, node=rule, clauses=rule.clauses, paper=paper.id if paper else None)

    def reads(self, origin: str) -> list[tuple[Program, Read]]:
        """Give every fact read so far whose value comes from there, by name."""
        found = [
            (program, read)
            for program in self.programs
            for read in self.facts[program.policy].memo.values()
            if read.origin == origin
        ]
        return sorted(found, key=lambda one: (one[1].fact, one[1].paper or "", one[0].policy))

    def _not_overridden(self, other: Rule, paper: Paper | None) -> Step:
        name = f"{other.policy}:{other.id}"
        if not other.each:
            return not_step(self.holds(other, None), "overridden", name)
        if paper is not None:
            return not_step(self.holds(other, paper), "overridden", name)
        if self.request.papers is None:
            return Step("overridden", None, name, (), (UNTOLD_PAPERS,))
        return not_step(any_step("any", (step for step, _ in self.instances(other))), "overridden", name)

    def in_matters(self, rule: Rule, facts: Facts) -> Step:
        """Say whether the matter is one of a rule's, or a narrower one."""
        if self.request.matter == "none":
            return Step("matters", False)
        if rule.matters is None:
            return Step("matters", True)
        code = facts.read(facts.program.facts["matter.code"])
        if code.value is None:
            return Step("matters", None, "", (), (code,))
        kinds = facts.program.matters.get(str(code.value), frozenset())
        return Step("matters", bool(kinds & rule.matters), "", (), (code,))
