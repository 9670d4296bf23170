"""Many rows at once: those decided together, by columns or by what tests can tell, are as `decide` says."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_of import answered, expected

import creditrules as cr
from creditrules.drivers.table import chunk
from creditrules.drivers.table.answers import DEFAULT
from creditrules.drivers.table.columns import plain_table
from creditrules.drivers.table.keys import row_keys
from creditrules.drivers.table.layout import read_layout
from creditrules.drivers.table.typed import _among
from creditrules.drivers.table.uses import uses_of
from creditrules.testing import from_policy
from creditrules.testing.strategies import values
from creditrules.testing.typed_table import table_of

CHOICES: Mapping[str, list[Any]] = {
    "subject.grade": ["a", "b", "c", "d", "e"],
    "subject.step": ["low", "mid", "high"],
    "subject.count": [-3, 9, 10, 11, 14, 15, 20, 21, 10**9],
    "subject.flag": [True, False],
    "subject.other": [True, False],
    "subject.begun": ["2019-12-31", "2020-02-29", "2021-06-01", "not_yet"],
    "subject.ended": ["2020-01-30", "2020-01-31", "2021-06-15", "2024-01-01", "not_yet"],
    "subject.tags": [[], ["p"], ["q", "r"], ["p", "r"], ["p", "q", "r"]],
    "subject.words": ["x", "y", "z"],
}


@pytest.fixture(scope="module")
def policy() -> cr.Policy:
    return cr.load(Path(__file__).parent / "tables" / "columns.yaml")


def told(rng: random.Random, unknown: float = 0.0) -> dict[str, Any]:
    """Draw a request in which facts are unknown at a rate."""
    request: dict[str, Any] = {
        "on": rng.choice(["2017-12-31", "2018-01-01", "2021-06-01", "2022-03-01", "2024-01-01"])
    }
    subject = {name.partition(".")[2]: rng.choice(some) for name, some in CHOICES.items() if rng.random() >= unknown}
    if subject:
        request["subject"] = subject
    code = rng.choice(["market_access", "bidding", "construction_bidding", "policy_loan"])
    if rng.random() >= unknown:
        request["matter"] = {"code": code}
    if rng.random() >= 0.1:
        request["documents"] = [] if rng.random() >= unknown else [{"kind": "credit_report"}]
    return request


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10**9), unknown=st.sampled_from([0.0, 0.0, 0.15]), on=st.sampled_from([None, "2021-06-01"])
)
def test_rows_decided_by_columns(policy: cr.Policy, seed: int, unknown: float, on: str | None) -> None:
    rng = random.Random(seed)
    asked = [told(rng, unknown) for _ in range(40)]
    for request in asked:
        if on is not None:
            request["on"] = on
    table = table_of(asked, policy)
    table = table.drop_columns(["on"]) if on is not None else table
    result = policy.decide_table(table, on=on, columns=DEFAULT)
    assert answered(result, DEFAULT) == [expected(policy, one, DEFAULT) for one in asked]


def test_whole_columns_do_decide_rows(policy: cr.Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the test above tests what it is there for."""
    rng = random.Random(1)
    asked = [{**told(rng), "documents": []} for _ in range(400)]
    left: list[int] = []
    real = chunk.one_by_one

    def noted(asking: Any, plain: Any, layout: Any, rows: Any, *more: Any) -> None:
        left.extend(rows.tolist())
        real(asking, plain, layout, rows, *more)

    monkeypatch.setattr(chunk, "one_by_one", noted)
    result = policy.decide_table(table_of(asked, policy))
    assert left == []
    outcomes = set(result.table["outcome"].to_pylist())
    assert outcomes == {"not_applicable", "excluded", "pending", "discretionary", "proceed"}


def test_a_slice_is_a_table_of_its_own(policy: cr.Policy) -> None:
    rng = random.Random(3)
    asked = [{**told(rng), "documents": []} for _ in range(30)]
    whole = table_of(asked, policy)
    for start, length in ((0, 7), (5, 9), (20, 10)):
        result = policy.decide_table(whole.slice(start, length))
        wanted = [expected(policy, one, DEFAULT) for one in asked[start : start + length]]
        assert answered(result, DEFAULT) == wanted


def test_a_wrong_value_leaves_the_columns_alone(policy: cr.Policy) -> None:
    """A value that cannot be read, in a column no rule of the matter reads, refuses its row and no other."""
    table = table_of([{**told(random.Random(2)), "documents": []} for _ in range(6)], policy)
    grades = table["subject.grade"].to_pylist()
    grades[3] = "f"
    counts = table["subject.count"].to_pylist()
    counts[1] = 10**15
    days = [NOT_A_DAY if place == 4 else day for place, day in enumerate(table["subject.begun"].to_pylist())]
    names = table.column_names
    for name, column in (("subject.grade", grades), ("subject.count", counts), ("subject.begun", days)):
        table = table.set_column(names.index(name), name, pa.array(column, table[name].type))
    refused = policy.decide_table(table).refused
    assert [(one.row, one.code) for one in refused] == [(1, "CR305"), (3, "CR301"), (4, "CR509")]


