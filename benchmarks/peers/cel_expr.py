"""cel-expr-python: the Common Expression Language in C++. One checked list for each matter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cel_expr_python import cel

from benchmarks.held import Rules
from benchmarks.workload import DATES, ENUMS, LISTS, NUMBERS, YES_NO, Answer, Data, in_decision_order

NAME = "cel-expr-python"
PACKAGE = "cel-expr-python"
_OPERATORS = {
    "eq": "==", "int_eq": "==", "is": "==", "lt": "<", "before": "<", "le": "<=", "gt": ">", "ge": ">=", "from": ">=",
}  # fmt: skip


def load(policy: Mapping[str, Any]) -> Engine:
    """Compile the expressions of a policy."""
    return Engine(policy)


class Engine:
    """Expressions by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        types = dict.fromkeys((*ENUMS, *DATES), cel.Type.STRING) | dict.fromkeys(NUMBERS, cel.Type.INT)
        types |= dict.fromkeys(YES_NO, cel.Type.BOOL) | dict.fromkeys(LISTS, cel.Type.List(cel.Type.STRING))
        env = cel.NewEnv(variables=types)
        self._compiled: dict[str, tuple[Rules, Any]] = {}
        for matter, rules in in_decision_order(policy).items():
            whole = ", ".join(" && ".join(_expression(one) for one in rule["when"]) for rule in rules)
            self._compiled[matter] = Rules(rules), env.compile(f"[{whole}]")

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        rules, compiled = self._compiled[matter]
        return rules.answer_of(compiled.eval(data=subject).plain_value())


def _expression(condition: Data) -> str:
    match condition["op"]:
        case "or":
            return f"({' || '.join(_expression(one) for one in condition['args'])})"
        case "not":
            return f"!({_expression(condition['arg'])})"
        case "in":
            return f"{condition['fact']} in {json.dumps(condition['value'])}"
        case "has":
            return f"{json.dumps(condition['value'])} in {condition['fact']}"
    return f"{condition['fact']} {_OPERATORS[condition['op']]} {json.dumps(condition['value'])}"
