"""One thing changed: what it was, what it became, and where. Changes of a part are carried up to the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar, get_args

from creditrules.source import Span

Kind = Literal[
    "rule", "effect", "condition", "negation", "junction", "operator", "value", "member", "day", "unit", "anchor",
    "exception", "binding", "chooser", "matters", "name", "actor", "choice", "weight", "recurrence", "clause",
    "in_force", "setting", "presumption", "scope",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

Part = TypeVar("Part")
Part_co = TypeVar("Part_co", covariant=True)
Whole = TypeVar("Whole")
NOTHING = ""  # written where something was left out, or where there was nothing


@dataclass(frozen=True, slots=True)
class Edit(Generic[Part_co]):
    """A part with one thing changed: `path` leads to it, `before` and `after` are its words (`""`: nothing there)."""

    kind: Kind
    path: str
    before: str
    after: str
    span: Span | None
    value: Part_co


def inside(
    edits: Iterable[Edit[Part]], path: str, build: Callable[[Part], Whole], span: Span | None = None
) -> Iterator[Edit[Whole]]:
    """Carry the changes of a part up to the whole it stands in; `span` serves where a part has no place."""
    for edit in edits:
        joined = (
            path + ("." if edit.path and not edit.path.startswith("[") else "") + edit.path if path else edit.path
        )
        yield Edit(edit.kind, joined, edit.before, edit.after, edit.span or span, build(edit.value))


def without(items: tuple[Part, ...], place: int) -> tuple[Part, ...]:
    """Leave one item out."""
    return items[:place] + items[place + 1 :]


def instead(items: tuple[Part, ...], place: int, item: Part) -> tuple[Part, ...]:
    """Put another item in one's place."""
    return (*items[:place], item, *items[place + 1 :])


def of_kind(edits: Iterable[Edit[Part]], kind: Kind) -> Iterator[Edit[Part]]:
    """Call changes by another kind."""
    return (replace(edit, kind=kind) for edit in edits)


def following(names: Iterable[str], name: str, avoid: Iterable[str] = ()) -> str | None:
    """Give the name that comes after another in a fixed order, the first after the last; `None` where there is no
    other, or all others are to be avoided."""
    order = list(names)
    start = order.index(name) + 1 if name in order else 0
    shut = {name, *avoid}
    return next((one for one in [*order[start:], *order[:start]] if one not in shut), None)
