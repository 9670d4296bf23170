"""The one canonical form of values: JSON with sorted keys, no blanks, dates as text, no floats."""

from __future__ import annotations

import datetime as dt
import json

from creditrules.program import Value


def canonical_json(value: object) -> str:
    """Write JSON in the one canonical form: keys sorted, no blanks, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def unordered(value: object) -> object:
    """Put every list in a fixed order: nothing in a policy depends on the order of a list."""
    if isinstance(value, dict):
        return {key: unordered(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted((unordered(inner) for inner in value), key=canonical_json)
    return value


def json_value(value: Value) -> object:
    """Give a value as JSON knows it: dates as text, numbers with a fraction as text."""
    if isinstance(value, tuple):
        return [json_value(one) for one in value]
    if isinstance(value, bool | int | str):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(getattr(value, "value", value))
