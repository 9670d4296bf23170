"""Which rows must have the same decision: those whose values no program can tell apart.

The law behind it: a decision hangs on what tests say of values, on what is told and what is not, on the matter and
the kinds and names of papers, and on days. Values are told apart by the first, days exactly wherever they may be
shown or counted from. A row that does not fit into that is decided by itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from creditrules.drivers.table.encoded import ALONE, NULL, Ints, Reading, classes, days_of
from creditrules.drivers.table.layout import Layout
from creditrules.drivers.table.uses import Use, uses_of
from creditrules.program import Program
from creditrules.vocabulary import Vocabulary


def row_keys(
    plain: pa.Table,
    layout: Layout,
    programs: tuple[Program, ...],
    vocabulary: Vocabulary,
    on: dt.date | None,
    whole: bool,
) -> Ints:
    """Give a number for each row of a plain table; rows of one number have the same decision.

    `whole` where also what comes after the day of the decision is asked: then every day counts.
    """
    rows = len(plain)
    days = days_of(plain["on"].combine_chunks() if "on" in layout.plain else None, on, rows)
    if days is None:
        return np.arange(rows)
    uses = {name: _exact(use) if whole else use for name, use in uses_of(programs).items()}
    reading = Reading(vocabulary, on)
    parts = [] if isinstance(days, int) else [days]
    for column, name in layout.facts.items():
        array = _one(plain, column)
        parts.append(classes(array, name, uses.get(name), reading, days))
        if name.startswith("matter."):
            parts.append(array.is_valid().to_numpy(zero_copy_only=False).astype(np.int64))
    parts += [
        _raw(_one(plain, column)) for column in ("policy", "area", "consulted", "matter") if column in layout.plain
    ]
    alone = np.zeros(rows, bool)
    for part in parts:
        alone |= part == ALONE
    numbers = _numbered(np.column_stack(parts) if parts else np.zeros((rows, 1), np.int64))
    if "documents" in layout.plain:
        papers, odd = _papers(_one(plain, "documents"), layout, uses, reading, days)
        alone |= odd
        numbers = _numbered(np.column_stack([numbers, papers]))
    return np.where(alone, np.arange(rows) + rows, numbers)


def _one(plain: pa.Table, column: str) -> pa.Array:
    array = plain[column]
    return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()


def _exact(use: Use) -> Use:
    return Use(use.infos, use.tests, use.days, True, use.idle) if _is_date(use) else use


def _is_date(use: Use) -> bool:
    return use.infos[0].type == "date"


def _numbered(matrix: np.ndarray[Any, np.dtype[np.int64]]) -> Ints:
    """Give equal rows of a matrix the same number."""
    rows, columns = matrix.shape
    if columns == 1:
        return np.unique(matrix[:, 0], return_inverse=True)[1].ravel().astype(np.int64)
    packed = np.ascontiguousarray(matrix).view(f"V{8 * columns}").ravel().tolist()
    seen: dict[bytes, int] = {}
    return np.fromiter((seen.setdefault(one, len(seen)) for one in packed), np.int64, rows)


def _raw(array: pa.Array) -> Ints:
    """Number values by what they are, null too."""
    seen: dict[str, int] = {}
    return np.fromiter((seen.setdefault(repr(one), len(seen)) for one in array.to_pylist()), np.int64, len(array))


def _papers(
    array: pa.Array, layout: Layout, uses: dict[str, Use], reading: Reading, on: Ints | int
) -> tuple[Ints, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Number lists of papers by their papers, in whatever order; and say which rows have to be decided alone: those
    with two papers of one kind without an id, for such are numbered by all that is in them."""
    rows = len(array)
    if not pa.types.is_list(array.type) or not pa.types.is_struct(array.type.value_type) or array.offset:
        null = array.is_null().to_numpy(zero_copy_only=False)
        return np.where(null, NULL, 0).astype(np.int64), ~null
    offsets = array.offsets.to_numpy().astype(np.int64)
    null = array.is_null().to_numpy(zero_copy_only=False)
    lengths = np.where(null, 0, np.diff(offsets))
    values = array.values
    if not len(values):
        return np.where(null, NULL, 0).astype(np.int64), np.zeros(rows, bool)
    owner = np.repeat(np.arange(rows), np.diff(offsets))
    first, last = int(offsets[0]), int(offsets[-1])
    values = values.slice(first, last - first)
    offsets = offsets - first
    day = on if isinstance(on, int) else on[owner]
    odd = values.is_null().to_numpy(zero_copy_only=False)
    parts: list[Ints] = []
    names: list[str] = []
    for path, name in layout.papers.items():
        field = _field(values, path)
        part = _raw(field) if name == "document.id" else classes(field, name, uses.get(name), reading, day)
        odd |= part == ALONE
        parts.append(part)
        names.append(name)
    odd |= _nameless_twins(values, layout, owner)
    numbers = _numbered(np.column_stack(parts))
    alone = np.zeros(rows, bool)
    np.logical_or.at(alone, owner[odd], True)
    return _lists(numbers, offsets, lengths, null), alone


def _field(values: pa.StructArray, path: tuple[str, ...]) -> pa.Array:
    for name in path:
        values = values.flatten()[values.type.get_field_index(name)]
    return values


def _nameless_twins(values: pa.StructArray, layout: Layout, owner: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Say which papers without an id share their request and kind with another such."""
    paths = {name: path for path, name in layout.papers.items()}
    nameless = np.ones(len(values), bool)
    if "document.id" in paths:
        nameless = _field(values, paths["document.id"]).is_null().to_numpy(zero_copy_only=False)
    kind = (
        _raw(_field(values, paths["document.kind"])) if "document.kind" in paths else np.zeros(len(values), np.int64)
    )
    pair = owner * (int(kind.max()) + 1) + kind
    _, place, count = np.unique(
        np.where(nameless, pair, -1 - np.arange(len(pair))), return_inverse=True, return_counts=True
    )
    twins: np.ndarray[Any, np.dtype[np.bool_]] = count[place.ravel()] > 1
    return twins


def _lists(numbers: Ints, offsets: Ints, lengths: Ints, null: np.ndarray[Any, np.dtype[np.bool_]]) -> Ints:
    """Number rows by the sorted numbers of their papers."""
    found = np.where(null, NULL, 0).astype(np.int64)
    owner = np.repeat(np.arange(len(lengths)), np.diff(offsets))
    numbers = numbers[np.lexsort((numbers, owner))]
    seen: dict[bytes, int] = {}
    for row in np.flatnonzero(lengths).tolist():
        content = numbers[offsets[row] : offsets[row + 1]].tobytes()
        found[row] = seen.setdefault(content, len(seen) + 1)
    return found
