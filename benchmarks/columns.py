"""The generated work on a million rows as a programmer writes it by hand with numpy.

Texts become codes and lists bit masks; rows are sorted by matter; each row gets one mask of the rules that hold, from
which outcomes, measures and ids are read in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.workload import DATES, ENUMS, LISTS, OUTCOME_OF, STRONGEST_FIRST, Data, in_decision_order

NAME = "numpy, by hand"
PACKAGE = "numpy"


def load(policy: Mapping[str, Any]) -> Engine:
    """Take in a policy."""
    return Engine(policy)


class Engine:
    """Decides tables, matter by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self.groups = in_decision_order(policy)
        rules = [rule for group in self.groups.values() for rule in group]
        sizes = [len(group) for group in self.groups.values()]
        self._first = np.concatenate([[0], np.cumsum(sizes)])[:-1]  # of each matter, among all rules
        self._bytes = (max(sizes) + 7) // 8
        self._ids = pa.array([rule["id"] for rule in rules])
        self._measures = pa.array([rule["measure"] for rule in rules])
        self._reaching = {
            outcome: np.array([_reaching(group, outcome) for group in self.groups.values()], np.uint64)
            for outcome in STRONGEST_FIRST[:-1]
        }

    def batch(self, table: pa.Table) -> pa.Table:
        """Decide an Arrow table; gives outcome, measures and rules."""
        matters = list(self.groups)
        matter = _codes(table["matter"], matters)
        order = np.argsort(matter, kind="stable")
        ends = np.cumsum(np.bincount(matter, minlength=len(matters)))
        tested = {fact for rules in self.groups.values() for rule in rules for fact in _facts(rule["when"])}
        columns = {fact: _column(table[fact], fact)[order] for fact in tested}
        masks = np.empty(table.num_rows, np.uint64)
        for place, (rules, end) in enumerate(zip(self.groups.values(), ends, strict=True)):
            rows = slice(int(ends[place - 1]) if place else 0, int(end))
            masks[order[rows]] = _masks(rules, columns, rows)
        outcome = np.full(table.num_rows, len(self._reaching), np.int8)
        for rank, reaching in reversed(list(enumerate(self._reaching.values()))):
            outcome[masks & reaching[matter] != 0] = rank
        rule, ends = self._held(masks, matter)
        return pa.table(
            {
                "outcome": pa.array(STRONGEST_FIRST).take(pa.array(outcome)),
                "measures": pa.ListArray.from_arrays(ends, self._measures.take(rule)),
                "rules": pa.ListArray.from_arrays(ends, self._ids.take(rule)),
            }
        )

    def _held(self, masks: Any, matter: Any) -> tuple[Any, Any]:
        """Give the rule of each bit that is set, and where each row's rules end."""
        octets = masks.astype("<u8").view(np.uint8).reshape(-1, 8)[:, : self._bytes]
        bits = np.unpackbits(octets, axis=1, bitorder="little")
        row, bit = np.divmod(np.flatnonzero(bits), self._bytes * 8)
        ends = np.concatenate([[0], np.cumsum(np.bitwise_count(masks), dtype=np.int32)])
        return pa.array(self._first[matter[row]] + bit), pa.array(ends, pa.int32())


def _reaching(rules: list[Data], outcome: str) -> int:
    return sum(1 << bit for bit, rule in enumerate(rules) if OUTCOME_OF[rule["measure"]] == outcome)


def _facts(when: list[Data]) -> set[str]:
    found: set[str] = set()
    for one in when:
        inner = one.get("args") or ([one["arg"]] if "arg" in one else [])
        found |= _facts(inner) if inner else {one["fact"]}
    return found


def _codes(column: Any, domain: list[str]) -> Any:
    """Give each text its place in the domain."""
    coded = pc.dictionary_encode(column).combine_chunks()
    place = {text: number for number, text in enumerate(domain)}
    table = np.array([place[text] for text in coded.dictionary.to_pylist()], dtype=np.int16)
    return table[coded.indices.to_numpy()]


def _column(column: Any, fact: str) -> Any:
    if fact in ENUMS:
        return _codes(column, ENUMS[fact]).astype(np.int8)
    if fact in LISTS:
        return _bits(column.combine_chunks(), LISTS[fact])
    if fact in DATES:
        return column.cast(pa.int32()).to_numpy()
    return column.to_numpy()


def _bits(lists: Any, domain: list[str]) -> Any:
    """Give each list as a mask of its members."""
    offsets = lists.offsets.to_numpy()
    bits = np.left_shift(1, _codes(pa.chunked_array([lists.flatten()]), domain).astype(np.int32))
    sums = np.concatenate([[0], np.cumsum(bits, dtype=np.int64)])  # members are different, so a sum is a mask
    return (sums[offsets[1:] - offsets[0]] - sums[offsets[:-1] - offsets[0]]).astype(np.int16)


def _masks(rules: list[Data], columns: Mapping[str, Any], rows: slice) -> Any:
    mask = np.zeros(rows.stop - rows.start, dtype=np.uint64)
    for bit, rule in enumerate(rules):
        held = _holds(rule["when"][0], columns, rows)
        for one in rule["when"][1:]:
            held = held & _holds(one, columns, rows)
        mask |= held.astype(np.uint64) << np.uint64(bit)
    return mask


def _holds(condition: Data, columns: Mapping[str, Any], rows: slice) -> Any:
    match condition["op"]:
        case "or":
            first, second = (_holds(one, columns, rows) for one in condition["args"])
            return first | second
        case "not":
            return ~_holds(condition["arg"], columns, rows)
    fact, value = condition["fact"], condition["value"]
    there = columns[fact][rows]
    match condition["op"]:
        case "eq":
            return there == ENUMS[fact].index(value)
        case "in":
            places = [ENUMS[fact].index(one) for one in value]
            return np.logical_or.reduce([there == place for place in places])
        case "has":
            return there & (1 << LISTS[fact].index(value)) != 0
        case "int_eq" | "is":
            return there == value
        case "before" | "from":
            day = int(np.datetime64(value).astype(np.int64))
            return there < day if condition["op"] == "before" else there >= day
        case "lt":
            return there < value
        case "le":
            return there <= value
        case "gt":
            return there > value
    return there >= value
