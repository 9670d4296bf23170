"""Columns of facts as numbers: each value by what programs can tell of it, read as in any request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creditrules.drivers.table.columns import NOT_YET_DAY
from creditrules.drivers.table.layout import IDENTITY
from creditrules.drivers.table.rows import written
from creditrules.drivers.table.uses import Use, cuts
from creditrules.identifiers import citizen_number_fault, credit_code_fault
from creditrules.program import Value
from creditrules.reading import plain_tree
from creditrules.request_reader import read_request
from creditrules.source import Source
from creditrules.vocabulary import Fact, Vocabulary

Ints: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
EPOCH = dt.date(1970, 1, 1)
FIRST_DAY = (dt.date(1900, 1, 1) - EPOCH).days
LAST_DAY = (dt.date(2199, 12, 31) - EPOCH).days
_NOWHERE = Source("<table>", "")
_MANY = 20_000  # different texts of a column; where there are more, each stands for itself alone
NULL, ALONE = -1, -2  # classes: not told; a value that only the reader of requests can judge


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read a single value as in a request: the names, and the day if there is one."""

    vocabulary: Vocabulary
    on: dt.date | None

    def value(self, name: str, cell: object) -> Value | None:
        """Read a value of a fact as the reader of requests does; `None` where it refuses it."""
        fact = self.vocabulary.facts[name]
        scope, _, key = name.partition(".")
        request: dict[str, object] = {scope: {key: written(cell, fact)}}
        if fact.about_paper:
            paper = {"kind": next(iter(self.vocabulary.papers), "")}
            request = {
                "documents": [{**paper, **request} if scope == "issuer" else {**paper, key: written(cell, fact)}]
            }
        read = read_request(plain_tree(request), _NOWHERE, self.vocabulary, frozenset(), self.on or EPOCH)
        if read.request is None:
            return None
        values = read.request.papers[0].values if read.request.papers else read.request.values
        return values.get(name)


def classes(array: pa.Array, name: str, use: Use | None, reading: Reading, on: Ints | int) -> Ints:
    """Give for each row a number; rows of one number have values that no program can tell apart.

    `NULL` is for a fact not told, `ALONE` for a value whose row has to be decided by itself. `on` is the day of the
    decision, in days since 1970, one for all rows or one for each.
    """
    if name in IDENTITY:
        return _identity(array, name)
    fact = reading.vocabulary.facts.get(name)
    if fact is None or use is None:
        return _alone(array)
    if pa.types.is_list(array.type):
        return _sets(array, fact, use, reading)
    if pa.types.is_string(array.type):
        return _words(array, fact, use, reading)
    if pa.types.is_boolean(array.type) and fact.type == "bool":
        found = array.fill_null(False).to_numpy(zero_copy_only=False).astype(np.int64)
        return _with_nulls(np.zeros_like(found) if use.idle else found, array, use)
    if pa.types.is_date32(array.type) and fact.type == "date":
        return _days(array, use, on)
    if array.type in (pa.int32(), pa.int64()) and fact.type == "number":
        return _numbers(array, use)
    return _words(array.cast(pa.string()), fact, use, reading) if _writable(array.type) else _alone(array)


def _writable(type_: pa.DataType) -> bool:
    """Say whether a number's text in Arrow is how a request would write it: whole numbers alone."""
    return bool(pa.types.is_integer(type_))


def _alone(array: pa.Array) -> Ints:
    return np.where(array.is_null().to_numpy(zero_copy_only=False), NULL, ALONE).astype(np.int64)


def _with_nulls(found: Ints, array: pa.Array, use: Use) -> Ints:
    if array.null_count:
        null = 0 if use.idle else NULL
        found = np.where(array.is_null().to_numpy(zero_copy_only=False), null, found)
    return found


def _identity(array: pa.Array, name: str) -> Ints:
    """Names and numbers of people decide nothing, if they can be read."""
    fault: Callable[[str], object] | None = None
    if name.endswith("unified_social_credit_code"):
        fault = credit_code_fault
    elif name.endswith("citizen_number"):
        fault = citizen_number_fault
    if not pa.types.is_string(array.type):
        return _alone(array)
    found = np.zeros(len(array), np.int64)
    for place, text in enumerate(array.to_pylist()):
        if text is not None and (not text.strip() or (fault is not None and fault(text) is not None)):
            found[place] = ALONE
    return found


