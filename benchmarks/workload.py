"""The generated work: policies of 12 to 12,000 rules, subjects of 20 facts, and the slow, plain answer to both.

Everything follows from `SEED`, so every machine does the same work. A policy is plain data, as from JSON:

    {"matters": ["m000", ..],
     "rules": [{"id": "r00000", "matter": "m000", "when": [condition, ..], "measure": "refuse", "priority": 42}, ..]}

A condition is `{"op", "fact", "value"}`, `{"op": "or", "args": [..]}` or `{"op": "not", "arg": ..}`. An answer is
`(outcome, measures, rule ids)`: the rules that hold, by falling priority and then by id, what they bring, and the
strongest outcome among deny > restrict > require > allow.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

SEED = 20260101
SIZES = {"12": (12, 11), "120": (120, 11), "1200": (1200, 100), "12000": (12000, 300)}  # rules, matters

STRONGEST_FIRST = ("deny", "restrict", "require", "allow")
OUTCOME_OF = {
    "refuse": "deny", "suspend": "deny", "terminate": "deny",
    "cap_amount": "restrict", "shorten_term": "restrict", "no_renewal": "restrict",
    "ask_guarantor": "require", "ask_deposit": "require", "ask_document": "require", "manual_review": "require",
    "approve": "allow", "fast_track": "allow",
}  # fmt: skip

FIRST_DAY, LAST_DAY = dt.date(2015, 1, 1), dt.date(2026, 12, 31)
ENUMS: dict[str, list[str]] = {
    "residency": ["resident", "non_resident", "temporary", "posted"],
    "legal_form": ["individual", "sole_trader", "llc", "plc", "nonprofit", "public"],
    "sector": (
        [
            "retail",
            "food",
            "transport",
            "building",
            "health",
            "education",
            "finance",
            "farming",
            "energy",
            "media",
            "tourism",
            "other",
        ]
    ),
    "district": ["north", "south", "east", "west", "centre", "harbour", "hills", "old_town"],
    "risk_band": ["A", "B", "C", "D", "E"],
}
NUMBERS = {
    "score": (0, 1000), "arrears": (0, 500_000), "open_cases": (0, 9),
    "years_active": (0, 40), "income": (0, 200_000), "prior_defaults": (0, 5),
}  # fmt: skip
YES_NO = ("verified", "guarantor", "tax_clearance", "payment_plan")
DATES = ("registered_on", "last_review_on", "permit_expires_on")
LISTS: dict[str, list[str]] = {
    "lists": ["blacklist", "watchlist", "sanctions", "pep", "fraud", "vip", "partner", "dormant"],
    "permits": [
        "market",
        "terrace",
        "parking",
        "building",
        "events",
        "signage",
        "waste",
        "water",
        "transport",
        "alcohol",
    ],
}
FACTS = (*ENUMS, *NUMBERS, *YES_NO, *DATES, *LISTS)  # in the order the generator draws from

Data: TypeAlias = dict[str, Any]
Answer: TypeAlias = tuple[str, list[str], list[str]]


def matter_names(size: str) -> list[str]:
    """Name the matters of a size: `m000`, `m001` and so on."""
    return [f"m{number:03d}" for number in range(SIZES[size][1])]


# policies


def policy(size: str) -> Data:
    """Make the policy of a size."""
    rules, matters = SIZES[size][0], matter_names(size)
    rng = random.Random(f"{SEED}/policy/{size}")
    return {
        "matters": matters,
        "rules": [_rule(rng, number, matters[number % len(matters)]) for number in range(rules)],
    }


def _rule(rng: random.Random, number: int, matter: str) -> Data:
    count = rng.choices([1, 2, 3, 4], weights=[2, 3, 3, 2])[0]
    *facts, spare = rng.sample(list(FACTS), count + 1)
    when = [_test(rng, fact) for fact in facts]
    shape = rng.random()
    if shape < 0.10:
        when[-1] = {"op": "or", "args": [when[-1], _test(rng, spare)]}
    elif shape < 0.20:
        when[-1] = {"op": "not", "arg": when[-1]}
    measure, priority = rng.choice(list(OUTCOME_OF)), rng.randint(0, 99)
    return {"id": f"r{number:05d}", "matter": matter, "when": when, "measure": measure, "priority": priority}


def _test(rng: random.Random, fact: str) -> Data:
    if fact in ENUMS:
        if rng.random() < 0.6:
            return {"op": "eq", "fact": fact, "value": rng.choice(ENUMS[fact])}
        return {"op": "in", "fact": fact, "value": sorted(rng.sample(ENUMS[fact], rng.randint(2, 3)))}
    if fact in NUMBERS:
        low, high = NUMBERS[fact]
        limit = low + round((high - low) * rng.uniform(0.2, 0.8))
        exact = ["int_eq"] if high <= 9 else []
        return {"op": rng.choice(["lt", "le", "gt", "ge", *exact]), "fact": fact, "value": limit}
    if fact in YES_NO:
        return {"op": "is", "fact": fact, "value": rng.random() < 0.5}
    if fact in DATES:
        day = FIRST_DAY + dt.timedelta(days=round((LAST_DAY - FIRST_DAY).days * rng.uniform(0.2, 0.8)))
        return {"op": rng.choice(["before", "from"]), "fact": fact, "value": day.isoformat()}
    return {"op": "has", "fact": fact, "value": rng.choice(LISTS[fact])}


def in_decision_order(policy: Mapping[str, Any]) -> dict[str, list[Data]]:
    """Give the rules of each matter by falling priority, then by id."""
    groups: dict[str, list[Data]] = {matter: [] for matter in policy["matters"]}
    for rule in sorted(policy["rules"], key=lambda rule: (-rule["priority"], rule["id"])):
        groups[rule["matter"]].append(rule)
    return groups


# subjects


def table(rows: int, size: str, stream: str) -> Any:
    """Make an Arrow table of subjects with a matter each; `stream` names one of many such tables."""
    import numpy as np
    import pyarrow as pa

    seed = hashlib.sha256(f"{SEED}/{stream}/{size}".encode()).digest()[:8]
    rng = np.random.default_rng(int.from_bytes(seed, "big"))

    def texts(domain: Sequence[str], places: Any) -> Any:
        return pa.array(domain).take(pa.array(places))

    def members(domain: Sequence[str]) -> Any:
        there = rng.random((rows, len(domain))) < 0.2
        ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype("int32")
        return pa.ListArray.from_arrays(pa.array(ends), texts(domain, np.nonzero(there)[1]))

    first, last = ((day - dt.date(1970, 1, 1)).days for day in (FIRST_DAY, LAST_DAY))
    matters = matter_names(size)
    columns = {"matter": texts(matters, rng.integers(0, len(matters), rows))}
    columns |= {fact: texts(domain, rng.integers(0, len(domain), rows)) for fact, domain in ENUMS.items()}
    for fact, (low, high) in NUMBERS.items():
        columns[fact] = pa.array(rng.integers(low, high + 1, rows), pa.int64())
    columns |= {fact: pa.array(rng.random(rows) < 0.5) for fact in YES_NO}
    for fact in DATES:
        columns[fact] = pa.array(rng.integers(first, last + 1, rows).astype("int32"), pa.date32())
    columns |= {fact: members(domain) for fact, domain in LISTS.items()}
    return pa.table(columns)


def requests(rows: int, size: str, stream: str = "one") -> list[tuple[Data, str]]:
    """Make subjects as plain mappings, dates as ISO text, each with its matter."""
    found = []
    for row in table(rows, size, stream).to_pylist():
        matter = row.pop("matter")
        found.append(({**row, **{fact: row[fact].isoformat() for fact in DATES}}, matter))
    return found


# the answer


def holds(condition: Mapping[str, Any], subject: Mapping[str, Any]) -> bool:
    """Say whether a condition holds of a subject; the meaning every adapter is checked against."""
    match condition:
        case {"op": "or", "args": args}:
            return any(holds(one, subject) for one in args)
        case {"op": "not", "arg": inner}:
            return not holds(inner, subject)
    there, wanted = subject[condition["fact"]], condition["value"]
    match condition["op"]:
        case "eq" | "int_eq" | "is":
            return bool(there == wanted)
        case "in":
            return there in wanted
        case "has":
            return wanted in there
        case "lt" | "before":
            return bool(there < wanted)
        case "le":
            return bool(there <= wanted)
        case "gt":
            return bool(there > wanted)
        case "ge" | "from":
            return bool(there >= wanted)
    raise ValueError(condition)


def answer(groups: Mapping[str, Sequence[Data]], subject: Mapping[str, Any], matter: str) -> Answer:
    """Give the slow, plain answer; `groups` is what `in_decision_order` gave."""
    held = [rule for rule in groups[matter] if all(holds(one, subject) for one in rule["when"])]
    measures = [rule["measure"] for rule in held]
    reached = {OUTCOME_OF[measure] for measure in measures}
    outcome = next((one for one in STRONGEST_FIRST if one in reached), "allow")
    return outcome, measures, [rule["id"] for rule in held]
