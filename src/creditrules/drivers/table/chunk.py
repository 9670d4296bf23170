"""One chunk of a table decided: rows that must have the same decision are decided once, the others one by one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from creditrules.decision import Decision
from creditrules.diagnostics import Finding
from creditrules.drivers.table.answers import COLUMNS, Column
from creditrules.drivers.table.assembled import column_of, outcomes_of
from creditrules.drivers.table.columns import plain_table
from creditrules.drivers.table.keys import row_keys
from creditrules.drivers.table.layout import Layout, read_layout
from creditrules.drivers.table.masks import COVERED, held_in
from creditrules.drivers.table.plans import plans_of
from creditrules.drivers.table.refused import Refused, refused
from creditrules.drivers.table.rows import request_of, row_values
from creditrules.errors import RequestError
from creditrules.program import Program
from creditrules.vocabulary import Vocabulary
from creditrules.wording import Lang

Words = tuple[str, ...]


class Front(Protocol):
    """A policy or a library, as the front door gives it: it reads and decides a request, whatever is asked here."""

    def decide_request(self, request: Mapping[str, object], *, on: dt.date | None = None) -> Decision:
        """Decide a request; raises `RequestError` where it cannot be read."""

    def panel(self, policy: str | None, area: Words | None) -> tuple[Program, ...] | None:
        """Give the programs that decide such a request; `None` where there are none, or it is refused."""

    def digests(self) -> Mapping[str, str]:
        """Give the digest of every policy."""

    def names_read(self) -> Vocabulary:
        """Give every name a request may use."""

    def text(self, decision: Any, lang: Lang = "zh", *, verbose: bool = False) -> str:
        """Give a decision as text, `verbose` with its trace."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of every row alike: by whom it is decided, the columns of the answer, and what rows do not say.

    `fixed` may hold `policy`, `area` and `consulted`.
    """

    front: Front
    columns: tuple[Column, ...]
    on: dt.date | None = None
    fixed: Mapping[str, object] = field(default_factory=dict)
    kept: Words = ()

    def layout(self, schema: pa.Schema) -> Layout:
        """Read what the columns of a table are; raises `RequestError` for one that is no part of a request."""
        return read_layout(schema, self.front.names_read(), self.kept)

    def panel(self) -> tuple[str | None, Words | None]:
        """Give the policy and the area that are the same for all rows."""
        policy, area = self.fixed.get("policy"), self.fixed.get("area")
        words = (area,) if isinstance(area, str) else tuple(area) if isinstance(area, list | tuple) else None
        return policy if isinstance(policy, str) else None, words

    def programs(self) -> tuple[Program, ...] | None:
        """Give the programs that decide every row; `None` where there are none, or every row would be refused."""
        policy, area = self.panel()
        if any(not str(word).strip() for word in (policy or "-", *(area or ()))):
            return None
        return self.front.panel(policy, area) or None

    def decide(self, row: Mapping[str, Any], layout: Layout) -> Decision:
        """Decide one row; raises `RequestError` where it cannot be read."""
        request = request_of(row, layout, self.fixed)
        if self.on is None or "on" in request:
            return self.front.decide_request(request, on=self.on)
        return self.front.decide_request({**request, "on": self.on})


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a chunk, a row each in the order of the rows, and the findings of rows refused.

    `counts` tells how many rows have an outcome in a matter; a refused row has the outcome `None`.
    """

    table: pa.Table
    refused: list[Refused]
    counts: Counter[tuple[str | None, str | None]]


def decide_chunk(asking: Asking, table: pa.Table, wrong: Mapping[int, tuple[Finding, ...]] | None = None) -> Answers:
    """Decide every row of a chunk; `wrong` holds findings already made of some rows."""
    plain = plain_table(table)
    layout = asking.layout(plain.schema)
    wrong = wrong or {}
    parts = Parts(asking.columns, len(plain))
    findings: list[Refused] = []

    def refuse(row: int, why: Iterable[Finding]) -> None:
        key = plain["id"][row].as_py() if "id" in layout.plain else None
        findings.extend(refused(row, key, why))

    for row, why in wrong.items():
        refuse(row, why)
    left = np.ones(len(plain), bool)
    left[list(wrong)] = False
    left[_by_columns(asking, plain, layout, parts, left.copy())] = False
    one_by_one(asking, plain, layout, np.flatnonzero(left), parts, refuse)
    findings.sort(key=lambda one: one.row or 0)
    answers = parts.table()
    return Answers(answers, findings, _counts(parts.outcomes(), plain, layout))


