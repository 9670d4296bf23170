"""The fast way to a decision agrees with the evaluator, field by field, and steps aside where anything is unusual."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import creditrules as cr
from creditrules.deciding import Front
from creditrules.missing import values_to_try
from creditrules.testing import from_policy

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
HEADINGS = ("subject", "matter", "procedure", "record", "system", "department")


def drawn() -> st.SearchStrategy[tuple[cr.Policy, dict[str, Any]]]:
    return st.sampled_from(sorted(POLICIES)).flatmap(
        lambda name: st.tuples(st.just(POLICIES[name]), from_policy(POLICIES[name]))
    )


def by_evaluator(policy: cr.Policy, request: dict[str, Any]) -> cr.Decision:
    return Front.decide_request(policy, request)


def agrees(policy: cr.Policy, request: dict[str, Any]) -> cr.Decision:
    """Decide both ways, part by part and whole."""
    expected, found = by_evaluator(policy, request), policy.decide_request(copy.deepcopy(request))
    assert (found.outcome, found.possible) == (expected.outcome, expected.possible)
    assert (found.rules, found.measures, found.options) == (expected.rules, expected.measures, expected.options)
    assert found.to_json() == expected.to_json()
    return found


def is_plain(request: dict[str, Any]) -> bool:
    return "matter" not in request or bool(request["matter"].get("code"))


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(drawn())
def test_it_agrees_with_the_evaluator(drawn: tuple[cr.Policy, dict[str, Any]]) -> None:
    policy, request = drawn
    found = agrees(policy, request)
    assert (found.later is not None) == is_plain(request)


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(drawn(), st.randoms(use_true_random=False))
def test_it_agrees_near_requests_met_before(drawn: tuple[cr.Policy, dict[str, Any]], random: Any) -> None:
    """What is kept of one request serves others; each fact in turn gets other values, or is left out."""
    policy, request = drawn
    program, asked = policy.program, by_evaluator(policy, request).request
    changed = []
    for heading in HEADINGS:
        for key in request.get(heading) or {}:
            if f"{heading}.{key}" in program.facts and (heading, key) != ("matter", "code"):
                info = program.facts[f"{heading}.{key}"]
                values = [None, *values_to_try(info, program, asked)]
                changed += [(heading, key, value) for value in random.sample(values, min(3, len(values)))]
    for heading, key, value in random.sample(changed, min(12, len(changed))):
        other = copy.deepcopy(request)
        if value is None:
            del other[heading][key]
        else:
            other[heading][key] = as_given(value)
        refused = said(lambda one: by_evaluator(policy, one), other)
        assert said(policy.decide_request, other) == refused
        if refused.startswith("{"):
            agrees(policy, other)


def said(decide: Any, request: dict[str, Any]) -> str:
    """Give the decision's JSON, or what is wrong with the request."""
    try:
        return str(decide(request).to_json())
    except cr.RequestError as refused:
        return str(refused)


