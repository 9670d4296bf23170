"""What the columns of a table of requests are: facts, papers, the day; a column that is none of these is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from creditrules.diagnostics import Findings, nearest
from creditrules.errors import RequestError
from creditrules.vocabulary import PAPER_SCOPES, SCOPES, Fact, Vocabulary

SECTIONS = tuple(scope for scope in SCOPES if scope not in PAPER_SCOPES)
PLAIN = ("id", "on", "policy", "area", "consulted", "matter", "documents")
IDENTITY = (
    "subject.name", "subject.unified_social_credit_code", "subject.citizen_number",
    "issuer.name", "issuer.unified_social_credit_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table of requests: those with facts of the request, and the fields of its papers.

    `facts` and `papers` give for a column (a field of `documents`) the fact's full name; `plain` are the other
    columns that a request knows, `kept` those only carried along.
    """

    facts: Mapping[str, str]
    papers: Mapping[tuple[str, ...], str]
    plain: frozenset[str]
    kept: tuple[str, ...]
    known: Mapping[str, Fact]

    def fact(self, name: str) -> Fact | None:
        """Give what the vocabulary says of a fact; nothing of names and numbers of people."""
        return self.known.get(name)


def read_layout(schema: pa.Schema, vocabulary: Vocabulary, kept: Iterable[str] = ()) -> Layout:
    """Read the names of columns; raises `RequestError` for one that is no part of a request, or stands twice."""
    findings = Findings()
    carried = tuple(kept)
    facts: dict[str, str] = {}
    papers: dict[tuple[str, ...], str] = {}
    seen: set[str] = set()
    for field in schema:
        if field.name in seen:
            findings.report("CR105", None, spot=field.name, key=field.name)
        seen.add(field.name)
        if field.name == "documents":
            papers = _paper_fields(findings, field.type, vocabulary)
        if field.name in (*PLAIN, *carried):
            continue
        known = [*(name for name in vocabulary.facts if name.partition(".")[0] in SECTIONS), *IDENTITY[:3]]
        if field.name in known:
            facts[field.name] = field.name
        else:
            near = nearest(field.name, [*known, *PLAIN]) if "." not in field.name else nearest(field.name, known)
            findings.report("CR540", None, near, spot=field.name, name=field.name)
    for name in carried:
        if name not in seen:
            findings.report("CR540", None, nearest(name, seen), spot=name, name=name)
    if findings.found:
        raise RequestError(tuple(findings.found))
    return Layout(facts, papers, frozenset(PLAIN) & seen - set(carried), carried, vocabulary.facts)


def _paper_fields(findings: Findings, type_: pa.DataType, vocabulary: Vocabulary) -> dict[tuple[str, ...], str]:
    """Give the fields of a list of papers, `issuer` being a struct of its own or a prefix."""
    if not pa.types.is_list(type_) or not pa.types.is_struct(type_.value_type):
        return {}  # JSON text, or told in another table
    return dict(_fields(findings, type_.value_type, vocabulary, ()))


def _fields(
    findings: Findings, struct: pa.StructType, vocabulary: Vocabulary, path: tuple[str, ...]
) -> Iterable[tuple[tuple[str, ...], str]]:
    for place in range(struct.num_fields):
        field = struct.field(place)
        here = (*path, field.name)
        if here == ("issuer",) and pa.types.is_struct(field.type):
            yield from _fields(findings, field.type, vocabulary, here)
            continue
        name = paper_fact(here)
        if name == "document.id" or name in vocabulary.facts or name in IDENTITY[3:]:
            yield here, name
        else:
            known = [one for one in vocabulary.facts if one.partition(".")[0] in PAPER_SCOPES]
            findings.report("CR540", None, nearest(name, known), spot="documents", name=".".join(here))


def paper_fact(path: tuple[str, ...]) -> str:
    """Give the full name of a field of a paper: `kind` is `document.kind`, `issuer.name` stays."""
    name = ".".join(path)
    return name if name.startswith(("document.", "issuer.")) else f"document.{name}"
