"""Reading a request of a known shape: which table each value goes to, and what is left by what is not given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

from creditrules.program import FactInfo, Value

from .matter import Doubt, MatterDriver, Unsaid, raw_class
from .tables import Elsewhere, Mask, Table

Section: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[int, str]  # which section, which key
Row: TypeAlias = tuple[type, Table]
_SHAPES_KEPT = 1 << 12
_numbers = count()


class Layout:
    """A request (or a paper of one) as far as its keys go: `sections` are those read here, `outer` those around."""

    __slots__ = (
        "_rows",
        "_shown",
        "doubts",
        "driver",
        "names",
        "number",
        "open",
        "papers",
        "places",
        "sure",
        "unsaid",
    )

    def __init__(
        self, driver: MatterDriver, names: tuple[tuple[str, ...], ...], places: Mapping[str, Place], of_paper: bool
    ) -> None:
        self.driver, self.names = driver, names
        facts = places.keys() & driver.program.facts.keys()
        about = frozenset(name for name in facts if name.startswith(("document.", "issuer.")))
        shape = driver.shape(frozenset(facts - about), about if of_paper else None)
        self.places = places
        self.sure, self.open = shape.sure, shape.open
        self.unsaid = tuple((one, self._places(one.given), self._daily(one)) for one in shape.unsaid)
        self.doubts = tuple((one, self._places(one.given)) for one in shape.doubts)
        self.number = next(_numbers)
        self._shown = self._places([name for name in sorted(facts) if _shows(driver.program.facts[name])])
        self._rows: dict[dt.date | None, tuple[tuple[Row, ...], ...]] = {}
        self.papers: dict[object, Layout] = {}

    def _daily(self, unsaid: Unsaid) -> bool:
        return unsaid.daily or any(raw_class(self.driver.program.facts[name]) is tuple for name in unsaid.given)

    def _places(self, names: Sequence[str]) -> tuple[Place, ...]:
        return tuple(self.places[name] for name in names)

    def read(self, sections: Sequence[Section], around: Sequence[Section], on: dt.date) -> tuple[Mask, Mask]:
        """Give the bits that surely hold and those not failed; `around` holds the sections by their places."""
        rows = self._rows.get(on)
        if rows is None:
            rows = self._rows_of(on)
        mask = -1
        for section, row in zip(sections, rows, strict=True):
            value: Any
            for value, (class_, table) in zip(section.values(), row, strict=True):
                if value.__class__ is not class_:
                    value = _usual(value, class_)
                mask &= table[value]
        sure, open_ = self.sure & mask, self.open & mask
        for unsaid, places, daily in self.unsaid:
            left_sure, left_open = self._left(unsaid, places, daily, around, on)
            sure &= left_sure
            open_ &= left_open
        for doubt, places in self.doubts:
            key = _key(around, places, on)
            wrong = doubt.known.get(key)
            if wrong is None:
                wrong = self._doubt(doubt, places, around, on, key)
            if wrong:
                raise Elsewhere
        return sure, open_

    def told(self, around: Sequence[Section], on: dt.date) -> tuple[object, ...]:
        """Give what, beside the masks, the entries of a decision can hang on: days, and what premises came to."""
        shown = [around[section][key] for section, key in self._shown]
        return (self.number, *shown, *[self._left(*one, around, on) for one in self.unsaid])

    def _left(
        self, unsaid: Unsaid, places: Sequence[Place], daily: bool, around: Sequence[Section], on: dt.date
    ) -> tuple[Mask, Mask]:
        """Give what is left by what is not said, from what it hangs on instead."""
        key = _key(around, places, on) if daily or len(places) > 1 else around[places[0][0]][places[0][1]]
        known = unsaid.known.get(key)
        return self._ask(unsaid, places, around, on, key) if known is None else known

    def _rows_of(self, on: dt.date) -> tuple[tuple[Row, ...], ...]:
        rows = tuple(tuple(self._row(name, on) for name in names) for names in self.names)
        if len(self._rows) >= 256:
            self._rows.clear()
        self._rows[on] = rows
        return rows

    def _row(self, name: str, on: dt.date) -> Row:
        fact = self.driver.program.facts.get(name)
        if fact is None:
            return str, self.driver.unread(name)
        return raw_class(fact), self.driver.table(name, on)

    def _values(self, names: Sequence[str], places: Sequence[Place], around: Sequence[Section]) -> dict[str, Value]:
        values = {}
        for name, (section, key) in zip(names, places, strict=True):
            value = self.driver.read_value(name, around[section][key])
            if value is None:
                raise Elsewhere
            values[name] = value
        return values

    def _ask(
        self, unsaid: Unsaid, places: Sequence[Place], around: Sequence[Section], on: dt.date, key: object
    ) -> tuple[Mask, Mask]:
        found = self.driver.ask(unsaid.sources, self._values(unsaid.given, places, around), on)
        if len(unsaid.known) < _SHAPES_KEPT:
            unsaid.known[key] = found
        return found

    def _doubt(
        self, doubt: Doubt, places: Sequence[Place], around: Sequence[Section], on: dt.date, key: object
    ) -> bool:
        wrong = self.driver.contradicted(doubt.fact, self._values(doubt.given, places, around), on)
        if len(doubt.known) < _SHAPES_KEPT:
            doubt.known[key] = wrong
        return wrong


def _shows(fact: FactInfo) -> bool:
    return fact.type in ("date", "list[date]") or fact.only_if is not None


def _usual(value: Any, class_: type) -> Any:
    """Take what is as good as the usual class of a fact: a date for its text, a list for a tuple."""
    if class_ is str and value.__class__ is dt.date:
        return value
    if class_ is tuple and value.__class__ is list:
        return tuple(value)
    raise Elsewhere


def _key(around: Sequence[Section], places: Sequence[Place], on: dt.date) -> tuple[Any, ...]:
    values = [around[section][key] for section, key in places]
    return (on, *[tuple(value) if value.__class__ is list else value for value in values])
