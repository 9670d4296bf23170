"""Laws about the same question asked again: in another order, once more, from its receipt."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from creditrules.decide import decide
from creditrules.program import AllOf, AnyOf, Condition, Negation, PaperTest, Program, TermUse
from creditrules.testing.draft import as_yaml
from creditrules.testing.laws.law import Bench, Broken, Law, Request, apart, clauses_in


def shuffled(value: Any, chance: Random) -> Any:
    """Give a value with the keys of mappings and the members of lists in another order."""
    if isinstance(value, Mapping):
        items = [(key, shuffled(inner, chance)) for key, inner in value.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(inner, chance) for inner in value]
        chance.shuffle(items)
        return items
    return value


def shuffled_program(program: Program, chance: Random) -> Program:
    """Give a program with its rules, and the parts of their conditions, in another order."""

    def turned(condition: Condition) -> Condition:
        match condition:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                again = [turned(part) for part in parts]
                chance.shuffle(again)
                return replace(condition, parts=tuple(again))
            case Negation(part=part):
                return replace(condition, part=turned(part))
            case TermUse(condition=inner):
                return replace(condition, condition=turned(inner))
            case PaperTest(such=such):
                return replace(condition, such=turned(such))
        return condition

    rules = [
        replace(rule, when=turned(rule.when), unless=turned(rule.unless) if rule.unless is not None else None)
        for rule in program.rules
    ]
    chance.shuffle(rules)
    return replace(program, rules=tuple(rules), scope=turned(program.scope))


def _order(bench: Bench, request: Request, chance: Random) -> Broken | None:
    seed = chance.getrandbits(32)

    def test(asked: Request) -> Broken | None:
        first = bench.decided(asked)
        if first is None:
            return None
        turned = bench.decided(shuffled(asked, Random(seed)))
        if turned is None:
            return Broken(asked, ("in order", {"outcome": first.outcome}), ("in another", "refused"), (), test)
        return apart(asked, ("in order", first), ("facts and papers in another", turned), test)

    return test(request) or _order_of_rules(bench, request, seed)


def _order_of_rules(bench: Bench, request: Request, seed: int) -> Broken | None:
    def test(asked: Request) -> Broken | None:
        first = bench.decided(asked)
        if first is None:
            return None
        whole = first.request
        turned = replace(whole, values=dict(reversed(list(whole.values.items()))))
        program = shuffled_program(bench.policy.program, Random(seed))
        return apart(asked, ("in order", first), ("rules in another", decide((program,), turned)), test)

    return test(request)


def _repeatable(bench: Bench, request: Request, chance: Random) -> Broken | None:
    def test(asked: Request) -> Broken | None:
        before = copy.deepcopy(dict(asked))
        first = bench.decided(asked)
        if first is None:
            return None
        text = first.to_json()
        if dict(asked) != before:
            return Broken(before, ("handed in", before), ("after deciding", dict(asked)), (), test)
        bench.decided({**asked, "documents": [], "matter": {}})  # another question between must leave no mark
        ways = {
            "asked again": asked,
            "asked in JSON": json.loads(json.dumps(asked, default=str)),
        }
        for label, way in ways.items():
            again = bench.decided(way)
            if again is None:
                return Broken(asked, ("asked", {"outcome": first.outcome}), (label, "refused"), (), test)
            broken = apart(asked, ("asked", first), (label, again), test)
            if broken is not None:
                return broken
        in_text = bench.policy.decide_request(as_yaml(asked))
        if first.to_json() != text:
            return Broken(asked, ("at first", json.loads(text)), ("later", first.to_dict()), (), test)
        return apart(asked, ("asked", first), ("asked in YAML", in_text), test)

    return test(request)


def _replay(bench: Bench, request: Request, chance: Random) -> Broken | None:
    def test(asked: Request) -> Broken | None:
        first = bench.decided(asked)
        if first is None:
            return None
        receipt = json.loads(json.dumps(first.receipt()))
        try:
            again = bench.policy.replay(receipt)
        except Exception as error:  # whatever it is, the receipt is not replayed
            return Broken(
                asked, ("decided", first.to_dict()), ("replayed", str(error)), clauses_in(first.to_dict()), test
            )
        return apart(asked, ("decided", first), ("replayed", again), test)

    return test(request)


ORDER = Law(
    "order",
    "顺序无关：规则、事实、材料怎样排列，决定都逐字节相同。",
    "Order does not matter: however rules, facts and papers are shuffled, the decision is the same, byte for byte.",
    "every test is an `all`, `any` or `not`, which know no order, and everything given out is sorted",
    _order,
)
REPEATABLE = Law(
    "repeatable",
    "重复决定，结果相同；决定不改动交来的任何东西。",
    "Deciding is repeatable and changes nothing it was given.",
    "a decision follows from the policy and the request alone: nothing reads the clock, nothing is remembered",
    _repeatable,
)
REPLAY = Law(
    "replay",
    "凭回执重新决定，结果逐字节相同。",
    "A replayed receipt gives the same bytes.",
    "a receipt holds the whole request, and the policy is the one whose digest it names",
    _replay,
)
