"""Every change of one thing in an effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from creditrules.conditions import Condition, Day, Period, Word
from creditrules.policy import (
    Alternative,
    Duty,
    Effect,
    Measures,
    Placed,
    Prohibit,
    Refer,
    Require,
    Usable,
    Weigh,
)
from creditrules.source import Span
from creditrules.testing.mutation import as_written
from creditrules.testing.mutation.edits import NOTHING, Edit, Kind, following, inside, instead, without
from creditrules.testing.mutation.of_conditions import changed_conditions, changed_days
from creditrules.testing.mutation.parts import with_parts
from creditrules.vocabulary import ACTORS, TARGETS, Vocabulary

_WEIGHTS = ("necessary", "important_reference", "reference")
_PERIODS = ("month", "quarter", "half_year", "year")
Made = TypeVar("Made", bound=Placed)


@dataclass(frozen=True, slots=True)
class Naming:
    """The names an effect may use: the vocabulary's, and the bodies of the document."""

    vocabulary: Vocabulary
    bodies: tuple[str, ...]

    @property
    def actors(self) -> tuple[str, ...]:
        """Give everybody who may do something."""
        return (*ACTORS, *self.bodies)


def changed_effects(effect: Effect, naming: Naming) -> Iterator[Edit[Effect]]:
    """Give an effect with one thing in it changed; words for readers and `at`, a note for them, stay as they are."""
    match effect:
        case Require():
            yield from _require(effect, naming)
        case Weigh():
            yield from _weigh(effect, naming)
        case Usable():
            yield from _usable(effect, naming)
        case Measures():
            yield from _measures(effect, naming)
        case Duty():
            yield from _duty(effect, naming)
        case Prohibit():
            yield from _actor(effect, "by", effect.by, naming.actors)
        case Refer():
            yield from _actor(effect, "to", effect.to, naming.actors)
            yield from _day(effect, "due", effect.due, naming)


def _set(effect: Made, **parts: object) -> Made:
    return with_parts(effect, **parts)


def _replaced(
    effect: Made, kind: Kind, key: str, before: str, after: str, value: object, span: Span | None
) -> Edit[Made]:
    return Edit(kind, key.removesuffix("_"), before, after, span or effect.span, _set(effect, **{key: value}))


def _day(effect: Made, key: str, day: Day | None, naming: Naming, *, droppable: bool = True) -> Iterator[Edit[Made]]:
    if day is None:
        return
    name = key.removesuffix("_")
    if droppable:
        span = (day.span or day.count.span) if isinstance(day, Period) else day.span
        yield _replaced(effect, "day", key, f"{name}: {as_written.day(day)}", NOTHING, None, span)
    yield from inside(changed_days(day, naming.vocabulary), name, lambda one: _set(effect, **{key: one}), effect.span)


def _condition(
    effect: Made, key: str, condition: Condition | None, naming: Naming, *, droppable: bool = True
) -> Iterator[Edit[Made]]:
    if condition is None:
        return
    if droppable:
        said = f"{key}: {{{as_written.condition(condition)}}}"
        yield _replaced(effect, "condition", key, said, NOTHING, None, condition.span)
    changes = changed_conditions(condition, naming.vocabulary)
    yield from inside(changes, key, lambda one: _set(effect, **{key: one}), effect.span)


def _actor(
    effect: Made, key: str, word: Word | None, known: Sequence[str], otherwise: str = ""
) -> Iterator[Edit[Made]]:
    """Name another body; `otherwise` is meant where none is named."""
    other = following(known, word.text if word is not None else otherwise)
    if other is not None:
        span = word.span if word is not None else effect.span
        before = word.text if word is not None else NOTHING
        yield _replaced(effect, "actor", key, before, other, Word(text=other, span=span), span)


def _names(
    effect: Made, key: str, names: tuple[Word, ...], known: Sequence[str], *, empty: bool = False
) -> Iterator[Edit[Made]]:
    """Leave out one name, or put another in its place."""
    for place, word in enumerate(names):
        path = f"{key}[{word.text}]"
        if len(names) > 1 or empty:
            left = _set(effect, **{key: without(names, place)})
            yield Edit("name", path, word.text, NOTHING, word.span, left)
        other = following(known, word.text, [one.text for one in names])
        if other is not None:
            swapped = _set(effect, **{key: instead(names, place, Word(text=other, span=word.span))})
            yield Edit("name", path, word.text, other, word.span, swapped)