def as_given(value: object) -> object:
    if isinstance(value, tuple):
        return [as_given(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, bool | int | str) else "not_yet"


KUNSHAN: dict[str, Any] = {
    "on": "2017-09-01",
    "subject": {"kind": "company", "name": "昆山示范机电有限公司", "commitment_made": False},
    "matter": {"code": "fiscal_funding", "department": "财政局", "field": ["finance_tax"]},
    "documents": [
        {"id": "r1", "kind": "credit_report", "issued_on": "2017-03-10", "meets_national_standard": True,
         "contents": ["basic", "business"], "issuer": {"filing_level": "prefecture_city", "independent": True}},
    ],
}  # fmt: skip


def test_mappings_models_and_json_text_are_one_request(kunshan: cr.Policy) -> None:
    text = kunshan.decide_request(json.dumps(KUNSHAN, ensure_ascii=False))
    mapping = kunshan.decide_request(KUNSHAN)
    paper = KUNSHAN["documents"][0]
    models = kunshan.decide(
        cr.Subject(**KUNSHAN["subject"]),
        cr.Matter(**KUNSHAN["matter"]),
        [cr.Document(**{**paper, "issuer": cr.Issuer(**paper["issuer"])})],
        on=dt.date(2017, 9, 1),
    )
    assert all(one.later is not None for one in (text, mapping, models))
    assert text.to_json() == mapping.to_json() == models.to_json() == by_evaluator(kunshan, KUNSHAN).to_json()
    assert text.digest == mapping.receipt()["digest"]


@pytest.mark.parametrize(
    ("heading", "key", "value"),
    [
        ("subject", "kind", "compny"),
        ("subject", "knd", "company"),
        ("subject", "commitment_made", 1),
        ("subject", "commitment_made", "yes"),
        ("subject", "name", ""),
        ("subject", "unified_social_credit_code", "91320583MA1X0CDE05"),
        ("subject", "staff_size", 3),
        ("matter", "field", "finance_tax"),
        ("matter", "field", ["finance"]),
        ("matter", "code", "fiscal"),
    ],
)
def test_what_is_wrong_is_said_as_before(kunshan: cr.Policy, heading: str, key: str, value: object) -> None:
    request = copy.deepcopy(KUNSHAN)
    kunshan.decide_request(request)  # what is right was met before
    request[heading][key] = value
    assert said(kunshan.decide_request, request) == said(lambda one: by_evaluator(kunshan, one), request)


def test_a_key_twice_in_json_is_refused(kunshan: cr.Policy) -> None:
    with pytest.raises(cr.RequestError, match="CR1"):
        kunshan.decide_request('{"on": "2017-09-01", "subject": {"kind": "company", "kind": "individual"}}')


def test_a_true_is_no_number(made: Any) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.staff: {at_least: 1}}, "
        "then: {measure: market_ban}}\n",
        "facts:\n  subject.staff: {type: number, zh: 人数, en: staff, held_by: subject, changed_by: nobody}\n",
    )
    assert policy.decide({"staff": 1}, None, [], on="2021-01-01").rules
    for wrong in (True, "1"):
        with pytest.raises(cr.RequestError):
            policy.decide({"staff": wrong}, None, [], on="2021-01-01")


def test_what_the_caller_changes_later_changes_nothing(kunshan: cr.Policy) -> None:
    request = copy.deepcopy(KUNSHAN)
    decision = kunshan.decide_request(request)
    request["subject"]["kind"] = "individual"
    request["matter"]["field"].append("food_drug")
    request["documents"][0]["contents"].clear()
    request["documents"][0]["issuer"]["independent"] = False
    assert decision.to_json() == by_evaluator(kunshan, KUNSHAN).to_json()
    assert decision.trace.rules == decision.trace.rules
    assert decision.request.values["subject.kind"] == "company"


def test_papers_without_ids_and_with_the_same_id(kunshan: cr.Policy) -> None:
    paper = {key: value for key, value in KUNSHAN["documents"][0].items() if key != "id"}
    older = {**paper, "issued_on": "2015-01-01"}
    for documents in ([paper], [older, paper], [paper, older], [{**paper, "id": "credit_report-1"}, older]):
        agrees(kunshan, {**KUNSHAN, "documents": documents})
    with pytest.raises(cr.RequestError):
        kunshan.decide_request({**KUNSHAN, "documents": [{**paper, "id": "x"}, {**older, "id": "x"}]})


def test_an_overriding_rule_about_papers_of_another_matter(made: Any) -> None:
    policy = made(
        "  - {id: r1, clause: '1', modality: must, matters: [bidding], then: {measure: market_ban}}\n"
        "  - {id: r2, clause: '1', modality: must, matters: [policy_loan], each: document, overrides: [r1], "
        "then: {inadmissible: true}}\n"
    )
    for documents in (None, [], [{"id": "x", "kind": "credit_report"}]):
        request = {"on": "2021-01-01", "subject": {"kind": "company"}, "matter": {"code": "bidding"}}
        agrees(policy, request if documents is None else {**request, "documents": documents})


def test_each_source_consulted_tells_of_its_own_facts(made: Any) -> None:
    """What one source's silence told of a matter does not serve where another was asked."""
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.one: false}, then: {measure: key_support}}\n"
        "  - {id: b, clause: '1', modality: must, when: {subject.other: false}, then: {measure: green_channel}}\n",
        "facts:\n"
        "  subject.one: {type: bool, zh: o, en: o, held_by: credit_site, changed_by: nobody}\n"
        "  subject.other: {type: bool, zh: t, en: t, held_by: pboc, changed_by: nobody}\n",
    )
    for matter in ({}, {"matter": {"code": "bidding"}}):
        for consulted in (["credit_site"], ["pboc"], [], ["pboc", "credit_site"], ["subject"]):
            found = agrees(policy, {"on": "2021-01-01", **matter, "consulted": consulted})
            assert len(found.measures) == len({"credit_site", "pboc"} & {*consulted})


