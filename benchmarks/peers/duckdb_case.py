"""DuckDB: one SQL statement, a `CASE` on the matter that builds the list of rules that hold. Tables only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from benchmarks.workload import OUTCOME_OF, STRONGEST_FIRST, Data, in_decision_order

NAME = "DuckDB, SQL by hand"
PACKAGE = "duckdb"
_OPERATORS = {
    "eq": "=", "int_eq": "=", "is": "=", "lt": "<", "before": "<", "le": "<=", "gt": ">", "ge": ">=", "from": ">=",
}  # fmt: skip


def load(policy: Mapping[str, Any]) -> Engine:
    """Write the statement of a policy."""
    return Engine(policy)


class Engine:
    """A connection and the statement; `threads` as DuckDB sets them, or one."""

    def __init__(self, policy: Mapping[str, Any], threads: int = 1) -> None:
        self._connection = duckdb.connect(config={"threads": threads})
        groups = in_decision_order(policy)
        rules = [rule for group in groups.values() for rule in group]
        place = {rule["id"]: number + 1 for number, rule in enumerate(rules)}
        cases = "\n".join(
            f"WHEN '{matter}' THEN list_filter([{', '.join(_held(rule, place[rule['id']]) for rule in group)}], "
            "lambda one: one IS NOT NULL)"
            for matter, group in groups.items()
        )
        ids = ", ".join(f"'{rule['id']}'" for rule in rules)
        measures = ", ".join(f"'{rule['measure']}'" for rule in rules)
        ranks = ", ".join(str(STRONGEST_FIRST.index(OUTCOME_OF[rule["measure"]])) for rule in rules)
        outcomes = ", ".join(f"'{one}'" for one in STRONGEST_FIRST)
        self._connection.execute(
            f"CREATE TABLE words AS SELECT [{ids}] AS ids, [{measures}] AS measures, [{ranks}] AS ranks"
        )
        self._sql = f"""
            SELECT [{outcomes}][1 + coalesce(list_min(list_transform(held, lambda one: ranks[one])), 3)] AS outcome,
                   list_transform(held, lambda one: measures[one]) AS measures,
                   list_transform(held, lambda one: ids[one]) AS rules
            FROM (SELECT CASE matter {cases} END AS held FROM subjects), words
        """

    def batch(self, table: Any) -> Any:
        """Decide an Arrow table."""
        self._connection.register("subjects", table)
        return self._connection.sql(self._sql).to_arrow_table()


def _held(rule: Data, place: int) -> str:
    return f"CASE WHEN {' AND '.join(_sql(one) for one in rule['when'])} THEN {place} END"


def _sql(condition: Data) -> str:
    match condition["op"]:
        case "or":
            return f"({' OR '.join(_sql(one) for one in condition['args'])})"
        case "not":
            return f"NOT ({_sql(condition['arg'])})"
        case "in":
            return f"{condition['fact']} IN ({', '.join(map(_word, condition['value']))})"
        case "has":
            return f"list_contains({condition['fact']}, {_word(condition['value'])})"
        case "before" | "from":
            return f"{condition['fact']} {_OPERATORS[condition['op']]} DATE '{condition['value']}'"
    return f"{condition['fact']} {_OPERATORS[condition['op']]} {_word(condition['value'])}"


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | int) else f"'{value}'"