def test_a_source_nobody_knows_refuses_its_row(policy: cr.Policy) -> None:
    """Though nothing in the row hangs on who was consulted."""
    asked = [{**told(random.Random(4)), "documents": []} for _ in range(3)]
    for place, sources in enumerate((["credit_site"], ["nobody"], [])):
        asked[place]["consulted"] = sources
    result = policy.decide_table(table_of(asked, policy))
    assert answered(result, DEFAULT) == [expected(policy, one, DEFAULT) for one in asked]
    assert [one.row for one in result.refused] == [1]
    plain = table_of([{key: value for key, value in one.items() if key != "consulted"} for one in asked], policy)
    assert [one.row for one in policy.decide_table(plain, consulted=["nobody"]).refused] == [0, 1, 2]


def test_more_matters_than_a_byte_counts(tmp_path: Path) -> None:
    matters = [f"m{number:03d}" for number in range(300)]
    labels = "zh: m, en: m"
    facts = (
        "matter.code: {type: enum, values: matters, zh: c, en: c, held_by: department, changed_by: nobody}, "
        "document.kind: {type: enum, values: papers, zh: k, en: k, held_by: department, changed_by: nobody}, "
        "subject.flag: {type: bool, zh: f, en: f, held_by: department, changed_by: nobody}"
    )
    (tmp_path / "vocabulary.yaml").write_text(
        f"format: 1\nsources: {{department: {{{labels}}}}}\nfacts: {{{facts}}}\n"
        f"matters: {{{', '.join(f'{one}: {{{labels}, asked_by: subject}}' for one in matters)}}}\n"
        f"fields: {{f: {{{labels}}}}}\npapers: {{p: {{{labels}}}}}\nacts: {{a: {{{labels}, kind: procedure}}}}\n"
        f"measures: {{out: {{{labels}, kind: punishment, direction: burden, bars: {{how: out, of: any}}}}}}\n",
        encoding="utf-8",
    )
    rules = "".join(
        f"  - {{id: r{one}, clause: 1, modality: must, matters: [{one}], when: {{subject.flag: true}}, "
        "then: {measure: out}}\n"
        for one in matters[::2]
    )
    (tmp_path / "many.yaml").write_text(
        "format: 1\npolicy: many\ntitle: t\nissuer: i\narea: [某省]\nin_force: {from: 2020-01-01}\nrules:\n" + rules,
        encoding="utf-8",
    )
    policy = cr.load(tmp_path / "many.yaml")
    rng = random.Random(5)
    codes = [rng.choice(matters) for _ in range(3000)]
    flags = [rng.random() < 0.5 for _ in codes]
    result = policy.decide_table(
        pa.table({"matter.code": codes, "subject.flag": flags}), on="2021-01-01", columns=["outcome", "rules"]
    )
    held = [flag and int(code[1:]) % 2 == 0 for code, flag in zip(codes, flags, strict=True)]
    assert result.table["outcome"].to_pylist() == ["excluded" if one else "proceed" for one in held]
    assert result.table["rules"].to_pylist() == [
        [f"many:r{code}"] if one else [] for code, one in zip(codes, held, strict=True)
    ]


NOT_A_DAY = dt.date(1850, 1, 1)


# rows that no program can tell apart


def changed(rng: random.Random, draw: Any, policy: cr.Policy, request: dict[str, Any]) -> dict[str, Any]:
    """Draw the request once more with a fact or two told otherwise, or not at all."""
    uses = uses_of((policy.program,))
    infos = [
        policy.program.facts[name]
        for name, use in sorted(uses.items())
        if not use.idle and name.partition(".")[0] not in ("document", "issuer") and name != "matter.code"
    ]
    made = {key: dict(value) if isinstance(value, dict) else value for key, value in request.items()}
    for info in rng.sample(infos, min(2, len(infos))):
        if info.scope == "matter" and "matter" not in made:
            continue
        section = made.setdefault(info.scope, {})
        key = info.name.partition(".")[2]
        if rng.random() < 0.3:
            section.pop(key, None)
        else:
            section[key] = draw(values(policy, info.name, on=dt.date(2020, 6, 1)))
    return {key: value for key, value in made.items() if value != {} or key == "matter"}


@pytest.mark.parametrize("name", cr.shipped_policies())
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_rows_alike_but_for_a_little(name: str, data: st.DataObject) -> None:
    policy = cr.load(name)
    rng = random.Random(data.draw(st.integers(0, 10**9)))
    first = data.draw(from_policy(policy))
    asked = [first, *(changed(rng, data.draw, policy, first) for _ in range(5))]
    columns = (*DEFAULT, "digest")
    result = policy.decide_table(table_of(asked, policy), columns=columns)
    assert answered(result, columns) == [expected(policy, one, columns) for one in asked]


def keys(policy: cr.Policy, table: pa.Table, whole: bool = False) -> list[int]:
    plain = plain_table(table)
    layout = read_layout(plain.schema, policy.names_read())
    found = row_keys(plain, layout, (policy.program,), policy.names_read(), None, whole)
    return np.unique(found, return_inverse=True)[1].ravel().tolist()


