"""Loading, cold start and memory: what is measured in processes of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import yaml

import creditrules as cr
from benchmarks.as_policy import ON, write
from benchmarks.timing import whole
from benchmarks.workload import in_decision_order, requests
from benchmarks.workload import policy as make_policy

_START = {
    "an empty process": "pass",
    "import pydantic, yaml": "import pydantic, yaml",
    "import creditrules": "import creditrules",
    "import creditrules, first decision of kunshan": (
        "import creditrules as cr\n"
        "cr.load('kunshan').decide({'kind': 'company'}, {'code': 'policy_loan'}, [], on='2019-09-02')"
    ),
}
_MEMORY = """
{code}
import pathlib, re
print(re.search("VmHWM:[^0-9]*([0-9]+) kB", pathlib.Path("/proc/self/status").read_text())[1])
"""


def cold_start(*, rounds: int) -> list[dict[str, Any]]:
    """Time whole processes, from nothing to the end."""
    found = whole({name: partial(_run, code) for name, code in _START.items()}, rounds)
    return [{"name": name, **times} for name, times in found.items()]


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def loading(size: str, *, rounds: int) -> dict[str, Any]:
    """Time the loading of a policy of a size beside what PyYAML's C parser alone needs for the text."""
    with tempfile.TemporaryDirectory() as made:
        path = write(make_policy(size), Path(made))
        text = path.read_text(encoding="utf-8")
        found = whole(
            {
                "PyYAML's C parser, compose": lambda: yaml.compose(text, Loader=yaml.CSafeLoader),
                "creditrules, load": lambda: cr.load(path),
            },
            rounds,
        )
    return {"bytes": len(text.encode()), "loading": [{"name": name, **times} for name, times in found.items()]}


def memory(size: str) -> list[dict[str, Any]]:
    """Measure the most memory a process holds that loads a policy and decides once in each matter (Linux alone)."""
    if not Path("/proc/self/status").exists():
        return []
    with tempfile.TemporaryDirectory() as made:
        work = make_policy(size)
        path = write(work, Path(made))
        cases = {matter: subject for subject, matter in requests(4000, size)}
        (Path(made) / "cases.py").write_text(f"CASES = {cases!r}\n", encoding="utf-8")
        before = f"import sys\nsys.path.insert(0, {made!r})\nfrom cases import CASES\n"
        deciding = (
            f"{before}import creditrules as cr\npolicy = cr.load({str(path)!r})\n"
            f"for matter, subject in CASES.items(): policy.decide(subject, {{'code': matter}}, on={ON.isoformat()!r})"
        )
        source = Path(made) / "by_hand.py"
        source.write_text(_by_hand(work), encoding="utf-8")
        by_hand = f"{before}import by_hand\nfor matter, subject in CASES.items(): by_hand.decide(subject, matter)"
        empty = f"{before}import creditrules"
        return [
            {"name": name, "mb": round(int(_run(_MEMORY.format(code=code))) / 1024, 1)}
            for name, code in (
                ("creditrules imported", empty),
                ("creditrules, loaded", deciding),
                ("plain Python, by hand", by_hand),
            )
        ]


def _by_hand(work: Any) -> str:
    from benchmarks.plain import decide_source
    from benchmarks.workload import STRONGEST_FIRST

    functions = "\n".join(decide_source(name, rules) for name, rules in in_decision_order(work).items())
    table = "FUNCTIONS = {name[7:]: function for name, function in globals().items() if name.startswith('decide_')}"
    end = "def decide(subject, matter): return FUNCTIONS[matter](subject)"
    return f"OUTCOMES = {STRONGEST_FIRST[::-1]!r}\n{functions}\n{table}\n{end}\n"
