"""The strategies of `creditrules.testing`: what they aim at, what they promise, and how they print."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

import creditrules as cr
from creditrules.program import FactDay, Shifted
from creditrules.testing import (
    as_yaml,
    days,
    documents,
    from_policy,
    making,
    matters,
    policies,
    subjects,
    values,
)  # fmt: skip
from creditrules.testing.draft import Handed
from creditrules.testing.spoken import spoken
from creditrules.testing.worth_trying import before, unusual_days

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
RULES = [(name, rule.id) for name, policy in POLICIES.items() for rule in policy.program.rules]


def drawn(strategy: st.SearchStrategy[Any], count: int = 60) -> list[Any]:
    found: list[Any] = []

    @seed(3)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategy)
    def take(one: Any) -> None:
        found.append(one)

    take()
    return found


@pytest.mark.parametrize("name", POLICIES)
def test_requests_are_accepted_both_ways_and_contradict_nothing(name: str) -> None:
    policy = POLICIES[name]
    for request in drawn(from_policy(policy), 25):
        text = policy.decide_request(request).to_json()
        assert policy.decide(**request).to_json() == text
        assert policy.decide_request(as_yaml(request)).to_json() == text
        assert policy.decide_request(json.dumps(request)).to_json() == text


@pytest.mark.parametrize("name", POLICIES)
def test_every_rule_can_be_made_to_hold(name: str) -> None:
    policy = POLICIES[name]
    for rule in policy.program.rules:
        for request in drawn(making(policy, rule.id, unknown=0.7), 2):
            assert f"{name}:{rule.id}" in {one.rule for one in policy.decide_request(request).rules}, rule.id


def test_a_rule_is_made_to_hold_beside_a_fixed_fact(kunshan: cr.Policy) -> None:
    found = drawn(making(kunshan, "report-counts-one-year", facts={"document.issued_on": "2018-02-28"}), 10)
    for request in found:
        assert all(str(paper["issued_on"]) == "2018-02-28" for paper in request["documents"])
        assert "kunshan:report-counts-one-year" in {one.rule for one in kunshan.decide_request(request).rules}


def test_a_rule_that_cannot_hold_or_is_not_there_is_refused_at_once(made: Callable[..., cr.Policy]) -> None:
    policy = made(
        "  - id: never\n    clause: '1'\n    modality: should\n    then: {measure: priority_handling}\n"
        "    when: {subject.kind: company, not: {subject.kind: [company, individual]}}\n"
    )
    with pytest.raises(ValueError, match="no request was found in which rule `made:never` holds"):
        making(policy, "never")
    with pytest.raises(ValueError, match="no rule `nevr`"):
        making(policy, "nevr")


def test_exceptions_overriding_rules_scope_and_premises_are_solved(made: Callable[..., cr.Policy]) -> None:
    policy = made(
        """
  - id: deep
    clause: '1'
    modality: should
    matters: [bidding]
    when:
      any: [{subject.kind: individual, subject.state_owned_enterprise: true}, {is: listed}]
      none: {document.kind: credit_report, issuer.independent: false}
    unless: {subject.dishonest_behaviour_repaired: true}
    then: {measure: market_ban}
  - {id: lifts, clause: '2', modality: should, overrides: [deep], when: {is: waived}, then: {measure: credit_repair}}
""".replace("subject.dishonest_behaviour_repaired", "subject.on_red_list"),
        """
scope: {clause: s, when: {matter.field: {contains_any: [food_drug]}}}
terms:
  listed:
    clause: t
    when:
      subject.on_black_list: true
      subject.rectified_on: {after: {months: 1, since: procedure.review_applied_on}}
  waived: {clause: t, when: {any: [{subject.kind: company}, {subject.on_black_list: false}]}}
