"""How long loading takes, beside PyYAML's C parser on the same text; what the cache saves; memory; a first decision.

    python benchmarks/loading.py [--rules 1200 12000 24000] [--rounds 3] [--starts 11]

Every figure is of a process of its own. Times are of the processor, the best of the rounds; ratios are what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from loading_work import write_policy

FIRST = "policy.decide({'kind': 'company'}, {'code': 'policy_loan'}, [], on='2017-09-01')"
STARTS = {
    "pydantic and yaml": "import pydantic, yaml",
    "creditrules": "import creditrules",
    "a first decision": f"import creditrules; policy = creditrules.load('kunshan', cache=False); {FIRST}",
    "a first decision, cached": f"import creditrules; policy = creditrules.load('kunshan'); {FIRST}",
}


def main() -> None:
    """Measure, and print a table and the ratios."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rules", type=int, nargs="*", default=[1200, 12000, 24000])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--starts", type=int, default=11)
    options.add_argument("--one", nargs=2, metavar=("WHAT", "PATH"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(measured(chosen.one[0], Path(chosen.one[1]))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "CREDITRULES_CACHE": str(folder / "kept")}
        for rules in chosen.rules:
            show_loading(write_policy(folder, rules), rules, chosen.rounds, environment)
        show_starts(chosen.starts, environment)


def measured(what: str, path: Path) -> dict[str, float]:
    """Do one thing once in this process; give its seconds, and the megabytes that came with it."""
    text = path.read_text("utf-8")
    do: Callable[[], object]
    if what in ("events", "nodes", "values"):
        import yaml

        kinds = {"events": lambda: sum(1 for _ in yaml.parse(text, yaml.CSafeLoader))}
        kinds["nodes"] = lambda: yaml.compose(text, yaml.CSafeLoader)  # type: ignore[assignment,return-value]
        kinds["values"] = lambda: yaml.load(text, yaml.CSafeLoader)
        do = kinds[what]
    else:
        import creditrules
        import creditrules.making  # what is read in at import is not what is measured
        import creditrules.records
        from creditrules.yaml_tree import Limits

        limits = Limits(bytes=64_000_000, nodes=8_000_000, rules=50_000)
        cache = None if what.startswith("cached") else False
        if what == "cached, program made":
            do = lambda: creditrules.load(path, limits=limits, cache=cache).program  # noqa: E731
        else:
            do = lambda: creditrules.load(path, limits=limits, cache=cache)  # noqa: E731
    before, begun = memory(), time.process_time()
    kept = do()
    seconds = time.process_time() - begun
    return {"seconds": seconds, "megabytes": memory() - before, "kept": kept is not None}


def memory() -> float:
    """Give the megabytes this process holds, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def show_loading(path: Path, rules: int, rounds: int, environment: dict[str, str]) -> None:
    """Print the times and the memory of one policy."""
    kinds = ("events", "nodes", "values", "load", "cached", "cached, program made")
    best: dict[str, dict[str, float]] = {}
    child([sys.executable, __file__, "--one", "cached", str(path)], environment)  # to fill the cache
    for _ in range(rounds):
        for kind in kinds:
            told = json.loads(child([sys.executable, __file__, "--one", kind, str(path)], environment))
            best[kind] = min(told, best.get(kind, told), key=lambda one: one["seconds"])
    print(f"\n{rules} rules, {path.stat().st_size:,} bytes")
    names = {"events": "yaml.parse", "nodes": "yaml.compose", "values": "yaml.load", "load": "creditrules.load"}
    for kind, one in best.items():
        print(f"  {names.get(kind, kind):22}{one['seconds']:8.3f} s {one['megabytes']:8.1f} MB")
    ours = best["load"]["seconds"]
    for kind in kinds[:3]:
        print(f"  load / {names[kind]:15}{ours / best[kind]['seconds']:8.2f}")
    for kind in kinds[4:]:
        print(f"  {kind + ' / load':22}{best[kind]['seconds'] / ours:8.3f}")
    print(f"  memory a rule         {best['load']['megabytes'] * 1000 / rules:8.2f} kB")


def show_starts(rounds: int, environment: dict[str, str]) -> None:
    """Print what whole processes take, from start to end."""
    times: dict[str, list[float]] = {name: [] for name in STARTS}
    for command in (*STARTS.values(),):  # compile and fill the cache
        child([sys.executable, "-c", command], environment)
    for _ in range(rounds):
        for name, command in STARTS.items():
            begun = time.perf_counter()
            child([sys.executable, "-c", command], environment)
            times[name].append(time.perf_counter() - begun)
    base = sorted(times["pydantic and yaml"])
    print("\nwhole processes      best      median   best/best  median/median")
    for name, taken in times.items():
        taken.sort()
        middle, base_middle = taken[len(taken) // 2], base[len(base) // 2]
        ratios = f"{taken[0] / base[0]:10.2f} {middle / base_middle:10.2f}"
        print(f"  {name:26}{taken[0] * 1000:6.0f} ms {middle * 1000:6.0f} ms {ratios}")


def child(command: list[str], environment: dict[str, str]) -> str:
    """Run a process; give what it printed."""
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
