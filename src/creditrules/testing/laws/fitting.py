"""The law that a decision and its trace say the same: every effect has its rule, and every rule its effects."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TypeAlias

from creditrules.decision import Applied, Decision
from creditrules.program import (
    Duty,
    Effect,
    Inadmissible,
    Measure,
    Prohibit,
    Refer,
    Require,
    Rule,
    Usable,
    Weigh,
)
from creditrules.testing.laws.law import Bench, Broken, Law, Request, clauses_in

Entry: TypeAlias = tuple[object, ...]
_BREACHES = ("late", "overdue")


def _entries_of_rules(decision: Decision) -> dict[str, set[Entry]]:
    """Give the entries a decision should have, by the rules of its trace that hold or cannot be told."""
    found: dict[str, set[Entry]] = {key: set() for key in _KEYS}
    for step in decision.trace.rules:
        rule = step.node
        assert isinstance(rule, Rule)
        if step.result is True:
            found["rules"].add((step.name, step.paper, rule.clauses))
            for effect in rule.effects:
                for key, entry in _entries(rule, effect):
                    found[key].add((step.name, step.paper, *entry))
        elif step.result is None:
            for effect in rule.effects:
                if not isinstance(effect, Usable | Inadmissible):
                    found["untold"].add((step.name, step.paper, type(effect).__name__.lower()))
    found["requirements"] = {(rule, *rest) for rule, _, *rest in found["requirements"]}
    for duty in decision.duties:
        if duty.status in _BREACHES:
            found["violations"].add((duty.rule, duty.document, duty.who, "|".join(duty.what), duty.due))
    return found


def _entries(rule: Rule, effect: Effect) -> Iterator[tuple[str, Entry]]:
    """Give the entries one effect of a rule that holds brings, without rule and paper."""
    left = rule.left_to
    match effect:
        case Measure(mode=mode, names=names, target=target, by=by):
            choice = names if mode == "any_of" else ()
            key = "measures" if left is None else "options"
            for code in names:
                yield key, (code, "measure", target, left or by, choice)
        case Require(mode=mode, alternatives=ways, from_=from_):
            names = tuple(way.name for way in ways)
            if left is None:
                yield "requirements", (mode, names, from_)
            else:
                choice = names if mode == "any_of" and len(names) > 1 else ()
                for code in names:
                    yield "options", (code, "require", "subject", left, choice)
        case Duty(who=who, mode=mode, what=what):
            if left is None:
                yield "duties", (who, what, mode == "any_of")
            else:
                for code in what:
                    yield "options", (code, "duty", who, left, what if mode == "any_of" else ())
        case Weigh(names=names, as_=as_):
            for code in names:
                yield "weights", (code, as_, left)
        case Refer(to=to, why=why):
            yield "referrals", (to, why.zh)
        case Prohibit(by=by, act=act):
            yield "violations", (by, act.zh, None)
        case Usable() | Inadmissible():
            yield "papers", ()


_KEYS = (
    "rules", "measures", "options", "requirements", "duties", "weights", "referrals", "violations", "papers",
    "untold",
)  # fmt: skip


def _entries_of_decision(decision: Decision) -> dict[str, set[Entry]]:
    """Give the entries a decision has, in the same form."""

    def applied(entries: tuple[Applied, ...]) -> set[Entry]:
        return {
            (rule, one.document, one.code, one.effect, one.target, one.by, one.any_of)
            for one in entries
            for rule in (one.rule, *one.also)
        }

    return {
        "rules": {(one.rule, one.document, one.clauses) for one in decision.rules},
        "measures": applied(decision.measures),
        "options": applied(decision.options),
        "requirements": {
            (rule, "any_of" if one.any_of is not None else "all_of", one.any_of or one.all_of, one.from_)
            for one in decision.requirements
            for rule in (one.rule, *one.also)
        },
        "duties": {(one.rule, one.document, one.who, one.what, one.any_of) for one in decision.duties},
        "weights": {(one.rule, one.document, one.code, one.as_, one.by) for one in decision.weights},
        "referrals": {(one.rule, one.document, one.to, one.why) for one in decision.referrals},
        "violations": {(one.rule, one.document, one.by, one.act, one.due) for one in decision.violations},
        "papers": {(rule, one.id) for one in decision.papers for rule in one.rules},
        "untold": {(one.rule, one.document, one.effect) for one in decision.untold},
    }


def _clauses_cited(decision: Decision) -> tuple[set[str], set[str]]:
    """Give the clauses of rules that hold or cannot be told, and those the entries cite."""
    rules = {
        clause for step in decision.trace.rules if step.result is not False for clause in step.clauses
    }  # an undetermined paper may cite rules that hold beside those that do not
    entries = (
        [one.clauses for one in (*decision.measures, *decision.options)],
        [one.clauses for one in decision.requirements],
        [one.clauses for one in decision.duties],
        [one.clauses for one in decision.weights],
        [one.clauses for one in decision.referrals],
        [one.clauses for one in decision.violations],
        [one.clauses for one in decision.papers],
        [one.clauses for one in decision.untold],
        [one.clauses for one in decision.rules],
        [side.clauses for one in decision.conflicts for side in (one.favour, one.burden)],
    )
    return rules, {clause for kind in entries for clauses in kind for clause in clauses}


def _fits(bench: Bench, request: Request, chance: Random) -> Broken | None:
    def test(asked: Request) -> Broken | None:
        decision = bench.decided(asked)
        if decision is None:
            return None
        wanted, got = _entries_of_rules(decision), _entries_of_decision(decision)
        for key in _KEYS:
            if wanted[key] != got[key]:
                lacking, over = sorted(map(str, wanted[key] - got[key])), sorted(map(str, got[key] - wanted[key]))
                names = {str(entry[0]) for entry in wanted[key] ^ got[key]}
                clauses = {clause for step in decision.trace.rules if step.name in names for clause in step.clauses}
                one = (f"by the rules of the trace, but not among `{key}`", lacking)
                other = (f"among `{key}`, but of no rule of the trace that holds", over)
                return Broken(asked, one, other, tuple(sorted(clauses)), test)
        rules, cited = _clauses_cited(decision)
        if cited - rules:
            one = ("clauses of rules that hold or cannot be told", sorted(rules))
            return Broken(
                asked, one, ("cited beside them", sorted(cited - rules)), tuple(sorted(cited - rules)), test
            )
        return _states(asked, decision, test)

    return test(request)


def _states(asked: Request, decision: Decision, test: object) -> Broken | None:
    """A paper's days agree with its status, and a duty's day with its own."""
    on = decision.on
    wrong: list[tuple[str, str, str, str, int]] = []
    for one in decision.papers:
        begun, over = one.from_ is None or one.from_ <= on, one.until is not None and one.until < on
        crossed = one.from_ is not None and one.until is not None and one.from_ > one.until
        if (one.status == "admissible" and (not begun or over or crossed)) or (
            bool(one.missing) is not (one.status == "undetermined")
        ):
            wrong.append((one.id, one.status, str(one.from_), str(one.until), len(one.missing)))
    for duty in decision.duties:
        if (
            (duty.status == "overdue" and (duty.due is None or duty.due >= on))
            or (duty.status == "open" and duty.due is not None and duty.due < on)
            or (duty.status == "owed" and duty.due is not None)
            or (bool(duty.missing) and duty.status != "undetermined")
        ):
            wrong.append((duty.rule, duty.status, str(duty.due), "", len(duty.missing)))
    if not wrong:
        return None
    sides = ("day of the decision", on.isoformat()), ("at odds with it", wrong)
    return Broken(asked, *sides, clauses_in(decision.to_dict()), test)  # type: ignore[arg-type]


FITTING = Law(
    "effects-and-rules",
    "决定中的每一项效果都有追溯中成立的规则，每条成立的规则的效果都在决定之中。",
    "Each effect in a decision has a rule in the trace that holds, and each held rule's effect is in the decision.",
    "effects are those of rules that hold and of nothing else; papers, duties and violations state their own days",
    _fits,
)
