"""Policies as SQL on a PostgreSQL server started for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("sqlglot", reason="the extra `sql` is not installed")
psycopg = pytest.importorskip("psycopg", reason="psycopg, the client of PostgreSQL, is not installed")

from postgres import find_programs, server  # noqa: E402
from sql_tables import compare, drawn  # noqa: E402

import creditrules as cr  # noqa: E402
from creditrules.testing.as_tables import Tables, tables_of  # noqa: E402

PROGRAMS = find_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL server is installed (Debian: postgresql)")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    assert PROGRAMS is not None
    with server(PROGRAMS) as found:
        yield found


def fill(connection: Any, tables: Tables) -> None:
    for name, types in tables.types.items():
        spelt = ", ".join(f'"{column}" {type_}' for column, type_ in types.items())
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(f"CREATE TABLE {name} ({spelt})")
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row in tables.rows[name]:
                copy.write_row([row[column] for column in types])


@pytest.mark.parametrize("name", cr.shipped_policies())
def test_every_row_is_what_decide_says(address: str, name: str) -> None:
    policy = cr.load(name)
    decisions = drawn(policy, 20)
    tables = tables_of((policy.program,), [one.request for one in decisions])
    with psycopg.connect(address, autocommit=True) as connection:
        fill(connection, tables)
        found = connection.execute(policy.to_sql("postgres", columns=tables.columns))
        names = [one.name for one in found.description]
        compare([dict(zip(names, row, strict=True)) for row in found.fetchall()], decisions)
