"""Rows decided by whole columns: where all that the rules of a matter read is told, and no papers are there to judge.

Rules are told to hold or not for many rows at once; what follows from those that hold is joined from bits. A row that
does not fit in, for whatever reason, is left over, to be decided one by one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from creditrules.drivers.table.conditions import Rows, Truths, all_of, any_of, opposite, truths
from creditrules.drivers.table.encoded import EPOCH, FIRST_DAY, LAST_DAY, Ints, Reading, days_of
from creditrules.drivers.table.layout import Layout
from creditrules.drivers.table.plans import NOT_APPLICABLE, PENDING, Plan, Plans, plans_of
from creditrules.drivers.table.typed import Bools, NotCoveredError, TypedColumn, typed_column
from creditrules.drivers.table.uses import Programs, uses_of
from creditrules.program import Require
from creditrules.vocabulary import Vocabulary

COVERED = frozenset({"outcome", "possible", "rules", "measures", "options", "missing", "papers"})


@dataclass(slots=True)
class Held:
    """What holds in rows decided by columns, in the order of `rows`: the place of the outcome among all outcomes, bits
    of measures and of options, and the numbers of the rules that hold, `counts` of them for each row."""

    rows: Ints
    outcome: np.ndarray[Any, Any]
    measures: Ints
    options: Ints
    rules: np.ndarray[Any, Any]
    counts: np.ndarray[Any, Any]


def held_in(
    plain: pa.Table,
    layout: Layout,
    programs: Programs,
    vocabulary: Vocabulary,
    on: dt.date | None,
    names: frozenset[str],
) -> Held | None:
    """Decide what rows can be by whole columns; `names` are the columns of the answer. `None` where none can be."""
    if "matter.code" not in layout.facts or {"consulted", "policy", "area"} & layout.plain:
        return None
    days = days_of(plain["on"].combine_chunks() if "on" in layout.plain else None, on, len(plain))
    if days is None:
        return None
    table = _read(plain, layout, programs, Reading(vocabulary, on), days)
    if table is None:
        return None
    fit, columns, nulls, papers = table
    code = columns["matter.code"]
    plans = plans_of(programs)
    every = len(code.values)
    wanted = np.where(fit, code.data.astype(np.int64) * 2 + papers, 2 * every)
    order = np.argsort(wanted.astype(np.uint16) if every < 30_000 else wanted, kind="stable")
    starts = np.searchsorted(wanted[order], np.arange(2 * every + 1))
    order = order[: int(starts[-1])]
    ordered = {name: column.ordered(order) for name, column in columns.items()}
    lost = {name: null[order] for name, null in nulls.items()}
    day = days if isinstance(days, int) else days[order]
    groups: list[Held] = []
    for place, matter in enumerate(code.values):
        for told in (0, 1):
            rows = slice(int(starts[2 * place + told]), int(starts[2 * place + told + 1]))
            if rows.start == rows.stop or not isinstance(matter, str):
                continue
            view = Rows(ordered, rows, day if isinstance(day, int) else day[rows], "untold" if told else "none")
            try:
                groups.append(_group(plans, plans.of(matter), view, lost, order[rows], names))
            except NotCoveredError:
                continue
    return _joined(groups) if groups else None


def _read(
    plain: pa.Table, layout: Layout, programs: Programs, reading: Reading, days: Ints | int
) -> tuple[Bools, dict[str, TypedColumn], dict[str, Bools], Bools] | None:
    """Read the columns; say which rows may be tried at all, and of which nobody told what was handed in."""
    fit = np.ones(len(plain), bool)
    if isinstance(days, int):
        if not FIRST_DAY <= days <= LAST_DAY:
            return None
    else:
        fit &= (days >= FIRST_DAY) & (days <= LAST_DAY)
    uses = uses_of(programs)
    columns: dict[str, TypedColumn] = {}
    nulls: dict[str, Bools] = {}
    for column, name in layout.facts.items():
        array = _one(plain, column)
        made = typed_column(array, name, uses.get(name), reading)
        if made is None:
            fit &= array.is_null().to_numpy(zero_copy_only=False)
            continue
        if made.wrong is not None:
            fit &= ~made.wrong
        use = uses.get(name)
        if use is not None and any(one.only_if is not None or one.twin is not None for one in use.infos):
            fit &= made.null if made.null is not None else False  # it may contradict another
            continue
        if made.null is not None:
            nulls[name] = made.null
        if made.kind != "none":
            columns[name] = made
    if "matter.code" not in columns or columns["matter.code"].kind != "words":
        return None
    if "matter.code" in nulls:
        fit &= ~nulls["matter.code"]
    if "matter" in layout.plain:
        flag = _one(plain, "matter")
        if not pa.types.is_boolean(flag.type):
            return None
        fit &= flag.fill_null(True).to_numpy(zero_copy_only=False)
    untold = np.ones(len(plain), bool)
    if "documents" in layout.plain:
        papers = _one(plain, "documents")
        if not pa.types.is_list(papers.type):
            return None
        untold = papers.is_null().to_numpy(zero_copy_only=False)
        offsets = papers.offsets.to_numpy()
        fit &= untold | (offsets[1:] == offsets[:-1])
    return (fit, columns, nulls, untold) if fit.any() else None


def _one(plain: pa.Table, column: str) -> pa.Array:
    array = plain[column]
    return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()


def _group(plans: Plans, plan: Plan, view: Rows, nulls: dict[str, Bools], rows: Ints, names: frozenset[str]) -> Held:
    """Decide the rows of one matter; those in which a fact that some rule reads is not told are left over."""
    masks = _masks(plan, view)
    matrix = _matrix([mask for mask, _ in masks], len(rows))
    missing = [nulls[name][view.rows] for name in view.read if name in nulls]
    if missing:
        told = ~np.logical_or.reduce(missing)
        matrix, rows = matrix[told], rows[told]
    held = matrix[:, : len(plan.rules)]
    packed = np.packbits(matrix, axis=1)
    ladder = _joined_bits(packed, np.array([bits for _, bits in masks], np.int64))
    empty = np.empty(0, np.int64)
    rules = "rules" in names
    return Held(
        rows,
        plans.outcomes(plan.last)[ladder],
        _joined_bits(packed, plan.measures) if "measures" in names else empty,
        _joined_bits(packed, plan.options) if "options" in names else empty,
        np.broadcast_to(plan.numbers, held.shape)[held] if rules else empty,
        np.count_nonzero(held, axis=1) if rules else empty,
    )


def _masks(plan: Plan, view: Rows) -> list[tuple[Truths, int]]:
    """Say for every rule where it holds, with its bits of the ladder; then for every requirement where it is not met;
    and where no document applies."""
    if plan.over_papers and view.papers != "none":
        raise NotCoveredError
    on = view.on
    applies: dict[str, Truths] = {}
    for program in plan.programs:
        until = program.until
        begun = truths((program.start - EPOCH).days <= on)
        in_force = begun if until is None else all_of([begun, truths(on <= (until - EPOCH).days)])
        applies[program.policy] = all_of([in_force, view.holds(program.scope)])
    made: dict[int, Truths] = {}

    def holds(place: int) -> Truths:
        if place not in made:
            rule = plan.rules[place]
            speaks = applies[rule.policy]
            parts = [speaks]
            if speaks is not False:
                parts.append(view.holds(rule.when))
                if rule.unless is not None:
                    parts.append(opposite(view.holds(rule.unless)))
                parts += [opposite(holds(other)) for other in plan.overriders[place]]
            made[place] = all_of(parts)
        return made[place]

    found: list[tuple[Truths, int]] = [(holds(place), int(bits)) for place, bits in enumerate(plan.ladder)]
    for place, effect in plan.requires:
        if found[place][0] is not False:
            found.append((all_of([found[place][0], opposite(_met(effect, view))]), PENDING))
    none_applies = opposite(any_of(applies.values()))
    if none_applies is not False:
        found.append((none_applies, NOT_APPLICABLE))
    return found


def _met(effect: Require, view: Rows) -> Truths:
    """Say where a requirement is met, no paper having been handed in."""
    ways: list[Truths] = []
    for way in effect.alternatives:
        if way.kind == "paper":
            if view.papers != "none":
                raise NotCoveredError
            ways.append(False)
        else:
            assert way.condition is not None
            ways.append(view.holds(way.condition))
    return any_of(ways) if effect.mode == "any_of" else all_of(ways)


def _matrix(masks: list[Truths], rows: int) -> Bools:
    """Put masks side by side, a row for each row of the table."""
    found = np.empty((len(masks), rows), bool)
    for place, mask in enumerate(masks):
        found[place] = mask
    return np.ascontiguousarray(found.T)


_BYTES = (np.arange(256)[:, None] >> np.arange(7, -1, -1)) & 1  # the bits of every byte, the highest first


def _joined_bits(packed: np.ndarray[Any, Any], bits: Ints) -> Ints:
    """Join the bits of all rules that hold, a byte of eight rules at a time."""
    found = np.zeros(len(packed), np.int64)
    for place in range(0, len(bits), 8):
        here = np.zeros(8, np.int64)
        here[: len(bits[place : place + 8])] = bits[place : place + 8]
        if here.any():
            found |= np.bitwise_or.reduce(np.where(_BYTES, here, 0), axis=1)[packed[:, place // 8]]
    return found


def _joined(groups: list[Held]) -> Held:
    return Held(*(np.concatenate([getattr(one, name) for one in groups]) for name in _PARTS))


_PARTS = ("rows", "outcome", "measures", "options", "rules", "counts")
