"""durable-rules: a Rete engine in C. A ruleset for each matter, one fact for each subject, taken back afterwards.

Its host is kept from starting threads of its own: everything runs in the caller's. Lists go in as yes and no, for
those members that rules ask for; *or* and *one of* may fire a rule twice, so what fired is kept once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from durable import engine as rete

from benchmarks.held import Rules
from benchmarks.workload import LISTS, Answer, Data, in_decision_order

NAME = "durable-rules"
PACKAGE = "durable-rules"
_OPPOSITE = {
    "eq": "$neq", "int_eq": "$neq", "is": "$neq", "lt": "$gte", "before": "$gte", "le": "$gt", "gt": "$lte",
    "ge": "$lt", "from": "$lt",
}  # fmt: skip
_OPERATORS = {"lt": "$lt", "before": "$lt", "le": "$lte", "gt": "$gt", "ge": "$gte", "from": "$gte"}


class _Host(rete.Host):  # type: ignore[misc]
    def _run(self) -> None:
        """Start no threads."""


def load(policy: Mapping[str, Any]) -> Engine:
    """Register the rulesets of a policy."""
    return Engine(policy)


class Engine:
    """Rulesets by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self._host = _Host()
        self._fired: set[int] = set()
        self._number = 0
        self._asked: dict[str, tuple[Rules, list[tuple[str, str, str]]]] = {}
        for matter, rules in in_decision_order(policy).items():
            members = sorted({one for rule in rules for one in _members(rule["when"])})
            self._asked[matter] = Rules(rules), [(f"{fact}_{value}", fact, value) for fact, value in members]
            self._host.register_rulesets(
                {
                    matter: {
                        rule["id"]: {
                            "all": [{"m": _all([_pattern(one) for one in rule["when"]])}],
                            "run": self._noting(place),
                        }
                        for place, rule in enumerate(rules)
                    }
                }
            )

    def _noting(self, place: int) -> Callable[[Any], None]:
        def note(context: Any) -> None:
            self._fired.add(place)

        return note

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        rules, asked = self._asked[matter]
        self._fired.clear()
        self._number += 1
        fact = {name: value for name, value in subject.items() if name not in LISTS}
        fact |= {name: value in subject[of] for name, of, value in asked}
        fact["id"], fact["sid"] = str(self._number), "1"
        try:
            self._host.assert_fact(matter, fact)
        except rete.MessageNotHandledException:  # no rule looks at such a fact: none holds
            return rules.answer(())
        held = rules.answer(sorted(self._fired))
        self._host.retract_fact(matter, fact)
        return held


def _all(patterns: list[Data]) -> Data:
    return patterns[0] if len(patterns) == 1 else {"$and": patterns}


def _members(when: list[Data]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for one in when:
        inner = one.get("args") or ([one["arg"]] if "arg" in one else [])
        found |= _members(inner)
        if one["op"] == "has":
            found.add((one["fact"], one["value"]))
    return found


def _pattern(condition: Data, wanted: bool = True) -> Data:
    match condition["op"]:
        case "or":
            return {"$or": [_pattern(one) for one in condition["args"]]}
        case "not":
            return _pattern(condition["arg"], not wanted)
    fact, value = condition["fact"], condition["value"]
    match condition["op"]:
        case "in" if wanted:
            return {"$or": [{fact: one} for one in value]}
        case "in":
            return {"$and": [{"$neq": {fact: one}} for one in value]}
        case "has":
            return {f"{fact}_{value}": wanted}
        case operator if not wanted:
            return {_OPPOSITE[operator]: {fact: value}}
        case "eq" | "int_eq" | "is":
            return {fact: value}
    return {_OPERATORS[condition["op"]]: {fact: value}}
