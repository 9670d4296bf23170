"""The digest of a policy: of its meaning and the names it rests on. Layout, comments and order do not count."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import Any

from creditrules.conditions import Frozen
from creditrules.policy import Policy
from creditrules.tree import Scalar
from creditrules.vocabulary import Fact, Vocabulary


def policy_digest(policy: Policy, vocabulary: Vocabulary) -> str:
    """Give the SHA-256 (hex) of a policy's meaning and the names it rests on; layout and order do not count."""
    names = {one.name: getattr(vocabulary, one.name) for one in fields(vocabulary)}
    names["facts"] = {name: _with_ranks(fact) for name, fact in vocabulary.facts.items()}
    texts = meaning_text(policy), meaning_text(names)
    return hashlib.sha256(f"[{texts[0]},{texts[1]}]".encode()).hexdigest()


def _with_ranks(fact: Fact) -> dict[str, object]:
    """Give a fact's fields; the order of its values does count."""
    parts = {one.name: getattr(fact, one.name) for one in fields(fact) if one.repr}
    if fact.values:
        parts["values"] = tuple((rank, value) for rank, value in enumerate(fact.values.items()))
    return parts


def meaning_text(value: object) -> str:
    """Write what an author said as canonical JSON: every list in a fixed order, no places."""
    return _WRITERS[type(value)](value)


def _word(word: Scalar) -> str:
    return f'{{"quoted":{"true" if word.quoted else "false"},"text":{quoted(word.text)}}}'


def _list(values: tuple[object, ...]) -> str:
    return f"[{','.join(sorted([_WRITERS[type(value)](value) for value in values]))}]"


def _mapping(values: Mapping[str, object]) -> str:
    return f"{{{','.join([f'{quoted(key)}:{meaning_text(values[key])}' for key in sorted(values)])}}}"


def _record_writer(kind: type) -> Callable[[Any], str]:
    names = sorted(one.name for one in fields(kind) if one.repr)
    keys = [f"{quoted(name)}:" for name in names]
    values_of: Callable[[Any], tuple[object, ...]]
    values_of = attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, name) for name in names)

    def write(record: object) -> str:
        values = zip(keys, values_of(record), strict=True)
        return f"{{{','.join([key + _WRITERS[type(value)](value) for key, value in values])}}}"

    return write


class _Writers(dict[type, Callable[[Any], str]]):
    """What writes values of each kind; that of a sort of record is made when the first one is met."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        assert issubclass(kind, Frozen), kind
        self[kind] = _record_writer(kind)
        return self[kind]


_WRITERS = _Writers(
    {
        Scalar: _word,
        tuple: _list,
        dict: _mapping,
        str: quoted,
        bool: {True: "true", False: "false"}.__getitem__,
        int: str,
        type(None): lambda _: "null",
        dt.date: lambda day: quoted(day.isoformat()),
    }
)
