"""The smallest request for which a law is still broken: what can be left out is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from creditrules.testing.draft import Handed
from creditrules.testing.laws.law import Broken


def smallest(broken: Broken) -> Broken:
    """Leave out sections, papers and facts one by one as long as the law stays broken."""
    best, tried = broken, set()
    while True:
        for request in _with_less(best.request):
            text = repr(request)
            if text in tried:
                continue
            tried.add(text)
            still = best.again(Handed(request))
            if still is not None:
                best = still
                break
        else:
            return best


def _with_less(request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in request.items():
        if key == "on":
            continue
        yield {name: inner for name, inner in request.items() if name != key}
        if key == "documents" and isinstance(value, list):
            for place, paper in enumerate(value):
                yield {**request, key: [*value[:place], *value[place + 1 :]]}
                for less in _without_one(paper, ("id", "kind")):
                    yield {**request, key: [*value[:place], less, *value[place + 1 :]]}
        elif isinstance(value, Mapping):
            for less in _without_one(value, ()):
                yield {**request, key: less}
        elif isinstance(value, list) and len(value) > 1:
            for place in range(len(value)):
                yield {**request, key: [*value[:place], *value[place + 1 :]]}


def _without_one(section: Mapping[str, Any], kept: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for key, value in section.items():
        if key in kept:
            continue
        yield {name: inner for name, inner in section.items() if name != key}
        if isinstance(value, Mapping):
            for less in _without_one(value, ()):
                yield {**section, key: less}
