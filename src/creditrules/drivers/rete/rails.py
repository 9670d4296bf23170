"""Two rails: every formula as two labels, *held* and *did not hold*, each derived by positive conjunctions alone.

A formula that could not be told gets neither label, so unknown is not false and no rule ever needs a negation. Where
writing a formula out as an *or* of *ands* would grow, a part of it becomes a label of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from creditrules.diagnostics import advice
from creditrules.drivers.rete.atoms import Atom, about_paper
from creditrules.drivers.rete.formulas import (
    Either,
    Every,
    Formula,
    ForSome,
    Known,
    Leaf,
    Name,
    Named,
    Opposite,
)
from creditrules.drivers.rete.unavailable import unavailable

MOST_WAYS = 8  # conjunctions that one part may grow to by multiplying out
MOST_JOINED = 24  # conjunctions of one label
TOO_LARGE = 50_000  # conjunctions in all; each takes about 14 kB of memory in the engine
MOST_PARTS = 12  # conditions of one conjunction
FEW_WAYS = 200  # with more, those that say more than another are left in: finding them would take long


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition on the base fact: an atom, by its number, that held, or one that did not."""

    atom: int
    held: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """A condition on a label."""

    label: int


@dataclass(frozen=True, slots=True)
class Before:
    """A condition on what a label about all papers was after the paper before this one."""

    label: int


