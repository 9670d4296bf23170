"""How far a change reaches: the rules it touches, and the requests whose decision it can alter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Literal, cast

from creditrules.conditions import Frozen, Is, SettingRef, Test
from creditrules.policy import Policy as Model
from creditrules.testing.mutation.changes import Change

Reach = Literal["held", "speaks", "any"]

_EFFECTS_THAT_HOLD = ("then.measure", "then.duty", "then.weigh", "then.prohibit", "then.refer", "clause")
_WHILE_SPEAKING = ("when", "unless", "modality", "left_to")


def reach(change: Change) -> Reach:
    """Say on which requests a change can matter: where its rules hold or cannot be told; where they speak at all
    (the document applies, the matter is theirs); or on any."""
    if change.part.startswith("rule "):
        if change.path.startswith(_EFFECTS_THAT_HOLD):
            return "held"
        return "speaks" if change.path.startswith(_WHILE_SPEAKING) else "any"
    return "speaks" if change.part.startswith("term ") and change.path.startswith("when") else "any"


_SHOWN: Mapping[str, frozenset[str]] = {
    "then.duty": frozenset(("duties", "violations", "options", "untold", "presumed", "taken", "readings", "clauses")),
    "then.weigh": frozenset(("weights", "untold")),
    "then.prohibit": frozenset(("violations",)),
    "then.refer": frozenset(("referrals", "presumed", "readings")),
}


def parts_shown_in(change: Change) -> frozenset[str] | None:
    """Give the parts of a decision in which a change can show; `None`: in any."""
    if change.part.startswith("rule "):
        return next((parts for path, parts in _SHOWN.items() if change.path.startswith(path + ".")), None)
    return None


def rules_touched(model: Model, part: str) -> frozenset[str] | None:
    """Give the rules a part of a policy is used by, through terms too; `None` where it is of the whole document, or
    where conditions that are always looked at use it."""
    kind, _, name = part.partition(" ")
    if kind == "rule":
        return frozenset([name])
    if kind not in ("term", "setting"):
        return None
    users = {(kind, name)}
    grown = True
    while grown:
        more = {("term", one) for one, term in model.terms.items() if users & set(used(term))} - users
        grown = bool(more)
        users |= more
    if model.scope is not None and users & set(used(model.scope)):
        return None
    touched = []
    for rule in model.rules:
        if users & set(used(rule)):
            touched.append(rule.id.text)
        for effect in rule.then:
            if type(effect).__name__ in ("Require", "Usable") and users & set(used(effect)):
                return None
    return frozenset(touched)


def used(node: object) -> Iterator[tuple[str, str]]:
    """Give every term and setting that something names itself."""
    if isinstance(node, Is):
        yield "term", node.term.text
    elif isinstance(node, SettingRef):
        yield "setting", node.setting.text
    elif isinstance(node, Frozen):
        if isinstance(node, Test) and node.fact.text.startswith("setting."):
            yield "setting", node.fact.text.removeprefix("setting.")
        for name in (one.name for one in fields(cast(Any, node))):
            yield from used(getattr(node, name))
    elif isinstance(node, tuple):
        for one in node:
            yield from used(one)
