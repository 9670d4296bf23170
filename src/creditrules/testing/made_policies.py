"""Whole policies made at random, well typed and in the whole language, for testing engines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from creditrules.checker import check_policy, check_vocabulary
from creditrules.compiler import compile_policy
from creditrules.diagnostics import errors_in, sorted_findings
from creditrules.front import Policy
from creditrules.reader import read_policy
from creditrules.render.findings import findings_text
from creditrules.source import Source
from creditrules.testing.made_conditions import Conditions, Names, Where, drawn_names
from creditrules.vocabulary_reader import read_vocabulary

_VERBS = ("must", "must_not", "should", "may", "encouraged", "goal", "definition")
_OPEN = ("may", "encouraged", "goal")
_EVERY = ("month", "quarter", "half_year", "year")


@dataclass(frozen=True, slots=True)
class MadePolicy:
    """A policy made at random: its text and its vocabulary's, and the policy that the reader makes of them."""

    text: str
    vocabulary: str
    policy: Policy = field(repr=False)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"\n# vocabulary.yaml\n{self.vocabulary}\n# made.yaml\n{self.text}")

    def write(self, folder: Path) -> Path:
        """Write both files into a folder, and give the policy's; `creditrules.load` takes it."""
        (folder / "vocabulary.yaml").write_text(self.vocabulary, encoding="utf-8")
        path = folder / "made.yaml"
        path.write_text(self.text, encoding="utf-8")
        return path


