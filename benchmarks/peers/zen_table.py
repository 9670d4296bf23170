"""zen-engine's decision tables: one for each matter, a column for each fact, and the trace where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import zen

from benchmarks.held import Rules
from benchmarks.peers.zen_expressions import expression, seconds
from benchmarks.workload import Answer, Data, in_decision_order

NAME = "zen-engine, decision table"
PACKAGE = "zen-engine"


def load(policy: Mapping[str, Any]) -> Engine:
    """Make the decision tables of a policy."""
    return Engine(policy)


class Engine:
    """Tables by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        groups = in_decision_order(policy)
        self._rules = {matter: Rules(rules) for matter, rules in groups.items()}
        graphs = {matter: _graph(rules) for matter, rules in groups.items()}
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": graphs}})

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        told = self._engine.evaluate(matter, subject)
        return self._rules[matter].answer([row["place"] for row in told["result"]])

    def explain(self, subject: Data, matter: str) -> tuple[Answer, Any]:
        """Decide with the engine's own trace."""
        told = self._engine.evaluate(matter, subject, {"trace": True})
        return self._rules[matter].answer([row["place"] for row in told["result"]]), told["trace"]


def _graph(rules: list[Data]) -> Data:
    facts = sorted({one["fact"] for rule in rules for one in rule["when"] if "fact" in one})
    more = any("fact" not in one for rule in rules for one in rule["when"])
    inputs = [{"id": fact, "name": fact, "field": fact} for fact in facts]
    inputs += [{"id": "whole", "name": "whole"}] if more else []  # a column of whole expressions
    rows = []
    for place, rule in enumerate(rules):
        cells = {one["fact"]: _cell(one) for one in rule["when"] if "fact" in one}
        if "fact" not in rule["when"][-1]:
            cells["whole"] = expression(rule["when"][-1])
        rows.append({"_id": rule["id"], **{one["id"]: "" for one in inputs}, **cells, "place": str(place)})
    table = {
        "hitPolicy": "collect",
        "inputs": inputs,
        "outputs": [{"id": "place", "name": "place", "field": "place"}],
        "rules": rows,
    }
    kinds = (("in", "inputNode"), ("table", "decisionTableNode"), ("out", "outputNode"))
    nodes: list[Data] = [
        {
            "id": id_,
            "name": id_,
            "type": kind,
            "position": {"x": 0, "y": 0},
            "content": table if id_ == "table" else {},
        }
        for id_, kind in kinds
    ]
    edges = [
        {"id": f"{one}-{two}", "type": "edge", "sourceId": one, "targetId": two}
        for one, two in (("in", "table"), ("table", "out"))
    ]
    return {"nodes": nodes, "edges": edges}


def _cell(condition: Data) -> str:
    value = condition["value"]
    match condition["op"]:
        case "in":
            return ", ".join(f"'{one}'" for one in value)
        case "has":
            return f"contains($, '{value}')"
        case "before":
            return f"date($) < {seconds(value)}"
        case "from":
            return f"date($) >= {seconds(value)}"
        case "lt" | "le" | "gt" | "ge":
            return f"{ {'lt': '<', 'le': '<=', 'gt': '>', 'ge': '>='}[condition['op']] } {value}"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()
