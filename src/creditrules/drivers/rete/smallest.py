"""The smallest request that still shows something: facts, papers and sources are taken away while it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from creditrules.facts import Paper, Request

TRIED_AT_MOST = 400  # requests
Piece: TypeAlias = tuple[str, ...]


def smallest(request: Request, shows: Callable[[Request], bool]) -> Request:
    """Take away what can be taken away, so that leaving out any one thing more would no longer show it.

    Names and identity numbers go first: no rule sees them. After `TRIED_AT_MOST` requests it is the smallest so far.
    """
    tries = iter(range(TRIED_AT_MOST))

    def shown(smaller: Request) -> bool:
        return next(tries, None) is not None and shows(smaller)

    here = replace(request, identity={})
    before = None
    while here != before:
        before = here
        pieces = list(_pieces(here))
        size = max(1, len(pieces) // 2)
        while size:
            for start in range(0, len(pieces), size):
                smaller = _without(here, set(pieces[start : start + size]))
                if smaller != here and shown(smaller):
                    here = smaller
            size //= 2
    return here


def _pieces(request: Request) -> Iterator[Piece]:
    """Give what may be taken away, the largest first; the kind of a paper goes with the paper alone."""
    if request.papers is not None:
        yield ("papers",)
    for paper in request.papers or ():
        yield ("paper", paper.id)
    if request.matter == "given":
        yield ("matter",)
    for source in sorted(request.consulted):
        yield ("source", source)
    for name in sorted(request.values):
        yield ("fact", name)
    for paper in request.papers or ():
        for name in sorted(paper.values):
            if name != "document.kind":
                yield ("fact", name, paper.id)


def _without(request: Request, gone: set[Piece]) -> Request:
    """Leave pieces out. `papers` alone leaves untold which were handed in; `matter` leaves none before anybody."""
    papers = None
    if request.papers is not None and ("papers",) not in gone:
        papers = tuple(
            Paper(one.id, {name: value for name, value in one.values.items() if ("fact", name, one.id) not in gone})
            for one in request.papers
            if ("paper", one.id) not in gone
        )
    no_matter = ("matter",) in gone
    values = {
        name: value
        for name, value in request.values.items()
        if ("fact", name) not in gone and not (no_matter and name.startswith("matter."))
    }
    consulted = frozenset(one for one in request.consulted if ("source", one) not in gone)
    return replace(
        request, matter="none" if no_matter else request.matter, values=values, papers=papers, consulted=consulted
    )
