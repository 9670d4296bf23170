"""The encoding in front of the Rete engine: its meaning, run by hand, and its limits. Needs no engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rete_by_hand import answer

import creditrules as cr
from creditrules.decide import decide
from creditrules.drivers.rete import rails
from creditrules.drivers.rete.compare import disagreements
from creditrules.drivers.rete.encode import Encoding, encode, pack
from creditrules.drivers.rete.formulas import Known, Leaf, either, every, for_some, opposite
from creditrules.drivers.rete.meaning import Meaning
from creditrules.drivers.rete.rails import MOST_JOINED, Asked, Derived, Label, Labels, shortest
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


@pytest.mark.parametrize("count", [7, 13, 25, 49, 200])
def test_wide_formulas_mean_what_they_say(count: int) -> None:
    from creditrules.drivers.rete.atoms import Bars

    labels = Labels()
    atoms = [Leaf(Bars("p", f"m{number}", ("out",))) for number in range(count)]

    def brought(ways: Any, told: set[Asked]) -> bool:
        def known(part: Any) -> bool:
            return part in told if isinstance(part, Asked) else brought(labels.all[part.label].ways, told)

        return any(all(map(known, way)) for way in ways)

    for formula, held in ((either(atoms), True), (every(atoms), False)):
        one, all_ = labels.ways(formula, held), labels.ways(formula, not held)
        others = {Asked(number, not held) for number in range(count)}
        assert brought(all_, others)
        assert not brought(one, others)
        for number in range(count):
            assert brought(one, {Asked(number, held)})
            assert not brought(all_, others - {Asked(number, not held)})


def test_a_ruleset_ends_where_the_engine_would_fail() -> None:
    def asked(number: int, *more: Any) -> Label:
        return Label((frozenset({*(Asked(number * 10 + one, True) for one in range(10)), *more}),), 0)

    wide = pack([asked(number) for number in range(50)])
    assert [len(one.rules) for one in wide] == [20, 20, 10]  # 200 atoms to each
    many = pack([Label((frozenset({Asked(1, True)}),), 0) for _ in range(130)])
    assert [len(one.rules) for one in many] == [60, 60, 10]
    chain = pack([asked(number, *(Derived(number - 1),) * bool(number)) for number in range(10)])
    assert [len(one.rules) for one in chain] == [7, 3]  # six that rest on one another, and the first
    few = [Label((frozenset({Asked(number, True)}),), 0) for number in range(13)]
    for count, rulesets in ((12, 1), (13, 2)):
        whole = Label((frozenset(Derived(number) for number in range(count)),), 0)
        assert len(pack([*few, whole])) == rulesets


def test_too_many_conjunctions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = (POLICIES["everything"].program,)
    size = sum(len(label.ways) for label in _labels(programs).all)
    monkeypatch.setattr(rails, "TOO_LARGE", size)
    _labels(programs)
    monkeypatch.setattr(rails, "TOO_LARGE", size - 1)
    with pytest.raises(cr.EngineUnavailableError, match="CR521"):
        _labels(programs)


def _labels(programs: Any) -> Labels:
    labels = Labels()
    for named in Meaning(programs).outputs():
        labels.rails(named)
    return labels


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
    assert all("document.kind" in one.values for one in found.papers or ())


def test_the_smallest_request_is_sought_until_nothing_more_can_go() -> None:
    def shows(request: Request) -> bool:
        return "subject.a" in request.values or "subject.b" not in request.values

    two = {"subject.a": True, "subject.b": True}
    request = a_request(values=two, papers=None, matter="none", consulted=frozenset())
    assert smallest(request, shows).values == {}


def test_the_smallest_request_is_not_sought_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Request] = []
    monkeypatch.setattr("creditrules.drivers.rete.smallest.TRIED_AT_MOST", 7)
    found = smallest(a_request(), lambda request: tried.append(request) is not None)
    assert (len(tried), found) == (7, a_request(identity={}))


# what requests made at random seldom come to

DAY = "2021-05-06"
RULE = "  - {{id: {}, clause: 1, modality: must, {}}}\n"
RECORD = "then: {require: {any_of: [credit_record]}}"
OFFICE = "authorities: {office: {zh: 信用办, en: office}}"
NOT_BIDDING = "scope: {clause: 1, when: {any: [{subject.kind: company}, {matter.code: {is_not: bidding}}]}}\n"
SELDOM: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a measure that bars any matter, and none is there": (
        RULE.format("r", "when: {subject.dishonest: true}, then: {measure: administrative_restrictions}"),
        "",
        {"subject": {"dishonest": True}},
        "assessed",
    ),
    "a burden on others that bars the matter, beside a favour to them": (
        RULE.format("b", "then: {measure: {all_of: [administrative_restrictions], target: responsible_persons}}")
        + RULE.format("f", "then: {measure: {all_of: [green_channel], target: responsible_persons}}"),
        "",
        {"matter": {"code": "bidding"}},
        "proceed",
    ),
    "a choice of which one bars the matter and one does not": (
        RULE.format("r", "then: {measure: {any_of: [market_ban, credit_repair]}}"),
        "",
        {"matter": {"code": "registration"}},
        "discretionary",
    ),
    "the same required from somebody by one rule and from nobody by another": (
        RULE.format("a", "matters: any, then: {require: {any_of: [credit_record], from: office}}")
        + RULE.format("b", "matters: any, " + RECORD),
        OFFICE,
        {"matter": {}, "documents": []},
        "pending",
    ),
    "a choice that is a burden in part only, beside a favour": (
        RULE.format("c", "then: {measure: {any_of: [market_restrictions, credit_repair]}}")
        + RULE.format("f", "then: {measure: green_channel}"),
        "",
        {"matter": {"code": "bidding"}},
        "proceed",
    ),
    "a duty whose day has passed, and nothing says whether it is done": (
        RULE.format(
            "d", "when: {subject.dishonest: true}, then: {duty: {who: subject, what: rectify, due: '2021-05-05'}}"
        ),
        "",
        {"subject": {"dishonest": True}},
        "assessed",
    ),
    "the same required for one paper by one rule and for another by another": (
        RULE.format("a", "matters: any, each: document, when: {document.kind: credit_report}, " + RECORD)
        + RULE.format("b", "matters: any, each: document, when: {document.kind: credit_commitment}, " + RECORD),
        "",
        {"matter": {}, "documents": [{"kind": "credit_report"}, {"kind": "credit_commitment"}]},
        "pending",
    ),
    "a scope that looks at the matter within an any, and none is there": (
        RULE.format("r", "then: {measure: market_ban}"),
        NOT_BIDDING,
        {"subject": {"kind": "individual"}},
        "not_applicable",
    ),
}


@pytest.mark.parametrize("what", sorted(SELDOM))
def test_it_does_where_chance_seldom_leads(what: str, made: Any) -> None:
    rules, more, request, outcome = SELDOM[what]
    policy = made(rules, more)
    decision = policy.decide_request({"on": DAY, **request})
    assert decision.outcome == outcome
    assert differing((policy,), decision) == ()


@pytest.mark.parametrize("lifted", ["rectified", "commitment_made"])
def test_several_documents_override_one_rule(lifted: str, made: Any) -> None:
    ban = RULE.format("ban", "when: {subject.dishonest: true}, then: {measure: market_ban}")
    lift = "when: {{subject.{}: true}}, overrides: ['city:ban'], then: {{measure: credit_repair}}"
    first, second = (RULE.format("lift", lift.format(fact)) for fact in ("rectified", "commitment_made"))
    three = made(ban, "", "city"), made(first, "", "first"), made(second, "", "second")
    subject = {"dishonest": True, "rectified": False, "commitment_made": False, lifted: True}
    request = three[0].decide(subject, None, [], on=DAY).request
    both = decide(tuple(policy.program for policy in three), request)
    assert [one.code for one in both.measures] == ["credit_repair"]
    assert differing(three, both) == ()


DONE = """
  - {id: publish, clause: 1, modality: must, each: document, when: {document.kind: credit_report},
     then: {duty: {who: issuer, what: rectify, due: {days: 9, since: document.issued_on},
       done_on: document.published_on}}}
