"""From YAML text to a located tree: every key and value keeps its place, and nothing is guessed about types.

Drops comments and layout. Takes the strict subset of YAML that a policy may use: no anchors, aliases, tags, merge
keys, duplicate keys or several documents; limits on bytes, depth and nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import yaml

from creditrules.diagnostics import Finding, Findings, advice
from creditrules.source import Source, Span

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_SURROGATE_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as written; `quoted` tells a text from a word that may be a number or a date."""

    text: str
    quoted: bool
    span: Span | None
    stand_in: bool = False  # for something refused: nothing more is said of it

    @property
    def is_null(self) -> bool:
        """Say whether it is YAML's null."""
        return not self.quoted and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of values."""

    items: tuple[Node, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping, in the order written; keys are single words."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span | None

    def get(self, key: str) -> Node | None:
        """Give the value under `key`, or nothing."""
        return next((value for name, value in self.entries if name.text == key), None)


Node: TypeAlias = Scalar | ListNode | MapNode


def first_key(tree: Node) -> Span | None:
    """Give the place of a file's first key, for what is said of the whole file."""
    return tree.entries[0][0].span if isinstance(tree, MapNode) and tree.entries else tree.span


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a text is refused. The defaults hold 12,000 rules; a caller may raise them."""

    bytes: int = 16_000_000
    depth: int = 60
    nodes: int = 2_000_000
    rules: int = 20_000


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class _Open:
    """A collection still being read."""

    mapping: bool
    start: Span
    children: list[Node]
    key: Scalar | None = None
    keys: dict[str, int] | None = None


def yaml_tree(source: Source, limits: Limits = DEFAULT_LIMITS) -> tuple[Node | None, tuple[Finding, ...]]:
    """Read a text into a tree; the tree is `None` where there is none to give, and the findings say why."""
    findings = Findings(source)
    size = len(source.text.encode("utf-8", "surrogatepass"))
    if size > limits.bytes:
        findings.report("CR108", None, advice("raise-limit"), bytes=size, limit=limits.bytes)
        return None, tuple(findings.found)
    try:
        root = _build(yaml.parse(source.text, Loader=yaml.CSafeLoader), findings, limits)
    except _LimitPassedError:
        root = None
    except yaml.MarkedYAMLError as problem:
        _report_syntax(findings, problem, source)
        root = None
    except (yaml.YAMLError, UnicodeError) as problem:
        findings.report("CR101", None, problem=str(problem).splitlines()[0])
        root = None
    if root is None and not findings:
        findings.report("CR112", None)
    return root, tuple(findings.found)


class _Mark(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class _LimitPassedError(Exception):
    """A limit was passed: what was read so far is thrown away."""


def json_escapes(text: str) -> str:
    """Put the characters that JSON escapes as two halves in place of their escapes, which YAML does not know."""
    return _SURROGATE_PAIR.sub(lambda pair: bytes.fromhex(pair[1] + pair[2]).decode("utf-16-be"), text)


_WIDE_KEY = re.compile(r"\s*(- )?[\w.]+：")
_BRACKET_TEXT = re.compile(r":\s+(\[[^\]]*\]|\{[^}]*\})[^\s,#\]}]")
_OPEN_AT = ("flow sequence", "flow mapping", "quoted scalar", "simple key")  # told where they begin


def _report_syntax(findings: Findings, problem: yaml.MarkedYAMLError, source: Source) -> None:
    """Report what the parser cannot read, where it begins, with help for what it most likely is."""
    context, said = problem.context or "", problem.problem or ""
    begins = any(word in context for word in _OPEN_AT) and problem.context_mark is not None
    mark = problem.context_mark if begins else problem.problem_mark or problem.context_mark
    span = _at(mark, source) if mark is not None else None
    line = source.line(span.line) if span else ""
    if "simple key" in context and span:
        span = Span(span.line, span.column, span.line, len(line.rstrip()) + 1)
    before = source.line(span.line - 1) if span else ""
    deeper = len(line) - len(line.lstrip()) > len(before) - len(before.lstrip())
    if any(wide in line or (wide in before and not deeper) for wide in "：，［］｛｝") or _WIDE_KEY.match(before):
        key = "full-width"
    elif _BRACKET_TEXT.search(line) or _BRACKET_TEXT.search(before):
        key = "quote-bracket"
    elif "\t" in line or "tab" in said or "cannot start" in said:
        key = "no-tabs"
    elif "quoted" in context:
        key = "escape" if "escape" in said else "close-quote"
    elif "flow" in context:
        key = "close-bracket"
    elif "block" in context or "expected key" in said or ("mapping values" in said and deeper):
        key = "indent"
    else:
        key = "yaml-colon"
    findings.report("CR101", span, advice(key), problem=said or context)


def _at(mark: _Mark, source: Source) -> Span:
    line = min(mark.line + 1, len(source.text.splitlines()) or 1)
    column = mark.column + 1 if line == mark.line + 1 else len(source.line(line)) + 1
    return Span(line, column, line, column + 1)


def _event_span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _build(events: Iterator[yaml.Event], findings: Findings, limits: Limits) -> Node | None:
    """Put the parser's events together; the parser is a loop, so depth costs no stack."""
    stack: list[_Open] = []
    root: Node | None = None
    documents = nodes = 0
    for event in events:
        done: Node | None = None
        if isinstance(event, yaml.ScalarEvent):
            _refuse_extras(event, findings)
            quoted = bool(event.style)
            done = Scalar(event.value, quoted, _event_span(event))
        elif isinstance(event, yaml.AliasEvent):
            span = _event_span(event)
            findings.report("CR102", span, advice("write-out"), text=f"*{event.anchor}")
            done = Scalar("", False, span, stand_in=True)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            _refuse_extras(event, findings)
            mapping = isinstance(event, yaml.MappingStartEvent)
            stack.append(_Open(mapping, _event_span(event), [], keys={} if mapping else None))
            if len(stack) > limits.depth:
                span = _event_span(event)
                findings.report("CR109", span, advice("raise-limit"), limit=limits.depth)
                raise _LimitPassedError
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = _close(stack.pop(), _event_span(event))
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                findings.report("CR106", _event_span(event))
                raise _LimitPassedError
        if done is None:
            continue
        nodes += 1
        if nodes > limits.nodes:
            findings.report("CR110", done.span, advice("raise-limit"), limit=limits.nodes)
            raise _LimitPassedError
        if stack:
            _attach(stack[-1], done, findings)
        elif not (isinstance(done, Scalar) and done.is_null):
            root = done
    return root


