"""Steps of reasoning: what was asked, what came out, and from which facts. A decision's trace is made of them.

Results are three-valued: `True` held, `False` did not hold, `None` could not be told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from creditrules.frozen import dataclass
from creditrules.program import Condition, Mark, Rule, Value

Truth: TypeAlias = bool | None
Origin = Literal["given", "derived", "taken", "presumed", "absent", "unknown"]
Kind = Literal[
    "all", "any", "not", "test", "setting", "term", "some", "none", "paper",
    "in_force", "scope", "matters", "when", "unless", "overridden", "rule", "bars", "kind",
    "status", "usable", "clean", "alternative", "requirement", "conflict", "effect", "rung", "done",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One fact as it was read: its value (`None` if unknown), and where the value comes from.

    `premise` is the untold `only_if` of an unknown fact, `twin` its date or yes/no fact, unknown too: learning either
    would tell it. The names `documents` and `calendar.2028` stand for papers
    nobody told of and for a year whose working days are not announced.
    """

    fact: str
    paper: str | None
    value: Value | None
    origin: Origin
    held_by: str
    premise: Step | None = None
    twin: Read | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step: its kind and result, the parts it follows from, the facts read, and the place in the policy.

    `days` are the two days that were compared, where it is such a test.
    """

    kind: Kind
    result: Truth
    name: str = ""
    parts: tuple[Step, ...] = ()
    reads: tuple[Read, ...] = ()
    node: Condition | Rule | None = None
    clauses: tuple[str, ...] = ()
    paper: str | None = None
    days: tuple[dt.date | Mark | None, ...] = ()


# The trace in short, as plain tuples. A test: the fact, the paper it is about or `None`, the value read (`None`:
# unknown), what the test came to. A rule: its name, the paper or `None`, whether it holds, its tests in order.
Tested: TypeAlias = tuple[str, str | None, Value | None, Truth]
Explained: TypeAlias = tuple[str, str | None, Truth, tuple[Tested, ...]]


def explanation(rules: Iterable[Step]) -> tuple[Explained, ...]:
    """Give the steps of rules in short, by name and paper; whether the document applies is left out."""
    steps = sorted(rules, key=lambda step: (step.name, step.paper or ""))
    return tuple([(step.name, step.paper, step.result, tuple(_tested(step))) for step in steps])


def _tested(step: Step) -> Iterator[Tested]:
    if step.kind == "test":
        for read in step.reads:
            yield read.fact, read.paper, read.value, step.result
    elif step.kind != "scope":
        for part in step.parts:
            yield from _tested(part)


def all_hold(results: Iterable[Truth]) -> Truth:
    """Kleene's *and*: false if any is false, else untold if any is untold."""
    outcome: Truth = True
    for result in results:
        if result is False:
            return False
        if result is None:
            outcome = None
    return outcome


def any_holds(results: Iterable[Truth]) -> Truth:
    """Kleene's *or*: true if any is true, else untold if any is untold."""
    outcome: Truth = False
    for result in results:
        if result is True:
            return True
        if result is None:
            outcome = None
    return outcome


def opposite(result: Truth) -> Truth:
    """Kleene's *not*."""
    return None if result is None else not result


def all_step(
    kind: Kind,
    parts: Iterable[Step],
    name: str = "",
    *,
    node: Condition | Rule | None = None,
    clauses: tuple[str, ...] = (),
    paper: str | None = None,
) -> Step:
    """Make a step that holds when all its parts do."""
    parts = tuple(parts)
    return Step(kind, all_hold(part.result for part in parts), name, parts, (), node, clauses, paper)


def any_step(
    kind: Kind,
    parts: Iterable[Step],
    name: str = "",
    *,
    node: Condition | Rule | None = None,
    clauses: tuple[str, ...] = (),
    paper: str | None = None,
) -> Step:
    """Make a step that holds when one of its parts does."""
    parts = tuple(parts)
    return Step(kind, any_holds(part.result for part in parts), name, parts, (), node, clauses, paper)


def not_step(part: Step, kind: Kind = "not", name: str = "") -> Step:
    """Make a step that holds when its part does not."""
    return Step(kind, opposite(part.result), name, (part,))


def untold_reads(step: Step) -> list[Read]:
    """Give the unknown facts an untold step rests on: through its untold parts only, in the order met."""
    found: dict[tuple[str, str | None], Read] = {}
    seen: set[int] = set()
    todo = [step]
    while todo:
        here = todo.pop()
        if here.result is not None or id(here) in seen:
            continue
        seen.add(id(here))
        for read in unknown_among(here.reads):
            found.setdefault((read.fact, read.paper), read)
        todo.extend(reversed(here.parts))
    return list(found.values())


def unknown_among(reads: Iterable[Read]) -> list[Read]:
    """Give the unknown facts among those read, with what else would tell them: a premise, a twin."""
    found: list[Read] = []
    for read in reads:
        if read.origin == "unknown":
            found.append(read)
            if read.twin is not None:
                found.append(read.twin)
            if read.premise is not None:
                found += untold_reads(read.premise)
    return found
