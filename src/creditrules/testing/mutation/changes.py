"""Every change of one thing in a policy: its rules, terms, settings, presumptions, scope and days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any as Anything
from typing import TypeVar

from creditrules.conditions import Word
from creditrules.front import Policy
from creditrules.policy import OPEN_MODALITIES, Cited, Effect, Rule
from creditrules.policy import Policy as Model
from creditrules.source import Span
from creditrules.testing.mutation import as_written
from creditrules.testing.mutation.edits import NOTHING, Edit, Kind, following, inside, instead, without
from creditrules.testing.mutation.of_conditions import changed_conditions
from creditrules.testing.mutation.of_effects import Naming, changed_effects
from creditrules.testing.mutation.parts import with_parts

EFFECT_NAMES = {
    "Require": "require", "Weigh": "weigh", "Usable": "usable", "Inadmissible": "inadmissible",
    "Measures": "measure", "Duty": "duty", "Prohibit": "prohibit", "Refer": "refer",
}  # fmt: skip


Made = TypeVar("Made", bound=Cited)


@dataclass(frozen=True, slots=True)
class Change:
    """A policy with one thing changed.

    `part` is what was changed (`rule five-days`, `term pilot`, `scope`, …), `path` leads on from there; `clauses` are
    those the part rests on. `key` names the change as long as the words around it stay.
    """

    kind: Kind
    part: str
    path: str
    before: str
    after: str
    span: Span | None
    clauses: tuple[str, ...]
    model: Model | None = field(repr=False, compare=False)  # left out where a change is sent between processes

    @property
    def key(self) -> str:
        """Name the change: where, what was there, what is there instead."""
        return f"{self.part} {self.path}: {self.before or '∅'} → {self.after or '∅'}"


def changes(policy: Policy) -> tuple[Change, ...]:
    """Give every change of one thing, in the order of the file's sections; no two say the same."""
    found: dict[str, Change] = {}
    for change in _all_changes(policy):
        found.setdefault(change.key, change)
    return tuple(found.values())


def _all_changes(policy: Policy) -> Iterator[Change]:
    model = policy.model
    naming = Naming(policy.vocabulary.with_facts(model.facts), tuple(model.authorities))
    clauses = tuple(policy.outline.clauses) if policy.outline is not None else ()

    def changed(part: str, cited: Cited, edits: Iterator[Edit[Model]]) -> Iterator[Change]:
        rests_on = tuple(word.text for word in cited.clauses)
        for edit in edits:
            span = edit.span or cited.span
            yield Change(edit.kind, part, edit.path, edit.before, edit.after, span, rests_on, edit.value)

    yield from changed("in_force", model.in_force, _in_force(model, clauses))
    for name, setting in model.settings.items():
        put = _putter(model, "settings", name)
        yield from changed(f"setting {name}", setting, inside(_setting(setting, naming), "", put, setting.span))
        yield from changed(f"setting {name}", setting, inside(_readable(setting, clauses), "", put, setting.span))
    for name, presumption in model.presume.items():
        put = _putter(model, "presume", name)
        left = {key: one for key, one in model.presume.items() if key != name}
        dropped = Edit("presumption", "", name, NOTHING, presumption.span, with_parts(model, presume=left))
        yield from changed(f"presume {name}", presumption, iter([dropped]))
        yield from changed(f"presume {name}", presumption, inside(_presumed(presumption, naming), "", put))
        yield from changed(f"presume {name}", presumption, inside(_clauses(presumption, clauses), "", put))
    if model.scope is not None:
        scope = model.scope
        none = Edit("scope", "", "scope", NOTHING, scope.span, with_parts(model, scope=None))
        yield from changed("scope", scope, iter([none]))

        def scoped(one: Cited) -> Model:
            return with_parts(model, scope=one)

        when = changed_conditions(scope.when, naming.vocabulary)
        in_scope = inside(when, "when", _setter(scope, "when"), scope.span)
        yield from changed("scope", scope, inside(in_scope, "", scoped))
        yield from changed("scope", scope, inside(_readable(scope, clauses), "", scoped, scope.span))
    for name, term in model.terms.items():
        put = _putter(model, "terms", name)
        made = _setter(term, "when")
        edits = inside(changed_conditions(term.when, naming.vocabulary), "when", made, term.span)
        yield from changed(f"term {name}", term, inside(edits, "", put))
        yield from changed(f"term {name}", term, inside(_readable(term, clauses), "", put, term.span))
    for place, rule in enumerate(model.rules):

        def put_rule(one: Rule, at: int = place) -> Model:
            return with_parts(model, rules=instead(model.rules, at, one))

        if len(model.rules) > 1:
            left_out = with_parts(model, rules=without(model.rules, place))
            dropped = Edit("rule", "", rule.id.text, NOTHING, rule.span, left_out)
            yield from changed(f"rule {rule.id.text}", rule, iter([dropped]))
        yield from changed(
            f"rule {rule.id.text}", rule, inside(_rule(rule, naming, clauses), "", put_rule, rule.span)
        )


