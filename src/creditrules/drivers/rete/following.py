"""What entries a decision has to have, put together from what the engine derived.

What the effects of a rule come to is written down here a second time, from `docs/meaning.md`, for effects as a
program has them; nothing of the evaluator's own assembly is used. Days are counted by us; what comes of them is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from creditrules.assembly import rule_name as full_name
from creditrules.calendar import period_of
from creditrules.drivers.rete.atoms import Truths
from creditrules.drivers.rete.entries import Entry, Part, joined, line
from creditrules.drivers.rete.meaning import once_name, requirement_name, serving_name, way_name
from creditrules.drivers.rete.theirs import Said, Theirs
from creditrules.program import (
    NOT_YET,
    DayExpr,
    Duty,
    Effect,
    Inadmissible,
    Measure,
    Prohibit,
    Refer,
    Require,
    Rule,
    Usable,
    Weigh,
    body,
)

_ONE_DAY = dt.timedelta(days=1)


def following(theirs: Theirs) -> Iterator[Entry]:
    """Give the entries that follow from what the engine derived."""
    yield from _Following(theirs).entries()


class _Following:
    """An engine's answer, with the rules that hold or could not be told, and days as we count them."""

    def __init__(self, theirs: Theirs) -> None:
        self.theirs = theirs
        self.counted = Truths(theirs.programs, theirs.request)
        self.programs = {program.policy: program for program in theirs.programs}
        self.speaking = [one for one in theirs.instances() if one[2] is not False]
        self.held = [(rule, place) for rule, place, truth in self.speaking if truth is True]

    def entries(self) -> Iterator[Entry]:
        for policy in self.programs:
            yield Entry("document", policy, None, line(self.truth(("applies", policy))))
        if self.theirs.possible() != ("not_applicable",):
            for at, paper in enumerate(self.theirs.papers):
                yield Entry("status", paper.id, paper.id, self.theirs.status(at))
                yield Entry("use", paper.id, paper.id, self.use(at))
        yield from self.requirements()
        for rule, place in self.held:
            for effect in rule.effects:
                yield from self.effect(rule, effect, place)
        yield from self.conflicts()
        yield from self.differences()
        for rule, place, truth in self.speaking:
            for effect in rule.effects if truth is None else ():
                if not isinstance(effect, Usable | Inadmissible):
                    yield self.entry("untold", rule, place, *_named(effect))

    def entry(self, part: Part, rule: Rule, place: int | None, *said: object) -> Entry:
        return Entry(part, full_name(rule), self.theirs.id_of(place), line(*said))

    def truth(self, name: tuple[str, ...], place: int | None = None) -> Said:
        return self.theirs.answer.truth(name, place)

    def day(self, rule: Rule, day: DayExpr | None, place: int | None) -> dt.date | None:
        """Give a day that is one, and not unknown or not yet there."""
        if day is None:
            return None
        found = self.counted.day(rule.policy, day, None if place is None else self.theirs.papers[place])
        return found if isinstance(found, dt.date) else None

    # effects

    def effect(self, rule: Rule, effect: Effect, place: int | None) -> Iterator[Entry]:
        """Give the entries of one effect of a rule that holds."""
        match effect:
            case Measure(target=target, by=by) if rule.left_to is None:
                yield from self.each("measure", rule, effect, place, target, by)
            case Measure(target=whom) | Duty(who=whom) if rule.left_to is not None:
                yield from self.each("option", rule, effect, place, whom, rule.left_to)
            case Require() if rule.left_to is not None:
                yield from self.each("option", rule, effect, place, "subject", rule.left_to)
            case Weigh(names=names, as_=as_):
                for name in names:
                    yield self.entry("weight", rule, place, name, as_, rule.left_to)
            case Refer(to=to, why=why):
                yield self.entry("referral", rule, place, to, why.zh, self.day(rule, effect.due, place))
            case Prohibit(by=by, act=act):
                yield self.entry("violation", rule, place, act.zh, by, None)
            case Duty(who=who, what=what):
                asked = joined(what, any_of=effect.mode == "any_of")
                for state, due in self.duty(rule, effect, place):
                    yield self.entry("duty", rule, place, state, due, who, asked)
                    if state in ("late", "overdue"):
                        yield self.entry("violation", rule, place, "|".join(what), who, due)

    def each(
        self, part: Part, rule: Rule, effect: Measure | Require | Duty, place: int | None, whom: str, by: str
    ) -> Iterator[Entry]:
        """Give an entry for each name, with the alternatives where the choice is open."""
        sort, names = _named(effect)
        alternatives = names if effect.mode == "any_of" and len(names) > 1 else ()
        for name in names:
            yield self.entry(part, rule, place, name, sort, whom, by, alternatives)

    def duty(self, rule: Rule, duty: Duty, place: int | None) -> Iterator[tuple[str, dt.date | None]]:
        """Give how a duty stands, with its day; one that recurs, for each period."""
        if duty.every is None:
            yield self.theirs.duty(rule, place), self.day(rule, duty.due, place)
            return
        assert duty.done_on is not None
        on, start = self.theirs.request.on, self.programs[rule.policy].start
        paper = None if place is None else self.theirs.papers[place]
        since = start if duty.since is None else self.counted.day(rule.policy, duty.since, paper)
        if since is NOT_YET:
            yield "open", None
            return
        begun = since if isinstance(since, dt.date) else on  # unknown: only the running period is judged
        first, last = period_of(max(begun, start), duty.every)
        if isinstance(since, dt.date) and start < since and first < since:
            first, last = period_of(last + _ONE_DAY, duty.every)
        if first > on:
            yield "open", last
        done = self.counted.value(rule.policy, duty.done_on, paper)
        days = [day for day in done if isinstance(day, dt.date) and day <= on] if isinstance(done, tuple) else []
        while first <= on:
            if done is None:
                yield "undetermined", last
            elif any(first <= day <= last for day in days):
                yield "met", last
            else:
                yield "open" if on <= last else "overdue", last
            first, last = period_of(last + _ONE_DAY, duty.every)

    # papers

    def use(self, place: int) -> str:
        """Say of a paper's use what the rules about it come to: kind, first and last day, the rules that hold."""
        speaking = [
            (rule, effect, truth is True)
            for rule, at, truth in self.speaking
            if at == place
            for effect in rule.effects
            if isinstance(effect, Usable | Inadmissible)
        ]
        begins: list[dt.date | None] = []
        ends: list[dt.date | None] = []
        for rule, effect, held in speaking:
            if not isinstance(effect, Usable):
                continue
            if effect.once is not None and self.truth(once_name(rule), place) is False:
                begins.append(None)
            if effect.first is not None:
                first = self.day(rule, effect.first, place) if held else None
                begins.append(first + _ONE_DAY if first is not None and effect.after else first)
            if effect.until is not None:
                paper = self.theirs.papers[place]
                never = held and self.counted.day(rule.policy, effect.until, paper) is NOT_YET
                ends += [] if never else [self.day(rule, effect.until, place) if held else None]
        rules = tuple(sorted({full_name(rule) for rule, _, held in speaking if held}))
        return line(self.theirs.papers[place].kind, _if_all(begins, max), _if_all(ends, min), rules)

    # what several rules bring together

    def requirements(self) -> Iterator[Entry]:
        """Give what is required: what several rules require of the same is one entry, as it stands for the first."""
        found: dict[tuple[object, ...], list[tuple[str, tuple[object, ...]]]] = {}
        for rule, place in self.held:
            for need in rule.effects:
                if not isinstance(need, Require) or rule.left_to is not None:
                    continue
                met = [self.truth(requirement_name(rule, need, use), place) for use in ("usable", "clean")]
                names = joined(_named(need)[1], any_of=need.mode == "any_of")
                texts = tuple(way.text for way in need.alternatives)
                asked = need.from_ if need.from_ is None else body(need.from_, rule.policy)
                says = (names, need.from_, *met, *self.ways(rule, need, place))
                key = (need.mode, texts, asked, place, *met)
                found.setdefault(key, []).append((full_name(rule), says))
        for group in found.values():
            first, *also = sorted({rule for rule, _ in group})
            yield Entry("requirement", first, None, line(*group[0][1], *also))

    def ways(self, rule: Rule, need: Require, place: int | None) -> Iterator[str]:
        for way in need.alternatives:
            met = [self.truth(way_name(rule.policy, way, use), place) for use in ("usable", "clean")]
            papers = [
                paper.id
                for at, paper in enumerate(self.theirs.papers)
                if way.kind == "paper" and self.truth(serving_name(rule.policy, way), at) is True
            ]
            yield f"[{line(way.name, way.kind, *met, tuple(papers))}]"

    def conflicts(self) -> Iterator[Entry]:
        """Give each favour that meets a binding burden on the same target."""
        measures = [(rule, effect) for rule, _ in self.held for effect in rule.effects if isinstance(effect, Measure)]
        for rule, favour in measures:
            for other, burden in measures:
                favours, burdens = self.towards("favour", rule, favour), self.towards("burden", other, burden)
                if favours and burdens and other.left_to is None and favour.target == burden.target:
                    yield self.entry("conflict", rule, None, burden.target, favours, full_name(other), burdens)

    def towards(self, direction: str, rule: Rule, effect: Measure) -> tuple[str, ...]:
        """Give the names that go one way; of an open choice all of them or none."""
        known = self.programs[rule.policy].measures
        names = tuple(name for name in effect.names if known[name].direction == direction)
        return names if effect.mode == "all_of" or names == effect.names else ()

    def differences(self) -> Iterator[Entry]:
        """Give what documents that apply together say differently."""
        applying = [policy for policy in self.programs if self.truth(("applies", policy)) is True]
        topics: dict[tuple[str, str | None], dict[str, set[tuple[str, str]]]] = {}

        def say(topic: str, about: str | None, rule: Rule, what: str) -> None:
            topics.setdefault((topic, about), {}).setdefault(rule.policy, set()).add((what, full_name(rule)))

        for rule, place in self.held if len(applying) > 1 else ():
            for effect in rule.effects:
                if isinstance(effect, Require) and rule.left_to is None:
                    say("requirement", None, rule, joined(_named(effect)[1], any_of=effect.mode == "any_of"))
                elif isinstance(effect, Measure) and rule.left_to is None and effect.target == "subject":
                    for name in effect.names:
                        say("measure", None, rule, name)
                elif isinstance(effect, Usable | Inadmissible) and place is not None:
                    say("paper", self.theirs.id_of(place), rule, self.theirs.status(place, rule.policy))
        for (topic, about), sides in topics.items():
            said = {policy: tuple(sorted({what for what, _ in side})) for policy, side in sides.items()}
            if len(set(said.values())) > 1:
                order = sorted(sides, key=lambda policy: (len(self.programs[policy].area), policy))
                lines = (
                    line(policy, said[policy], tuple(sorted({rule for _, rule in sides[policy]}))) for policy in order
                )
                yield Entry("difference", topic, about, "; ".join(lines))


def _if_all(days: list[dt.date | None], pick: Callable[[list[dt.date]], dt.date]) -> dt.date | None:
    told = [day for day in days if day is not None]
    return pick(told) if told and len(told) == len(days) else None


def _named(effect: Effect) -> tuple[str, tuple[str, ...]]:
    """Give the name an author has for an effect, and what it speaks of."""
    match effect:
        case Measure(names=names):
            return "measure", names
        case Require(alternatives=ways):
            return "require", tuple(way.name for way in ways)
        case Duty(what=names):
            return "duty", names
        case Weigh(names=names):
            return "weigh", names
        case Prohibit(act=words):
            return "prohibit", (words.zh,)
        case Refer(why=words):
            return "refer", (words.zh,)
        case Usable() | Inadmissible():
            return "paper", ()
