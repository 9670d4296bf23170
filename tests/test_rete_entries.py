"""The entries of a decision beside what the second engine derives: every part of one, changed by hand, is noticed.

The engine's part is played by a plain fixpoint, so that no engine is needed; `test_rete.py` asks the real one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rete_by_hand import answer

import creditrules as cr
from creditrules import decision as record
from creditrules.decide import decide
from creditrules.drivers.rete.atoms import Truths
from creditrules.drivers.rete.compare import NOTHING, Disagreement, disagreements
from creditrules.drivers.rete.encode import encode
from creditrules.drivers.rete.rails import Rails
from creditrules.drivers.rete.theirs import Theirs
from creditrules.testing import from_policy
from creditrules.testing.made_policies import policies

unhurried = settings(phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))

ONE = """
  - {id: need, clause: 1, modality: must, matters: [bidding],
     then: {require: {any_of: [credit_record,
       {step: make_commitment, done: {subject.commitment_made: true}}]}}}
  - {id: need-too, clause: 2, modality: must, matters: [bidding],
     then: {require: {any_of: [credit_record,
       {step: make_commitment, done: {subject.commitment_made: true}}]}}}
  - {id: burden, clause: 1, modality: must, when: {subject.dishonest: true},
     then: {measure: market_restrictions}}
  - {id: favour, clause: 1, modality: must, when: {subject.on_red_list: true},
     then: {measure: green_channel}}
  - {id: ask, clause: 1, modality: may, left_to: department, matters: any,
     then: {require: {any_of: [credit_report, credit_commitment]}}}
  - {id: relieve, clause: 1, modality: may, left_to: department, when: {subject.dishonest: true},
     then: {duty: {who: department, what: rectify}}}
  - {id: look, clause: 1, modality: must, when: {subject.dishonest: true},
     then: {weigh: {facts: [subject.has_bad_record], as: reference}}}
  - {id: question, clause: 1, modality: must, when: {subject.dishonest: true},
     then: {refer: {to: office, why: 怎么办, due: {working_days: 3, since: today}}}}
  - {id: return, clause: 1, modality: must, when: {subject.dishonest: true},
     then: {duty: {who: office, what: return_review_result,
       due: {working_days: 5, since: procedure.review_applied_on},
       done_on: procedure.review_returned_on}}}
  - {id: each-half, clause: 1, modality: must, when: {subject.dishonest: true},
     then: {duty: {who: subject, what: report_work, every: half_year, since: subject.operates_locally_since,
       done_on: procedure.work_reported_on}}}
  - {id: forbidden, clause: 1, modality: must_not, each: document, when: {document.meets_national_standard: false},
     then: {prohibit: {by: issuer, act: {zh: 不合标准, en: no standard}}}}
  - {id: use, clause: 1, modality: must, each: document, when: {document.kind: credit_report},
     then: {usable: {from: document.issued_on, until: {years: 1, since: document.issued_on},
       once: {document.publicity_objection: false}}}}
  - {id: unknown, clause: 1, modality: must, when: {subject.rectified: true},
     then: {measure: credit_repair}}
"""
OTHER = """
  - {id: need, clause: 1, modality: must, matters: [bidding],
     then: {require: {all_of: [credit_record, credit_report]}}}
  - {id: never, clause: 1, modality: must, each: document, when: {document.kind: credit_report},
     then: {inadmissible: true}}
