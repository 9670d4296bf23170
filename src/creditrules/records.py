"""Programs and vocabularies as JSON lists, and back: what the cache writes.

A record is `[tag, field, ..]`, the tag its place in a closed list of kinds; nothing else is ever made from a text,
and no code. What one program shares, such as a fact that many rules read, is shared again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from sys import intern
from typing import Any, NoReturn, TypeVar

from creditrules import conditions as written
from creditrules import program as run
from creditrules import vocabulary as names
from creditrules.source import Span
from creditrules.tree import Scalar

_KINDS: tuple[type, ...] = (
    run.Fixed, run.Today, run.FactDay, run.Shifted,
    run.FactTest, run.DayTest, run.Given, run.AllOf, run.AnyOf, run.Negation, run.TermUse, run.PaperTest,
    run.Alternative, run.Require, run.Weigh, run.Usable, run.Inadmissible, run.Measure, run.Duty, run.Prohibit,
    run.Refer, run.MeasureInfo, run.Rule, run.Presumed, run.Program, run.FactInfo,
    written.SettingRef, written.Period, written.Test, written.All, written.Any, written.Not, written.Is,
    written.Papers,
    names.Labels, names.Fact, names.Matter, names.Paper, names.Act, names.Bars, names.Measure, names.Vocabulary,
)  # fmt: skip
_TUPLE, _SET, _MAPPING, _NUMBER, _DAY, _MARK, _SPAN, _WORD, _SHARED, _AGAIN = range(10)
_FIRST = 10
_TAGS = {kind: tag for tag, kind in enumerate(_KINDS, _FIRST)}
_NAMES = [tuple(one.name for one in fields(kind)) for kind in _KINDS]
T = TypeVar("T")
_BY_NAME = (written.Frozen,)  # records of authors take their fields by name only


class UnreadableError(ValueError):
    """A text holds something that was not written here."""


def written_down(value: object) -> str:
    """Write a program or vocabulary as one line of JSON: lists, texts and whole numbers, nothing else."""
    return json.dumps(_Writer().write(value), ensure_ascii=False, separators=(",", ":"))


def read_back(text: str, kind: type[T]) -> T:
    """Make what `written_down` wrote again; raises `UnreadableError` for anything else, or of another kind."""
    try:
        value = _Reader().read(json.loads(text, object_hook=_refuse, parse_float=_refuse, parse_constant=_refuse))
        return value if isinstance(value, kind) else _refuse(value)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as wrong:
        raise UnreadableError(str(wrong)) from None


def _refuse(value: object) -> NoReturn:
    raise UnreadableError(type(value).__name__)


class _Writer:
    """Writes one value; remembers what is shared within it."""

    def __init__(self) -> None:
        self.places: dict[int, int] = {}

    def write(self, value: object) -> object:
        kind = type(value)
        if value is None or kind in (str, bool, int):
            return value
        if kind is Span:
            return [_SPAN, *value]  # type: ignore[misc]  # a span: a tuple of numbers
        if kind is tuple:
            return [_TUPLE, *map(self.write, value)]  # type: ignore[call-overload]  # a tuple
        if kind in (run.FactInfo, dict, names.Labels):
            return self.shared(value)
        return self.whole(value)

    def shared(self, value: object) -> object:
        """Write a value once; where it stands again, the number it has."""
        place = self.places.get(id(value))
        if place is not None:
            return [_AGAIN, place]
        written = [_SHARED, self.whole(value)]
        self.places[id(value)] = len(self.places)
        return written

    def whole(self, value: object) -> object:
        match value:
            case Scalar(text=text, quoted=quoted, span=span):
                return [_WORD, text, quoted, self.write(span)]
            case frozenset():
                return [_SET, *map(self.write, sorted(value))]
            case Mapping():
                return [_MAPPING, *(self.write(part) for pair in value.items() for part in pair)]
            case Decimal():
                return [_NUMBER, str(value)]
            case dt.date():
                return [_DAY, value.toordinal()]
            case run.Mark():
                return [_MARK, value.value]
        tag = _TAGS[type(value)]
        parts = [getattr(value, name) for name in _NAMES[tag - _FIRST]]
        if isinstance(value, run.TermUse):  # a term's condition is the same wherever the term is used
            return [tag, *(self.shared(part) if part is value.condition else self.write(part) for part in parts)]
        return [tag, *map(self.write, parts)]


class _Reader:
    """Reads one value; remembers what is shared within it."""

    def __init__(self) -> None:
        self.known: list[object] = []
        self.makers: list[Callable[[list[Any]], object]] = [
            lambda parts: tuple(map(self.read, parts[1:])),
            lambda parts: frozenset(map(self.read, parts[1:])),
            self.mapping,
            lambda parts: Decimal(parts[1]),
            lambda parts: dt.date.fromordinal(parts[1]),
            lambda parts: run.Mark(parts[1]),
            lambda parts: Span(*parts[1:]),
            lambda parts: Scalar(intern(parts[1]), parts[2], self.read(parts[3])),
            self.share,
            lambda parts: self.known[parts[1]],
        ]
        self.makers += map(self.maker, _KINDS, _NAMES)

    def read(self, value: Any) -> Any:
        if type(value) is list:
            return self.makers[value[0]](value)
        return intern(value) if type(value) is str else value

    def mapping(self, parts: list[Any]) -> object:
        values = iter(map(self.read, parts[1:]))
        return dict(zip(values, values, strict=True))

    def share(self, parts: list[Any]) -> object:
        self.known.append(self.read(parts[1]))
        return self.known[-1]

    def maker(self, kind: type, fields_of: tuple[str, ...]) -> Callable[[list[Any]], object]:
        """Give what makes one kind of record, from as many values as it has fields."""
        length, read = len(fields_of) + 1, self.read
        by_name = issubclass(kind, _BY_NAME)

        def make(parts: list[Any]) -> object:
            if len(parts) != length:
                raise UnreadableError(kind.__name__)
            values = map(read, parts[1:])
            return kind(**dict(zip(fields_of, values, strict=True))) if by_name else kind(*values)

        return make
