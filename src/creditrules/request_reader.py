"""From a request as handed in (text or mapping) to a `Request`: every fact known, of its type, and no two at odds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from creditrules.canonical import canonical_json, json_value
from creditrules.condition_checker import check_value
from creditrules.conditions import Word
from creditrules.diagnostics import Advice, Finding, advice, nearest
from creditrules.facts import Paper, Request
from creditrules.identifiers import citizen_number_fault, credit_code_fault, masked_number
from creditrules.program import NOT_YET, Atom, Value, atom
from creditrules.reading import TreeReader, iso_date, plain_tree
from creditrules.source import Source, Span
from creditrules.tree import ListNode, MapNode, Node, Scalar
from creditrules.vocabulary import Fact, Vocabulary

_PLAIN_SCOPES = ("subject", "matter", "procedure", "record", "system", "department")
REQUEST_KEYS = ("on", "policy", "area", "consulted", "documents", *_PLAIN_SCOPES)
IDENTITY = {
    "subject": ("name", "unified_social_credit_code", "citizen_number"),
    "issuer": ("name", "unified_social_credit_code"),
}
_YEARS = range(1900, 2200)


@dataclass(slots=True)
class _Draft:
    """A request being read: where each fact stands is kept for the findings."""

    values: dict[str, Value] = field(default_factory=dict)
    identity: dict[str, str] = field(default_factory=dict)
    spans: dict[str, Span | None] = field(default_factory=dict)


@dataclass(slots=True)
class ReadRequest:
    """What was read, beside the findings: the request (if any), the policy and area it names."""

    request: Request | None
    policy: str | None
    area: tuple[str, ...]
    findings: tuple[Finding, ...]
    spans: Mapping[tuple[str | None, str], Span | None] = field(default_factory=dict)


class _RequestReader(TreeReader):
    """A reader that says where in the request a finding is when there is no file."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.spot = ""

    def report(self, code: str, span: Span | None, *help: Advice | None, **words: object) -> None:
        self.findings.report(code, span, *help, spot=self.spot, **words)


def policy_span(tree: Node) -> Span | None:
    """Give the place of the policy a request names."""
    node = tree.get("policy") if isinstance(tree, MapNode) else None
    return node.span if node is not None else None


def named_policy(tree: Node) -> str | None:
    """Give the policy a request names, before anything else of it is read."""
    node = tree.get("policy") if isinstance(tree, MapNode) else None
    return node.text if isinstance(node, Scalar) and not node.is_null else None


def named_area(tree: Node) -> tuple[str, ...] | None:
    """Give the area a request names, before anything else of it is read."""
    node = tree.get("area") if isinstance(tree, MapNode) else None
    items = node.items if isinstance(node, ListNode) else (node,)
    words = tuple(item.text for item in items if isinstance(item, Scalar) and not item.is_null)
    return words or None


def read_request(
    tree: Node, source: Source, vocabulary: Vocabulary, sources: frozenset[str], on: dt.date | None = None
) -> ReadRequest:
    """Read a request against a policy's vocabulary; `on` is the day where the request does not say it."""
    reader = _RequestReader(source)
    top = reader.fields(tree, "@request", REQUEST_KEYS, key="request")
    if not isinstance(tree, MapNode):
        return ReadRequest(None, None, (), tuple(reader.findings.found))
    reader.word(top.get("policy"), "policy")
    top = {key: node for key, node in top.items() if key in ("matter", "documents") or not _null(node)}
    draft = _Draft()
    day = _day(reader, top.get("on"), on)
    consulted = _consulted(reader, top.get("consulted"), sources)
    for scope in _PLAIN_SCOPES:
        node = top.get(scope)
        if node is not None and not _null(node):
            _facts(reader, scope, node, vocabulary, draft)
    matter_node = top.get("matter")
    matter = "none" if matter_node is None or _null(matter_node) else "given"
    spans: dict[tuple[str | None, str], Span | None] = {(None, name): span for name, span in draft.spans.items()}
    identity: dict[tuple[str | None, str], str] = {}
    papers = _papers(reader, top.get("documents"), vocabulary, identity, spans)
    area = tuple(word.text for word in reader.words(top.get("area"), "area"))
    found = tuple(reader.findings.found)
    if any(finding.severity == "error" for finding in found) or day is None:
        return ReadRequest(None, named_policy(tree), area, found)
    has_matter: Literal["given", "none"] = "given" if matter == "given" else "none"
    identity |= {(None, key): text for key, text in draft.identity.items()}
    request = Request(day, has_matter, draft.values, papers, consulted, identity)
    return ReadRequest(request, named_policy(tree), area, found, spans)


