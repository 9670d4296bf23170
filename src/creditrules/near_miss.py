"""How far a rule was from holding: by how many conditions it failed, and which."""

from __future__ import annotations

from creditrules.trace import Step

_WHOLE = ("term", "some", "none", "in_force", "matters", "overridden", "bars")  # told as one condition
_TURNED = ("not", "unless", "usable")


def misses(step: Step, wanted: bool = True) -> int:
    """Count the conditions that would have to be otherwise for a step to come out as wanted; untold ones count none.

    Where one of several would do, the nearest counts.
    """
    if step.result is None or step.result is wanted:
        return 0
    if not step.parts or step.kind == "overridden":
        return 1
    if step.kind in _TURNED:
        return misses(step.parts[0], not wanted)
    if step.kind == "none":
        counts = [misses(part, not wanted) for part in step.parts]
        return sum(counts) if wanted else min(counts)
    counts = [misses(part, wanted) for part in step.parts]
    return min(counts) if (step.kind in ("any", "some")) is wanted else sum(counts)


def why_not(step: Step, wanted: bool = True) -> list[Step]:
    """Give the single conditions that kept a step from coming out as wanted."""
    if step.result is None or step.result is wanted:
        return []
    if not step.parts or step.kind in _WHOLE:
        return [step]
    if step.kind in _TURNED:
        return why_not(step.parts[0], not wanted) or [step]
    return [leaf for part in step.parts for leaf in why_not(part, wanted)]


def leaves(step: Step, wanted: bool) -> list[Step]:
    """Give the single tests by which a step came out as wanted, terms opened up."""
    if step.result is not wanted:
        return []
    if not step.parts:
        return [step] if step.kind in ("test", "some", "none") else []
    turned = step.kind in (*_TURNED, "none")
    return [leaf for part in step.parts for leaf in leaves(part, wanted is not turned)]


def of_another_kind(step: Step) -> bool:
    """Say whether a rule failed because it is about another kind of paper."""
    return any(_tests_kind(leaf) for leaf in why_not(step))


def _tests_kind(step: Step) -> bool:
    if step.kind == "test":
        return any(read.fact == "document.kind" for read in step.reads)
    return step.kind == "term" and any(_tests_kind(leaf) for part in step.parts for leaf in why_not(part))
