"""Many documents: chosen by area and date, united in layers, ended by repeal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

import creditrules as cr
from creditrules.analysis.layers import layer_findings

PROVINCE, CITY = ["某省"], ["某省", "某市"]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write made-up policies into a folder: rules by name, each with its area and further keys."""

    def write(name: str, area: list[str], rules: list[str], more: str = "", start: str = "2020-01-01") -> Path:
        text = (
            f"format: 1\npolicy: {name}\ntitle: t\nnumber: {name}号\nissuer: i\narea: [{', '.join(area)}]\n"
            f"in_force: {{from: {start}}}\n{more}rules:\n" + "".join(f"  - {{{rule}}}\n" for rule in rules)
        )
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


REQUIRE = "id: {0}, clause: 1, modality: must, matters: [bidding], then: {{require: {{any_of: [{1}]}}}}"
BAN = "id: ban, clause: 2, modality: must, matters: any, when: {subject.dishonest: true}, then: {measure: market_ban}"
SUBJECT = {"kind": "company", "dishonest": False}


def test_a_city_is_under_its_province_and_nothing_else(folder: Callable[..., Path]) -> None:
    folder("city", CITY, [REQUIRE.format("a", "credit_report")])
    folder("other", ["某省", "别市"], [REQUIRE.format("a", "credit_record")])
    path = folder("province", PROVINCE, [BAN])
    library = cr.Library(path)
    assert [one.id for one in library.of(CITY)] == ["province", "city"]
    decision = library.decide(SUBJECT, {"code": "bidding"}, [], on="2021-06-01", area=CITY)
    assert decision.outcome == "pending"
    assert [(one.id, one.applies) for one in decision.policy] == [("city", True), ("province", True)]
    banned = library.decide({**SUBJECT, "dishonest": True}, {"code": "registration"}, [], on="2021-06-01", area=CITY)
    assert banned.outcome == "excluded"
    nowhere = library.decide(SUBJECT, {"code": "bidding"}, [], on="2021-06-01", area=["他省"])
    assert (nowhere.outcome, nowhere.policy) == ("not_applicable", ())


def test_rules_of_one_name_in_two_documents_are_two(folder: Callable[..., Path]) -> None:
    when = "id: same, clause: 1, modality: must, when: {{subject.dishonest: {0}}}, then: {{measure: {1}}}"
    folder("city", CITY, [when.format("true", "market_ban")])
    library = cr.Library(folder("province", PROVINCE, [when.format("false", "key_support")]))
    decision = library.decide(SUBJECT, None, [], on="2021-06-01", area=CITY)
    assert [one.rule for one in decision.rules] == ["province:same"]
    assert [one.code for one in decision.measures] == ["key_support"]


def test_each_document_has_its_own_scope_and_presumptions(folder: Callable[..., Path]) -> None:
    presume = "presume: {subject.dishonest: {value: true, clause: 1}}\n"
    folder(
        "city", CITY, [REQUIRE.format("a", "credit_report")], "scope: {clause: 1, when: {subject.kind: company}}\n"
    )
    library = cr.Library(folder("province", PROVINCE, [BAN], presume))
    decision = library.decide({"kind": "individual"}, {"code": "market_access"}, [], on="2021-06-01", area=CITY)
    assert decision.outcome == "excluded"
    assert [(one.policy, one.fact) for one in decision.presumed] == [("province", "subject.dishonest")]
    assert {one.id: one.why for one in decision.policy} == {"city": "out_of_scope", "province": "in_force"}


def test_a_repealed_document_ends_the_day_before(folder: Callable[..., Path]) -> None:
    folder("old", CITY, [REQUIRE.format("a", "credit_record")])
    library = cr.Library(
        folder("new", CITY, [REQUIRE.format("b", "credit_report")], "repeals: [old号]\n", "2021-06-01")
    )

    def asked(on: str) -> list[str]:
        decision = library.decide(SUBJECT, {"code": "bidding"}, [], on=on, area=CITY)
        return [one.rule for one in decision.requirements]

    assert asked("2021-05-31") == ["old:a"]
    assert asked("2021-06-01") == ["new:b"]
    decision = library.decide(SUBJECT, {"code": "bidding"}, [], on="2021-06-01", area=CITY)
    assert [(one.id, one.why, one.repealed_by) for one in decision.policy] == [
        ("new", "in_force", None),
        ("old", "repealed", "new"),
    ]
    assert decision.policy[1].in_force == (dt.date(2020, 1, 1), dt.date(2021, 5, 31))


