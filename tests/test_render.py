"""What people read, line by line; reviewed by reading it. `--update-snapshots` writes them anew."""

from __future__ import annotations

import pytest
from conftest import ROOT

import creditrules as cr
from creditrules.render.layout import padded, width

SNAPSHOTS = ROOT / "tests" / "snapshots"
LOCAL = {"registered_locally": True, "filed_locally": True, "credit_service_agency": True, "independent": True}
AWAY = {"registered_locally": False, "filed_locally": True, "credit_service_agency": True, "independent": True}
REQUESTS: dict[str, dict[str, object]] = {
    "kunshan-pending": {
        "policy": "kunshan",
        "on": "2017-09-01",
        "subject": {"kind": "individual", "name": "张三", "citizen_number": "11010519491231002X"},
        "matter": {"code": "personal_award_title", "department": "教育局", "field": []},
        "documents": [{"id": "r1", "kind": "credit_report", "issued_on": "2017-03-10",
                       "meets_national_standard": True,
                       "issuer": {"filing_level": "county", "recognized_level": "none", "independent": True}}],
    },
    "kunshan-not-yet-in-force": {"policy": "kunshan", "on": "2017-03-05", "subject": {"kind": "company"}},
    "kunshan-undetermined": {
        "policy": "kunshan",
        "on": "2017-10-09",
        "subject": {"kind": "company"},
        "matter": {"code": "administrative_approval"},
        "procedure": {"review_applied_on": "2017-09-28", "review_returned_on": "not_yet"},
        "documents": [],
    },
    "zhangye-waiting-for-publicity": {
        "policy": "zhangye",
        "on": "2021-10-08",
        "subject": {"kind": "company", "dishonest": False, "on_red_list": True, "credit_service_agency": False},
        "matter": {"code": "bidding", "field": ["construction"]},
        "documents": [
            {"id": "record", "kind": "credit_record", "issuer": {"credit_service_agency": True}},
            {"id": "report", "kind": "credit_report", "meets_national_standard": True, "delivered_on": "2021-09-22",
             "filed_on": "2021-09-23", "published_on": "2021-09-24", "publicity_objection": False,
             "pboc_review_passed": "passed", "pboc_opinion_filed": True, "issuer": {**AWAY, "filing_proof": True}},
        ],
    },
    "zhangye-both-lists": {
        "policy": "zhangye",
        "on": "2021-06-11",
        "consulted": ["credit_platform"],
        "subject": {"kind": "company", "on_red_list": True, "on_black_list": True, "credit_service_agency": False,
                    "dishonesty_category": "合同欺诈", "dishonesty_severity": "serious"},
        "matter": {"code": "qualification_review", "field": []},
        "documents": [
            {"id": "record", "kind": "credit_record", "issuer": {"credit_service_agency": True}},
            {"id": "report", "kind": "credit_report", "meets_national_standard": False,
             "filed_with_credit_office": False,
             "on_credit_site": False, "issuer": LOCAL},
        ],
    },
    "zhangye-agency": {
        "policy": "zhangye",
        "on": "2022-01-01",
        "subject": {"kind": "company", "credit_service_agency": True, "operates_locally": True,
                    "operates_locally_since": "2020-05-01", "leaked_or_misused_information": False},
        "procedure": {"work_reported_on": ["2021-06-30"], "disclosures_made": ["business_scope", "fee_standards"]},
        "documents": [],
    },
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", REQUESTS)
def test_decision_as_read(name: str, lang: str, request: pytest.FixtureRequest) -> None:
    policy = cr.load(str(REQUESTS[name]["policy"]))
    text = policy.text(policy.decide_request(REQUESTS[name]), lang) + "\n"  # type: ignore[arg-type]
    path = SNAPSHOTS / f"{name}.{lang}.txt"
    if request.config.getoption("--update-snapshots"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_english_has_no_chinese_but_names(zhangye: cr.Policy) -> None:
    text = zhangye.text(zhangye.decide_request(REQUESTS["zhangye-agency"]), "en", verbose=True)
    chinese = {line for line in text.splitlines() if any("\u4e00" <= letter <= "\u9fff" for letter in line)}
    assert chinese == {line for line in text.splitlines() if "张政办函〔2021〕10号" in line}


def test_an_authority_that_holds_a_fact_is_named() -> None:
    shaanxi = cr.load("shaanxi")
    text = shaanxi.text(shaanxi.decide({"kind": "company"}, {"code": "it_system_approval"}, [], on="2021-03-01"))
    assert "provincial_government" not in text


def test_wide_characters_are_two_columns() -> None:
    assert width("信用a") == 5
    assert padded("信用", 6) == "信用  "


def test_a_requirement_says_who_issues_the_paper_and_a_measure_who_takes_it(made) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: must, matters: any, "
        "then: {require: {any_of: [credit_report], from: office}}}\n"
        "  - {id: b, clause: '2', modality: must, matters: any, "
        "then: {measure: {any_of: [market_ban], by: office}}}\n"
        "  - {id: c, clause: '3', modality: must, matters: any, then: {measure: green_channel}}\n",
        "authorities: {office: {zh: 信用办, en: credit office}}\n",
    )
    decision = policy.decide({}, {"code": "bidding"}, [], on="2021-06-01")
    chinese, english = policy.text(decision), policy.text(decision, "en")
    assert "✗ 信用报告（由信用办出具）  made/1" in chinese
    assert "还缺可用的信用报告（由信用办出具）" in chinese
    assert "措施\n  绿色通道  made/3\n\n措施，由信用办采取\n  市场禁入  made/2" in chinese
    assert "✗ credit report (issued by: credit office)  made/1" in english
    assert "Measures, taken by: credit office\n  market ban  made/2" in english
