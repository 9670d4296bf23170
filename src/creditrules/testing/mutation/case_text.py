"""A distinguishing request as a case that can be pasted into a case file, and passes there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from creditrules.decision import Decision, plain
from creditrules.facts import Request
from creditrules.source import Source
from creditrules.testing.cases import Case, compared
from creditrules.testing.cases import plain as plain_tree
from creditrules.testing.mutation.search import differing
from creditrules.tree import MapNode, Node

_SHORT = (
    "code", "what", "who", "to", "by", "of", "fact", "any_of", "all_of", "codes", "from", "effect", "status", "due",
    "met", "cleanly", "as", "target", "value", "source", "document",
)  # fmt: skip


def expected(original: Decision, changed: Decision, policy: str) -> dict[str, object]:
    """Give what a case has to expect to tell the two apart: one part of the decision, as short as will do."""
    for part in differing(original, changed):
        for said in _said(part, original, changed, policy):
            expect = {part if part != "rules" else "clauses": said}
            if _tells_apart(expect, original, changed, policy):
                return expect
    return {}


def _tells_apart(expect: Mapping[str, object], original: Decision, changed: Decision, policy: str) -> bool:
    case = Case("", MapNode((), None), expect, Source("", ""), None)
    return not compared(case, original, policy) and bool(compared(case, changed, policy))


def _said(part: str, decision: Decision, changed: Decision, policy: str) -> list[object]:
    """Give ways to expect a part, the shortest first."""
    value, other = plain(getattr(decision, part)), plain(getattr(changed, part))
    if part in ("outcome", "possible"):
        return [value]
    entries = value if isinstance(value, list) else []
    if part == "missing":
        return [[f"{one['document']}/{one['fact']}" if one["document"] else one["fact"] for one in entries]]
    if part == "rules":
        return [sorted({_own(clause, policy) for one in entries for clause in one["clauses"]})]
    if part == "papers":
        keys = ("status", "from", "until")
        brief = {one["id"]: one["status"] for one in entries}
        dated = {one["id"]: {key: one[key] for key in keys} for one in entries}
        cited = {one["id"]: {"status": one["status"], "clauses": one["clauses"]} for one in entries}
        whole = {one["id"]: {key: item for key, item in one.items() if key not in ("id", "kind")} for one in entries}
        return [brief, dated, cited, whole]
    names = [next((one[key] for key in ("code", "fact", "of", "to") if key in one), None) for one in entries]
    ways: list[object] = [names] if all(isinstance(name, str) for name in names) else []
    seen = {key for one in (*entries, *(other if isinstance(other, list) else ())) for key in one}
    short = [{key: _or_none(one, key, part) for key in _SHORT if key in one or key in seen} for one in entries]
    cited_ = [{**brief, **_cited(one, policy)} for brief, one in zip(short, entries, strict=True)]
    return [*ways, short, cited_, entries]


def _or_none(entry: Mapping[str, object], key: str, part: str) -> object:
    """Give a part of an entry; what is left out there is said to be empty, as other entries have it."""
    if key in entry:
        return entry[key]
    if key == "any_of" and part == "duties":
        return False
    return [] if key in ("any_of", "all_of", "what", "codes") else None


def _cited(entry: Mapping[str, object], policy: str) -> dict[str, object]:
    clauses = entry.get("clauses")
    return {"clause": [_own(one, policy) for one in clauses]} if isinstance(clauses, list) else {}


def _own(clause: str, policy: str) -> str:
    return clause.removeprefix(f"{policy}/")


def request_parts(request: Request, defaults: Node | None = None) -> dict[str, object]:
    """Give a request as a case file writes it over its defaults: without what they say already, and with `null` for
    what they say and the request does not."""
    whole = json.loads(request.text)
    beneath = plain_tree(defaults) if defaults is not None else {}
    for key, default in beneath.items() if isinstance(beneath, dict) else ():
        here = whole.get(key)
        if isinstance(default, dict) and isinstance(here, dict):
            whole[key] = {
                **{name: value for name, value in here.items() if str(value) != str(default.get(name))},
                **{name: None for name, value in default.items() if name not in here and value is not None},
            }
            if not whole[key] and key != "matter":
                del whole[key]
        elif here is None and isinstance(default, dict) and key != "matter":
            whole[key] = dict.fromkeys(default)
        elif here is None:
            whole[key] = None
        elif str(here) == str(default):
            del whole[key]
    if not whole.get("consulted") and "consulted" not in (beneath if isinstance(beneath, dict) else ()):
        whole.pop("consulted", None)
    order = ("on", "consulted", "subject", "matter", "documents", "procedure", "record", "system", "department")
    return {key: whole[key] for key in order if key in whole}


def case_yaml(title: str, request: Mapping[str, object], expect: Mapping[str, object]) -> str:
    """Write a case as an item of `cases`."""
    lines = [f"  - title: {_flow(title)}", "    request:"]
    lines += [f"      {key}: {_flow(value)}" for key, value in request.items()]
    return "\n".join([*lines, f"    expect: {_flow(expect)}"])


def _flow(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            return "{" + ", ".join(f"{_flow(key)}: {_flow(one)}" for key, one in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_flow(one) for one in value) + "]"
        case str() if re.fullmatch(r"\w[\w./—，、；。（）“”《》：-]*(?: [\w./—-]+)*", value) and value not in (
            "true",
            "false",
            "null",
        ):
            return value
        case str():
            return "'" + value.replace("'", "''") + "'"
    return str(value)
