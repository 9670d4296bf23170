"""Laws that hold for every request, checked on random ones, unknowns included."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from requests_of import facts_read, requests

import creditrules as cr
from creditrules.contradictions import contradictions
from creditrules.decide import decide
from creditrules.missing import values_to_try, with_fact

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
quick = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def some_request() -> st.SearchStrategy[tuple[cr.Policy, dict[str, Any]]]:
    return st.sampled_from(sorted(POLICIES)).flatmap(
        lambda name: st.tuples(st.just(POLICIES[name]), requests(POLICIES[name]))
    )


@quick
@given(some_request(), st.data())
def test_learning_a_fact_only_shrinks_what_is_possible(
    drawn: tuple[cr.Policy, dict[str, Any]], data: st.DataObject
) -> None:
    policy, request = drawn
    before = policy.decide_request(request)
    taken = {(one.fact, one.document) for one in before.taken}
    infos = [
        info
        for info in facts_read(policy.program)
        if not (info.scope == "matter" and before.request.matter == "none")
    ]
    info = data.draw(st.sampled_from([one for one in infos if one.name != "document.kind"]))
    paper = None
    if info.about_paper:
        assume(before.request.papers)
        paper = data.draw(st.sampled_from([one.id for one in before.request.papers or ()]))
    held = before.request.paper(paper).values if paper else before.request.values  # type: ignore[union-attr]
    assume(info.name not in held and (info.name, paper) not in taken)
    for value in values_to_try(info, policy.program, before.request):
        learnt = with_fact(before.request, info.name, paper, value)
        if contradictions(policy.program, learnt) or _takes_away(policy, before.request, learnt):
            continue
        after = decide((policy.program,), learnt)
        assert set(after.possible) <= set(before.possible), (info.name, value)
        if before.outcome != "undetermined":
            assert after.outcome == before.outcome
        elif info.name not in {one.fact for one in before.missing}:
            assert after.possible == before.possible, (info.name, value)


def _takes_away(policy: cr.Policy, before: Any, after: Any) -> bool:
    """A taken fact is not told: learning one beside it that rests on it asks another question."""

    def taken(request: Any) -> set[tuple[str, str | None]]:
        return {(one.fact, one.document) for one in decide((policy.program,), request).taken}

    return not taken(before) <= taken(after)


@quick
@given(some_request(), st.randoms(use_true_random=False))
def test_order_does_not_matter(drawn: tuple[cr.Policy, dict[str, Any]], rng: random.Random) -> None:
    policy, request = drawn

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = [(key, shuffled(inner)) for key, inner in value.items()]
            rng.shuffle(items)
            return dict(items)
        if isinstance(value, list):
            items = [shuffled(inner) for inner in value]
            rng.shuffle(items)
            return items
        return value

    one, two = policy.decide_request(request), policy.decide_request(shuffled(request))
    assert one.to_json() == two.to_json()
    rules = list(policy.program.rules)
    rng.shuffle(rules)
    other = decide((replace(policy.program, rules=tuple(rules)),), one.request)
    assert other.to_json() == one.to_json()


@quick
@given(some_request())
def test_deciding_changes_nothing_and_can_be_replayed(drawn: tuple[cr.Policy, dict[str, Any]]) -> None:
    policy, request = drawn
    text = json.dumps(request, ensure_ascii=False, sort_keys=True)
    decision = policy.decide_request(request)
    assert json.dumps(request, ensure_ascii=False, sort_keys=True) == text
    assert policy.decide_request(text).to_json() == decision.to_json()
    assert policy.replay(json.loads(json.dumps(decision.receipt()))).to_json() == decision.to_json()


@quick
@given(some_request())
def test_what_a_decision_says_fits_together(drawn: tuple[cr.Policy, dict[str, Any]]) -> None:
    policy, request = drawn
    decision = policy.decide_request(request)
    assert decision.possible
    assert decision.outcome == (decision.possible[0] if len(decision.possible) == 1 else "undetermined")
    if decision.outcome == "undetermined":
        assert decision.missing
    else:
        assert decision.missing == ()
    held = {one.rule for one in decision.rules}
    in_trace = {step.name for step in decision.trace.rules if step.result is True}
    assert held == in_trace
    rules = {f"{policy.id}:{rule.id.text}" for rule in policy.model.rules}
    for entry in (*decision.measures, *decision.options, *decision.weights, *decision.duties, *decision.violations):
        assert entry.rule in held
        assert entry.clauses
    for one in decision.requirements:
        assert {one.rule, *one.also} <= held
    for one in decision.untold:
        assert one.rule in rules - held or one.document is not None
        assert one.missing
    for lang in ("zh", "en"):
        text = policy.text(decision, lang, verbose=True)  # type: ignore[arg-type]
        assert "@" not in text
        assert "None" not in text


@quick
@given(some_request(), st.data())
def test_learning_all_that_is_missing_settles_the_outcome(
    drawn: tuple[cr.Policy, dict[str, Any]], data: st.DataObject
) -> None:
    policy, request = drawn
    now = policy.decide_request(request).request
    for _ in range(40):
        decision = decide((policy.program,), now)
        wanted = [one for one in decision.missing if not one.fact.startswith("calendar.")]
        if not wanted:
            break
        fact = wanted[0]
        if fact.fact == "documents":
            now = replace(now, papers=())
            continue
        tries = values_to_try(policy.program.facts[fact.fact], policy.program, now)
        fitting = [
            one
            for value in tries
            if not contradictions(policy.program, one := with_fact(now, fact.fact, fact.document, value))
        ]
        now = data.draw(st.sampled_from(fitting))
    assert decision.outcome != "undetermined" or any(one.fact.startswith("calendar.") for one in decision.missing)


@pytest.mark.slow
@settings(max_examples=1500, suppress_health_check=list(HealthCheck), deadline=None)
@given(some_request(), st.data())
def test_learning_a_fact_only_shrinks_what_is_possible_at_length(
    drawn: tuple[cr.Policy, dict[str, Any]], data: st.DataObject
) -> None:
    test_learning_a_fact_only_shrinks_what_is_possible.hypothesis.inner_test(drawn, data)  # type: ignore[attr-defined]


def test_the_strategies_reach_every_outcome() -> None:
    """A law checked on requests that are all alike would prove nothing."""
    seen: set[str] = set()

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(some_request())
    def look(drawn: tuple[cr.Policy, dict[str, Any]]) -> None:
        seen.add(drawn[0].decide_request(drawn[1]).outcome)

    look()
    assert {"not_applicable", "pending", "discretionary", "undetermined"} <= seen
