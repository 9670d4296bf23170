"""Rows decided by whole columns: where all that the rules of a matter read is told, and no papers are there to judge.

Rules are told to hold or not for many rows at once; what follows from those that hold is joined from bits. A row that
does not fit in, for whatever reason, is left over, to be decided one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
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

_AT_ONCE = 1 << 28  # rules in rows that are told to hold or not at a time
COVERED = frozenset({"outcome", "possible", "rules", "measures", "options", "missing", "papers"})


@dataclass(slots=True)
class Held:
    """What holds in rows decided by columns, in the order of `rows`: the place of the outcome among all outcomes,
    bits of measures and of options, and those of the rules that hold, eight to a byte: the bits of a row stand for
    the `numbers` from its `first` on."""

    rows: Ints
    outcome: np.ndarray[Any, Any]
    measures: Ints
    options: Ints
    rules: np.ndarray[Any, Any]
    first: np.ndarray[Any, Any]
    numbers: np.ndarray[Any, Any]


def held_in(
    plain: pa.Table,
    layout: Layout,
    programs: Programs,
    vocabulary: Vocabulary,
    on: dt.date | None,
    names: frozenset[str],
    tried: Bools,
) -> Held | None:
    """Decide what can be by whole columns of the rows `tried`; `names` are the columns of the answer. `None` where
    none can be."""
    if "matter.code" not in layout.facts or {"consulted", "policy", "area"} & layout.plain:
        return None
    days = days_of(plain["on"].combine_chunks() if "on" in layout.plain else None, on, len(plain))
    if days is None:
        return None
    table = _read(plain, layout, programs, Reading(vocabulary, on), days)
    if table is None:
        return None
    fit, columns, nulls, papers = table
    fit &= tried
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
            try:
                plan = plans.of(matter)
                for part in _parts(rows, _AT_ONCE // max(len(plan.rules), 1)):
                    here = day if isinstance(day, int) else day[part]
                    view = Rows(ordered, part, here, "untold" if told else "none")
                    groups.append(_group(plans, plan, view, lost, order[part], names))
            except NotCoveredError:
                continue
    groups = [one for one in groups if len(one.rows)]
    return _joined(groups) if groups else None


def _parts(rows: slice, most: int) -> Iterator[slice]:
    """Cut rows into parts, so that many rules in many rows do not fill the memory."""
    for start in range(rows.start, rows.stop, max(most, 1)):
        yield slice(start, min(start + max(most, 1), rows.stop))


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
    masks, besides = _masks(plan, view)
    held = _matrix(masks, len(rows))
    packed = np.packbits(held, axis=1)
    ladder = _joined_bits(packed, plan.ladder)
    for mask, bits in besides:
        ladder |= bits * np.asarray(mask)
    missing = [nulls[name][view.rows] for name in view.read if name in nulls]
    if missing:
        told = ~np.logical_or.reduce(missing)
        held, packed, ladder, rows = held[told], packed[told], ladder[told], rows[told]
    empty = np.empty(0, np.int64)
    rules = "rules" in names
    return Held(
        rows,
        plans.outcomes(plan.last)[ladder],
        _joined_bits(packed, plan.measures) if "measures" in names else empty,
        _joined_bits(packed, plan.options) if "options" in names else empty,
        packed if rules else packed[:, :0],
        np.zeros(len(rows), np.int32),
        plan.numbers,
    )


def _masks(plan: Plan, view: Rows) -> tuple[list[Truths], list[tuple[Truths, int]]]:
    """Say for every rule where it holds; and besides, with its bits of the ladder, where a requirement is not met,
    and where no document applies."""
    if plan.on_papers and view.papers != "none":
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

    found = [holds(place) for place in range(len(plan.rules))]
    besides: list[tuple[Truths, int]] = []
    for place, effect in plan.requires:
        if found[place] is not False:
            besides.append((all_of([found[place], opposite(_met(effect, view))]), PENDING))
    none_applies = opposite(any_of(applies.values()))
    if none_applies is not False:
        besides.append((none_applies, NOT_APPLICABLE))
    return found, besides


def _met(effect: Require, view: Rows) -> Truths:
    """Say where a requirement is met, no paper having been handed in."""
    ways = [
        way.condition is not None and way.kind == "step" and view.holds(way.condition) for way in effect.alternatives
    ]
    return any_of(ways) if effect.mode == "any_of" else all_of(ways)


def _matrix(masks: list[Truths], rows: int) -> Bools:
    """Put masks side by side, a row for each row of the table."""
    found = np.empty((len(masks), rows), bool)
    for place, mask in enumerate(masks):
        found[place] = mask
    return np.ascontiguousarray(found.T)


def _joined_bits(packed: np.ndarray[Any, Any], tables: tuple[Ints, ...]) -> Ints:
    """Join the bits of all rules that hold, a byte of eight rules at a time."""
    found = np.zeros(len(packed), np.int64)
    for place, table in enumerate(tables):
        found |= table[packed[:, place]]
    return found


def _joined(groups: list[Held]) -> Held:
    """Put groups one after another, in the order of the rows in their table."""
    rows = np.concatenate([one.rows for one in groups])
    order = np.full(int(rows.max()) + 1, -1, np.intp)
    order[rows] = np.arange(len(rows))
    order = order[order >= 0]
    rules = np.zeros((len(rows), max(one.rules.shape[1] for one in groups)), np.uint8)
    first = np.empty(len(rows), np.int32)
    begin = number = 0
    for one in groups:
        end = begin + len(one.rows)
        rules[begin:end, : one.rules.shape[1]] = one.rules
        first[begin:end] = number
        begin, number = end, number + len(one.numbers)

    def ordered(parts: list[Ints]) -> Ints:
        joined = np.concatenate(parts)
        return joined[order] if len(joined) else joined

    return Held(
        rows[order],
        ordered([one.outcome for one in groups]),
        ordered([one.measures for one in groups]),
        ordered([one.options for one in groups]),
        rules.take(order, axis=0),
        first[order],
        np.concatenate([one.numbers for one in groups]),
    )
