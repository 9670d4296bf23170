"""A text an author wrote, and places in it.

The first stage: everything later points back here, so that a finding or a trace can show the very words.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import NamedTuple

from creditrules.frozen import dataclass

# What YAML takes for the end of a line.
_LINE_BREAK = re.compile(r"\r\n|\r|\n|\x85|\u2028|\u2029")


class Span(NamedTuple):
    """A stretch of text: lines and columns counted from 1, columns in characters, the end not included."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Source:
    """A named text; `name` is the path as the caller gave it, or a word such as `<request>`."""

    name: str
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text.removeprefix("\ufeff"))  # a byte order mark is no text

    def line(self, number: int) -> str:
        """Give line `number` (from 1) without its end; an empty text for a line that is not there."""
        lines = _LINE_BREAK.split(self.text)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def excerpt(self, span: Span) -> str:
        """Give the words a span covers, up to the end of its first line."""
        line = self.line(span.line)
        end = span.end_column - 1 if span.end_line == span.line else len(line)
        return line[span.column - 1 : end]
