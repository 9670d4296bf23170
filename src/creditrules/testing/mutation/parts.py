"""Copies of records with some parts changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, cast

Record = TypeVar("Record")


def with_parts(record: Record, **parts: object) -> Record:
    """Give a copy of a record with these parts changed."""
    return cast(Record, replace(cast(Any, record), **parts))
