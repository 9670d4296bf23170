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
CHOICES: dict[str, list[Any]] = {
    "grade": ["a", "a", "b", "c"],
    "step": ["low", "mid", "high"],
    "count": [-5, 2, 3, 4, 5, 6, 7, 8, 9, 19, 20, 21, 10**9 - 1],
    "idle": [0, 1],
    "flag": [True, False],
    "begun": ["2020-01-31", "2020-02-01", "2020-02-29", dt.date(2020, 3, 1), "2199-12-31", "not_yet"],
    "ended": ["1900-01-01", "2020-12-30", "2020-12-31", "2021-05-04", "2021-05-05", "not_yet"],
    "tags": [[], ["p"], ["q", "p"], ["r"], ["s"], ["p", "q", "s"], ["p", "p"]],
    "words": ["x", "y", "\u3000x"],
}
LITTLE_ON = dt.date(2021, 6, 1)
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


def evaluated(policy: cr.Policy, subject: Any, matter: Any, on: Any = ON) -> cr.Decision:
    """Decide by the evaluator; `Front.decide` asks the policy, and so may take a lane itself."""
    asked = {"subject": subject, "matter": matter, "on": on}
    decision = Front.decide_request(policy, {key: value for key, value in asked.items() if value is not None})
    assert decision.later is None
    return decision


def said(decide: Any, *args: Any, **more: Any) -> object:
    """Give everything a decision says, or what is wrong with the request."""
    try:
        decision = decide(*args, **more)
    except cr.RequestError as refused:
        return [finding.code for finding in refused.findings]
    explained = decision.explanation  # first of all: where other parts were made, it comes from the trace
    return decision.to_json(), explained, decision.request.text, decision.rules, decision.measures


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


@pytest.fixture(scope="module")
def little() -> cr.Policy:
    return cr.load(Path(__file__).parent / "lanes.yaml")


def little_subjects() -> st.SearchStrategy[dict[str, Any]]:
    """Give subjects of whom everything is told, at the limits of the rules."""
    return st.fixed_dictionaries({key: st.sampled_from(some) for key, some in CHOICES.items()})


@settings(max_examples=120, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    subject=little_subjects(),
    matter=st.sampled_from(["bidding", "construction_bidding", "market_access", "fiscal_funding"]),
    turned=st.booleans(),
)
def test_a_lane_for_rules_of_every_sort(
    little: cr.Policy, subject: dict[str, Any], matter: str, turned: bool
) -> None:
    """Limits of every kind, terms, exceptions, a scope, requirements, options; each subject twice."""
    subject = dict(reversed(subject.items())) if turned else subject
    assert lane_taken(little.decide(subject, {"code": matter}, on=LITTLE_ON))
    agrees(little, subject, {"code": matter}, LITTLE_ON)
    found = little.decide(subject, {"code": matter}, on=LITTLE_ON, check="read")
    whole = evaluated(little, subject, {"code": matter}, LITTLE_ON)
    assert lane_taken(found)
    assert (found.outcome, found.rules, found.measures) == (whole.outcome, whole.rules, whole.measures)
    assert found.explanation == whole.explanation


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(subject=little_subjects(), matter=st.sampled_from(["government_procurement", "land_use_right_transfer"]))
def test_where_rules_speak_of_each_paper_nothing_is_said_of_papers_nobody_told_of(
    little: cr.Policy, subject: dict[str, Any], matter: str
) -> None:
    agrees(little, subject, {"code": matter}, LITTLE_ON)


@settings(max_examples=80, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    subject=little_subjects(),
    matter=st.sampled_from(["bidding", "market_access", "policy_loan"]),
    untold=st.sets(st.sampled_from(sorted(CHOICES)), max_size=2),
    on=st.sampled_from(["2017-12-31", "2018-01-01", "2021-06-01", "2023-12-31", "2024-01-01"]),
)
def test_a_lane_steps_aside_where_anything_is_unusual(
    little: cr.Policy, subject: dict[str, Any], matter: str, untold: set[str], on: str
) -> None:
    """Facts not told, days out of force, more told of the matter: all as the evaluator says."""
    little.decide(subject, {"code": matter}, on=LITTLE_ON)  # there is a lane
    agrees(little, {name: one for name, one in subject.items() if name not in untold}, {"code": matter}, on)
    agrees(little, subject, {"code": matter, "department": "财政局"}, on)


