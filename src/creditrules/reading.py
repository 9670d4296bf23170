"""Reading single places of a located tree: each asks for a shape, and reports what stands there instead.

Every method gives a neutral stand-in (`None`, an empty tuple) after a finding, so that reading goes on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from creditrules.conditions import Word
from creditrules.diagnostics import Advice, Findings, advice, nearest
from creditrules.source import Source, Span
from creditrules.tree import ListNode, MapNode, Node, Scalar
from creditrules.vocabulary import Labels

FORMAT = "1"
_NAME = re.compile(r"[\w-]{1,60}")
_KEYS = {
    "@in-force": "in_force", "@setting": "settings", "@term": "terms", "@presumption": "presume", "@rule": "rules",
    "@effects": "then", "@alternative": "any_of", "@period": "since", "@labels": "zh", "@vocabulary": "facts",
    "@a-fact": "facts", "@a-clause": "clauses", "@case": "cases", "@case-file": "cases", "@expectation": "expect",
    "@a-matter": "matters", "@a-paper": "papers", "@an-act": "acts", "@a-measure": "measures", "@bar": "bars",
    "@weight": "as", "@recurrence": "every", "@changed-by": "changed_by",
}  # fmt: skip
C = TypeVar("C", bound=str)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def iso_date(text: str) -> dt.date | None:
    """Read `2021-02-19`; anything else is no date."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def is_name(text: str) -> bool:
    """Say whether a text can be a policy's name."""
    return _NAME.fullmatch(text) is not None


def key_of(place: str) -> str:
    """Give the key an author writes for a place that findings speak of."""
    return _KEYS.get(place, place.removeprefix("@")).strip("`")


