"""Columns as they come, brought to few plain types: text, whole numbers, days, yes/no, lists and structs of these."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NOT_YET_DAY = 2_932_896  # 9999-12-31 in days since 1970: `not_yet` in a column of dates, as is DuckDB's infinity
_PER_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def plain_table(table: pa.Table) -> pa.Table:
    """Bring every column of a table to one chunk of a plain type; what a value says stays the same."""
    columns = [plain_array(_whole(column)) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def _whole(column: Any) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column


def plain_array(array: pa.Array) -> pa.Array:
    """Bring a column to a plain type."""
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    type_ = array.type
    if pa.types.is_dictionary(type_):
        return plain_array(array.cast(type_.value_type))
    if pa.types.is_null(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return array.cast(pa.string())
    if pa.types.is_integer(type_):
        return array if type_ in (pa.int32(), pa.int64()) or type_ == pa.uint64() else array.cast(pa.int64())
    if pa.types.is_floating(type_):
        return _whole_numbers(array)
    if pa.types.is_date(type_):
        return _dates(array if type_ == pa.date32() else array.cast(pa.date32()))
    if pa.types.is_timestamp(type_):
        return _days(array)
    if pa.types.is_run_end_encoded(type_):
        return plain_array(pc.run_end_decode(array))
    if pa.types.is_list_view(type_) or pa.types.is_large_list_view(type_):
        return _list_of_view(array)
    if pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_):
        return plain_array(array.cast(pa.list_(type_.value_type)))
    if pa.types.is_list(type_):
        return _list(array)
    if pa.types.is_struct(type_):
        return _struct(array)
    return array


def _list_of_view(array: pa.Array) -> pa.Array:
    """Put the items of views in a row: Arrow's own cast of views loses items."""
    ends = np.cumsum(pc.list_value_length(array).fill_null(0).to_numpy())
    offsets = pa.array(np.concatenate(([0], ends)), pa.int32())
    mask = pc.is_null(array) if array.null_count else None
    return pa.ListArray.from_arrays(offsets, plain_array(pc.list_flatten(array)), mask=mask)


def _list(array: pa.ListArray) -> pa.Array:
    """Make the items of a list column plain, and let it hold no others: a slice keeps those of the whole."""
    offsets = array.offsets.to_numpy()
    first, last = int(offsets[0]), int(offsets[-1])
    values = array.values
    own = values if (first, last) == (0, len(values)) else values.slice(first, last - first)
    inner = plain_array(own)
    if inner is values and not array.offset:
        return array
    mask = pc.is_null(array) if array.null_count else None
    return pa.ListArray.from_arrays(pa.array(offsets - first, pa.int32()), inner, mask=mask)


def _struct(array: pa.StructArray) -> pa.Array:
    values = array.flatten()
    parts = [plain_array(part) for part in values]
    if all(part is value for part, value in zip(parts, values, strict=True)):
        return array
    names = [array.type.field(place).name for place in range(array.type.num_fields)]
    return pa.StructArray.from_arrays(parts, names, mask=pc.is_null(array))


def _whole_numbers(array: pa.Array) -> pa.Array:
    """Make numbers that happen to be whole what they are; a number that is none (NaN) stays, and is refused."""
    if array.null_count == len(array):
        return array.cast(pa.float64()).cast(pa.int64())
    numbers = array.cast(pa.float64()).drop_null().to_numpy()
    if np.all(np.isfinite(numbers)) and np.all(np.floor(numbers) == numbers) and np.all(np.abs(numbers) < 2**53):
        return array.cast(pa.float64()).cast(pa.int64())
    return array.cast(pa.float64())


def _dates(array: pa.Array) -> pa.Array:
    """Bring days beyond the year 9999, such as DuckDB's infinity, to its last day, which means not yet."""
    if len(array) == array.null_count:
        return array
    days = array.cast(pa.int32())
    bounds = pc.min_max(days).as_py()
    if bounds["max"] <= NOT_YET_DAY and bounds["min"] >= -719_162:
        return array
    high = pc.min_element_wise(days, pa.scalar(NOT_YET_DAY, pa.int32()), skip_nulls=False)
    return pc.max_element_wise(high, pa.scalar(-719_162, pa.int32()), skip_nulls=False).cast(pa.date32())


def _days(array: pa.Array) -> pa.Array:
    """Make points in time that are all midnight what they are: days. Others stay, and are refused as dates."""
    if array.type.tz is not None:
        array = pc.local_timestamp(array)
    ticks = array.cast(pa.int64()).drop_null().to_numpy()
    per_day = _PER_DAY[array.type.unit]
    if np.any((ticks % per_day != 0) & (np.abs(ticks) < 2**63 - 2)):
        return array
    whole = array.cast(pa.int64())
    bound = (NOT_YET_DAY + 1) * per_day if per_day <= _PER_DAY["us"] else 2**63 - 1
    days = pc.if_else(pc.greater_equal(whole, bound), NOT_YET_DAY, pc.divide(whole, per_day))
    return days.cast(pa.int32()).cast(pa.date32())