def _refuse_extras(event: yaml.ScalarEvent | yaml.CollectionStartEvent, findings: Findings) -> None:
    """Report an anchor or a tag; the value itself is still read."""
    line, column, _, _ = _event_span(event)
    if event.anchor is not None:
        text = f"&{event.anchor}"
        findings.report("CR102", Span(line, column, line, column + len(text)), advice("write-out"), text=text)
    if event.tag is not None:
        text = (
            findings.source.excerpt(Span(line, column, line + 1, 1)).split(" ")[0] if findings.source else event.tag
        )
        findings.report("CR103", Span(line, column, line, column + max(len(text), 1)), text=text or event.tag)


def _attach(parent: _Open, child: Node, findings: Findings) -> None:
    """Put a finished value into the collection around it, checking keys."""
    if not parent.mapping:
        parent.children.append(child)
        return
    if parent.key is None:
        if not isinstance(child, Scalar):
            findings.report("CR107", child.span, advice("quote"))
            child = Scalar("", True, child.span, stand_in=True)
        elif child.text == "<<" and not child.quoted:
            findings.report("CR104", child.span, advice("write-out"))
            child = Scalar("<<", False, child.span, stand_in=True)
        parent.key = child
        return
    assert parent.keys is not None
    if parent.key.stand_in:
        parent.key = None
        return
    first = parent.keys.get(parent.key.text)
    if first is None:
        parent.keys[parent.key.text] = parent.key.span.line if parent.key.span else 0
        parent.children += [parent.key, child]
    else:
        findings.report(
            "CR105",
            parent.key.span,
            advice("first-place", line=first),
            advice("drop-one"),
            key=parent.key.text,
        )
    parent.key = None


def _close(open_: _Open, end: Span) -> Node:
    span = Span(open_.start.line, open_.start.column, end.end_line, end.end_column)
    if not open_.mapping:
        return ListNode(tuple(open_.children), span)
    pairs = zip(open_.children[::2], open_.children[1::2], strict=True)
    return MapNode(tuple((key, value) for key, value in pairs if isinstance(key, Scalar)), span)
