"""Laws that hold for every request, held against the shipped policies and against policies made at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import creditrules as cr
from creditrules.decision import Decision
from creditrules.testing import BAD_RECORDS, DRIVERS, LAWS, BrokenLawError, Law, check_law, from_policy, policies
from creditrules.testing.laws import FITTING, LEARNING, MISSING, ORDER, OUTCOME, REPEATABLE, REPLAY, Bench
from creditrules.testing.second import second_reading

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
SEED = 7


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("law", LAWS, ids=str)
def test_law(law: Law, name: str) -> None:
    examples = 60 if law is DRIVERS else 4
    assert check_law(law, POLICIES[name], examples=examples, seed=SEED) == examples


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("law", LAWS, ids=str)
def test_law_at_length(law: Law, name: str) -> None:
    assert check_law(law, POLICIES[name], examples=40) == 40


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_law_on_made_policies(law: Law) -> None:
    seen = 0

    @seed(SEED)
    @settings(max_examples=12, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        nonlocal seen
        policy = data.draw(policies()).policy
        bench = Bench(policy, policy.decide_request)
        if law is not REPLAY:
            for _ in range(2):
                assert (
                    law.check(bench, data.draw(from_policy(policy)), Random(data.draw(st.integers(0, 999)))) is None
                )
        seen += 1

    hold()
    assert seen == 12


def test_adding_a_bad_record_never_adds_an_incentive_in_qingyuan() -> None:
    bad = {"subject.on_black_list": True, "subject.dishonest": True, "subject.credit_risk": "high"}
    assert check_law(BAD_RECORDS, POLICIES["qingyuan"], bad_records=bad, examples=15, seed=SEED) == 15


def test_a_claim_that_is_not_kept_is_shown_with_the_clause(made: Callable[..., cr.Policy]) -> None:
    policy = made(
        "  - {id: wrong, clause: '1', modality: should, when: {subject.on_black_list: true},"
        " then: {measure: priority_handling}}\n"
        "  - {id: noise, clause: '2', modality: should, when: {subject.kind: company}, then: {measure: market_ban}}\n"
    )
    with pytest.raises(BrokenLawError) as caught:
        check_law(BAD_RECORDS, policy, bad_records={"subject.on_black_list": True})
    text = str(caught.value)
    assert "增加一条不良记录，不会增加任何激励措施。" in text
    assert 'more favours with subject.on_black_list = True:\n  ["priority_handling"]' in text
    assert "条款 clauses: made/1" in text
    assert set(caught.value.broken.request) == {"on"}
    assert cr.RequestError not in caught.type.__mro__


def test_bad_records_must_be_named() -> None:
    with pytest.raises(ValueError, match="say which facts are bad records"):
        check_law(BAD_RECORDS, POLICIES["kunshan"])


# Each law fails where the engine is wrong in that way. The wrong engines stand in front of the right one.


def _by_order(request: Any, decision: Decision) -> Decision:
    first = next(iter(request))
    return decision if first == "on" else replace(decision, outcome="excluded")


def _forgetful(calls: list[int] = []) -> Callable[[Any, Decision], Decision]:  # noqa: B006 - to remember is the fault
    def wrong(request: Any, decision: Decision) -> Decision:
        calls.append(1)
        return decision if len(calls) % 2 else replace(decision, outcome="excluded")

    return wrong


def _unknown_is_false(request: Any, decision: Decision) -> Decision:
    if decision.outcome == "undetermined":
        return replace(decision, outcome=decision.possible[-1], possible=decision.possible[-1:], missing=())  # type: ignore[arg-type]
    return decision


def _names_nothing(request: Any, decision: Decision) -> Decision:
    return replace(decision, missing=decision.missing[1:])


def _without_measures(request: Any, decision: Decision) -> Decision:
    return replace(decision, measures=decision.measures[1:])


def _too_kind(request: Any, decision: Decision) -> Decision:
    return replace(decision, outcome="proceed", possible=("proceed",), missing=())


@pytest.mark.parametrize(
    ("law", "wrong"),
    [
        (ORDER, _by_order),
        (REPEATABLE, _forgetful()),
        (LEARNING, _unknown_is_false),
        (MISSING, _names_nothing),
        (FITTING, _without_measures),
        (OUTCOME, _too_kind),
        (DRIVERS, _too_kind),
    ],
    ids=lambda one: getattr(one, "name", getattr(one, "__name__", "")),
)
def test_a_wrong_engine_breaks_the_law(law: Law, wrong: Callable[[Any, Decision], Decision]) -> None:
    policy = POLICIES["qingyuan"]
    with pytest.raises(BrokenLawError) as caught:
        check_law(
            law, policy, decide=lambda asked: wrong(asked, policy.decide_request(asked)), examples=250, seed=SEED
        )
    text = str(caught.value)
    assert law.zh in text
    assert law.en in text
    assert "policy: qingyuan" in text


def test_a_receipt_that_does_not_replay_breaks_the_law() -> None:
    policy = POLICIES["kunshan"]

    def other_bytes(asked: Any) -> Any:
        return replace(policy.decide_request(asked), readings=())

    with pytest.raises(BrokenLawError, match=r"CR511|receipt|回执"):
        check_law(REPLAY, policy, decide=other_bytes, examples=30, seed=SEED)


def test_a_driver_that_fails_does_not_agree() -> None:
    def failing(asked: Any) -> Any:
        raise RuntimeError("out of memory")

    with pytest.raises(BrokenLawError, match="RuntimeError: out of memory"):
        check_law(DRIVERS, POLICIES["kunshan"], drivers={"failing": failing}, examples=5)


def test_the_second_reading_agrees_and_may_answer_in_part() -> None:
    policy = POLICIES["zhangye"]
    drivers = {"second": lambda asked: second_reading(policy, asked), "in part": lambda asked: None}
    assert check_law(DRIVERS, policy, drivers=drivers, examples=20, seed=SEED) == 20


def test_the_strategies_reach_every_outcome() -> None:
    """A law held against requests that are all alike would prove nothing; an exclusion takes a rare request."""
    seen: set[str] = set()

    @seed(SEED)
    @settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        st.sampled_from(sorted(POLICIES)).flatmap(lambda name: st.tuples(st.just(name), from_policy(POLICIES[name])))
    )
    def look(drawn: tuple[str, dict[str, Any]]) -> None:
        seen.add(POLICIES[drawn[0]].decide_request(drawn[1]).outcome)

    look()
    assert seen >= {"pending", "discretionary", "proceed", "assessed", "undetermined"}
