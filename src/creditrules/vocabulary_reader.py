"""From a tree to the vocabulary, and the check that its names fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from creditrules.condition_reader import read_condition
from creditrules.conditions import Word
from creditrules.diagnostics import Finding, nearest
from creditrules.reading import TreeReader
from creditrules.source import Source
from creditrules.tree import MapNode, Node, Scalar, first_key
from creditrules.vocabulary import (
    SCOPES,
    Act,
    Bars,
    ChangedBy,
    Direction,
    Fact,
    FactType,
    Labels,
    Matter,
    Measure,
    Paper,
    Vocabulary,
)
from creditrules.yaml_tree import yaml_tree

_SECTIONS = ("sources", "facts", "matters", "fields", "papers", "acts", "measures")
_VALUE_SECTIONS = ("matters", "fields", "papers")
_FACT_KEYS = ("type", "values", "zh", "en", "held_by", "changed_by", "only_if", "day", "silence_tells")


def read_vocabulary(source: Source) -> tuple[Vocabulary | None, tuple[Finding, ...]]:
    """Read a vocabulary file; `None` where the text is no mapping at all."""
    tree, found = yaml_tree(source)
    if tree is None:
        return None, found
    reader = TreeReader(source)
    top = reader.fields(
        tree,
        "@vocabulary",
        ("format", *_SECTIONS),
        ("format", "sources", "facts"),
        at=first_key(tree),
    )
    reader.format(top.get("format"))
    matters = {n.text: _matter(reader, n, v) for n, v in reader.entries(top.get("matters"), "matters")}
    fields = {n.text: _labels(reader, n, v) for n, v in reader.entries(top.get("fields"), "fields")}
    papers = {n.text: _paper(reader, n, v) for n, v in reader.entries(top.get("papers"), "papers")}
    sections: dict[str, Mapping[str, Labels]] = {"matters": matters, "fields": fields, "papers": papers}
    vocabulary = Vocabulary(
        sources={n.text: _labels(reader, n, v) for n, v in reader.entries(top.get("sources"), "sources")},
        facts=read_facts(reader, top.get("facts"), sections),
        matters=matters,
        fields=fields,
        papers=papers,
        acts={n.text: _act(reader, n, v) for n, v in reader.entries(top.get("acts"), "acts")},
        measures={n.text: _measure(reader, n, v) for n, v in reader.entries(top.get("measures"), "measures")},
    )
    _check_names(reader, vocabulary)
    return vocabulary, (*found, *reader.findings.found)


def read_facts(
    reader: TreeReader, node: Node | None, sections: Mapping[str, Mapping[str, Labels]] | None = None
) -> dict[str, Fact]:
    """Read fact declarations, of the vocabulary or of a policy."""
    facts: dict[str, Fact] = {}
    for name, value in reader.entries(node, "facts"):
        fact = _fact(reader, name, value, sections or {})
        if fact is not None:
            facts[name.text] = fact
    return facts


def _fact(reader: TreeReader, name: Scalar, node: Node, sections: Mapping[str, Mapping[str, Labels]]) -> Fact | None:
    required = ("type", "held_by", "changed_by")
    parts = reader.fields(node, "@a-fact", _FACT_KEYS, required, at=name.span)
    if "." not in name.text or name.text.partition(".")[0] not in SCOPES:
        near = nearest(name.text.partition(".")[0], SCOPES)
        reader.report("CR306", name.span, near, text=name.text, place="@fact-heading")
        return None
    type_ = reader.choice(parts.get("type"), get_args(FactType), "@type")
    held_by = reader.text(parts.get("held_by"), "held_by")
    changed_by = reader.choice(parts.get("changed_by"), get_args(ChangedBy), "@changed-by")
    if type_ is None or held_by is None or changed_by is None:
        return None
    labels = _labels(reader, name, node)
    return Fact(
        name=name.text,
        type=type_,
        values=_values(reader, parts.get("values"), sections),
        zh=labels.zh,
        en=labels.en,
        held_by=held_by,
        changed_by=changed_by,
        only_if=read_condition(reader, parts["only_if"], "only_if") if "only_if" in parts else None,
        day=reader.word(parts.get("day"), "day"),
        silence_tells=reader.choice(parts.get("silence_tells"), ("false",), "`silence_tells`") is None,
        span=name.span,
        holder_span=parts["held_by"].span,
    )


def _values(
    reader: TreeReader, node: Node | None, sections: Mapping[str, Mapping[str, Labels]]
) -> Mapping[str, Labels] | None:
    """Read the values of an enum or level, in order; or the name of the section that lists them."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        named = reader.choice(node, _VALUE_SECTIONS, "`values`")
        return {key: Labels(zh=value.zh, en=value.en) for key, value in sections.get(named or "", {}).items()}
    return {name.text: _labels(reader, name, value) for name, value in reader.entries(node, "values")}


