"""Random requests for a policy: the facts its rules read, each left unknown now and then, and up to three papers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

import creditrules as cr
from creditrules.evaluator import tested_facts
from creditrules.missing import tests_of
from creditrules.program import FactInfo, Program

FIRST, LAST = dt.date(2017, 1, 1), dt.date(2024, 12, 31)
_DAYS = st.dates(dt.date(2016, 1, 1), LAST)


def facts_read(program: Program) -> list[FactInfo]:
    """Give the facts any rule, scope or premise of a program reads."""
    names: set[str] = set()
    for fact in program.facts.values():
        if tests_of(program, fact.name) or fact.type in ("date", "list[date]"):
            names.add(fact.name)
        if fact.only_if is not None and tests_of(program, fact.name):
            names |= tested_facts(fact.only_if)
    return [program.facts[name] for name in sorted(names)]


def values(info: FactInfo, program: Program) -> st.SearchStrategy[Any]:
    """Give a strategy for a fact's values as a request writes them."""
    if info.type == "bool":
        return st.booleans()
    if info.type == "date":
        return st.one_of(_DAYS.map(dt.date.isoformat), st.just("not_yet"))
    if info.type == "list[date]":
        return st.lists(_DAYS.map(dt.date.isoformat), max_size=3)
    spoken = sorted({str(one) for test in tests_of(program, info.name) for one in test.values if one != ""})
    known = list(info.kinds or info.ranks or spoken)
    if info.type.startswith("list["):
        return st.lists(st.sampled_from(known), max_size=3, unique=True) if known else st.just([])
    if info.type == "str":
        known = [*spoken, "别的"]
    return st.sampled_from(known)


@st.composite
def requests(draw: st.DrawFn, policy: cr.Policy) -> dict[str, Any]:
    """Draw a request that contradicts nothing, as a plain mapping."""
    program = policy.program
    request: dict[str, Any] = {"on": draw(st.dates(FIRST, LAST)).isoformat()}
    infos = facts_read(program)

    def section(scopes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for info in infos:
            if info.scope in scopes and info.name != "document.kind" and draw(st.integers(0, 9)) < 6:
                found.setdefault(info.scope, {})[info.name.partition(".")[2]] = draw(values(info, program))
        return found

    request |= section(("subject", "procedure", "record", "system", "department"))
    if draw(st.integers(0, 9)):
        request["matter"] = section(("matter",)).get("matter", {})
        if draw(st.integers(0, 9)):
            request["matter"]["code"] = draw(st.sampled_from(sorted(program.matters)))
    if draw(st.integers(0, 9)):
        papers = []
        for number in range(draw(st.integers(0, 3))):
            parts = section(("document", "issuer"))
            kind = draw(st.sampled_from(sorted(program.papers)))
            papers.append(
                {"id": f"p{number}", "kind": kind, **parts.get("document", {}), "issuer": parts.get("issuer", {})}
            )
        request["documents"] = papers
    if draw(st.booleans()):
        request["consulted"] = draw(
            st.lists(st.sampled_from(["credit_platform", "credit_site", "credit_office"]), unique=True)
        )
    return _without_contradictions(policy, request)


def _without_contradictions(policy: cr.Policy, request: dict[str, Any]) -> dict[str, Any]:
    """Take away what a refusal complains of, until nothing is refused."""
    for _ in range(20):
        try:
            policy.decide_request(request)
        except cr.RequestError as error:
            for finding in error.findings:
                assert finding.code in ("CR502", "CR503"), finding.line("en")
                paper, _, name = finding.spot.rpartition(": ")
                scope, _, key = name.partition(".")
                for holder in _holders(request, paper, scope):
                    holder.pop(key, None)
        else:
            break
    return request


def _holders(request: dict[str, Any], paper: str, scope: str) -> list[dict[str, Any]]:
    if not paper:
        return [request.get(scope, {})]
    papers = [one for one in request.get("documents", []) if one["id"] == paper]
    return [one["issuer"] if scope == "issuer" else one for one in papers]


def waiting_in_zhangye(published_on: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give a company and its papers in Zhangye, where a report of an agency from elsewhere was published on a day."""
    issuer = {"credit_service_agency": True, "independent": True, "registered_locally": False, "filed_locally": False}
    report = {
        "id": "r", "kind": "credit_report", "meets_national_standard": True, "pboc_review_passed": "passed",
        "pboc_opinion_filed": True, "filed_with_credit_office": True, "published_on": published_on,
        "publicity_objection": False, "issuer": {**issuer, "filing_proof": True},
    }  # fmt: skip
    record = {"id": "k", "kind": "credit_record", "issuer": {"credit_service_agency": True}}
    subject = {"kind": "company", "dishonest": False, "on_red_list": False, "credit_standing": "ordinary"}
    return subject, [report, record]
