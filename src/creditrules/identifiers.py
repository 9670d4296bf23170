"""Names and numbers of people and bodies: the checks of the two numbers, and how all are hidden."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_FORM = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CITIZEN_FORM = re.compile(r"\d{17}[\dX]")
_CITIZEN_CHECK = "10X98765432"


def credit_code_fault(code: str) -> str | None:
    """Say what is wrong with a unified social credit code (GB 32100-2015), or `None`.

    18 characters: department and kind (letters are valid there), six digits of region, nine of the body, a check.
    """
    if len(code) != 18:
        return "@wrong-length"
    if not _CODE_FORM.fullmatch(code):
        return "@wrong-characters"
    total = sum(_CODE_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return None if _CODE_LETTERS[(31 - total % 31) % 31] == code[17] else "@wrong-check"


def citizen_number_fault(number: str) -> str | None:
    """Say what is wrong with a citizen number (GB 11643-1999), or `None`."""
    if len(number) != 18:
        return "@wrong-length"
    if not _CITIZEN_FORM.fullmatch(number):
        return "@wrong-characters"
    try:
        dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "@wrong-birthday"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return None if _CITIZEN_CHECK[total % 11] == number[17] else "@wrong-check"


_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|[0-9A-HJ-NPQRTUWXY]{18}|\d{15,19})(?![0-9A-Za-z])")
_NAMED = re.compile(r"""(\bname["']?\s*:\s*\[?["']?)([^,"'}\]\s][^,"'}\]]*)""")


def masked_line(line: str) -> str:
    """Hide names and whatever looks like an identity number in a line of a request, keeping its length and width."""
    line = _NAMED.sub(lambda found: found[1] + found[2][:1] + "".join(map(_star, found[2][1:])), line)
    return _NUMBER.sub(lambda found: masked_number(found[0]), line)


def _star(letter: str) -> str:
    return "＊" if unicodedata.east_asian_width(letter) in "WF" else "*"


def masked_numbers(text: str) -> str:
    """Hide whatever looks like an identity number."""
    return _NUMBER.sub(lambda found: masked_number(found[0]), text)


def masked_name(name: str) -> str:
    """Hide a name but for its first character: 张三 → 张*; a single one whole."""
    return (name[:1] if len(name) > 1 else "") + "*" * max(1, min(len(name) - 1, 6))


def masked_number(number: str) -> str:
    """Hide an identity number but for its first three and last two characters."""
    return number[:3] + "*" * max(1, len(number) - 5) + number[-2:] if len(number) > 5 else "*" * len(number)