def read_fact(vocabulary: Vocabulary, name: str, raw: object) -> Value | None:
    """Read one fact or identity of a program's own mapping; `None` where there is anything to report."""
    scope, _, key = name.partition(".")
    reader, draft = _RequestReader(Source("<request>", "")), _Draft()
    _facts(reader, scope, plain_tree({key: raw}), vocabulary, draft)
    if reader.findings.found:
        return None
    return draft.values.get(name, draft.identity.get(key))


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _day(reader: _RequestReader, node: Node | None, on: dt.date | None) -> dt.date | None:
    if node is None:
        if on is None:
            reader.report("CR504", None, advice("give-day"))
        elif on.year not in _YEARS:
            reader.report("CR509", None, text=on)
        return on
    day = reader.date(node, "on")
    if day is not None and day.year not in _YEARS:
        reader.report("CR509", node.span, text=day)
    if day is not None and on is not None and on != day:
        reader.report("CR505", node.span, advice("drop-one"), inside=day, outside=on)
    return day


def _consulted(reader: _RequestReader, node: Node | None, sources: frozenset[str]) -> frozenset[str]:
    reader.spot = "consulted"
    words = reader.words(node, "consulted") if not (isinstance(node, ListNode) and not node.items) else ()
    for word in words:
        if word.text not in sources:
            reader.report("CR205", word.span, nearest(word.text, sources), name=word.text, kind="@source")
    return frozenset(word.text for word in words)


def _facts(reader: _RequestReader, scope: str, node: Node, vocabulary: Vocabulary, draft: _Draft) -> None:
    reader.spot = scope
    if not isinstance(node, MapNode):
        reader.report("CR203", node.span, key=scope, wanted="@mapping")
        return
    for key, value in node.entries:
        name = key.text if "." in key.text else f"{scope}.{key.text}"
        reader.spot = name
        if scope == "document" and key.text in ("id", "issuer"):
            continue
        if key.text in IDENTITY.get(scope, ()):
            _identity(reader, scope, key.text, value, draft)
            continue
        fact = vocabulary.facts.get(name)
        if fact is None or fact.scope != scope:
            known = [one.rpartition(".")[2] for one in vocabulary.facts if one.startswith(f"{scope}.")]
            near = nearest(key.text, [*known, *IDENTITY.get(scope, ())])
            reader.report("CR204", key.span, near, name=name)
        elif name in draft.spans:
            reader.report("CR105", key.span, advice("drop-one"), key=name)
        elif not _null(value):
            draft.spans[name] = value.span
            read = _value(reader, fact, value)
            if read is not None:
                draft.values[name] = read


def _identity(reader: _RequestReader, scope: str, key: str, node: Node, draft: _Draft) -> None:
    if _null(node):
        return
    word = reader.word(node, key)
    if word is None:
        return
    fault, kind = None, ""
    if key == "unified_social_credit_code":
        fault, kind = credit_code_fault(word.text), "@credit-code"
    elif key == "citizen_number":
        fault, kind = citizen_number_fault(word.text), "@citizen-number"
    if fault is not None:
        reader.report("CR506", word.span, kind=kind, text=masked_number(word.text), why=fault)
    draft.identity[key] = word.text


