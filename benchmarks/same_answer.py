"""A decision in the shape of the function by hand, so that the two can be compared part by part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from creditrules import Decision


def as_by_hand(decision: Decision) -> dict[str, Any]:
    """Give the parts of a decision that `kunshan_by_hand.decide` gives, as it gives them.

    Missing facts are put in order by name: that one value alone would settle the outcome is not worked out by hand.
    """
    return {
        "on": decision.on,
        "outcome": decision.outcome,
        "possible": decision.possible,
        "missing": tuple(sorted(_missing(decision.missing), key=lambda one: (one[0], one[1] or ""))),
        "requirements": tuple(
            (
                one.any_of or one.all_of,
                one.from_,
                one.met,
                one.cleanly,
                tuple((part.name, part.met, part.cleanly, part.papers) for part in one.parts),
                _id(one.rule),
                tuple(_id(rule) for rule in one.also),
                one.clauses,
            )
            for one in decision.requirements
        ),
        "papers": tuple(
            (
                one.id,
                one.kind,
                one.status,
                one.from_,
                one.until,
                tuple(_id(rule) for rule in one.rules),
                one.clauses,
                _missing(one.missing),
            )
            for one in decision.papers
        ),
        "measures": tuple((one.code, one.by, one.target, _id(one.rule), one.clauses) for one in decision.measures),
        "options": tuple(
            (one.code, one.effect, one.by, one.target, _id(one.rule), one.clauses, one.any_of)
            for one in decision.options
        ),
        "weights": tuple((one.code, one.as_, _id(one.rule), one.clauses, one.document) for one in decision.weights),
        "referrals": tuple((one.to, one.why, _id(one.rule)) for one in decision.referrals),
        "duties": tuple(
            (
                one.who,
                *one.what,
                one.status,
                one.due,
                _id(one.rule),
                one.clauses,
                one.document,
                _missing(one.missing),
            )
            for one in decision.duties
        ),
        "violations": tuple(
            (one.by, one.act, _id(one.rule), one.clauses, one.due, one.document) for one in decision.violations
        ),
        "conflicts": tuple(
            (one.target, _id(one.favour.rule), _id(one.burden.rule)) for one in decision.conflicts
        ),
        "presumed": tuple((one.fact, one.document, one.value) for one in decision.presumed),
        "taken": tuple((one.fact, one.document, one.source) for one in decision.taken),
        "untold": tuple(
            (one.effect, one.codes, _id(one.rule), one.clauses, _missing(one.missing), one.document)
            for one in decision.untold
        ),
        "rules": tuple((_id(one.rule), one.clauses, one.document) for one in decision.rules),
    }  # fmt: skip


def _id(rule: str) -> str:
    return rule.partition(":")[2]


def _missing(facts: Iterable[Any]) -> tuple[tuple[str, str | None, str], ...]:
    return tuple((one.fact, one.document, one.held_by) for one in facts)
