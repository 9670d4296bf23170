"""Laying out text in a terminal, where a Chinese character is two columns wide."""

from __future__ import annotations

import unicodedata


def width(text: str) -> int:
    """Give the columns a text takes: two for wide characters, none for combining ones."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, columns: int) -> str:
    """Fill a text with blanks up to a width."""
    return text + " " * max(0, columns - width(text))


class Paint:
    """Colours text for a terminal, or leaves it as it is."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, *styles: str) -> str:
        codes = {
            "bold": "1",
            "dim": "2",
            "red": "31",
            "green": "32",
            "yellow": "33",
            "blue": "34",
            "cyan": "36",
        }
        if not self.on or not styles:
            return text
        return f"\x1b[{';'.join(codes[style] for style in styles)}m{text}\x1b[0m"
