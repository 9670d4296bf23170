"""From a tree to a policy: every key of the language, shape by shape. Names are looked up later, by `checker`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeVar, get_args

from creditrules.condition_reader import read_condition
from creditrules.conditions import Word
from creditrules.diagnostics import Finding, advice, nearest
from creditrules.effect_reader import read_effects
from creditrules.policy import (
    REASONS,
    InForce,
    Modality,
    Policy,
    Presumption,
    Rule,
    Scope,
    Setting,
    SettingType,
    Term,
)
from creditrules.reading import TreeReader
from creditrules.source import Source
from creditrules.tree import ListNode, MapNode, Node, Scalar, first_key
from creditrules.vocabulary import Labels
from creditrules.vocabulary_reader import read_facts
from creditrules.yaml_tree import DEFAULT_LIMITS, Limits, yaml_tree

_FILE_KEYS = (
    "format", "policy", "title", "number", "issuer", "area", "in_force", "repeals", "authorities", "settings",
    "facts", "presume", "scope", "terms", "rules", "not_expressed",
)  # fmt: skip
_RULE_KEYS = (
    "id", "clause", "modality", "left_to", "matters", "each", "when", "unless", "overrides", "then", "reading",
)  # fmt: skip


def read_policy(source: Source, limits: Limits = DEFAULT_LIMITS) -> tuple[Policy | None, tuple[Finding, ...]]:
    """Read a policy file; `None` where the text is no mapping at all, findings for everything out of shape."""
    tree, found = yaml_tree(source, limits)
    if tree is None:
        return None, found
    reader = TreeReader(source)
    policy = _policy(reader, tree, limits)
    return policy, (*found, *reader.findings.found)


def _policy(reader: TreeReader, tree: Node, limits: Limits) -> Policy | None:
    required = ("format", "policy", "title", "issuer", "area", "in_force", "rules")
    sort = sort_of(tree)
    if sort is not None:
        reader.report("CR605", first_key(tree), kind=sort)
        return None
    if not isinstance(tree, MapNode):
        reader.report("CR203", tree.span, key="policy", wanted="@mapping")
        return None
    top = reader.fields(tree, "@policy", _FILE_KEYS, required, at=first_key(tree))
    reader.format(top.get("format"))
    name = reader.name(top.get("policy"), "policy") or "policy"
    rule_nodes = reader.items(top.get("rules"), "rules")
    if len(rule_nodes) > limits.rules:
        reader.report("CR113", rule_nodes[0].span, advice("raise-limit"), count=len(rule_nodes), limit=limits.rules)
        rule_nodes = rule_nodes[: limits.rules]
    rules = tuple(rule for node in rule_nodes if (rule := _rule(reader, node)) is not None)
    reader.unique((rule.id for rule in rules), "@the-word-rule")
    settings = _named(reader, top.get("settings"), "settings", _setting)
    terms = _named(reader, top.get("terms"), "terms", _term)
    facts = read_facts(reader, top.get("facts"))
    if not rule_nodes and isinstance(top.get("rules"), ListNode):
        reader.report("CR408", top["rules"].span, key="rules")
    return Policy(
        id=name,
        title=reader.labels(top.get("title"), "title") or Labels(zh=name, en=name),
        number=reader.text(top.get("number"), "number") or "",
        issuer=reader.text(top.get("issuer"), "issuer") or "",
        area=tuple(word.text for word in reader.words(top.get("area"), "area")),
        in_force=_in_force(reader, top.get("in_force")),
        repeals=tuple(word.text for word in reader.words(top.get("repeals"), "repeals")),
        authorities=_named(reader, top.get("authorities"), "authorities", _authority),
        settings=settings,
        facts=facts,
        presume=_named(reader, top.get("presume"), "presume", _presumption),
        scope=_scope(reader, top.get("scope")),
        terms=terms,
        rules=rules,
        not_expressed=_not_expressed(reader, top.get("not_expressed")),
        span=top["policy"].span if "policy" in top else first_key(tree),
        unreadable=frozenset(_unreadable(top, settings, terms, facts)),
    )


_SORTS = (
    ({"outline", "clauses"}, "@outline"),
    ({"cases"}, "@case-file"),
    ({"subject"}, "@request"),
    ({"on"}, "@request"),
    ({"facts", "matters"}, "@vocabulary"),
)


def sort_of(tree: Node) -> str | None:
    """Tell another sort of file by its keys; `None` for a policy, and for what could be anything."""
    keys = {key.text for key, _ in tree.entries} if isinstance(tree, MapNode) else set()
    if keys & {"rules", "in_force"}:
        return None
    return next((sort for marks, sort in _SORTS if marks <= keys), None)


def _unreadable(top: dict[str, Node], *read: Mapping[str, object]) -> Iterator[str]:
    """Name settings, terms and facts whose own declaration is at fault: their use is none."""
    for key, found in zip(("settings", "terms", "facts"), read, strict=True):
        node = top.get(key)
        for name, _ in node.entries if isinstance(node, MapNode) else ():
            if name.text not in found:
                yield name.text


T = TypeVar("T")


def _named(
    reader: TreeReader, node: Node | None, key: str, read: Callable[[TreeReader, Scalar, Node], T | None]
) -> dict[str, T]:
    """Read a mapping from the author's names to things of one sort."""
    read_ = ((name.text, read(reader, name, value)) for name, value in reader.entries(node, key))
    return {name: thing for name, thing in read_ if thing is not None}


