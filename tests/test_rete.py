"""The second engine beside the evaluator: equal on all cases and random requests, and different where one is broken.

Skipped where the extra `rete` is not installed, with the word the user would get.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from second_engine import FAULTS, FAULTS_OF_ENTRIES, POLICIES, REQUEST, needs_engine

import creditrules as cr
from creditrules import front
from creditrules.drivers.rete import Engine, verify
from creditrules.drivers.rete.client import WORKER
from creditrules.testing import from_policy
from creditrules.testing.cases import cases_of, load_cases


@pytest.fixture
def everything() -> cr.Policy:
    """Load it for one test alone: a policy keeps parts of decisions, and with them the faults made here."""
    return cr.load(ROOT / "tests" / "everything.yaml")


quick = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


# equal to the evaluator


@needs_engine
@pytest.mark.slow
@pytest.mark.parametrize("name", cr.shipped_policies())
def test_all_cases_of_a_policy(name: str, engine: Engine) -> None:
    checked = 0
    for case in load_cases(cases_of(POLICIES[name])).cases:
        try:
            decision = POLICIES[name].decide_tree(case.request, case.source)
        except cr.RequestError:
            continue
        verify(decision.programs, decision, engine)
        checked += 1
    assert checked > 100


@needs_engine
@pytest.mark.parametrize("name", cr.shipped_policies())
def test_some_cases_of_a_policy(name: str, engine: Engine) -> None:
    for case in load_cases(cases_of(POLICIES[name])).cases[::12]:
        if "refused" not in case.expect:
            decision = POLICIES[name].decide_tree(case.request, case.source)
            verify(decision.programs, decision, engine)


@needs_engine
@quick
@given(st.sampled_from(sorted(POLICIES)), st.data())
def test_random_requests(name: str, data: st.DataObject) -> None:
    POLICIES[name].decide_request(data.draw(from_policy(POLICIES[name])), verify="rete")


@needs_engine
def test_documents_together_and_by_area() -> None:
    request = {"subject": {"kind": "company"}, "documents": [], "area": ["江苏省", "苏州市", "昆山市"]}
    assert cr.Library().decide(**request, on="2017-09-01", verify="rete").outcome == "assessed"


@needs_engine
def test_the_decision_is_ours_whether_it_is_checked_or_not(kunshan: cr.Policy) -> None:
    request = {"subject": {"kind": "company"}, "matter": {"code": "policy_loan", "field": []}, "documents": []}
    plain = kunshan.decide(**request, on="2017-09-01")
    checked = kunshan.decide(**request, on="2017-09-01", verify="rete")
    assert checked == plain
    assert checked.digest == plain.digest


@needs_engine
def test_an_engine_nobody_knows_is_refused(kunshan: cr.Policy) -> None:
    with pytest.raises(cr.RequestError) as caught:
        kunshan.decide({"kind": "company"}, on="2017-09-01", verify="retee")
    (finding,) = caught.value.findings
    assert finding.code == "CR306"
    assert "rete" in finding.help[0].text("zh")


# faults are found, and made small


@needs_engine
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_of_the_evaluator_is_found_and_made_small(
    fault: str, engine: Engine, everything: cr.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {
        "on": "2020-05-06",
        "subject": {"kind": "company", "dishonest": True, "on_red_list": False},
        "matter": {"code": "bidding", "department": "财政局"},
        "documents": [
            {"id": "r", "kind": "credit_report", "issuer": {"independent": True}},
            {"id": "s", "kind": "rating_certificate"},
        ],
        "record": {"objection_raised": False},
        "consulted": ["credit_platform"],
    }
    everything.decide_request(request, verify=engine)
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    assert {one.code for one in caught.value.findings} == {"CR520"}
    smallest = caught.value.smallest
    assert len(json.dumps(smallest)) < len(json.dumps(request)) - 100
    with pytest.raises(cr.VerificationError):
        everything.decide_request(dict(smallest), verify=engine)
    assert json.dumps(smallest, ensure_ascii=False) in str(caught.value)
    monkeypatch.undo()
    cr.load(ROOT / "tests" / "everything.yaml").decide_request(dict(smallest), verify=engine)


@needs_engine
@pytest.mark.parametrize("fault", sorted(FAULTS_OF_ENTRIES))
def test_a_fault_of_the_entries_is_found_and_made_small(
    fault: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, patch = FAULTS_OF_ENTRIES[fault]
    words = {"duty": "a duty", "option": "an option", "violation": "a breach"}
    request = {
        "on": "2017-09-01",
        "subject": {"kind": "company", "name": "某", "dishonest": False},
        "matter": {"code": "fiscal_funding"},
        "procedure": {"review_applied_on": "2017-08-01", "review_returned_on": "not_yet"},
        "documents": [{"id": "r", "kind": "credit_report", "meets_national_standard": False}],
    }
    cr.load("kunshan").decide_request(request, verify=engine)
    monkeypatch.setattr(*patch)
    with pytest.raises(cr.VerificationError) as caught:
        cr.load("kunshan").decide_request(request, verify=engine)
    assert words[part] in {one.message("en").partition(" `")[0] for one in caught.value.findings}
    assert len(json.dumps(caught.value.smallest)) < len(json.dumps(request)) - 50
    monkeypatch.undo()
    cr.load("kunshan").decide_request(dict(caught.value.smallest), verify=engine)


@needs_engine
def test_a_fault_of_the_engine_is_found(everything: cr.Policy, tmp_path: Path) -> None:
    text = WORKER.read_text(encoding="utf-8")
    broken = tmp_path / "worker.py"
    broken.write_text(
        text.replace("for one in labels", "for one in labels[:0]").replace(
            'tests += [{f"l{label}": 1} for label in labels]', "pass"
        ),
        encoding="utf-8",
    )
    assert broken.read_text(encoding="utf-8") != text
    with Engine(command=(sys.executable, "-P", str(broken))) as engine, pytest.raises(cr.VerificationError):
        everything.decide_request(REQUEST, verify=engine)


@needs_engine
def test_findings_say_it_in_both_languages(
    everything: cr.Policy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*FAULTS["every-matter-will-do"])
    request = {"on": "2020-05-06", "subject": {"kind": "company"}, "matter": {"code": "social_assistance"}}
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    said = [(one.message("zh"), one.message("en")) for one in caught.value.findings]
    assert (
        "规则 `everything:report`：我们的结果是无法判断，第二引擎的结果是不成立",
        "rule `everything:report`: could not be told by the evaluator, did not hold by the second engine",
    ) in said


@needs_engine
def test_the_page_runs() -> None:
    page = (ROOT / "docs" / "rete.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len(blocks) == 3
    exec("\n".join(blocks), {})


@needs_engine
def test_a_fault_of_the_fast_path_is_found_and_made_small(
    everything: cr.Policy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = front.quickly_decided

    def wrong(driver: Any, whole: Any, request: Any) -> Any:
        decision = right(driver, whole, request)
        subject = request.get("subject", {})
        if decision is not None and subject.get("rectified") and subject.get("dishonest"):
            object.__setattr__(decision, "outcome", "excluded")
        return decision

    request = {**REQUEST, "subject": {"kind": "company", "dishonest": True, "rectified": True}}
    everything.decide_request(request, verify=engine)
    monkeypatch.setattr(front, "quickly_decided", wrong)
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    assert [one.message("en").partition(":")[0] for one in caught.value.findings] == ["an outcome `outcome`"]
    assert caught.value.smallest == {"on": "2020-05-06", "subject": {"dishonest": True, "rectified": True}}


@needs_engine
def test_a_difference_is_told_even_if_the_engine_goes_away_then(
    everything: cr.Policy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = engine.ask

    def once(encoding: Any, request: Any) -> Any:
        if asked:
            raise cr.EngineUnavailableError(())
        asked.append(request)
        return ask(encoding, request)

    monkeypatch.setattr(engine, "ask", once)
    monkeypatch.setattr(*FAULTS["every-matter-will-do"])
    request = {
        "on": "2020-05-06",
        "subject": {"kind": "company", "name": "某"},
        "matter": {"code": "social_assistance"},
    }
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    assert caught.value.smallest == {**request, "subject": {"kind": "company"}}
