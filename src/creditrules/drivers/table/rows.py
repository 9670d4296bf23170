"""From a row of a table to a request, as a tree that the reader of requests takes; nothing is decided here.

A value that cannot stand where it does is left as it is, so that the reader of requests refuses it in its own words.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from creditrules.diagnostics import Findings, advice
from creditrules.drivers.table.layout import Layout, paper_fact
from creditrules.errors import RequestError
from creditrules.reading import plain_tree
from creditrules.source import Source
from creditrules.vocabulary import Fact
from creditrules.yaml_tree import ListNode, MapNode, Node, Scalar

SOURCE = Source("<table>", "")
NOT_YET_DATE = dt.date(9999, 12, 31)
_NULL = Scalar("", False, None)
_NOT_YET = Scalar("not_yet", True, None)


def row_values(table: pa.Table, rows: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Give rows of a plain table as mappings from column to value."""
    yield from table.take(pa.array(list(rows), pa.int64())).to_pylist()


def request_tree(row: Mapping[str, Any], layout: Layout, fixed: Mapping[str, object]) -> MapNode:
    """Give the request of a row; `fixed` holds what is the same for all rows: `policy`, `area`, `consulted`.

    Raises `RequestError` where the row itself says two things at once.
    """
    sections: dict[str, list[tuple[Scalar, Node]]] = {}
    for column, name in layout.facts.items():
        value = row[column]
        if value is not None:
            scope, _, key = name.partition(".")
            sections.setdefault(scope, []).append((_key(key), value_node(value, layout.fact(name))))
    entries: list[tuple[Scalar, Node]] = []
    for key in ("on", "policy", "area", "consulted"):
        given = row[key] if key in layout.plain else None
        if given is not None:
            entries.append((_key(key), _word_node(given)))
        elif fixed.get(key) is not None:
            entries.append((_key(key), plain_tree(fixed[key])))
    matter = _matter(row, layout, sections.pop("matter", []))
    if matter is not None:
        entries.append((_key("matter"), matter))
    entries += [(_key(scope), MapNode(tuple(parts), None)) for scope, parts in sections.items()]
    if "documents" in layout.plain:
        entries.append((_key("documents"), documents_node(row["documents"], layout)))
    return MapNode(tuple(entries), None)


def _key(text: str) -> Scalar:
    return Scalar(text, True, None)


def _matter(row: Mapping[str, Any], layout: Layout, parts: list[tuple[Scalar, Node]]) -> Node | None:
    """Tell no matter from one that nobody told: by the column `matter`, else by whether a fact of it is there."""
    told = row["matter"] if "matter" in layout.plain else None
    if told is None:
        return MapNode(tuple(parts), None) if parts else None
    if told not in (True, False, "true", "false"):
        return plain_tree(told)
    if told in (True, "true"):
        return MapNode(tuple(parts), None)
    if parts:
        findings = Findings(SOURCE)
        name = f"matter.{parts[0][0].text}"
        findings.report(
            "CR521", None, advice("correct-one"), spot="matter", column="matter", given="false", fact=name
        )
        raise RequestError(tuple(findings.found))
    return None


def _word_node(value: object) -> Node:
    """Give a plain column's value: a word, a day, or a list, written as JSON in a column of text."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return plain_tree(_listed(value))


def _listed(value: object) -> object:
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def value_node(value: object, fact: Fact | None) -> Node:
    """Give the value of a fact as a request writes it."""
    if fact is not None and fact.is_list:
        value = _listed(value)
    if isinstance(value, list | tuple):
        return ListNode(tuple(_scalar(one, fact) for one in value), None)
    return _scalar(value, fact)


def _scalar(value: object, fact: Fact | None) -> Node:
    if value is None:
        return _NULL
    if isinstance(value, str):
        inner = fact.type.removeprefix("list[").removesuffix("]") if fact is not None else "str"
        return Scalar(value, inner not in ("bool", "number"), None)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", False, None)
    if isinstance(value, float | Decimal):
        return Scalar(_number(value), False, None)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    if isinstance(value, dt.date):
        day = value if type(value) is dt.date else None
        if day == NOT_YET_DATE and fact is not None and fact.type == "date":
            return _NOT_YET
        return Scalar(value.isoformat(), True, None)
    return plain_tree(value)


def _number(value: float | Decimal) -> str:
    exact = Decimal(str(value))
    if not exact.is_finite():
        return str(value)
    whole = exact.to_integral_value()
    return str(int(whole)) if whole == exact and abs(whole) < 10**30 else f"{exact.normalize():f}"


def documents_node(value: object, layout: Layout) -> Node:
    """Give the papers of a row: a list of structs, or JSON text; `None` where nobody told."""
    if value is None:
        return _NULL
    listed = _listed(value)
    if not isinstance(listed, list):
        return plain_tree(listed)
    return ListNode(tuple(_paper_node(one, layout) for one in listed), None)


def _paper_node(paper: object, layout: Layout) -> Node:
    if not isinstance(paper, Mapping):
        return plain_tree(paper)
    own: list[tuple[Scalar, Node]] = []
    issuer: list[tuple[Scalar, Node]] = []
    for key, value in paper.items():
        if key == "issuer" and isinstance(value, Mapping):
            issuer += [
                (_key(str(inner).removeprefix("issuer.")), _of_paper(f"issuer.{inner}", one, layout))
                for inner, one in value.items()
                if one is not None
            ]
        elif value is not None:
            name = paper_fact((str(key),))
            scope, _, rest = name.partition(".")
            (issuer if scope == "issuer" else own).append((_key(rest), _of_paper(name, value, layout)))
    if issuer:
        own.append((_key("issuer"), MapNode(tuple(issuer), None)))
    return MapNode(tuple(own), None)


def _of_paper(name: str, value: object, layout: Layout) -> Node:
    return plain_tree(value) if isinstance(value, Mapping) else value_node(value, layout.fact(name))
