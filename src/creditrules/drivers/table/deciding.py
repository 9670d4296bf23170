"""A table decided in memory: chunk by chunk, the answer of the same kind as the question."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from creditrules.decision import Decision
from creditrules.diagnostics import Findings
from creditrules.drivers.table.answers import columns_named
from creditrules.drivers.table.chunk import Answers, Asking, Front, decide_chunk
from creditrules.drivers.table.columns import plain_table
from creditrules.drivers.table.papers import PaperTable
from creditrules.drivers.table.refused import Refused, from_csv, refused_beside
from creditrules.drivers.table.rows import row_values
from creditrules.drivers.table.source import Source, open_table
from creditrules.drivers.table.summary import Summary, summary
from creditrules.errors import RequestError
from creditrules.wording import Lang

CHUNK = 1_048_576
Told = Callable[[int, int | None], None]  # rows done, rows there are where that is known


@dataclass(frozen=True, slots=True)
class DecidedTable:
    """A table of requests, decided.

    `table` has a row for each row that came in, in their order: its key `id` (or its number `row`, from 0), the
    columns kept, and the columns of the answer; these are null in a row that was refused. `refused` says why,
    `summary` counts outcomes and matters. `path` is the file, where the answers were written to one; then `table` is
    `None`.
    """

    table: Any
    found: tuple[Refused, ...]
    summary: Summary
    path: Path | None = None
    _asking: Asking | None = field(default=None, repr=False, compare=False)
    _row: Callable[[int], pa.Table] | None = field(default=None, repr=False, compare=False)

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Give the findings of the rows refused, in their order; read from the file if there is one."""
        if self.path is None:
            return self.found
        with refused_beside(self.path).open(encoding="utf-8", newline="") as text:
            return tuple(from_csv(text))

    def decision(self, row: int) -> Decision:
        """Decide a row once more, with the whole decision and its trace; `row` is its number, from 0.

        Raises `RequestError` with the findings where the row was refused, `IndexError` where there is no such row.
        """
        assert self._asking is not None
        assert self._row is not None
        one = plain_table(self._row(row)) if row >= 0 else None
        if one is None or len(one) != 1:
            raise IndexError(row)
        return self._asking.decide(next(row_values(one, [0])), self._asking.layout(one.schema))

    def explain(self, row: int, lang: Lang = "zh") -> str:
        """Give a row's decision as text, with the reasons: every rule that could speak to it, and what it read."""
        assert self._asking is not None
        return self._asking.front.text(self.decision(row), lang, verbose=True)


def ask(
    front: Front,
    on: dt.date | None,
    columns: Iterable[str] | None,
    fixed: Mapping[str, object],
    keep: Sequence[str],
) -> Asking:
    """Put together what is asked of every row alike; raises `RequestError` for a column that there is not."""
    kept = (keep,) if isinstance(keep, str) else tuple(keep)
    asking = Asking(front, columns_named(columns), on, {key: one for key, one in fixed.items() if one}, kept)
    findings = Findings()
    for name in kept:
        if name in ("id", "row", *(column.name for column in asking.columns)):
            findings.report("CR105", None, spot=name, key=name)
    if findings.found:
        raise RequestError(tuple(findings.found))
    return asking


def decide_table(asking: Asking, table: object, documents: object = None, told: Told | None = None) -> DecidedTable:
    """Decide every row of a table; `documents` is a second table with the papers, `told` hears of the progress.

    Raises `RequestError` where the table cannot be read as one of requests; a single row never stops the others.
    """
    source = open_table(table)
    papers = paper_table(documents)
    counts: Counter[tuple[str | None, str | None]] = Counter()
    refused: list[Refused] = []
    made: list[pa.Table] = []
    seen: list[pa.Table] = []
    done = 0
    for chunk in source.chunks(CHUNK):
        whole, wrong = papers.beside(chunk) if papers is not None else (chunk, {})
        answers = decide_chunk(asking, whole, {**wrong, **source.wrong_in(done, len(chunk))})
        made.append(result_table(whole, answers, asking, done))
        refused += [one.moved(done) for one in answers.refused]
        counts += answers.counts
        seen.append(whole)
        done += len(whole)
        if told is not None:
            told(done, source.total)
    if not made:
        made.append(_nothing(asking, source, papers))
    if papers is not None:
        refused += papers.left_over()
    kept = pa.concat_tables(seen) if seen else made[0].slice(0, 0)
    found = summary(counts)
    back = source.back(pa.concat_tables(made))
    return DecidedTable(
        back, tuple(refused), found, None, asking, lambda row: readable(kept.slice(row, 1), source, row)
    )


def readable(one: pa.Table, source: Source, row: int) -> pa.Table:
    """Give a row of a table; raises `RequestError` where it could not be read."""
    if row in source.wrong:
        raise RequestError(source.wrong[row])
    return one


def paper_table(documents: object) -> PaperTable | None:
    """Read the second table, of papers, where there is one."""
    if documents is None:
        return None
    source = open_table(documents)
    return PaperTable(pa.Table.from_batches([*source.reader], source.reader.schema), source.wrong)


def _nothing(asking: Asking, source: Source, papers: PaperTable | None) -> pa.Table:
    empty = source.reader.schema.empty_table()
    empty = papers.beside(empty)[0] if papers is not None else empty
    return result_table(empty, decide_chunk(asking, empty), asking, 0)


def result_table(chunk: pa.Table, answers: Answers, asking: Asking, first: int) -> pa.Table:
    """Put the answers of a chunk beside the key of each row (or its number) and the columns kept."""
    names, columns = [], []
    if "id" in chunk.column_names:
        names.append("id")
        columns.append(chunk["id"])
    else:
        names.append("row")
        columns.append(pa.array(np.arange(first, first + len(chunk))))
    for name in asking.kept:
        names.append(name)
        columns.append(chunk[name])
    return pa.table([*columns, *answers.table.columns], names=[*names, *answers.table.column_names])
