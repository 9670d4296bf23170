"""What a law is, what it is held against, and what is said when it is broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from creditrules.decision import Decision
from creditrules.errors import RequestError
from creditrules.front import Policy
from creditrules.testing.draft import as_yaml

Request: TypeAlias = Mapping[str, object]
Decide: TypeAlias = Callable[[Request], Decision]
Driver: TypeAlias = Callable[[Request], Decision | Mapping[str, object] | None]


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What laws are held against: a policy, the way it is decided, and what its author claims of it.

    `decide` is `policy.decide_request` unless another way is to be tested. `drivers` are further ways to the same
    answer, or to a part of it; `bad_records` says of facts which value is a bad record.
    """

    policy: Policy
    decide: Decide
    drivers: Mapping[str, Driver] = field(default_factory=dict)
    bad_records: Mapping[str, object] = field(default_factory=dict)

    def decided(self, request: Request) -> Decision | None:
        """Decide a request; `None` where it is refused."""
        try:
            return self.decide(request)
        except RequestError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """Something that holds for every request: one sentence and the reason, in Chinese and English, and the test.

    `check` gives `None` where the law holds for a request. `chance` decides what is tried where there is too much to
    try all of it.
    """

    name: str
    zh: str
    en: str
    because: str
    check: Callable[[Bench, Request, Random], Broken | None] = field(repr=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """A request for which a law does not hold: two sides that should agree, and the clauses they turn on.

    `again` tests the same point on another request, so that a smaller one can be looked for.
    """

    request: Request
    one: tuple[str, object]
    other: tuple[str, object]
    clauses: tuple[str, ...]
    again: Callable[[Request], Broken | None] = field(repr=False)


class BrokenLawError(AssertionError):
    """A law does not hold: the engine is wrong, or the policy does not keep what was claimed of it.

    The text has the smallest request found, both sides and the clauses. Paste the request into a file and run
    `creditrules explain` on it.
    """

    def __init__(self, law: Law, broken: Broken, policy: str) -> None:
        super().__init__(broken_text(law, broken, policy))
        self.law, self.broken = law, broken


def broken_text(law: Law, broken: Broken, policy: str) -> str:
    """Tell a broken law to whoever has to mend it."""
    request = as_yaml({"policy": policy, **broken.request})
    lines = [f"定律不成立 broken law: {law.name}", f"  {law.zh}", f"  {law.en}", f"  because: {law.because}"]
    lines += ["最小的请求 smallest request:", *(f"  {line}" for line in request.splitlines())]
    for label, side in (broken.one, broken.other):
        lines.append(f"{label}:")
        lines += [f"  {line}" for line in _said(side)]
    lines.append(f"条款 clauses: {', '.join(broken.clauses) or '—'}")
    return "\n".join(lines)


def _said(side: object) -> list[str]:
    if isinstance(side, Mapping):
        return [f"{key}: {json.dumps(value, ensure_ascii=False, default=str)}" for key, value in side.items()]
    return [side if isinstance(side, str) else json.dumps(side, ensure_ascii=False, default=str)]


def sides(one: Mapping[str, object], other: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Give the parts of two answers that differ, each list without what both have."""
    left: dict[str, object] = {}
    right: dict[str, object] = {}
    for key in sorted({*one, *other}):
        mine, theirs = one.get(key), other.get(key)
        if mine == theirs:
            continue
        if isinstance(mine, list) and isinstance(theirs, list) and key not in ("possible",):
            left[key] = [entry for entry in mine if entry not in theirs] or mine
            right[key] = [entry for entry in theirs if entry not in mine] or theirs
        else:
            left[key], right[key] = mine, theirs
    return left, right


def clauses_in(*answers: object) -> tuple[str, ...]:
    """Give every clause cited anywhere in the answers."""
    found: set[str] = set()
    todo = list(answers)
    while todo:
        here = todo.pop()
        if isinstance(here, Mapping):
            clauses = here.get("clauses")
            found |= {str(one) for one in clauses} if isinstance(clauses, Sequence) else set()
            todo += here.values()
        elif isinstance(here, list | tuple):
            todo += here
    return tuple(sorted(found))


def apart(
    request: Request,
    one: tuple[str, Decision],
    other: tuple[str, Decision],
    again: Callable[[Request], Broken | None],
) -> Broken | None:
    """Compare two decisions that should be the same, byte for byte."""
    if one[1].to_json() == other[1].to_json():
        return None
    left, right = sides(one[1].to_dict(), other[1].to_dict())
    clauses = clauses_in(left, right) or clauses_in(one[1].to_dict(), other[1].to_dict())
    return Broken(request, (one[0], left), (other[0], right), clauses, again)
