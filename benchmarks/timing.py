"""How times are taken: rounds in turn, each request timed by itself, the collector kept out, one core.

In every round each contestant answers its requests once; who begins changes from round to round, so that what the
machine does besides falls on all alike. Of each request the best time of all rounds counts, and of these the median
(`us`). `typical` is the median over rounds of what one round gives; how far it lies above `us` is the noise.
"""

from __future__ import annotations

import gc
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, perf_counter_ns
from typing import Any

FEWEST = 20  # requests, however long they take: with fewer a median says little


@dataclass(frozen=True, slots=True)
class Contestant:
    """Somebody who answers requests: a function and the arguments of each call."""

    name: str
    function: Callable[..., object]
    cases: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Timing:
    """Microseconds for one call, and how they were come by."""

    name: str
    us: float
    typical: float
    requests: int
    rounds: int

    def to_dict(self) -> dict[str, object]:
        """Give the timing as JSON knows it."""
        noise = self.typical / self.us - 1 if self.us else 0.0
        return {
            "name": self.name,
            "us": round(self.us, 3),
            "typical": round(self.typical, 3),
            "noise": round(noise, 2),
            "requests": self.requests,
            "rounds": self.rounds,
        }


def pin_to_one_core() -> int | None:
    """Keep this process on one core, where the system can; gives the core."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def race(contestants: Sequence[Contestant], *, rounds: int, seconds: float) -> list[Timing]:
    """Time contestants in turn; `seconds` is about what one of them may take in one round."""
    cut = [_affordable(one, seconds) for one in contestants]
    best = [[float("inf")] * len(one.cases) for one in cut]
    medians: list[list[float]] = [[] for _ in cut]
    timer = _timer_ns()
    for number in range(rounds):
        for place in _in_turn(len(cut), number):
            times = _round(cut[place])
            medians[place].append(max(0.0, statistics.median(times) - timer))
            best[place] = [min(pair) for pair in zip(best[place], times, strict=True)]
    return [
        Timing(
            one.name,
            max(0.0, statistics.median(times) - timer) / 1000,
            statistics.median(of_rounds) / 1000,
            len(one.cases),
            rounds,
        )
        for one, times, of_rounds in zip(cut, best, medians, strict=True)
    ]


def _in_turn(count: int, number: int) -> list[int]:
    return [(place + number) % count for place in range(count)]


def _affordable(one: Contestant, seconds: float) -> Contestant:
    """Warm up, and keep as many requests as fit into a round."""
    each = 0.0
    for _ in range(2):  # the first time an engine may still get ready for each of its matters
        begin, done = perf_counter(), 0
        for case in one.cases:
            one.function(*case)
            done += 1
            if perf_counter() - begin > seconds:
                break
        each = (perf_counter() - begin) / done
    return Contestant(one.name, one.function, one.cases[: max(FEWEST, int(seconds / each))])


def _round(one: Contestant) -> list[int]:
    function, clock, times = one.function, perf_counter_ns, []
    gc.collect()
    gc.disable()
    try:
        for case in one.cases:
            begin = clock()
            function(*case)
            times.append(clock() - begin)
    finally:
        gc.enable()
    return times


def _timer_ns() -> float:
    """Give what taking the time costs by itself, a call that does nothing included."""
    times = _round(Contestant("nothing", lambda one, two: None, [(None, None)] * 2000))
    return min(times)


def whole(functions: dict[str, Callable[[], object]], rounds: int) -> dict[str, dict[str, float]]:
    """Time whole calls that take long, in turn: the best and the median, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    names = list(functions)
    for number in range(rounds):
        for place in _in_turn(len(names), number):
            gc.collect()
            begin = perf_counter()
            functions[names[place]]()
            times[names[place]].append(perf_counter() - begin)
    return {
        name: {"seconds": round(min(found), 4), "typical": round(statistics.median(found), 4)}
        for name, found in times.items()
    }
