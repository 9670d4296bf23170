"""Tables: each row as `decide` decides it; kinds of tables in and out; rows refused; what a cell means."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_of import answered, expected

import creditrules as cr
from creditrules.drivers.table.answers import COLUMNS, DEFAULT
from creditrules.drivers.table.columns import plain_array
from creditrules.testing import from_policy
from creditrules.testing.typed_table import NOT_YET, table_of

ON = dt.date(2017, 9, 1)
KUNSHAN = cr.load("kunshan")
POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
ALL = tuple(COLUMNS)


def kunshan_table() -> pa.Table:
    """Give three requests: papers nobody told of, none handed in, and one that cannot be read."""
    return pa.table(
        {
            "id": ["a", "b", "c"],
            "on": [ON, ON, ON],
            "subject.kind": ["company", "company", "conpany"],
            "matter.code": ["policy_loan", "fiscal_funding", None],
            "documents": pa.array(
                [None, [], [{"kind": "credit_report", "issued_on": dt.date(2017, 3, 1)}]],
                pa.list_(pa.struct({"kind": pa.string(), "issued_on": pa.date32()})),
            ),
        }
    )


# every row as decide decides it


@pytest.mark.parametrize("name", sorted(POLICIES))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_row_is_as_decide_says(name: str, data: st.DataObject) -> None:
    policy = POLICIES[name]
    asked = data.draw(st.lists(from_policy(policy), min_size=1, max_size=4))
    text_dates = data.draw(st.booleans())
    columns = data.draw(st.sampled_from([DEFAULT, ("outcome", "digest"), ("outcome", "rules", "papers", "decision")]))
    result = policy.decide_table(table_of(asked, policy, text_dates=text_dates), columns=columns)
    assert answered(result, columns) == [expected(policy, one, columns) for one in asked]


def test_the_whole_answer_of_one_row() -> None:
    result = KUNSHAN.decide_table(kunshan_table(), columns=ALL)
    for row, request in (
        (0, {"subject": {"kind": "company"}, "matter": {"code": "policy_loan"}}),
        (1, {"subject": {"kind": "company"}, "matter": {"code": "fiscal_funding"}, "documents": []}),
    ):
        decision = KUNSHAN.decide_request(request, on=ON)
        answer = result.table.to_pylist()[row]
        assert answer["digest"] == decision.digest
        assert json.loads(answer["decision"]) == decision.to_dict()
        assert answer["changes_on"] == decision.changes_on
        assert answer["options"] == ["credit_commitment", "make_commitment"]
    assert result.table["outcome"].to_pylist() == ["undetermined", "pending", None]


def test_only_what_is_selected_is_there() -> None:
    result = KUNSHAN.decide_table(kunshan_table(), columns=["rules", "outcome"])
    assert result.table.column_names == ["id", "rules", "outcome"]


def test_a_row_is_decided_again_with_its_trace() -> None:
    result = KUNSHAN.decide_table(kunshan_table())
    assert result.decision(1).trace.rungs
    assert result.decision(1) == KUNSHAN.decide({"kind": "company"}, {"code": "fiscal_funding"}, [], on=ON)
    assert "kunshan" in result.explain(1, "en") or "article" in result.explain(1, "en")
    with pytest.raises(cr.RequestError):
        result.decision(2)
    with pytest.raises(IndexError):
        result.decision(3)


# kinds of tables


def test_the_same_kind_comes_out() -> None:
    table = kunshan_table()
    outcomes = ["undetermined", "pending", None]
    assert isinstance(KUNSHAN.decide_table(table).table, pa.Table)
    (batch,) = table.to_batches()
    assert KUNSHAN.decide_table(batch).table["outcome"].to_pylist() == outcomes
    reader = KUNSHAN.decide_table(table.to_reader()).table
    assert isinstance(reader, pa.RecordBatchReader)
    assert reader.read_all()["outcome"].to_pylist() == outcomes
    frame = table.to_pandas().set_index(pd.Index([7, 8, 9]))
    made = KUNSHAN.decide_table(frame).table
    assert isinstance(made, pd.DataFrame)
    assert list(made.index) == [7, 8, 9]
    assert [one if isinstance(one, str) else None for one in made["outcome"]] == outcomes
    polars = KUNSHAN.decide_table(pl.from_arrow(table)).table
    assert isinstance(polars, pl.DataFrame)
    assert polars["outcome"].to_list() == outcomes
    lazy = KUNSHAN.decide_table(pl.from_arrow(table).lazy()).table
    assert isinstance(lazy, pl.LazyFrame)
    relation = KUNSHAN.decide_table(duckdb.connect().from_arrow(table)).table
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    assert [row[0] for row in relation.project("outcome").fetchall()] == outcomes


def test_outcomes_are_text_however_a_row_is_decided() -> None:
    """By whole columns, one by one, refused, and of no rows at all."""
    plain = kunshan_table()
    by_columns = pa.table({"subject.kind": ["company"] * 2, "matter.code": ["fiscal_funding"] * 2})
    for table in (plain, plain.slice(0, 0), by_columns):
        made = KUNSHAN.decide_table(table, on="2019-01-01" if "on" not in table.column_names else None).table
        assert made.schema.field("outcome").type == pa.string()


def test_a_relation_of_empty_lists_alone_can_be_read() -> None:
    relation = duckdb.sql("""select 'company' as "subject.kind", 'policy_loan' as "matter.code" """)
    made = KUNSHAN.decide_table(relation, on="2017-09-01").table
    wanted = KUNSHAN.decide({"kind": "company"}, {"code": "policy_loan"}, on="2017-09-01")
    names = list(made.columns)
    (row,) = made.fetchall()
    assert row[names.index("outcome")] == wanted.outcome
    assert row[names.index("rules")] == [one.rule for one in wanted.rules]
    assert row[names.index("measures")] == []


def test_files_are_read_and_written(tmp_path: Path) -> None:
    table = kunshan_table()
    pq.write_table(table, tmp_path / "in.parquet")
    whole = KUNSHAN.decide_table(table).table
    assert KUNSHAN.decide_table(tmp_path / "in.parquet").table == whole
    result = KUNSHAN.decide_table(str(tmp_path / "in.parquet"), out=tmp_path / "out.parquet")
    assert result.table is None
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == whole.to_pylist()
    assert [(one.row, one.id, one.code) for one in result.refused] == [(2, "c", "CR301")]
    assert result.decision(1).outcome == "pending"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.parquet", "out.parquet", "out.refused.csv"]


def test_a_csv_file_is_all_text(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "id,on,subject.kind,subject.commitment_made,matter.code,matter.field,documents\n"
        'x,2017-09-01,company,true,policy_loan,"[""finance_tax""]",[]\n'
        'y,2017-09-01,company,,policy_loan,finance_tax,"[{""kind"":""credit_report"",""issued_on"":""2017-03-01"",'
        '""issuer"":{""independent"":true}}]"\n'
        "z,2017-09-01,company,yes,,,\n",
        encoding="utf-8",
    )
    result = KUNSHAN.decide_table(path)
    company = {"kind": "company"}
    loan = {"code": "policy_loan", "field": ["finance_tax"]}
    report = {"kind": "credit_report", "issued_on": "2017-03-01", "issuer": {"independent": True}}
    wanted = [
        KUNSHAN.decide({**company, "commitment_made": True}, loan, [], on=ON),
        KUNSHAN.decide(company, loan, [report], on=ON),
    ]
    assert result.table["outcome"].to_pylist()[:2] == [one.outcome for one in wanted]
    assert result.table["rules"].to_pylist()[:2] == [[rule.rule for rule in one.rules] for one in wanted]
    assert [(one.row, one.code, one.where) for one in result.refused] == [(2, "CR304", "subject.commitment_made")]
    KUNSHAN.decide_table(path, out=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("id,outcome,possible,")


# papers


def test_papers_in_a_table_of_their_own() -> None:
    asked = pa.table(
        {
            "id": [1, 2, 3, 4, 5],
            "subject.kind": ["company"] * 5,
            "matter.code": ["policy_loan"] * 5,
            "documents": [True, True, None, True, None],
        }
    )
    papers = pa.table(
        {
            "request": [4, 1, 1, 9, 5],
            "id": ["p", "q", "r", "s", "t"],
            "kind": ["credit_report", "credit_report", "credit_commitment", "credit_report", "credit_report"],
            "document.issued_on": [dt.date(2017, 3, 1), dt.date(2016, 3, 1), None, None, None],
            "issuer.independent": [True, None, None, None, None],
        }
    )
    result = KUNSHAN.decide_table(asked, documents=papers, on=ON)
    made = [
        [
            {"id": "q", "kind": "credit_report", "issued_on": "2016-03-01"},
            {"id": "r", "kind": "credit_commitment"},
        ],
        [],
        None,
        [{"id": "p", "kind": "credit_report", "issued_on": "2017-03-01", "issuer": {"independent": True}}],
    ]
    columns = DEFAULT
    wanted = [
        expected(
            KUNSHAN,
            {"subject": {"kind": "company"}, "matter": {"code": "policy_loan"}, "documents": one},
            columns,
            ON,
        )
        for one in made
    ]
    assert answered(result, columns)[:4] == wanted
    assert [(one.row, one.id, one.code) for one in result.refused] == [(4, "5", "CR541"), (None, "9", "CR544")]
    assert result.decision(0).papers[0].id == "q"


def test_a_key_used_twice_or_missing_is_refused() -> None:
    asked = pa.table({"id": ["a", "a", None], "subject.kind": ["company"] * 3})
    papers = pa.table({"request": ["a", None], "kind": ["credit_report", "credit_report"]})
    result = KUNSHAN.decide_table(asked, documents=papers, on=ON, columns=["outcome"])
    assert [(one.row, one.code) for one in result.refused] == [(1, "CR210"), (2, "CR202"), (None, "CR544")]
    assert result.table["outcome"].to_pylist()[0] is not None


# what a cell means


def test_no_matter_and_a_matter_nobody_told() -> None:
    table = pa.table(
        {
            "subject.kind": ["company"] * 4,
            "matter": [True, False, None, False],
            "matter.code": [None, None, None, "bidding"],
        }
    )
    result = KUNSHAN.decide_table(table, on=ON, columns=["outcome", "possible"])
    untold = KUNSHAN.decide({"kind": "company"}, {}, on=ON)
    none = KUNSHAN.decide({"kind": "company"}, None, on=ON)
    told, untold_matter = list(none.possible), list(untold.possible)
    assert result.table["possible"].to_pylist() == [untold_matter, told, told, None]
    assert untold.possible != none.possible
    assert [(one.row, one.code) for one in result.refused] == [(3, "CR541")]


def test_not_yet_in_text_and_in_a_column_of_days() -> None:
    asked = {"id": "x", "kind": "credit_report"}
    wanted = KUNSHAN.decide(None, {"code": "policy_loan"}, [{**asked, "issued_on": "not_yet"}], on=ON)
    untold = KUNSHAN.decide(None, {"code": "policy_loan"}, [asked], on=ON)
    assert wanted.papers != untold.papers
    infinite = duckdb.connect().sql(
        "SELECT 'policy_loan' AS \"matter.code\", "
        "[{'id': 'x', 'kind': 'credit_report', 'issued_on': 'infinity'::DATE}] AS documents"
    )
    for days in (pa.array(["not_yet"]), pa.array([NOT_YET])):
        papers = pa.StructArray.from_arrays(
            [pa.array(["x"]), pa.array(["credit_report"]), days], ["id", "kind", "issued_on"]
        )
        table = pa.table({"matter.code": ["policy_loan"], "documents": pa.ListArray.from_arrays([0, 1], papers)})
        result = KUNSHAN.decide_table(table, on=ON, columns=["papers", "digest"])
        assert result.table["digest"].to_pylist() == [wanted.digest]
    assert KUNSHAN.decide_table(infinite, on=ON, columns=["digest"]).table.fetchall()[0][-1] == wanted.digest


def test_numbers_of_any_width_and_points_in_time_at_midnight() -> None:
    policy = POLICIES["shaanxi"]
    wanted = policy.decide({"kind": "company"}, None, on=ON)
    for day in (
        pa.array([dt.datetime(2017, 9, 1)], pa.timestamp("ns")),
        pa.array([dt.datetime(2017, 9, 1)], pa.timestamp("s", "Asia/Shanghai")).cast(pa.timestamp("s")),
        pa.array([ON], pa.date64()),
        pa.array(["2017-09-01"]).dictionary_encode(),
        pa.array(["2017-09-01"], pa.large_string()),
    ):
        if pa.types.is_timestamp(day.type) and day.to_pylist()[0].hour:
            continue
        table = pa.table({"on": day, "subject.kind": ["company"]})
        assert policy.decide_table(table, columns=["digest"]).table["digest"].to_pylist() == [wanted.digest]
    noon = pa.table({"on": pa.array([dt.datetime(2017, 9, 1, 12)]), "subject.kind": ["company"]})
    assert [one.code for one in policy.decide_table(noon).refused] == ["CR303"]


def test_a_day_missing_or_told_twice_refuses_the_row_alone() -> None:
    table = pa.table({"on": [ON, None, dt.date(2018, 1, 1)], "subject.kind": ["company"] * 3})
    assert [(one.row, one.code) for one in KUNSHAN.decide_table(table).refused] == [(1, "CR504")]
    assert [(one.row, one.code) for one in KUNSHAN.decide_table(table, on="2017-09-01").refused] == [(2, "CR505")]


def test_contradictions_and_wrong_numbers_are_refused_with_the_rows_own_words() -> None:
    table = pa.table(
        {
            "id": ["x", "y", "z"],
            "subject.kind": ["company", "company", "company"],
            "subject.unified_social_credit_code": [None, "91320583MA1X0CDE05", "91320583MA1X0CDE04"],
            "subject.rectified": [False, None, None],
            "subject.rectified_on": [dt.date(2017, 1, 1), None, None],
        }
    )
    refused = KUNSHAN.decide_table(table, on=ON).refused
    assert [(one.row, one.id, one.code) for one in refused] == [(0, "x", "CR503"), (1, "y", "CR506")]
    assert "2017-01-01" in refused[0].message_zh
    assert "2017-01-01" in refused[0].message_en


def test_columns_kept_are_carried_along() -> None:
    table = kunshan_table().append_column("branch", pa.array(["东", "西", "南"]))
    with pytest.raises(cr.RequestError) as caught:
        KUNSHAN.decide_table(table)
    assert [one.code for one in caught.value.findings] == ["CR540"]
    result = KUNSHAN.decide_table(table, keep=["branch"], columns=["outcome"])
    assert result.table["branch"].to_pylist() == ["东", "西", "南"]


@pytest.mark.parametrize(
    ("table", "more", "code"),
    [
        (pa.table({"subject.knd": ["company"]}), {}, "CR540"),
        (pa.table({"documents": pa.array([[{"knd": "x"}]])}), {}, "CR540"),
        (pa.table({"subject.kind": ["company"]}), {"columns": ["outcom"]}, "CR540"),
        (pa.table({"subject.kind": ["company"]}), {"keep": ["outcome"]}, "CR105"),
        ([{"subject.kind": "company"}], {}, "CR542"),
        ("requests.xlsx", {}, "CR542"),
        ("no-such-file.parquet", {}, "CR114"),
        (pa.table({"subject.kind": ["company"]}), {"documents": pa.table({"kind": ["x"]})}, "CR202"),
    ],
)
def test_a_table_that_is_none_of_requests_is_refused_whole(table: Any, more: dict[str, Any], code: str) -> None:
    with pytest.raises(cr.RequestError) as caught:
        KUNSHAN.decide_table(table, on=ON, **more)
    assert code in [one.code for one in caught.value.findings]
    for one in caught.value.findings:
        assert one.message("zh")
        assert one.message("en")


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_bytes(b"no parquet at all, but long enough to look at")
    with pytest.raises(cr.RequestError) as caught:
        KUNSHAN.decide_table(tmp_path / "in.parquet", on=ON)
    assert [one.code for one in caught.value.findings] == ["CR543"]


def test_no_rows_at_all(tmp_path: Path) -> None:
    empty = kunshan_table().slice(0, 0)
    result = KUNSHAN.decide_table(empty)
    assert result.table.num_rows == 0
    assert "outcome" in result.table.column_names
    KUNSHAN.decide_table(empty, out=tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


# a library


def test_a_library_decides_each_row_by_its_area_or_policy() -> None:
    library = cr.Library()
    suzhou = ["江苏省", "苏州市", "昆山市"]
    table = pa.table(
        {
            "on": [dt.date(2021, 6, 1)] * 4,
            "policy": [None, "zhangye", None, "nowhere"],
            "area": [suzhou, None, None, None],
            "subject.kind": ["company"] * 4,
        }
    )
    result = library.decide_table(table, columns=["outcome", "digest"])
    asked = [{"area": suzhou}, {"policy": "zhangye"}, {}, {"policy": "nowhere"}]
    wanted = [
        expected(library, {"subject": {"kind": "company"}, **one}, ("outcome", "digest"), dt.date(2021, 6, 1))
        for one in asked
    ]
    assert answered(result, ("outcome", "digest")) == wanted
    fixed = library.decide_table(table.drop_columns(["policy", "area"]), area=suzhou, columns=["outcome", "digest"])
    assert answered(fixed, ("outcome", "digest")) == [wanted[0]] * 4


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith("creditrules.drivers.table")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("creditrules.drivers.table")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(cr.CreditRulesError) as caught:
        KUNSHAN.decide_table(kunshan_table())
    assert [one.code for one in caught.value.findings] == ["CR531"]
    assert "creditrules[tables]" in str(caught.value)


CSV_ROWS = b"""\xef\xbb\xbfid,subject.kind,subject.name,matter.code
a,company,"two
lines",policy_loan
b,company
c,company,x,policy_loan,one,more

