"""The part of a program that decisions by it alone rest on, in one form: equal forms decide every request alike.

This is how changed policies are proved to be no change at all. What is evened out, and why it is safe:

- order and repetition in `all` and `any`, one within another, a single part: Kleene's, and they read the same facts;
- a setting's test that holds within `all`, or fails within `any`; it reads nothing;
- two `not`s; a `not` around a test that has an opposite (not in the scope, where a test of the matter fails both
  ways without one); `contains_all` of one value; `is` of a yes/no fact;
- the verb of a rule beside who chooses, who chooses where no decision shows it, notes for readers (`at`), a matter
  beside a broader one.
"""

from __future__ import annotations

from collections.abc import Iterable

from creditrules import program as run
from creditrules.evaluator import tested_facts
from creditrules.program import Condition, DayExpr, Effect, Program

Form = tuple[object, ...]
# A fact that does not arise fails every test except `is_not`: of the others only the days have true opposites.
_OPPOSITE = {
    "is": "is_not", "is_not": "is", "before": "on_or_after", "on_or_after": "before", "after": "on_or_before",
    "on_or_before": "after",
}  # fmt: skip


def normal_form(program: Program) -> Form:
    """Give the one form of all that decisions by a program alone rest on."""
    rules = tuple(sorted((_rule(program, rule) for rule in program.rules), key=str))
    presumed = tuple(sorted(((name, repr(one)) for name, one in program.presumed.items()), key=str))
    days = (program.start, program.until, program.in_force_clauses, program.in_force_reading)
    scope = (_condition(program.scope, in_scope=True), program.scope_clauses, program.scope_reading)
    return days, scope, presumed, rules, tuple(sorted(program.overridden_by.items())), _always_read(program)


def _always_read(program: Program) -> Form:
    """Requirements are judged whether their rules hold or not: the facts they read show as presumed or taken."""
    return tuple(
        sorted(
            {
                (fact, way.kind, rule.each)
                for rule in program.rules
                for effect in rule.effects
                if isinstance(effect, run.Require)
                for way in effect.alternatives
                if way.condition is not None
                for fact in tested_facts(way.condition)
            }
        )
    )


def _rule(program: Program, rule: run.Rule) -> Form:
    matched: tuple[str, ...] | None = None
    if rule.matters is not None:
        matched = tuple(sorted(name for name, kinds in program.matters.items() if kinds & rule.matters))
    unless = _condition(rule.unless) if rule.unless is not None else None
    effects = tuple(sorted((_effect(effect, rule.left_to is not None) for effect in rule.effects), key=str))
    said = (rule.id, tuple(sorted(rule.clauses)), rule.reading, tuple(sorted(rule.readings, key=str)))
    return *said, _choice(rule), matched, rule.needs_matter, rule.each, _condition(rule.when), unless, effects


def _choice(rule: run.Rule) -> str | None:
    """Whose choice it is shows with a measure, a requirement, a duty and what is weighed. A paper only shows that it
    may be declined; a question for a person is one under any verb."""
    kinds = {type(effect) for effect in rule.effects}
    if kinds <= {run.Refer}:
        return None
    if kinds <= {run.Usable, run.Inadmissible, run.Refer}:
        return None if rule.left_to is None else "somebody"
    return rule.left_to


def _maybe(condition: Condition | None) -> Form | None:
    return None if condition is None else _condition(condition)


