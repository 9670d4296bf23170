"""The case files are the specification: every case of every shipped policy."""

from __future__ import annotations

import json

import pytest

import creditrules as cr
from creditrules.analysis.coverage import coverage
from creditrules.testing.cases import Case, cases_of, load_cases, run_case

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
CASES = [(name, case) for name, policy in POLICIES.items() for case in load_cases(cases_of(policy)).cases]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case.title}" for name, case in CASES])
def test_case(name: str, case: Case) -> None:
    result = run_case(POLICIES[name], case)
    assert result.passed, "\n".join(
        f"{one.key}: expected {json.dumps(one.expected, ensure_ascii=False)}, "
        f"got {json.dumps(one.got, ensure_ascii=False)}"
        for one in result.differences
    )


@pytest.mark.parametrize("name", POLICIES)
def test_policy_is_clean_and_covered(name: str) -> None:
    policy = POLICIES[name]
    assert policy.findings == ()
    assert coverage(policy).findings == ()


@pytest.mark.parametrize("name", POLICIES)
def test_policy_has_thirty_cases_with_titles_of_their_own(name: str) -> None:
    titles = [case.title for policy, case in CASES if policy == name]
    assert len(titles) >= 30
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", POLICIES)
def test_every_rule_holds_in_some_case(name: str) -> None:
    policy = POLICIES[name]
    held: set[str] = set()
    for owner, case in CASES:
        if owner == name and (decision := run_case(policy, case).decision) is not None:
            held |= {one.rule for one in decision.rules}
    assert {f"{name}:{rule.id.text}" for rule in policy.model.rules} - held == set()


def test_a_case_that_expects_otherwise_fails() -> None:
    policy = POLICIES["kunshan"]
    case = load_cases(cases_of(policy)).cases[0]
    for key, wrong in (
        ("outcome", "excluded"),
        ("clauses", ["art99"]),
        ("papers", {"x": "lapsed"}),
        ("missing", ["x"]),
    ):
        twisted = Case(case.title, case.request, {key: wrong}, case.source, case.span)
        result = run_case(policy, twisted)
        assert [one.key for one in result.differences] == [key]