class TreeReader:
    """Reads one source; `findings` fills up as it goes."""

    def __init__(self, source: Source) -> None:
        self.findings = Findings(source)

    def report(self, code: str, span: Span | None, *help: Advice | None, **words: object) -> None:
        """Note a finding of this source."""
        self.findings.report(code, span, *help, spot="", **words)

    def fields(
        self,
        node: Node | None,
        place: str,
        known: Iterable[str],
        required: Iterable[str] = (),
        at: Span | None = None,
        key: str = "",
    ) -> dict[str, Node]:
        """Read a mapping with a closed set of keys; unknown and missing keys are findings.

        A key that looks like a missing one misspelt is one finding, not two.
        """
        if not self._is(node, MapNode, key or key_of(place), "@mapping", at):
            return {}
        assert isinstance(node, MapNode)
        known = tuple(known)
        found: dict[str, Node] = {}
        meant: set[str] = set()
        for name, value in node.entries:
            if name.text in known:
                found[name.text] = value
                continue
            help_ = nearest(name.text, known)
            if help_ is not None and help_.key == "did-you-mean":
                meant.add(dict(help_.words)["name"])
            if place == "@labels":
                help_ = advice("quote-comma")
            self.report("CR201", name.span, help_, key=name.text, place=place)
        for name_ in required:
            if name_ not in found and name_ not in meant:
                self.report("CR202", at or node.span, key=name_, place=place)
        return found

    def _is(
        self, node: Node | None, shape: type[MapNode | ListNode], key: str, wanted: str, at: Span | None = None
    ) -> bool:
        """Say whether a node has the shape asked for; report it if not, unless it stands in for something refused."""
        if isinstance(node, shape):
            return True
        if not (isinstance(node, Scalar) and node.stand_in):
            self.report("CR203", node.span if node else at, key=key, wanted=wanted)
        return False

    def format(self, node: Node | None) -> None:
        """Report a file of another version of the language."""
        version = self.word(node, "format")
        if version is not None and version.text != FORMAT:
            self.report("CR211", version.span, advice("one-of", names=FORMAT), text=version.text)

    def name(self, node: Node | None, key: str) -> str | None:
        """Read a name that may also be a file's: letters, digits, `-` and `_`."""
        word = self.word(node, key)
        if word is not None and not is_name(word.text):
            self.report("CR311", word.span, advice("name-form"), text=word.text[:80])
            return None
        return word.text if word is not None else None

    def entries(self, node: Node | None, key: str) -> tuple[tuple[Scalar, Node], ...]:
        """Read a mapping whose keys are the author's own names."""
        if node is None or not self._is(node, MapNode, key, "@mapping"):
            return ()
        assert isinstance(node, MapNode)
        return node.entries

    def items(self, node: Node | None, key: str) -> tuple[Node, ...]:
        """Read a list."""
        if node is None or not self._is(node, ListNode, key, "@list"):
            return ()
        assert isinstance(node, ListNode)
        return node.items

    def word(self, node: Node | None, key: str, *, blank: bool = False) -> Word | None:
        """Read a single word or value as written; blank is a finding, unless a quoted blank may stand there."""
        if node is None or (isinstance(node, Scalar) and node.stand_in):
            return None
        if not isinstance(node, Scalar):
            self.report("CR203", node.span, key=key, wanted="@text")
            return None
        if node.is_null or not (node.text.strip() or (blank and node.quoted)):
            self.report("CR408", node.span, advice("full-width") if "：" in key else None, key=key)
            return None
        return node

    def words(self, node: Node | None, key: str, *, blank: bool = False) -> tuple[Word, ...]:
        """Read one word or a list of words; an empty list is a finding."""
        if node is None:
            return ()
        if isinstance(node, ListNode):
            if not node.items:
                self.report("CR408", node.span, key=key)
            read = (self.word(item, key, blank=blank) for item in node.items)
            found = tuple(word for word in read if word is not None)
            wide = [one for one in found if not one.quoted and "，" in one.text]
            for one in wide:
                self.report("CR312", one.span, advice("full-width"), text=one.text)
            return tuple(one for one in found if one not in wide)
        if isinstance(node, MapNode):
            self.report("CR203", node.span, key=key, wanted="@text-or-list")
            return ()
        word = self.word(node, key, blank=blank)
        return (word,) if word else ()

    def text(self, node: Node | None, key: str) -> str | None:
        """Read a text."""
        word = self.word(node, key)
        return word.text if word else None

    def labels(self, node: Node | None, key: str) -> Labels | None:
        """Read words shown to the reader: a text (the same in both languages), or `{zh: .., en: ..}`."""
        if node is None:
            return None
        if isinstance(node, MapNode):
            parts = self.fields(node, "@labels", ("zh", "en"), ("zh", "en"))
            zh, en = self.text(parts.get("zh"), "zh"), self.text(parts.get("en"), "en")
            return Labels(zh=zh or en or "", en=en or zh or "")
        text = self.text(node, key)
        return Labels(zh=text, en=text) if text else None

    def choice(self, node: Node | None, choices: Iterable[C], place: str) -> C | None:
        """Read one of the language's own words; `place` says what it is for."""
        word = self.word(node, key_of(place))
        if word is None:
            return None
        choices = tuple(choices)
        for choice in choices:
            if word.text == choice:
                return choice
        self.report("CR306", word.span, nearest(word.text, choices), text=word.text, place=place)
        return None

    def date(self, node: Node | None, key: str) -> dt.date | None:
        """Read a date."""
        word = self.word(node, key)
        if word is None:
            return None
        day = iso_date(word.text)
        if day is None:
            self.report("CR303", word.span, advice("date-form"), text=word.text)
        return day

    def unique(self, words: Iterable[Word], kind: str) -> None:
        """Report names used twice."""
        seen: dict[str, Word] = {}
        for word in words:
            if word.text in seen:
                first = seen[word.text].span
                self.report(
                    "CR210",
                    word.span,
                    advice("first-place", line=first.line) if first else None,
                    kind=kind,
                    name=word.text,
                )
            seen.setdefault(word.text, word)


def plain_tree(value: object) -> Node:
    """Turn a program's own mapping into a tree without places, so that there is one way to read requests."""
    if isinstance(value, Mapping):
        return MapNode(
            tuple((Scalar(_key(name), True, None), plain_tree(inner)) for name, inner in value.items()), None
        )
    if isinstance(value, list | tuple | set | frozenset):
        return ListNode(tuple(plain_tree(inner) for inner in value), None)
    if value is None:
        return Scalar("", False, None)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", False, None)
    if isinstance(value, str):
        return Scalar(str.__str__(value), True, None)  # of an enumeration's member its value, and not its name
    try:
        return Scalar(int.__repr__(value) if isinstance(value, int) else str(value), False, None)
    except ValueError:  # a number too long to be written
        return Scalar("…", False, None)


def _key(name: object) -> str:
    return str.__str__(name) if isinstance(name, str) else str(name)
