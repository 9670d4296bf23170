"""A case over time: each step equals a fresh decision, and what does not fit is refused and changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from second_engine import FAULTS, needs_engine
from zhangye_papers import waiting_in_zhangye

import creditrules as cr
from creditrules.case_file import CaseFile
from creditrules.decide import decide
from creditrules.testing import from_policy

EVERYTHING = cr.load(ROOT / "tests" / "everything.yaml")
quick = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(params=[None, pytest.param("rete", marks=needs_engine)], ids=["plain", "rete"])
def engine(request: pytest.FixtureRequest) -> Any:
    return request.param


def held(entries: Any) -> list[str]:
    return [one.rule.partition(":")[2] + (f" {one.document}" if one.document else "") for one in entries]


def in_zhangye(zhangye: cr.Policy, engine: Any, **more: Any) -> CaseFile:
    subject, (report, record) = waiting_in_zhangye("2021-08-02")
    report = {**report, "published_on": "not_yet", **more}
    request = {
        "on": "2021-07-30",
        "subject": subject,
        "matter": {"code": "bidding", "field": []},
        "documents": [report, record],
    }
    return zhangye.case_file(request, engine=engine)


def refused(case: CaseFile, facts: dict[str, Any], **more: Any) -> list[str]:
    before = json.dumps(case.request)
    with pytest.raises(cr.RequestError) as caught:
        case.tell(facts, **more)
    assert json.dumps(case.request) == before
    return sorted({one.code for one in caught.value.findings})


# a case as it goes


def test_from_filing_to_lapse(zhangye: cr.Policy, engine: Any) -> None:
    case = in_zhangye(zhangye, engine)
    assert [step.kind for step in case.history] == ["opened"]
    assert case.decision.papers[1].status == "not_yet"
    published = case.tell({"documents": [{"id": "r", "published_on": "2021-08-02"}]}, on="2021-08-02")
    assert (published.on, published.now.kind) == (dt.date(2021, 8, 2), "told")
    assert [(one.on, one.kind, one.document) for one in published.deadlines] == [
        (dt.date(2021, 8, 12), "first_day", "r")
    ]
    assert published.next_day == dt.date(2021, 8, 12)
    waited = published.day_passed("2021-08-20")
    assert [(step.on, step.kind) for step in waited.history] == [
        (dt.date(2021, 7, 30), "opened"),
        (dt.date(2021, 8, 2), "day"),
        (dt.date(2021, 8, 2), "told"),
        (dt.date(2021, 8, 12), "day"),
        (dt.date(2021, 8, 20), "day"),
    ]
    assert ("paper", "r", "not_yet", "admissible") in [
        (one.kind, one.what, one.before, one.after) for one in waited.history[3].changes
    ]
    assert case.history[0] is waited.history[0]


def test_an_objection_raised_in_time_stops_the_paper(zhangye: cr.Policy, engine: Any) -> None:
    case = in_zhangye(zhangye, engine).tell(
        {"documents": [{"id": "r", "published_on": "2021-08-02"}]}, on="2021-08-02"
    )
    objected = case.tell({"documents": [{"id": "r", "publicity_objection": True}]}, on="2021-08-05")
    assert objected.day_passed("2021-08-20").decision.papers[1].status == "not_yet"
    assert refused(objected, {"documents": [{"id": "r", "publicity_objection": False}]}) == ["CR523"]
    settled = objected.tell({"documents": [{"id": "r", "publicity_objection": False}]}, on="2021-08-12", correct=True)
    assert settled.now.kind == "corrected"
    assert settled.decision.papers[1].status == "admissible"


def test_rules_newly_hold_and_no_longer_do(engine: Any) -> None:
    case = EVERYTHING.case_file(
        {"on": "2020-01-02", "subject": {"kind": "company", "rectified": False}}, engine=engine
    )
    case = case.tell({"documents": []})
    assert held(case.began) == ["perhaps"]
    case = case.tell({"subject": {"dishonest": True}})
    assert (held(case.began), held(case.ended)) == (["ban"], [])
    case = case.tell({"subject": {"rectified": True}}, on="2020-03-01")
    assert (held(case.began), held(case.ended)) == (["repaired"], ["ban"])
    case = case.tell({"documents": [{"id": "k", "kind": "credit_record"}]})
    assert (held(case.began), held(case.ended)) == (["public k"], ["perhaps"])
    case = case.day_passed("2024-01-01")
    assert held(case.ended) == ["public k", "repaired"]
    assert case.decision.outcome == "not_applicable"


def test_a_report_filed_late_is_a_paper_more(engine: Any) -> None:
    case = EVERYTHING.case_file({"on": "2020-01-02", "subject": {"kind": "company"}, "documents": []}, engine=engine)
    case = case.tell({"documents": [{"kind": "credit_report", "issued_on": "2020-01-05"}]}, on="2020-01-05")
    assert held(case.began) == ["public credit_report-1", "year credit_report-1"]
    assert [one["id"] for one in case.request["documents"]] == ["credit_report-1"]
    case = case.tell({"documents": [{"id": "credit_report-1", "issuer": {"independent": False}}]})
    assert held(case.began) == ["refused credit_report-1"]


# time


def test_days_only_go_forward(zhangye: cr.Policy, engine: Any) -> None:
    case = in_zhangye(zhangye, engine).day_passed(dt.date(2021, 8, 2))
    assert refused(case, {"subject": {"commitment_made": True}}, on="2021-08-01") == ["CR522"]
    with pytest.raises(cr.RequestError) as caught:
        case.day_passed("2021-07-31")
    assert [one.code for one in caught.value.findings] == ["CR522"]
    assert "2021-07-31" in caught.value.findings[0].message("en")
    assert case.day_passed("2021-08-02") is case
    for day in ("2021-8-2", "yesterday", 20210802, dt.datetime(2021, 8, 3)):
        assert refused(case, {}, on=day) == ["CR303"]
    assert refused(case, {"on": "2021-08-04"}, on="2021-08-05") == ["CR505"]
    assert case.tell({"on": "2021-08-04"}).on == dt.date(2021, 8, 4)


DUE = """
  - {id: return, clause: 1, modality: must, when: {subject.dishonest: true},
     then: {duty: {who: office, what: return_review_result, due: {days: 9, since: procedure.review_applied_on},
       done_on: procedure.review_returned_on}}}
  - {id: question, clause: 1, modality: must, when: {subject.dishonest: true},
     then: {refer: {to: office, why: 怎么办, due: {days: 14, since: procedure.review_applied_on}}}}
  - {id: use, clause: 1, modality: must, each: document, then: {usable: {from: document.published_on,
       until: {days: 4, since: document.published_on}}}}
