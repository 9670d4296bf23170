"""What a condition comes to: a truth that may be unknown, and, where it is, the facts it hangs on.

The facts are a text of entries, empty where the truth is known; `None` where it can never be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from creditrules.drivers.sql.nodes import Node, all_of, any_of, entry_if, is_null, joined, negated, text, truth
from creditrules.drivers.sql.plan import About, Group, Plan


@dataclass(frozen=True, slots=True)
class Told:
    """A truth in three values, with the facts that are missing where it is unknown."""

    truth: Node
    missing: Node | None = None


HOLDS, FAILS = Told(truth(True)), Told(truth(False))


def all_told(parts: Iterable[Told]) -> Told:
    """Kleene's *and*."""
    kept = [part for part in parts if part != HOLDS]
    if any(part == FAILS for part in kept):
        return FAILS
    return _together(all_of(part.truth for part in kept), kept)


def any_told(parts: Iterable[Told]) -> Told:
    """Kleene's *or*."""
    kept = [part for part in parts if part != FAILS]
    if any(part == HOLDS for part in kept):
        return HOLDS
    return _together(any_of(part.truth for part in kept), kept)


def _together(found: Node, parts: list[Told]) -> Told:
    if len(parts) == 1:
        return Told(found, parts[0].missing)
    whole = joined(part.missing for part in parts)
    return Told(found, entry_if(is_null(found), whole))


def not_told(part: Told) -> Told:
    """Kleene's *not*."""
    return Told(negated(part.truth), part.missing)


def where(condition: Node, part: Told) -> Told:
    """Ask something only where a condition, which is never unknown, holds; elsewhere it fails."""
    missing = entry_if(condition, part.missing)
    return Told(all_of((condition, part.truth)), missing)


def named(
    plan: Plan, wanted: str, key: object, part: Told, group: Group, *, comment: str = "", about: About | None = None
) -> Told:
    """Give what is told a column of its own, and another for what is missing."""
    found = plan.worked_out(wanted, key, part.truth, group, comment=comment, about=about)
    if part.missing is None:
        return Told(found)
    missing = plan.worked_out(f"missing: {wanted}", ("missing", key), part.missing, "missing", about=about)
    return Told(found, missing)


def some_paper(plan: Plan, wanted: str, key: object, part: Told) -> Told:
    """Say whether something holds for some paper of the request; of none it fails."""
    if part == FAILS:
        return FAILS
    found = plan.any_paper(wanted, key, part.truth)
    missing = plan.all_texts(f"missing: {wanted}", ("missing", key), part.missing)
    return Told(found, entry_if(is_null(found), missing))


def size(node: Node) -> int:
    """Count the parts of a tree, for what is large gets a column of its own."""
    return sum(1 for _ in node.find_all(exp.Condition))


def entry(words: str) -> Node:
    """Give one entry as text."""
    return text(f"{words}|")
