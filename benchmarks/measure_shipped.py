"""The shipped policies on requests of two papers each, some facts unknown; Kunshan next to a function by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import creditrules as cr
from benchmarks import kunshan_by_hand
from benchmarks.engines import WrongAnswerError
from benchmarks.requests import matters_named, requests
from benchmarks.same_answer import as_by_hand
from benchmarks.timing import Contestant, race

BASE = "Kunshan, by hand"
_PARTS = (
    "outcome", "possible", "missing", "requirements", "papers", "measures", "options", "weights", "referrals",
    "duties", "violations", "conflicts", "differences", "presumed", "taken", "readings", "untold", "rules", "policy",
)  # fmt: skip


def measure(*, rounds: int, seconds: float, count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Time one decision of each shipped policy, and the three ways to hand a request in for Kunshan."""
    contestants = []
    for name in cr.shipped_policies():
        policy = cr.load(name)
        made = requests(policy, count, matters=matters_named(policy))
        contestants += _ways(policy, made, every=name == "kunshan")
        if name == "kunshan":
            check_by_hand(policy, made)
            contestants.append(Contestant(BASE, kunshan_by_hand.decide, [(one,) for one in made]))
    say(f"  {count} requests to each policy")
    return {"shipped": [one.to_dict() for one in race(contestants, rounds=rounds, seconds=seconds)]}


def check_by_hand(policy: cr.Policy, made: Sequence[dict[str, Any]]) -> None:
    """Compare the function by hand with the library, part by part; raises `WrongAnswerError`."""
    for request in made:
        wanted, got = as_by_hand(policy.decide_request(request)), kunshan_by_hand.decide(request)
        for part, there in wanted.items():
            if got[part] != there:
                raise WrongAnswerError(f"{part}: {got[part]} by hand instead of {there} for {request}")


def _ways(policy: cr.Policy, made: Sequence[dict[str, Any]], every: bool) -> list[Contestant]:
    plain = [(one,) for one in made]
    found = [
        Contestant(policy.id, lambda one: policy.decide(**one), plain),
        Contestant(f"{policy.id}, every part looked at", lambda one: _whole(policy.decide(**one)), plain),
    ]
    if every:
        models = [(_models(one),) for one in made]
        found.append(Contestant(f"{policy.id}, pydantic models", lambda one: policy.decide(**one), models))
        found.append(
            Contestant(f"{policy.id}, JSON text", policy.decide_request, [(json.dumps(one),) for one in made])
        )
        found.append(Contestant(f"{policy.id}, with the trace", lambda one: policy.decide(**one).trace.rules, plain))
    return found


def _whole(decision: cr.Decision) -> list[object]:
    """Look at every part, for a decision may make its parts when they are looked at."""
    return [getattr(decision, part) for part in _PARTS]


def _models(request: dict[str, Any]) -> dict[str, Any]:
    found = dict(request)
    found["subject"] = cr.Subject(**request.get("subject", {}))
    found["matter"] = cr.Matter(**request.get("matter", {}))
    found["documents"] = [
        cr.Document(**{**one, "issuer": cr.Issuer(**one.get("issuer", {}))}) for one in request.get("documents", ())
    ]
    return found