def _labels(reader: TreeReader, name: Scalar, node: Node) -> Labels:
    """Read the `zh` and `en` of a mapping that may hold other keys too."""
    if not isinstance(node, MapNode):
        reader.report("CR203", node.span, key=name.text, wanted="@mapping")
        return Labels(zh=name.text, en=name.text)
    texts = {}
    for lang in ("zh", "en"):
        value = node.get(lang)
        if value is None:
            reader.report("CR202", name.span, key=lang, place="@labels")
        texts[lang] = reader.text(value, lang) or name.text
    return Labels(**texts)


def _matter(reader: TreeReader, name: Scalar, node: Node) -> Matter:
    parts = reader.fields(node, "@a-matter", ("zh", "en", "asked_by", "broader"), ("asked_by",), at=name.span)
    asked_by: Literal["subject", "department"] | None
    asked_by = reader.choice(parts.get("asked_by"), ("subject", "department"), "`asked_by`")
    labels = _labels(reader, name, node)
    return Matter(
        zh=labels.zh,
        en=labels.en,
        asked_by=asked_by or "subject",
        broader=reader.words(parts.get("broader"), "broader"),
    )


def _paper(reader: TreeReader, name: Scalar, node: Node) -> Paper:
    parts = reader.fields(node, "@a-paper", ("zh", "en", "counts_as"))
    labels = _labels(reader, name, node)
    return Paper(zh=labels.zh, en=labels.en, counts_as=reader.words(parts.get("counts_as"), "counts_as"))


def _act(reader: TreeReader, name: Scalar, node: Node) -> Act:
    parts = reader.fields(node, "@an-act", ("zh", "en", "kind"), ("kind",), at=name.span)
    kind: Literal["procedure", "relief"] | None = reader.choice(parts.get("kind"), ("procedure", "relief"), "`kind`")
    labels = _labels(reader, name, node)
    return Act(zh=labels.zh, en=labels.en, kind=kind or "procedure")


def _measure(reader: TreeReader, name: Scalar, node: Node) -> Measure:
    keys = ("zh", "en", "kind", "direction", "bars")
    parts = reader.fields(node, "@a-measure", keys, ("kind", "direction"), at=name.span)
    bars = None
    if "bars" in parts:
        inner = reader.fields(parts["bars"], "@bar", ("how", "of"), ("how", "of"), at=name.span)
        how: Literal["out", "open"] | None = reader.choice(inner.get("how"), ("out", "open"), "@bar")
        of = reader.words(inner.get("of"), "of")
        if how and of:
            bars = Bars(how=how, of="any" if of[0].text == "any" else of)
    direction: Direction = reader.choice(parts.get("direction"), get_args(Direction), "@direction") or "neutral"
    kind = reader.text(parts.get("kind"), "kind") or ""
    labels = _labels(reader, name, node)
    return Measure(zh=labels.zh, en=labels.en, kind=kind, direction=direction, bars=bars)


def _check_names(reader: TreeReader, vocabulary: Vocabulary) -> None:
    """Report names within the vocabulary that point nowhere."""

    def known(word: Word, names: Mapping[str, object], kind: str) -> None:
        if word.text not in names:
            reader.report("CR205", word.span, nearest(word.text, names), name=word.text, kind=kind)

    for matter in vocabulary.matters.values():
        for word in matter.broader:
            known(word, vocabulary.matters, "@matter")
    for paper in vocabulary.papers.values():
        for word in paper.counts_as:
            known(word, vocabulary.papers, "@paper")
    for measure in vocabulary.measures.values():
        if measure.bars and measure.bars.of != "any":
            for word in measure.bars.of:
                known(word, vocabulary.matters, "@matter")
