"""Coverage: for every clause of the outline, what in the policy rests on it, or why nothing does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from creditrules.checker import cited_clauses
from creditrules.diagnostics import Finding, Findings, advice, sorted_findings
from creditrules.front import Policy
from creditrules.outline import Clause
from creditrules.policy import Cited, InForce, Presumption, Rule, Scope, Setting, Term
from creditrules.vocabulary import Labels

State = Literal["cited", "not_expressed", "context", "hole"]


@dataclass(frozen=True, slots=True)
class ClauseCoverage:
    """One clause: what cites it (`rule five-days`, `term pilot`, …), or the reason it is not expressed."""

    clause: Clause
    state: State
    cited_by: tuple[str, ...]
    reason: str
    why: Labels | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """All clauses of a policy in the order of the document; `findings` are its holes and doubtful entries."""

    policy: str
    clauses: tuple[ClauseCoverage, ...]
    findings: tuple[Finding, ...]

    @property
    def holes(self) -> tuple[ClauseCoverage, ...]:
        """Give the clauses nobody cites or accounts for."""
        return tuple(one for one in self.clauses if one.state == "hole")


def coverage(policy: Policy) -> Coverage:
    """Go through the outline of a policy; a policy without one has no clauses to cover, which is a finding."""
    findings = Findings(policy.source)
    if policy.outline is None:
        findings.report("CR602", None, name=f"outlines/{policy.id}.yaml")
        return Coverage(policy.id, (), tuple(findings.found))
    cited = cited_clauses(policy.model)
    listed = {
        word.text: (reason, why, word)
        for reason, entries in policy.model.not_expressed.items()
        for word, why in entries
    }
    outline_findings = Findings(policy.outline.source)
    found = []
    for clause in policy.outline.clauses.values():
        by = tuple(dict.fromkeys(_name(policy, one) for one in cited.get(clause.id, ())))
        reason, why, word = listed.get(clause.id, ("", None, None))
        state: State = "cited" if by else "not_expressed" if reason else "hole"
        if state == "hole" and clause.class_ == "context":
            state = "context"
        if state == "hole":
            outline_findings.report("CR601", clause.span, advice("cite-or-list"), name=clause.id)
        if by and word is not None:
            findings.report("CR603", word.span, advice("drop-one"), name=clause.id)
        found.append(ClauseCoverage(clause, state, by, reason, why))
    all_findings = sorted_findings([*findings.found, *outline_findings.found])
    return Coverage(policy.id, tuple(found), all_findings)


def _name(policy: Policy, cited: Cited) -> str:
    """Name what cites a clause."""
    match cited:
        case Rule(id=word):
            return f"rule {word.text}"
        case Presumption(fact=word):
            return f"presume {word.text}"
        case InForce():
            return "in_force"
        case Scope():
            return "scope"
        case Term():
            return f"term {_key(policy.model.terms, cited)}"
        case Setting():
            return f"setting {_key(policy.model.settings, cited)}"
    return "?"


def _key(named: Mapping[str, Cited], thing: Cited) -> str:
    return next(name for name, one in named.items() if one is thing)