"""


def test_deadlines_are_the_days_to_come_the_nearest_first(made: Any) -> None:
    case = made(DUE, "authorities: {office: {zh: 信用办, en: office}}").case_file(
        {
            "on": "2021-03-01",
            "subject": {"dishonest": True},
            "procedure": {"review_applied_on": "2021-03-01"},
            "documents": [{"id": "r", "kind": "credit_report", "published_on": "2021-03-08"}],
        }
    )

    def days(one: CaseFile) -> list[tuple[str, str]]:
        return [(deadline.on.isoformat()[5:], deadline.kind) for deadline in one.deadlines]

    whole = [("03-08", "first_day"), ("03-10", "duty"), ("03-12", "last_day"), ("03-15", "referral")]
    assert days(case) == whole  # whether it was returned is not told
    waiting = case.tell({"procedure": {"review_returned_on": "not_yet"}}, on="2021-03-08")
    assert days(waiting) == whole
    assert days(waiting.day_passed("2021-03-09")) == whole[1:]
    assert days(waiting.tell({"procedure": {"review_returned_on": "2021-03-09"}}, on="2021-03-09")) == whole[2:]
    assert [days(waiting.day_passed(f"2021-03-{day}")) for day in (12, 15, 16)] == [whole[2:], whole[3:], []]
    steps = waiting.day_passed("2021-03-14").history[3:]
    assert [step.on.isoformat()[5:] for step in steps] == ["03-11", "03-13", "03-14"]


def test_every_day_on_the_way_that_brings_something_is_a_step(zhangye: cr.Policy) -> None:
    case = in_zhangye(zhangye, None, published_on="2021-08-02")
    jumped = case.day_passed("2022-12-31")
    days = {step.on: step.decision for step in jumped.history}
    day = case.on
    latest = case.decision
    while day < dt.date(2022, 12, 31):
        day += dt.timedelta(days=1)
        fresh = zhangye.decide_request({**case.request, "on": day.isoformat()})
        latest = days.get(day, latest)
        assert fresh.outcome == latest.outcome, day
        assert [one.status for one in fresh.papers] == [one.status for one in latest.papers], day
    assert len(days) < 10


def test_what_came_before_it_was_told_as_not_having_come(zhangye: cr.Policy, engine: Any) -> None:
    case = in_zhangye(zhangye, engine)
    assert refused(case, {"documents": [{"id": "r", "published_on": "2021-07-29"}]}) == ["CR524"]
    later = case.day_passed("2021-08-10")
    told = later.tell({"documents": [{"id": "r", "published_on": "2021-08-02"}]})
    assert told.decision.papers[1].from_ == dt.date(2021, 8, 12)
    again = later.tell({"documents": [{"id": "r", "published_on": "not_yet"}]})
    assert refused(again, {"documents": [{"id": "r", "published_on": "2021-08-02"}]}) == ["CR524"]
    corrected = again.tell({"documents": [{"id": "r", "published_on": "2021-08-02"}]}, correct=True)
    assert corrected.decision.papers[1].from_ == dt.date(2021, 8, 12)


# what fits


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ({"dishonest": False}, {"dishonest": True}, True),
        ({"dishonest": True}, {"dishonest": False}, False),
        ({"dishonest": True}, {"dishonest": None}, False),
        ({"credit_standing": "poor"}, {"credit_standing": "poor"}, True),
        ({"credit_standing": "poor"}, {"credit_standing": "good"}, False),
        ({"operates_locally_since": "not_yet"}, {"operates_locally_since": "2021-03-01"}, True),
        ({"operates_locally_since": "2020-03-01"}, {"operates_locally_since": "2021-03-01"}, False),
        ({"operates_locally_since": "2020-03-01"}, {"operates_locally_since": "not_yet"}, False),
        ({"name": "某甲"}, {"name": "某乙"}, False),
    ],
)
def test_only_what_comes_about_by_itself_is_told(before: Any, after: Any, fits: bool) -> None:
    case = EVERYTHING.case_file({"on": "2021-03-01", "subject": {"kind": "company", **before}})
    if fits:
        case = case.tell({"subject": after})
    else:
        assert refused(case, {"subject": after}) == ["CR523"]
        case = case.tell({"subject": after}, correct=True)
    (key,) = after
    assert case.request["subject"].get(key) == after[key]


def test_lists_and_papers_and_the_matter_only_grow() -> None:
    field = {"code": "bidding", "field": ["finance_tax"]}
    case = EVERYTHING.case_file(
        {"on": "2021-03-01", "matter": field, "documents": [{"id": "a", "kind": "credit_record"}]}
    )
    assert refused(case, {"matter": {"field": []}}) == ["CR523"]
    assert refused(case, {"matter": None}) == ["CR523"]
    assert refused(case, {"documents": None}) == ["CR523"]
    assert refused(case, {"documents": [{"id": "a", "kind": "credit_report"}]}) == ["CR523"]
    case = case.tell({"matter": {"field": ["food_drug", "finance_tax"]}})
    assert refused(case, {"matter": {"field": ["food_drug", "work_safety"]}}) == ["CR523"]
    case = case.tell({"consulted": ["credit_platform"]}).tell({"consulted": ["credit_site"]})
    assert case.request["consulted"] == ["credit_platform", "credit_site"]
    untold = case.tell({"documents": None}, correct=True)
    assert untold.decision.request.papers is None
    assert EVERYTHING.case_file({"on": "2021-03-01"}).tell({"matter": {}}).decision.request.matter == "given"


def test_a_day_overtakes_its_no_and_a_yes_its_not_yet() -> None:
    paper = {"id": "r", "kind": "credit_report", "on_credit_site": False}
    case = EVERYTHING.case_file({"on": "2021-03-01", "documents": [paper]})
    told = case.tell({"documents": [{"id": "r", "published_on": "2021-03-01"}]})
    assert held(told.began) == ["shield r"]
    assert "on_credit_site" not in told.request["documents"][0]
    assert refused(case, {"documents": [{"id": "r", "published_on": "2021-02-27"}]}) == ["CR524"]
    assert refused(case, {"documents": [{"id": "r", "published_on": "2021-02-27", "on_credit_site": False}]}) == [
        "CR503"
    ]
    waiting = EVERYTHING.case_file(
        {"on": "2021-03-01", "documents": [{**paper, "on_credit_site": None, "published_on": "not_yet"}]}
    )
    assert held(waiting.tell({"documents": [{"id": "r", "on_credit_site": True}]}).began) == ["shield r"]
    planned = waiting.tell({"documents": [{"id": "r", "published_on": "2021-03-05"}]})
    assert held(planned.began) == []
    assert refused(planned, {"documents": [{"id": "r", "on_credit_site": True}]}) == ["CR503"]
    assert held(planned.day_passed("2021-03-05").began) == ["shield r"]
    still = case.tell({"documents": [{"id": "r", "published_on": "not_yet"}]})
    assert still.request["documents"][0]["on_credit_site"] is False
    back = told.tell({"documents": [{"id": "r", "on_credit_site": False}]}, correct=True)
    assert held(back.ended) == ["shield r"]


def test_a_day_of_an_issuer_overtakes_its_no(made: Any, tmp_path: Path) -> None:
    about = "zh: 备案, en: filing, held_by: issuer, changed_by: agency"
    facts = f"  issuer.filed: {{type: bool, {about}, day: issuer.filed_on}}\n"
    facts += f"  issuer.filed_on: {{type: date, {about}}}\n"
    names = (ROOT / "policies" / "vocabulary.yaml").read_text(encoding="utf-8")
    first = "  issuer.credit_service_agency:\n"
    (tmp_path / "vocabulary.yaml").write_text(names.replace(first, facts + first), encoding="utf-8")
    rule = (
        "{id: r, clause: 1, modality: must, each: document, when: {issuer.filed: true}, then: {inadmissible: true}}"
    )
    paper = {"id": "r", "kind": "credit_report", "issuer": {"filed": False}}
    case = made(f"  - {rule}").case_file({"on": "2021-03-01", "documents": [paper]})
    told = case.tell({"documents": [{"id": "r", "issuer": {"filed_on": "2021-03-02"}}]}, on="2021-03-02")
    assert held(told.began) == ["r r"]
    assert told.request["documents"][0]["issuer"] == {"filed_on": "2021-03-02"}


def test_what_cannot_be_so_is_refused_as_in_any_request() -> None:
    case = EVERYTHING.case_file({"on": "2021-03-01", "record": {"objection_raised": False}})
    codes = refused(case, {"record": {"objection_handled_on": "2021-03-01"}})
    assert codes in (["CR502"], ["CR204"])
    assert refused(case, {"subject": {"dishonst": True}}) == ["CR204"]
    assert refused(case, {"subject": {"dishonest": "perhaps"}}) == ["CR304"]
    assert refused(case, {"subject": 3}) == ["CR203"]
    assert refused(case, {"documents": [{"id": "x"}]}) == ["CR501"]
    assert refused(case, {"documents": [3]}) == ["CR203"]
    paper = {"id": "x", "kind": "credit_report"}
    assert refused(case.tell({"documents": [paper]}), {"documents": [paper, paper]}) == ["CR210"]
    assert refused(case, {"policy": "kunshan"}) == ["CR512"]
    assert refused(case, {"subjekt": {}}) == ["CR201"]


def test_what_was_told_is_not_taken_back_by_leaving_a_whole_section_out() -> None:
    case = EVERYTHING.case_file(
        {
            "on": "2021-03-01",
            "subject": {"kind": "company", "dishonest": True},
            "consulted": ["credit_platform"],
            "documents": [{"id": "a", "kind": "credit_report", "issuer": {"independent": False}}],
        }
    )
    assert refused(case, {"subject": {"dishonest": None}}) == ["CR523"]
    assert set(refused(case, {"subject": None})) == {"CR523"}
    assert refused(case, {"documents": [{"id": "a", "issuer": None}]}) == ["CR523"]
    assert refused(case, {"consulted": None}) == ["CR523"]
    assert held(case.tell({"subject": None}, correct=True).decision.rules) == held(
        EVERYTHING.decide_request(json.loads(case.tell({"subject": None}, correct=True).decision.request.text)).rules
    )
    more = case.tell({"consulted": "credit_site"})
    assert more.decision.request.consulted == {"credit_platform", "credit_site"}
    assert case.tell({"record": None}).decision.request == case.decision.request  # nothing was told of it


def test_facts_may_be_told_by_their_full_names() -> None:
    paper = {"id": "a", "kind": "credit_report", "issuer": {"independent": False}}
    case = EVERYTHING.case_file({"on": "2021-03-01", "subject": {"dishonest": False}, "documents": [paper]})
    short = case.tell({"subject": {"dishonest": True}, "documents": [{"id": "a", "issuer": {"independent": True}}]})
    full = case.tell(
        {
            "subject": {"subject.dishonest": True},
            "documents": [{"id": "a", "issuer": {"issuer.independent": True}}],
        }
    )
    assert full.decision.to_json() == short.decision.to_json()
    assert refused(case, {"subject": {"subject.dishonest": True, "dishonest": True}}) == ["CR105"]


def test_the_days_of_a_referral_are_steps_as_those_of_a_duty_are(made: Any) -> None:
    policy = made(
        "  - {id: ask, clause: '1', modality: must, matters: any, then: {refer: "
        "{to: department, why: {zh: 问, en: why}, due: {working_days: 3, since: today}}}}\n"
    )
    case = policy.case_file({"on": "2021-03-01", "matter": {"code": "bidding"}})
    assert case.next_day == dt.date(2021, 3, 2)
    days = [step for step in case.day_passed("2021-03-10").history if step.kind == "day"]
    assert len(days) > 5
    for step in days:
        fresh = policy.decide(None, {"code": "bidding"}, on=step.on)
        assert step.decision.referrals == fresh.referrals


def test_a_case_is_frozen_and_keeps_nothing_of_the_callers() -> None:
    request: dict[str, Any] = {"on": "2021-03-01", "subject": {"kind": "company"}, "documents": []}
    case = EVERYTHING.case_file(request)
    told: dict[str, Any] = {"documents": [{"id": "a", "kind": "credit_record"}]}
    after = case.tell(told)
    request["subject"]["kind"] = "individual"
    told["documents"][0]["kind"] = "credit_report"
    after.request["subject"]["kind"] = "individual"
    assert after.request["subject"]["kind"] == "company"
    assert after.decision.papers[0].kind == "credit_record"
    assert after.now.told == {"documents": [{"id": "a", "kind": "credit_record"}]}
    with pytest.raises(FrozenInstanceError):
        case.history = ()  # type: ignore[misc]


def test_a_case_of_an_area_goes_on_by_its_documents() -> None:
    library = cr.Library()
    area = ["江苏省", "苏州市", "昆山市"]
    case = library.case_file({"on": "2017-09-01", "area": area, "subject": {"kind": "company"}})
    case = case.tell({"matter": {"code": "policy_loan", "field": []}, "documents": []}, on="2017-09-04")
    fresh = library.decide({"kind": "company"}, {"code": "policy_loan", "field": []}, [], on="2017-09-04", area=area)
    assert case.decision.digest == fresh.digest


def test_an_engine_nobody_knows_is_refused() -> None:
    with pytest.raises(cr.RequestError) as caught:
        EVERYTHING.case_file({"on": "2021-03-01"}, engine="reet")
    assert [one.code for one in caught.value.findings] == ["CR306"]


# equal to a fresh decision, whatever happens


@quick
@given(data=st.data())
def test_every_step_is_a_fresh_decision(data: st.DataObject) -> None:
    policy = data.draw(st.sampled_from([EVERYTHING, cr.load("zhangye"), cr.load("kunshan")]))
    first = data.draw(from_policy(policy))
    case = policy.case_file(first)
    for _ in range(3):
        event = data.draw(from_policy(policy))
        event.pop("on")
        day = case.on + dt.timedelta(days=data.draw(st.integers(0, 90)))
        before = case
        try:
            case = case.tell(event, on=day, correct=data.draw(st.booleans()))
        except cr.RequestError:
            assert case is before
            case = case.day_passed(day)
        assert case.on == day
        for earlier, step in zip(case.history, case.history[1:], strict=False):
            fresh = decide(case.programs, step.decision.request)
            assert fresh.to_dict() == step.decision.to_dict()
            rules = {(one.rule, one.document) for one in fresh.rules}
            old = {(one.rule, one.document) for one in earlier.decision.rules}
            assert {(one.rule, one.document) for one in step.began} == rules - old
            assert {(one.rule, one.document) for one in step.ended} == old - rules
        assert policy.decide_request(case.request).digest == case.decision.digest


@needs_engine
@settings(quick, max_examples=10)
@given(data=st.data())
def test_every_step_agrees_with_the_engine(data: st.DataObject) -> None:
    case = EVERYTHING.case_file(data.draw(from_policy(EVERYTHING)), engine="rete")
    for days in data.draw(st.lists(st.integers(0, 400), max_size=3)):
        event = data.draw(from_policy(EVERYTHING))
        event.pop("on")
        try:
            case = case.tell(event, on=case.on + dt.timedelta(days=days), correct=True)
        except cr.RequestError:
            case = case.day_passed(case.on + dt.timedelta(days=days))


STEPS: dict[str, Callable[[CaseFile], CaseFile]] = {
    "told": lambda case: case.tell({"subject": {"kind": "company"}}),
    "corrected": lambda case: case.tell({"subject": {"kind": "company"}}, correct=True),
    "day": lambda case: case.day_passed("2021-03-02"),
}


@needs_engine
@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_step_on_which_they_differ_is_not_taken(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = cr.load(ROOT / "tests" / "everything.yaml")  # it keeps parts of decisions, and with them the fault
    case = policy.case_file({"on": "2021-03-01", "matter": {"code": "social_assistance"}}, engine="rete")
    monkeypatch.setattr(*FAULTS["every-matter-will-do"])
    with pytest.raises(cr.VerificationError):
        STEPS[step](case)
    assert len(case.history) == 1