def _setter(whole: Made, key: str) -> Callable[[object], Made]:
    return lambda one: with_parts(whole, **{key: one})


def _putter(model: Model, section: str, name: str) -> Callable[[Anything], Model]:
    return lambda one: with_parts(model, **{section: {**getattr(model, section), name: one}})


def _in_force(model: Model, clauses: tuple[str, ...]) -> Iterator[Edit[Model]]:
    days = model.in_force
    for key, day in (("start", days.start), ("until", days.until)):
        if day is None:
            continue
        name = "from" if key == "start" else key
        for step in (-1, 1):
            moved = day + dt.timedelta(days=step)
            made = with_parts(days, **{key: moved})
            whole = with_parts(model, in_force=made)
            yield Edit("in_force", name, day.isoformat(), moved.isoformat(), days.span, whole)
    if days.until is not None:
        open_ = with_parts(model, in_force=with_parts(days, until=None))
        yield Edit("in_force", "until", days.until.isoformat(), NOTHING, days.span, open_)
    edits = _readable(days, clauses)
    yield from inside(edits, "", lambda one: with_parts(model, in_force=one), days.span)


def _readable(cited: Cited, clauses: tuple[str, ...]) -> Iterator[Edit[Cited]]:
    """Change the clauses of what a decision shows only with its reading."""
    if cited.reading is not None:
        yield from _clauses(cited, clauses)


def _clauses(cited: Cited, known: tuple[str, ...]) -> Iterator[Edit[Cited]]:
    """Leave out a clause, or cite the next one of the document instead."""
    words = cited.clauses
    here = [word.text for word in words]
    for place, word in enumerate(words):
        if len(words) > 1:
            left = with_parts(cited, clauses=without(words, place))
            yield Edit("clause", f"clause[{word.text}]", word.text, NOTHING, word.span, left)
        other = following(known, word.text, here)
        if other is not None:
            swapped = instead(words, place, Word(text=other, span=word.span))
            yield Edit(
                "clause",
                f"clause[{word.text}]",
                word.text,
                other,
                word.span,
                with_parts(cited, clauses=swapped),
            )


def _setting(setting: Anything, naming: Naming) -> Iterator[Edit[Cited]]:
    values = setting.value
    span = values[0].span if values else setting.span

    def made(*texts: str) -> Cited:
        found: Cited = with_parts(setting, value=tuple(Word(text=text, span=span) for text in texts))
        return found

    match setting.type:
        case "bool":
            other = "false" if values[0].text == "true" else "true"
            yield Edit("setting", "value", values[0].text, other, span, made(other))
        case "number":
            for step in (-1, 1):
                if values[0].text.lstrip("-").isdigit():
                    other = str(int(values[0].text) + step)
                    yield Edit("setting", "value", values[0].text, other, span, made(other))
        case "date":
            for step in (-1, 1):
                other = (dt.date.fromisoformat(values[0].text) + dt.timedelta(days=step)).isoformat()
                yield Edit("setting", "value", values[0].text, other, span, made(other))
        case "list":
            for place, word in enumerate(values):
                if len(values) > 1:
                    left = with_parts(setting, value=without(values, place))
                    yield Edit("member", f"value[{word.text}]", word.text, NOTHING, word.span, left)
        case _:
            orders = [tuple(fact.values) for fact in naming.vocabulary.facts.values() if fact.values]
            order = next((one for one in orders if values[0].text in one), ())
            near = (following(order, values[0].text), following(order[::-1], values[0].text))
            for level in dict.fromkeys(near):
                if level is not None:
                    yield Edit("setting", "value", values[0].text, level, span, made(level))


