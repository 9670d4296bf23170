"""The outline of a document: every clause with its citation, class and a one-line summary in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, cast, get_args

from creditrules.conditions import Frozen
from creditrules.diagnostics import Finding
from creditrules.frozen import dataclass
from creditrules.reading import TreeReader
from creditrules.source import Source, Span
from creditrules.tree import Node, Scalar, first_key
from creditrules.wording import Lang
from creditrules.yaml_tree import yaml_tree

ClauseClass = Literal["decision", "document", "procedure", "lifecycle", "duty", "context"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(Frozen):
    """One clause: what it is called, what sort it is, and what it says in a line."""

    id: str
    ref: str
    ref_en: str
    class_: ClauseClass
    zh: str
    en: str
    span: Span | None = field(default=None, repr=False)

    def citation(self, lang: Lang) -> str:
        """Give the clause as an official would cite it."""
        return self.ref if lang == "zh" else self.ref_en

    def summary(self, lang: Lang) -> str:
        """Give the one-line summary."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline(Frozen):
    """The clauses of one document in its own order."""

    id: str
    clauses: Mapping[str, Clause]
    source: Source = field(repr=False)


def read_outline(source: Source) -> tuple[Outline | None, tuple[Finding, ...]]:
    """Read an outline file; `None` where the text is no mapping at all."""
    tree, found = yaml_tree(source)
    if tree is None:
        return None, found
    reader = TreeReader(source)
    required = ("format", "outline", "clauses")
    top = reader.fields(tree, "@outline", required, required, at=first_key(tree))
    reader.format(top.get("format"))
    clauses = {
        name.text: clause
        for name, value in reader.entries(top.get("clauses"), "clauses")
        if (clause := _clause(reader, name, value)) is not None
    }
    outline = Outline(id=reader.text(top.get("outline"), "outline") or "", clauses=clauses, source=source)
    return outline, (*found, *reader.findings.found)


def _clause(reader: TreeReader, name: Scalar, node: Node) -> Clause | None:
    keys = ("class", "ref", "ref_en", "zh", "en")
    parts = reader.fields(node, "@a-clause", keys, keys, at=name.span)
    class_ = reader.choice(parts.get("class"), get_args(ClauseClass), "@class")
    if class_ is None:
        return None
    texts = {key: reader.text(parts.get(key), key) or name.text for key in ("ref", "ref_en", "zh", "en")}
    return Clause(id=name.text, class_=cast(ClauseClass, class_), **texts, span=name.span)
