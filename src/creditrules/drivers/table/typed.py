"""Columns of facts for whole-column tests: plain arrays, with the rows where a value is missing or cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from creditrules.drivers.table.columns import NOT_YET_DAY
from creditrules.drivers.table.encoded import ALONE, FIRST_DAY, LAST_DAY, Reading, classes
from creditrules.drivers.table.layout import IDENTITY
from creditrules.drivers.table.uses import Use
from creditrules.program import FactTest, Value
from creditrules.vocabulary import Fact

Bools: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
_MANY = 20_000  # different texts of a column; with more of them its rows are not decided by columns
_BITS = 62


@dataclass(slots=True)
class TypedColumn:
    """A column of one fact: its kind, its values as numbers, and which rows are not told or not readable (`None`:
    every row is fine). `values` are what the numbers of words and bits stand for."""

    kind: str  # yes, number, day, words, set
    data: np.ndarray[Any, Any]
    values: tuple[Value | None, ...] = ()
    null: Bools | None = None
    wrong: Bools | None = None
    use: Use | None = None

    def ordered(self, order: np.ndarray[Any, Any]) -> TypedColumn:
        """Give the same with its rows in another order."""
        return TypedColumn(self.kind, self.data[order], self.values, use=self.use)


def typed_column(array: pa.Array, name: str, use: Use | None, reading: Reading) -> TypedColumn | None:
    """Read a column whole; `None` where only the reader of requests can judge its values."""
    fact = reading.vocabulary.facts.get(name)
    null = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    if name in IDENTITY:
        wrong = classes(array, name, use, reading, 0) == ALONE
        return TypedColumn("none", np.empty(0), (), null, wrong if wrong.any() else None)
    if fact is None or use is None:
        return None
    type_ = array.type
    if pa.types.is_boolean(type_) and fact.type == "bool":
        return TypedColumn("yes", array.fill_null(False).to_numpy(zero_copy_only=False), (), null, use=use)
    if pa.types.is_date32(type_) and fact.type == "date":
        return _days(array, null)
    if type_ in (pa.int32(), pa.int64()) and fact.type == "number":
        return _numbers(array, null)
    if pa.types.is_string(type_) and not fact.is_list and fact.type not in ("number", "date"):
        return _words(array, fact, use, reading, null)
    if pa.types.is_list(type_) and pa.types.is_string(type_.value_type) and fact.is_list and not use.exact:
        return _set(array, fact, use, reading, null)
    return None


def _filled(array: pa.Array, null: Bools | None) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = (array if null is None else array.fill_null(0)).to_numpy(zero_copy_only=False)
    return found


def _some(wrong: Bools) -> Bools | None:
    return wrong if wrong.any() else None


def _days(array: pa.Array, null: Bools | None) -> TypedColumn:
    data = _filled(array.cast(pa.int32()), null)
    if null is None and len(data) and data.min() >= FIRST_DAY and data.max() <= LAST_DAY:
        return TypedColumn("day", data)
    wrong = ~(((data >= FIRST_DAY) & (data <= LAST_DAY)) | (data == NOT_YET_DAY))
    return TypedColumn("day", data, (), null, _some(wrong))


def _numbers(array: pa.Array, null: Bools | None) -> TypedColumn:
    data = _filled(array, null)
    if len(data) and (data.min() <= -(10**15) or data.max() >= 10**15):
        return TypedColumn("number", data, (), null, _some(np.abs(data) >= 10**15))
    return TypedColumn("number", data, (), null)


def _narrow(numbers: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    return numbers.astype(np.uint8 if count < 256 else np.uint16 if count < 65_536 else np.int32)


def _words(array: pa.Array, fact: Fact, use: Use, reading: Reading, null: Bools | None) -> TypedColumn | None:
    encoded = array.dictionary_encode()
    if len(encoded.dictionary) > _MANY:
        return None
    values = tuple(reading.value(fact.name, text) for text in encoded.dictionary.to_pylist())
    data = _narrow(_filled(encoded.indices, null), len(values))
    bad = np.array([value is None for value in values], bool)
    return TypedColumn("words", data, values, null, _some(bad[data]) if bad.any() else None, use)


def _set(array: pa.Array, fact: Fact, use: Use, reading: Reading, null: Bools | None) -> TypedColumn | None:
    """Read lists as masks: a bit for each value that some test names, and one for all others."""
    spoken = sorted({value for test in use.tests for value in test.values}, key=str)
    encoded = array.values.dictionary_encode()
    if len(spoken) > _BITS or len(encoded.dictionary) > _MANY or encoded.null_count or array.offset:
        return None
    texts = encoded.dictionary.to_pylist()
    if any(reading.value(fact.name, [text]) is None for text in texts):
        return None
    type_ = np.uint8 if len(spoken) <= 7 else np.uint16 if len(spoken) <= 15 else np.int64
    place = {value: number for number, value in enumerate(spoken)}
    bits = np.array([1 << place.get(text, len(spoken)) for text in texts] or [0]).astype(type_)
    flat = bits[encoded.indices.to_numpy()]
    offsets = array.offsets.to_numpy()
    data = np.zeros(len(array), type_)
    full = np.flatnonzero(offsets[1:] > offsets[:-1])
    if len(full):
        data[full] = np.bitwise_or.reduceat(flat, offsets[full])
    return TypedColumn("set", data, tuple(spoken), null)


def passes(test: FactTest, column: TypedColumn, rows: slice) -> Bools | bool:
    """Say of each row whether its value passes a test; the rows must all be told and readable."""
    data = column.data[rows]
    match column.kind:
        case "yes" if column.use is not None:
            no, yes = column.use.fitting(test, (False, True))
            told: Bools = data if yes else ~data
            return yes if yes == no else told
        case "words" if column.use is not None:
            return _among(data, column.use.fitting(test, column.values))
        case "number":
            return _compared(test, data)
        case "set":
            return _contains(test, data, column.values)
    raise NotCoveredError


class NotCoveredError(Exception):
    """Something that is not told by whole columns; its rows are decided one by one."""


def _among(data: np.ndarray[Any, Any], fits: list[bool]) -> Bools | bool:
    """Say which numbers are among those that fit, with as few comparisons as possible."""
    count = sum(fits)
    if count in (0, len(fits)):
        return count > 0
    other = 2 * count > len(fits)
    few = [place for place, one in enumerate(fits) if one is not other]
    if len(few) > 3:
        looked_up: Bools = np.array(fits, bool)[data]
        return looked_up
    found: Bools = data != few[0] if other else data == few[0]
    for place in few[1:]:
        found = found & (data != place) if other else found | (data == place)
    return found


_COMPARED: dict[str, Callable[[Any, Any], Bools]] = {
    "at_least": np.greater_equal, "at_most": np.less_equal, "more_than": np.greater, "less_than": np.less,
}  # fmt: skip


def _compared(test: FactTest, data: np.ndarray[Any, Any]) -> Bools:
    bounds = [value for value in test.values if isinstance(value, int) and not isinstance(value, bool)]
    if len(bounds) != len(test.values) or any(abs(bound) >= 2**31 for bound in bounds):
        raise NotCoveredError  # a bound with a fraction, or one beyond the column's own numbers
    if test.operator in _COMPARED:
        return _COMPARED[test.operator](data, bounds[0])
    found: Bools = data == bounds[0]
    for bound in bounds[1:]:
        found = found | (data == bound)
    return ~found if test.operator == "is_not" else found


def _contains(test: FactTest, data: np.ndarray[Any, Any], values: tuple[Value | None, ...]) -> Bools:
    wanted = data.dtype.type(sum(1 << values.index(value) for value in test.values))
    found: Bools
    if test.operator == "contains_any":
        found = (data & wanted) != 0
    elif test.operator == "contains_all":
        found = (data & wanted) == wanted
    else:
        raise NotCoveredError
    return found
