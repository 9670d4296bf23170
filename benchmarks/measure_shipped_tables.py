"""Cangzhou on many requests at once, next to SQL by hand: outcome, measures and rules that hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import creditrules as cr
from benchmarks import cangzhou_by_hand
from benchmarks.engines import WrongAnswerError
from benchmarks.requests import matters_named, requests
from benchmarks.timing import whole

BASE = "Cangzhou, SQL by hand"
COLUMNS = ("outcome", "measures", "rules")


def made(policy: cr.Policy, count: int, seed: str = "requests", unknown: float = 0.15) -> list[dict[str, Any]]:
    """Make requests that fit the flat table: with a matter, and no source asked."""
    matters = matters_named(policy)
    papers = ("credit_report", "credit_record", "rating_certificate", "third_party_personal_report")
    return requests(
        policy, count, seed=seed, unknown=unknown, papers=papers, matters=matters, untold_papers=0.1, consulted=0
    )


def answer_of(decision: cr.Decision) -> tuple[str, list[str], list[str]]:
    """Give what the statement gives, in its words."""
    rules = [one.rule.partition(":")[2] + (f"|{one.document}" if one.document else "") for one in decision.rules]
    return decision.outcome, sorted(one.code for one in decision.measures), sorted(rules)


def check_by_hand(policy: cr.Policy, cases: Sequence[dict[str, Any]]) -> None:
    """Compare the statement with the library, row by row; raises `WrongAnswerError`."""
    connection = cangzhou_by_hand.connect()
    rows = cangzhou_by_hand.decide_table(connection, cangzhou_by_hand.as_table(cases)).to_pylist()
    for request, row in zip(cases, rows, strict=True):
        got = row["outcome"], sorted(row["measures"]), sorted(row["rules"])
        wanted = answer_of(policy.decide_request(request))
        if got != wanted:
            raise WrongAnswerError(f"{got} in SQL instead of {wanted} for {request}")


def measure(rows: int, *, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Time a table of requests; they repeat after some thousands."""
    policy = cr.load("cangzhou")
    some = made(policy, min(rows, 400))
    check_by_hand(policy, some[:100])
    small = cangzhou_by_hand.as_table(some)
    big = small.take([number % len(some) for number in range(rows)]).combine_chunks()
    connection = cangzhou_by_hand.connect()
    functions: dict[str, Callable[[], object]] = {BASE: partial(cangzhou_by_hand.decide_table, connection, big)}
    if hasattr(policy, "decide_table"):
        functions["cangzhou"] = partial(policy.decide_table, big, columns=list(COLUMNS))
    else:
        say("  creditrules has no decide_table yet: no row for it")
    found = whole(functions, rounds)
    return {"rows": rows, "batch": [{"name": name, **times} for name, times in found.items()]}