def _choice(effect: Require | Measures | Duty, many: bool) -> Iterator[Edit[Effect]]:
    if many:
        other = "all_of" if effect.mode == "any_of" else "any_of"
        yield Edit("choice", "", effect.mode, other, effect.span, _set(effect, mode=other))


def _require(effect: Require, naming: Naming) -> Iterator[Edit[Effect]]:
    ways = effect.alternatives
    yield from _choice(effect, len(ways) > 1)
    for place, way in enumerate(ways):

        def put(one: Alternative, at: int = place) -> Require:
            return _set(effect, alternatives=instead(ways, at, one))

        path = f"{effect.mode}[{place}]"
        if len(ways) > 1:
            left = _set(effect, alternatives=without(ways, place))
            yield Edit("name", path, as_written.alternative(way), NOTHING, way.span or effect.span, left)
        yield from inside(_alternative(way, naming), path, put, effect.span)
    if effect.from_ is not None:
        yield _replaced(effect, "actor", "from_", f"from: {effect.from_.text}", NOTHING, None, effect.from_.span)
    yield from _actor(effect, "from_", effect.from_, naming.bodies)


def _alternative(way: Alternative, naming: Naming) -> Iterator[Edit[Alternative]]:
    key, word = ("paper", way.paper) if way.paper is not None else ("step", way.step)
    assert word is not None
    known = naming.vocabulary.papers if key == "paper" else naming.vocabulary.acts
    other = following(known, word.text)
    if other is not None:
        yield _replaced(way, "name", key, word.text, other, Word(text=other, span=word.span), word.span)
    yield from _condition(way, "that", way.that, naming)
    yield from _condition(way, "done", way.done, naming, droppable=False)


def _weigh(effect: Weigh, naming: Naming) -> Iterator[Edit[Effect]]:
    for other in _WEIGHTS:
        if other != effect.as_:
            yield _replaced(effect, "weight", "as_", effect.as_, other, other, None)
    both = bool(effect.papers and effect.facts)
    yield from _names(effect, "papers", effect.papers, tuple(naming.vocabulary.papers), empty=both)
    yield from _names(effect, "facts", effect.facts, tuple(naming.vocabulary.facts), empty=both)


def _usable(effect: Usable, naming: Naming) -> Iterator[Edit[Effect]]:
    parts = (effect.from_, effect.after, effect.until, effect.once)
    several = sum(part is not None for part in parts) > 1
    for key, other in (("from_", "after"), ("after", "from_")):
        day = getattr(effect, key)
        if day is not None:
            moved = _set(effect, **{key: None, other: day})
            span = day.span or effect.span
            yield Edit("day", key.removesuffix("_"), key.removesuffix("_"), other.removesuffix("_"), span, moved)
    for key in ("from_", "after", "until"):
        yield from _day(effect, key, getattr(effect, key), naming, droppable=several)
    yield from _condition(effect, "once", effect.once, naming, droppable=several)


def _measures(effect: Measures, naming: Naming) -> Iterator[Edit[Effect]]:
    yield from _choice(effect, len(effect.names) > 1)
    yield from _names(effect, "names", effect.names, tuple(naming.vocabulary.measures))
    yield from _actor(effect, "target", effect.target, TARGETS, "subject")
    yield from _actor(effect, "by", effect.by, naming.actors, "department")


def _duty(effect: Duty, naming: Naming) -> Iterator[Edit[Effect]]:
    yield from _actor(effect, "who", effect.who, naming.actors)
    yield from _choice(effect, len(effect.what) > 1)
    yield from _names(effect, "what", effect.what, tuple(naming.vocabulary.acts))
    yield from _day(effect, "due", effect.due, naming)
    yield from _condition(effect, "done", effect.done, naming)
    if effect.every is not None:
        for other in (following(_PERIODS, effect.every),):
            yield _replaced(effect, "recurrence", "every", effect.every, str(other), other, None)
        yield from _day(effect, "since", effect.since, naming)
    elif effect.done_on is not None:
        said = f"done_on: {effect.done_on.text}"
        yield _replaced(effect, "condition", "done_on", said, NOTHING, None, effect.done_on.span)
