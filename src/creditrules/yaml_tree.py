"""From YAML text to a located tree: every key and value keeps its place, and nothing is guessed about types.

Drops comments and layout. Takes the strict subset of YAML that a policy may use: no anchors, aliases, tags, merge
keys, duplicate keys or several documents; limits on bytes, depth and nodes.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

import yaml

from creditrules.diagnostics import Finding, Findings, advice
from creditrules.source import Source, Span
from creditrules.tree import DEFAULT_LIMITS as DEFAULT_LIMITS
from creditrules.tree import Limits as Limits
from creditrules.tree import ListNode, MapNode, Node, Scalar

_SURROGATE_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def yaml_tree(source: Source, limits: Limits = DEFAULT_LIMITS) -> tuple[Node | None, tuple[Finding, ...]]:
    """Read a text into a tree; the tree is `None` where there is none to give, and the findings say why."""
    findings = Findings(source)
    size = len(source.text.encode("utf-8", "surrogatepass"))
    if size > limits.bytes:
        findings.report("CR108", None, advice("raise-limit"), bytes=size, limit=limits.bytes)
        return None, tuple(findings.found)
    try:
        root = _build(source.text, findings, limits)
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


def _build(text: str, findings: Findings, limits: Limits) -> Node | None:
    """Put the parser's events together; the parser is a loop, so depth costs no stack.

    This runs once for each word of a file: a value without tag and anchor takes the shortest way through it.
    """
    parser = yaml.CSafeLoader(text)
    stack: list[_Open] = []
    here: _Open | None = None
    root: Node | None = None
    documents = nodes = 0
    shared: dict[str, str] = {}
    made: Node
    try:
        event: Any  # of one of the kinds below; the library types them all as one
        for event in iter(parser.get_event, None):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                if event.tag is not None or event.anchor is not None:
                    _refuse_extras(event, findings)
                word = event.value
                span = _new(Span, _places(event.start_mark, event.end_mark))
                made = _new(Scalar, (shared.setdefault(word, word), bool(event.style), span, False))
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                made = _close(stack.pop(), event.end_mark)
                here = stack[-1] if stack else None
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                _refuse_extras(event, findings)
                here = _Open(kind is yaml.MappingStartEvent, event.start_mark)
                stack.append(here)
                if len(stack) > limits.depth:
                    findings.report("CR109", _event_span(event), advice("raise-limit"), limit=limits.depth)
                    raise _LimitPassedError
                continue
            elif kind is yaml.AliasEvent:
                span = _event_span(event)
                findings.report("CR102", span, advice("write-out"), text=f"*{event.anchor}")
                made = Scalar("", False, span, stand_in=True)
            else:
                documents += kind is yaml.DocumentStartEvent
                if documents > 1:
                    findings.report("CR106", _event_span(event))
                    raise _LimitPassedError
                continue
            nodes += 1
            if nodes > limits.nodes:
                findings.report("CR110", made.span, advice("raise-limit"), limit=limits.nodes)
                raise _LimitPassedError
            if here is None:
                if not (isinstance(made, Scalar) and made.is_null):
                    root = made
            elif not here.mapping:
                here.items.append(made)
            elif here.key is None:
                here.key = made if type(made) is Scalar and made.text != "<<" else _key(made, findings)
            elif here.key.text not in here.keys and not here.key.stand_in:
                here.keys[here.key.text] = here.key
                here.entries.append((here.key, made))
                here.key = None
            else:
                _refuse_twice(here, findings)
    finally:
        parser.dispose()
    return root


_new = tuple.__new__


class _Open:
    """A collection still being read."""

    __slots__ = ("entries", "items", "key", "keys", "mapping", "start")

    def __init__(self, mapping: bool, start: _Mark) -> None:
        self.mapping, self.start = mapping, start
        self.items: list[Node] = []
        self.entries: list[tuple[Scalar, Node]] = []
        self.key: Scalar | None = None
        self.keys: dict[str, Scalar] = {}


def _places(start: _Mark, end: _Mark) -> tuple[int, int, int, int]:
    line, last = start.line + 1, end.line + 1
    return line, start.column + 1, line if last == line else last, end.column + 1


def _refuse_extras(event: yaml.ScalarEvent | yaml.CollectionStartEvent, findings: Findings) -> None:
    """Report an anchor or a tag; the value itself is still read."""
    if event.anchor is None and event.tag is None:
        return
    line, column, _, _ = _event_span(event)
    if event.anchor is not None:
        text = f"&{event.anchor}"
        findings.report("CR102", Span(line, column, line, column + len(text)), advice("write-out"), text=text)
    if event.tag is not None:
        text = (
            findings.source.excerpt(Span(line, column, line + 1, 1)).split(" ")[0] if findings.source else event.tag
        )
        findings.report("CR103", Span(line, column, line, column + max(len(text), 1)), text=text or event.tag)


def _key(node: Node, findings: Findings) -> Scalar:
    """Give a key as it may stand in a mapping; a stand-in after a finding for what may not."""
    if not isinstance(node, Scalar):
        findings.report("CR107", node.span, advice("quote"))
        return Scalar("", True, node.span, stand_in=True)
    if not node.quoted:
        findings.report("CR104", node.span, advice("write-out"))
        return Scalar("<<", False, node.span, stand_in=True)
    return node


def _refuse_twice(open_: _Open, findings: Findings) -> None:
    """Leave out a value whose key stands there already, or for something refused."""
    key, open_.key = open_.key, None
    assert key is not None
    if key.stand_in:
        return
    first = open_.keys[key.text].span
    line = first.line if first else 0
    findings.report("CR105", key.span, advice("first-place", line=line), advice("drop-one"), key=key.text)


def _close(open_: _Open, end: _Mark) -> Node:
    span = Span(*_places(open_.start, end))
    return MapNode(tuple(open_.entries), span) if open_.mapping else ListNode(tuple(open_.items), span)
