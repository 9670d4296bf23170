"""What tests of the second engine share: whether it is there, policies and requests, children and faults."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from conftest import ROOT

import creditrules as cr
from creditrules import evaluator, rules
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
