"""Requirements as SQL: whether what a matter needs is there, by papers that count or steps that are done."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from creditrules.drivers.sql.conditions import evaluate
from creditrules.drivers.sql.nodes import case, one_of, text
from creditrules.drivers.sql.papers import Judged
from creditrules.drivers.sql.rules import UNTOLD_PAPERS, Run
from creditrules.drivers.sql.told import Told, all_told, any_told, named, some_paper
from creditrules.program import Alternative, Require, Rule


@dataclass(frozen=True, slots=True)
class Needed:
    """A `require` of a rule: whether the rule holds, whether it is met, and whether cleanly."""

    rule: Rule
    effect: Require
    held: Told
    met: Told
    clean: Told


@dataclass(slots=True)
class Ways:
    """The ways to meet requirements, each asked of the papers once."""

    run: Run
    judged: Judged
    found: dict[object, tuple[Told, Told]] = field(default_factory=dict)

    def judge(self, rule: Rule, way: Alternative) -> tuple[Told, Told]:
        """Say of one way whether it is met, and whether cleanly."""
        view = self.run.view(rule)
        if way.kind == "step":
            assert way.condition is not None
            done = evaluate(way.condition, view)
            return done, done
        key = view.key("way", way.name, way.text)
        if key not in self.found:
            kinds = [text(kind) for kind in sorted(view.program.papers) if way.name in view.program.papers[kind]]
            parts = [Told(one_of(view.requests.kind, kinds))]
            if way.condition is not None:
                parts.append(evaluate(way.condition, view))
            fits = named(
                view.plan,
                view.called(f"fits {way.name}"),
                ("fits", key),
                all_told(parts),
                "requirements",
                about="paper",
            )
            met = self._met(way, ("met", key), fits, self.judged.usable, "counts")
            clean = self._met(way, ("clean", key), fits, self.judged.clean, "counts cleanly")
            self.found[key] = met, clean
        return self.found[key]

    def _met(self, way: Alternative, key: object, fits: Told, counts: Told, how: str) -> Told:
        requests = self.run.requests
        papers = requests.papers_told
        found = some_paper(requests.plan, f"{way.name} {how}", key, all_told((fits, counts)))
        whole = Told(
            case((papers, found.truth), otherwise=exp.Null()),
            case((papers, found.missing or text("")), otherwise=text(UNTOLD_PAPERS)),
        )
        return named(requests.plan, f"a {way.name} {how}", ("there", key), whole, "requirements")


def judge_requirements(run: Run, judged: Judged) -> list[Needed]:
    """Judge every `require` of every rule, whether its rule holds or not."""
    ways = Ways(run, judged)
    return [
        _judge(run, ways, rule, effect)
        for rule in run.rules.values()
        for effect in rule.effects
        if isinstance(effect, Require)
    ]


def _judge(run: Run, ways: Ways, rule: Rule, effect: Require) -> Needed:
    pairs = [ways.judge(rule, way) for way in effect.alternatives]
    join = any_told if effect.mode == "any_of" else all_told
    met, clean = join(pair[0] for pair in pairs), join(pair[1] for pair in pairs)
    return Needed(rule, effect, run.holds(rule), met, clean)
