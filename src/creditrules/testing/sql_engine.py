"""A policy's SQL as an engine to be compared: every request is a table of one row, decided by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from creditrules.drivers.sql import to_sql
from creditrules.facts import Request
from creditrules.program import Program
from creditrules.testing.as_tables import Tables, tables_of

ARROW: Mapping[str, pa.DataType] = {
    "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DATE": pa.date32(), "BOOLEAN": pa.bool_(), "TEXT": pa.string(),
    "TEXT[]": pa.list_(pa.string()), "DATE[]": pa.list_(pa.date32()), "DECIMAL(18, 4)": pa.decimal128(18, 4),
}  # fmt: skip
_RESULTS = ("outcome", "possible", "missing", "rules", "papers")


class SqlEngine:
    """A program as one SQL statement, and the connection it runs on."""

    def __init__(self, program: Program) -> None:
        self.programs = (program,)
        self.connection = connected(tables_of(self.programs, ()))
        columns = tables_of(self.programs, ()).columns
        self.statement = to_sql(self.programs, "duckdb", columns=columns, results=_RESULTS)

    def answer(self, request: Request) -> dict[str, object]:
        """Give what the statement says of a request, in the words of the kit."""
        tables = tables_of(self.programs, [request])
        for name in ("requests", "papers"):
            self.connection.unregister(name)
            self.connection.register(name, arrow_table(tables, name))
        found = self.connection.execute(self.statement)
        names = [one[0] for one in found.description]
        row: dict[str, Any] = dict(zip(names, found.fetchall()[0], strict=True))
        return {
            "outcome": row["outcome"],
            "possible": row["possible"],
            "missing_names": sorted(_paper_first(one) for one in row["missing"]),
            "held": sorted(one.replace(" @", "@") for one in row["rules"]),
            "paper_states": sorted(_state(one) for one in row["papers"]),
        }


def connected(tables: Tables) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that has these tables."""
    connection = duckdb.connect()
    for name in tables.types:
        connection.register(name, arrow_table(tables, name))
    return connection


def arrow_table(tables: Tables, name: str) -> pa.Table:
    """Give one of the tables for DuckDB to read."""
    rows = tables.rows[name]
    types = tables.types[name]
    return pa.table(
        {column: pa.array([row[column] for row in rows], ARROW[type_]) for column, type_ in types.items()}
    )


def _paper_first(missing: str) -> str:
    fact, _, paper = missing.partition(" @")
    return f"{paper}/{fact}" if paper else fact


def _state(paper: str) -> list[str | None]:
    said, _, id_ = paper.partition(" @")
    status, *days = said.split(" ")
    return [id_, status, *[None if day == "-" else day for day in days]]