def test_the_earliest_repeal_counts_and_an_own_last_day_too(folder: Callable[..., Path]) -> None:
    folder("old", CITY, [REQUIRE.format("a", "credit_record")], start="2015-01-01")
    folder("middle", CITY, [BAN], "repeals: [old号]\n", "2018-01-01")
    library = cr.Library(folder("late", CITY, [BAN], "repeals: [old号]\n", "2022-01-01"))
    decision = library.decide(SUBJECT, {"code": "bidding"}, [], on="2020-01-01", area=CITY)
    old = next(one for one in decision.policy if one.id == "old")
    assert (old.why, old.repealed_by, old.in_force[1]) == ("repealed", "middle", dt.date(2017, 12, 31))


def test_documents_cannot_override_each_other_in_a_circle(folder: Callable[..., Path]) -> None:
    rule = "id: {0}, clause: 1, modality: must, overrides: ['{1}:{1}'], then: {{measure: green_channel}}"
    folder("a", CITY, [rule.format("a", "b")])
    with pytest.raises(cr.PolicyError) as caught:
        cr.Library(folder("b", CITY, [rule.format("b", "a")]))
    assert [one.code for one in caught.value.findings] == ["CR404"]


def test_two_documents_cannot_declare_one_fact_differently(folder: Callable[..., Path]) -> None:
    fact = "facts: {{subject.score: {{type: {0}, zh: 分, en: score, held_by: subject, changed_by: nobody}}}}\n"
    folder("a", CITY, [BAN], fact.format("number"))
    with pytest.raises(cr.PolicyError) as caught:
        cr.Library(folder("b", PROVINCE, [BAN], fact.format("str")))
    assert [one.code for one in caught.value.findings] == ["CR210"]


def test_only_overrides_removes_across_documents(folder: Callable[..., Path]) -> None:
    lift = (
        "id: lift, clause: 3, modality: must, overrides: ['city:ban'], "
        "when: {subject.repair_completed: true}, then: {measure: credit_repair}"
    )
    folder("city", CITY, [BAN])
    library = cr.Library(folder("province", PROVINCE, [lift]))
    subject = {"kind": "company", "dishonest": True}

    def outcome(repaired: bool) -> str:
        return library.decide(
            {**subject, "repair_completed": repaired}, {"code": "registration"}, [], on="2021-06-01", area=CITY
        ).outcome

    assert (outcome(True), outcome(False)) == ("proceed", "excluded")


def test_a_made_up_city_of_shaanxi_is_under_the_provincial_plan(folder: Callable[..., Path]) -> None:
    """Subscribing a city to a layer needs no edit of the layer: its area is enough."""
    path = folder("weicheng", ["陕西省", "渭城市"], [REQUIRE.format("a", "credit_report")], start="2018-01-01")
    library = cr.Library(policies=[*cr.Library().policies, *cr.Library(path).policies])
    on = "2019-06-03"
    here = library.decide(SUBJECT, {"code": "bidding"}, [], on=on, area=["陕西省", "渭城市"])
    assert {one.id: one.applies for one in here.policy} == {"shaanxi": True, "weicheng": True}
    assert "weicheng:a" in {one.rule for one in here.requirements}
    above = library.decide(SUBJECT, {"code": "bidding"}, [], on=on, area=["陕西省"])
    assert [one.id for one in above.policy] == ["shaanxi"]
    assert {one.rule for one in above.rules} <= {one.rule for one in here.rules}
    kunshan = library.decide(SUBJECT, None, [], on=on, area=["江苏省", "苏州市", "昆山市"])
    assert [one.id for one in kunshan.policy] == ["kunshan"]


@pytest.mark.parametrize(("target", "code"), [("province:ban", "CR606"), ("province:bann", "CR209")])
def test_a_city_cannot_override_its_province(folder: Callable[..., Path], target: str, code: str) -> None:
    lift = f"id: lift, clause: 3, modality: must, overrides: ['{target}'], then: {{measure: green_channel}}"
    folder("city", CITY, [lift])
    with pytest.raises(cr.PolicyError) as caught:
        cr.Library(folder("province", PROVINCE, [BAN]))
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == f"'{target}'"


def test_differences_show_rank_breadth_and_date(folder: Callable[..., Path]) -> None:
    folder("city", CITY, [REQUIRE.format("a", "credit_report")], start="2021-01-01")
    library = cr.Library(folder("province", PROVINCE, [REQUIRE.format("b", "credit_record")]))
    decision = library.decide(SUBJECT, {"code": "bidding"}, [], on="2021-06-01", area=CITY)
    (difference,) = decision.differences
    assert difference.topic == "requirement"
    assert [(one.policy, one.rank, one.breadth, one.date.isoformat(), one.says) for one in difference.sides] == [
        ("province", 1, 1, "2020-01-01", ("credit_record",)),
        ("city", 2, 1, "2021-01-01", ("credit_report",)),
    ]
    assert "不一致" in library.text(decision)
    assert "differ" in library.text(decision, "en")


