"""Requests as handed in: every fact known and of its type, identity numbers checked, nothing guessed."""

from __future__ import annotations

import datetime as dt
import json

import pytest

import creditrules as cr
from creditrules.identifiers import citizen_number_fault, credit_code_fault, masked_name, masked_number
from creditrules.render.findings import findings_text
from creditrules.source import Source

ON = "2017-09-01"


def refused(policy: cr.Policy, request: object) -> list[str]:
    with pytest.raises(cr.RequestError) as caught:
        policy.decide_request(request)  # type: ignore[arg-type]
    return [f"{one.code} {one.spot or one.where()}" for one in caught.value.findings]


@pytest.mark.parametrize(
    ("request_", "codes"),
    [
        ({"on": ON, "subject": {"knd": "company"}}, ["CR204 subject.knd"]),
        ({"on": ON, "subject": {"kind": "firm"}}, ["CR301 subject.kind"]),
        ({"on": ON, "subject": {"state_owned_enterprise": "true"}}, ["CR304 subject.state_owned_enterprise"]),
        ({"on": ON, "subject": {"state_owned_enterprise": 1}}, ["CR304 subject.state_owned_enterprise"]),
        ({"on": ON, "subject": {"dishonesty_category": "  "}}, ["CR309 subject.dishonesty_category"]),
        ({"on": ON, "subject": {"kind": "company", "subject.kind": "individual"}}, ["CR105 subject.kind"]),
        ({"on": ON, "subject": "company"}, ["CR203 subject"]),
        ({"on": ON, "subject": {"kind": ["company"]}}, ["CR203 subject.kind"]),
        ({"on": ON, "documents": [{"id": "a"}]}, ["CR501 documents[0]"]),
        ({"on": ON, "documents": [{"kind": "credit_reprt"}]}, ["CR301 document.kind"]),
        ({"on": ON, "documents": {"kind": "credit_report"}}, ["CR203 documents"]),
        (
            {"on": ON, "documents": [{"kind": "credit_report", "issued_on": "2017-02-30"}]},
            ["CR303 document.issued_on"],
        ),
        (
            {"on": ON, "documents": [{"kind": "credit_report", "issued_on": "0017-02-03"}]},
            ["CR509 document.issued_on"],
        ),
        ({"on": ON, "documents": [{"kind": "credit_report", "issuer": {"filing": 1}}]}, ["CR204 issuer.filing"]),
        ({"on": ON, "consulted": ["platform"]}, ["CR205 consulted"]),
        ({"on": ON, "subjct": {}}, ["CR201 "]),
        ({"on": "tomorrow"}, ["CR303 "]),
        ({}, ["CR504 "]),
        ({"on": ON, "policy": "zhangye"}, ["CR512 policy"]),
        (
            {"on": ON, "subject": {"commitment_made": False, "commitment_breached": True}},
            ["CR502 subject.commitment_breached"],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(kunshan: cr.Policy, request_: object, codes: list[str]) -> None:
    found = refused(kunshan, request_)
    assert [one.removesuffix("<request>") for one in found] == codes


def test_two_papers_of_one_id(kunshan: cr.Policy) -> None:
    papers = [{"id": "a", "kind": "credit_report"}, {"id": "a", "kind": "credit_record"}]
    assert [one[:5] for one in refused(kunshan, {"on": ON, "documents": papers})] == ["CR210"]


def test_in_text_the_words_are_underlined(kunshan: cr.Policy) -> None:
    source = Source("r.yaml", "on: 2017-09-01\nsubject: {kind: company, commitment_made: 'true'}\n")
    with pytest.raises(cr.RequestError) as caught:
        kunshan.decide_request(source)
    (finding,) = caught.value.findings
    assert finding.where() == "r.yaml:2:43"
    assert source.excerpt(finding.span) == "'true'"  # type: ignore[arg-type]


def test_models_mappings_and_text_are_one_request(kunshan: cr.Policy) -> None:
    models = kunshan.decide(
        cr.Subject(kind="company", commitment_made=False),
        cr.Matter(code="fiscal_funding", field=["finance_tax"]),
        [
            cr.Document(
                kind="credit_report", issued_on=dt.date(2017, 3, 10), issuer=cr.Issuer(filing_level="county_city")
            )
        ],
        on=dt.date(2017, 9, 1),
    )
    mapping = {
        "on": ON,
        "subject": {"kind": "company", "commitment_made": False},
        "matter": {"code": "fiscal_funding", "field": "finance_tax"},
        "documents": [
            {"kind": "credit_report", "issued_on": "2017-03-10", "issuer": {"filing_level": "county_city"}}
        ],
    }
    assert kunshan.decide_request(mapping).to_json() == models.to_json()
    assert kunshan.decide(**mapping).to_json() == models.to_json()  # type: ignore[arg-type]
    assert kunshan.decide_request(json.dumps(mapping)).to_json() == models.to_json()
    assert kunshan.decide_request(json.dumps(mapping, ensure_ascii=False, indent=1)).to_json() == models.to_json()


def test_names_outside_the_first_plane_survive_escaped_json(kunshan: cr.Policy) -> None:
    text = json.dumps({"on": ON, "subject": {"name": "𠮷林"}})
    assert kunshan.decide_request(text).request.identity[None, "name"] == "𠮷林"


def test_null_is_not_told(kunshan: cr.Policy) -> None:
    told = kunshan.decide({"kind": "company"}, None, [], on=ON)
    null = kunshan.decide_request(
        {"on": ON, "subject": {"kind": "company", "commitment_made": None}, "matter": None, "documents": []}
    )
    assert null.to_json() == told.to_json()


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91350100M000100Y43", None),
        ("91320583MA1X0CDE04", None),
        ("11100000000013127D", None),
        ("91350100M000100Y44", "@wrong-check"),
        ("91350100M000100Y4", "@wrong-length"),
        ("91350100M000100I43", "@wrong-characters"),
    ],
)
def test_unified_social_credit_code(code: str, fault: str | None) -> None:
    assert credit_code_fault(code) == fault


def test_letters_in_the_first_places_of_a_code_are_valid() -> None:
    base = "A1350100M000100Y4"
    checks = [check for check in "0123456789ABCDEFGHJKLMNPQRTUWXY" if credit_code_fault(base + check) is None]
    assert len(checks) == 1


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("11010519491231002X", None),
        ("110105194912310021", "@wrong-check"),
        ("11010519490231002X", "@wrong-birthday"),
        ("1101051949123100", "@wrong-length"),
        ("1101051949123100XX", "@wrong-characters"),
    ],
)
def test_citizen_number(number: str, fault: str | None) -> None:
    assert citizen_number_fault(number) == fault


