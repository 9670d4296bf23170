"""Policies as SQL, run where the data are: every row says what `decide` says of that request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from sql_tables import SORTED, drawn, expected, facts_of, paper_rows, request_row

import creditrules as cr
from creditrules.decision import Decision
from creditrules.program import FactInfo, Program

duckdb = pytest.importorskip("duckdb", reason="the extra `tables` is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")
pytest.importorskip("sqlglot", reason="the extra `sql` is not installed")

from creditrules.drivers.sql import to_sql, working_days  # noqa: E402

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
NOT_YET = dt.date(9999, 12, 31)
TYPES = {
    "bool": "BOOLEAN", "date": "DATE", "number": "DECIMAL(18, 4)", "list[enum]": "TEXT[]", "list[str]": "TEXT[]",
    "list[date]": "DATE[]",
}  # fmt: skip

ARROW = {
    "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DATE": pa.date32(), "BOOLEAN": pa.bool_(), "TEXT": pa.string(),
    "TEXT[]": pa.list_(pa.string()), "DATE[]": pa.list_(pa.date32()), "DECIMAL(18, 4)": pa.decimal128(18, 4),
}  # fmt: skip


def table(connection: Any, name: str, columns: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
    spelt = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
    connection.execute(f"CREATE TABLE {name} ({spelt})")
    if rows:
        held = pa.table({column: pa.array([row[column] for row in rows], ARROW[type_]) for column, type_ in columns.items()})
        connection.execute(f"INSERT INTO {name} SELECT * FROM held")


def columns_of(facts: dict[str, FactInfo], about_paper: bool) -> dict[str, str]:
    return {name: TYPES.get(fact.type, "TEXT") for name, fact in facts.items() if fact.about_paper is about_paper}


def decided(programs: tuple[Program, ...], decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    connection = duckdb.connect()
    facts = facts_of(programs)
    numbered = list(enumerate(one.request for one in decisions))
    head = {"request": "BIGINT", "on": "DATE", "consulted": "TEXT[]", "matter": "BOOLEAN", "documents": "BOOLEAN"}
    whole = [request_row(key, request, facts, NOT_YET) for key, request in numbered]
    papers = [row for key, request in numbered for row in paper_rows(key, request, facts, NOT_YET)]
    table(connection, "requests", {**head, **columns_of(facts, False)}, whole)
    table(connection, "papers", {"request": "BIGINT", "id": "TEXT", **columns_of(facts, True)}, papers)
    days = [dict(zip(("day", "passed", "nth"), row, strict=True)) for row in working_days()]
    table(connection, "working_days", {"day": "DATE", "passed": "INTEGER", "nth": "INTEGER"}, days)
    columns = {*head, *facts, "id"}
    found = connection.execute(to_sql(programs, "duckdb", columns=columns))
    names = [one[0] for one in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return sorted(rows, key=lambda row: row["request"])


def compare(rows: Sequence[dict[str, Any]], decisions: Sequence[Decision]) -> None:
    assert len(rows) == len(decisions)
    for row, decision in zip(rows, decisions, strict=True):
        wanted = expected(decision)
        for name, value in wanted.items():
            got = sorted(row[name]) if name in SORTED else row[name]
            assert got == value, (name, decision.request.text)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_every_row_is_what_decide_says(name: str) -> None:
    policy = POLICIES[name]
    decisions = drawn(policy, 200)
    compare(decided((policy.program,), decisions), decisions)