""",
    )
    for request in drawn(making(policy, "deep"), 10):
        assert policy.decide_request(request).measures[0].code == "market_ban"
        assert request["matter"]["field"] == ["food_drug"] or "food_drug" in request["matter"]["field"]
        assert request["subject"]["kind"] != "company"


def test_facts_fixed_by_name(kunshan: cr.Policy) -> None:
    fixed = {
        "subject.kind": "company", "matter.code": st.sampled_from(["bidding", "policy_loan"]),
        "document.issued_on": dt.date(2017, 3, 10), "subject.on_black_list": None, "matter.field": ["finance_tax"],
    }  # fmt: skip
    for request in drawn(from_policy(kunshan, facts=fixed, on=dt.date(2017, 9, 1))):
        assert request["on"] == "2017-09-01"
        assert request["subject"]["kind"] == "company"
        assert "on_black_list" not in request["subject"]
        assert request["matter"]["code"] in ("bidding", "policy_loan")
        assert request["matter"]["field"] == ["finance_tax"]
        assert {paper["issued_on"] for paper in request["documents"]} == {"2017-03-10"}
        kunshan.decide_request(request)


def test_a_fixed_fact_stays_and_what_it_contradicts_goes(kunshan: cr.Policy) -> None:
    for request in drawn(from_policy(kunshan, facts={"subject.commitment_breached": True}, unknown=0)):
        assert request["subject"]["commitment_breached"] is True
        assert request["subject"].get("commitment_made") is not False
        kunshan.decide_request(request)


def test_a_fact_that_is_not_there_is_refused_with_the_nearest(kunshan: cr.Policy) -> None:
    with pytest.raises(ValueError, match=r"knows no fact `subject.knd`; did you mean `subject.kind`\?"):
        from_policy(kunshan, facts={"subject.knd": "company"})
    with pytest.raises(ValueError, match="share between 0 and 1"):
        from_policy(kunshan, unknown=1.5)


def test_the_share_left_unknown_can_be_set(kunshan: cr.Policy) -> None:
    def told(unknown: float) -> float:
        found = drawn(from_policy(kunshan, unknown=unknown, papers=(0, 0)), 40)
        return sum(len(request.get("subject", {})) for request in found) / len(found)

    none, few, most = told(1), told(0.8), told(0)
    assert none < few < most
    reads = [info for info in spoken(kunshan.program).facts if info.scope == "subject"]
    assert none < 2
    assert most > 0.6 * len(reads)  # not all: some arise only where others are so


def test_contradictions_come_only_when_asked_for(kunshan: cr.Policy) -> None:
    codes: Counter[str] = Counter()
    for request in drawn(from_policy(kunshan, unknown=0, papers=(1, 2), contradicting=True), 80):
        try:
            kunshan.decide_request(request)
        except cr.RequestError as error:
            codes.update(finding.code for finding in error.findings)
    assert set(codes) == {"CR502", "CR503"}


def test_dates_fall_on_the_borders_of_the_policys_own_periods(kunshan: cr.Policy) -> None:
    """A report counts for one year from its issue: the last day, the day after and the day before are tried."""
    on = dt.date(2018, 3, 10)
    found = set(drawn(values(kunshan, "document.issued_on", on=on), 150))
    assert {"2017-03-09", "2017-03-10", "2017-03-11", "2018-03-10", "2018-03-11", "not_yet"} <= found


def test_days_counted_back_over_holidays() -> None:
    counted = Shifted("working_days", 7, FactDay(POLICIES["zhangye"].program.facts["document.published_on"]))
    # published 8 February 2021; the Spring Festival lies between, and Saturday 20 February is worked
    assert before(counted, dt.date(2021, 2, 23)) == (dt.date(2021, 2, 8),)
    # the day before the working day 22 February is a worked Saturday, so Sunday 21 is reached from nowhere
    assert dt.date(2021, 2, 20) in unusual_days()
    assert dt.date(2021, 2, 12) in unusual_days()
    assert dt.date(2021, 2, 10) not in unusual_days()


def test_numbers_and_levels_are_tried_beside_their_bounds(made: Callable[..., cr.Policy]) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: should, then: {measure: market_ban},"
        " when: {subject.years: {at_least: 3}, subject.share: {less_than: 0.25}, subject.name_used: 甲}}\n",
        "facts:\n"
        "  subject.years: {type: number, zh: 年, en: y, held_by: subject, changed_by: time}\n"
        "  subject.share: {type: number, zh: 比, en: s, held_by: subject, changed_by: time}\n"
        "  subject.name_used: {type: str, zh: 名, en: n, held_by: subject, changed_by: time}\n",
    )
    on = dt.date(2021, 1, 1)
    assert set(drawn(values(policy, "subject.years", on=on))) == {2, 3, 4}
    assert set(drawn(values(policy, "subject.share", on=on))) == {0.24, 0.25, 0.26}
    assert set(drawn(values(policy, "subject.name_used", on=on))) == {"甲", "别的"}


def test_days_of_decision_hold_the_first_and_last_day(made: Callable[..., cr.Policy]) -> None:
    policy = made(
        "  - {id: a, clause: '1', modality: should, when: {subject.kind: company}, then: {measure: market_ban}}\n"
    )
    assert {dt.date(2019, 12, 31), dt.date(2020, 1, 1)} <= set(drawn(days(policy), 100))


def test_narrower_strategies_fit_the_front_door(zhangye: cr.Policy) -> None:
    on = dt.date(2021, 6, 1)
    papers = st.lists(documents(zhangye, on=on), max_size=2)
    whole = st.fixed_dictionaries(
        {"subject": subjects(zhangye, on=on), "matter": matters(zhangye), "documents": papers}
    )
    for request in drawn(whole, 30):
        zhangye.decide(**request, on=on)
    reports = drawn(documents(zhangye, "credit_report", facts={"issuer.independent": True}), 20)
    assert {(one["kind"], one["issuer"]["independent"]) for one in reports} == {("credit_report", True)}


def test_examples_shrink_to_little(zhangye: cr.Policy) -> None:
    found = find(
        from_policy(zhangye),
        lambda request: zhangye.decide_request(request).outcome == "pending",
        settings=settings(max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck)),
        random=__import__("random").Random(5),
    )
    facts = sum(len(section) if isinstance(section, dict) else 1 for section in found.values())
    assert facts <= 12, found


def test_a_failing_example_prints_as_a_request_to_paste(tmp_path: Any) -> None:
    request = Handed(
        {
            "on": "2021-06-01",
            "subject": {"kind": "company"},
            "documents": [{"id": "p1", "kind": "credit_report", "issued_on": "not_yet"}],
        }
    )
    text = as_yaml(request)
    assert text.startswith("on: 2021-06-01\n")
    assert yaml.safe_load(text)["documents"] == request["documents"]
    (tmp_path / "test_it.py").write_text(
        "import creditrules as cr\nfrom hypothesis import given, settings, HealthCheck\n"
        "from creditrules.testing import from_policy\npolicy = cr.load('zhangye')\n"
        "@settings(database=None, deadline=None, suppress_health_check=list(HealthCheck), max_examples=20)\n"
        "@given(request=from_policy(policy, facts={'subject.kind': 'company'}, papers=(0, 0)))\n"
        "def test(request):\n    assert request['subject']['kind'] != 'company'\n",
        encoding="utf-8",
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / "test_it.py")],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    shown = re.search(r"^E +request=\n(.*?)\nE +\)$", ran.stdout, re.M | re.S)
    assert shown is not None, ran.stdout
    lines = [line.removeprefix("E") for line in shown[1].splitlines()]
    pasted = re.sub(r",(  #.*)?$", "", textwrap.dedent("\n".join(lines)))  # what Hypothesis puts after a value
    request = yaml.safe_load(pasted)
    assert request["subject"]["kind"] == "company"
    assert len(request["subject"]) <= 8


def test_made_policies_use_the_whole_language() -> None:
    texts = [one.text for one in drawn(policies(), 400)]
    vocabularies = [one.vocabulary for one in drawn(policies(), 30)]
    for word in (
        "terms:", "settings:", "presume:", "scope:", "each: document", "overrides:", "unless:", "left_to:",
        "require:", "weigh:", "usable:", "inadmissible:", "measure:", "duty:", "prohibit:", "refer:", "some:",
        "none:", "working_days:", "months:", "years:", "days:", "today", "not_yet", "at_least:",
        "contains_all:", "is_not:", "setting:", "every:", "since:", "once:", "after:", "until:", "step:",
        "that:", "any_of:", "all_of:", "matters: [any]", "done_on:", "target: responsible_persons", "not:",
        "setting.",
    ):  # fmt: skip
        word = word.replace("matters: [any]", "matters: any")
        assert any(word in text for text in texts), word
    for word in (
        "day:",
        "only_if:",
        "silence_tells: false",
        "level",
        "list[date]",
        "broader",
        "counts_as",
        "how: open",
    ):
        assert any(word in text for text in vocabularies), word


def test_made_policies_load_from_files(tmp_path: Any) -> None:
    for one in drawn(policies(rules=3), 5):
        assert cr.load(one.write(tmp_path)).digest == one.policy.digest


def test_case_files_and_the_kit_s_own_door_do_not_need_hypothesis() -> None:
    code = (
        "import sys\nsys.modules['hypothesis'] = None\n"
        "import creditrules.testing, creditrules.testing.cases, creditrules.cli, creditrules.testing.plugin\n"
        "try:\n    creditrules.testing.from_policy\n"
        "except ModuleNotFoundError as error:\n    print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "creditrules.testing needs Hypothesis: pip install 'creditrules[testing]'"
