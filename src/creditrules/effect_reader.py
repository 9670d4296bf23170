"""From a tree to effects: the closed set of eight that a rule's `then` may hold."""

from __future__ import annotations

from typing import Literal, TypeAlias

from creditrules.condition_reader import read_condition, read_day
from creditrules.conditions import Word
from creditrules.diagnostics import advice
from creditrules.policy import (
    EFFECT_KEYS,
    Alternative,
    Duty,
    Effect,
    Inadmissible,
    Measures,
    Prohibit,
    Refer,
    Require,
    Usable,
    Weigh,
)
from creditrules.reading import TreeReader
from creditrules.source import Span
from creditrules.tree import ListNode, MapNode, Node, Scalar

Mode: TypeAlias = Literal["any_of", "all_of"]
_MODES: tuple[Mode, ...] = ("any_of", "all_of")
_WEIGHTS: tuple[Literal["necessary", "important_reference", "reference"], ...] = (
    "necessary",
    "important_reference",
    "reference",
)
_EVERY: tuple[Literal["month", "quarter", "half_year", "year"], ...] = ("month", "quarter", "half_year", "year")


def read_effects(reader: TreeReader, node: Node | None) -> tuple[Effect, ...]:
    """Read a rule's `then`; an effect out of shape is left out after its finding."""
    if node is None:
        return ()
    parts = reader.fields(node, "@effects", EFFECT_KEYS, key="then")
    if isinstance(node, MapNode) and not node.entries:
        reader.report("CR408", node.span, key="then")
    spans = {key.text: key.span for key, _ in node.entries} if isinstance(node, MapNode) else {}
    effects = (_effect(reader, key, value, spans.get(key)) for key, value in parts.items())
    return tuple(effect for effect in effects if effect is not None)


def _effect(reader: TreeReader, key: str, node: Node, at: Span | None) -> Effect | None:
    match key:
        case "require":
            return _require(reader, node, at)
        case "weigh":
            return _weigh(reader, node, at)
        case "usable":
            return _usable(reader, node, at)
        case "inadmissible":
            if not isinstance(node, Scalar) or node.text != "true" or node.quoted:
                reader.report(
                    "CR306",
                    node.span,
                    advice("one-of", names="true"),
                    text=_said(node),
                    place="`inadmissible`",
                )
            return Inadmissible(span=at)
        case "measure":
            return _measures(reader, node, at)
        case "duty":
            return _duty(reader, node, at)
        case "prohibit":
            parts = reader.fields(node, "`prohibit`", ("by", "act"), ("by", "act"), at=at)
            by, act = reader.word(parts.get("by"), "by"), reader.labels(parts.get("act"), "act")
            return Prohibit(by=by, act=act, span=at) if by and act else None
        case _:
            parts = reader.fields(node, "`refer`", ("to", "why", "due"), ("to", "why"), at=at)
            to, why = reader.word(parts.get("to"), "to"), reader.labels(parts.get("why"), "why")
            due = read_day(reader, parts.get("due"), "due")
            return Refer(to=to, why=why, due=due, span=at) if to and why else None


