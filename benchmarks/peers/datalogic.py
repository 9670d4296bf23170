"""datalogic-py: JsonLogic in Rust. One compiled expression for each matter, which gives a list of yes and no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datalogic_py import Engine as JsonLogic

from benchmarks.held import Rules
from benchmarks.workload import Answer, Data, in_decision_order

NAME = "datalogic-py"
PACKAGE = "datalogic-py"
_OPERATORS = {
    "eq": "===", "int_eq": "===", "is": "===", "lt": "<", "before": "<", "le": "<=", "gt": ">",
    "ge": ">=", "from": ">=",
}  # fmt: skip


def load(policy: Mapping[str, Any]) -> Engine:
    """Compile the expressions of a policy."""
    return Engine(policy)


class Engine:
    """Expressions by matter, and one session."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self._engine = JsonLogic()
        self._session = self._engine.session()
        self._rules: dict[str, Rules] = {}
        self._compiled: dict[str, Any] = {}
        self._logic: dict[str, str] = {}
        for matter, rules in in_decision_order(policy).items():
            logic = [{"and": [_logic(one) for one in rule["when"]]} for rule in rules]
            self._rules[matter] = Rules(rules)
            self._compiled[matter] = self._engine.compile(logic)
            self._logic[matter] = json.dumps(logic)

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        return self._rules[matter].answer_of(self._session.evaluate(self._compiled[matter], subject))

    def explain(self, subject: Data, matter: str) -> tuple[Answer, Any]:
        """Decide with the engine's own trace."""
        told = json.loads(self._engine.evaluate_with_trace(self._logic[matter], json.dumps(subject)))
        return self._rules[matter].answer_of(told["result"]), told["steps"]


def _logic(condition: Data) -> Any:
    match condition["op"]:
        case "or":
            return {"or": [_logic(one) for one in condition["args"]]}
        case "not":
            return {"!": [_logic(condition["arg"])]}
        case "in":
            return {"in": [{"var": condition["fact"]}, condition["value"]]}
        case "has":
            return {"in": [condition["value"], {"var": condition["fact"]}]}
    return {_OPERATORS[condition["op"]]: [{"var": condition["fact"]}, condition["value"]]}
