"""Every change of one thing in a condition or a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from creditrules.conditions import All, Any, Condition, Day, Is, Not, Operator, Papers, Period, Test, Word
from creditrules.reading import iso_date
from creditrules.source import Span
from creditrules.testing.mutation import as_written
from creditrules.testing.mutation.edits import NOTHING, Edit, Kind, following, inside, instead, without
from creditrules.testing.mutation.parts import with_parts
from creditrules.vocabulary import Fact, Vocabulary

_BORDER: Mapping[Operator, Operator] = {
    "at_least": "more_than", "more_than": "at_least", "at_most": "less_than", "less_than": "at_most",
    "before": "on_or_before", "on_or_before": "before", "after": "on_or_after", "on_or_after": "after",
    "contains_any": "contains_all", "contains_all": "contains_any",
}  # fmt: skip
_OPPOSITE: Mapping[Operator, Operator] = {
    "is": "is_not", "is_not": "is", "at_least": "less_than", "less_than": "at_least", "at_most": "more_than",
    "more_than": "at_most", "before": "on_or_after", "on_or_after": "before", "on_or_before": "after",
    "after": "on_or_before",
}  # fmt: skip
_UNIT = {"working_days": "days", "days": "working_days", "months": "years", "years": "months"}


def changed_conditions(condition: Condition, vocabulary: Vocabulary) -> Iterator[Edit[Condition]]:
    """Give a condition with one thing in it changed, once for every such thing."""
    match condition:
        case Test():
            yield from _changed_tests(condition, vocabulary)
        case Is(span=span):
            said = as_written.condition(condition)
            turned = Not(no=condition, span=span)
            yield Edit("negation", "", said, as_written.condition(turned), span, turned)
        case Not(no=part, span=span):
            said = as_written.condition(condition)
            yield Edit("negation", "", said, as_written.condition(part), span, part)
            yield from inside(changed_conditions(part, vocabulary), "not", lambda one: Not(no=one, span=span), span)
        case Papers(which=which, such=such, span=span):
            other = Papers(which="none" if which == "some" else "some", such=such, span=span)
            yield Edit("negation", "", f"{which}:", f"{other.which}:", span, other)
            yield from inside(
                changed_conditions(such, vocabulary),
                which,
                lambda one: Papers(which=which, such=one, span=span),
                span,
            )
        case All(all=parts, span=span):
            yield Edit("junction", "", "all", "any", span, Any(any=parts, span=span))
            yield from _changed_parts(condition, parts, vocabulary)
        case Any(any=parts, span=span):
            if len(parts) > 1:
                yield Edit("junction", "", "any", "all", span, All(all=parts, span=span))
            said = as_written.condition(condition)
            yield Edit("negation", "", said, f"not: {{{said}}}", span, Not(no=condition, span=span))
            yield from _changed_parts(condition, parts, vocabulary)


def _changed_parts(
    whole: All | Any, parts: tuple[Condition, ...], vocabulary: Vocabulary
) -> Iterator[Edit[Condition]]:
    def made(left: tuple[Condition, ...]) -> Condition:
        if len(left) == 1:
            return left[0]
        return All(all=left, span=whole.span) if isinstance(whole, All) else Any(any=left, span=whole.span)

    name = "all" if isinstance(whole, All) else "any"
    for place, part in enumerate(parts):
        path = f"{name}[{place}]"
        if len(parts) > 1:
            dropped = Edit(
                "condition", "", as_written.condition(part), NOTHING, place_of(part), without(parts, place)
            )
            yield from inside([dropped], path, made, whole.span)

        def put(one: Condition, at: int = place) -> Condition:
            return made(instead(parts, at, one))

        yield from inside(changed_conditions(part, vocabulary), path, put, whole.span)


def place_of(condition: Condition) -> Span | None:
    """Give the place of a condition: of a test, from the fact's name on."""
    if isinstance(condition, Test):
        return condition.fact.span or condition.span
    return condition.span


