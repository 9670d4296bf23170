"""Three values as numbers, with what an untold one hangs on: 1 holds, -1 fails, 0 cannot be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

Hanging: TypeAlias = frozenset[tuple[str | None, str]]  # the paper, or none, and the fact


class Told(NamedTuple):
    """A truth, and the unknown facts it hangs on where it cannot be told."""

    truth: int
    hangs_on: Hanging = frozenset()


YES, NO = Told(1), Told(-1)


def known(truth: bool) -> Told:
    """Turn yes or no into a truth."""
    return YES if truth else NO


def every(tolds: Iterable[Told]) -> Told:
    """The least of all, as Kleene has it."""
    tolds = list(tolds)
    least = min((one.truth for one in tolds), default=1)
    return Told(least, _hanging(tolds) if least == 0 else frozenset())


def some(tolds: Iterable[Told]) -> Told:
    """The greatest of all."""
    tolds = list(tolds)
    most = max((one.truth for one in tolds), default=-1)
    return Told(most, _hanging(tolds) if most == 0 else frozenset())


def no(told: Told) -> Told:
    """The opposite."""
    return Told(-told.truth, told.hangs_on)


def _hanging(tolds: list[Told]) -> Hanging:
    return frozenset().union(*(one.hangs_on for one in tolds if one.truth == 0))
