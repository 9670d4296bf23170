"""cedarpy: Cedar, a language of permissions, in Rust. One permit for each rule; those that apply are the reasons.

Cedar has no order for texts, so days are handed over as numbers; a set of policies for each matter.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from cedarpy import Entities, PolicySet, is_authorized

from benchmarks.held import Rules
from benchmarks.workload import DATES, Answer, Data, in_decision_order

NAME = "cedarpy"
PACKAGE = "cedarpy"
_OPERATORS = {
    "eq": "==", "int_eq": "==", "is": "==", "lt": "<", "before": "<", "le": "<=", "gt": ">", "ge": ">=", "from": ">=",
}  # fmt: skip


def load(policy: Mapping[str, Any]) -> Engine:
    """Parse the policies."""
    return Engine(policy)


class Engine:
    """Sets of permits by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self._nobody = Entities.from_json_str("[]")
        self._sets: dict[str, tuple[Rules, Any]] = {}
        for matter, rules in in_decision_order(policy).items():
            permits = "\n".join(_permit(rule["when"]) for rule in rules)
            self._sets[matter] = Rules(rules), PolicySet.from_str(permits)

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        rules, permits = self._sets[matter]
        request = {
            "principal": {"type": "Subject", "id": "s"},
            "action": {"type": "Action", "id": "decide"},
            "resource": {"type": "Matter", "id": matter},
            "context": {**subject, **{fact: _number(subject[fact]) for fact in DATES}},
        }
        reasons = is_authorized(request, permits, self._nobody).diagnostics.reasons
        return rules.answer(sorted(int(one.removeprefix("policy")) for one in reasons))


def _permit(when: list[Data]) -> str:
    return f"permit (principal, action, resource) when {{ {' && '.join(_expression(one) for one in when)} }};"


def _number(day: str) -> int:
    return dt.date.fromisoformat(day).toordinal()


def _expression(condition: Data) -> str:
    match condition["op"]:
        case "or":
            return f"({' || '.join(_expression(one) for one in condition['args'])})"
        case "not":
            return f"!({_expression(condition['arg'])})"
        case "in":
            return f"{json.dumps(condition['value'])}.contains(context.{condition['fact']})"
        case "has":
            return f"context.{condition['fact']}.contains({json.dumps(condition['value'])})"
        case "before" | "from":
            return f"context.{condition['fact']} {_OPERATORS[condition['op']]} {_number(condition['value'])}"
    return f"context.{condition['fact']} {_OPERATORS[condition['op']]} {json.dumps(condition['value'])}"
