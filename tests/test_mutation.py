"""Mutation of policies: what is changed, what is noticed, what is proved to be no change, and what is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import creditrules as cr
from creditrules.cli import main
from creditrules.testing.cases import cases_of, load_cases, run_cases
from creditrules.testing.mutation.accepted import accepted_of
from creditrules.testing.mutation.bench import CasesFailError
from creditrules.testing.mutation.changes import Change, changes
from creditrules.testing.mutation.edits import KINDS
from creditrules.testing.mutation.mutation import Mutation, Plan, mutate

POLICY = """format: 1
policy: town
title: {{zh: 甲, en: Town}}
issuer: 甲
area: [甲]
in_force: {{from: 2020-01-01}}
terms:
  good: {{clause: a, when: {{subject.credit_standing: good}}}}
rules:
{rules}
"""
CASES = """format: 1
policy: town
defaults: {{on: 2021-03-10, subject: {{kind: company}}}}
cases:
{cases}
"""
OUTLINE = """format: 1
outline: town
clauses:
  a: {class: decision, ref: 一, ref_en: one, zh: 甲, en: A}
"""
Town = Callable[[str, str], tuple[cr.Policy, Path]]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Give a maker of a small policy with its cases."""

    def made(rules: str, cases: str) -> tuple[cr.Policy, Path]:
        (tmp_path / "cases").mkdir(exist_ok=True)
        (tmp_path / "outlines").mkdir(exist_ok=True)
        (tmp_path / "outlines" / "town.yaml").write_text(OUTLINE, encoding="utf-8")
        (tmp_path / "town.yaml").write_text(POLICY.format(rules=rules), encoding="utf-8")
        (tmp_path / "cases" / "town.yaml").write_text(CASES.format(cases=cases), encoding="utf-8")
        return cr.load(tmp_path / "town.yaml"), tmp_path / "cases" / "town.yaml"

    return made


RULES = """
  - {id: report, clause: a, modality: should, matters: [bidding], when: {is: good},
     then: {require: {any_of: [credit_report]}}}
  - {id: year, clause: a, modality: should, each: document, when: {document.kind: credit_report},
     then: {usable: {until: {years: 1, since: document.issued_on}}}}
"""
NEEDED = """
  - title: 要
    request: {subject: {credit_standing: good}, matter: {code: bidding}, documents: []}
    expect: {outcome: pending}
"""
NOT_NEEDED = """
  - title: 不要
    request: {subject: {credit_standing: poor}, matter: {code: bidding}, documents: []}
    expect: {outcome: proceed}
"""


def _states(mutation: Mutation) -> dict[str, str]:
    return {one.change.key: one.state for one in mutation.verdicts}


def test_a_case_notices_what_it_turns_on_and_no_more(town: Town) -> None:
    policy, cases = town(RULES, NEEDED)
    states = _states(mutate(policy, cases, Plan(only=("report", "good"), requests=40)))
    assert states["rule report : report → ∅"] == "killed"
    fact = "subject.credit_standing"
    assert states[f"term good when.{fact}: {fact}: good → {fact}: {{is_not: good}}"] == "killed"
    assert states["rule report when: when: {is: good} → ∅"] == "survived"
    policy, cases = town(RULES, NEEDED + NOT_NEEDED)
    states = _states(mutate(policy, cases, Plan(only=("report",), requests=40)))
    assert states["rule report when: when: {is: good} → ∅"] == "killed"


def test_every_survivor_with_a_difference_comes_with_a_case_that_notices_it(town: Town) -> None:
    """Paste every case shown: the policy passes them all, and none of those changes survives them."""
    policy, cases = town(RULES, NEEDED)
    first = mutate(policy, cases, Plan(requests=300))
    shown = [one for one in first.of("survived") if one.case]
    assert len(shown) >= 8
    pasted = [re.sub(r"title: .*", f"title: 案例{number}", one.case, count=1) for number, one in enumerate(shown)]
    policy, cases = town(RULES, NEEDED + "\n".join(pasted))
    assert [one.case.title for one in run_cases(policy, load_cases(cases)) if not one.passed] == []
    states = _states(mutate(policy, cases, Plan(requests=0)))
    assert [one.change.key for one in shown if states[one.change.key] == "survived"] == []


def test_the_border_of_a_limit_is_found(town: Town) -> None:
    policy, cases = town(RULES, NEEDED)
    mutation = mutate(policy, cases, Plan(only=("year",), kinds=("day", "unit"), requests=300))
    by_key = {one.change.key: one for one in mutation.verdicts}
    shorter = by_key[
        "rule year then.usable.until: {years: 1, since: document.issued_on} → {years: 2, since: document.issued_on}"
    ]
    assert "papers" in shorter.differs
    assert "issued_on" in shorter.case


def test_no_change_is_proved_to_be_none(town: Town) -> None:
    rules = """
  - {id: report, clause: a, modality: should, matters: [bidding, construction_bidding], when: {is: good},
     then: {require: {any_of: [credit_report]}}}
"""
    policy, cases = town(rules, NEEDED)
    states = _states(mutate(policy, cases, Plan(kinds=("matters",), requests=0)))
    assert states["rule report matters[construction_bidding]: construction_bidding → ∅"] == "same"
    assert states["rule report matters[bidding]: bidding → ∅"] != "same"