def _changed_tests(test: Test, vocabulary: Vocabulary) -> Iterator[Edit[Condition]]:
    fact = vocabulary.facts.get(test.fact.text)
    name = test.fact.text
    if test.day is not None:
        for operator in (_BORDER[test.operator], _OPPOSITE[test.operator]):
            yield _with_operator(test, operator)
        for edit in changed_days(test.day, vocabulary):
            yield from inside([edit], name, lambda one: with_parts(test, day=one), test.span)
        return
    values = tuple(value.text for value in test.values)
    if values in (("true",), ("false",)) and (fact is None or fact.type == "bool"):
        turned = "false" if values == ("true",) else "true"
        yield _with_values(test, "negation", (turned,))
        return
    if test.operator in _OPPOSITE:
        yield _with_operator(test, _OPPOSITE[test.operator])
    else:
        said = as_written.condition(test)
        yield Edit("negation", name, said, f"not: {{{said}}}", test.fact.span, Not(no=test, span=test.span))
    if test.operator in _BORDER and (len(values) > 1 or fact is None or not fact.is_list):
        yield _with_operator(test, _BORDER[test.operator])
    if test.setting is None:
        yield from _changed_values(test, fact, values, vocabulary)


def _changed_values(
    test: Test, fact: Fact | None, values: tuple[str, ...], vocabulary: Vocabulary
) -> Iterator[Edit[Condition]]:
    if len(values) > 1:
        for place, value in enumerate(values):
            left = with_parts(test, values=without(test.values, place))
            yield Edit("member", f"{test.fact.text}[{value}]", value, NOTHING, test.values[place].span, left)
    if fact is None:
        return
    known = tuple(fact.values) if fact.values is not None else ()
    if fact.type == "number":
        for step in (-1, 1):
            if values[0].lstrip("-").isdigit():
                yield _with_values(test, "value", (str(int(values[0]) + step),))
    elif fact.type == "level" and test.operator not in ("is", "is_not"):
        here = known.index(values[0])
        for other in (here - 1, here + 1):
            if 0 <= other < len(known):
                yield _with_values(test, "value", (known[other],))
    elif known:
        more = following(known, values[-1], values)
        if more is not None and len(values) > 1:
            wider = with_parts(test, values=(*test.values, Word(text=more, span=test.values[-1].span)))
            yield Edit("member", test.fact.text, NOTHING, more, test.values[-1].span, wider)
        elif more is not None:
            yield _with_values(test, "value", (more,))


def _with_operator(test: Test, operator: Operator) -> Edit[Condition]:
    other = with_parts(test, operator=operator)
    at = test.operator_span or test.fact.span
    return Edit("operator", test.fact.text, as_written.condition(test), as_written.condition(other), at, other)


def _with_values(test: Test, kind: Kind, values: tuple[str, ...]) -> Edit[Condition]:
    span = test.values[0].span
    other = with_parts(test, values=tuple(Word(text=value, span=span) for value in values))
    return Edit(kind, test.fact.text, as_written.condition(test), as_written.condition(other), span, other)


def changed_days(day: Day, vocabulary: Vocabulary) -> Iterator[Edit[Day]]:
    """Give a day with one thing in it changed: by a day, the count by one, the unit, the day it is counted from."""
    if isinstance(day, Period):
        for count in (int(day.count.text) - 1, int(day.count.text) + 1):
            if count > 0:
                other = with_parts(day, count=Word(text=str(count), span=day.count.span))
                yield Edit("day", "", as_written.day(day), as_written.day(other), day.count.span, other)
        unit = with_parts(day, unit=_UNIT[day.unit])
        yield Edit("unit", "", as_written.day(day), as_written.day(unit), day.span or day.count.span, unit)
        yield from inside(
            changed_days(day.since, vocabulary), "since", lambda one: with_parts(day, since=one), day.span
        )
        return
    fixed = iso_date(day.text)
    if fixed is not None:
        for step in (-1, 1):
            moved = Word(text=(fixed + dt.timedelta(days=step)).isoformat(), span=day.span)
            yield Edit("day", "", day.text, moved.text, day.span, moved)
        return
    another = "today" if day.text != "today" else None
    if another is not None:
        yield Edit("anchor", "", day.text, another, day.span, Word(text=another, span=day.span))
