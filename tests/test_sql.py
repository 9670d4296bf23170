"""Policies as SQL on DuckDB: every row says what `decide` says of that request."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlglot", reason="the extra `sql` is not installed")
duckdb = pytest.importorskip("duckdb", reason="the extra `tables` is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")

from sql_tables import compare, drawn  # noqa: E402
from sqlglot import parse_one  # noqa: E402

import creditrules as cr  # noqa: E402
from creditrules.decide import decide  # noqa: E402
from creditrules.decision import Decision  # noqa: E402
from creditrules.drivers.sql import DIALECTS, sql_tree, to_sql, working_days  # noqa: E402
from creditrules.program import Program  # noqa: E402
from creditrules.testing.as_tables import Tables, tables_of  # noqa: E402
from creditrules.testing.sql_engine import connected  # noqa: E402

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}


def run(connection: Any, statement: str) -> list[dict[str, Any]]:
    found = connection.execute(statement)
    names = [one[0] for one in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def decided(programs: tuple[Program, ...], decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    tables = tables_of(programs, [one.request for one in decisions])
    return run(connected(tables), to_sql(programs, "duckdb", columns=tables.columns))


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_every_row_is_what_decide_says(name: str) -> None:
    policy = POLICIES[name]
    decisions = drawn(policy, 30)
    compare(decided((policy.program,), decisions), decisions)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(POLICIES))
def test_every_row_is_what_decide_says_at_length(name: str) -> None:
    policy = POLICIES[name]
    decisions = drawn(policy, 500)
    compare(decided((policy.program,), decisions), decisions)


def test_documents_of_an_area_decide_together() -> None:
    """Of Shaanxi and two of its cities' kind of documents: rules of both, one status for a paper."""
    programs = (POLICIES["shaanxi"].program, POLICIES["zhangye"].program)
    for name in ("shaanxi", "zhangye"):
        decisions = [decide(programs, one.request) for one in drawn(POLICIES[name], 20)]
        compare(decided(programs, decisions), decisions)


ON = "2017-09-01"


def rows_of(
    policy: cr.Policy, asked: Sequence[tuple[dict[str, Any], Sequence[dict[str, Any]]]], **options: Any
) -> Any:
    """Decide rows with their papers; what they leave out is unknown."""
    blank = tables_of((policy.program,), [])
    rows: dict[str, list[dict[str, Any]]] = {"requests": [], "papers": [], "working_days": blank.rows["working_days"]}
    for key, (row, papers) in enumerate(asked):
        rows["requests"].append({**dict.fromkeys(blank.types["requests"]), "request": key, **row})
        rows["papers"] += [{**dict.fromkeys(blank.types["papers"]), "request": key, **paper} for paper in papers]
    tables = Tables(blank.types, rows)
    found = run(connected(tables), to_sql((policy.program,), "duckdb", columns=tables.columns, **options))
    return sorted(found, key=lambda row: row["request"])


DAY = dt.date(2017, 9, 1)


REFUSED: list[tuple[dict[str, Any], list[dict[str, Any]], list[str]]] = [
        ({"on": None}, [], ["CR504 on"]),
        ({"on": dt.date(2300, 1, 1)}, [], ["CR509 on"]),
        ({"on": DAY, "consulted": ["hearsay"]}, [], ["CR205 consulted"]),
        ({"on": DAY, "subject.kind": "compny"}, [], ["CR301 subject.kind"]),
        ({"on": DAY, "matter": True, "matter.field": ["finance_tax", "magic"]}, [], ["CR301 matter.field"]),
        ({"on": DAY, "matter": True, "matter.department": " "}, [], ["CR309 matter.department"]),
        ({"on": DAY, "matter.department": "财政局"}, [], ["CR532 matter.department"]),
        ({"on": DAY, "subject.commitment_made": False, "subject.commitment_breached": True}, [],
         ["CR502 subject.commitment_breached"]),
        ({"on": DAY}, [{"id": "r"}], ["CR501 document.kind @r"]),
        ({"on": DAY}, [{"document.kind": "credit_report"}], ["CR533 id @"]),
        ({"on": DAY}, [{"id": "a|b", "document.kind": "credit_report"}], ["CR533 id @a", "b"]),
        ({"on": DAY}, [{"id": "r", "document.kind": "credit_report"}] * 2, ["CR533 id"]),
        ({"on": DAY}, [{"id": "r", "document.kind": "credit_report", "document.issued": False,
                        "document.issued_on": dt.date(2017, 1, 1)}], ["CR503 document.issued @r"]),
    ]  # fmt: skip


def test_a_row_that_decide_refuses_says_why_and_nothing_else() -> None:
    fine: tuple[dict[str, Any], list[dict[str, Any]]] = ({"on": DAY, "subject.kind": "company"}, [])
    rows = rows_of(POLICIES["kunshan"], [fine, *((row, papers) for row, papers, _ in REFUSED)])
    assert rows[0]["refused"] == []
    assert rows[0]["outcome"] == "assessed"
    for row, (_, _, refused) in zip(rows[1:], REFUSED, strict=True):
        assert row["refused"] == refused
        assert [name for name, value in row.items() if value is not None] == ["request", "refused"]


def test_what_is_told_of_matter_and_papers() -> None:
    """No matter, a matter not told, papers not told and none: four things, not two."""
    company = {"on": DAY, "subject.kind": "company"}
    loan = {**company, "matter": True, "matter.code": "policy_loan", "matter.field": []}
    asked = [
        company,
        {**company, "matter": True},
        loan,
        {**loan, "documents": True},
        {**loan, "matter": None, "documents": True},
    ]
    rows = rows_of(POLICIES["kunshan"], [(row, []) for row in asked], results=["outcome", "possible", "missing"])
    assert [row["outcome"] for row in rows] == ["assessed", "undetermined", "undetermined", "pending", "pending"]
    assert rows[2]["possible"] == ["pending", "discretionary", "proceed"]
    assert rows[2]["missing"] == ["documents"]


