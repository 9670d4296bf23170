"""CSV files: every column is text, an empty cell is null, and a row that cannot be read keeps its place."""

from __future__ import annotations

import codecs
import contextlib
import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from creditrules.diagnostics import Advice, Finding, Findings, advice
from creditrules.errors import RequestError

Wrong = dict[int, tuple[Finding, ...]]  # by the row's number, from 0
_BLOCK = 1 << 24  # bytes read at a time; no row may be longer
_FIRST = 2  # the reader's number of the first row below the heading


def read_csv(path: Path, wrong: Wrong) -> pa.RecordBatchReader:
    """Read a CSV (or TSV) file in its order, in batches. A row with too many or too few cells, or one that is not
    UTF-8, stands as a row of nulls, and in `wrong` with its findings by the time its batch is given.

    Raises `OSError`, and `RequestError` where the file as a whole cannot be read, be it in the middle.
    """
    sep = "\t" if path.suffix.lower() == ".tsv" else ","
    names, more = _heading(path, sep)
    schema = pa.schema([(name, pa.string()) for name in names])
    if not more:
        return pa.RecordBatchReader.from_batches(schema, [])
    lost: deque[arrow_csv.InvalidRow] = deque()

    def note(row: arrow_csv.InvalidRow) -> str:
        lost.append(row)
        return "skip"

    utf8 = _is_utf8(path)
    with _unreadable(path, 0):
        found = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                block_size=_BLOCK,
                use_threads=False,
                column_names=names,
                skip_rows_after_names=1,  # the heading
                encoding="utf8" if utf8 else "latin-1",  # the reader gives up at a bad row it cannot show
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=sep, newlines_in_values=True, invalid_row_handler=note),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.binary() for name in names}, strings_can_be_null=True, null_values=[""]
            ),
        )

    def batches() -> Iterator[pa.RecordBatch]:
        row = 0
        batch = next(found, None)
        while batch is not None or lost:
            good = 0 if batch is None else len(batch)
            with _unreadable(path, row + good + len(lost)):
                following = next(found, None) if batch is not None else None
            bad: list[int] = []
            while lost and (batch is None or lost[0].number - _FIRST <= row + good + len(bad)):
                one = lost.popleft()
                bad.append(one.number - _FIRST)
                wrong[bad[-1]] = _not_a_row(one)
            columns = batch.columns if batch is not None else [pa.array([], pa.binary()) for _ in names]
            columns = columns if utf8 else [_as_written(column) for column in columns]
            placed = pa.Table.from_arrays(columns, names=names).take(_places(good, row, bad))
            last = row + len(placed) - 1
            if following is None and not lost and good and last not in bad:
                open_ = _lines_in_open_quote(path, columns[-1][-1].as_py())
                if open_:
                    wrong[last] = _finding("CR549", advice("close-quotes"), lines=open_)
                    placed = pa.concat_tables([placed.slice(0, len(placed) - 1), _null_row(placed.schema)])
            if len(placed):
                yield _as_text(placed, schema, row, wrong)
            row, batch = row + len(placed), following

    return pa.RecordBatchReader.from_batches(schema, batches())


@contextlib.contextmanager
def _unreadable(path: Path, row: int) -> Iterator[None]:
    """Say of the whole file that it cannot be read, where the reader gives up below some row."""
    try:
        yield
    except pa.ArrowInvalid as error:
        why = "@csv-row-too-long" if "straddling" in str(error) else str(error).splitlines()[0]
        _refuse(path, why, advice("close-quotes-after", row=row))


def _refuse(path: Path, why: str, help_: Advice) -> NoReturn:
    findings = Findings()
    findings.report("CR543", None, help_, spot=str(path), name=path, why=why)
    raise RequestError(tuple(findings.found)) from None


def _heading(path: Path, sep: str) -> tuple[list[str], bool]:
    """Read the names of the columns, and whether anything stands below; raises `RequestError` where they are no
    UTF-8, are not there, or a name comes twice."""
    with path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file:
        try:
            names = next(csv.reader(file, delimiter=sep), [])
        except csv.Error:  # a cell without an end
            _refuse(path, "@csv-open-heading", advice("close-quotes"))
        more = bool(file.read(1))
    try:
        "".join(names).encode("utf-8")
    except UnicodeEncodeError:
        _refuse(path, "@csv-heading-not-utf8", advice("save-utf8"))
    if any("\n" in name for name in names) and not more:
        _refuse(path, "@csv-open-heading", advice("close-quotes"))
    if not names:
        _refuse(path, "@csv-no-heading", advice("name-columns"))
    if len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        _refuse(path, "@csv-name-twice", advice("named-twice", name=twice))
    return names, more


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
                wrong[start + row] = _finding("CR548", advice("save-utf8"), bad[0], column=bad[0])
        kept = [None if start + row in wrong else row for row in range(len(table))]
        read = table.take(pa.array(kept, pa.int64())).cast(schema)
    batch: pa.RecordBatch = read.combine_chunks().to_batches()[0]
    return batch


def _is_text(cell: bytes | None) -> bool:
    try:
        return cell is None or cell.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            for block in iter(lambda: file.read(_BLOCK), b""):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _as_written(column: pa.Array) -> pa.Array:
    """Give the bytes of cells that were read as Latin-1, where every byte is a character."""
    text = column.cast(pa.string())
    if pc.all(pc.string_is_ascii(text)).as_py() in (True, None):
        return column
    return pa.array([None if one is None else one.encode("latin-1") for one in text.to_pylist()], pa.binary())


def _null_row(schema: pa.Schema) -> pa.Table:
    return pa.Table.from_arrays([pa.nulls(1, type_) for type_ in schema.types], schema=schema)


def _lines_in_open_quote(path: Path, last: bytes | None) -> int:
    """Give how many lines the last cell of a file took in because its quote is never closed; 0 where it is none."""
    lines = 0 if last is None else len(last.splitlines())
    if last is None or (lines < 2 and not last.endswith((b"\n", b"\r"))):
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return 0 if file.read().rstrip(b"\r\n").endswith(b'"') else lines


def _not_a_row(row: arrow_csv.InvalidRow) -> tuple[Finding, ...]:
    """Give what is wrong with a row of another length: an odd quote over several lines is one that is not closed."""
    lines = len(row.text.splitlines())
    if lines > 1 and row.text.count('"') % 2:
        return _finding("CR549", advice("close-quotes"), lines=lines)
    return _finding("CR546", advice("quote-cells"), found=row.actual_columns, wanted=row.expected_columns)


def _finding(code: str, help_: Advice, spot: str = "row", **words: object) -> tuple[Finding, ...]:
    findings = Findings()
    findings.report(code, None, help_, spot=spot, **words)
    return tuple(findings.found)
