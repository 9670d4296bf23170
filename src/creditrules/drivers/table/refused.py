"""Rows that could not be read, each with the findings that say why; they never stop the others."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from creditrules.diagnostics import Finding

HEADINGS = ("row", "id", "code", "where", "message_zh", "message_en", "help_zh", "help_en")
_LONGEST_KEY = 10_000  # characters: no reader of CSV takes cells of any length


@dataclass(frozen=True, slots=True)
class Refused:
    """A finding about one row: its number (from 0), its key, and the finding's code, place and words.

    A paper of another table that belongs to no request has no row.
    """

    row: int | None
    id: str | None
    code: str
    where: str
    message_zh: str
    message_en: str
    help_zh: str
    help_en: str

    def moved(self, by: int) -> Refused:
        """Give the same with the row counted from further up."""
        return self if self.row is None else replace(self, row=self.row + by)

    def cells(self) -> tuple[object, ...]:
        """Give the values in the order of `HEADINGS`."""
        return tuple(getattr(self, name) for name in HEADINGS)


def refused(row: int | None, key: object, findings: Iterable[Finding]) -> list[Refused]:
    """Give the entries of a row refused."""
    return [
        Refused(
            row,
            None if key is None else _shortened(str(key)),
            one.code,
            one.spot or one.where(),
            one.message("zh"),
            one.message("en"),
            "; ".join(advice.text("zh") for advice in one.help),
            "; ".join(advice.text("en") for advice in one.help),
        )
        for one in findings
        if one.severity == "error"
    ]


def _shortened(key: str) -> str:
    return key if len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}…"


def as_csv(rows: Iterable[Refused], *, heading: bool = True) -> str:
    """Write entries as CSV."""
    lines = [",".join(HEADINGS)] if heading else []
    lines += [",".join(map(_cell, one.cells())) for one in rows]
    return "".join(f"{line}\n" for line in lines)


def _cell(value: object) -> str:
    """Write a cell, in quotes where it needs them; Python 3.11's writer forgets them around a carriage return."""
    text = "" if value is None else str(value)
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if any(sign in text for sign in ',"\r\n') else text


def from_csv(text: Iterable[str]) -> list[Refused]:
    """Read entries as `as_csv` writes them, with their heading."""
    rows = csv.reader(text)
    next(rows, None)
    return [Refused(int(row[0]) if row[0] else None, row[1] or None, *row[2:8]) for row in rows]


def refused_beside(path: Path) -> Path:
    """Name the file of rows refused beside a result or a part: `answers.refused.csv`."""
    return path.with_name(f"{path.stem}.refused.csv")
