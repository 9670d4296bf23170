"""Findings: what is wrong or worth knowing in somebody's text, as values.

A finding is returned, never printed here; `render.findings` shows it. Its words live in the catalogue, in Chinese
and English, so that a finding is the same value in either language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from creditrules.catalogue import CATALOGUE
from creditrules.frozen import dataclass
from creditrules.source import Source, Span
from creditrules.wording import ADVICE, Lang, filled

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Advice:
    """What to try: a key of the catalogue's advice, with the words to fill in."""

    key: str
    words: tuple[tuple[str, str], ...] = ()

    def text(self, lang: Lang) -> str:
        """Give the advice as one line."""
        return filled(ADVICE[self.key][lang], self.words, lang)


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake or remark: a stable code, where it is, the author's words, and help.

    `spot` names the place where there is no file (a fact of a request handed in by a program).
    """

    code: str
    source: Source | None
    span: Span | None
    words: tuple[tuple[str, str], ...] = ()
    help: tuple[Advice, ...] = ()
    spot: str = ""

    @property
    def severity(self) -> Severity:
        """Say whether this stops the load (`error`) or not (`warning`)."""
        return CATALOGUE[self.code].severity

    @property
    def name(self) -> str:
        """Give the finding's readable name, the same as its page in `docs/findings/`."""
        return CATALOGUE[self.code].name

    def message(self, lang: Lang) -> str:
        """Give the one-sentence message in the language asked for."""
        return filled(CATALOGUE[self.code].text[lang], self.words, lang)

    def where(self) -> str:
        """Give `file:line:column`, as far as known."""
        name = self.source.name if self.source else ""
        if self.span is None:
            return self.spot or name
        return f"{name}:{self.span.line}:{self.span.column}"

    def line(self, lang: Lang) -> str:
        """Give place, code, message and help on one line, for logs and exceptions."""
        helped = "".join(f" ({advice.text(lang)})" for advice in self.help)
        where = self.where()
        return f"{where + ': ' if where else ''}{self.severity}[{self.code}]: {self.message(lang)}{helped}"


class Findings:
    """Collects the findings of one pass over one source; passes go on with a neutral stand-in after each."""

    def __init__(self, source: Source | None = None) -> None:
        self.source = source
        self.found: list[Finding] = []

    def report(self, code: str, span: Span | None, *help: Advice | None, spot: str = "", **words: object) -> None:
        """Note one finding; `words` fill the catalogue's message, `None` among the help is left out.

        `spot` names the place where there is no file to point into.
        """
        filled = tuple((key, str(value)) for key, value in words.items())
        advice = tuple(piece for piece in help if piece is not None)
        self.found.append(Finding(code, self.source, span, filled, advice, spot))

    def __bool__(self) -> bool:
        return bool(self.found)


def advice(key: str, **words: object) -> Advice:
    """Make advice from the catalogue's key and the words it needs."""
    return Advice(key, tuple((name, str(value)) for name, value in words.items()))


_LONGEST_NAME = 200  # characters


def nearest(word: str, known: Iterable[str]) -> Advice | None:
    """Suggest the known name nearest to `word`, or list the known ones where they are few.

    Where `known` maps names to things with a Chinese label, a label serves as well as a name.
    """
    names = sorted(set(known))
    if isinstance(known, Mapping):
        labels = {name: str(getattr(thing, "zh", "")) for name, thing in known.items()}
        called = [name for name in names if len(word) > 1 and labels[name] and _names_it(word, labels[name])]
        if called:
            best = min(called, key=lambda name: (len(labels[name]), name))
            return advice("did-you-mean-labelled", name=best, label=labels[best])
    return _nearest(word, tuple(names))


@lru_cache(maxsize=1 << 10)  # one mistake may stand in each row of a table
def _nearest(word: str, names: tuple[str, ...]) -> Advice | None:
    import difflib  # here, for only a mistake needs it

    lowered = {name.lower(): name for name in reversed(names)}
    near = word.lower() if len(word) <= _LONGEST_NAME else ""  # whatever is longer is a mistake of another kind
    close = difflib.get_close_matches(near, lowered, n=1, cutoff=0.6)
    if close:
        return advice("did-you-mean", name=lowered[close[0]])
    tail = [name for name in names if "." in name and name.rpartition(".")[2] == word.rpartition(".")[2]]
    if tail:
        return advice("did-you-mean", name=tail[0])
    if 0 < len(names) <= 20:
        return advice("one-of", names="`, `".join(names))
    return None


def _names_it(word: str, label: str) -> bool:
    return word == label or label.startswith((f"{word}（", word)) or (len(word) > 2 and word in label)


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings in the order of their places, one for each mistake."""
    unique = dict.fromkeys(findings)

    def key(finding: Finding) -> tuple[str, tuple[int, ...], str, str]:
        name = finding.source.name if finding.source else ""
        return name, tuple(finding.span or (0, 0, 0, 0)), finding.code, finding.message("en")

    return tuple(sorted(unique, key=key))


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep the findings that stop a load."""
    return tuple(finding for finding in findings if finding.severity == "error")
