"""What differs between warehouses: lists, days, aggregates. Everything else is one tree for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from sqlglot import exp

from creditrules.drivers.sql.nodes import (
    END,
    Node,
    all_of,
    any_of,
    case,
    column,
    compared,
    is_null,
    number,
    text,
    wrapped,
)


def call(name: str, *arguments: Node) -> Node:
    """Call a function by the name a warehouse has for it."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


class Dialect(Protocol):
    """A warehouse: its name in sqlglot, and how it says what the others say differently."""

    name: str
    first_day: str
    not_yet: str  # the last day there is, which stands for a day that has not come
    settings: Mapping[str, int]  # what the statement asks of the warehouse

    def holds(self, items: Node, value: Node) -> Node:
        """Ask whether a list has a value."""

    def holds_something(self, items: Node) -> Node:
        """Ask whether a list has any value."""

    def has_no_other(self, items: Node, values: Sequence[Node]) -> Node:
        """Ask whether everything in a list is one of some values."""

    def list_of(self, values: Sequence[Node]) -> Node:
        """Write a list out."""

    def listed(self, entries: Node, *, in_order: bool = False) -> Node:
        """Make a list of entries built up as text: sorted, each once, or `in_order` as they stand."""

    def list_type(self, of_dates: bool) -> str:
        """Name the type in which lists come."""

    def no_list(self) -> Node:
        """Give what stands for a list where nothing is said."""

    def gathered(self, entries: Node) -> Node:
        """Join the texts of a group."""

    def days_later(self, day: Node, days: int) -> Node:
        """Count on so many days."""

    def months_later(self, day: Node, months: Node) -> Node:
        """Count on so many months, as many as a column says."""

    def has_day_within(self, days: Node, first: Node, last: Node) -> Node:
        """Ask whether a list of days has one from `first` to `last`, both in."""


class _Common:
    settings: Mapping[str, int] = MappingProxyType({})
    first_day = "0001-01-01"
    not_yet = "9999-12-31"

    def list_type(self, of_dates: bool) -> str:
        return "ARRAY<DATE>" if of_dates else "ARRAY<TEXT>"

    def no_list(self) -> Node:
        return exp.Null()

    def days_later(self, day: Node, days: int) -> Node:
        later = exp.DateAdd(this=wrapped(day.copy()), expression=number(days), unit=exp.var("DAY"))
        return exp.cast(later, "DATE")

    def list_of(self, values: Sequence[Node]) -> Node:
        return exp.Array(expressions=[value.copy() for value in values])


def _without_end(entries: Node) -> Node:
    """Take away the sign after the last entry."""
    length = compared(exp.Sub, exp.Length(this=entries.copy()), number(1))
    return exp.Substring(this=entries.copy(), start=number(1), length=length)


class DuckDB(_Common):
    """DuckDB."""

    name = "duckdb"

    def holds(self, items: Node, value: Node) -> Node:
        return call("LIST_CONTAINS", items, value)

    def holds_something(self, items: Node) -> Node:
        return compared(exp.GT, call("LEN", items), number(0))

    def listed(self, entries: Node, *, in_order: bool = False) -> Node:
        parts = call("STR_SPLIT", _without_end(entries), text(END))
        sorted_ = parts if in_order else call("LIST_SORT", call("LIST_DISTINCT", parts))
        return case((compared(exp.EQ, entries, text("")), _no_entries()), otherwise=sorted_)

    def gathered(self, entries: Node) -> Node:
        return call("STRING_AGG", entries, text(""))

    def days_later(self, day: Node, days: int) -> Node:
        return compared(exp.Add, day, number(days))  # as intervals, 30 days and a month are one to its optimizer

    def months_later(self, day: Node, months: Node) -> Node:
        return exp.cast(compared(exp.Add, day, call("TO_MONTHS", months)), "DATE")

    def has_day_within(self, days: Node, first: Node, last: Node) -> Node:
        return exp.Exists(this=_days_within(days, first, last))

    def has_no_other(self, items: Node, values: Sequence[Node]) -> Node:
        return call("LIST_HAS_ALL", self.list_of(values), items)


