"""The columns a statement works out, and in which step each of them stands.

A column is about the request or about one of its papers. Steps go down in turns: columns of the request, then of its
papers, then of the request again (what its papers come to), and so on; within a turn by group, from facts to entries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from sqlglot import exp

from creditrules.drivers.sql.dialects import Dialect
from creditrules.drivers.sql.nodes import Node, case, column, number, or_else, text

About = Literal["request", "paper"]
Group = Literal[
    "given", "facts", "days", "terms", "rules", "status", "requirements", "ladder", "missing", "refusals", "entries",
]  # fmt: skip
GROUPS: tuple[Group, ...] = get_args(Group)
Made = Literal["given", "worked_out", "any", "gathered", "counted", "working_day", "recurring"]
Place = tuple[int, int, int]  # the turn (even: of requests, odd: of papers), the group, the step within it

LONGEST_NAME = 60  # bytes; PostgreSQL cuts off what is longer than 63


@dataclass(frozen=True, slots=True)
class Planned:
    """A column: what it is, how it is made, where it stands, and which columns it is made from."""

    name: str
    about: About
    made: Made
    node: Node
    place: Place
    needs: frozenset[str]
    comment: str = ""
    count: int = 0
    periods: Periods | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """Calendar periods of so many months from one on: which of them count, and what each of them brings as text.

    `counts` and `entry` speak of the columns `first`, `last` and `before` (the first day of the period before) of the
    table `period`.
    """

    first: dt.date
    months: int
    counts: Node
    entry: Node


@dataclass(slots=True)
class Plan:
    """All columns planned so far; asking for one twice gives the same one."""

    dialect: Dialect
    columns: dict[str, Planned] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _names: dict[object, str] = field(default_factory=dict)

    def name(self, wanted: str, key: object) -> str:
        """Give a name of its own to whatever `key` stands for, near the one wanted and not too long."""
        if key not in self._names:
            short = wanted
            while len(short.encode()) > LONGEST_NAME:
                short = short[:-1]
            name, number_ = short, 1
            while name.lower() in self._used:
                number_ += 1
                name = f"{short[:40]}~{number_}"
            self._used.add(name.lower())
            self._names[key] = name
        return self._names[key]

    def given(self, name: str, about: About, node: Node) -> exp.Column:
        """Plan a column that the tables give."""
        place = (0 if about == "request" else 1, 0, 0)
        self.columns.setdefault(name, Planned(name, about, "given", node, place, frozenset()))
        return column(name)

    def worked_out(
        self, wanted: str, key: object, node: Node, group: Group, *, comment: str = "", about: About | None = None
    ) -> Node:
        """Plan a column; what is a column or a literal already stays what it is, unless it has to be about papers."""
        if isinstance(node, exp.Boolean | exp.Literal | exp.Null):
            return node
        if isinstance(node, exp.Column) and (about is None or self.columns[node.name].about == about):
            return node
        name = self.name(wanted, (key, about))
        if name not in self.columns:
            self._place(name, node, group, "worked_out", comment, about)
        return column(name)

    def working_day(self, since: exp.Column, count: int) -> exp.Column:
        """Plan the day that is so many working days after another, looked up in the calendar."""
        name = self.name(f"{count} working days after {since.name}", ("working_day", since.name, count))
        if name not in self.columns:
            self._place(name, since, "days", "working_day", count=count)
        return column(name)

    def in_calendar(self, since: exp.Column, count: int) -> exp.Column:
        """Plan the count of working days up to a day: unknown where the calendar does not have it."""
        name = self.name(f"count of working days to {since.name}", ("counted", since.name))
        if name not in self.columns:
            self._place(name, since, "days", "working_day", count=0)
        return column(name)

    def of_periods(self, wanted: str, key: object, periods: Periods, about: About) -> Node:
        """Plan the joined texts of some calendar periods."""
        name = self.name(wanted, key)
        if name not in self.columns:
            read = [
                one for part in (periods.counts, periods.entry) for one in _walk(part) if one.name in self.columns
            ]
            needed = exp.Tuple(expressions=[one.copy() for one in read])
            self._place(name, needed, "entries", "recurring", about=about)
            self.columns[name] = replace(self.columns[name], periods=periods)
        return or_else(column(name), text(""))

    def any_paper(self, wanted: str, key: object, node: Node) -> Node:
        """Say in three values whether something holds for any paper of the request; of none it is false."""
        name = self.name(f"some: {wanted}", ("some", key))
        if name not in self.columns:
            graded = case((node, number(2)), (_is_null(node), number(1)), otherwise=number(0))
            self._gather(name, graded, "any")
        return column(name)

    def all_texts(self, wanted: str, key: object, node: Node | None) -> Node | None:
        """Join a text of all papers of the request; of none it is empty."""
        if node is None:
            return None
        name = self.name(f"all: {wanted}", ("all", key))
        if name not in self.columns:
            self._gather(name, node, "gathered")
        return column(name)

    def count_papers(self, id_: Node, *, distinct: bool = False) -> Node:
        """Count the papers of the request, or their different ids."""
        name = self.name("ids of papers" if distinct else "number of papers", ("counted", distinct))
        if name not in self.columns:
            self._gather(name, id_, "counted", count=int(distinct))
        return column(name)

    def _gather(self, name: str, node: Node, made: Made, count: int = 0) -> None:
        needs = _columns_in(node)
        turn = max([1, *(self._turn(self.columns[one], "paper") for one in needs)])
        self.columns[name] = Planned(name, "request", made, node, (turn + 1, 0, 0), needs, count=count)

    def _turn(self, one: Planned, about: About) -> int:
        return one.place[0] + (one.about != about)

    def _place(
        self,
        name: str,
        node: Node,
        group: Group,
        made: Made,
        comment: str = "",
        about: About | None = None,
        count: int = 0,
    ) -> None:
        needs = _columns_in(node)
        parts = [self.columns[one] for one in needs]
        if about is None:
            about = "paper" if any(part.about == "paper" for part in parts) else "request"
        turn = max([0 if about == "request" else 1, *(self._turn(part, about) for part in parts)])
        wanted = GROUPS.index(group)
        before = max(((*part.place[1:],) for part in parts if part.place[0] == turn), default=(-1, 0))
        place = (turn, wanted, 0) if before[0] < wanted else (turn, before[0], before[1] + 1)
        self.columns[name] = Planned(name, about, made, node, place, needs, comment, count)

    def reached(self, wanted: Iterable[str]) -> set[str]:
        """Give the columns that some columns are made from, themselves included."""
        found: set[str] = set()
        todo = list(wanted)
        while todo:
            name = todo.pop()
            if name in found:
                continue
            found.add(name)
            todo.extend(self.columns[name].needs)
        return found


def _columns_in(node: Node) -> frozenset[str]:
    return frozenset(one.name for one in _walk(node))


def _walk(node: Node) -> Iterator[exp.Column]:
    return node.find_all(exp.Column)


def _is_null(node: Node) -> Node:
    return exp.Is(this=_bracketed(node), expression=exp.Null())


def _bracketed(node: Node) -> Node:
    return node.copy() if isinstance(node, exp.Column) else exp.Paren(this=node.copy())
