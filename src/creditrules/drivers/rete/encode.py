"""From programs to what is loaded into the engine: small rulesets of positive conjunctions, with numbers for names.

An atom is a number with the value 1 (held) or 2 (did not hold), left out where it could not be told; a label is a
number with the value 1. No name, text, date or amount of a policy or request gets any further than this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from creditrules.drivers.rete.atoms import Atom, Truths, about_paper
from creditrules.drivers.rete.formulas import Name
from creditrules.drivers.rete.meaning import Meaning
from creditrules.drivers.rete.rails import Asked, Derived, Label, Labels, Rails, in_order
from creditrules.facts import Paper, Request
from creditrules.program import Program
from creditrules.trace import Truth

MOST_CONJUNCTIONS = 60  # of one ruleset; beyond 64 the engine fails, beyond 255 it answers wrongly
MOST_READ = 200  # properties of one base fact; beyond about 252 the engine fails
MOST_CHAINED = 6  # labels that rest on one another within a ruleset; each one costs time
MOST_PATTERNS = 12  # labels of the same ruleset in one conjunction; beyond 15 the engine fails


@dataclass(slots=True)
class Ruleset:
    """Conjunctions loaded together, of one phase. `rules` are `[atoms and values, labels of the base fact, labels
    derived here, label brought]`."""

    phase: int
    rules: list[list[object]] = field(default_factory=list)
    read: set[tuple[str, int]] = field(default_factory=set)
    depth: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoding:
    """Some programs as the engine has them: the load, the atoms it wants, and where the answers are found."""

    programs: tuple[Program, ...]
    load: Mapping[str, object]
    id: str
    size: int
    atoms: tuple[tuple[int, Atom], ...]
    paper_atoms: tuple[tuple[int, Atom], ...]
    outputs: Mapping[Name, Rails]

    def facts(self, request: Request) -> dict[str, object]:
        """Work out the atoms of a request: of the request as a whole, and of each paper."""
        truths = Truths(self.programs, request)

        def told(atoms: Iterable[tuple[int, Atom]], paper: Paper | None) -> list[tuple[int, int]]:
            found = ((number, truths.of(atom, paper)) for number, atom in atoms)
            return [(number, 1 if truth else 2) for number, truth in found if truth is not None]

        papers = [told(self.paper_atoms, paper) for paper in request.papers or ()]
        return {"atoms": told(self.atoms, None), "papers": papers}


@dataclass(frozen=True, slots=True)
class Answer:
    """The labels that the engine derived: for the request, and for each paper."""

    outputs: Mapping[Name, Rails]
    whole: frozenset[int]
    papers: tuple[frozenset[int], ...]

    def truth(self, name: Name, paper: int | None = None) -> Truth | str:
        """Give the three values of a name (for the paper in that place), or `both` where both rails were derived."""
        known = self.whole if paper is None else self.whole | self.papers[paper]
        rails = self.outputs[name]
        held = rails.held if isinstance(rails.held, bool) else rails.held in known
        failed = rails.failed if isinstance(rails.failed, bool) else rails.failed in known
        if held and failed:
            return "both"
        return True if held else False if failed else None


@lru_cache(maxsize=16)
def encode(programs: tuple[Program, ...]) -> Encoding:
    """Encode programs that decide together."""
    labels = Labels()
    outputs = {named.name: labels.rails(named) for named in Meaning(programs).outputs()}
    rulesets = pack(labels.all)
    read = {number for ruleset in rulesets for kind, number in ruleset.read if kind == "atom"}
    wanted = [(number, atom) for atom, number in labels.atoms.items() if number in read]
    load: dict[str, object] = {
        "rulesets": [{"phase": one.phase, "rules": one.rules} for one in rulesets],
        "carried": [
            [number, label.phase, label.starts] for number, label in enumerate(labels.all) if label.starts is not None
        ],
    }
    return Encoding(
        programs,
        load,
        hashlib.sha256(json.dumps(load).encode()).hexdigest(),
        sum(len(one.rules) for one in rulesets),
        tuple(one for one in wanted if not about_paper(one[1])),
        tuple(one for one in wanted if about_paper(one[1])),
        outputs,
    )


def pack(labels: list[Label]) -> list[Ruleset]:
    """Lay labels into rulesets, phase by phase, those that rest on others after or beside them."""
    done: list[Ruleset] = []
    for phase in sorted({label.phase for label in labels}):
        current = Ruleset(phase)
        for number, label in enumerate(labels):
            if label.phase == phase and not _add(current, number, label):
                done.append(current)
                current = Ruleset(phase)
                added = _add(current, number, label)
                assert added, "a label fits into an empty ruleset"
        done.append(current)
    return [ruleset for ruleset in done if ruleset.rules]


def _add(ruleset: Ruleset, number: int, label: Label) -> bool:
    """Add a label's conjunctions to a ruleset; say no, and change nothing, where they do not fit any more."""
    rules: list[list[object]] = []
    read = set(ruleset.read)
    depth = 0
    for way in label.ways:
        atoms, based, derived = [], [], []
        for part in in_order(way):
            if isinstance(part, Asked):
                atoms.append([part.atom, 1 if part.held else 2])
                read.add(("atom", part.atom))
            elif isinstance(part, Derived) and part.label in ruleset.depth:
                derived.append(part.label)
                depth = max(depth, ruleset.depth[part.label] + 1)
            else:
                based.append(part.label)
                read.add(("label", part.label))
        if len(derived) > MOST_PATTERNS:
            return False
        rules.append([atoms, based, derived, number])
    full = len(ruleset.rules) + len(rules) > MOST_CONJUNCTIONS or len(read) > MOST_READ or depth > MOST_CHAINED
    if full:
        return False
    ruleset.rules += rules
    ruleset.read = read
    ruleset.depth[number] = depth
    return True