def _no_entries() -> Node:
    return exp.cast(exp.Array(expressions=[]), "ARRAY<TEXT>")


class Spark(_Common):
    """Apache Spark, from 3.4 on."""

    name = "spark"

    def holds(self, items: Node, value: Node) -> Node:
        return call("ARRAY_CONTAINS", items, value)

    def holds_something(self, items: Node) -> Node:
        return compared(exp.GT, call("SIZE", items), number(0))

    def listed(self, entries: Node, *, in_order: bool = False) -> Node:
        parts = call("SPLIT", _without_end(entries), text(f"[{END}]"))
        sorted_ = parts if in_order else call("ARRAY_SORT", call("ARRAY_DISTINCT", parts))
        return case((compared(exp.EQ, entries, text("")), _no_entries()), otherwise=sorted_)

    def gathered(self, entries: Node) -> Node:
        return call("ARRAY_JOIN", call("COLLECT_LIST", entries), text(""))

    def months_later(self, day: Node, months: Node) -> Node:
        return call("ADD_MONTHS", day, months)

    def has_day_within(self, days: Node, first: Node, last: Node) -> Node:
        return call("EXISTS", days, _is_within(first, last))

    def has_no_other(self, items: Node, values: Sequence[Node]) -> Node:
        others = call("ARRAY_EXCEPT", items, self.list_of(values))
        return compared(exp.EQ, call("SIZE", others), number(0))


class Postgres(_Common):
    """PostgreSQL."""

    name = "postgres"

    def holds(self, items: Node, value: Node) -> Node:
        return exp.EQ(this=value.copy(), expression=exp.Any(this=exp.Paren(this=items.copy())))

    def holds_something(self, items: Node) -> Node:
        return compared(exp.GT, call("CARDINALITY", items), number(0))

    def listed(self, entries: Node, *, in_order: bool = False) -> Node:
        parts = call("STRING_TO_ARRAY", _without_end(entries), text(END))
        each = exp.select(exp.alias_(call("UNNEST", parts), "entry")).distinct().order_by("entry")
        listed = parts if in_order else exp.Anonymous(this="ARRAY", expressions=[each])
        return case((compared(exp.EQ, entries, text("")), _no_entries()), otherwise=listed)

    def gathered(self, entries: Node) -> Node:
        return call("STRING_AGG", entries, text(""))

    def months_later(self, day: Node, months: Node) -> Node:
        month = exp.Interval(this=text("1"), unit=exp.var("MONTH"))
        return exp.cast(compared(exp.Add, day, compared(exp.Mul, months, month)), "DATE")

    def has_day_within(self, days: Node, first: Node, last: Node) -> Node:
        return exp.Exists(this=_days_within(days, first, last))

    def has_no_other(self, items: Node, values: Sequence[Node]) -> Node:
        return exp.ArrayContainsAll(this=self.list_of(values), expression=items.copy())


class Trino(_Common):
    """Trino."""

    name = "trino"

    def holds(self, items: Node, value: Node) -> Node:
        return call("CONTAINS", items, value)

    def holds_something(self, items: Node) -> Node:
        return compared(exp.GT, call("CARDINALITY", items), number(0))

    def listed(self, entries: Node, *, in_order: bool = False) -> Node:
        parts = call("SPLIT", _without_end(entries), text(END))
        sorted_ = parts if in_order else call("ARRAY_SORT", call("ARRAY_DISTINCT", parts))
        return case((compared(exp.EQ, entries, text("")), _no_entries()), otherwise=sorted_)

    def gathered(self, entries: Node) -> Node:
        return call("ARRAY_JOIN", call("ARRAY_AGG", entries), text(""))

    def months_later(self, day: Node, months: Node) -> Node:
        return call("DATE_ADD", text("month"), months, day)

    def has_day_within(self, days: Node, first: Node, last: Node) -> Node:
        return call("ANY_MATCH", days, _is_within(first, last))

    def has_no_other(self, items: Node, values: Sequence[Node]) -> Node:
        others = call("ARRAY_EXCEPT", items, self.list_of(values))
        return compared(exp.EQ, call("CARDINALITY", others), number(0))