"""
REQUEST = {
    "on": "2021-05-06",
    "subject": {
        "kind": "company",
        "dishonest": True,
        "on_red_list": True,
        "commitment_made": False,
        "operates_locally_since": "2020-02-01",
    },
    "matter": {"code": "bidding"},
    "procedure": {
        "review_applied_on": "2021-04-01",
        "review_returned_on": "not_yet",
        "work_reported_on": ["2021-02-01"],
    },
    "documents": [
        {"id": "r", "kind": "credit_report", "issued_on": "2021-03-01", "meets_national_standard": False,
         "publicity_objection": False},
        {"id": "s", "kind": "credit_record"},
    ],
}  # fmt: skip

TWO = (cr.load(ROOT / "tests" / "everything.yaml"), cr.load("qingyuan"))


class Beside:
    """Two documents that say something of everything, the evaluator's decision by both, and the engine's answer."""

    def __init__(self, make: Callable[..., cr.Policy]) -> None:
        more = "authorities: {office: {zh: 信用办, en: office}}"
        two = make(ONE, more, "one"), make(OTHER, "", "other")
        self.programs = tuple(policy.program for policy in two)
        self.decision = decide(self.programs, two[0].decide_request(REQUEST).request)
        self.answer = answer(encode(self.programs), self.decision.request)

    def found(self, decision: record.Decision | None = None, **rails: Any) -> tuple[Disagreement, ...]:
        """Compare, with another decision or with names for which the engine says otherwise."""
        said = replace(self.answer, outputs={**self.answer.outputs, **rails.get("said", {})})
        return disagreements(Theirs(self.programs, self.decision.request, said), decision or self.decision)


@pytest.fixture
def beside(made: Callable[..., cr.Policy]) -> Beside:
    return Beside(made)


def kinds(found: tuple[Disagreement, ...]) -> set[str]:
    return {one.kind for one in found}


# equal to the evaluator


@unhurried
@given(data=st.data())
def test_every_entry_follows_from_what_is_derived(data: st.DataObject) -> None:
    one = data.draw(policies())
    programs = (one.policy.program,)
    for _ in range(3):
        decision = one.policy.decide_request(data.draw(from_policy(one.policy)))
        theirs = Theirs(programs, decision.request, answer(encode(programs), decision.request))
        assert disagreements(theirs, decision) == ()


@unhurried
@given(data=st.data())
def test_so_do_those_of_documents_together(data: st.DataObject) -> None:
    decision = TWO[1].decide_request(data.draw(from_policy(TWO[1])))
    programs = tuple(policy.program for policy in TWO)
    both = decide(programs, decision.request)
    theirs = Theirs(programs, both.request, answer(encode(programs), both.request))
    assert disagreements(theirs, both) == ()


def test_the_two_agree_on_a_little_of_everything(beside: Beside) -> None:
    assert beside.found() == ()
    for part in COMPARED:
        assert getattr(beside.decision, part), part


# a decision changed by hand

COMPARED = {
    "outcome": {"outcome"},
    "possible": {"possible"},
    "requirements": {"requirement"},
    "papers": {"status", "use"},
    "measures": {"measure"},
    "options": {"option"},
    "weights": {"weight"},
    "referrals": {"referral"},
    "duties": {"duty"},
    "violations": {"violation"},
    "conflicts": {"conflict"},
    "differences": {"difference"},
    "untold": {"untold"},
    "rules": {"rules"},
    "policy": {"document"},
}
NOT_COMPARED = {"on", "missing", "presumed", "taken", "readings", "request", "trace"}


def test_every_part_of_a_decision_is_compared_or_named_as_not_compared() -> None:
    parts = {one.name for one in fields(record.Decision)}
    assert parts == {*COMPARED, *NOT_COMPARED}
    page = (ROOT / "docs" / "rete.md").read_text(encoding="utf-8")
    for part in NOT_COMPARED - {"on", "request"}:
        assert f"`{part}`" in page


@pytest.mark.parametrize("part", sorted(COMPARED))
def test_a_part_left_out_is_noticed(part: str, beside: Beside) -> None:
    less: Any = {"outcome": "proceed", "possible": ("proceed",)}.get(part, ())
    found = beside.found(replace(beside.decision, **{part: less}))
    assert kinds(found) == COMPARED[part]
    if part not in ("outcome", "possible", "rules"):
        assert {one.ours for one in found} == {NOTHING}


def next_day(day: dt.date | None) -> dt.date:
    assert day is not None
    return day + dt.timedelta(days=1)


CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "requirement-met": ("requirements", lambda one: replace(one, met=None)),
    "requirement-cleanly": ("requirements", lambda one: replace(one, cleanly=not one.cleanly)),
    "requirement-also": ("requirements", lambda one: replace(one, also=(*one.also, "one:unknown"))),
    "requirement-mode": ("requirements", lambda one: replace(one, any_of=one.all_of, all_of=one.any_of)),
    "requirement-papers": (
        "requirements",
        lambda one: replace(one, parts=tuple(replace(part, papers=("x",)) for part in one.parts)),
    ),
    "paper-from": ("papers", lambda one: replace(one, from_=dt.date(2021, 3, 2))),
    "paper-until": ("papers", lambda one: replace(one, until=None)),
    "paper-rules": ("papers", lambda one: replace(one, rules=())),
    "measure-code": ("measures", lambda one: replace(one, code="market_ban")),
    "measure-target": ("measures", lambda one: replace(one, target="responsible_persons")),
    "option-by": ("options", lambda one: replace(one, by="subject")),
    "option-alternatives": ("options", lambda one: replace(one, any_of=("x",))),
    "option-rule": ("options", lambda one: replace(one, rule="one:unknown")),
    "weight-as": ("weights", lambda one: replace(one, as_="necessary")),
    "referral-due": ("referrals", lambda one: replace(one, due=next_day(one.due))),
    "referral-to": ("referrals", lambda one: replace(one, to="subject")),
    "duty-status": ("duties", lambda one: replace(one, status="owed")),
    "duty-due": ("duties", lambda one: replace(one, due=next_day(one.due))),
    "duty-who": ("duties", lambda one: replace(one, who="issuer")),
    "duty-paper": ("duties", lambda one: replace(one, document="r")),
    "violation-by": ("violations", lambda one: replace(one, by="x")),
    "violation-due": ("violations", lambda one: replace(one, due=dt.date(2021, 1, 1))),
    "conflict-target": ("conflicts", lambda one: replace(one, target="x")),
    "conflict-codes": ("conflicts", lambda one: replace(one, burden=replace(one.burden, codes=()))),
    "difference-says": (
        "differences",
        lambda one: replace(one, sides=tuple(replace(side, says=("x",)) for side in one.sides)),
    ),
    "untold-codes": ("untold", lambda one: replace(one, codes=("x",))),
    "document-applies": ("policy", lambda one: replace(one, applies=None)),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_an_entry_changed_is_noticed(change: str, beside: Beside) -> None:
    part, changed = CHANGES[change]
    entries = getattr(beside.decision, part)
    for place, entry in enumerate(entries):
        if (other := changed(entry)) == entry:
            continue
        more = (*entries[:place], other, *entries[place + 1 :])
        found = beside.found(replace(beside.decision, **{part: more}))
        assert found, entry
        assert kinds(found) <= COMPARED[part]


@pytest.mark.parametrize("part", ["duties", "options", "measures"])
def test_an_entry_too_many_is_noticed(part: str, beside: Beside) -> None:
    (first, *rest) = getattr(beside.decision, part)
    more = (first, replace(first, document="s"), *rest)
    (found,) = beside.found(replace(beside.decision, **{part: more}))
    assert (found.document, found.theirs) == ("s", NOTHING)


# an engine's answer changed by hand

HELD, FAILED, OPEN = Rails(True, False), Rails(False, True), Rails(False, False)


def needed(programs: Any, policy: str) -> tuple[tuple[str, ...], Any]:
    effect: Any
    (effect,) = next(rule.effects for program in programs for rule in program.rules if rule.key == (policy, "need"))
    return (policy, effect.mode, *(way.text for way in effect.alternatives)), effect.alternatives


def said_otherwise(programs: Any) -> Iterator[tuple[dict[Any, Rails], set[str]]]:
    """Give names for which the engine says otherwise, and the parts in which that must show."""
    duty = ("duty", "one", "return")
    rule = {"rule", "rules"}
    yield {(*duty, "overdue"): FAILED, (*duty, "open"): HELD}, {"duty", "violation"}
    yield {(*duty, "overdue"): FAILED, (*duty, "met"): HELD}, {"duty", "violation"}
    yield {(*duty, "overdue"): OPEN}, {"duty", "violation"}
    yield {(*duty, "met"): HELD}, {"duty", "violation"}
    yield {("rule", "one", "return"): FAILED}, {"duty", "violation", *rule}
    yield {("rule", "one", "return"): OPEN}, {"duty", "violation", "untold", *rule}
    yield {("rule", "one", "each-half"): FAILED}, {"duty", "violation", *rule}
    yield {("rule", "one", "ask"): FAILED}, {"option", *rule}
    yield {("rule", "one", "relieve"): OPEN}, {"option", "untold", *rule}
    yield {("rule", "one", "burden"): FAILED}, {"measure", "conflict", *rule}
    yield {("rule", "one", "look"): FAILED}, {"weight", *rule}
    yield {("rule", "one", "question"): FAILED}, {"referral", *rule}
    yield {("rule", "one", "unknown"): FAILED}, {"rule", "untold"}
    yield {("rule", "one", "unknown"): HELD}, {"untold", "measure", *rule}
    yield {("rule", "other", "need"): FAILED}, {"requirement", "difference", *rule}
    yield {("applies", "other"): OPEN}, {"document", "difference"}
    yield {("once", "one", "use"): FAILED}, {"use"}
    yield {("paper", "one", "inadmissible"): HELD}, {"difference"}
    yield {("paper", "may_refuse"): HELD}, {"paper", "status"}
    yield {("rung", "discretionary"): OPEN}, {"rung"}
    yield {("rung", "pending"): OPEN}, {"rung", "outcome", "possible"}
    name, alternatives = needed(programs, "one")
    yield {("requirement", "usable", *name): FAILED}, {"requirement"}
    yield {("requirement", "clean", *name): OPEN}, {"requirement"}
    for way in alternatives:
        yield {("way", "usable", "one", way.kind, way.text): OPEN}, {"requirement"}
        if way.kind == "paper":
            yield {("serves", "one", way.text): FAILED}, {"requirement"}


def test_an_engine_that_says_otherwise_is_noticed(beside: Beside) -> None:
    for said, parts in said_otherwise(beside.programs):
        assert set(said) <= set(beside.answer.outputs)
        assert kinds(beside.found(said=said)) == parts, said


def test_a_duty_that_stands_otherwise_is_told_with_its_day(beside: Beside) -> None:
    said = {("duty", "one", "return", "overdue"): FAILED, ("duty", "one", "return", "open"): HELD}
    (found,) = (one for one in beside.found(said=said) if one.kind == "duty")
    assert (found.name, found.document) == ("one:return", None)
    assert found.ours == "overdue, 2021-04-09, office, return_review_result"
    assert found.theirs == "open, 2021-04-09, office, return_review_result"


def test_days_counted_otherwise_are_noticed(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Truths.day
    monkeypatch.setattr(Truths, "day", lambda *asked: next_day(right(*asked)))  # type: ignore[arg-type]
    found = beside.found()
    assert kinds(found) == {"duty", "violation", "referral", "use"}
    (duty,) = (one for one in found if one.kind == "duty" and one.name == "one:return")
    assert "2021-04-09" in str(duty.ours)
    assert "2021-04-10" in str(duty.theirs)


def test_of_a_difference_the_broader_document_comes_first(made: Callable[..., cr.Policy], tmp_path: Path) -> None:
    need = "  - {{id: need, clause: 1, modality: must, matters: any, then: {{require: {{any_of: [{}]}}}}}}\n"
    made(need.format("credit_record"), "", "a-city")
    city = tmp_path / "a-city.yaml"
    city.write_text(city.read_text(encoding="utf-8").replace("[某省]", "[某省, 某市]"), encoding="utf-8")
    two = cr.load(city), made(need.format("credit_report"), "", "province")
    programs = tuple(policy.program for policy in two)
    decision = decide(programs, two[0].decide({}, {}, [], on="2021-05-06").request)
    assert [side.policy for side in decision.differences[0].sides] == ["province", "a-city"]
    theirs = Theirs(programs, decision.request, answer(encode(programs), decision.request))
    assert disagreements(theirs, decision) == ()