def _condition(condition: Condition, *, in_scope: bool = False, negated: bool = False) -> Form:
    """Give the form of a condition, or of its opposite."""
    match condition:
        case run.Negation(part=part):
            return _condition(part, in_scope=in_scope, negated=not negated)
        case run.FactTest(fact=fact, operator=operator, values=values):
            return _test(fact, str(operator), values, negated, in_scope)
        case run.DayTest(left=left, operator=operator, right=right):
            return _signed(str(operator), negated, in_scope, (_day(left), _day(right)))
        case run.Given(truth=truth):
            return ("given", truth != negated)
        case run.TermUse(name=name, clauses=clauses, reading=reading, condition=inner):
            # A term's words show in a decision where it has a reading; its truth is looked through.
            form = _condition(inner, in_scope=in_scope, negated=negated)
            return form if reading is None else ("term", name, clauses, reading, form)
        case run.PaperTest(which=which, such=such):
            some = (which == "some") != negated
            return ("some" if some else "none", _condition(such, in_scope=in_scope))
        case run.AllOf(parts=parts):
            return _joined("any" if negated else "all", parts, in_scope, negated)
        case run.AnyOf(parts=parts):
            return _joined("all" if negated else "any", parts, in_scope, negated)


def _joined(mode: str, parts: Iterable[Condition], in_scope: bool, negated: bool) -> Form:
    found: dict[Form, None] = {}
    for part in parts:
        form = _condition(part, in_scope=in_scope, negated=negated)
        if form == ("given", mode == "all"):
            continue
        inner = form[1] if form[0] == mode else (form,)
        assert isinstance(inner, tuple)
        found |= dict.fromkeys(inner)
    if len(found) == 1:
        return next(iter(found))
    return (mode, tuple(sorted(found, key=str)))


def _test(fact: run.FactInfo, operator: str, values: tuple[run.Atom, ...], negated: bool, in_scope: bool) -> Form:
    if operator == "contains_all" and len(values) == 1:
        operator = "contains_any"
    if fact.type == "bool" and operator in ("is", "is_not") and values == (False,):
        operator, values = ("is" if operator == "is_not" else "is_not"), (True,)
    return _signed(operator, negated, in_scope, (fact.name, tuple(sorted({str(value) for value in values}))))


def _signed(operator: str, negated: bool, in_scope: bool, about: Form) -> Form:
    if negated and not in_scope and operator in _OPPOSITE:
        operator, negated = _OPPOSITE[operator], False
    return ("not", operator, *about) if negated else (operator, *about)


def _day(day: DayExpr | None) -> Form | None:
    match day:
        case None:
            return None
        case run.Fixed(day=date):
            return ("fixed", date.isoformat())
        case run.Today():
            return ("today",)
        case run.FactDay(fact=fact):
            return ("fact", fact.name)
        case run.Shifted(unit=unit, count=count, since=since):
            return ("shifted", unit, count, _day(since))


def _effect(effect: Effect, left: bool) -> Form:
    """Give the form of an effect; of an option (`left`) a decision shows the names and the choice; by whom it is
    taken, from whom it is asked, by when and whether it is done is not looked at."""
    match effect:
        case run.Require(mode=mode, alternatives=ways) if left:
            return ("require", mode if len(ways) > 1 else "", tuple(sorted((way.name, way.kind) for way in ways)))
        case run.Duty(who=who, mode=mode, what=what) if left:
            return ("duty", who, mode, what)
        case run.Measure(mode=mode, names=names, target=target) if left:
            return ("measure", mode, names, target)
        case run.Require(mode=mode, alternatives=ways, from_=from_):
            forms = tuple((way.text, way.kind, _maybe(way.condition)) for way in ways)
            return ("require", mode, tuple(sorted(forms, key=str)), from_)
        case run.Weigh(names=names, as_=as_):
            return ("weigh", names, as_)
        case run.Usable(first=first, after=after, until=until, once=once):
            return ("usable", _day(first), after, _day(until), _maybe(once))
        case run.Inadmissible():
            return ("inadmissible",)
        case run.Measure(mode=mode, names=names, target=target, by=by):
            return ("measure", mode, names, target, by)
        case run.Duty():
            done_on = effect.done_on.name if effect.done_on is not None else None
            parts = (effect.who, effect.mode, effect.what, effect.every, done_on)
            return ("duty", *parts, _day(effect.due), _maybe(effect.done), _day(effect.since))
        case run.Prohibit(by=by, act=act):
            return ("prohibit", by, act)
        case run.Refer(to=to, why=why, due=due):
            return ("refer", to, why, _day(due))
