"""The located tree: every key and value of a text with its place, before anything is said of what it means."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from creditrules.frozen import dataclass
from creditrules.source import Span

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar(NamedTuple):
    """A single word or value as the author wrote it; `quoted` tells a text from a number or a date.

    There are more of these than of anything else, hence a tuple: it is made fastest and cannot be changed.
    """

    text: str
    quoted: bool = False
    span: Span | None = None
    stand_in: bool = False  # for something refused: nothing more is said of it

    @property
    def is_null(self) -> bool:
        """Say whether it is YAML's null."""
        return not self.quoted and self.text in _NULLS

    def __str__(self) -> str:
        return self.text


class ListNode(NamedTuple):
    """A list of values."""

    items: tuple[Node, ...]
    span: Span | None


class MapNode(NamedTuple):
    """A mapping, in the order written; keys are single words."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span | None

    def get(self, key: str) -> Node | None:
        """Give the value under `key`, or nothing."""
        return next((value for name, value in self.entries if name.text == key), None)


Node: TypeAlias = Scalar | ListNode | MapNode


def first_key(tree: Node) -> Span | None:
    """Give the place of a file's first key, for what is said of the whole file."""
    return tree.entries[0][0].span if isinstance(tree, MapNode) and tree.entries else tree.span


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a text is refused. The defaults hold 12,000 rules; a caller may raise them."""

    bytes: int = 16_000_000
    depth: int = 60
    nodes: int = 2_000_000
    rules: int = 20_000


DEFAULT_LIMITS = Limits()
