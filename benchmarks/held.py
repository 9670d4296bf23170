"""From the rules that hold to an answer: what every adapter of another engine does at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.workload import OUTCOME_OF, STRONGEST_FIRST, Answer, Data


class Rules:
    """The rules of one matter in decision order; what holds is told by their places."""

    __slots__ = ("rules", "words")

    def __init__(self, rules: Sequence[Data]) -> None:
        self.rules = rules
        self.words = [
            (rule["id"], rule["measure"], STRONGEST_FIRST.index(OUTCOME_OF[rule["measure"]])) for rule in rules
        ]

    def answer(self, places: Iterable[int]) -> Answer:
        """Give the answer of the rules at these places, which are in order."""
        rank = len(STRONGEST_FIRST) - 1
        measures, ids = [], []
        for place in places:
            id_, measure, own = self.words[place]
            measures.append(measure)
            ids.append(id_)
            if own < rank:
                rank = own
        return STRONGEST_FIRST[rank], measures, ids

    def answer_of(self, holds: Iterable[object]) -> Answer:
        """Give the answer of a yes or no for each rule."""
        return self.answer([place for place, one in enumerate(holds) if one])
