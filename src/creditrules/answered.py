"""A decision in a caller's hands: whole, or with its parts made when they are looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from creditrules import decision as record
from creditrules.frozen import dataclass
from creditrules.program import Program

if TYPE_CHECKING:
    from creditrules.remedies import Remedy


# What makes the parts of a decision that nobody has looked at: a function, given this tuple and the name of a part.
Later: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Decision(record.Decision):
    """A decision in a caller's hands: everything in it, and the questions it can still answer.

    See `creditrules.decision.Decision` for its parts; two decisions that say the same are equal.
    """

    programs: tuple[Program, ...] = field(default=(), repr=False, compare=False, metadata=record.HIDDEN)
    changed_by: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False, metadata=record.HIDDEN)
    later: Later | None = field(default=None, repr=False, compare=False, metadata=record.HIDDEN)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Make a part that was not made yet."""
            if name == "later" or name not in _PARTS:
                raise AttributeError(f"a decision has no {name!r}")
            value = self.later[0](self.later, name)
            object.__setattr__(self, name, value)
            return value

    @property
    def changes_on(self) -> dt.date | None:
        """Give the next day on which the answer is another if nothing else happens, or `None`."""
        from creditrules.timeline import changes_on

        return changes_on(self.programs, self.request)

    def remedies(self) -> tuple[Remedy, ...]:
        """Give the smallest sets of changes that lead to `proceed`, each possible for whom it names, with the
        earliest day; empty where nothing would help, or nothing has to."""
        from creditrules.remedies import remedies

        return remedies(self.programs, self.request, self.changed_by)


_PARTS = frozenset(Decision.__dataclass_fields__)
set_outcome = record.Decision.__dict__["outcome"].__set__
set_rules = record.Decision.__dict__["rules"].__set__
set_later = Decision.__dict__["later"].__set__


def answered(outcome: str, later: Later) -> Decision:
    """Give a decision of which the outcome is known and the rest is made when it is looked at."""
    decision = object.__new__(Decision)
    set_outcome(decision, outcome)
    set_later(decision, later)
    return decision
