"""What came of a table: how many rows have which outcome in which matter, and how many were refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from creditrules.decision import OUTCOMES


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a table decided: by outcome and matter (`None`: none, or nobody told), and of rows refused."""

    rows: int
    refused: int
    counts: Mapping[tuple[str, str | None], int]

    def by_outcome(self) -> dict[str, int]:
        """Give the number of rows of each outcome there is, from the top of the ladder."""
        return {
            outcome: sum(count for (one, _), count in self.counts.items() if one == outcome)
            for outcome in OUTCOMES
            if any(one == outcome for one, _ in self.counts)
        }

    def by_matter(self) -> dict[str | None, dict[str, int]]:
        """Give the number of rows of each outcome for every matter there is, by name, no matter last."""
        matters = sorted({matter for _, matter in self.counts}, key=lambda matter: (matter is None, matter or ""))
        return {
            matter: {
                outcome: self.counts[outcome, matter] for outcome in OUTCOMES if (outcome, matter) in self.counts
            }
            for matter in matters
        }

    def to_dict(self) -> dict[str, object]:
        """Give the counts as JSON knows them."""
        matters = {matter or "": outcomes for matter, outcomes in self.by_matter().items()}
        return {"rows": self.rows, "refused": self.refused, "outcomes": self.by_outcome(), "matters": matters}


def summary(counts: Mapping[tuple[str | None, str | None], int]) -> Summary:
    """Sum up the counts of chunks; the outcome `None` is that of a row refused."""
    decided: Counter[tuple[str, str | None]] = Counter()
    wrong = 0
    for (outcome, matter), count in counts.items():
        if outcome is None:
            wrong += count
        else:
            decided[outcome, matter] += count
    return Summary(sum(counts.values()), wrong, decided)
