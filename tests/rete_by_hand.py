"""What is loaded into the Rete engine, run by a plain fixpoint: what the encoding means, without the engine."""

from __future__ import annotations

from typing import Any

from creditrules.drivers.rete.encode import Answer, Encoding
from creditrules.facts import Request


def answer(encoding: Encoding, request: Request) -> Answer:
    """Derive all labels of a request, phase by phase, in whatever order they come."""
    facts: Any = encoding.facts(request)
    atoms, papers = dict(facts["atoms"]), [dict(paper) for paper in facts["papers"]]
    load: Any = encoding.load
    carried = {label for label, _, _ in load["carried"]}
    whole: set[int] = set()
    each: list[set[int]] = [set() for _ in papers]
    for phase in sorted({one["phase"] for one in load["rulesets"]} | {phase for _, phase, _ in load["carried"]}):
        rules = [rule for one in load["rulesets"] if one["phase"] == phase for rule in one["rules"]]
        if phase % 2 == 0:
            whole |= _closure(rules, atoms, whole, set())
            continue
        before = {label for label, at, starts in load["carried"] if at == phase and starts}
        for place, paper in enumerate(papers):
            found = _closure(rules, {**atoms, **paper}, whole | each[place], before)
            before = found & carried
            each[place] |= found - carried
        whole |= before
    return Answer(encoding.outputs, frozenset(whole), tuple(map(frozenset, each)))


def _closure(rules: list[Any], atoms: dict[int, int], known: set[int], before: set[int]) -> set[int]:
    found: set[int] = set()
    while True:
        new = {
            brought
            for tested, based, derived, brought in rules
            if all(atoms.get(atom) == value for atom, value in tested)
            and all(label in known | before or label in found - before for label in based)
            and all(label in found for label in derived)
        }
        if new <= found:
            return found
        found |= new
