"""regopy: Rego in C++. One module and one interpreter for each matter, with a query compiled ahead."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from regopy import Input, Interpreter

from benchmarks.held import Rules
from benchmarks.workload import Answer, Data, in_decision_order

NAME = "regopy"
PACKAGE = "regopy"
_OPERATORS = {
    "eq": "==", "int_eq": "==", "is": "==", "lt": "<", "before": "<", "le": "<=", "gt": ">", "ge": ">=", "from": ">=",
}  # fmt: skip


def load(policy: Mapping[str, Any]) -> Engine:
    """Build the modules of a policy."""
    return Engine(policy)


class Engine:
    """Interpreters by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self._built: dict[str, tuple[Rules, Any, Any]] = {}
        for matter, rules in in_decision_order(policy).items():
            interpreter = Interpreter()
            interpreter.add_module(matter, _module(rules))
            bundle = interpreter.build("held = data.work.held", [])
            self._built[matter] = Rules(rules), interpreter, bundle

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        rules, interpreter, bundle = self._built[matter]
        interpreter.set_input(Input(subject))
        held = json.loads(str(interpreter.query_bundle(bundle)))["bindings"]["held"]
        return rules.answer(sorted(held))


def _module(rules: list[Data]) -> str:
    lines = ["package work"]
    for place, rule in enumerate(rules):
        ways = list(_ways(rule["when"]))
        lines += [f"held contains {place} if {{ {'; '.join(way)} }}" for way in ways]
    return "\n".join(lines)


def _ways(when: list[Data]) -> Iterator[list[str]]:
    """Give the ways in which a rule may hold: Rego says *or* by saying it twice."""
    *plain, last = when
    first = [_expression(one) for one in plain]
    for one in last["args"] if last["op"] == "or" else [last]:
        yield [*first, _expression(one)]


def _expression(condition: Data) -> str:
    match condition["op"]:
        case "not":
            return f"not {_expression(condition['arg'])}"
        case "in":
            return f"input.{condition['fact']} in {json.dumps(condition['value'])}"
        case "has":
            return f"{json.dumps(condition['value'])} in input.{condition['fact']}"
    return f"input.{condition['fact']} {_OPERATORS[condition['op']]} {json.dumps(condition['value'])}"
