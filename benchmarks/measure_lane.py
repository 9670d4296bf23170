"""Where the time of the fastest decisions goes: the function of a shape of request, cut off after each piece."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any
from unittest import mock

from benchmarks import ours
from benchmarks.timing import Contestant, race
from benchmarks.workload import policy as make_policy
from benchmarks.workload import requests
from creditrules.drivers.python import lanes

Made = tuple[tuple[str, ...], list[ast.stmt], dict[str, Any]]
_MADE = 10  # statements that make the decision, at the end


def measure(size: str, count: int, *, rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Give the share of each piece of `policy.decide` at a size, for requests that go down a lane."""
    known: dict[Any, Made] = {}
    make = lanes.function

    def noted(arguments: tuple[str, ...], body: list[ast.stmt], names: dict[str, Any]) -> Callable[..., Any]:
        function = make(arguments, body, names)
        known[function] = arguments, body, names
        return function

    cases = [(subject, {"code": matter}) for subject, matter in requests(count, size)]
    with mock.patch.object(lanes, "function", noted):
        engine = ours.load(make_policy(size))
        for subject, matter in cases:
            engine.policy.decide(subject, matter, on=ours.ON)
    functions = engine.policy.engine.lanes["all"]

    def until(cut: Callable[[list[ast.stmt]], int]) -> Callable[..., object]:
        cut_off: dict[object, Callable[..., object]] = {}
        for code, function in functions.items():
            arguments, body, names = known[function]
            cut_off[code] = make(arguments, body[: cut(body)] or [ast.Pass()], dict(names))
        return lambda subject, matter: cut_off[matter["code"]](subject, matter, ours.ON)

    pieces: dict[str, Callable[..., object]] = {
        "a call that does nothing": until(lambda _: 0),
        "the shape is looked at": until(lambda _: 2),
        "the values are fetched": until(lambda _: 3),
        "they are checked, dates and lists looked up": until(lambda body: len(body) - _MADE + 1),
        "what they leave of the rules": until(lambda body: len(body) - _MADE + 2),
        "the decision is made": lambda subject, matter: functions[matter["code"]](subject, matter, ours.ON),
        "`policy.decide` around it": lambda subject, matter: engine.policy.decide(subject, matter, on=ours.ON),
    }
    timed = race([Contestant(*piece, cases) for piece in pieces.items()], rounds=rounds, seconds=seconds)
    whole, before, shares = timed[-1].us, 0.0, []
    for one in timed:
        shares.append({"name": one.name, "share": round((one.us - before) / whole, 3)})
        before = one.us
    return shares