d,company,\xce\xf7,policy_loan
e,company,"a, b",policy_loan
f
"""


def test_a_row_that_is_no_row_stops_no_other(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(CSV_ROWS)
    result = KUNSHAN.decide_table(path, on=ON)
    assert result.table["id"].to_pylist() == ["a", None, None, None, "e", None]
    assert [outcome is None for outcome in result.table["outcome"].to_pylist()] == [
        False,
        True,
        True,
        True,
        False,
        True,
    ]
    assert [(one.row, one.code) for one in result.refused] == [
        (1, "CR546"), (2, "CR546"), (3, "CR548"), (5, "CR546"),
    ]  # fmt: skip
    assert result.refused[1].message_en == "the row has 6 cells, the heading 4"
    assert result.refused[2].where == "subject.name"
    assert result.decision(4).outcome == result.table["outcome"][4].as_py()
    for again in (result, KUNSHAN.decide_table(path, on=ON, out=tmp_path / "out.parquet")):
        assert [one.row for one in again.refused] == [1, 2, 3, 5]
        with pytest.raises(cr.RequestError) as caught:
            again.decision(2)
        assert [one.code for one in caught.value.findings] == ["CR546"]


def test_bad_rows_keep_their_places_in_a_long_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from creditrules.drivers.table import csv_file

    monkeypatch.setattr(csv_file, "_BLOCK", 500)
    bad = {0, 1, 17, 18, 40, 41, 42, 199}
    lines = [f"{row}" if row in bad else f"{row},company,policy_loan" for row in range(200)]
    (tmp_path / "in.csv").write_text("id,subject.kind,matter.code\n" + "\n".join(lines))
    result = KUNSHAN.decide_table(tmp_path / "in.csv", on=ON)
    assert result.table["id"].to_pylist() == [None if row in bad else str(row) for row in range(200)]
    assert {one.row for one in result.refused} == bad


def test_a_paper_that_is_no_row_is_reported(tmp_path: Path) -> None:
    (tmp_path / "papers.csv").write_text("request,id,kind\na,p,credit_report\na,q\n")
    requests_ = pa.table({"id": ["a"], "subject.kind": ["company"], "matter.code": ["policy_loan"]})
    result = KUNSHAN.decide_table(requests_, on=ON, documents=tmp_path / "papers.csv")
    assert [(one.row, one.code) for one in result.refused] == [(None, "CR546")]
    assert [paper["id"] for paper in result.table["papers"][0].as_py()] == ["p"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "there is no heading"),
        (b"id,id\na,b\n", "a name stands twice in the heading"),
        (b"\xce\xf7,id\na,b\n", "the heading is not UTF-8"),
        (b'id,"subject.kind\n' + b"a,company\n" * 20_000, "a double quote in the heading is not closed"),
        (b'id,"subject.kind\na,company\n', "a double quote in the heading is not closed"),
        (b'id,subject.kind\na,company\nb,"company\n' + b"c,company\n" * 4_000_000, "a row is too long"),
    ],
)
def test_a_csv_file_that_cannot_be_read_is_refused(tmp_path: Path, text: bytes, why: str) -> None:
    (tmp_path / "in.csv").write_bytes(text)
    for more in ({}, {"out": tmp_path / "out.parquet"}):
        with pytest.raises(cr.RequestError, match="CR543") as caught:
            KUNSHAN.decide_table(tmp_path / "in.csv", on=ON, **more)
        (found,) = caught.value.findings
        assert why in found.message("en")
        assert found.message("zh").isascii() is False
        assert found.help


@pytest.mark.parametrize("text", ["id,subject.kind", "id,subject.kind\r\n", "id,subject.kind\n\n\n"])
def test_a_heading_alone_is_a_table_without_rows(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.csv").write_text(text)
    assert len(KUNSHAN.decide_table(tmp_path / "in.csv", on=ON).table) == 0


def test_a_row_of_another_length_may_be_in_another_encoding(tmp_path: Path) -> None:
    """The reader of CSV shows a bad row as text, and gives up where it is none."""
    (tmp_path / "in.csv").write_bytes("id,subject.name\na,西安\n".encode() + "乙\n丙,西安\n".encode("gbk") + b"b,\n")
    result = KUNSHAN.decide_table(tmp_path / "in.csv", on=ON, columns=["outcome"], keep=["subject.name"])
    assert [(one.row, one.code) for one in result.refused] == [(1, "CR546"), (2, "CR548")]
    assert result.table["id"].to_pylist() == ["a", None, None, "b"]
    assert result.table["subject.name"].to_pylist() == ["西安", None, None, None]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ('a,"one\nb,two\nc,three\n', {0: "CR549"}),  # the right number of cells
        ('x,y\n"a,one\nb,two\nc,three\n', {1: "CR549"}),
        ('a,"one\nb,two"\nc,three\n', {}),
        ('a,one\nb,"two\nthree"\n', {}),
    ],
)
def test_a_quote_that_is_not_closed_is_told(tmp_path: Path, rows: str, codes: dict[int, str]) -> None:
    (tmp_path / "in.csv").write_text(f"id,subject.name\n{rows}")
    result = KUNSHAN.decide_table(tmp_path / "in.csv", on=ON)
    assert {one.row: one.code for one in result.refused} == codes
    assert all("3 lines went into it" in one.message_en for one in result.refused)
    assert [result.table["outcome"][row].as_py() for row in codes] == [None] * len(codes)


def test_rows_refused_are_read_again_as_they_were(tmp_path: Path) -> None:
    ids = ["a\rb", "c\r\nd", "e\nf", '"g', "h,i", "j" * 200_000]
    table = pa.table({"id": ids, "subject.kind": ["company" + "x" * 300] * 6})
    result = KUNSHAN.decide_table(table, on=ON, out=tmp_path / "out.csv")
    assert result.refused == KUNSHAN.decide_table(table, on=ON).refused
    assert [one.id for one in result.refused][:5] == ids[:5]


def test_a_very_long_cell_costs_no_time(tmp_path: Path) -> None:
    """The nearest name of a long text was sought letter by letter."""
    (tmp_path / "in.csv").write_text("id,subject.kind\na," + "company" * 1_000_000 + "\nb,company\n")
    began = time.monotonic()
    result = KUNSHAN.decide_table(tmp_path / "in.csv", on=ON)
    assert [(one.row, one.code) for one in result.refused] == [(0, "CR301")]
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "kind", [pa.list_view(pa.string()), pa.large_list_view(pa.string()), pa.large_list(pa.large_string())], ids=str
)
def test_lists_of_every_layout_are_lists(kind: pa.DataType) -> None:
    """Arrow's cast of views to lists loses items."""
    lists = [["finance_tax"], None, ["finance_tax", "procurement"], []]
    table = pa.table(
        {"subject.kind": ["company"] * 4, "matter.code": ["fiscal_funding"] * 4, "documents": ["[]"] * 4}
    )
    one, other = (
        KUNSHAN.decide_table(table.append_column("matter.field", pa.array(lists, type_)), on=ON, columns=["decision"])
        for type_ in (kind, pa.list_(pa.string()))
    )
    assert one.refused == other.refused
    assert one.table.to_pylist() == other.table.to_pylist()
    assert plain_array(pa.array(lists, kind).slice(1)).to_pylist() == lists[1:]


def test_a_column_of_runs_is_read() -> None:
    runs = pa.RunEndEncodedArray.from_arrays([2, 3], ["company", "conpany"])
    result = KUNSHAN.decide_table(pa.table({"subject.kind": runs}), on=ON)
    assert [one.row for one in result.refused] == [2]
