"""The encoding in front of the Rete engine: its meaning, run by hand, and its limits. Needs no engine."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rete_by_hand import answer

import creditrules as cr
from creditrules.drivers.rete.compare import disagreements
from creditrules.drivers.rete.encode import Encoding, encode
from creditrules.drivers.rete.formulas import Known, Leaf, either, every, for_some, opposite
from creditrules.drivers.rete.rails import MOST_JOINED, Asked, Labels, shortest
from creditrules.drivers.rete.smallest import smallest
from creditrules.drivers.rete.theirs import Theirs
from creditrules.facts import Paper, Request
from creditrules.testing import from_policy

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
POLICIES["everything"] = cr.load(ROOT / "tests" / "everything.yaml")
quick = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def differing(policies: tuple[cr.Policy, ...], decision: cr.Decision, encoding: Encoding | None = None) -> Any:
    programs = tuple(policy.program for policy in policies)
    by_hand = answer(encoding or encode(programs), decision.request)
    return disagreements(Theirs(programs, decision.request, by_hand), decision)


@quick
@given(st.sampled_from(sorted(POLICIES)), st.data())
def test_the_encoding_means_what_the_evaluator_does(name: str, data: st.DataObject) -> None:
    policy = POLICIES[name]
    decision = policy.decide_request(data.draw(from_policy(policy)))
    assert differing((policy,), decision) == ()


@quick
@given(data=st.data())
def test_it_does_for_a_policy_that_says_everything(data: st.DataObject) -> None:
    policy = POLICIES["everything"]
    decision = policy.decide_request(data.draw(from_policy(policy)))
    assert differing((policy,), decision) == ()


@quick
@given(data=st.data())
def test_it_does_for_documents_together(data: st.DataObject) -> None:
    two = (POLICIES["everything"], POLICIES["kunshan"])
    request = data.draw(from_policy(two[0]))
    decision = cr.Library(policies=two).decide_request({**request, "area": ["某省"]})
    assert len(decision.programs) == 1
    from creditrules.decide import decide

    programs = tuple(policy.program for policy in two)
    both = decide(programs, decision.request)
    assert disagreements(Theirs(programs, both.request, answer(encode(programs), both.request)), both) == ()


def test_only_numbers_are_loaded_and_few_to_a_ruleset() -> None:
    def numbers(value: Any) -> bool:
        if isinstance(value, dict):
            return set(value) <= {"rulesets", "carried", "phase", "rules"} and all(map(numbers, value.values()))
        if isinstance(value, list | tuple):
            return all(map(numbers, value))
        return isinstance(value, int)

    for policy in POLICIES.values():
        load: Any = encode((policy.program,)).load
        assert numbers(load)
        for ruleset in load["rulesets"]:
            assert 0 < len(ruleset["rules"]) <= 60
            read = {("atom", atom) for tested, _, _, _ in ruleset["rules"] for atom, _ in tested}
            read |= {("label", label) for _, based, _, _ in ruleset["rules"] for label in based}
            assert len(read) <= 200
            brought = {label for _, _, _, label in ruleset["rules"]}
            for tested, based, derived, _ in ruleset["rules"]:
                assert len(derived) <= 12
                assert set(derived) <= brought
                assert not set(derived) & set(based)
                assert {value for _, value in tested} <= {1, 2}


def test_facts_of_a_request_are_numbers_and_unknown_ones_are_left_out() -> None:
    encoding = encode((POLICIES["everything"].program,))
    request = {"on": "2020-01-01", "subject": {"kind": "company"}, "matter": {"department": "财政局\x00'\"🀄" * 5000}}
    told: Any = encoding.facts(POLICIES["everything"].decide_request(request).request)
    assert told["papers"] == []
    assert all(isinstance(number, int) and value in (1, 2) for number, value in told["atoms"])
    assert len(told["atoms"]) < len(encoding.atoms)


def test_the_same_encoding_whatever_the_run() -> None:
    policy = POLICIES["everything"]
    again = cr.load(ROOT / "tests" / "everything.yaml")
    assert encode((policy.program,)).id == encode((again.program,)).id
    assert encode((policy.program,)) is encode((policy.program,))


def test_rails_that_both_hold_are_shown() -> None:
    policy = POLICIES["everything"]
    decision = policy.decide({"kind": "company", "dishonest": True}, None, [], on="2020-01-01")
    encoding = encode((policy.program,))
    rails = encoding.outputs["rule", "everything", "ban"]
    by_hand = answer(encoding, decision.request)
    assert by_hand.truth(("rule", "everything", "ban")) is None  # whether it was repaired is not told
    from dataclasses import replace

    assert isinstance(rails.held, int)
    assert isinstance(rails.failed, int)
    both = replace(by_hand, whole=by_hand.whole | {rails.held, rails.failed})
    assert both.truth(("rule", "everything", "ban")) == "both"
    found = disagreements(Theirs((policy.program,), decision.request, both), decision)
    assert ("rule", "everything:ban", None, None, "both") in {
        (one.kind, one.name, one.document, one.ours, one.theirs) for one in found
    }


def test_wide_formulas_are_split() -> None:
    def atom(number: int) -> Leaf:
        from creditrules.drivers.rete.atoms import Bars

        return Leaf(Bars("p", f"m{number}", ("out",)))

    pairs = [either((atom(number), atom(number + 500))) for number in range(200)]
    for formula in (every(pairs), either(every((one, atom(999))) for one in pairs), opposite(every(pairs))):
        labels = Labels()
        for held in (True, False):
            assert len(labels.ways(formula, held)) <= MOST_JOINED
        assert all(len(way) <= 12 for label in labels.all for way in label.ways)
        assert all(len(label.ways) <= MOST_JOINED for label in labels.all)


def test_what_is_settled_is_worked_in() -> None:
    one = Leaf(next(iter(Labels().atoms), None) or _some_atom())
    assert every(()) == Known(True)
    assert either(()) == Known(False)
    assert every((one, Known(False))) == Known(False)
    assert either((one, Known(True))) == Known(True)
    assert every((one, Known(True))) == one
    assert opposite(Known(True)) == Known(False)
    assert for_some(Known(False)) == Known(False)
    assert shortest([frozenset({Asked(1, True), Asked(1, False)})]) == ()
    assert shortest([frozenset({Asked(1, True), Asked(2, True)}), frozenset({Asked(2, True)})]) == (
        frozenset({Asked(2, True)}),
    )


def _some_atom() -> Any:
    from creditrules.drivers.rete.atoms import AppliedFor

    return AppliedFor()


def a_request(**more: Any) -> Request:
    papers = tuple(Paper(f"p{number}", {"document.kind": "x", "document.a": number}) for number in range(4))
    values = {f"subject.f{number}": True for number in range(30)}
    import datetime as dt

    whole: dict[str, Any] = {
        "on": dt.date(2020, 1, 1),
        "matter": "given",
        "values": values,
        "papers": papers,
        "consulted": frozenset({"a", "b"}),
        "identity": {(None, "name"): "某"},
    }
    return Request(**{**whole, **more})


@pytest.mark.parametrize(
    ("shows", "left"),
    [
        (lambda request: "subject.f7" in request.values and "subject.f23" in request.values, 2),
        (lambda request: "a" in request.consulted, 1),
        (lambda request: any("document.a" in one.values for one in request.papers or ()), 3),
        (lambda request: request.papers is not None and request.matter == "given", 2),
        (lambda request: True, 0),
    ],
)
def test_the_smallest_request_keeps_what_shows_it_and_no_more(shows: Any, left: int) -> None:
    found = smallest(a_request(), shows)
    assert shows(found)
    size = len(found.values) + len(found.consulted) + (found.papers is not None) + (found.matter == "given")
    size += sum(1 + ("document.a" in one.values) for one in found.papers or ())
    assert size == left
    assert found.identity == {}
