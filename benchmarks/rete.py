"""How fast the second engine checks: `python benchmarks/rete.py`. Needs the extra `rete`."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import creditrules as cr
from creditrules.drivers.rete import Engine
from creditrules.drivers.rete.encode import encode
from creditrules.testing.cases import cases_of, load_cases


def decisions(policy: cr.Policy) -> list[cr.Decision]:
    """Give the decisions of a policy's cases, without those that are refused."""
    cases = [case for case in load_cases(cases_of(policy)).cases if "refused" not in case.expect]
    return [policy.decide_tree(case.request, case.source) for case in cases]


def _busy(engine: Engine) -> float:
    """Give the processor time of the child so far, in seconds; other load on the machine does not count."""
    fields = Path(f"/proc/{engine.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print, for each shipped policy, the size of its encoding and the times it takes.

    `engine/s` is the median on the clock, with the way there and back; `of CPU` are decisions per second of processor
    time of the child.
    """
    heads = (
        ("rules", 7),
        ("conj.", 7),
        ("rulesets", 10),
        ("encode", 9),
        ("start", 9),
        ("engine/s", 10),
        ("of CPU", 8),
    )
    print(f"{'policy':<10}" + "".join(f"{head:>{width}}" for head, width in heads))
    for name in cr.shipped_policies():
        policy = cr.load(name)
        programs = (policy.program,)
        made = decisions(policy)
        began = time.perf_counter()
        encoding = encode(programs)
        encoded = time.perf_counter() - began
        with Engine() as engine:
            began = time.perf_counter()
            engine.ask(encoding, made[0].request)
            started = time.perf_counter() - began
            asked = []
            busy = _busy(engine)
            for decision in made:
                began = time.perf_counter()
                engine.ask(encoding, decision.request)
                asked.append(time.perf_counter() - began)
            busy = _busy(engine) - busy
        print(
            f"{name:<10}{len(policy.program.rules):>7}{encoding.size:>7}{len(encoding.load['rulesets']):>10}"  # type: ignore[arg-type]
            f"{encoded * 1000:>6.0f} ms{started * 1000:>6.0f} ms"
            f"{1 / statistics.median(asked):>10.0f}{len(made) / busy:>8.0f}"
        )


if __name__ == "__main__":
    main()