def test_a_burden_that_only_the_city_has_is_told(folder: Callable[..., Path]) -> None:
    folder("city", CITY, [BAN, REQUIRE.format("a", "credit_report")])
    path = folder("province", PROVINCE, [BAN.replace("market_ban", "industry_ban")])
    (finding,) = layer_findings(cr.Library(path))
    assert (finding.code, finding.severity) == ("CR607", "warning")
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == "market_ban"
    folder("province", PROVINCE, [BAN])
    assert layer_findings(cr.Library(path)) == ()


def test_a_decision_by_several_documents_is_replayed(folder: Callable[..., Path]) -> None:
    folder("city", CITY, [REQUIRE.format("a", "credit_report")])
    library = cr.Library(folder("province", PROVINCE, [BAN]))
    decision = library.decide(SUBJECT, {"code": "bidding"}, [], on="2021-06-01", area=CITY)
    assert library.replay(decision.receipt()).to_json() == decision.to_json()
    with pytest.raises(cr.RequestError) as caught:
        cr.Library(policies=library.policies[:1]).replay(decision.receipt())
    assert caught.value.findings[0].code == "CR510"


def test_a_folder_loads_whole_or_not_at_all(folder: Callable[..., Path]) -> None:
    path = folder("good", CITY, [BAN])
    library = cr.Library(path)
    folder("bad", CITY, [BAN.replace("subject.dishonest", "subject.dishonst")])
    with pytest.raises(cr.PolicyError) as caught:
        library.reloaded()
    assert [one.code for one in caught.value.findings if one.severity == "error"] == ["CR204"]
    assert [one.id for one in library.policies] == ["good"]


def test_documents_are_found_by_index(kunshan: cr.Policy) -> None:
    """Ten thousand documents: picking those of an area looks at its few steps, not at all of them."""
    import dataclasses

    many = [
        dataclasses.replace(
            kunshan, model=dataclasses.replace(kunshan.model, id=f"p{number}", area=("省", f"市{number}"))
        )
        for number in range(10_000)
    ]
    library = cr.Library(policies=many)
    assert [one.id for one in library.of(["省", "市77", "区"])] == ["p77"]


def test_equal_effects_of_two_documents_merge_but_not_of_two_bodies_of_one_name(folder: Callable[..., Path]) -> None:
    own = "authorities: {office: {zh: 信用办, en: office}}\n"
    shared = "id: ban, clause: 1, modality: must, matters: any, then: {measure: market_ban}"
    by = "id: by, clause: 2, modality: must, matters: any, then: {measure: {any_of: [green_channel], by: office}}"
    asks = (
        "id: asks, clause: 3, modality: must, matters: any, then: {require: {any_of: [credit_report], from: office}}"
    )
    for name, area in (("city", CITY), ("province", PROVINCE)):
        path = folder(name, area, [shared, by, asks], own)
    decision = cr.Library(path).decide({}, {"code": "bidding"}, [], on="2021-06-01", area=CITY)
    assert [(one.code, one.rule, one.also) for one in decision.measures] == [
        ("green_channel", "city:by", ()),
        ("green_channel", "province:by", ()),
        ("market_ban", "city:ban", ("province:ban",)),
    ]
    assert [(one.from_, one.rule, one.also) for one in decision.requirements] == [
        ("office", "city:asks", ()),
        ("office", "province:asks", ()),
    ]


def test_requirements_met_alike_but_not_as_cleanly_are_two(folder: Callable[..., Path]) -> None:
    """One document presumes what the other leaves open: there the clean paper serves, here it is not told."""
    fact = "facts:\n  document.seen: {type: bool, zh: s, en: s, held_by: issuer, changed_by: nobody}\n"
    asks = (
        "id: asks, clause: 1, modality: must, matters: any, "
        "then: {require: {any_of: [{paper: credit_report, that: {document.seen: true}}]}}"
    )
    may = "id: may, clause: 2, each: document, modality: may, when: {document.poor: true}, then: {inadmissible: true}"
    fact += "  document.poor: {type: bool, zh: p, en: p, held_by: issuer, changed_by: nobody}\n"
    folder("city", CITY, [asks, may], fact)
    path = folder("province", PROVINCE, [asks, may], fact + "presume: {document.seen: {value: true, clause: 3}}\n")
    papers = [
        {"id": "a", "kind": "credit_report", "seen": True, "poor": True},
        {"id": "b", "kind": "credit_report", "poor": False},
    ]
    decision = cr.Library(path).decide({}, {"code": "bidding"}, papers, on="2021-06-01", area=CITY)
    assert [(one.met, one.cleanly, one.rule, one.also) for one in decision.requirements] == [
        (True, None, "city:asks", ()),
        (True, True, "province:asks", ()),
    ]
