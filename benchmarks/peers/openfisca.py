"""openfisca-core: tax and benefit formulas on arrays. A variable for each rule; a simulation for each call.

Lists are variables of yes and no, one for each member; days are its own dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.columns import _bits as bits
from benchmarks.columns import _codes as codes
from benchmarks.columns import _facts as facts_of
from benchmarks.held import Rules
from benchmarks.workload import (
    DATES,
    ENUMS,
    LISTS,
    NUMBERS,
    OUTCOME_OF,
    STRONGEST_FIRST,
    YES_NO,
    Answer,
    Data,
    in_decision_order,
)

NAME = "openfisca-core"
PACKAGE = "openfisca-core"
_PERIOD = "2026-06"


def load(policy: Mapping[str, Any]) -> Engine:
    """Make the variables of a policy."""
    return Engine(policy)


class Engine:
    """One system of variables, and the rules of each matter."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self._groups = in_decision_order(policy)
        self._rules = {matter: Rules(rules) for matter, rules in self._groups.items()}
        self._read = {
            matter: sorted(set().union(*(facts_of(rule["when"]) for rule in rules)))
            for matter, rules in self._groups.items()
        }
        self._entity = Entity("person", "persons", "", "")
        self._system = TaxBenefitSystem([self._entity])
        for fact in ENUMS:
            self._add(fact, int)
        for fact in NUMBERS:
            self._add(fact, int)
        for fact in YES_NO:
            self._add(fact, bool)
        for fact in (*DATES, *LISTS):
            self._add(fact, int)
        for rules in self._groups.values():
            for rule in rules:
                self._add(rule["id"], bool, _formula(rule["when"]))

    def _add(self, name: str, kind: type, formula: Any = None) -> None:
        members = {"value_type": kind, "entity": self._entity, "definition_period": DateUnit.MONTH, "label": name}
        if formula is not None:
            members["formula"] = formula
        self._system.add_variable(type(name, (Variable,), members))

    def _simulation(self, matter: str, count: int, values: Mapping[str, Any], trace: bool = False) -> Any:
        simulation = SimulationBuilder().build_default_simulation(self._system, count)
        simulation.trace = trace
        for fact in self._read[matter]:
            simulation.set_input(fact, _PERIOD, values[fact])
        return simulation

    def decide(self, subject: Data, matter: str) -> Answer:
        """Decide one subject."""
        simulation = self._simulation(matter, 1, {fact: _one(fact, subject[fact]) for fact in self._read[matter]})
        return self._rules[matter].answer_of(
            simulation.calculate(rule["id"], _PERIOD)[0] for rule in self._groups[matter]
        )

    def explain(self, subject: Data, matter: str) -> tuple[Answer, Any]:
        """Decide with the engine's own trace."""
        values = {fact: _one(fact, subject[fact]) for fact in self._read[matter]}
        simulation = self._simulation(matter, 1, values, trace=True)
        held = [simulation.calculate(rule["id"], _PERIOD)[0] for rule in self._groups[matter]]
        return self._rules[matter].answer_of(held), simulation.tracer.computation_log.lines()

    def batch(self, table: pa.Table) -> pa.Table:
        """Decide an Arrow table."""
        matters = list(self._groups)
        matter = codes(table["matter"], matters)
        order = np.argsort(matter, kind="stable")
        ends = np.cumsum(np.bincount(matter, minlength=len(matters)))
        columns = {fact: _many(fact, table[fact])[order] for fact in sorted(set().union(*self._read.values()))}
        rank = np.full(table.num_rows, len(STRONGEST_FIRST) - 1, np.int8)
        rows, rules = [], []
        first = 0
        for place, (name, group) in enumerate(self._groups.items()):
            start, end = int(ends[place - 1]) if place else 0, int(ends[place])
            here = {fact: columns[fact][start:end] for fact in self._read[name]}
            simulation = self._simulation(name, end - start, here)
            held = np.column_stack([simulation.calculate(rule["id"], _PERIOD) for rule in group])
            reached = np.array([STRONGEST_FIRST.index(OUTCOME_OF[rule["measure"]]) for rule in group])
            rank[order[start:end]] = np.where(held, reached, len(STRONGEST_FIRST) - 1).min(axis=1)
            row, rule_ = np.nonzero(held)
            rows.append(order[start + row])
            rules.append(first + rule_)
            first += len(group)
        whole = [rule for group in self._groups.values() for rule in group]
        row, rule = np.concatenate(rows), np.concatenate(rules)
        by_row = np.argsort(row, kind="stable")
        offsets = pa.array(np.concatenate([[0], np.cumsum(np.bincount(row, minlength=table.num_rows))]), pa.int32())
        taken = pa.array(rule[by_row])

        def lists(key: str) -> pa.Array:
            return pa.ListArray.from_arrays(offsets, pa.array([one[key] for one in whole]).take(taken))

        outcome = pa.array(STRONGEST_FIRST).take(pa.array(rank))
        return pa.table({"outcome": outcome, "measures": lists("measure"), "rules": lists("id")})


def _one(fact: str, value: Any) -> Any:
    if fact in ENUMS:
        return np.array([ENUMS[fact].index(value)])
    if fact in DATES:
        return np.array([value], "datetime64[D]").astype(np.int32)
    if fact in LISTS:
        return np.array([sum(1 << LISTS[fact].index(one) for one in value)])
    return np.array([value])


def _many(fact: str, column: Any) -> Any:
    if fact in ENUMS:
        return codes(column, ENUMS[fact])
    if fact in LISTS:
        return bits(column.combine_chunks(), LISTS[fact])
    if fact in DATES:
        return pc.cast(column, pa.int32()).to_numpy()
    return column.to_numpy()


def _formula(when: list[Data]) -> Any:
    def formula(person: Any, period: Any) -> Any:
        held = _holds(when[0], person, period)
        for one in when[1:]:
            held = held * _holds(one, person, period)
        return held

    return formula


def _holds(condition: Data, person: Any, period: Any) -> Any:
    match condition["op"]:
        case "or":
            first, second = (_holds(one, person, period) for one in condition["args"])
            return first + second
        case "not":
            return ~_holds(condition["arg"], person, period)
    fact, value = condition["fact"], condition["value"]
    there = person(fact, period)
    match condition["op"]:
        case "eq":
            return there == ENUMS[fact].index(value)
        case "in":
            return np.isin(there, [ENUMS[fact].index(one) for one in value])
        case "has":
            return there & (1 << LISTS[fact].index(value)) != 0
        case "before":
            return there < np.datetime64(value).astype(np.int32)
        case "from":
            return there >= np.datetime64(value).astype(np.int32)
        case "lt":
            return there < value
        case "le":
            return there <= value
        case "gt":
            return there > value
        case "ge":
            return there >= value
    return there == value