def _value(reader: _RequestReader, fact: Fact, node: Node) -> Value | None:
    """Read a fact's value by its type; `None` after a finding."""
    if isinstance(node, MapNode) or (isinstance(node, ListNode) and not fact.is_list):
        reader.report("CR203", node.span, key=fact.name, wanted="@list" if fact.is_list else "@value")
        return None
    nodes = node.items if isinstance(node, ListNode) else (node,)
    read = [_atom(reader, fact, one) for one in nodes]
    if any(one is None for one in read):
        return None
    values = [one for one in read if one is not None]
    return tuple(sorted(set(values), key=str)) if fact.is_list else values[0]


def _atom(reader: _RequestReader, fact: Fact, node: Node) -> Atom | None:
    if not isinstance(node, Scalar):
        reader.report("CR203", node.span, key=fact.name, wanted="@value")
        return None
    if node.is_null or not node.text.strip():
        reader.report("CR309", node.span, fact=fact.name)
        return None
    if fact.type == "date" and node.text == "not_yet":
        return NOT_YET
    word = Word(text=node.text, quoted=node.quoted, span=node.span)
    if not check_value(reader.findings, fact, word, reader.spot):
        return None
    day = iso_date(node.text) if fact.type in ("date", "list[date]") else None
    if day is not None and day.year not in _YEARS:
        reader.report("CR509", node.span, text=node.text)
        return None
    return atom(fact.type, node.text)


def _papers(
    reader: _RequestReader,
    node: Node | None,
    vocabulary: Vocabulary,
    identity: dict[tuple[str | None, str], str],
    spans: dict[tuple[str | None, str], Span | None],
) -> tuple[Paper, ...] | None:
    reader.spot = "documents"
    if node is None or _null(node):
        return None
    read: list[tuple[str | None, _Draft]] = []
    named: list[Word] = []
    for place, item in enumerate(reader.items(node, "documents")):
        reader.spot = f"documents[{place}]"
        if not isinstance(item, MapNode):
            reader.report("CR203", item.span, key="documents", wanted="@mapping")
            continue
        draft = _Draft()
        _facts(reader, "document", item, vocabulary, draft)
        issuer = item.get("issuer")
        if issuer is not None and not _null(issuer):
            _facts(reader, "issuer", issuer, vocabulary, draft)
        if "document.kind" not in draft.values and "document.kind" not in draft.spans:
            reader.spot = f"documents[{place}]"
            reader.report("CR501", item.entries[0][0].span if item.entries else item.span, advice("give-kind"))
        id_node = item.get("id")
        id_ = None if id_node is None or _null(id_node) else reader.word(id_node, "id")
        if id_ is not None:
            named.append(id_)
        read.append((id_.text if id_ else None, draft))
    reader.spot = "documents"
    reader.unique(named, "@the-word-paper")
    if any("document.kind" not in draft.values for _, draft in read):
        return ()
    papers = []
    for id_text, draft in _with_ids(read):
        papers.append(Paper(id_text, draft.values))
        spans |= {(id_text, name): span for name, span in draft.spans.items()}
        identity |= {(id_text, key): text for key, text in draft.identity.items()}
    return tuple(sorted(papers, key=lambda paper: paper.id))


def _with_ids(read: list[tuple[str | None, _Draft]]) -> list[tuple[str, _Draft]]:
    """Give papers without an id one of their own, by kind and content, so that their order does not matter."""
    taken = {id_ for id_, _ in read if id_ is not None}
    named = [(id_, draft) for id_, draft in read if id_ is not None]
    nameless = sorted((draft for id_, draft in read if id_ is None), key=_draft_text)
    for draft in nameless:
        kind, number = str(draft.values["document.kind"]), 1
        while f"{kind}-{number}" in taken:
            number += 1
        taken.add(f"{kind}-{number}")
        named.append((f"{kind}-{number}", draft))
    return named


def _draft_text(draft: _Draft) -> str:
    facts = {name: json_value(value) for name, value in draft.values.items()}
    return canonical_json([facts, draft.identity])
