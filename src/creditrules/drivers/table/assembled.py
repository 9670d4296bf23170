"""The columns of answers for rows decided by whole columns, made from numbers and bits without looking at a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from creditrules.decision import OUTCOMES
from creditrules.drivers.table.answers import COLUMNS
from creditrules.drivers.table.encoded import Ints
from creditrules.drivers.table.masks import Held
from creditrules.drivers.table.plans import Plans

_AT_ONCE = 1 << 21  # bits spelled out at a time
_COUNTS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1, dtype=np.uint8)


def outcomes_of(held: Held) -> pa.Array:
    """Give the outcome of each row."""
    return pa.array(OUTCOMES).take(pa.array(held.outcome))


def column_of(name: str, held: Held, plans: Plans) -> pa.Array:
    """Give a column of the answer, in the order of `held.rows`."""
    rows = len(held.rows)
    match name:
        case "possible":
            return _lists(np.arange(rows + 1), held.outcome, OUTCOMES)
        case "rules":
            return _lists(*_numbers_of(held), plans.rule_names)
        case "measures":
            return _of_bits(held.measures, plans.measure_names)
        case "options":
            return _of_bits(held.options, plans.option_names)
        case _:  # nothing is missing, and there are no papers
            type_ = COLUMNS[name].type
            return pa.ListArray.from_arrays(np.zeros(rows + 1, np.int32), pa.array([], type_.value_type))


def _offsets(counts: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int32]]:
    found = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=found[1:])
    return found


def _numbers_of(held: Held) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Spell out the bits of the rules that hold, so many rows at a time: where each row's rules begin, and those."""
    width = 8 * held.rules.shape[1]
    counts = np.zeros(len(held.rows), np.int32)
    for octet in held.rules.T:
        counts += _COUNTS[octet]
    most = max(1, _AT_ONCE // max(width, 1))
    found = []
    for start in range(0, len(held.rows), most):
        rows = slice(start, start + most)
        bits = np.flatnonzero(np.unpackbits(held.rules[rows].ravel()).view(bool))
        before = np.arange(len(held.first[rows])) * width - held.first[rows]  # bits of the rows above
        found.append(held.numbers[bits - np.repeat(before, counts[rows])])
    return _offsets(counts), np.concatenate(found)


def _lists(offsets: np.ndarray[Any, Any], places: np.ndarray[Any, Any], names: Sequence[str]) -> pa.Array:
    words = pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(names, pa.string()))
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), words)


def _of_bits(bits: Ints, names: list[str]) -> pa.Array:
    """Spell out bits: each different joining once, then for every row."""
    encoded = pa.array(bits).dictionary_encode()
    which = encoded.indices.to_numpy()
    spelled = [[place for place in range(len(names)) if one >> place & 1] for one in encoded.dictionary.to_pylist()]
    lengths = np.array([len(one) for one in spelled] or [0], np.int32)
    flat = np.array([place for one in spelled for place in one], np.int32)
    starts = np.cumsum(lengths, dtype=np.int32) - lengths
    counts = lengths[which]
    offsets = _offsets(counts)
    taken = np.repeat(starts[which] - offsets[:-1], counts) + np.arange(offsets[-1], dtype=np.int32)
    return _lists(offsets, flat[taken], names)
