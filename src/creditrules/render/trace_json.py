"""A trace as JSON: the same tree, each node with its result, the values read, its clauses and place."""

from __future__ import annotations

from creditrules.canonical import json_value
from creditrules.decision import Trace
from creditrules.trace import Read, Step, Truth

_RESULTS: dict[Truth, str] = {True: "held", False: "did_not_hold", None: "could_not_tell"}


def trace_json(trace: Trace) -> dict[str, object]:
    """Give a trace as plain dicts and lists."""
    return {
        "outcome": [step_json(step) for step in trace.rungs],
        "papers": [step_json(step) for step in trace.papers],
        "rules": [step_json(step) for step in trace.rules],
    }


def step_json(step: Step) -> dict[str, object]:
    """Give one step and everything under it."""
    whole: dict[str, object] = {"kind": step.kind, "result": _RESULTS[step.result]}
    if step.name:
        whole["name"] = step.name
    if step.paper is not None:
        whole["document"] = step.paper
    if step.clauses:
        whole["clauses"] = list(step.clauses)
    span = getattr(step.node, "span", None)
    if span is not None:
        whole["at"] = {"line": span.line, "column": span.column}
    if step.reads:
        whole["reads"] = [_read_json(read) for read in step.reads]
    if step.parts:
        whole["parts"] = [step_json(part) for part in step.parts]
    return whole


def _read_json(read: Read) -> dict[str, object]:
    value = None if read.value is None else json_value(read.value)
    return {"fact": read.fact, "document": read.paper, "value": value, "origin": read.origin}
