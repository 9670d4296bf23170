"""The outcome as SQL: five tests on one ladder, each an *any* over all rules, in three values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from creditrules.drivers.sql.facts import resolve
from creditrules.drivers.sql.nodes import Node, all_of, any_of, entry_if, is_null, joined, one_of, perhaps, text
from creditrules.drivers.sql.requirements import Needed
from creditrules.drivers.sql.rules import Run
from creditrules.drivers.sql.told import FAILS, HOLDS, Told, all_told, any_told, named, not_told, some_paper, where
from creditrules.program import Measure, MeasureInfo, Program, Refer, Rule


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder: the outcome it is named after, and whether its test holds."""

    name: str
    told: Told


@dataclass(frozen=True, slots=True)
class Measuring:
    """A measure of a rule; `held` is of the paper in view where the rule is about papers."""

    rule: Rule
    effect: Measure
    held: Told

    def goes(self, program: Program, direction: str) -> bool:
        """Say whether it goes in one direction; an open choice only if every alternative does."""
        fitting = [name for name in self.effect.names if program.measures[name].direction == direction]
        return len(fitting) == len(self.effect.names) if self.effect.mode == "any_of" else bool(fitting)


def rungs(run: Run, needed: Sequence[Needed]) -> list[Rung]:
    """Give the rungs, from the top; the last one always holds."""
    measures = [
        Measuring(rule, effect, run.holds(rule))
        for rule in run.rules.values()
        for effect in rule.effects
        if isinstance(effect, Measure)
    ]
    on_subject = [one for one in measures if one.effect.target == "subject"]
    binding = [one for one in needed if one.rule.left_to is None]

    def asked(rule: Rule, what: str, *parts: Told) -> Told:
        return _of_papers(run, rule, what, all_told(parts))

    excluded = [
        asked(one.rule, "keeps out", one.held, _bars_out(run, one)) for one in on_subject if one.rule.left_to is None
    ]
    unmet = [asked(one.rule, "unmet", one.held, not_told(one.met)) for one in binding]
    unclean = [asked(one.rule, "unclean", one.held, not_told(one.clean)) for one in binding]
    open_ = [asked(one.rule, "leaves open", one.held, _leaves_open(run, one)) for one in on_subject]
    refers = [
        asked(rule, "refers", run.holds(rule))
        for rule in run.rules.values()
        if any(isinstance(effect, Refer) for effect in rule.effects)
    ]
    conflicts = _unbarred_conflicts(run, measures)
    found = [
        ("not_applicable", not_told(any_told(run.applies(view) for view in run.views))),
        ("excluded", any_told(excluded)),
        ("pending", any_told(unmet)),
        ("discretionary", any_told([*unclean, *open_, *refers, *conflicts])),
    ]
    tests = [
        Rung(name, named(run.requests.plan, f"is {name}", ("rung", name), told, "ladder")) for name, told in found
    ]
    return [*tests, *_last(run)]


def _of_papers(run: Run, rule: Rule, what: str, told: Told) -> Told:
    """Where a rule is asked of every paper, say whether something is so for some of them."""
    return (
        some_paper(run.requests.plan, f"{what}: {rule.policy}:{rule.id}", (what, rule.key), told)
        if rule.each
        else told
    )


def _unbarred_conflicts(run: Run, measures: list[Measuring]) -> list[Told]:
    """For every target: some favour and some binding burden that does not itself bear on the matter. That some pair
    is such means, in three values as in two, that some favour is and some burden is."""
    found = []
    for target in sorted({one.effect.target for one in measures}):
        there = [one for one in measures if one.effect.target == target]
        favours = [
            _side(run, one, "favours", one.held) for one in there if one.goes(run.view(one.rule).program, "favour")
        ]
        burdens = [
            _side(run, one, "burdens", all_told((one.held, not_told(_bars(run, one, ("out", "open"), every=False)))))
            for one in there
            if one.rule.left_to is None and one.goes(run.view(one.rule).program, "burden")
        ]
        found.append(_both(run, target, favours, burdens))
    return found


