"""Tables in and out: Arrow, pandas, Polars, a DuckDB relation, a path; what goes out is of the kind that came in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from creditrules.diagnostics import Findings, advice
from creditrules.drivers.table import duck
from creditrules.drivers.table.csv_file import Wrong, read_csv
from creditrules.errors import RequestError

READ_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class Source:
    """A table of requests: its columns, its rows in order, and how an Arrow table becomes the kind it was.

    `total` is the number of rows where it is known before they are read; `wrong` holds the findings of rows that
    could not be read, by their numbers, as far as rows were read.
    """

    reader: pa.RecordBatchReader
    back: Callable[[pa.Table], Any]
    total: int | None = None
    wrong: Wrong = field(default_factory=dict)

    def wrong_in(self, start: int, rows: int) -> Wrong:
        """Give the findings of so many rows, which were read already, counted from the first of them."""
        return {row - start: why for row, why in self.wrong.items() if start <= row < start + rows}

    def chunks(self, rows: int) -> Iterator[pa.Table]:
        """Give the rows in tables of exactly so many rows, the last one shorter."""
        waiting: list[pa.RecordBatch] = []
        count = 0
        for batch in self.reader:
            while len(batch):
                taken = batch.slice(0, rows - count)
                waiting.append(taken)
                count += len(taken)
                batch = batch.slice(len(taken))
                if count == rows:
                    yield pa.Table.from_batches(waiting, self.reader.schema)
                    waiting, count = [], 0
        if waiting:
            yield pa.Table.from_batches(waiting, self.reader.schema)


def open_table(table: object) -> Source:
    """Open whatever was handed in; raises `RequestError` where it is no table."""
    if isinstance(table, str | Path):
        return _file(Path(table))
    if isinstance(table, pa.Table):
        return Source(table.to_reader(), _same, len(table))
    if isinstance(table, pa.RecordBatch):
        return Source(pa.Table.from_batches([table]).to_reader(), _same, len(table))
    if isinstance(table, pa.RecordBatchReader):
        return Source(table, pa.Table.to_reader)
    if duck.is_relation(table):
        return Source(duck.relation_reader(table, READ_AT_ONCE), duck.as_relation)
    name = type(table).__module__.partition(".")[0]
    if name == "pandas" and type(table).__name__ == "DataFrame":
        return _pandas(table)
    if name == "polars" and type(table).__name__ in ("DataFrame", "LazyFrame"):
        return _polars(table)
    if hasattr(table, "__arrow_c_stream__"):
        return Source(pa.RecordBatchReader.from_stream(table), _same)
    findings = Findings()
    findings.report("CR542", None, advice("table-kinds"), spot="table", text=type(table).__name__)
    raise RequestError(tuple(findings.found))


def _file(path: Path) -> Source:
    """Open a Parquet or CSV file; raises `RequestError` where there is no such file, or it cannot be read."""
    kind = duck.kind_of_file(path)
    findings = Findings()
    if not path.is_file():
        findings.report("CR114", None, spot=str(path), name=path)
        raise RequestError(tuple(findings.found))
    try:
        if kind == "parquet":
            return Source(duck.read_parquet(path, READ_AT_ONCE), _same, duck.count_rows(path))
        wrong: Wrong = {}
        return Source(read_csv(path, wrong), _same, None, wrong)
    except (OSError, ValueError) as error:
        findings.report("CR543", None, spot=str(path), name=path, why=str(error).splitlines()[0])
        raise RequestError(tuple(findings.found)) from error


def _same(table: pa.Table) -> pa.Table:
    return table


def _pandas(frame: Any) -> Source:
    """Read a pandas table without its index; whole numbers that pandas keeps as fractions are whole again later."""
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        findings = Findings()
        findings.report("CR543", None, spot="table", name="pandas", why=str(error.args[0]).splitlines()[0])
        raise RequestError(tuple(findings.found)) from None

    def back(answers: pa.Table) -> Any:
        made = answers.to_pandas()
        if len(made) == len(frame):
            made.index = frame.index
        return made

    return Source(table.to_reader(), back, len(table))


def _polars(frame: Any) -> Source:
    lazy = type(frame).__name__ == "LazyFrame"
    table = (frame.collect() if lazy else frame).to_arrow()
    polars = sys.modules["polars"]

    def back(answers: pa.Table) -> Any:
        made = polars.from_arrow(answers)
        return made.lazy() if lazy else made

    return Source(table.to_reader(), back, len(table))