def test_columns_that_the_tables_lack_are_unknown() -> None:
    policy = POLICIES["kunshan"]
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE requests AS SELECT 7 AS number, DATE '2017-09-01' AS \"on\", 'company' AS \"subject.kind\""
    )
    connection.execute("CREATE TABLE papers (number INTEGER, id TEXT)")
    connection.register("working_days", pa.table({"day": [], "passed": [], "nth": []}))
    statement = policy.to_sql("duckdb", key="number", columns=["on", "subject.kind", "id"])
    [row] = run(connection, statement)
    wanted = policy.decide({"kind": "company"}, on=ON)
    assert (row["number"], row["outcome"]) == (7, wanted.outcome)
    assert row["untold"] == sorted({one.rule for one in wanted.untold})


def test_dates_may_come_as_text() -> None:
    policy = POLICIES["kunshan"]
    statement = policy.to_sql(
        "duckdb",
        columns=["on", "subject.kind", "procedure.review_applied_on"],
        text_dates=["procedure.review_applied_on"],
    )
    for text, duties in (
        ("not_yet", []),
        ("2017-08-31", ["undetermined 2017-09-07 kunshan:review-in-five-working-days"]),
    ):
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE requests AS SELECT 1 AS request, DATE '2017-09-01' AS \"on\", "
            "'company' AS \"subject.kind\", "
            "$1 AS \"procedure.review_applied_on\"", [text],
        )  # fmt: skip
        connection.execute("CREATE TABLE papers (request INTEGER, id TEXT)")
        days = list(zip(*working_days(), strict=True))
        connection.register(
            "working_days", pa.table(dict(zip(("day", "passed", "nth"), map(list, days), strict=True)))
        )
        assert run(connection, statement)[0]["duties"] == duties


def test_only_what_is_asked_for_is_worked_out() -> None:
    policy = POLICIES["kunshan"]
    whole, outcome = policy.to_sql("duckdb"), policy.to_sql("duckdb", results=["outcome"])
    assert len(outcome) < len(whole) / 2
    assert "missing" not in outcome


def test_rules_and_clauses_stand_in_comments() -> None:
    text = POLICIES["kunshan"].to_sql("postgres")
    for rule in POLICIES["kunshan"].program.rules:
        assert f"/* kunshan:{rule.id}: {', '.join(rule.clauses)} */" in text


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("name", ["kunshan", "zhangye"])
def test_every_warehouse_reads_its_statement_as_it_was_meant(name: str, dialect: str) -> None:
    """What is written in a dialect can be read back; read and written once, it stays as it is."""
    tree = sql_tree((POLICIES[name].program,), dialect)
    text = tree.sql(dialect=dialect, comments=False)
    once = parse_one(text, dialect=dialect).sql(dialect=dialect, comments=False)
    assert parse_one(once, dialect=dialect).sql(dialect=dialect, comments=False) == once


def test_an_unknown_warehouse_is_refused() -> None:
    with pytest.raises(cr.CreditRulesError) as caught:
        POLICIES["kunshan"].to_sql("postgresql")
    assert [one.code for one in caught.value.findings] == ["CR530"]
    assert "postgres" in str(caught.value)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "creditrules.drivers.spark", raising=False)
    for module in ("pyspark", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(cr.CreditRulesError) as caught:
        POLICIES["kunshan"].decide_spark(object())  # type: ignore[arg-type]
    assert [one.code for one in caught.value.findings] == ["CR531"]


THIRTY_DAYS_AND_A_MONTH = """\
format: 1
policy: made
title: 试
issuer: 某市
area: [某省]
in_force: {from: '2021-06-15'}
rules:
  - id: by-days
    clause: c0
    modality: should
    each: document
    then: {usable: {until: {days: 30, since: subject.rectified_on}}}
  - id: by-months
    clause: c1
    modality: should
    matters: [bidding]
    when: {subject.rectified_on: {on_or_after: {months: 1, since: subject.rectified_on}}}
    then: {measure: list_joint_punishment}
  - id: by-working-days
    clause: c2
    modality: may
    each: document
    then: {usable: {after: {working_days: 1, since: today}}}
"""


def test_thirty_days_are_no_month(tmp_path: Path) -> None:
    """DuckDB's optimizer takes the interval of 30 days and that of a month for one and the same."""
    (tmp_path / "made.yaml").write_text(THIRTY_DAYS_AND_A_MONTH, encoding="utf-8")
    policy = cr.load(tmp_path / "made.yaml")
    request = {
        "on": "2022-04-01",
        "subject": {"rectified_on": "2022-02-24"},
        "documents": [{"id": "p", "kind": "credit_report"}],
    }
    decision = policy.decide_request(request)
    assert str(decision.papers[0].until) == "2022-03-26"
    compare(decided((policy.program,), [decision]), [decision])


def test_what_is_asked_for_by_a_wrong_name_is_refused() -> None:
    policy = cr.load("kunshan")
    with pytest.raises(cr.CreditRulesError, match=r"CR540.*outcome"):
        policy.to_sql(results=["outcom"])
    with pytest.raises(TypeError, match="dialekt"):
        policy.to_sql(dialekt="spark")
    assert policy.to_sql(results="outcome") == policy.to_sql(results=["outcome"])
