"""Requests of one shape go down a function of their own: it agrees with the evaluator, in its explanation too."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import creditrules as cr
from benchmarks.as_policy import ON, write
from benchmarks.workload import policy as make_policy
from benchmarks.workload import requests
from creditrules.deciding import Front
from creditrules.drivers.python.tables import Table

CASES = requests(400, "120")
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 10**9, -(10**9), 10**40, 1.0, 2.5, float("nan"), "", "resident", "vip", "not_yet",
    "2020-02-29", "2021-02-29", "20200101", dt.date(2020, 2, 29), dt.datetime(2020, 2, 29, 1),
    [], ["pep", "pep"], ["pep", "vip"], ("pep",), {"pep": 1}, [["pep"]],
]  # fmt: skip


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> cr.Policy:
    """Give the generated work of 120 rules as a policy."""
    folder: Path = tmp_path_factory.mktemp("work")
    return cr.load(write(make_policy("120"), folder))


def said(decide: Any, *args: Any, **more: Any) -> object:
    """Give everything a decision says, or what is wrong with the request."""
    try:
        decision = decide(*args, **more)
    except cr.RequestError as refused:
        return [finding.code for finding in refused.findings]
    explained = decision.explanation  # first of all: where other parts were made, it comes from the trace
    return decision.to_json(), explained, decision.request.text, decision.rules, decision.measures


def evaluated(policy: cr.Policy, subject: Any, matter: Any, on: Any = ON) -> cr.Decision:
    """Decide by the reader of requests and the evaluator; `Front.decide` would go down the lane again."""
    parts = {"subject": subject, "matter": matter, "on": on}
    return Front.decide_request(policy, {key: value for key, value in parts.items() if value is not None})


def agrees(policy: cr.Policy, subject: Any, matter: Any, on: Any = ON) -> None:
    """Decide both ways, from a mapping."""
    expected = said(evaluated, policy, subject, matter, on)
    assert said(policy.decide, subject, matter, on=on) == expected


def lane_taken(decision: cr.Decision) -> bool:
    """Say whether a decision came down a lane."""
    return decision.later is not None and len(decision.later) > 2


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(case=st.sampled_from(CASES))
def test_a_lane_says_what_the_evaluator_says(work: cr.Policy, case: tuple[dict[str, Any], str]) -> None:
    subject, matter = case
    assert lane_taken(work.decide(subject, {"code": matter}, on=ON))
    agrees(work, subject, {"code": matter})


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(case=st.sampled_from(CASES), data=st.data())
def test_whatever_is_odd_is_said_as_the_evaluator_says_it(
    work: cr.Policy, case: tuple[dict[str, Any], str], data: st.DataObject
) -> None:
    subject, matter = copy.deepcopy(case)
    work.decide(subject, {"code": matter}, on=ON)  # there is a lane
    key = data.draw(st.sampled_from(sorted(subject)))
    what = data.draw(st.sampled_from(["odd", "left out", "one more", "renamed"]))
    if what == "odd":
        subject[key] = data.draw(st.sampled_from(ODD))
    elif what == "one more":
        subject[data.draw(st.sampled_from(["name", "colour", "on_red_list"]))] = data.draw(
            st.sampled_from(["x", True])
        )
    else:
        value = subject.pop(key)
        if what == "renamed":
            subject[f"{key}s"] = value
    agrees(work, subject, {"code": matter})


def test_a_matter_or_a_day_may_be_odd_too(work: cr.Policy) -> None:
    subject, matter = CASES[0]
    work.decide(subject, {"code": matter}, on=ON)
    for odd in ({"code": "m999"}, {"code": None}, {"code": [matter]}, {}, {"code": matter, "department": "x"}, None):
        agrees(work, subject, odd)
    for day in (ON.isoformat(), "2026-02-30", dt.date(1990, 1, 1), dt.date(2199, 12, 31), 20260101, None):
        agrees(work, subject, {"code": matter}, day)


def test_shapes_take_turns(work: cr.Policy) -> None:
    """A first request with a fact left out is no reason to decide all others the long way."""
    fresh = cr.load(work.source.name)
    subject, matter = next(case for case in CASES if case[1] == "m003")
    short = {key: value for key, value in subject.items() if key != "sector"}
    turned = dict(reversed(subject.items()))
    for one in (short, subject, turned, short, subject):
        agrees(fresh, one, {"code": matter})
    assert lane_taken(fresh.decide(subject, {"code": matter}, on=ON))
    assert lane_taken(fresh.decide(turned, {"code": matter}, on=ON))


def test_only_what_is_read_is_looked_at_where_that_is_asked_for(work: cr.Policy) -> None:
    for subject, matter in CASES[:60]:
        whole = evaluated(work, subject, {"code": matter})
        found = work.decide({**subject, "unheard_of": object()}, {"code": matter}, on=ON, check="read")
        assert lane_taken(found)
        assert (found.outcome, found.rules, found.measures) == (whole.outcome, whole.rules, whole.measures)
        assert found.explanation == whole.explanation


def test_models_and_text_go_down_the_same_lane(work: cr.Policy) -> None:
    for subject, matter in CASES[:30]:
        text = json.dumps({"on": ON.isoformat(), "subject": subject, "matter": {"code": matter}})
        whole = evaluated(work, subject, {"code": matter})
        for found in (
            work.decide(cr.Subject(**subject), cr.Matter(code=matter), on=ON),
            work.decide(cr.Subject(**subject), cr.Matter(code=matter), on=ON, check="read"),
            work.decide_request(text),
        ):
            assert lane_taken(found)
            assert (found.outcome, found.rules, found.explanation) == (whole.outcome, whole.rules, whole.explanation)


def test_what_the_caller_changes_later_changes_no_decision(work: cr.Policy) -> None:
    subject, matter = copy.deepcopy(next(case for case in CASES if case[0]["lists"] and case[0]["permits"]))
    expected = said(evaluated, work, copy.deepcopy(subject), {"code": matter})
    found = work.decide(subject, {"code": matter}, on=ON)
    for values in (subject["lists"], subject["permits"]):
        values.clear()
    subject.clear()
    assert said(lambda: found) == expected
    assert found.trace.rules[0].result in (True, False)
    assert found.remedies() == evaluated(work, case_of(found), {"code": matter}).remedies()


def case_of(decision: cr.Decision) -> dict[str, Any]:
    """Give the subject of a decision again."""
    subject: dict[str, Any] = json.loads(decision.request.text)["subject"]
    return subject


def test_a_decision_of_a_lane_cannot_be_changed(work: cr.Policy) -> None:
    found = work.decide(CASES[0][0], {"code": CASES[0][1]}, on=ON)
    with pytest.raises(AttributeError):
        found.outcome = "proceed"  # type: ignore[misc]
    assert type(found) is cr.Decision
    assert found == evaluated(work, CASES[0][0], {"code": CASES[0][1]})


def test_a_decision_can_be_sent_to_another_process(work: cr.Policy) -> None:
    """What makes its parts later stays here; the parts go along."""
    subject, matter = CASES[0]
    request = {"on": ON.isoformat(), "subject": subject, "matter": {"code": matter}, "documents": []}
    for found in (work.decide(subject, {"code": matter}, on=ON), work.decide_request(request)):
        assert found.later is not None
        sent = pickle.loads(pickle.dumps(found))
        assert type(sent) is cr.Decision
        assert sent == found
        assert hash(sent) == hash(found)
        assert sent.explanation == found.explanation
        assert sent.receipt() == found.receipt()
        assert sent.remedies() == found.remedies()


def test_a_policy_can_be_sent_to_another_process(work: cr.Policy, tmp_path: Path) -> None:
    subject, matter = CASES[0]
    kept = [cr.load("kunshan", cache=tmp_path) for _ in range(2)]
    for policy in (work, *kept):
        sent = pickle.loads(pickle.dumps(policy))
        assert sent.digest == policy.digest
    sent = pickle.loads(pickle.dumps(work))
    assert sent.decide(subject, {"code": matter}, on=ON) == work.decide(subject, {"code": matter}, on=ON)


def test_what_callers_make_up_is_not_learned(work: cr.Policy) -> None:
    """Neither names of facts nor long values: memory stays what the policy needs."""
    policy = cr.load(work.source.name)
    subject, matter = next(case for case in CASES if case[0]["lists"])
    policy.decide(subject, {"code": matter}, on=ON)
    engine = policy.engine
    driver = engine.driver(matter, frozenset())
    assert driver is not None
    before = len(engine._shapes), len(driver.layouts), len(driver._unread)
    for number in range(5):
        odd = {**subject, f"unheard_of_{number}": 1}
        agrees(policy, odd, {"code": matter})
        with pytest.raises(cr.RequestError):
            policy.decide(odd, {"code": matter}, [], on=ON)
        with pytest.raises(cr.RequestError):
            policy.decide(subject, {"code": matter}, [{"kind": "x", f"unheard_of_{number}": 1}], on=ON)
    assert (len(engine._shapes), len(driver._unread)) == (before[0], before[2])
    assert len(driver.layouts) <= before[1] + 1  # that of the subject beside papers

    table = Table(len)
    for raw in ("x" * 10_000, ("x",) * 10_000, "x"):
        assert table[raw] == len(raw)
    assert list(table) == ["x"]
