"""All measurements, or some of them: `python -m benchmarks --only one explained --sizes 12 120 --quick`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import creditrules as cr
from benchmarks import (
    measure_lane,
    measure_one,
    measure_processes,
    measure_profile,
    measure_shipped,
    measure_shipped_tables,
    measure_tables,
)
from benchmarks.engines import makers
from benchmarks.report import machine_words, tables
from benchmarks.timing import pin_to_one_core
from benchmarks.workload import SIZES

RESULTS = Path(__file__).parent / "results"
PARTS = ("one", "shipped", "tables", "loading", "start", "memory", "profile")
Results = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for, print it, and keep it as JSON."""
    asked = _arguments(arguments)
    path: Path = asked.out
    results: Results = json.loads(path.read_text(encoding="utf-8")) if asked.add and path.exists() else {}
    core = None if asked.all_cores else pin_to_one_core()
    results["machine"] = machine(core)
    command = " ".join(["python -m benchmarks", *(sys.argv[1:] if arguments is None else arguments)])
    before = str(results.get("command", ""))
    results["command"] = command if before in ("", command) else f"{before}; {command}"
    for part in asked.only:
        _PARTS[part](asked, results)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(machine_words(results))
    print(tables(results))
    print(f"kept in {path}; `python -m benchmarks.report` puts it into docs/performance.md")
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="the parts to measure")
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=None, help="numbers of rules")
    parser.add_argument("--quick", action="store_true", help="fewer rules, rows and rounds: a couple of minutes")
    parser.add_argument("--no-peers", action="store_true", help="ours and the baselines by hand alone")
    parser.add_argument("--rows", type=int, default=None, help="rows of a table")
    parser.add_argument("--rounds", type=int, default=None, help="rounds in which the contestants take turns")
    parser.add_argument("--all-cores", action="store_true", help="do not keep the process on one core")
    parser.add_argument("--add", action="store_true", help="keep what the results file has from earlier runs")
    parser.add_argument("--out", type=Path, default=RESULTS / "latest.json", help="the results file")
    asked = parser.parse_args(arguments)
    asked.sizes = asked.sizes or (["12", "120"] if asked.quick else list(SIZES))
    asked.rows = asked.rows or (100_000 if asked.quick else 1_000_000)
    asked.rounds = asked.rounds or (3 if asked.quick else 7)
    asked.seconds = 0.1 if asked.quick else 0.5
    asked.count = 300 if asked.quick else 2000
    return asked


def machine(core: int | None) -> Results:
    """Say on what and with what this was measured."""
    model = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    load = os.getloadavg() if hasattr(os, "getloadavg") else (0.0, 0.0, 0.0)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "pinned": core is not None,
        "load": round(load[0], 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "creditrules": cr.__version__,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "engines": {one.name: one.version or one.absent for one in makers()},
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _one(asked: argparse.Namespace, results: Results) -> None:
    for size in asked.sizes:
        _say(f"one decision, {size} rules")
        results.setdefault("one", {})[size] = measure_one.measure(
            size,
            rounds=asked.rounds,
            seconds=asked.seconds,
            count=asked.count,
            peers=not asked.no_peers,
            say=_say,
        )


def _shipped(asked: argparse.Namespace, results: Results) -> None:
    _say("the shipped policies")
    count = min(asked.count // 3, 300)
    results["shipped"] = measure_shipped.measure(rounds=asked.rounds, seconds=asked.seconds, count=count, say=_say)
    results["shipped_tables"] = measure_shipped_tables.measure(asked.rows, rounds=min(asked.rounds, 5), say=_say)


def _tables(asked: argparse.Namespace, results: Results) -> None:
    for size in asked.sizes:
        _say(f"a table of {asked.rows:,} rows, {size} rules")
        results.setdefault("tables", {})[size] = measure_tables.measure(
            size, asked.rows, rounds=min(asked.rounds, 5), say=_say
        )
    for rows in _row_counts(asked.rows):
        _say(f"a table of {rows:,} rows, 120 rules")
        results.setdefault("rows", {})[str(rows)] = measure_tables.measure("120", rows, rounds=5, say=_say)


def _row_counts(most: int) -> list[int]:
    return [rows for rows in (1_000, 10_000, 100_000, 1_000_000) if rows <= most]


def _loading(asked: argparse.Namespace, results: Results) -> None:
    for size in asked.sizes:
        _say(f"loading, {size} rules")
        rounds = 3 if size != "12000" else 2
        results.setdefault("loading", {})[size] = measure_processes.loading(size, rounds=rounds)


def _start(asked: argparse.Namespace, results: Results) -> None:
    _say("cold start")
    results["start"] = measure_processes.cold_start(rounds=3 * asked.rounds)


def _memory(asked: argparse.Namespace, results: Results) -> None:
    for size in asked.sizes:
        _say(f"memory, {size} rules")
        results.setdefault("memory", {})[size] = measure_processes.memory(size)


def _profile(asked: argparse.Namespace, results: Results) -> None:
    _say("where the time goes")
    results["profile"] = measure_profile.measure(asked.count)
    results["lane"] = {
        size: measure_lane.measure(size, asked.count, rounds=asked.rounds, seconds=asked.seconds)
        for size in asked.sizes
    }


_PARTS = {
    "one": _one,
    "shipped": _shipped,
    "tables": _tables,
    "loading": _loading,
    "start": _start,
    "memory": _memory,
    "profile": _profile,
}
