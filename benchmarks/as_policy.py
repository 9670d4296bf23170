"""The generated work written as a policy and its vocabulary, as an author would write them.

- A rule's id is its place: 99 minus the priority, then the number (`p09-r00012`), so that rules, which a decision
  lists by id, stand in the order of that work.
- `deny` is a measure that keeps the subject out of any matter (`excluded`); `restrict` one with a step that is still
  to be done (`pending`); `require` one that leaves the matter to a person (`discretionary`); `allow` one without
  effect on the outcome (`proceed`). All are of direction `neutral`, so that none conflicts with another. The ladder
  of outcomes then is that work's own: deny > restrict > require > allow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.workload import DATES, ENUMS, LISTS, NUMBERS, OUTCOME_OF, YES_NO

POLICY_ID = "work"
ON = dt.date(2026, 6, 30)
OUTCOMES = {"excluded": "deny", "pending": "restrict", "discretionary": "require", "proceed": "allow"}

_BARS = {"deny": ", bars: {how: out, of: any}", "require": ", bars: {how: open, of: any}"}
_STEP = ", require: {any_of: [{step: lift_restriction, done: {setting.restrictions_lifted: true}}]}"
_OPERATORS = {
    "lt": "less_than", "le": "at_most", "gt": "more_than", "ge": "at_least", "before": "before",
    "from": "on_or_after",
}  # fmt: skip


def rule_id(rule: Mapping[str, Any]) -> str:
    """Give the id by which a rule sorts as it is decided: `p09-r00012` for priority 90."""
    return f"p{99 - rule['priority']:02d}-{rule['id']}"


def policy_text(policy: Mapping[str, Any]) -> str:
    """Write the policy file."""
    facts = [*(_fact(name, "enum", values) for name, values in ENUMS.items())]
    facts += [*(_fact(name, "number") for name in NUMBERS), *(_fact(name, "bool") for name in YES_NO)]
    facts += [*(_fact(name, "date") for name in DATES)]
    facts += [*(_fact(name, "'list[enum]'", values) for name, values in LISTS.items())]
    return "\n".join(
        [
            "format: 1",
            f"policy: {POLICY_ID}",
            "title: {zh: 生成的规则, en: generated rules}",
            "issuer: benchmarks",
            "area: [benchmarks]",
            "in_force: {from: 2000-01-01}",
            "settings:",
            "  restrictions_lifted: {type: bool, value: false}",
            "facts:",
            *facts,
            "rules:",
            *(_rule(rule) for rule in policy["rules"]),
            "",
        ]
    )


def _fact(name: str, type_: str, values: list[str] | None = None) -> str:
    listed = f", values: {{{', '.join(f'{one}: {_labels(one)}' for one in values)}}}" if values else ""
    return f"  subject.{name}: {{type: {type_}{listed}, {_words(name)}, held_by: subject, changed_by: nobody}}"


def _labels(name: str) -> str:
    return f"{{{_words(name)}}}"


def _words(name: str) -> str:
    return f"zh: {name}, en: {name.replace('_', ' ')}"


def _rule(rule: Mapping[str, Any]) -> str:
    tests = ", ".join(_condition(one) for one in rule["when"])
    step = _STEP if OUTCOME_OF[rule["measure"]] == "restrict" else ""
    return (
        f"  - id: {rule_id(rule)}\n    clause: {rule['id']}\n    modality: should\n    matters: [{rule['matter']}]\n"
        f"    when: {{{tests}}}\n    then: {{measure: {rule['measure']}{step}}}"
    )


def _condition(condition: Mapping[str, Any]) -> str:
    """Write one entry of a mapping of conditions."""
    match condition["op"]:
        case "or":
            return f"any: [{', '.join(f'{{{_condition(one)}}}' for one in condition['args'])}]"
        case "not":
            return f"not: {{{_condition(condition['arg'])}}}"
    value = condition["value"]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    match condition["op"]:
        case "in":
            text = f"[{', '.join(value)}]"
        case "has":
            text = f"{{contains_any: [{value}]}}"
        case operator if operator in _OPERATORS:
            text = f"{{{_OPERATORS[operator]}: {text}}}"
    return f"subject.{condition['fact']}: {text}"


def vocabulary_text(policy: Mapping[str, Any]) -> str:
    """Write the vocabulary: matters and measures of the work, and the facts every vocabulary has."""
    given = "held_by: department, changed_by: nobody"
    return "\n".join(
        [
            "format: 1",
            f"sources: {{subject: {_labels('subject')}, department: {_labels('department')}}}",
            "facts:",
            f"  matter.code: {{type: enum, values: matters, {_words('matter')}, {given}}}",
            f"  document.kind: {{type: enum, values: papers, {_words('kind')}, {given}}}",
            "matters:",
            *(f"  {name}: {{{_words(name)}, asked_by: subject}}" for name in policy["matters"]),
            "papers:",
            f"  paper: {_labels('paper')}",
            "acts:",
            f"  lift_restriction: {{{_words('lift_restriction')}, kind: procedure}}",
            "measures:",
            *(
                f"  {name}: {{{_words(name)}, kind: supervision, direction: neutral{_BARS.get(outcome, '')}}}"
                for name, outcome in OUTCOME_OF.items()
            ),
            "",
        ]
    )


def write(policy: Mapping[str, Any], folder: Path) -> Path:
    """Write both files into a folder, and give the policy's path."""
    (folder / "vocabulary.yaml").write_text(vocabulary_text(policy), encoding="utf-8")
    path = folder / f"{POLICY_ID}.yaml"
    path.write_text(policy_text(policy), encoding="utf-8")
    return path
