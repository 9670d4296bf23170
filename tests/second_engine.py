"""What tests of the second engine share: whether it is there, policies and requests, children and faults."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from typing import Any

import pytest
from conftest import ROOT

import creditrules as cr
from creditrules import assembly, duties, evaluator, rules
from creditrules.drivers.rete import Engine
from creditrules.trace import any_holds

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
POLICIES["everything"] = cr.load(ROOT / "tests" / "everything.yaml")
REQUEST = {
    "on": "2020-05-06",
    "subject": {"kind": "company", "dishonest": True, "name": "昆山示范机电有限公司"},
    "matter": {"code": "bidding", "department": "财政局"},
    "documents": [{"id": "r", "kind": "credit_report", "issued_on": "2020-03-01", "issuer": {"independent": True}}],
}


def _unavailable() -> str | None:
    with Engine() as engine:
        try:
            POLICIES["everything"].decide_request(REQUEST, verify=engine)
        except cr.EngineUnavailableError as error:
            return str(error)
    return None


WHY_NOT = _unavailable()
needs_engine = pytest.mark.skipif(WHY_NOT is not None, reason=f"the engine is not there: {WHY_NOT}")


def one_that_says(text: str, seconds: float = 5) -> Engine:
    """Give an engine whose child is a few lines of Python."""
    return Engine(seconds=seconds, command=(sys.executable, "-c", text))


# faults of the evaluator, made by hand, one place at a time


def _any_without_unknown(results: Any) -> Any:
    return any_holds(False if one is None else one for one in results)


FAULTS = {
    "some-forgets-the-unknown": (evaluator, "any_holds", _any_without_unknown),
    "an-exception-does-nothing": (
        rules.Run,
        "_not_overridden",
        lambda run, other, paper: rules.Step("overridden", True),
    ),
    "every-matter-will-do": (rules.Run, "in_matters", lambda run, rule, facts: rules.Step("matters", True)),
}


def _a_day_late(day: Any, facts: Any) -> Any:
    found = evaluator.read_day(day, facts)
    return replace(found, value=found.value + dt.timedelta(days=1)) if isinstance(found.value, dt.date) else found


# faults of what is made of the rules that hold, and the part of a decision they show in

FAULTS_OF_ENTRIES = {
    "a-duty-is-always-open": ("duty", (duties, "_status", lambda *asked: "open")),
    "a-due-day-too-late": ("duty", (duties, "read_day", _a_day_late)),
    "options-are-forgotten": ("option", (assembly, "applied", lambda *asked: iter(()))),
    "nothing-is-forbidden": ("violation", (assembly, "violations", lambda *asked: iter(()))),
}
