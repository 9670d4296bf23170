"""Documents and rules as SQL: which documents apply, and which rules hold, for which paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from creditrules.drivers.sql.conditions import evaluate
from creditrules.drivers.sql.facts import Requests, View, resolve
from creditrules.drivers.sql.nodes import Node, all_of, case, compared, one_of, text
from creditrules.drivers.sql.told import HOLDS, Told, all_told, named, not_told, some_paper, where
from creditrules.program import Program, Rule

UNTOLD_PAPERS = "documents|"


@dataclass(slots=True)
class Run:
    """All programs of a statement: which of them apply, and which rules hold, each with a column of its own."""

    views: tuple[View, ...]
    requests: Requests
    rules: dict[tuple[str, str], Rule]
    overriders: dict[tuple[str, str], list[tuple[str, str]]]
    applying: dict[str, Told] = field(default_factory=dict)
    held: dict[tuple[str, str], Told] = field(default_factory=dict)

    def view(self, rule: Rule) -> View:
        """Give the facts as a rule sees them."""
        return next(view for view in self.views if view.program.policy == rule.policy)

    def applies(self, view: View) -> Told:
        """Say whether a document is in force on the day and has the request in its scope."""
        policy = view.program.policy
        if policy not in self.applying:
            in_force = Told(_in_force(view))
            comment = ", ".join((*view.program.in_force_clauses, *view.program.scope_clauses))
            told = all_told((in_force, evaluate(view.program.scope, view, in_scope=True)))
            self.applying[policy] = named(
                view.plan, f"{policy} applies", ("applies", policy), told, "terms", comment=comment
            )
        return self.applying[policy]

    def holds(self, rule: Rule) -> Told:
        """Say whether a rule holds; of a rule about papers, for the paper in view."""
        if rule.key not in self.held:
            self.held[rule.key] = self._holds(rule)
        return self.held[rule.key]

    def _holds(self, rule: Rule) -> Told:
        view = self.view(rule)
        parts = [self.applies(view)]
        if rule.needs_matter:
            parts.append(self.in_matters(rule, view))
        parts.append(evaluate(rule.when, view))
        if rule.unless is not None:
            parts.append(not_told(evaluate(rule.unless, view)))
        parts.extend(self._not_overridden(rule, self.rules[key]) for key in self.overriders.get(rule.key, ()))
        comment = f"{rule.policy}:{rule.id}: {', '.join(rule.clauses)}"
        return named(
            view.plan,
            view.called(f"rule {rule.id}"),
            ("rule", rule.key),
            all_told(parts),
            "rules",
            comment=comment,
            about="paper" if rule.each else "request",
        )

    def _not_overridden(self, rule: Rule, other: Rule) -> Told:
        if rule.each or not other.each:
            return not_told(self.holds(other))
        papers = self.requests.papers_told
        found = not_told(self.for_some_paper(other))
        return Told(
            case((papers, found.truth), otherwise=exp.Null()),
            case((papers, found.missing or text("")), otherwise=text(UNTOLD_PAPERS)),
        )

    def for_some_paper(self, rule: Rule) -> Told:
        """Say whether a rule holds; of a rule about papers, for some of them (of none handed in it does not)."""
        held = self.holds(rule)
        return (
            some_paper(self.requests.plan, f"{rule.policy}:{rule.id}", ("rule", rule.key), held)
            if rule.each
            else held
        )

    def in_matters(self, rule: Rule, view: View) -> Told:
        """Say whether the matter is one of a rule's, or a narrower one."""
        if rule.matters is None:
            return Told(view.there_is_a_matter)
        wanted = rule.matters
        name = ", ".join(sorted(wanted))
        found = self.matter_is(view, lambda kinds: bool(kinds & wanted))
        return named(view.plan, view.called(f"matter: {name}"), view.key("matters", wanted), found, "terms")

    def matter_is(self, view: View, wanted: Callable[[frozenset[str]], bool]) -> Told:
        """Say whether the matter is one whose kinds fit; where there is none, it is not."""
        program = view.program
        fitting = [text(code) for code in sorted(program.matters) if wanted(program.matters[code])]
        code = resolve(view, program.facts["matter.code"])
        told = (
            HOLDS
            if len(fitting) == len(program.matters) and wanted(frozenset())
            else Told(one_of(code.value, fitting), code.missing)
        )
        return where(view.there_is_a_matter, told)


def run_of(programs: tuple[Program, ...], requests: Requests) -> Run:
    """Prepare the programs of a statement, by name."""
    ordered = tuple(sorted(programs, key=lambda program: program.policy))
    several = len(ordered) > 1
    views = tuple(View(program, requests, evaluate, f"{program.policy}: " if several else "") for program in ordered)
    overriders: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for program in ordered:
        for target, by in program.overridden_by.items():
            overriders.setdefault(target, []).extend(by)
    rules = {rule.key: rule for program in ordered for rule in program.rules}
    return Run(views, requests, rules, overriders)


def _in_force(view: View) -> Node:
    on, program = view.requests.on, view.program
    parts = [compared(exp.GTE, on, view.requests.day(program.start))]
    if program.until is not None:
        parts.append(compared(exp.LTE, on, view.requests.day(program.until)))
    return all_of(parts)
