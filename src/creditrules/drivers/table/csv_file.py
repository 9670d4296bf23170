"""CSV files: every column is text, an empty cell is null, and a row that cannot be read keeps its place."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from creditrules.diagnostics import Finding, Findings, advice

Wrong = dict[int, tuple[Finding, ...]]  # by the row's number, from 0
_BLOCK = 1 << 24  # bytes read at a time; no row may be longer
_FIRST = 2  # the reader's number of the first row below the heading


def read_csv(path: Path, wrong: Wrong) -> pa.RecordBatchReader:
    """Read a CSV (or TSV) file in its order, in batches. A row with too many or too few cells, or one that is not
    UTF-8, stands as a row of nulls, and in `wrong` with its findings by the time its batch is given.

    Raises `OSError` or `ValueError` where the file as a whole cannot be read.
    """
    sep = "\t" if path.suffix.lower() == ".tsv" else ","
    names = _heading(path, sep)
    schema = pa.schema([(name, pa.string()) for name in names])
    lost: deque[arrow_csv.InvalidRow] = deque()

    def note(row: arrow_csv.InvalidRow) -> str:
        lost.append(row)
        return "skip"

    found = arrow_csv.open_csv(
        path,
        read_options=arrow_csv.ReadOptions(block_size=_BLOCK, use_threads=False),
        parse_options=arrow_csv.ParseOptions(delimiter=sep, newlines_in_values=True, invalid_row_handler=note),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.binary() for name in names}, strings_can_be_null=True, null_values=[""]
        ),
    )

    def batches() -> Iterator[pa.RecordBatch]:
        row = 0
        while True:
            batch = next(found, None)
            good = 0 if batch is None else len(batch)
            bad: list[int] = []
            while lost and (batch is None or lost[0].number - _FIRST <= row + good + len(bad)):
                one = lost.popleft()
                bad.append(one.number - _FIRST)
                wrong[bad[-1]] = _finding("CR546", "row", found=one.actual_columns, wanted=one.expected_columns)
            if batch is None and not bad:
                return
            columns = batch.columns if batch is not None else [pa.array([], pa.binary()) for _ in names]
            placed = pa.Table.from_arrays(columns, names=names).take(_places(good, row, bad))
            yield _as_text(placed, schema, row, wrong)
            row += len(placed)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _heading(path: Path, sep: str) -> list[str]:
    """Read the names of the columns; raises `ValueError` where they are no UTF-8, or a name comes twice."""
    with path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file:
        names = next(csv.reader(file, delimiter=sep), [])
    try:
        "".join(names).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("the heading is not UTF-8") from error
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if not names or twice:
        raise ValueError(f"the heading has {twice[0]!r} twice" if twice else "there is no heading")
    return names


def _places(good: int, start: int, bad: list[int]) -> pa.Array:
    """Say for each row of a batch which of the good rows it is; null for those that are bad."""
    count = good + len(bad)
    is_bad = np.zeros(count, bool)
    is_bad[[place - start for place in bad]] = True
    places = np.zeros(count, np.int64)
    places[~is_bad] = np.arange(good)
    return pa.array(places, mask=is_bad)


def _as_text(table: pa.Table, schema: pa.Schema, start: int, wrong: Wrong) -> pa.RecordBatch:
    """Read bytes as UTF-8; a row in which a cell is none is noted, and becomes a row of nulls."""
    try:
        read = table.cast(schema)
    except pa.ArrowInvalid:
        for row, cells in enumerate(zip(*(column.to_pylist() for column in table.columns), strict=True)):
            bad = [name for name, cell in zip(schema.names, cells, strict=True) if not _is_text(cell)]
            if bad:
                wrong[start + row] = _finding("CR548", bad[0], column=bad[0])
        kept = [None if start + row in wrong else row for row in range(len(table))]
        read = table.take(pa.array(kept, pa.int64())).cast(schema)
    batch: pa.RecordBatch = read.combine_chunks().to_batches()[0]
    return batch


def _is_text(cell: bytes | None) -> bool:
    try:
        return cell is None or cell.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def _finding(code: str, spot: str, **words: object) -> tuple[Finding, ...]:
    findings = Findings()
    findings.report(code, None, advice("quote-cells") if code == "CR546" else None, spot=spot, **words)
    return tuple(findings.found)
