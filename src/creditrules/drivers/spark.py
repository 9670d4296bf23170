"""Policies on Spark: the SQL of a policy, run in the caller's own session on the caller's own tables.

Nothing is collected on the driver; what comes back is a DataFrame like any other, not yet worked out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from contextlib import suppress
from uuid import uuid4

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import lit
from pyspark.sql.types import DateType, IntegerType, StringType, StructField, StructType

from creditrules.drivers.sql import RESULTS, Tables, to_sql, working_days
from creditrules.program import Program

_ITERATIONS = "spark.sql.analyzer.maxIterations"  # the steps of a statement may be more than Spark looks through
_CALENDAR = StructType(
    [StructField("day", DateType()), StructField("passed", IntegerType()), StructField("nth", IntegerType())]
)


def decide_frame(
    programs: tuple[Program, ...],
    requests: DataFrame,
    papers: DataFrame | None = None,
    *,
    on: dt.date | None = None,
    key: str = "request",
    results: Collection[str] = RESULTS,
) -> DataFrame:
    """Decide a DataFrame of requests, with their papers in another, by some programs together.

    `on` is the day of the decision where the requests have no column of it. The views that the statement reads stay
    in the session under names of their own.
    """
    session = requests.sparkSession
    if on is not None:
        requests = requests.withColumn("on", lit(on))
    if papers is None:
        names = StructType([StructField(key, requests.schema[key].dataType), StructField("id", StringType())])
        papers = session.createDataFrame([], names)
    mark = uuid4().hex
    tables = Tables(f"requests_{mark}", f"papers_{mark}", f"working_days_{mark}", key)
    requests.createOrReplaceTempView(tables.requests)
    papers.createOrReplaceTempView(tables.papers)
    session.createDataFrame(list(working_days()), _CALENDAR).createOrReplaceTempView(tables.calendar)
    typed = dict((*requests.dtypes, *papers.dtypes))
    dates = {fact.name for program in programs for fact in program.facts.values() if fact.type == "date"}
    text_dates = {name for name in dates if typed.get(name) == "string"}
    statement = to_sql(
        programs, "spark", tables=tables, columns=frozenset(typed), text_dates=text_dates, results=results
    )
    return _looked_through(session, statement)


def _looked_through(session: SparkSession, statement: str) -> DataFrame:
    """Give the statement to Spark, which looks it through at once, with as many turns as it needs."""
    before = session.conf.get(_ITERATIONS, None)
    session.conf.set(_ITERATIONS, "1000")
    try:
        return session.sql(statement)
    finally:
        with suppress(Exception):
            session.conf.unset(_ITERATIONS) if before is None else session.conf.set(_ITERATIONS, before)