class _Signatures:
    """Numbers for signatures, from 0 in the order met."""

    def __init__(self, use: Use) -> None:
        self.use = use
        self.numbers: dict[object, int] = {}

    def of(self, value: Value | None) -> int:
        if value is None:
            return ALONE
        return self.numbers.setdefault(self.use.signature(value), len(self.numbers))


def _words(array: pa.Array, fact: Fact, use: Use, reading: Reading) -> Ints:
    encoded = array.dictionary_encode()
    if len(encoded.dictionary) > _MANY:
        return _alone(array)
    signatures = _Signatures(use)
    numbers = [signatures.of(reading.value(fact.name, text)) for text in encoded.dictionary.to_pylist()]
    if use.idle:
        numbers = [0 if number >= 0 else number for number in numbers]
    table = np.array([*numbers, 0 if use.idle else NULL], np.int64)
    found: Ints = table[encoded.indices.fill_null(len(numbers)).to_numpy(zero_copy_only=False)]
    return found


def _numbers(array: pa.Array, use: Use) -> Ints:
    values = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    found = np.searchsorted(np.array(cuts(use), np.int64), values, side="right").astype(np.int64)
    found = np.where(np.abs(values) < 10**15, 0 if use.idle else found, ALONE)
    return _with_nulls(found, array, use)


def _days(array: pa.Array, use: Use, on: Ints | int) -> Ints:
    days = array.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    if use.idle:
        found = np.zeros_like(days)
    elif use.exact:
        found = days - FIRST_DAY
    else:
        written = sorted({(day - EPOCH).days + step for day in use.days for step in (0, 1)} | {NOT_YET_DAY})
        found = np.searchsorted(np.array(written, np.int64), days, side="right") * 3 + np.sign(days - on) + 1
    valid = ((days >= FIRST_DAY) & (days <= LAST_DAY)) | (days == NOT_YET_DAY)
    return _with_nulls(np.where(valid, found, ALONE), array, use)


def _sets(array: pa.Array, fact: Fact, use: Use, reading: Reading) -> Ints:
    """Lists by the tested values that are in them, and by being empty."""
    if not fact.is_list or not pa.types.is_string(array.type.value_type) or use.exact or array.offset:
        return _alone(array)
    spoken = sorted({value for test in use.tests for value in test.values}, key=str)
    encoded = array.values.dictionary_encode()
    if len(spoken) > 60 or len(encoded.dictionary) > _MANY or encoded.null_count:
        return _alone(array)
    bits = []
    wrong = False
    for text in encoded.dictionary.to_pylist():
        value = reading.value(fact.name, [text])
        wrong = wrong or value is None
        bits.append(1 << (spoken.index(text) + 1) if text in spoken else 1)
    if wrong:
        return _alone(array)
    flat = np.array([*bits, 0], np.int64)[encoded.indices.to_numpy()]
    offsets = array.offsets.to_numpy().astype(np.int64)
    found = np.zeros(len(array), np.int64)
    full = np.flatnonzero(np.diff(offsets))
    if len(full):
        found[full] = np.bitwise_or.reduceat(flat, offsets[full])
        ends = offsets[full + 1]
        assert np.all(ends[:-1] <= offsets[full][1:])
    found = np.zeros_like(found) if use.idle else found
    return _with_nulls(found, array, use)


def days_of(array: pa.Array | None, fixed: dt.date | None, rows: int) -> Ints | int | None:
    """Give the day of the decision of each row, in days since 1970; `None` where it is not plain."""
    if array is None:
        return None if fixed is None else (fixed - EPOCH).days
    if array.null_count or fixed is not None:
        return None
    if pa.types.is_string(array.type):
        if not pc.all(pc.match_substring_regex(array, r"^\d{4}-\d{2}-\d{2}$")).as_py():
            return None
        try:
            array = array.cast(pa.date32())
        except pa.ArrowInvalid:
            return None
    if not pa.types.is_date32(array.type):
        return None
    found: Ints = array.cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.int64)
    return found