def _side(run: Run, one: Measuring, what: str, told: Told) -> Told:
    """Give one side of a conflict. Its `missing` is that of all papers for which it cannot be told, even if it holds
    for another: each of them may still make a pair."""
    if not one.rule.each:
        return told
    key = (what, one.rule.key)
    found = _of_papers(run, one.rule, what, told)
    return Told(found.truth, run.requests.plan.all_texts(f"missing: {what}", ("missing", key), told.missing))


def _both(run: Run, target: str, favours: list[Told], burdens: list[Told]) -> Told:
    """A pair cannot be told where neither side fails and one is unknown. So the unknown parts of a side count
    wherever the other side may be there, even if it pairs with something else for sure."""
    if not favours or not burdens:
        return FAILS
    plan = run.requests.plan
    favour = plan.worked_out(
        f"favour of {target}", ("favour", target), any_of(one.truth for one in favours), "ladder"
    )
    burden = plan.worked_out(
        f"burden on {target}", ("burden", target), any_of(one.truth for one in burdens), "ladder"
    )
    both = all_of((favour, burden))
    missing = joined(
        (
            entry_if(perhaps(burden), joined(one.missing for one in favours)),
            entry_if(perhaps(favour), joined(one.missing for one in burdens)),
        )
    )
    return Told(both, entry_if(is_null(both), missing))


def _bars(run: Run, one: Measuring, how: tuple[str, ...], every: bool) -> Told:
    """Say whether a measure bars the matter in one of the ways `how`: by all its alternatives or by some."""
    view = run.view(one.rule)
    fitting = [view.program.measures[name] for name in one.effect.names if view.program.measures[name].how in how]
    if not fitting or (every and len(fitting) < len(one.effect.names)):
        return FAILS
    if (all if every else any)(measure.of is None for measure in fitting):
        return where(view.there_is_a_matter, HOLDS)
    name = " ".join((*how, "all" if every else "some", *one.effect.names))
    told = run.matter_is(view, lambda kinds: _bar(fitting, kinds, every))
    return named(view.plan, view.called(f"bars {name}"), view.key("bars", name), told, "ladder")


def _bar(measures: list[MeasureInfo], kinds: frozenset[str], every: bool) -> bool:
    return (all if every else any)(measure.bars(kinds) for measure in measures)


def _bars_out(run: Run, one: Measuring) -> Told:
    """A measure that keeps the subject out of the matter; of an open choice, each alternative must."""
    return _bars(run, one, ("out",), every=one.effect.mode == "any_of")


def _leaves_open(run: Run, one: Measuring) -> Told:
    """A measure that leaves the matter to a person: bars openly, or under `left_to`, or by some alternatives only."""
    parts = [_bars(run, one, ("open",), every=False)]
    if one.rule.left_to is not None:
        parts.append(_bars(run, one, ("out",), every=False))
    elif one.effect.mode == "any_of":
        some = _bars(run, one, ("out",), every=False)
        parts.append(all_told((some, not_told(_bars_out(run, one)))))
    return any_told(parts)


def _last(run: Run) -> list[Rung]:
    """Nothing stands in the way: `proceed`, or `assessed` where nothing was applied for."""
    if not run.views:
        return [Rung("assessed", HOLDS)]
    view = run.views[0]
    code = resolve(view, view.program.facts["matter.code"])
    asked = [text(name) for name in sorted(view.program.by_department)]
    by_subject = not_told(Told(one_of(code.value, asked), code.missing))
    proceed = where(view.there_is_a_matter, by_subject)
    proceed = named(run.requests.plan, "is proceed", ("rung", "proceed"), proceed, "ladder")
    return [Rung("proceed", proceed), Rung("assessed", HOLDS)]


def possible(ladder: Sequence[Rung]) -> list[tuple[Rung, Node]]:
    """Say of each rung whether it is possible: it does not fail, and none above it holds."""
    found: list[tuple[Rung, Node]] = []
    above: list[Node] = []
    for rung in ladder:
        found.append((rung, all_of((*above, perhaps(rung.told.truth)))))
        above.append(perhaps(not_told(rung.told).truth))
    return found


def missing_of(ladder: Sequence[Rung]) -> Node | None:
    """Join what the untold rungs hang on, down to the first that holds."""
    return joined(entry_if(where_possible, rung.told.missing) for rung, where_possible in possible(ladder))