class ClickHouse(_Common):
    """ClickHouse: its lists cannot be unknown, so a list comes as the JSON of one; its days end in 2299."""

    name = "clickhouse"
    settings: Mapping[str, int] = MappingProxyType({"join_use_nulls": 1})
    first_day = "1900-01-01"
    not_yet = "2299-12-31"

    def list_type(self, of_dates: bool) -> str:
        return "TEXT"

    def no_list(self) -> Node:
        return call("emptyArrayString")

    def holds(self, items: Node, value: Node) -> Node:
        found = call("has", self._items(items), value)
        return case((is_null(items), exp.Null()), otherwise=found)

    def holds_something(self, items: Node) -> Node:
        return case((is_null(items), exp.Null()), otherwise=call("notEmpty", self._items(items)))

    def _items(self, items: Node) -> Node:
        known = exp.Coalesce(this=items.copy(), expressions=[text("[]")])
        return call("JSONExtract", known, text("Array(String)"))

    def list_of(self, values: Sequence[Node]) -> Node:
        return call("toJSONString", exp.Array(expressions=[value.copy() for value in values]))

    def listed(self, entries: Node, *, in_order: bool = False) -> Node:
        parts = call("splitByChar", text(END), exp.Coalesce(this=entries.copy(), expressions=[text("")]))
        kept = call("arrayFilter", _not_empty(), parts)
        return kept if in_order else call("arraySort", call("arrayDistinct", kept))

    def gathered(self, entries: Node) -> Node:
        return call("arrayStringConcat", call("groupArray", entries))

    def months_later(self, day: Node, months: Node) -> Node:
        return call("addMonths", day, months)

    def has_day_within(self, days: Node, first: Node, last: Node) -> Node:
        known = exp.Coalesce(this=days.copy(), expressions=[text("[]")])
        return call("arrayExists", _is_within(first, last), call("JSONExtract", known, text("Array(Date32)")))

    def has_no_other(self, items: Node, values: Sequence[Node]) -> Node:
        known = exp.Array(expressions=[value.copy() for value in values])
        return case((is_null(items), exp.Null()), otherwise=call("hasAll", known, self._items(items)))


def _is_within(first: Node, last: Node) -> Node:
    one = exp.Identifier(this="day", quoted=False)
    day = exp.Column(this=one.copy())
    within = all_of((compared(exp.GTE, day, first), compared(exp.LTE, day, last)))
    return exp.Lambda(this=within, expressions=[one])


def _days_within(days: Node, first: Node, last: Node) -> exp.Select:
    day = column("day", "told")
    listed = exp.Unnest(
        expressions=[days.copy()], alias=exp.TableAlias(this="told", columns=[exp.to_identifier("day")])
    )
    within = all_of((compared(exp.GTE, day, first), compared(exp.LTE, day, last)))
    return exp.select(number(1)).from_(listed).where(within)


def _not_empty() -> Node:
    one = exp.Identifier(this="entry", quoted=False)
    return exp.Lambda(this=compared(exp.NEQ, exp.Column(this=one.copy()), text("")), expressions=[one])


DIALECTS: dict[str, Dialect] = {one.name: one for one in (DuckDB(), Spark(), Postgres(), Trino(), ClickHouse())}


def holds_any(dialect: Dialect, items: Node, values: Sequence[Node]) -> Node:
    """Ask whether a list has one of some values."""
    return any_of(dialect.holds(items, value) for value in values)


def holds_all(dialect: Dialect, items: Node, values: Sequence[Node]) -> Node:
    """Ask whether a list has all of some values."""
    return all_of(dialect.holds(items, value) for value in values)