def _said(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else "…"


def _mode(reader: TreeReader, parts: dict[str, Node], at: Span | None, place: str) -> Mode | None:
    """Tell `any_of` from `all_of`: exactly one of them."""
    modes = [mode for mode in _MODES if mode in parts]
    if len(modes) == 2:
        reader.report("CR412", at, advice("drop-one"), one="any_of", other="all_of")
    if not modes:
        reader.report("CR202", at, key="any_of", place=place)
    return modes[0] if len(modes) == 1 else None


def _require(reader: TreeReader, node: Node, at: Span | None) -> Require | None:
    parts = reader.fields(node, "`require`", ("any_of", "all_of", "from"), at=at)
    if not parts and not (isinstance(node, MapNode) and not node.entries):
        return None
    mode = _mode(reader, parts, at, "`require`")
    if mode is None:
        return None
    value = parts[mode]
    nodes = value.items if isinstance(value, ListNode) else (value,)
    if not nodes:
        reader.report("CR408", value.span, key=mode)
    found = (_alternative(reader, item, mode) for item in nodes)
    alternatives = tuple(alternative for alternative in found if alternative is not None)
    if not alternatives:
        return None
    from_ = reader.word(parts.get("from"), "from")
    return Require(mode=mode, alternatives=alternatives, from_=from_, span=at)


def _alternative(reader: TreeReader, node: Node, key: str) -> Alternative | None:
    if not isinstance(node, MapNode):
        paper = reader.word(node, key)
        return Alternative(paper=paper, span=node.span) if paper else None
    parts = reader.fields(node, "@alternative", ("paper", "that", "step", "done"))
    paper, step = reader.word(parts.get("paper"), "paper"), reader.word(parts.get("step"), "step")
    if paper and step:
        reader.report("CR412", step.span, advice("drop-one"), one="paper", other="step")
        return None
    if paper is None and step is None:
        if "paper" not in parts and "step" not in parts:
            reader.report("CR202", node.span, key="paper", place="@alternative")
        return None
    if step is not None and "done" not in parts:
        reader.report("CR202", step.span, key="done", place="@alternative")
    for one, other in (("paper", "done"), ("step", "that")):
        if one in parts and other in parts:
            reader.report("CR412", parts[other].span, advice("drop-one"), one=one, other=other)
    return Alternative(
        paper=paper,
        that=read_condition(reader, parts["that"], "that") if "that" in parts else None,
        step=step,
        done=read_condition(reader, parts["done"], "done") if "done" in parts else None,
        span=node.span,
    )


def _weigh(reader: TreeReader, node: Node, at: Span | None) -> Weigh | None:
    parts = reader.fields(node, "`weigh`", ("papers", "facts", "as"), ("as",), at=at)
    papers, facts = reader.words(parts.get("papers"), "papers"), reader.words(parts.get("facts"), "facts")
    if parts and not papers and not facts:
        reader.report("CR202", at, key="papers", place="`weigh`")
    as_ = reader.choice(parts.get("as"), _WEIGHTS, "@weight")
    if as_ is None:
        return None
    return Weigh(papers=papers, facts=facts, as_=as_, span=at)


def _usable(reader: TreeReader, node: Node, at: Span | None) -> Usable | None:
    keys = ("from", "after", "until", "once", "at")
    parts = reader.fields(node, "`usable`", keys, at=at)
    if "from" in parts and "after" in parts:
        reader.report("CR412", parts["after"].span, advice("drop-one"), one="from", other="after")
    if not any(key in parts for key in keys[:4]):
        reader.report("CR202", at, advice("one-of", names="`, `".join(keys[:4])), key="from", place="`usable`")
    return Usable(
        from_=read_day(reader, parts.get("from"), "from"),
        after=read_day(reader, parts.get("after"), "after"),
        until=read_day(reader, parts.get("until"), "until"),
        once=read_condition(reader, parts["once"], "once") if "once" in parts else None,
        at=reader.word(parts.get("at"), "at"),
        span=at,
    )


def _names(
    reader: TreeReader, node: Node, key: str, parts: dict[str, Node] | None, at: Span | None
) -> tuple[Mode, tuple[Word, ...]]:
    """Read names: one, a list (all of them), or `{any_of: ..}` / `{all_of: ..}`."""
    if parts is None:
        return "all_of", reader.words(node, key)
    mode = _mode(reader, parts, at, f"`{key}`")
    return (mode, reader.words(parts[mode], mode)) if mode else ("all_of", ())


def _measures(reader: TreeReader, node: Node, at: Span | None) -> Measures | None:
    parts = None
    if isinstance(node, MapNode):
        parts = reader.fields(node, "`measure`", ("any_of", "all_of", "target", "by"), at=at)
    mode, names = _names(reader, node, "measure", parts, at)
    if not names:
        return None
    parts = parts or {}
    target, by = reader.word(parts.get("target"), "target"), reader.word(parts.get("by"), "by")
    return Measures(mode=mode, names=names, target=target, by=by, span=at)


def _duty(reader: TreeReader, node: Node, at: Span | None) -> Duty | None:
    keys = ("who", "what", "due", "done", "done_on", "every", "since")
    parts = reader.fields(node, "`duty`", keys, ("who", "what"), at=at)
    who = reader.word(parts.get("who"), "who")
    what = parts.get("what")
    if who is None or what is None:
        return None
    inner = reader.fields(what, "`what`", ("any_of", "all_of")) if isinstance(what, MapNode) else None
    mode, names = _names(reader, what, "what", inner, at)
    for one, other in (("done", "done_on"), ("due", "every")):
        if one in parts and other in parts:
            reader.report("CR412", parts[other].span, advice("drop-one"), one=one, other=other)
    if "since" in parts and "every" not in parts:
        reader.report("CR202", at, key="every", place="`duty`")
    if "every" in parts and "done_on" not in parts:
        reader.report("CR202", at, key="done_on", place="`duty`")
    every = reader.choice(parts.get("every"), _EVERY, "@recurrence")
    if "every" in parts and every is None:
        return None
    if not names:
        return None
    return Duty(
        who=who,
        mode=mode,
        what=names,
        due=read_day(reader, parts.get("due"), "due"),
        done=read_condition(reader, parts["done"], "done") if "done" in parts else None,
        done_on=reader.word(parts.get("done_on"), "done_on"),
        every=every,
        since=read_day(reader, parts.get("since"), "since"),
        span=at,
    )