def test_a_wrong_number_is_not_shown_in_full(kunshan: cr.Policy) -> None:
    with pytest.raises(cr.RequestError) as caught:
        kunshan.decide({"citizen_number": "110105194912310021"}, on=ON)
    assert "110105194912310021" not in str(caught.value)


def test_masks() -> None:
    assert masked_name("张三") == "张*"
    assert masked_number("11010519491231002X") == "110*************2X"


def test_nameless_papers_are_told_apart_whatever_their_order(kunshan: cr.Policy) -> None:
    papers = [
        {"kind": "credit_report", "issued_on": "2017-03-10"},
        {"kind": "credit_report", "issued_on": "2016-03-10"},
    ]
    one = kunshan.decide({"kind": "company"}, None, papers, on=ON)
    two = kunshan.decide({"kind": "company"}, None, papers[::-1], on=ON)
    assert one.to_json() == two.to_json()
    assert [paper.id for paper in one.papers] == ["credit_report-1", "credit_report-2"]


@pytest.mark.parametrize("request_", [None, [1], 5, b"on: 2017-09-01", {"on": ON, "subject": {"kind": 10**5000}}])
def test_anything_else_handed_in_is_refused_with_a_finding(kunshan: cr.Policy, request_: object) -> None:
    assert refused(kunshan, request_)


def test_odd_arguments_are_refused_with_a_finding(kunshan: cr.Policy) -> None:
    for wrong in ({"consulted": 5, "on": ON}, {"on": dt.datetime(2017, 9, 1)}, {"on": "soon"}):
        with pytest.raises(cr.RequestError):
            kunshan.decide({"kind": "company"}, None, [], **wrong)  # type: ignore[arg-type]
    with pytest.raises(cr.RequestError):
        kunshan.replay(None)  # type: ignore[arg-type]
    assert kunshan.decide({"kind": "company"}, None, [], on=ON, consulted=None).outcome == "assessed"
    holds_itself: dict[str, object] = {"on": ON}
    holds_itself["subject"] = holds_itself
    assert [one[:5] for one in refused(kunshan, holds_itself)] == ["CR109"]


def test_a_receipt_keeps_the_issuer_of_every_paper(kunshan: cr.Policy) -> None:
    papers = [
        {"id": "subject", "kind": "credit_report", "issuer": {"name": "甲"}},
        {"id": "a.issuer.x", "kind": "credit_report", "issuer": {"name": "乙"}},
    ]
    decision = kunshan.decide({"kind": "company", "name": "丙"}, None, papers, on=ON)
    assert kunshan.replay(decision.receipt()).to_json() == decision.to_json()


def test_a_line_shown_hides_the_names_and_numbers_beside_a_mistake(kunshan: cr.Policy) -> None:
    text = "on: 2017-09-01\nsubject: {kind: compny, name: 张三丰, citizen_number: 11010519491231002X}\n"
    with pytest.raises(cr.RequestError) as caught:
        kunshan.decide_request(text)
    shown = findings_text(caught.value.findings, "zh")
    assert "compny" in shown
    assert "三丰" not in shown
    assert "11010519491231002X" not in shown


def test_many_papers_take_no_time_to_order_what_is_missing(kunshan: cr.Policy) -> None:
    decision = kunshan.decide({"kind": "company"}, {"code": "policy_loan"}, [{"kind": "credit_report"}] * 60, on=ON)
    assert len(decision.missing) > 100