def test_only_what_tests_can_tell_counts(policy: cr.Policy) -> None:
    table = pa.table(
        {
            "on": [dt.date(2021, 6, 1)] * 6,
            "subject.count": [9, 5, 10, 9, 9, 9],
            "subject.words": ["z", "w", "z", "x", "z", None],
            "documents": pa.array([[], [], [], [], None, []], pa.list_(pa.struct({"kind": pa.string()}))),
        }
    )
    found = keys(policy, table)
    assert found[0] == found[1]  # no rule tells 5 from 9, or w from z
    assert len({found[0], *found[2:]}) == 5


def test_what_speaks_against_a_presumption_counts_though_no_rule_tests_it(made: Any) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.flag: true}, then: {measure: key_support}}\n",
        "facts:\n"
        "  subject.flag: {type: bool, zh: f, en: f, held_by: subject, changed_by: nobody}\n"
        "  subject.then: {type: bool, zh: t, en: t, held_by: subject, changed_by: nobody, "
        "only_if: {subject.flag: false}}\n"
        "  subject.day: {type: date, zh: d, en: d, held_by: subject, changed_by: nobody, "
        "only_if: {subject.flag: false}}\n"
        "presume: {subject.flag: {value: true, clause: '1'}}\n",
    )
    asked = [
        {"on": "2021-06-01", "subject": {"then": then, "day": day}}
        for then in (True, False)
        for day in ("not_yet", "2021-05-01")
    ]
    cells = {f"subject.{key}": [one["subject"][key] for one in asked] for key in ("then", "day")}
    as_text = {key: [str(one).lower() for one in column] for key, column in cells.items()}
    table = pa.table({"on": ["2021-06-01"] * 4, "matter": [False] * 4, **as_text})
    wanted = [expected(policy, one, DEFAULT) for one in asked]
    assert len({one["outcome"] for one in wanted}) == 1
    assert [one["measures"] for one in wanted] != [[]] * 4
    for some in ([0, 1, 2, 3], [1, 0], [2, 1], [3, 2, 1]):
        result = policy.decide_table(table.take(some), columns=DEFAULT)
        assert answered(result, DEFAULT) == [wanted[place] for place in some]


def test_papers_nobody_told_of_may_meet_what_a_step_does_not(made: Any) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: must, matters: any, then: {require: {any_of: [credit_report, "
        "{step: make_commitment, done: {subject.commitment_made: true}}]}}}\n"
    )
    asked = [
        {"on": "2021-06-01", "matter": {"code": "bidding"}, "subject": {"commitment_made": made_}, **papers}
        for made_ in (True, False)
        for papers in ({}, {"documents": []})
    ]
    wanted = [expected(policy, one, DEFAULT) for one in asked]
    assert [one["outcome"] for one in wanted] == ["proceed", "proceed", "undetermined", "pending"]
    assert answered(policy.decide_table(table_of(asked, policy), columns=DEFAULT), DEFAULT) == wanted


def test_days_that_duties_are_counted_from_count_exactly(made: Any) -> None:
    duty = "{who: subject, what: report_work, done_on: procedure.work_reported_on"
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.kind: company}, then: {duty: "
        f"{duty}, every: half_year, since: subject.operates_locally_since}}}}}}\n"
        "  - {id: b, clause: '1', modality: must, when: {subject.kind: individual}, then: {duty: {who: subject, "
        "what: rectify, due: {days: 10, since: subject.rectified_on}}}}\n"
    )
    asked = [
        {"on": "2022-06-01", "subject": {"kind": kind, fact: day}}
        for kind, fact in (("company", "operates_locally_since"), ("individual", "rectified_on"))
        for day in ("2020-03-01", "2021-02-01", "2021-02-02", "2021-08-01")
    ]
    columns = (*DEFAULT, "digest")
    result = policy.decide_table(table_of(asked, policy), columns=columns)
    assert answered(result, columns) == [expected(policy, one, columns) for one in asked]


@given(st.lists(st.booleans(), min_size=1, max_size=9))
def test_which_words_are_among_those_that_fit(fits: list[bool]) -> None:
    data = np.arange(len(fits), dtype=np.uint8)
    assert np.broadcast_to(np.asarray(_among(data, tuple(fits))), data.shape).tolist() == fits


def test_papers_count_as_a_set_and_nameless_twins_by_themselves(policy: cr.Policy) -> None:
    one, other = {"id": "p", "kind": "credit_report"}, {"id": "q", "kind": "credit_record"}
    nameless = {"id": None, "kind": "credit_report"}
    lists = [[one, other], [other, one], [one], [nameless, nameless], [nameless, nameless], [nameless], [nameless]]
    table = pa.table({"on": [dt.date(2021, 6, 1)] * 7, "documents": lists})
    found = keys(policy, table)
    assert found[0] == found[1] != found[2]
    assert found[3] != found[4]
    assert found[5] == found[6]
