"""DuckDB, embedded: it reads and writes the files and knows its own relations. Nothing else here imports it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pyarrow as pa

from creditrules.diagnostics import Advice, Findings, advice
from creditrules.errors import RequestError

_SUFFIXES = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv"}


def kind_of_file(path: Path) -> str:
    """Give `parquet` or `csv`; raises `RequestError` for a file of another sort."""
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        _refuse("CR542", path.name, advice("table-kinds"), text=path.name)
    return kind


def _refuse(code: str, spot: str, help_: Advice | None = None, **words: object) -> NoReturn:
    findings = Findings()
    findings.report(code, None, help_, spot=spot, **words)
    raise RequestError(tuple(findings.found))


def connection(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory of one's own, which keeps rows in their order and installs nothing."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if threads is not None:
        config["threads"] = str(threads)
    return duckdb.connect(":memory:", config=config)


def read_parquet(path: Path, batch_rows: int) -> pa.RecordBatchReader:
    """Read a Parquet file in its order, in batches; raises `OSError` where it cannot be read."""
    try:
        return relation_reader(connection().read_parquet(_escaped(path)), batch_rows)
    except duckdb.Error as error:
        raise OSError(str(error).splitlines()[0]) from error


def _escaped(path: Path) -> str:
    """Give a path that DuckDB takes for one file, whatever signs of a pattern are in it."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def count_rows(path: Path) -> int | None:
    """Give the number of rows of a Parquet file from its footer."""
    found = connection().execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [_escaped(path)]).fetchone()
    return int(found[0]) if found is not None and found[0] is not None else None


def one_row(path: Path, row: int) -> pa.Table:
    """Read one row of a Parquet file by its number, from 0; an empty table where there is none."""
    relation = connection().read_parquet(_escaped(path)).limit(1, row)
    found: pa.Table = relation_reader(relation, 1).read_all()
    return found


def is_relation(value: object) -> bool:
    """Say whether a value is a DuckDB relation."""
    return isinstance(value, duckdb.DuckDBPyRelation)


def relation_reader(relation: Any, batch_rows: int) -> pa.RecordBatchReader:
    """Read a relation in batches."""
    read = getattr(relation, "to_arrow_reader", None) or relation.fetch_record_batch  # the older name
    reader: pa.RecordBatchReader = read(batch_rows)
    return reader


def as_relation(table: pa.Table) -> duckdb.DuckDBPyRelation:
    """Give a table as a relation of a database of its own, which lives as long as it does."""
    return connection().from_arrow(table.cast(pa.schema([_without_codes(column) for column in table.schema])))


def _without_codes(column: pa.Field) -> pa.Field:
    """Give a column of lists of coded words as one of lists of words: DuckDB refuses one of empty lists alone."""
    type_ = column.type
    if pa.types.is_list(type_) and pa.types.is_dictionary(type_.value_type):
        return column.with_type(pa.list_(type_.value_type.value_type))
    return column


def write_file(parts: list[Path], out: Path) -> None:
    """Write Parquet parts, in their order, to one Parquet or CSV file; lists are JSON in CSV."""
    database = connection()
    names = [_escaped(part) for part in parts]
    relation = database.read_parquet(names)
    if kind_of_file(out) == "parquet":
        relation.write_parquet(str(out), compression="zstd")
        return
    plain = [
        f"to_json({_quoted(name)}) AS {_quoted(name)}" if str(type_).endswith("[]") else _quoted(name)
        for name, type_ in zip(relation.columns, relation.types, strict=True)
    ]
    relation.project(", ".join(plain)).write_csv(str(out), header=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