@pytest.mark.parametrize("consulted", [[], ["credit_site"]])
def test_a_paper_that_contradicts_what_is_presumed_or_taken_is_refused(made: Any, consulted: list[str]) -> None:
    """What is told of a paper defeats no presumption about the request, so the two may contradict each other."""
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.one: true}, then: {measure: key_support}}\n",
        "facts:\n"
        "  subject.one: {type: bool, zh: o, en: o, held_by: subject, changed_by: nobody}\n"
        "  subject.shown: {type: bool, zh: s, en: s, held_by: credit_site, changed_by: nobody}\n"
        "  document.one: {type: bool, zh: d, en: d, held_by: subject, changed_by: nobody, "
        "only_if: {subject.one: false}}\n"
        "  document.shown: {type: bool, zh: t, en: t, held_by: subject, changed_by: nobody, "
        "only_if: {subject.shown: true}}\n"
        "presume: {subject.one: {value: true, clause: '1'}}\n",
    )
    refused = set()
    for fact in ("one", "shown"):
        for value in (True, False):
            paper = {"id": "x", "kind": "credit_report", fact: value}
            request = {"on": "2021-01-01", "consulted": consulted, "documents": [paper]}
            try:
                policy.decide_request(request)  # refused now, and not when it is looked at
            except cr.RequestError:
                refused.add((fact, value))
            assert said(policy.decide_request, request) == said(lambda one: by_evaluator(policy, one), request)
    assert refused == {("one", True), *([("shown", True)] if consulted else [])}


def test_one_of_two_papers_and_both_of_them_are_two_requirements(made: Any) -> None:
    policy = made(
        "".join(
            f"  - {{id: {id_}, clause: '1', modality: must, matters: any, "
            f"then: {{require: {{{mode}: [credit_report, credit_record]}}}}}}\n"
            for id_, mode in (("a", "any_of"), ("b", "all_of"))
        )
    )
    kinds = ["credit_report", "credit_record"]
    for handed_in, outcome in (([], "pending"), (kinds[:1], "pending"), (kinds, "proceed")):
        papers = [{"id": kind, "kind": kind} for kind in handed_in]
        request = {"on": "2021-01-01", "matter": {"code": "bidding"}, "documents": papers}
        assert agrees(policy, request).outcome == outcome


def test_what_is_given_speaks_against_a_sources_silence_by_its_value(made: Any) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: must, when: {subject.shown: false}, then: {measure: key_support}}\n",
        "facts:\n"
        "  subject.shown: {type: bool, zh: s, en: s, held_by: credit_site, changed_by: nobody}\n"
        "  subject.rests: {type: bool, zh: r, en: r, held_by: subject, changed_by: nobody, "
        "only_if: {subject.shown: true}}\n",
    )
    for rests in (False, True, False):
        found = agrees(policy, {"on": "2021-01-01", "consulted": ["credit_site"], "subject": {"rests": rests}})
        assert bool(found.measures) is not rests


def test_a_paper_without_a_kind_is_refused(kunshan: cr.Policy) -> None:
    for paper in ({"id": "x"}, {"id": "x", "issued_on": "2017-03-10"}, {}):
        with pytest.raises(cr.RequestError, match="CR501"):
            kunshan.decide_request({**KUNSHAN, "documents": [paper]})


def test_a_paper_of_which_little_is_known(kunshan: cr.Policy) -> None:
    whole = KUNSHAN["documents"][0]
    for known in (
        ("kind",),
        ("kind", "issued_on"),
        ("kind", "issuer"),
        ("kind", "meets_national_standard", "contents"),
    ):
        agrees(kunshan, {**KUNSHAN, "documents": [{"id": "r1", **{key: whole[key] for key in known}}]})


def test_days_out_of_force_and_no_day(kunshan: cr.Policy) -> None:
    for on in ("2017-03-05", "2017-03-06", "2016-02-29"):
        agrees(kunshan, {**KUNSHAN, "on": on})
    with pytest.raises(cr.RequestError, match="CR504"):
        kunshan.decide_request({key: value for key, value in KUNSHAN.items() if key != "on"})
    with pytest.raises(cr.RequestError, match="CR303"):
        kunshan.decide_request({**KUNSHAN, "on": "2017-02-30"})
