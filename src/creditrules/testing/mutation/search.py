"""Looking for a request that a policy and its changed form decide otherwise, and making it small."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from creditrules.contradictions import contradictions
from creditrules.decide import decide
from creditrules.decision import Decision
from creditrules.facts import Request
from creditrules.program import Program
from creditrules.testing.mutation.nearby import Nearby, with_paper

_TRIES = 80  # smaller requests tried


@dataclass(frozen=True, slots=True)
class Found:
    """A request on which the two differ, both decisions, and how many requests were looked at."""

    request: Request
    original: Decision
    changed: Decision
    looked_at: int


@dataclass(frozen=True, slots=True)
class NotFound:
    """No difference in so many requests."""

    looked_at: int


def distinguishing(
    original: Program,
    changed: Program,
    seeds: Sequence[Request],
    touched: Iterable[str] | None,
    limit: int,
    seed: int,
    kept: frozenset[str] = frozenset(),
) -> Found | NotFound:
    """Look for a request on which two programs differ, near the `seeds`, on which they do not; the first come first.
    `touched` names the rules that the change is in (`None`: any); at most `limit` requests are looked at. Facts
    `kept` are not taken away when a request is made small."""
    looked_at = 0
    pool = Nearby(original, changed, None if touched is None else frozenset(touched))
    for request in pool.drawn(seeds, limit, random.Random(seed)):
        looked_at += 1
        if not pool.worth_deciding(request):
            continue
        pair = _differ(original, changed, request)
        if pair is not None and not contradictions(original, request) and not contradictions(changed, request):
            return Found(*_smaller(original, changed, request, pair, kept), looked_at)
    return NotFound(looked_at)


def _differ(original: Program, changed: Program, request: Request) -> tuple[Decision, Decision] | None:
    one, other = decide((original,), request), decide((changed,), request)
    return (one, other) if differing(one, other) else None


def _smaller(
    original: Program, changed: Program, request: Request, pair: tuple[Decision, Decision], kept: frozenset[str]
) -> tuple[Request, Decision, Decision]:
    """Take away papers and facts one by one as long as the two still differ, and in the same parts."""
    parts = differing(*pair)
    shrunk, tries = True, 0
    while shrunk and tries < _TRIES:
        shrunk = False
        for smaller in _simpler(request, kept):
            tries += 1
            if contradictions(original, smaller) or contradictions(changed, smaller):
                continue
            found = _differ(original, changed, smaller)
            if found is not None and differing(*found)[:1] == parts[:1]:
                request, pair, shrunk = smaller, found, True
                break
    return request, *pair


def _simpler(request: Request, kept: frozenset[str]) -> Iterator[Request]:
    for paper in request.papers or ():
        yield replace(request, papers=tuple(one for one in request.papers or () if one is not paper))
    for name in sorted(request.values.keys() - kept):
        yield replace(request, values={key: value for key, value in request.values.items() if key != name})
    for paper in request.papers or ():
        for name in paper.values:
            if name != "document.kind":
                yield with_paper(request, paper, {key: value for key, value in paper.values.items() if key != name})
    for source in sorted(request.consulted):
        yield replace(request, consulted=request.consulted - {source})


PARTS = (
    "outcome", "possible", "papers", "requirements", "measures", "options", "weights", "duties", "violations",
    "referrals", "conflicts", "missing", "untold", "presumed", "taken", "readings", "rules",
)  # fmt: skip


def differing(one: Decision, other: Decision) -> tuple[str, ...]:
    """Name the parts in which two decisions differ, what a case would first say of them first; the days in force that
    a decision repeats from the document are none of them."""
    return tuple(part for part in PARTS if getattr(one, part) != getattr(other, part))
