"""From a row of a table to a request, as a mapping that the front door takes; nothing is decided here.

A value that cannot stand where it does is left as it is, so that the reader of requests refuses it in its own words.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from creditrules.diagnostics import Findings, advice
from creditrules.drivers.table.layout import Layout, paper_fact
from creditrules.errors import RequestError
from creditrules.vocabulary import Fact

NOT_YET_DATE = dt.date(9999, 12, 31)
_TRUTHS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,9})?")


def row_values(table: pa.Table, rows: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Give rows of a plain table as mappings from column to value."""
    yield from table.take(pa.array(list(rows), pa.int64())).to_pylist()


def request_of(row: Mapping[str, Any], layout: Layout, fixed: Mapping[str, object]) -> dict[str, object]:
    """Give the request of a row; `fixed` holds what is the same for all rows: `policy`, `area`, `consulted`.

    Raises `RequestError` where the row itself says two things at once.
    """
    request: dict[str, object] = {}
    for key in ("on", "policy", "area", "consulted"):
        given = row[key] if key in layout.plain else None
        if given is not None:
            request[key] = _day(_listed(given))
        elif fixed.get(key) is not None:
            request[key] = fixed[key]
    sections: dict[str, dict[str, object]] = {}
    for column, name in layout.facts.items():
        value = row[column]
        if value is not None:
            scope, _, key = name.partition(".")
            sections.setdefault(scope, {})[key] = written(value, layout.fact(name))
    matter = _matter(row, layout, sections.pop("matter", {}))
    if matter is not None:
        request["matter"] = matter
    request |= sections
    if "documents" in layout.plain:
        request["documents"] = _documents(row["documents"], layout)
    return request


def _matter(row: Mapping[str, Any], layout: Layout, facts: dict[str, object]) -> object:
    """Tell no matter from one that nobody told: by the column `matter`, else by whether a fact of it is there."""
    told = row["matter"] if "matter" in layout.plain else None
    if told is None:
        return facts or None
    if told not in (True, False, "true", "false"):
        return told
    if told in (True, "true"):
        return facts
    if facts:
        findings = Findings()
        fact = f"matter.{next(iter(facts))}"
        findings.report(
            "CR541", None, advice("correct-one"), spot="matter", column="matter", given="false", fact=fact
        )
        raise RequestError(tuple(findings.found))
    return None


def _listed(value: object) -> object:
    """Read a list written as JSON in a column of text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def written(value: object, fact: Fact | None) -> object:
    """Give the value of a fact as a request writes it."""
    if fact is not None and fact.is_list:
        value = _listed(value)
    if isinstance(value, list | tuple):
        return [_one(item, fact) for item in value]
    return _one(value, fact)


def _one(value: object, fact: Fact | None) -> object:
    if isinstance(value, str):
        type_ = fact.type if fact is not None else "str"
        if type_ == "bool":
            return _TRUTHS.get(value, value)
        if type_ == "number" and _NUMBER.fullmatch(value):
            return Decimal(value) if "." in value else int(value)
        return value
    if isinstance(value, float | Decimal):
        return _number(value)
    day = _day(value)
    if day == NOT_YET_DATE and fact is not None and fact.type == "date":
        return "not_yet"
    return day


def _day(value: object) -> object:
    """Give a point in time at midnight as the day it is."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value.isoformat()
    return value


def _number(value: float | Decimal) -> object:
    exact = Decimal(str(value))
    if not exact.is_finite():
        return str(value)
    whole = exact.to_integral_value()
    return int(whole) if whole == exact and abs(whole) < 10**30 else Decimal(f"{exact.normalize():f}")


def _documents(value: object, layout: Layout) -> object:
    """Give the papers of a row: a list of structs, or JSON text; `None` where nobody told."""
    listed = _listed(value)
    return [_paper(one, layout) for one in listed] if isinstance(listed, list) else listed


def _paper(paper: object, layout: Layout) -> object:
    if not isinstance(paper, Mapping):
        return paper
    own: dict[str, object] = {}
    issuer: dict[str, object] = {}
    for key, value in paper.items():
        if value is None:
            continue
        if key == "issuer" and isinstance(value, Mapping):
            for inner, one in value.items():
                if one is not None:
                    rest = str(inner).removeprefix("issuer.")
                    issuer[rest] = _of_paper(one, layout.fact(f"issuer.{rest}"))
            continue
        name = paper_fact((str(key),))
        scope, _, rest = name.partition(".")
        (issuer if scope == "issuer" else own)[rest] = _of_paper(value, layout.fact(name))
    return {**own, "issuer": issuer} if issuer else own


def _of_paper(value: object, fact: Fact | None) -> object:
    return value if isinstance(value, Mapping) else written(value, fact)