def _authority(reader: TreeReader, name: Scalar, node: Node) -> Labels | None:
    return reader.labels(node, name.text)


def _in_force(reader: TreeReader, node: Node | None) -> InForce:
    parts = reader.fields(node, "@in-force", ("from", "until", "clause", "reading"), ("from",)) if node else {}
    start, until = reader.date(parts.get("from"), "from"), reader.date(parts.get("until"), "until")
    if start and until and until < start:
        reader.report("CR405", parts["until"].span, advice("swap-days"), until=until, start=start)
    return InForce(
        start=start or dt.date.min,
        until=until,
        clauses=reader.words(parts.get("clause"), "clause"),
        reading=reader.labels(parts.get("reading"), "reading"),
        span=node.span if node else None,
    )


def _setting(reader: TreeReader, name: Scalar, node: Node) -> Setting | None:
    keys = ("type", "value", "clause", "reading")
    parts = reader.fields(node, "@setting", keys, ("type", "value"), at=name.span)
    type_ = reader.choice(parts.get("type"), get_args(SettingType), "@type")
    value = parts.get("value")
    words = reader.words(value, "value")
    if type_ is None or not words:
        return None
    if isinstance(value, ListNode) and type_ != "list":
        reader.report("CR203", value.span, key="value", wanted="@text")
        return None
    return Setting(
        type=type_,
        value=words,
        is_list=type_ == "list",
        clauses=reader.words(parts.get("clause"), "clause"),
        reading=reader.labels(parts.get("reading"), "reading"),
        span=name.span,
    )


def _presumption(reader: TreeReader, name: Scalar, node: Node) -> Presumption | None:
    keys = ("value", "clause", "reading")
    parts = reader.fields(node, "@presumption", keys, ("value", "clause"), at=name.span)
    value = reader.words(parts.get("value"), "value")
    return Presumption(
        fact=Word(text=name.text, span=name.span),
        value=value,
        clauses=reader.words(parts.get("clause"), "clause"),
        reading=reader.labels(parts.get("reading"), "reading"),
        span=name.span,
    )


def _term(reader: TreeReader, name: Scalar, node: Node) -> Term | None:
    parts = reader.fields(node, "@term", ("when", "clause", "reading"), ("when", "clause"), at=name.span)
    return Term(
        when=read_condition(reader, parts.get("when"), "when"),
        clauses=reader.words(parts.get("clause"), "clause"),
        reading=reader.labels(parts.get("reading"), "reading"),
        span=name.span,
    )


def _scope(reader: TreeReader, node: Node | None) -> Scope | None:
    if node is None:
        return None
    parts = reader.fields(node, "@scope", ("when", "clause", "reading"), ("when", "clause"))
    return Scope(
        when=read_condition(reader, parts.get("when"), "when"),
        clauses=reader.words(parts.get("clause"), "clause"),
        reading=reader.labels(parts.get("reading"), "reading"),
        span=node.span,
    )


def _rule(reader: TreeReader, node: Node) -> Rule | None:
    at = node.entries[0][0].span if isinstance(node, MapNode) and node.entries else node.span
    parts = reader.fields(node, "@rule", _RULE_KEYS, ("id", "clause", "modality", "then"), at=at, key="rules")
    name = reader.word(parts.get("id"), "id")
    modality = reader.choice(parts.get("modality"), get_args(Modality), "@modality")
    matters = reader.words(parts.get("matters"), "matters")
    reader.choice(parts.get("each"), ("document",), "`each`")
    effects = read_effects(reader, parts.get("then"))
    if not parts:
        return None
    return Rule(
        id=name or Word(text="", span=at),
        clauses=reader.words(parts.get("clause"), "clause"),
        modality=modality or "should",
        left_to=reader.word(parts.get("left_to"), "left_to"),
        matters=_any_or(matters) if "matters" in parts else None,
        each="each" in parts,
        when=read_condition(reader, parts["when"], "when") if "when" in parts else None,
        unless=read_condition(reader, parts["unless"], "unless") if "unless" in parts else None,
        overrides=reader.words(parts.get("overrides"), "overrides"),
        then=effects,
        reading=reader.labels(parts.get("reading"), "reading"),
        span=name.span if name else at,
    )


def _any_or(words: tuple[Word, ...]) -> tuple[Word, ...] | Literal["any"]:
    return "any" if [word.text for word in words] == ["any"] else words


def _not_expressed(reader: TreeReader, node: Node | None) -> dict[str, tuple[tuple[Word, Labels | None], ...]]:
    listed: dict[str, tuple[tuple[Word, Labels | None], ...]] = {}
    everything: list[Word] = []
    for reason, value in reader.entries(node, "not_expressed"):
        if reason.text not in REASONS:
            reader.report(
                "CR306",
                reason.span,
                nearest(reason.text, REASONS),
                text=reason.text,
                place="@why-not-expressed",
            )
            continue
        if isinstance(value, MapNode):
            listed[reason.text] = tuple(
                (Word(text=clause.text, span=clause.span), reader.labels(why, clause.text))
                for clause, why in value.entries
            )
        else:
            listed[reason.text] = tuple((word, None) for word in reader.words(value, reason.text))
        everything += [word for word, _ in listed[reason.text]]
    reader.unique(everything, "@a-clause")
    return listed
