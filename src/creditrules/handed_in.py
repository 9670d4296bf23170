"""Requests as callers hand them in: a mapping, models or text, as one tree; and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from creditrules.diagnostics import Findings, advice, errors_in, nearest, sorted_findings
from creditrules.errors import RequestError
from creditrules.facts import is_model
from creditrules.reading import iso_date, plain_tree
from creditrules.source import Source
from creditrules.tree import DEFAULT_LIMITS, Node


def a_day(day: dt.date | str | None, name: str) -> dt.date:
    """Read a day given to a call; raises `RequestError` where it is none."""
    found = iso_date(day) if isinstance(day, str) else day
    if not isinstance(found, dt.date) or isinstance(found, dt.datetime):
        findings = Findings()
        findings.report("CR303", None, advice("date-form"), spot=name, text=day)
        raise RequestError(tuple(findings.found))
    return found


def one_of(given: str, known: Collection[str], name: str) -> None:
    """Check a word given to a call; raises `RequestError` where it is none of those known."""
    if given not in known:
        findings = Findings()
        findings.report("CR301", None, nearest(str(given), known), spot=name, value=given, fact=name)
        raise RequestError(tuple(findings.found))


def request_tree(request: object) -> tuple[Source, Node]:
    """Give a request as a tree, from a mapping or from text; raises `RequestError` where the text is no YAML."""
    if isinstance(request, Mapping):
        source = Source("<request>", "")
        try:
            return source, plain_tree(_plain(request))
        except RecursionError:
            findings = Findings(source)
            findings.report("CR109", None, limit=DEFAULT_LIMITS.depth)
            raise RequestError(tuple(findings.found)) from None
    if not isinstance(request, str | Source):
        findings = Findings(Source("<request>", ""))
        findings.report("CR203", None, key="request", wanted="@mapping")
        raise RequestError(tuple(findings.found))
    from creditrules.yaml_tree import json_escapes, yaml_tree

    source = Source("<request>", json_escapes(request)) if isinstance(request, str) else request
    tree, found = yaml_tree(source)
    if tree is None or errors_in(found):
        raise RequestError(sorted_findings(found))
    return source, tree


def _plain(value: object) -> object:
    """Turn pydantic models, wherever they stand, into mappings without what was not said."""
    if is_model(value):
        return {key: _plain(inner) for key, inner in value if key in value.model_fields_set or inner is not None}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