Part: TypeAlias = Asked | Derived | Before
Conjunction: TypeAlias = frozenset[Part]
Ways: TypeAlias = tuple[Conjunction, ...]
ALWAYS: Ways = (frozenset(),)
NEVER: Ways = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A label with the conjunctions that bring it.

    `phase` says when it is derived: in an even one once for the request, in an odd one for each paper in turn.
    `starts` is set for a label about all papers, and says whether it is there before the first one.
    """

    ways: Ways
    phase: int
    starts: bool | None = None

    @property
    def known_in(self) -> int:
        """Give the phase from which others may rest on it: what is said of all papers, after the last one."""
        return self.phase + 1 if self.starts is not None else self.phase


@dataclass(frozen=True, slots=True)
class Rails:
    """The two labels of a name, or what is settled beforehand (`True`: always, `False`: never)."""

    held: int | bool
    failed: int | bool


class Labels:
    """All labels of some formulas, each after those it rests on; raises `EngineUnavailableError` for too many."""

    def __init__(self) -> None:
        self.all: list[Label] = []
        self.atoms: dict[Atom, int] = {}
        self.size = 0
        self._about_papers: set[int] = set()
        self._named: dict[tuple[Name, bool], Ways] = {}
        self._parts: dict[Ways, int] = {}
        self._papers: dict[tuple[Formula, bool], int] = {}

    def rails(self, named: Named) -> Rails:
        """Give the labels of a name, deriving what is not derived yet."""
        return Rails(self._rail(named, True), self._rail(named, False))

    def _rail(self, named: Named, held: bool) -> int | bool:
        ways = self.ways(named, held)
        if ways in (ALWAYS, NEVER):
            return ways == ALWAYS
        (part,) = ways[0]
        assert isinstance(part, Derived)
        return part.label

    def ways(self, formula: Formula, held: bool) -> Ways:
        """Give the conjunctions by which a formula held, or did not hold."""
        match formula:
            case Known(truth=truth):
                return ALWAYS if truth is held else NEVER
            case Leaf(atom=atom):
                number = self.atoms.setdefault(atom, len(self.atoms))
                if about_paper(atom):
                    self._about_papers.add(number)
                return (frozenset((Asked(number, held),)),)
            case Opposite(part=part):
                return self.ways(part, not held)
            case Every(parts=parts) | Either(parts=parts):
                found = [self.ways(part, held) for part in parts]
                return self._all_of(found) if isinstance(formula, Every) is held else self._one_of(found)
            case ForSome(part=part):
                return (frozenset((Derived(self._of_papers(part, held)),)),)
            case Named(name=name, formula=inner):
                if (name, held) not in self._named:
                    ways = self.ways(inner, held)
                    self._named[name, held] = ways if ways in (ALWAYS, NEVER) else self._label(ways)
                return self._named[name, held]

    def _one_of(self, found: Sequence[Ways]) -> Ways:
        ways = shortest(way for one in found for way in one)
        while len(ways) > MOST_JOINED:
            groups = [ways[start : start + MOST_JOINED] for start in range(0, len(ways), MOST_JOINED)]
            ways = shortest(way for group in groups for way in self._label(group))
        return ways

    def _all_of(self, found: Sequence[Ways]) -> Ways:
        """Multiply out; whatever is too wide for that becomes a label first, the widest part before the others."""
        if NEVER in found:
            return NEVER
        left = sorted(found, key=len)
        size = prod(map(len, left))
        for place in reversed(range(len(left))):
            if size <= MOST_WAYS:
                break
            size //= len(left[place])
            left[place] = self._label(left[place])
        single = frozenset(part for one in left if len(one) == 1 for part in one[0])
        ways: Ways = (single,)
        for one in left:
            if len(one) > 1:
                ways = tuple(way | more for way in ways for more in one)
        return shortest(self._short(way) for way in ways)

    def _short(self, way: Conjunction) -> Conjunction:
        while len(way) > MOST_PARTS:
            parts = in_order(way)
            groups = [parts[start : start + MOST_PARTS] for start in range(0, len(parts), MOST_PARTS)]
            way = frozenset(part for group in groups for part in self._label((frozenset(group),))[0])
        return way

    def _label(self, ways: Ways) -> Ways:
        """Make a label of some conjunctions, or take the one that there is."""
        if len(ways) == 1 and len(ways[0]) == 1 and isinstance(next(iter(ways[0])), Derived):
            return ways
        if ways not in self._parts:
            self._parts[ways] = self._add(Label(ways, self._phase(ways)))
        return (frozenset((Derived(self._parts[ways]),)),)

    def _of_papers(self, part: Formula, held: bool) -> int:
        """Give a label carried from paper to paper: held once it held for one; failed while it fails for all."""
        if (part, held) not in self._papers:
            ways = self.ways(part, held)
            if len(ways) > MOST_JOINED - 1:
                ways = self._label(ways)
            number = len(self.all)
            carried = frozenset((Before(number),))
            joined = (carried, *ways) if held else tuple(way | carried for way in ways)
            phase = self._phase(ways)
            self._papers[part, held] = self._add(Label(joined, phase + 1 - phase % 2, starts=not held))
        return self._papers[part, held]

    def _add(self, label: Label) -> int:
        self.all.append(label)
        self.size += len(label.ways)
        if self.size > TOO_LARGE:
            raise unavailable("engine-too-large", advice("fewer-rules", limit=TOO_LARGE))
        return len(self.all) - 1

    def _phase(self, ways: Ways) -> int:
        """Give the first phase in which everything is known: an odd one if a paper is spoken of."""
        earliest, papers = 0, False
        for part in (part for way in ways for part in way):
            if isinstance(part, Asked):
                papers |= part.atom in self._about_papers
            elif isinstance(part, Derived):
                label = self.all[part.label]
                papers |= label.known_in % 2 == 1
                earliest = max(earliest, label.known_in)
        return earliest + 1 if papers and earliest % 2 == 0 else earliest


def shortest(ways: Iterable[Conjunction]) -> Ways:
    """Leave out conjunctions that want an atom both ways and, among few, those that say more than another."""
    kept: list[Conjunction] = []
    single = sorted(dict.fromkeys(ways), key=len)
    for way in single:
        opposed = any(isinstance(part, Asked) and Asked(part.atom, not part.held) in way for part in way)
        if not opposed and (len(single) > FEW_WAYS or not any(one <= way for one in kept)):
            kept.append(way)
    return tuple(kept) if not kept or kept[0] else ALWAYS


def in_order(way: Conjunction) -> list[Part]:
    """Give the parts of a conjunction in one order, whatever the run."""
    kinds = (Asked, Derived, Before)

    def key(part: Part) -> tuple[int, int, bool]:
        number = part.atom if isinstance(part, Asked) else part.label
        return kinds.index(type(part)), number, isinstance(part, Asked) and part.held

    return sorted(way, key=key)
