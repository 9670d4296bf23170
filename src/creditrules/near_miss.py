"""How far a rule was from holding: by how many conditions it failed."""

from __future__ import annotations

from creditrules.trace import Step, opposite


def misses(step: Step, wanted: bool = True) -> int:
    """Count the conditions that would have to be otherwise for a step to come out as wanted; untold ones count none.

    Where one of several would do, the nearest counts.
    """
    if step.result is None or step.result is wanted:
        return 0
    parts = step.parts
    if not parts:
        return 1
    if step.kind in ("not", "unless", "overridden", "usable", "none"):
        inner = opposite(wanted)
        if step.kind == "none":
            return sum(misses(part, False) for part in parts) if wanted else min(misses(part, True) for part in parts)
        return misses(parts[0], bool(inner))
    either = step.kind in ("any", "some", "bars")
    counts = [misses(part, wanted) for part in parts]
    return min(counts) if either is wanted else sum(counts)


def why_not(step: Step, wanted: bool = True) -> list[Step]:
    """Give the single conditions that kept a step from coming out as wanted."""
    if step.result is None or step.result is wanted:
        return []
    if not step.parts or step.kind in ("term", "some", "none", "in_force", "matters"):
        return [step]
    if step.kind in ("not", "unless", "overridden", "usable"):
        inner = why_not(step.parts[0], not wanted)
        return inner or [step]
    return [leaf for part in step.parts for leaf in why_not(part, wanted)]
