"""A generated policy for measuring how long loading takes: rules over matters, conditions on facts of its own.

The text depends on the number of rules alone, so two machines do the same work.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

_ENUMS = {
    "residence": ("resident", "newcomer", "visitor", "seconded"),
    "form": ("person", "trader", "company", "partnership", "association", "public_body"),
    "trade": tuple(f"trade_{number:02}" for number in range(12)),
    "district": tuple(f"district_{number}" for number in range(8)),
    "band": ("a", "b", "c", "d", "e"),
}
_NUMBERS = {"points": 1000, "debt": 500_000, "cases": 9, "age": 40, "turnover": 200_000, "defaults": 5}
_YES_NO = ("checked", "guaranteed", "taxes_paid", "plan_agreed")
_DATES = ("entered_on", "reviewed_on", "expires_on")
_LISTS = {
    "listed": ("black", "watch", "grey", "exposed", "fraud", "red", "partner", "dormant"),
    "permits": tuple(f"permit_{number}" for number in range(10)),
}
_FACTS = (*_ENUMS, *_NUMBERS, *_YES_NO, *_DATES, *_LISTS)
MEASURES = tuple(f"measure_{number:02}" for number in range(12))


def write_policy(folder: Path, rules: int) -> Path:
    """Write a policy of so many rules and the vocabulary beside it; give the policy's path."""
    matters = min(300, max(11, rules // 12)) if rules >= 1200 else 11
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.yaml").write_text(vocabulary_text(matters), "utf-8")
    path = folder / f"work-{rules}.yaml"
    path.write_text(policy_text(rules, matters), "utf-8")
    return path


def vocabulary_text(matters: int) -> str:
    """Give a vocabulary of matters and twelve measures."""
    lines = ["format: 1", "sources:", "  register: {zh: 登记册, en: the register}", "facts:"]
    lines.append(
        "  matter.code: {type: enum, values: matters, zh: 事项, en: matter, held_by: register, changed_by: nobody}"
    )
    lines.append("matters:")
    lines += [f"  m{n:03}: {{zh: 事项{n}, en: matter {n}, asked_by: subject}}" for n in range(matters)]
    lines.append("measures:")
    for number, name in enumerate(MEASURES):
        kind = "favour" if number >= 10 else "burden"
        bars = ", bars: {how: out, of: any}" if number < 3 else ""
        lines.append(f"  {name}: {{zh: 措施{number}, en: measure {number}, kind: any, direction: {kind}{bars}}}")
    return "\n".join(lines) + "\n"


def policy_text(rules: int, matters: int) -> str:
    """Give a policy of so many rules, spread evenly over the matters."""
    chance = random.Random(f"loading/{rules}")
    lines = [
        "format: 1",
        f"policy: work-{rules}",
        "title: {zh: 测量用文件, en: a document for measuring}",
        "issuer: 测量",
        "area: [测量]",
        "in_force: {from: 2015-01-01}",
        "facts:",
    ]
    lines += [line for name in _FACTS for line in (f"  subject.{name}:", f"    {_declared(name)}")]
    lines.append("rules:")
    for number in range(rules):
        lines += _rule(chance, number, f"m{number % matters:03}")
    return "\n".join(lines) + "\n"


def _declared(name: str) -> str:
    labels = f"zh: {name}, en: {name}, held_by: register, changed_by: nobody"
    if name in _ENUMS or name in _LISTS:
        values = ", ".join(f"{value}: {{zh: {value}, en: {value}}}" for value in (_ENUMS | _LISTS)[name])
        type_ = "enum" if name in _ENUMS else "'list[enum]'"
        return f"{{type: {type_}, values: {{{values}}}, {labels}}}"
    type_ = "number" if name in _NUMBERS else "bool" if name in _YES_NO else "date"
    return f"{{type: {type_}, {labels}}}"


def _rule(chance: random.Random, number: int, matter: str) -> list[str]:
    names = chance.sample(_FACTS, chance.choices((1, 2, 3, 4), (2, 3, 3, 2))[0] + 1)
    *tests, spare = (_test(chance, name) for name in names)
    kind = chance.random()
    if kind < 0.1:
        tests[-1] = f"any: [{{{tests[-1]}}}, {{{spare}}}]"
    elif kind < 0.2:
        tests[-1] = f"not: {{{tests[-1]}}}"
    return [
        f"  - id: rule-{number:05}",
        f"    clause: art{number}",
        "    modality: must",
        f"    matters: {matter}",
        f"    when: {{{', '.join(tests)}}}",
        f"    then: {{measure: {chance.choice(MEASURES)}}}",
    ]


def _test(chance: random.Random, name: str) -> str:
    fact = f"subject.{name}"
    if name in _ENUMS:
        values = chance.sample(_ENUMS[name], chance.choice((1, 1, 2, 3)))
        return f"{fact}: {values[0] if len(values) == 1 else '[' + ', '.join(values) + ']'}"
    if name in _NUMBERS:
        operator = chance.choice(("at_least", "at_most", "more_than", "less_than"))
        return f"{fact}: {{{operator}: {round(_NUMBERS[name] * chance.uniform(0.2, 0.8))}}}"
    if name in _YES_NO:
        return f"{fact}: {chance.choice(('true', 'false'))}"
    if name in _DATES:
        day = dt.date(2015, 1, 1) + dt.timedelta(days=chance.randint(400, 3600))
        return f"{fact}: {{{chance.choice(('before', 'on_or_after'))}: {day}}}"
    return f"{fact}: {{contains_any: {chance.choice(_LISTS[name])}}}"
