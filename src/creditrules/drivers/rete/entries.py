"""The entries of a decision as lines: the part each stands in, the rule or paper it is about, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from creditrules.decision import Applied, Decision, Requirement

Part: TypeAlias = Literal[
    "document", "status", "use", "requirement", "measure", "option", "weight", "referral", "duty", "violation",
    "conflict", "difference", "untold",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a decision: the part it stands in, the rule (or paper, document, topic), the paper, what it says."""

    part: Part
    name: str
    document: str | None
    says: str

    def __str__(self) -> str:
        """Give it as one line of text."""
        about = self.name if self.document is None else f"{self.name} @{self.document}"
        return f"{self.part} {about}: {self.says}"


def line(*said: object) -> str:
    """Write down what an entry says; a stroke where something is not there or could not be told."""
    return ", ".join(map(_word, said))


def joined(names: tuple[str, ...], *, any_of: bool) -> str:
    """Write names down with what joins them: `|` where any will do, `+` where all are meant."""
    return ("|" if any_of else "+").join(names)


def _word(said: object) -> str:
    if said is None:
        return "-"
    if isinstance(said, bool):
        return "yes" if said else "no"
    return "|".join(map(str, said)) if isinstance(said, tuple) else str(said)


def entries_of(decision: Decision) -> Iterator[Entry]:
    """Give the entries of a decision that follow from its rules; one that several rules bring, once for each."""
    for document in decision.policy:
        yield Entry("document", document.id, None, line(document.applies))
    for paper in decision.papers:
        yield Entry("status", paper.id, paper.id, paper.status)
        yield Entry("use", paper.id, paper.id, line(paper.kind, paper.from_, paper.until, paper.rules))
    for need in decision.requirements:
        yield Entry("requirement", need.rule, None, _need_line(need))
    yield from _of_applied("measure", decision.measures)
    yield from _of_applied("option", decision.options)
    for weight in decision.weights:
        yield Entry("weight", weight.rule, weight.document, line(weight.code, weight.as_, weight.by))
    for referral in decision.referrals:
        yield Entry("referral", referral.rule, referral.document, line(referral.to, referral.why, referral.due))
    for duty in decision.duties:
        says = line(duty.status, duty.due, duty.who, joined(duty.what, any_of=duty.any_of))
        yield Entry("duty", duty.rule, duty.document, says)
    for breach in decision.violations:
        yield Entry("violation", breach.rule, breach.document, line(breach.act, breach.by, breach.due))
    for conflict in decision.conflicts:
        favour, burden = conflict.favour, conflict.burden
        says = line(conflict.target, favour.codes, burden.rule, burden.codes)
        yield Entry("conflict", favour.rule, None, says)
    for difference in decision.differences:
        sides = (line(side.policy, side.says, side.rules) for side in difference.sides)
        yield Entry("difference", difference.topic, difference.about or None, "; ".join(sides))
    for untold in decision.untold:
        yield Entry("untold", untold.rule, untold.document, line(untold.effect, untold.codes))


def _of_applied(part: Part, applied: Iterable[Applied]) -> Iterator[Entry]:
    for one in applied:
        for rule in (one.rule, *one.also):
            yield Entry(part, rule, one.document, line(one.code, one.effect, one.target, one.by, one.any_of))


def _need_line(need: Requirement) -> str:
    names = joined(need.any_of or need.all_of or (), any_of=need.any_of is not None)
    parts = ((part.name, part.kind, part.met, part.cleanly, part.papers) for part in need.parts)
    ways = (f"[{line(*part)}]" for part in parts)
    return line(names, need.from_, need.met, need.cleanly, *ways, *need.also)
