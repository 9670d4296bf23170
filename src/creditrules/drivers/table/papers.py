"""Papers told in a table of their own: each row a paper, its column `request` the key of its request."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from creditrules.diagnostics import Finding, Findings, advice
from creditrules.drivers.table.columns import plain_array, plain_table
from creditrules.drivers.table.csv_file import Wrong
from creditrules.drivers.table.refused import Refused, refused
from creditrules.errors import RequestError


def _finding(code: str, spot: str, **words: object) -> tuple[Finding, ...]:
    findings = Findings()
    findings.report(code, None, advice("correct-one") if code == "CR541" else None, spot=spot, **words)
    return tuple(findings.found)


class PaperTable:
    """The papers of many requests, held in memory; chunk by chunk they are put beside the requests they belong to."""

    def __init__(self, table: pa.Table, wrong: Wrong) -> None:
        self._wrong = wrong
        plain = plain_table(table)
        if "request" not in plain.column_names:
            raise RequestError(_finding("CR202", "documents", key="request", place="@a-paper"))
        keys = plain["request"].combine_chunks().cast(pa.string())
        nulls = [row for row in _nulls(keys) if row not in wrong]
        self._lost = [plain["id"][row].as_py() if "id" in plain.column_names else None for row in nulls]
        order = pc.sort_indices(keys).slice(0, len(keys) - keys.null_count)
        sorted_keys = keys.take(order)
        encoded = sorted_keys.dictionary_encode()
        self.keys = encoded.dictionary
        starts = (
            np.flatnonzero(np.diff(encoded.indices.to_numpy(), prepend=-1)) if len(encoded) else np.array([], int)
        )
        self._starts = np.append(starts, len(encoded))
        facts = [name for name in plain.column_names if name != "request"]
        columns = [plain[name].combine_chunks().take(order) for name in facts]
        self._papers = pa.StructArray.from_arrays(columns, facts) if facts else pa.nulls(len(order), pa.struct([]))
        self._used = np.zeros(len(self.keys), bool)

    def beside(self, chunk: pa.Table) -> tuple[pa.Table, Wrong]:
        """Give a chunk with its papers as the column `documents`, and the findings of rows without a key, of a key
        used twice, and of papers where the row says that nobody told of them."""
        if "id" not in chunk.column_names:
            raise RequestError(_finding("CR202", "id", key="id", place="@request"))
        keys = plain_array(chunk["id"]).cast(pa.string())
        place = pc.index_in(keys, value_set=self.keys)
        found = place.is_valid().to_numpy(zero_copy_only=False)
        index = np.where(found, place.fill_null(0).to_numpy(zero_copy_only=False), 0)
        told = _told(chunk)
        wrong: Wrong = {row: _finding("CR202", "id", key="id", place="@request") for row in _nulls(keys)}
        for row in self._twice(index, found):
            wrong[row] = _finding("CR210", "id", kind="@the-word-request", name=keys[row].as_py())
        for row in np.flatnonzero(found & ~told).tolist():
            wrong[row] = _finding("CR541", "documents", column="documents", given="null", fact="document.kind")
        self._used[index[found]] = True
        counts = np.where(found & told, self._starts[index + 1] - self._starts[index], 0) if len(self.keys) else index
        offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        first = self._starts[index] if len(self.keys) else index
        taken = np.repeat(first - offsets[:-1], counts) + np.arange(offsets[-1])
        papers = self._papers.take(pa.array(taken, pa.int64()))
        documents = pa.ListArray.from_arrays(pa.array(offsets), papers, mask=pa.array(~told))
        if "documents" in chunk.column_names:
            chunk = chunk.drop_columns(["documents"])
        return chunk.append_column("documents", documents), wrong

    def _twice(self, index: np.ndarray[Any, Any], found: np.ndarray[Any, Any]) -> list[int]:
        rows = np.flatnonzero(found)
        _, first = np.unique(index[rows], return_index=True)
        again = np.setdiff1d(np.arange(len(rows)), first)
        return sorted({*rows[again].tolist(), *rows[self._used[index[rows]]].tolist()})

    def left_over(self) -> list[Refused]:
        """Give the papers whose request was not among the rows, and those that could not be read."""
        keys = self.keys.filter(pa.array(~self._used)).to_pylist()
        entries = [
            entry for key in keys for entry in refused(None, key, _finding("CR544", "documents", name=str(key)))
        ]
        for id_ in self._lost:
            entries += refused(None, None, _finding("CR544", "documents", name=str(id_ or "")))
        for why in self._wrong.values():
            entries += refused(None, None, why)
        return entries


def _nulls(keys: pa.Array) -> list[int]:
    found: list[int] = np.flatnonzero(keys.is_null().to_numpy(zero_copy_only=False)).tolist()
    return found


def _told(chunk: pa.Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Say of each row whether it is told what was handed in: yes, unless a column `documents` says no or nothing."""
    if "documents" not in chunk.column_names:
        return np.ones(len(chunk), bool)
    flag = plain_array(chunk["documents"])
    if pa.types.is_string(flag.type):
        flag = pc.equal(flag, "true")
    if not pa.types.is_boolean(flag.type):
        raise RequestError(_finding("CR203", "documents", key="documents", wanted="@bool"))
    told: np.ndarray[Any, np.dtype[np.bool_]] = flag.fill_null(False).to_numpy(zero_copy_only=False)
    return told
