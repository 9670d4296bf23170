"""A decision in a caller's hands: whole, or with its parts made when they are looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias

from creditrules import decision as record
from creditrules.frozen import dataclass
from creditrules.program import Program
from creditrules.trace import Explained, explanation

if TYPE_CHECKING:
    from creditrules.remedies import Remedy


# What makes the parts of a decision that nobody has looked at: a function, given the decision, the name of a part and
# this; and whatever the function needs.
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

        def __reduce__(self) -> tuple[Any, ...]:
            """Send all parts along, and not what would make them: that belongs to this process."""
            return _whole, tuple(None if name == "later" else getattr(self, name) for name in _IN_ORDER)

        def __getattr__(self, name: str) -> Any:
            """Make a part that was not made yet."""
            if name == "later" or name not in _PARTS:
                raise AttributeError(f"a decision has no {name!r}")
            later = self.later  # another thread may put something else in its place
            value = later[0](self, name, later)
            object.__setattr__(self, name, value)
            return value

    @property
    def explanation(self) -> tuple[Explained, ...]:
        later = self.later
        if later is None:
            return explanation(self.trace.rules)
        made: tuple[Explained, ...] = later[0](self, "explanation", later)
        return made

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


_IN_ORDER = tuple(Decision.__dataclass_fields__)
_PARTS = frozenset(_IN_ORDER)


def _whole(*parts: Any) -> Decision:
    """Give a decision with all its parts."""
    return Decision(**dict(zip(_IN_ORDER, parts, strict=True)))


if TYPE_CHECKING:
    Draft: TypeAlias = Any
else:

    class Draft(record.Decision):
        """A decision while it is made: parts are set as anywhere, then its class becomes `Decision`."""

        __slots__ = ("changed_by", "later", "programs")  # as there, or it could not become one
        __init__ = object.__init__
        __setattr__ = object.__setattr__
        __delattr__ = object.__delattr__


def answered(outcome: str, later: Later) -> Decision:
    """Give a decision of which the outcome is known and the rest is made when it is looked at."""
    decision = Draft()
    decision.outcome = outcome
    decision.later = later
    decision.__class__ = Decision
    made: Decision = decision
    return made