def _presumed(presumption: Anything, naming: Naming) -> Iterator[Edit[Cited]]:
    fact = naming.vocabulary.facts[presumption.fact.text]
    here = [word.text for word in presumption.value]
    known = ("true", "false") if fact.type == "bool" else tuple(fact.values or ())
    other = following(known, here[0], here)
    if other is not None:
        span = presumption.value[0].span
        made = with_parts(presumption, value=(Word(text=other, span=span),))
        yield Edit("presumption", "value", as_written.words(presumption.value), other, span, made)


def _rule(rule: Rule, naming: Naming, clauses: tuple[str, ...]) -> Iterator[Edit[Rule]]:
    def set_(**parts: object) -> Rule:
        return with_parts(rule, **parts)

    yield from inside(_clauses(rule, clauses), "", lambda one: one if isinstance(one, Rule) else rule, rule.span)
    yield from _binding(rule, naming, set_)
    yield from _matters(rule, naming, set_)
    for key in ("when", "unless"):
        condition = getattr(rule, key)
        if condition is None:
            continue
        kind: Kind = "exception" if key == "unless" else "condition"
        said = f"{key}: {{{as_written.condition(condition)}}}"
        yield Edit(kind, key, said, NOTHING, condition.span, set_(**{key: None}))
        edits = changed_conditions(condition, naming.vocabulary)
        yield from inside(edits, key, _setter(rule, key), rule.span)
    for place, word in enumerate(rule.overrides):
        left = set_(overrides=without(rule.overrides, place))
        yield Edit("exception", f"overrides[{word.text}]", word.text, NOTHING, word.span, left)
    for place, effect in enumerate(rule.then):
        name = f"then.{EFFECT_NAMES[type(effect).__name__]}"
        if len(rule.then) > 1:
            yield Edit("effect", name, name, NOTHING, effect.span, set_(then=without(rule.then, place)))

        def put(one: Effect, at: int = place) -> Rule:
            return set_(then=instead(rule.then, at, one))

        yield from inside(changed_effects(effect, naming), name, put, effect.span)


def _binding(rule: Rule, naming: Naming, set_: Callable[..., Rule]) -> Iterator[Edit[Rule]]:
    """Bind where the text leaves a choice, leave a choice where it binds, or give the choice to another."""
    choosers = ("department", "subject", *naming.bodies)
    span = rule.left_to.span if rule.left_to is not None else rule.span
    if rule.chooser is None:
        yield Edit("binding", "modality", rule.modality, "may", span, set_(modality="may"))
        return
    binding = "should" if rule.modality in OPEN_MODALITIES else rule.modality
    before = f"{rule.modality}, left_to: {rule.chooser}"
    yield Edit("binding", "modality", before, binding, span, set_(modality=binding, left_to=None))
    other = following(choosers, rule.chooser)
    # An added `left_to` wants a reading where the verb binds; where it does not, none is needed.
    changed = set_(left_to=Word(text=str(other), span=span))
    yield Edit("chooser", "left_to", rule.chooser, str(other), span, changed)


def _matters(rule: Rule, naming: Naming, set_: Callable[..., Rule]) -> Iterator[Edit[Rule]]:
    matters = rule.matters
    if matters is None:
        yield Edit("matters", "matters", NOTHING, "any", rule.span, set_(matters="any"))
        return
    if isinstance(matters, str):
        yield Edit("matters", "matters", "any", NOTHING, rule.span, set_(matters=None))
        return
    here = [word.text for word in matters]
    kinds = naming.vocabulary.matter_kinds
    for place, word in enumerate(matters):
        if len(matters) > 1:
            left = set_(matters=without(matters, place))
            yield Edit("matters", f"matters[{word.text}]", word.text, NOTHING, word.span, left)
    new = [name for name in kinds if not kinds[name] & set(here)]
    more = following(kinds, here[-1], [name for name in kinds if name not in new])
    if more is not None:
        span = matters[-1].span
        yield Edit("matters", "matters", NOTHING, more, span, set_(matters=(*matters, Word(text=more, span=span))))
    yield Edit("matters", "matters", as_written.words(matters), "any", matters[0].span, set_(matters="any"))
