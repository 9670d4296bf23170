"""The generated work as a programmer writes it by hand: one Python function for each matter, made by `exec`.

`decide_NAME(s)` is a chain of `if`; `explain_NAME(s)` works out every condition of every rule and keeps its value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.workload import OUTCOME_OF, STRONGEST_FIRST, Answer, Data, in_decision_order

NAME = "plain Python, by hand"
PACKAGE = "the standard library"

_WEAKEST_FIRST = STRONGEST_FIRST[::-1]
_OPERATORS = {
    "eq": "==", "int_eq": "==", "is": "is", "in": "in",
    "lt": "<", "before": "<", "le": "<=", "gt": ">", "ge": ">=", "from": ">=",
}  # fmt: skip


def load(policy: Mapping[str, Any]) -> Engine:
    """Write the functions of a policy, and compile them."""
    return Engine(policy)


class Engine:
    """Functions by hand, by matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        groups = in_decision_order(policy)
        space: dict[str, Any] = {"OUTCOMES": _WEAKEST_FIRST}
        exec("\n".join(decide_source(name, rules) for name, rules in groups.items()), space)
        self._groups = groups
        self._decide: dict[str, Callable[[Data], Answer]] = {name: space[f"decide_{name}"] for name in groups}
        self._explain: dict[str, Callable[[Data], Any]] = {}

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        return self._decide[matter](subject)

    def explain(self, subject: Data, matter: str) -> tuple[Answer, list[tuple[str, bool, list[Any]]]]:
        """Decide, and give each rule with whether it holds, and its conditions with the fact's value."""
        if not self._explain:
            space: dict[str, Any] = {"OUTCOMES": _WEAKEST_FIRST}
            exec("\n".join(_explain_source(name, rules) for name, rules in self._groups.items()), space)
            self._explain = {name: space[f"explain_{name}"] for name in self._groups}
        return self._explain[matter](subject)


def decide_source(name: str, rules: Sequence[Data]) -> str:
    """Write the function that decides in one matter."""
    lines = [f"def decide_{name}(s):", " rank = 0; measures = []; ids = []"]
    for rule in rules:
        lines.append(f" if {' and '.join(_source(one) for one in rule['when'])}:")
        lines += _then(rule, "  ")
    return "\n".join([*lines, " return OUTCOMES[rank], measures, ids"])


def _then(rule: Data, indent: str) -> list[str]:
    rank = _WEAKEST_FIRST.index(OUTCOME_OF[rule["measure"]])
    raised = [f"{indent}if rank < {rank}: rank = {rank}"] if rank else []
    return [f"{indent}measures.append({rule['measure']!r}); ids.append({rule['id']!r})", *raised]


def _source(condition: Data) -> str:
    match condition["op"]:
        case "or":
            return f"({' or '.join(_source(one) for one in condition['args'])})"
        case "not":
            return f"not ({_source(condition['arg'])})"
    return _compared(f"s[{condition['fact']!r}]", condition)


def _compared(there: str, condition: Data) -> str:
    value = condition["value"]
    if condition["op"] == "has":
        return f"{value!r} in {there}"
    return f"{there} {_OPERATORS[condition['op']]} {tuple(value) if condition['op'] == 'in' else value!r}"


def _explain_source(name: str, rules: Sequence[Data]) -> str:
    lines = [f"def explain_{name}(s):", " rank = 0; measures = []; ids = []; told = []"]
    for rule in rules:
        tests: list[str] = []
        whole = " and ".join(_noted(one, tests, lines) for one in rule["when"])
        lines.append(f" held = {whole}")
        lines.append(f" told.append(({rule['id']!r}, held, [{', '.join(tests)}]))")
        lines.append(" if held:")
        lines += _then(rule, "  ")
    return "\n".join([*lines, " return (OUTCOMES[rank], measures, ids), told"])


def _noted(condition: Data, tests: list[str], lines: list[str]) -> str:
    """Write the tests of a condition one by one, each with its value and result; give what joins the results."""
    match condition["op"]:
        case "or":
            return f"({' or '.join(_noted(one, tests, lines) for one in condition['args'])})"
        case "not":
            return f"(not {_noted(condition['arg'], tests, lines)})"
    here = len(tests)
    lines.append(f" v{here} = s[{condition['fact']!r}]; r{here} = {_compared(f'v{here}', condition)}")
    tests.append(f"({condition['fact']!r}, v{here}, r{here})")
    return f"r{here}"
