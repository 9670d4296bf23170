"""zen-engine's expressions: one compiled list for each matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import zen

from benchmarks.held import Rules
from benchmarks.workload import Answer, Data, in_decision_order

NAME = "zen-engine, expressions"
PACKAGE = "zen-engine"
_OPERATORS = {
    "eq": "==", "int_eq": "==", "is": "==", "lt": "<", "before": "<", "le": "<=", "gt": ">", "ge": ">=", "from": ">=",
}  # fmt: skip


def load(policy: Mapping[str, Any]) -> Engine:
    """Compile the expressions of a policy."""
    return Engine(policy)


class Engine:
    """Expressions by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self._compiled: dict[str, tuple[Rules, Any]] = {}
        for matter, rules in in_decision_order(policy).items():
            whole = ", ".join(" and ".join(expression(one) for one in rule["when"]) for rule in rules)
            self._compiled[matter] = Rules(rules), zen.compile_expression(f"[{whole}]")

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        rules, compiled = self._compiled[matter]
        return rules.answer_of(compiled.evaluate(subject))


def expression(condition: Data) -> str:
    """Write a condition in zen's own words; days, which it has no order for as text, as seconds."""
    match condition["op"]:
        case "or":
            return f"({' or '.join(expression(one) for one in condition['args'])})"
        case "not":
            return f"not ({expression(condition['arg'])})"
    fact, value = condition["fact"], condition["value"]
    match condition["op"]:
        case "in":
            return f"{fact} in [{', '.join(map(_word, value))}]"
        case "has":
            return f"{_word(value)} in {fact}"
        case "before" | "from":
            return f"date({fact}) {_OPERATORS[condition['op']]} {seconds(value)}"
    return f"{fact} {_OPERATORS[condition['op']]} {_word(value)}"


def seconds(day: str) -> int:
    """Give a day as zen's `date` does."""
    return int(dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC).timestamp())


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else f"'{value}'"
