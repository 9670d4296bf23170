"""From a policy's file to everything made of it: read and checked from its texts, or taken from the cache.

All or nothing: a policy with an error in it gives findings alone. What reads texts is brought in only where there is
something to read, and what reads the cache only where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from creditrules import cache
from creditrules.diagnostics import Advice, Finding, sorted_findings
from creditrules.files import beside, find_policy, load_vocabulary, outline_of, read_source
from creditrules.frozen import dataclass
from creditrules.pause import uninterrupted
from creditrules.program import Program
from creditrules.reading import is_name
from creditrules.source import Source, Span
from creditrules.tree import Limits
from creditrules.vocabulary import Vocabulary

if TYPE_CHECKING:
    from creditrules.making import Made


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts a policy is made from; there may be no outline."""

    policy: Source
    vocabulary: Source
    outline: Source | None

    @property
    def sources(self) -> tuple[Source | None, ...]:
        """Give the texts in a fixed order, by which findings are written down."""
        return self.policy, self.vocabulary, self.outline

    def key(self, limits: Limits) -> str:
        """Tell these texts, read under these limits, from all others."""
        outline = self.outline.text if self.outline is not None else None
        return cache.key_of((repr(astuple(limits)), self.policy.text, self.vocabulary.text, outline))


class Kept:
    """What the cache holds of a policy, each part made when first asked for; the rest is read from the texts."""

    def __init__(self, texts: Texts, limits: Limits, parts: Sequence[str]) -> None:
        self._texts, self._limits, self._written = texts, limits, parts
        self._lock = RLock()
        self._made: dict[str, Any] = {}

    def part(self, name: str) -> Any:
        """Make one part: `program`, `vocabulary`, `facts`, `model` or `outline`."""
        with self._lock, uninterrupted():
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def _make(self, name: str) -> Any:
        if name == "outline":
            from creditrules.outline import read_outline

            return read_outline(self._texts.outline)[0] if self._texts.outline is not None else None
        if name == "model":
            from creditrules.reader import read_policy

            return read_policy(self._texts.policy, self._limits)[0]
        from creditrules.records import UnreadableError, read_back

        try:
            place, kind = _PLACES[name]
            return read_back(self._written[place], kind)
        except UnreadableError:
            return self._again(name)

    def _again(self, name: str) -> Any:
        """Make a part from the texts after all; they had no mistakes when the entry was made."""
        from creditrules.compiler import compile_policy

        vocabulary = load_vocabulary(self._texts.vocabulary.name, self._texts.vocabulary.text)[0]
        assert vocabulary is not None
        if name == "vocabulary":
            return vocabulary
        model = self.part("model")
        return model.facts if name == "facts" else compile_policy(model, vocabulary)


_PLACES: Mapping[str, tuple[int, type]] = {"vocabulary": (1, Vocabulary), "facts": (2, dict), "program": (3, Program)}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy's file, loaded: nothing was made of it where a finding is an error."""

    source: Source | None
    made: Made | Kept | None
    findings: tuple[Finding, ...]


def load_file(name: str | Path, limits: Limits, folder: Path | None) -> Loaded:
    """Load a policy by its name or path; with a folder, from what is kept there if it is of the same texts."""
    path, missing = find_policy(name)
    if missing:
        return Loaded(None, None, missing)
    source, found = read_source(path)
    if source is None:
        return Loaded(None, None, found)
    vocabulary, vocabulary_found = read_source(beside(path, "vocabulary.yaml"))
    entry = cache.entry_path(folder, path) if folder is not None else None
    if entry is not None and vocabulary is not None:
        kept = _kept(entry, path, source, vocabulary, limits)
        if kept is not None:
            return kept
    from creditrules.making import make

    with uninterrupted():
        made, outline, found = make(path, source, (vocabulary, vocabulary_found), limits)
        if made is not None and vocabulary is not None and entry is not None:
            _keep(entry, Texts(source, vocabulary, outline), limits, made, found)
    return Loaded(source, made, found)


def _keep(entry: Path, texts: Texts, limits: Limits, made: Made, found: tuple[Finding, ...]) -> None:
    """Write down what was made, unless the cache cannot be written."""
    from creditrules.records import written_down

    findings = [_finding_parts(one, texts) for one in found]
    line = json.dumps(findings, ensure_ascii=False, separators=(",", ":"))
    parts = (line, *map(written_down, (made.vocabulary, made.model.facts, made.program)))
    cache.keep(entry, cache.Entry(made.model.id, texts.key(limits), parts))


def _finding_parts(finding: Finding, texts: Texts) -> list[object]:
    place = texts.sources.index(finding.source) if finding.source is not None else None
    help_ = [[advice.key, advice.words] for advice in finding.help]
    return [finding.code, place, finding.span, finding.words, finding.spot, help_]


def _kept(entry: Path, path: Path, source: Source, vocabulary: Source, limits: Limits) -> Loaded | None:
    """Take what is kept, if it was made from these texts; `None` for anything else."""
    found = cache.kept(entry)
    if found is None or not is_name(found.policy):
        return None
    outline, wrong = outline_of(path, found.policy)
    texts = Texts(source, vocabulary, outline)
    if wrong or len(found.parts) != len(_PLACES) + 1 or texts.key(limits) != found.key:
        return None
    try:
        findings = sorted_findings(_finding(texts.sources, *one) for one in json.loads(found.parts[0]))
    except (LookupError, TypeError, ValueError, RecursionError):
        return None
    return Loaded(source, Kept(texts, limits, found.parts), findings)


def _finding(
    sources: tuple[Source | None, ...],
    code: str,
    place: int | None,
    span: list[int] | None,
    words: list[list[str]],
    spot: str,
    help_: list[tuple[str, list[list[str]]]],
) -> Finding:
    return Finding(
        code,
        None if place is None else sources[place],
        None if span is None else Span(*span),
        tuple((name, word) for name, word in words),
        tuple(Advice(key, tuple((name, word) for name, word in more)) for key, more in help_),
        spot,
    )