def test_what_is_proved_the_same_decides_every_case_alike() -> None:
    """On a shipped policy: no change called the same differs on any case, in any part of the decision."""
    policy = cr.load("zhangye")
    mutation = mutate(policy, cases_of(policy), Plan(kinds=("chooser", "binding"), requests=0))
    assert mutation.of("same")
    assert all(not one.differs for one in mutation.of("same"))


def test_a_changed_policy_that_is_none_is_counted_apart(town: Town) -> None:
    rules = """
  - {id: act, clause: a, modality: must_not, when: {is: good}, then: {prohibit: {by: subject, act: {zh: 甲, en: A}}}}
"""
    policy, cases = town(
        rules, "  - {title: 一, request: {subject: {credit_standing: good}}, expect: {clauses: [a]}}\n"
    )
    refused = mutate(policy, cases, Plan(kinds=("binding",), requests=0)).of("refused")
    assert [one.finding for one in refused] == ["CR409"]


def test_cases_that_fail_cannot_judge(town: Town) -> None:
    policy, cases = town(RULES, NEEDED.replace("pending", "proceed"))
    with pytest.raises(CasesFailError):
        mutate(policy, cases, Plan(requests=0))


def test_several_processes_say_the_same(town: Town) -> None:
    policy, cases = town(RULES, NEEDED)
    plan = Plan(only=("report",), requests=40)
    assert mutate(policy, cases, plan) == mutate(policy, cases, plan, jobs=2)


def test_a_sample_says_what_it_left_out(town: Town) -> None:
    policy, cases = town(RULES, NEEDED)
    mutation = mutate(policy, cases, Plan(sample=3, requests=0))
    assert len(mutation.verdicts) == 3
    assert mutation.not_run == len(changes(policy)) - 3
    assert mutate(policy, cases, Plan(seconds=0.0)).verdicts == ()


def test_accepted_survivors_are_explained_until_a_case_notices_them(town: Town, tmp_path: Path) -> None:
    policy, cases = town(RULES, NEEDED)
    (tmp_path / "mutation").mkdir()
    accepted = tmp_path / "mutation" / "town.yaml"
    accepted.write_text(
        "format: 1\npolicy: town\nsurvivors:\n"
        "  - {change: 'rule report when: when: {is: good} → ∅', reason: {zh: 无, en: none}}\n",
        encoding="utf-8",
    )
    plan = Plan(only=("report",), requests=0)
    mutation = mutate(policy, cases, plan, accepted_of(policy))
    assert "rule report when: when: {is: good} → ∅" not in [one.change.key for one in mutation.unexplained]
    assert mutation.stale == ()
    policy, cases = town(RULES, NEEDED + NOT_NEEDED)
    assert mutate(policy, cases, plan, accepted_of(policy)).stale == ("rule report when: when: {is: good} → ∅",)


@pytest.mark.parametrize("name", cr.shipped_policies())
def test_every_change_has_a_place_and_a_name_of_its_own(name: str) -> None:
    policy = cr.load(name)
    found = changes(policy)
    assert len({change.key for change in found}) == len(found)
    for change in found:
        assert change.span is not None, change.key
        assert change.before != change.after, change.key
    assert {change.kind for change in found} <= set(KINDS)


@pytest.mark.parametrize("name", cr.shipped_policies())
def test_words_of_the_author_are_at_the_place_told(name: str) -> None:
    """Where one word was changed, the place told holds that word."""
    policy = cr.load(name)

    def words(change: Change) -> bool:
        return change.kind in ("name", "clause", "matters") and bool(re.fullmatch(r"[\w.]+", change.before))

    told = [change for change in changes(policy) if words(change) and change.before != "any"]
    assert len(told) > 50
    for change in told:
        assert change.span is not None
        assert policy.source.excerpt(change.span).strip("'\"") == change.before, change.key


def test_the_command_shows_survivors_in_both_languages(town: Town) -> None:
    policy, _ = town(RULES, NEEDED)
    path = policy.source.name
    for lang, word in (("zh", "这个案例"), ("en", "this case would notice it")):
        result = CliRunner().invoke(main, ["mutate", path, "--only", "report", "--requests", "40", "--lang", lang])
        assert result.exit_code == 1, result.output
        assert word in result.output
        assert f"{path}:" in result.output
    result = CliRunner().invoke(main, ["mutate", path, "--only", "report", "--requests", "40", "--json"])
    assert json.loads(result.output)["town"]["counts"]["survived"] > 0


def test_the_command_refuses_what_it_cannot_run(town: Town) -> None:
    policy, _ = town(RULES, NEEDED.replace("pending", "proceed"))
    result = CliRunner().invoke(main, ["mutate", policy.source.name])
    assert result.exit_code == 2
    assert "要" in result.stderr