def _by_columns(
    asking: Asking, plain: pa.Table, layout: Layout, parts: Parts, rows: np.ndarray[Any, np.dtype[np.bool_]]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Decide what of some rows can be by whole columns; gives those that were."""
    names = frozenset(column.name for column in asking.columns)
    programs = asking.programs() if names <= COVERED and "consulted" not in asking.fixed else None
    vocabulary = asking.front.names_read()
    held = held_in(plain, layout, programs, vocabulary, asking.on, names, rows) if programs else None
    if held is None or programs is None:
        return np.empty(0, np.int64)
    plans = plans_of(programs)
    outcomes = outcomes_of(held)
    made = [outcomes if one.name == "outcome" else column_of(one.name, held, plans) for one in asking.columns]
    parts.add_columns(held.rows, outcomes, made)
    return held.rows


def one_by_one(
    asking: Asking,
    plain: pa.Table,
    layout: Layout,
    rows: np.ndarray[Any, np.dtype[np.int64]],
    parts: Parts,
    refuse: Callable[[int, Iterable[Finding]], None],
) -> None:
    """Decide rows by the reference, one for each key; a key that is refused is refused row by row, in the row's
    own words."""
    if not len(rows):
        return
    keys = _keys(asking, plain.take(pa.array(rows)), layout)
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    place = place.ravel()
    answers: list[tuple[object, ...] | None] = []
    for number, row in zip(rows[first].tolist(), row_values(plain, rows[first]), strict=True):
        try:
            answers.append(_answer(asking, row, layout))
        except RequestError as error:
            answers.append(None)
            refuse(number, error.findings)
    bad = np.array([one is None for one in answers], bool)[place]
    parts.add(rows[~bad], answers, place[~bad])
    bad[first] = False  # they have had their say
    for number, row in zip(rows[bad].tolist(), row_values(plain, rows[bad]), strict=True):
        try:
            parts.add(np.array([number]), [_answer(asking, row, layout)], np.array([0]))
        except RequestError as error:
            refuse(number, error.findings)


def _answer(asking: Asking, row: Mapping[str, Any], layout: Layout) -> tuple[object, ...]:
    decision = asking.decide(row, layout)
    return decision.outcome, *(column.of(decision) for column in asking.columns)


def _keys(asking: Asking, table: pa.Table, layout: Layout) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Number rows so that those of one number have the same decision; alone where documents differ by row."""
    whole = any(column.whole for column in asking.columns)
    programs = None
    if not {"policy", "area"} & layout.plain:
        programs = asking.programs()
    if not programs:
        return np.arange(len(table))
    return row_keys(table, layout, programs, asking.front.names_read(), asking.on, whole)


class Parts:
    """Answers as they come, group by group, each row told which answer is its own; at the end one table."""

    def __init__(self, columns: tuple[Column, ...], rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.place = np.full(rows, -1, np.int64)
        self._made = 0
        self._arrays: list[list[pa.Array]] = [[] for _ in columns]
        self._outcomes: list[pa.Array] = []

    def add(
        self, rows: np.ndarray[Any, Any], answers: list[tuple[object, ...] | None], which: np.ndarray[Any, Any]
    ) -> None:
        """Note the answers (outcome first, then the columns) of some rows; `None` where a row is refused."""
        empty: tuple[object, ...] = (None,) * (len(self.columns) + 1)
        whole = [one or empty for one in answers]
        outcomes = pa.array([one[0] for one in whole], COLUMNS["outcome"].type)
        arrays = [
            pa.array([one[place + 1] for one in whole], column.type) for place, column in enumerate(self.columns)
        ]
        self.add_columns(rows, outcomes, arrays, which)

    def add_columns(
        self,
        rows: np.ndarray[Any, Any],
        outcomes: pa.Array,
        arrays: list[pa.Array],
        which: np.ndarray[Any, Any] | None = None,
    ) -> None:
        """Note answers as columns; `which` of them is a row's own, the first the first row's if that is not said."""
        self.place[rows] = self._made + (np.arange(len(rows)) if which is None else which)
        self._made += len(outcomes)
        self._outcomes.append(outcomes)
        for known, array in zip(self._arrays, arrays, strict=True):
            known.append(array)

    def outcomes(self) -> pa.Array:
        """Give the outcome of every row, `None` where it is refused."""
        return self._taken(self._outcomes, COLUMNS["outcome"].type)

    def _taken(self, arrays: list[pa.Array], type_: pa.DataType) -> pa.Array:
        if not arrays:
            return pa.nulls(self.rows, type_)
        if len(arrays) == 1 and len(arrays[0]) == self.rows and self._straight():
            return arrays[0]
        whole = pa.concat_arrays(arrays)
        return whole.take(pa.array(self.place, mask=self.place < 0))

    def _straight(self) -> bool:
        return self._made == self.rows and bool(np.array_equal(self.place, np.arange(self.rows)))

    def table(self) -> pa.Table:
        """Give the columns selected, a row for every row of the chunk."""
        made = [self._taken(arrays, column.type) for arrays, column in zip(self._arrays, self.columns, strict=True)]
        return pa.table(made, schema=pa.schema([(column.name, column.type) for column in self.columns]))


def _counts(outcomes: pa.Array, plain: pa.Table, layout: Layout) -> Counter[tuple[str | None, str | None]]:
    names = {"outcome": outcomes}
    if "matter.code" in layout.facts:
        names["matter"] = plain["matter.code"].combine_chunks().cast(pa.string())
    counted = pa.table(names).group_by(list(names)).aggregate([([], "count_all")]).to_pylist()
    return Counter({(one["outcome"], one.get("matter")): one["count_all"] for one in counted})
