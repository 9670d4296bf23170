"""Policies on Spark, in local mode: every row says what `decide` says of that request."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("sqlglot", reason="the extra `sql` is not installed")
pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java, which Spark needs")

from pyspark.sql import DataFrame, SparkSession, types  # noqa: E402
from sql_tables import compare, drawn  # noqa: E402

import creditrules as cr  # noqa: E402
from creditrules.testing.as_tables import Tables, tables_of  # noqa: E402

TYPES = {
    "BIGINT": types.LongType(), "DATE": types.DateType(), "BOOLEAN": types.BooleanType(), "TEXT": types.StringType(),
    "TEXT[]": types.ArrayType(types.StringType()), "DATE[]": types.ArrayType(types.DateType()),
    "DECIMAL(18, 4)": types.DecimalType(18, 4),
}  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    found = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.memory", "2g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    found.sparkContext.setLogLevel("ERROR")
    yield found
    found.stop()


def frame(session: SparkSession, tables: Tables, name: str) -> DataFrame:
    columns = tables.types[name]
    schema = types.StructType([types.StructField(column, TYPES[type_]) for column, type_ in columns.items()])
    return session.createDataFrame([tuple(row[one] for one in columns) for row in tables.rows[name]], schema)


def decided(session: SparkSession, policy: cr.Policy, count: int, **options: Any) -> None:
    decisions = drawn(policy, count)
    tables = tables_of((policy.program,), [one.request for one in decisions])
    found = policy.decide_spark(frame(session, tables, "requests"), frame(session, tables, "papers"), **options)
    compare([row.asDict() for row in found.collect()], decisions)


def test_every_row_is_what_decide_says(session: SparkSession) -> None:
    decided(session, cr.load("cangzhou"), 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", cr.shipped_policies())
def test_every_row_is_what_decide_says_by_every_policy(session: SparkSession, name: str) -> None:
    decided(session, cr.load(name), 200)


def test_a_day_for_all_and_no_papers(session: SparkSession) -> None:
    """A frame of what there is: the day given beside it, no frame of papers, a date as text."""
    rows = [("a", "company", True, "policy_loan", True), ("b", "company", None, None, None)]
    names = "number string, `subject.kind` string, matter boolean, `matter.code` string, documents boolean"
    requests = session.createDataFrame(rows, names)
    before = session.conf.get("spark.sql.analyzer.maxIterations", None)
    found = cr.load("kunshan").decide_spark(requests, on="2017-09-01", key="number", results=["outcome", "possible"])
    assert session.conf.get("spark.sql.analyzer.maxIterations", None) == before
    assert {(row["number"], row["outcome"]) for row in found.collect()} == {("a", "pending"), ("b", "assessed")}
