"""Time: intervals worked out from the conditions' own dates agree with deciding every single day."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zhangye_papers import waiting_in_zhangye

import creditrules as cr
from creditrules.borders import on_another_day
from creditrules.decide import decide
from creditrules.render.layout import Paint
from creditrules.render.timeline import timeline_text
from creditrules.testing import from_policy
from creditrules.timeline import changes_on, content, timeline

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
ONE_DAY = dt.timedelta(days=1)


def drawn() -> st.SearchStrategy[tuple[cr.Policy, dict[str, Any]]]:
    return st.sampled_from(sorted(POLICIES)).flatmap(
        lambda name: st.tuples(st.just(POLICIES[name]), from_policy(POLICIES[name]))
    )


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(drawn(), st.integers(1, 45))
def test_intervals_agree_with_each_day(drawn: tuple[cr.Policy, dict[str, Any]], length: int) -> None:
    policy, mapping = drawn
    programs, request = (policy.program,), policy.decide_request(mapping).request
    first = request.on
    last = first + length * ONE_DAY
    intervals = timeline(programs, request, first, last)
    assert intervals[0].first == first
    assert intervals[-1].last == last
    for one, other in itertools.pairwise(intervals):
        assert other.first == one.last + ONE_DAY
        assert other.changes
    day = first
    for one in intervals:
        while day <= one.last:
            each = decide(programs, on_another_day(programs, request, day))
            assert content(each) == content(one.decision), day
            day += ONE_DAY
    expected = intervals[1].first if len(intervals) > 1 else None
    found = changes_on(programs, request)
    assert found == expected if expected else found is None or found > last


def test_a_report_waits_counts_and_a_document_begins(zhangye: cr.Policy) -> None:
    subject, papers = waiting_in_zhangye("2021-02-08")
    found = zhangye.timeline(subject, {"code": "bidding", "field": []}, papers, "2021-02-10", "2021-12-31")
    # published 8 February: working days 9, 10, then Spring Festival 11-17, 18, 19, Saturday 20 worked, 22, 23
    assert [(one.first.isoformat(), one.decision.outcome) for one in found] == [
        ("2021-02-10", "not_applicable"),
        ("2021-02-19", "pending"),
        ("2021-02-24", "proceed"),
    ]
    kinds = {(change.kind, change.before, change.after) for change in found[-1].changes}
    assert ("paper", "not_yet", "admissible") in kinds
    assert ("outcome", "pending", "proceed") in kinds


def test_changes_on_is_the_day_after_the_last(kunshan: cr.Policy) -> None:
    paper = {"kind": "credit_report", "issued_on": "2017-03-10", "meets_national_standard": True, "contents": [],
             "issuer": {"filing_level": "national", "recognized_level": "none", "independent": True}}  # fmt: skip
    subject = {"kind": "company", "commitment_made": False}
    matter = {"code": "policy_loan", "field": []}
    decision = kunshan.decide(subject, matter, [paper], on="2017-09-01")
    assert decision.changes_on == dt.date(2018, 3, 11)
    later = kunshan.decide(subject, matter, [paper], on="2018-03-11")
    assert (later.outcome, later.changes_on) == ("discretionary", None)


def test_a_day_that_is_none_is_refused(kunshan: cr.Policy) -> None:
    with pytest.raises(cr.RequestError):
        kunshan.timeline({"kind": "company"}, None, [], "2017-09-01", "soon")


def test_a_measure_that_loses_one_of_two_grounds_stays(made) -> None:
    rules = (
        "  - {id: a, clause: '1', modality: must, matters: any, then: {measure: market_ban}}\n"
        "  - {id: b, clause: '2', modality: must, matters: any, "
        "when: {today: {before: 2021-06-01}}, then: {measure: market_ban}}\n"
    )
    found = made(rules).timeline({}, {"code": "bidding"}, [], "2021-05-30", "2021-06-03")
    assert [one.decision.measures[0].clauses for one in found] == [("made/1", "made/2"), ("made/1",)]
    assert [(one.kind, one.before, one.after) for one in found[1].changes] == [("measure", "made/1 made/2", "made/1")]


def test_a_requirement_of_each_paper_shows_all_its_states(made) -> None:
    done = "{any: [{document.filed_with_credit_office: true}, {today: {before: 2021-06-01}}]}"
    policy = made(
        "  - {id: a, clause: '1', modality: must, each: document, matters: any, "
        f"then: {{require: {{all_of: [{{step: make_commitment, done: {done}}}]}}}}}}\n"
    )
    papers = [
        {"id": id_, "kind": "credit_report", "filed_with_credit_office": filed}
        for id_, filed in (("yes", True), ("no", False), ("also", True))
    ]
    found = policy.timeline({}, {"code": "bidding"}, papers, "2021-05-30", "2021-06-03")
    changes = [(one.what, one.before, one.after) for one in found[1].changes if one.kind == "requirement"]
    assert changes == [("|make_commitment", "met", "met+not_met")]


def test_an_effect_that_only_becomes_untold_is_a_change(made) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.kind: company, today: {on_or_after: 2021-06-01}}, "
        "then: {duty: {who: subject, what: make_commitment}}}\n"
    )
    found = policy.timeline({}, None, [], "2021-05-30", "2021-06-03")
    assert [(one.kind, one.after) for one in found[1].changes] == [("untold", "|subject.kind")]
    for lang in ("zh", "en"):
        said = timeline_text(found, policy.names(lang), Paint(on=False))
        assert len(said.splitlines()) == 3
