"""A second reading of the meaning: written from `docs/meaning.md` alone, on the policy as its author wrote it.

It shares neither the compiler nor the evaluator nor the calendar of the library, so that a mistake in one of them
is a difference between the two. It is slow, has no trace, and only tests use it.
"""

from creditrules.testing.second.decision import second_reading

__all__ = ["second_reading"]