"""


@pytest.mark.parametrize(
    ("issued_on", "told", "status"),
    [
        ("2021-05-01", {"on_credit_site": True}, "met"),
        ("2021-04-01", {"on_credit_site": True}, "undetermined"),
        ("not_yet", {"on_credit_site": True}, "undetermined"),
        ("2021-04-01", {"published_on": "2021-04-10"}, "met"),
        ("2021-04-01", {"published_on": "2021-04-11"}, "late"),
    ],
)
def test_a_duty_done_late_or_on_a_day_nobody_told(
    issued_on: str, told: dict[str, Any], status: str, made: Any
) -> None:
    policy = made(DONE)
    paper = {"id": "r", "kind": "credit_report", "issued_on": issued_on, **told}
    decision = policy.decide({}, None, [paper], on=DAY)
    assert [one.status for one in decision.duties] == [status]
    assert len(decision.violations) == (status == "late")
    assert differing((policy,), decision) == ()


HALF_YEARS = RULE.format(
    "report",
    "when: {subject.dishonest: true}, then: {duty: {who: subject, what: report_work, every: half_year, "
    "since: subject.operates_locally_since, done_on: procedure.work_reported_on}}",
)


@pytest.mark.parametrize(
    ("on", "since", "owed"),
    [
        ("2020-06-30", "2018-02-01", ["2020-06-30 open"]),
        ("2020-07-15", "2020-01-01", ["2020-06-30 overdue", "2020-12-31 open"]),
        ("2021-06-30", "2020-02-01", ["2020-12-31 met", "2021-06-30 open"]),
        ("2021-06-30", "2021-01-02", ["2021-12-31 open"]),
        ("2021-06-30", "not_yet", ["None open"]),
        ("2021-06-30", None, ["2021-06-30 open"]),
    ],
)
def test_a_duty_that_recurs_since_a_day(on: str, since: str | None, owed: list[str], made: Any) -> None:
    policy = made(HALF_YEARS)
    subject = {"dishonest": True, "operates_locally_since": since}
    request = {"on": on, "subject": subject, "procedure": {"work_reported_on": ["2020-08-01"]}}
    decision = policy.decide_request(request)
    assert sorted(f"{one.due} {one.status}" for one in decision.duties) == owed
    assert differing((policy,), decision) == ()


def test_the_same_required_by_documents_that_presume_otherwise(made: Any) -> None:
    ways = "{any_of: [{paper: credit_record, that: {issuer.independent: true}}]}"
    need = RULE.format("need", f"matters: any, then: {{require: {ways}}}")
    two = made(need, "", "one"), made(need, "presume: {issuer.independent: {value: true, clause: 1}}", "two")
    request = two[0].decide({}, {}, [{"kind": "credit_record"}], on=DAY).request
    both = decide(tuple(policy.program for policy in two), request)
    assert [(one.rule, one.met) for one in both.requirements] == [("one:need", None), ("two:need", True)]
    assert differing(two, both) == ()


def test_documents_with_names_of_their_own_agree_on_who_asked(made: Any, tmp_path: Path) -> None:
    rule = RULE.format("r", "then: {measure: credit_repair}")
    first = made(rule, "", "first")
    names = (ROOT / "policies" / "vocabulary.yaml").read_text(encoding="utf-8")
    own, count = re.subn(r"(  bidding: .*)asked_by: subject", r"\1asked_by: department", names)
    (tmp_path / "vocabulary.yaml").write_text(own, encoding="utf-8")
    two = first, made(rule, "", "second")
    both = decide(tuple(policy.program for policy in two), first.decide({}, {"code": "bidding"}, [], on=DAY).request)
    assert (count, both.outcome) == (1, "proceed")
    assert differing(two, both) == ()
