"""Conditions, days and effects in an author's words: one line of YAML."""

from __future__ import annotations

from collections.abc import Sequence

from creditrules.conditions import All, Any, Condition, Day, Is, Not, Papers, Period, Test, Word
from creditrules.policy import Alternative


def words(values: Sequence[Word]) -> str:
    """Write one value, or a list."""
    texts = [value.text if value.text else "''" for value in values]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def day(value: Day) -> str:
    """Write a day."""
    if isinstance(value, Period):
        return f"{{{value.unit}: {value.count.text}, since: {day(value.since)}}}"
    return value.text


def condition(value: Condition) -> str:
    """Write a condition without its outer braces."""
    match value:
        case Test():
            return f"{value.fact.text}: {_test(value)}"
        case Is(term=term):
            return f"is: {term.text}"
        case Not(no=part):
            return f"not: {{{condition(part)}}}"
        case Papers(which=which, such=such):
            return f"{which}: {{{condition(such)}}}"
        case Any(any=parts):
            return f"any: [{', '.join(f'{{{condition(part)}}}' for part in parts)}]"
        case All(all=parts):
            return ", ".join(condition(part) for part in parts)


def _test(test: Test) -> str:
    if test.day is not None:
        said = day(test.day)
    elif test.setting is not None:
        said = f"{{setting: {test.setting.setting.text}}}"
    else:
        said = words(test.values)
    return said if test.operator == "is" else f"{{{test.operator}: {said}}}"


def alternative(one: Alternative) -> str:
    """Write one way to meet a requirement."""
    if one.step is not None:
        done = f", done: {{{condition(one.done)}}}" if one.done is not None else ""
        return f"{{step: {one.step.text}{done}}}"
    paper = one.paper.text if one.paper is not None else ""
    return f"{{paper: {paper}, that: {{{condition(one.that)}}}}}" if one.that is not None else paper
