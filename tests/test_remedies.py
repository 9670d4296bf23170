"""What would help: every remedy is confirmed, none has a part that would do, and no single change is overlooked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zhangye_papers import waiting_in_zhangye

import creditrules as cr
from creditrules.borders import on_another_day
from creditrules.contradictions import contradictions
from creditrules.decide import decide
from creditrules.facts import Paper, Request
from creditrules.missing import values_to_try, with_fact
from creditrules.remedies import RemedyChange
from creditrules.testing import from_policy

POLICIES = {name: cr.load(name) for name in ("kunshan", "zhangye")}
GOOD = ("proceed", "assessed")


def changed(request: Request, changes: tuple[RemedyChange, ...]) -> Request:
    for change in changes:
        if change.kind == "paper":
            paper = Paper(change.document or "", {"document.kind": change.name, **dict(change.facts)})
            request = replace(request, papers=(*(request.papers or ()), paper))
        else:
            assert change.value is not None
            request = with_fact(request, change.name, change.document, change.value)
    return request


def drawn() -> st.SearchStrategy[tuple[cr.Policy, dict[str, Any]]]:
    return st.sampled_from(sorted(POLICIES)).flatmap(
        lambda name: st.tuples(st.just(POLICIES[name]), from_policy(POLICIES[name]))
    )


@settings(max_examples=6, suppress_health_check=list(HealthCheck), deadline=None)
@given(drawn())
def test_remedies_are_confirmed_smallest_and_none_of_one_change_is_overlooked(
    drawn: tuple[cr.Policy, dict[str, Any]],
) -> None:
    policy, mapping = drawn
    decision = policy.decide_request(mapping)
    programs, request = (policy.program,), decision.request

    def outcome(changes: tuple[RemedyChange, ...], on: dt.date) -> str:
        made = changed(request, changes)
        return decide(programs, made if on == request.on else on_another_day(programs, made, on)).outcome

    found = decision.remedies()
    if decision.outcome in GOOD:
        assert found == ()
        return
    for one in found:
        assert outcome(one.changes, one.on) in GOOD
        assert one.waits == (one.on > request.on)
        assert all(change.by in ("subject", "agency", "department", "time") for change in one.changes)
        for size in range(len(one.changes)):
            for part in combinations(one.changes, size):
                assert outcome(part, request.on) not in GOOD
    alone = {(one.changes[0].name, one.changes[0].document) for one in found if len(one.changes) == 1}
    for name, fact in policy.vocabulary.facts.items():
        if fact.changed_by == "nobody" or fact.about_paper or fact.type == "date":
            continue
        info = policy.program.facts[name]
        for value in values_to_try(info, policy.program, request):
            made = with_fact(request, name, None, value)
            if value == "—" or value == () or contradictions(policy.program, made):
                continue
            if decide(programs, made).outcome in GOOD:
                assert (name, None) in alone, (name, value)


def test_a_paper_waiting_and_nothing(kunshan: cr.Policy, zhangye: cr.Policy) -> None:
    matter = {"code": "policy_loan", "field": []}
    lacking = kunshan.decide({"kind": "company", "commitment_made": False}, matter, [], on="2017-09-01")
    assert [[change.name for change in one.changes] for one in lacking.remedies()] == [
        ["credit_report"],
        ["credit_review_report"],
    ]
    fine = kunshan.decide({"kind": "company"}, {"code": "market_access", "department": "财政局", "field": []}, [
        {"kind": "credit_review_report", "issued_on": "2017-08-01", "major_change_since_issue": False,
         "issuer": {"city_credit_centre": True}}], on="2017-09-01")  # fmt: skip
    assert (fine.outcome, fine.remedies()) == ("proceed", ())
    listed = zhangye.decide(
        {"kind": "company", "dishonest": True, "on_black_list": True, "dishonesty_category": "欺诈",
         "dishonesty_severity": "serious"}, {"code": "fiscal_funding", "field": []}, [], on="2021-06-05")  # fmt: skip
    assert (listed.outcome, listed.remedies()) == ("discretionary", ())


def test_a_paper_ends_an_exclusion_for_want_of_it() -> None:
    cangzhou = cr.load("cangzhou")
    matter = {"code": "state_asset_transfer", "field": []}
    decision = cangzhou.decide({"kind": "company", "dishonest": False}, matter, [], on="2021-10-12")
    assert decision.outcome == "excluded"
    names = [{change.name for change in one.changes} for one in decision.remedies()]
    assert any("credit_report" in one for one in names)


def test_waiting_is_a_remedy_with_its_day(zhangye: cr.Policy) -> None:
    subject, papers = waiting_in_zhangye("2021-06-01")
    decision = zhangye.decide(subject, {"code": "bidding", "field": []}, papers, on="2021-06-05")
    first = decision.remedies()[0]
    assert (first.changes, first.on, first.waits) == ((), dt.date(2021, 6, 11), True)