class _Plain(yaml.SafeDumper):
    """Writes every value out: the reader takes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_text(tree: object) -> str:
    """Write a policy or vocabulary as YAML that the reader takes."""
    return yaml.dump(tree, Dumper=_Plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)


def made(text: str, vocabulary: str) -> MadePolicy:
    """Load a policy and a vocabulary from their texts, by the reader that loads files.

    Raises `ValueError` with the findings where there is an error in them.
    """
    source, vocabulary_source = Source("made.yaml", text), Source("vocabulary.yaml", vocabulary)
    names, found = read_vocabulary(vocabulary_source)
    if names is not None and not errors_in(found):
        model, more = read_policy(source)
        found = (*check_vocabulary(names, vocabulary_source), *more)
        if model is not None and not errors_in(found):
            found = (*found, *check_policy(model, source, names, None))
            if not errors_in(found):
                program = compile_policy(model, names)
                return MadePolicy(text, vocabulary, Policy(model, names, None, program, source))
    raise ValueError(findings_text(sorted_findings(found), "en") + f"\n{vocabulary}\n{text}")


def policies(*, rules: int = 6, simple: bool = False) -> SearchStrategy[MadePolicy]:
    """Give policies with up to that many rules, each with a vocabulary of its own.

    Terms, settings, presumptions, scope, papers, overriding rules, all eight effects, days of every unit, levels,
    lists, twins and premises occur in them. `simple` ones read facts of the subject and the matter alone, and hang on
    no paper and on no day but fixed ones: the fastest ways of deciding are for such policies.
    """
    return _policies(rules, simple)


@st.composite
def _policies(draw: st.DrawFn, most: int, simple: bool) -> MadePolicy:
    names = drawn_names(draw, simple)
    maker = _Maker(draw, Conditions(draw, names), names)
    tree = maker.policy(draw(st.integers(1, most)))
    return made(as_text(tree), as_text(names.vocabulary))


@dataclass(slots=True)
class _Maker:
    """Draws a policy, section by section; terms and settings come first, so that rules can use them."""

    draw: st.DrawFn
    conditions: Conditions
    names: Names

    def some(self, of_ten: int) -> bool:
        return self.draw(st.integers(0, 9)) >= 10 - of_ten

    def one(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(list(choices)))

    def several(self, choices: Any, least: int = 1) -> list[Any]:
        return self.draw(st.lists(st.sampled_from(list(choices)), min_size=least, max_size=3, unique=True))

    def policy(self, count: int) -> dict[str, Any]:
        start = self.one([dt.date(2019, 1, 1), dt.date(2020, 2, 29), dt.date(2021, 6, 15)])
        in_force = {"from": start.isoformat()}
        if self.some(4):
            in_force["until"] = (start + dt.timedelta(days=self.one([0, 40, 900]))).isoformat()
        conditions, tree = self.conditions, dict[str, Any]()
        settings = {f"set{number}": self.setting() for number in range(self.draw(st.integers(0, 2)))}
        conditions.settings.update({name: one["type"] for name, one in settings.items()})
        terms = {}
        for number in range(self.draw(st.integers(0, 3))):
            where = Where(matter=self.some(3), paper=self.some(5) and not self.names.simple)
            terms[f"term{number}"] = {"clause": f"t{number}", "when": conditions.condition(where, 2)}
            conditions.terms[f"term{number}"] = where
        presumed = self.several([name for name in self.names.facts if name != "matter.code"], 0)[:2]
        presume = {
            name: {"value": self.names.value(self.draw, name), "clause": f"p{place}"}
            for place, name in enumerate(presumed)
            if name != "document.kind"
        }
        scope = {"clause": "s", "when": self.scope()} if self.some(4) else None
        rules = [self.rule(number) for number in range(count)]
        if self.some(4) and not self.names.simple:
            rules += [self.plain_use(number) for number in range(2)]
        tree |= {
            "format": 1,
            "policy": "made",
            "title": "试",
            "issuer": "某市",
            "area": ["某省"],
            "in_force": in_force,
        }
        tree |= {"authorities": {"office": {"zh": "办公室", "en": "office"}}}
        sections = {"settings": settings, "presume": presume, "scope": scope, "terms": terms}
        return tree | {key: section for key, section in sections.items() if section} | {"rules": rules}

    def scope(self) -> dict[str, Any]:
        """Draw a scope; one in two turns on the matter, which there may not be."""
        whole = self.conditions.condition(Where(paper=False), 2)
        if self.some(5):
            return whole
        of_matter = {name: self.names.value(self.draw, name) for name in ["matter.code"]}
        found: dict[str, Any] = self.one([{"any": [of_matter, whole]}, {"not": of_matter}, of_matter])
        return found

    def setting(self) -> dict[str, Any]:
        type_ = self.one(["bool", "number", "level", "list", "enum", "str", "date"])
        values: dict[str, Any] = {
            "bool": self.draw(st.booleans()), "number": self.one([1, 3]), "level": self.one(["low", "mid", "high"]),
            "list": self.several(["a", "b", "c"]), "enum": self.one(["a", "b"]), "str": self.one(["a", "x"]),
            "date": "2021-05-05",
        }  # fmt: skip
        return {"type": type_, "value": values[type_]}

    def rule(self, number: int) -> dict[str, Any]:
        verb = self.one(_VERBS)
        rule: dict[str, Any] = {"id": f"r{number}", "clause": [f"c{number}"], "modality": verb}
        left = verb in _OPEN
        if self.some(2):
            rule |= {
                "left_to": self.one(["department", "subject", "office"]),
                "reading": {"zh": "读法", "en": "reading"},
            }
            left = True
        matters = self.one([None, "any", *([name] for name in self.names.matters), list(self.names.matters)[:2]])
        if matters is not None:
            rule["matters"] = matters
        each = self.some(5) and not self.names.simple
        if each:
            rule["each"] = "document"
        where = Where(matter=matters is not None, paper=each)
        if self.some(9):
            rule["when"] = self.conditions.condition(where, 2)
        if self.some(2):
            rule["unless"] = self.conditions.condition(where, 1)
        if number and self.some(3):
            rule["overrides"] = self.several([f"r{other}" for other in range(number)])
        rule["then"] = self.effects(rule, where, left)
        return rule

    def plain_use(self, number: int) -> dict[str, Any]:
        """Draw a rule about the use of every paper: of two of them the later first day and the earlier last count."""
        use = {"usable": self._usable(Where(matter=False))}
        verb = self.one(["must", "must", "may"])
        return {"id": f"u{number}", "clause": f"u{number}", "modality": verb, "each": "document", "then": use}

    def effects(self, rule: dict[str, Any], where: Where, left: bool) -> dict[str, Any]:
        kinds = ["measure", "weigh", "refer"]
        if not left:
            kinds.append("prohibit")
        if where.matter:
            kinds.append("require")
        if where.paper:
            kinds += ["usable", "usable", "usable", "inadmissible"]
        if "when" in rule or isinstance(rule.get("matters"), list) or where.paper:
            kinds += ["duty", "duty"]
        chosen = list(dict.fromkeys(self.several(kinds)))
        return {kind: getattr(self, f"_{kind}")(where) for kind in chosen}

    def _actor(self) -> str:
        return str(self.one(["subject", "department", "issuer", "office"]))

    def _measure(self, where: Where) -> Any:
        names = self.several(self.names.measures)
        if self.some(6):
            return names if self.some(5) else names[0]
        effect: dict[str, Any] = {self.one(["any_of", "all_of"]): names}
        if self.some(4):
            effect["target"] = self.one(["subject", "responsible_persons"])
        if self.some(3):
            effect["by"] = self._actor()
        return effect

    def _weigh(self, where: Where) -> Any:
        effect: dict[str, Any] = {"as": self.one(["necessary", "important_reference", "reference"])}
        facts = [name for name in self.names.facts if where.allows(name)]
        if facts and self.some(5):
            return {**effect, "facts": self.several(facts)}
        return {**effect, "papers": self.several(self.names.papers)}

    def _refer(self, where: Where) -> Any:
        effect: dict[str, Any] = {"to": self._actor(), "why": {"zh": "问题", "en": "question"}}
        return effect | ({"due": self.conditions.day(where)} if self.some(4) else {})

    def _prohibit(self, where: Where) -> Any:
        return {"by": self._actor(), "act": {"zh": "所为", "en": "act"}}

    def _require(self, where: Where) -> Any:
        ways = []
        for paper in self.several(self.names.papers, 0)[:2]:
            that = self.conditions.condition(Where(matter=where.matter, in_papers=True), 1) if self.some(5) else None
            ways.append({"paper": paper, "that": that} if that is not None else paper)
        if not ways or self.some(3):
            ways.append({"step": self.one(self.names.acts), "done": self.conditions.condition(where, 1)})
        effect: dict[str, Any] = {self.one(["any_of", "all_of"]): ways}
        return effect | ({"from": "office"} if self.some(2) else {})

    def _usable(self, where: Where) -> Any:
        effect: dict[str, Any] = {}
        if self.some(6):
            effect[self.one(["from", "after"])] = self.conditions.day(where)
        if self.some(7):
            effect["until"] = self.conditions.day(where)
        if not effect or self.some(3):
            effect["once"] = self.conditions.condition(where, 1)
        return effect

    def _inadmissible(self, where: Where) -> Any:
        return True

    def _duty(self, where: Where) -> Any:
        what: Any = self.several(self.names.acts)
        if self.some(3):
            what = {"any_of": what}
        effect: dict[str, Any] = {"who": self._actor(), "what": what}
        recorded = [name for name in self.names.of_type("list[date]") if where.allows(name)]
        if recorded and self.some(4):
            effect |= {"every": self.one(_EVERY), "done_on": self.one(recorded)}
            return effect | ({"since": self.conditions.day(where)} if self.some(6) else {})
        if self.some(7):
            effect["due"] = self.conditions.day(where)
        dates = [name for name in self.names.of_type("date") if where.allows(name)]
        if dates and self.some(6):
            effect["done_on"] = self.one(dates)
        elif self.some(5):
            effect["done"] = self.conditions.condition(where, 1)
        return effect
