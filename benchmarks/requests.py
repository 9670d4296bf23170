"""Requests as departments make them: two papers each, some facts unknown; the same ones on every machine."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

import creditrules as cr

PAPERS = ("credit_report", "credit_review_report", "credit_record", "credit_commitment")
_SECTIONS = ("subject", "matter", "procedure", "record", "system", "department")
_DAYS = (dt.date(2021, 6, 1), dt.date(2023, 12, 1))
# Facts that no request of a department's own would state at random; they are left out or set by hand.
_BY_HAND = ("matter.code", "document.kind", "subject.kind")


def requests(
    policy: cr.Policy,
    count: int,
    *,
    seed: str = "requests",
    unknown: float = 0.15,
    papers: Sequence[str] = PAPERS,
    matters: Sequence[str] | None = None,
    no_matter: float = 0.0,
    untold_papers: float = 0.0,
    consulted: float = 0.5,
) -> list[dict[str, Any]]:
    """Make requests that a policy reads without a finding.

    `unknown` is the share of the facts the policy's rules test that are left out; `no_matter` and `untold_papers` the
    share of requests without a matter, and without a word on papers; `consulted` that with sources asked.
    """
    rng = random.Random(f"{seed}/{policy.id}")
    facts = _tested(policy)
    shares = (no_matter, untold_papers, consulted)
    return [_in_accord(policy, _request(rng, policy, facts, unknown, papers, matters, shares)) for _ in range(count)]


def _in_accord(policy: cr.Policy, request: dict[str, Any]) -> dict[str, Any]:
    """Take out the facts that contradict others: no department would state both."""
    while True:
        try:
            policy.decide_request(request)
        except cr.RequestError as refused:
            for finding in refused.findings:
                paper, _, name = finding.spot.rpartition(": ")
                scope, _, key = name.partition(".")
                for holder in _holders(request, paper, scope):
                    holder.pop(key, None)
        else:
            return request


def _holders(request: dict[str, Any], paper: str, scope: str) -> list[dict[str, Any]]:
    if not paper:
        return [request.get(scope, {})]
    papers = [one for one in request["documents"] if one["id"] == paper]
    return [one["issuer"] if scope == "issuer" else one for one in papers]


def matters_named(policy: cr.Policy) -> list[str]:
    """Give the matters that rules of a policy name, and two that they do not."""
    named = {one.text for rule in policy.model.rules if rule.matters not in (None, "any") for one in rule.matters}
    return [*sorted(named), "registration", "cadre_assessment"]


def _tested(policy: cr.Policy) -> dict[str, Any]:
    """Give the facts that rules, terms and premises of a policy test, by name."""
    names: set[str] = set()
    todo: list[Any] = [policy.model]
    while todo:
        here = todo.pop()
        if isinstance(here, Mapping):
            todo += here.values()
        elif isinstance(here, list | tuple):
            todo += here
        elif hasattr(here, "model_fields_set"):
            todo += [value for _, value in here]
        elif isinstance(here, str):
            names.add(here)
        elif hasattr(here, "__dataclass_fields__"):
            todo += [getattr(here, name) for name in here.__dataclass_fields__]
    known = {**policy.vocabulary.facts, **policy.model.facts}
    return {name: fact for name, fact in sorted(known.items()) if name in names and name not in _BY_HAND}


def _request(
    rng: random.Random,
    policy: cr.Policy,
    facts: Mapping[str, Any],
    unknown: float,
    papers: Sequence[str],
    matters: Sequence[str] | None,
    shares: tuple[float, float, float],
) -> dict[str, Any]:
    no_matter, untold_papers, consulted = shares
    first, last = _DAYS
    on = first + dt.timedelta(days=rng.randrange((last - first).days))
    sections: dict[str, dict[str, Any]] = {name: {} for name in _SECTIONS}

    def state(holder: dict[str, Any], scope: str) -> None:
        for name, fact in facts.items():
            if name.startswith(f"{scope}.") and rng.random() >= unknown:
                holder[name.partition(".")[2]] = _value(rng, policy, fact, on)

    for scope in _SECTIONS:
        state(sections[scope], scope)
    kinds = list(policy.vocabulary.facts["subject.kind"].values or ())
    if rng.random() >= unknown / 3:
        sections["subject"]["kind"] = "company" if rng.random() < 0.6 else rng.choice(kinds)
    sections["matter"]["code"] = rng.choice(list(matters or policy.vocabulary.matters))
    documents = []
    for number in range(2):
        paper: dict[str, Any] = {"id": f"d{number}", "kind": rng.choice(list(papers)), "issuer": {}}
        state(paper, "document")
        state(paper["issuer"], "issuer")
        documents.append(paper)
    request: dict[str, Any] = {"on": on.isoformat()}
    request |= {name: section for name, section in sections.items() if section}
    if rng.random() < no_matter:
        del request["matter"]
    if rng.random() >= untold_papers:
        request["documents"] = documents
    if rng.random() < consulted:
        request["consulted"] = ["credit_platform"]
    return request


def _value(rng: random.Random, policy: cr.Policy, fact: Any, on: dt.date) -> Any:
    match fact.type:
        case "bool":
            return rng.random() < 0.5
        case "date":
            if rng.random() < 0.1:
                return "not_yet"
            return (on - dt.timedelta(days=rng.randrange(700))).isoformat()
        case "list[date]":
            return sorted((on - dt.timedelta(days=rng.randrange(700))).isoformat() for _ in range(2))
        case "enum" | "level":
            return rng.choice(list(fact.values))
        case "list[enum]":
            values = list(fact.values)
            return values if rng.random() < 0.5 else sorted(rng.sample(values, rng.randint(0, min(3, len(values)))))
        case "number":
            return rng.randrange(100)
    return rng.choice(["财政局", "昆山市教育局", "城管局", "一般"])
