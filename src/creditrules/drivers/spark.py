"""Policies on Spark: the SQL of a policy, run in the caller's own session on the caller's own tables.

Nothing is collected on the driver; what comes back is a DataFrame like any other, not yet worked out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import uuid4

from pyspark.sql import DataFrame
from pyspark.sql.types import DateType, IntegerType, StringType, StructField, StructType

from creditrules.drivers.sql import RESULTS, Tables, to_sql, working_days
from creditrules.program import Program

_CALENDAR = StructType(
    [
        StructField("day", DateType(), False),
        StructField("passed", IntegerType(), False),
        StructField("nth", IntegerType(), True),
    ]
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

    `on` is the day of the decision where the requests have no column of it. The views it reads by stay in the
    session under names of their own, for Spark looks at them when the result is worked out.
    """
    session = requests.sparkSession
    if on is not None:
        requests = requests.withColumn("on", session.range(1).selectExpr("1").limit(0).schema and _day(on))
    return _decided(programs, requests, papers, key, results)