@pytest.mark.parametrize("key", sorted(CHOICES))
def test_an_odd_value_of_any_fact_is_said_as_the_evaluator_says_it(little: cr.Policy, key: str) -> None:
    subject = {name: some[0] for name, some in CHOICES.items()}
    assert lane_taken(little.decide(subject, {"code": "bidding"}, on=LITTLE_ON))
    for value in [*ODD, "p", {"p": 1}, {"p"}, ["p", None], [True], True, 1]:
        agrees(little, {**subject, key: value}, {"code": "bidding"}, LITTLE_ON)


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    day=st.sampled_from(["2020-12-31", "2021-05-05", "2021-06-01", "2021-06-02", "not_yet"]),
    flag=st.booleans(),
    why=st.sampled_from(["a", "b"]),
    untold=st.sets(st.sampled_from(["day", "flag", "why", "other"]), max_size=2),
    on=st.sampled_from(["2021-05-05", "2021-06-01", "2021-12-31"]),
    rule=st.sampled_from(
        [
            "{subject.day: {on_or_before: today}}", "{today: {after: {days: 27, since: subject.day}}}",
            "{today: {after: 2021-05-05}}", "{subject.flag: true}", "{subject.why: a}",
            "{subject.other: {before: subject.day}}", "{subject.other: {after: 2021-05-05}}",
        ]
    ),
)  # fmt: skip
def test_facts_and_days_that_hang_together(
    made: Any, day: str, flag: bool, why: str, untold: set[str], on: str, rule: str
) -> None:
    """A day beside today or another, a yes/no fact and its date, a premise: what one says of another is not lost."""
    policy = made(
        f"  - {{id: a, clause: '1', modality: must, when: {rule}, then: {{measure: market_restrictions}}}}\n",
        "facts:\n"
        "  subject.flag: {type: bool, zh: f, en: f, held_by: subject, changed_by: nobody, day: subject.day}\n"
        "  subject.day: {type: date, zh: d, en: d, held_by: subject, changed_by: nobody}\n"
        "  subject.other: {type: date, zh: o, en: o, held_by: subject, changed_by: nobody}\n"
        "  subject.why: {type: enum, values: {a: {zh: a, en: a}, b: {zh: b, en: b}}, zh: w, en: w, held_by: subject, "
        "changed_by: nobody, only_if: {subject.flag: true}}\n",
    )
    whole = {"day": day, "flag": flag, "why": why, "other": "2021-05-31"}
    subject = {key: value for key, value in whole.items() if key not in untold}
    for one in (subject, {**subject, "other": "2021-06-02"}, subject):
        agrees(policy, one, {"code": "bidding"}, on)
        agrees(policy, one, {"code": "bidding"}, "2021-06-01")


def test_rules_about_papers_are_not_explained_where_there_are_none(made: Any) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.words: x}, then: {measure: key_support}}\n"
        "  - {id: b, clause: '1', modality: must, each: document, when: {subject.words: x}, "
        "then: {inadmissible: true}}\n",
        "facts:\n  subject.words: {type: str, zh: w, en: w, held_by: subject, changed_by: nobody}\n",
    )
    agrees(policy, {"words": "x"}, {"code": "bidding"}, LITTLE_ON)


def test_what_is_one_key_in_a_dict_is_not_one_value(made: Any) -> None:
    """1, 1.0 and true are equal in Python; as texts they are three."""
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.words: 'true'}, then: {measure: market_ban}}\n"
        "  - {id: b, clause: '1', modality: must, when: {subject.names: {contains_any: ['1']}}, "
        "then: {measure: market_ban}}\n"
        "  - {id: c, clause: '1', modality: must, when: {subject.tags: {contains_any: ['1']}}, "
        "then: {measure: market_ban}}\n",
        "facts:\n"
        "  subject.words: {type: str, zh: w, en: w, held_by: subject, changed_by: nobody}\n"
        "  subject.names: {type: 'list[str]', zh: n, en: n, held_by: subject, changed_by: nobody}\n"
        "  subject.tags: {type: 'list[enum]', values: {'1': {zh: t, en: t}}, zh: t, en: t, held_by: subject, "
        "changed_by: nobody}\n",
    )
    plain = {"words": "x", "names": [], "tags": []}
    for names in (plain.keys(), plain.keys() - {"names"}):
        for key in names:
            for value in (1, 1.0, True, "1", "true", "1.0"):
                given = {name: plain[name] for name in names}
                agrees(policy, given | {key: value if key == "words" else [value]}, {"code": "bidding"}, LITTLE_ON)


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


def test_lists_are_shown_in_order_and_each_member_once(work: cr.Policy) -> None:
    shown = 0
    for subject, matter in CASES[:60]:
        lists = [*sorted(subject["lists"], reverse=True), *subject["lists"][:1]]
        found = work.decide({**subject, "lists": lists}, {"code": matter}, on=ON)
        assert lane_taken(found)
        assert found.explanation == evaluated(work, {**subject, "lists": lists}, {"code": matter}).explanation
        shown += any(row[0] == "subject.lists" and len(row[2]) > 1 for one in found.explanation for row in one[3])
    assert shown


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


def test_only_what_can_be_looked_at_can_be_asked_for(work: cr.Policy) -> None:
    subject, matter = CASES[0]
    work.decide(subject, {"code": matter}, on=ON)
    for more in ({}, {"documents": []}):
        with pytest.raises(cr.RequestError) as caught:
            work.decide(subject, {"code": matter}, on=ON, check="raed", **more)  # type: ignore[arg-type]
        assert [(one.code, one.where()) for one in caught.value.findings] == [("CR301", "check")]
        assert "`read`" in caught.value.findings[0].line("en")
