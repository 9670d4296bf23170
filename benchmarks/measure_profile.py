"""Where the time of a decision goes: own time by module, from Python's own profiler."""

from __future__ import annotations

import cProfile
import pstats
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import creditrules as cr
from benchmarks import ours
from benchmarks.requests import matters_named, requests
from benchmarks.workload import policy as make_policy
from benchmarks.workload import requests as subjects

_SHOWN = 8


def measure(count: int) -> dict[str, Any]:
    """Profile decisions of Kunshan and of the generated work at 120 rules; the profiler's own cost is in it."""
    kunshan = cr.load("kunshan")
    made = requests(kunshan, min(count, 300), matters=matters_named(kunshan))
    engine, cases = ours.load(make_policy("120")), subjects(count, "120")
    return {
        "kunshan": _by_module(lambda: [kunshan.decide(**one) for one in made]),
        "120 rules": _by_module(lambda: [engine.fetch(*case) for case in cases]),
        "120 rules, explained": _by_module(lambda: [engine.explain(*case) for case in cases[:40]]),
    }


def _by_module(run: Callable[[], object]) -> list[dict[str, Any]]:
    run()  # what is made once does not count
    profiler = cProfile.Profile()
    profiler.runcall(run)
    own: dict[str, float] = defaultdict(float)
    for (path, _, _), (_, _, seconds, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        own[_module(path)] += seconds
    whole = sum(own.values())
    most = sorted(own.items(), key=lambda one: -one[1])[:_SHOWN]
    return [{"name": name, "share": round(seconds / whole, 3)} for name, seconds in most]


def _module(path: str) -> str:
    if path == "~":
        return "built-in functions"
    parts = Path(path).parts
    for root in ("creditrules", "benchmarks"):
        if root in parts:
            place = len(parts) - 1 - parts[::-1].index(root)
            return ".".join(parts[place:]).removesuffix(".py")
    return "code made at load" if path.startswith("<") else "the standard library and others"
