"""The columns of answers: what each holds, taken from a decision; one not selected is never worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from creditrules.decision import Decision
from creditrules.diagnostics import Findings, nearest
from creditrules.errors import RequestError

WORD = pa.dictionary(pa.int32(), pa.string())
WORDS = pa.list_(WORD)
PAPERS = pa.list_(
    pa.struct(
        {"id": pa.string(), "kind": pa.string(), "status": pa.string(), "from": pa.date32(), "until": pa.date32()}
    )
)
MISSING = pa.list_(pa.struct({"fact": pa.string(), "document": pa.string(), "held_by": pa.string()}))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of answers: its type, and how it is taken from a decision.

    `whole` marks one that hangs on all of a request, also on facts that no rule about the matter reads.
    """

    name: str
    type: pa.DataType
    of: Callable[[Any], object]
    whole: bool = False


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _papers(decision: Decision) -> list[dict[str, object]]:
    return [
        {"id": one.id, "kind": one.kind, "status": one.status, "from": one.from_, "until": one.until}
        for one in decision.papers
    ]


def _missing(decision: Decision) -> list[dict[str, object]]:
    return [{"fact": one.fact, "document": one.document, "held_by": one.held_by} for one in decision.missing]


COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("outcome", pa.string(), lambda decision: decision.outcome),
        Column("possible", WORDS, lambda decision: list(decision.possible)),
        Column("rules", WORDS, lambda decision: _once(one.rule for one in decision.rules)),
        Column("measures", WORDS, lambda decision: _once(one.code for one in decision.measures)),
        Column("options", WORDS, lambda decision: _once(one.code for one in decision.options)),
        Column("missing", MISSING, _missing),
        Column("papers", PAPERS, _papers),
        Column("changes_on", pa.date32(), lambda decision: decision.changes_on, whole=True),
        Column("digest", pa.string(), lambda decision: decision.digest, whole=True),
        Column("decision", pa.string(), lambda decision: decision.to_json(), whole=True),
    )
}
DEFAULT = ("outcome", "possible", "rules", "measures", "options", "missing", "papers")


def columns_named(names: Iterable[str] | None) -> tuple[Column, ...]:
    """Give the columns selected, in the order asked for; raises `RequestError` for one that there is not."""
    if names is None:
        return tuple(COLUMNS[name] for name in DEFAULT)
    wanted = (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))
    findings = Findings()
    for name in wanted:
        if name not in COLUMNS:
            findings.report("CR540", None, nearest(name, COLUMNS), spot="columns", name=name)
    if findings.found:
        raise RequestError(tuple(findings.found))
    return tuple(COLUMNS[name] for name in wanted)
