"""One decision of the generated work, bare and with its explanation: ours, by hand, and the peers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import creditrules as cr
from benchmarks import ours
from benchmarks.engines import Maker, check, makers
from benchmarks.timing import Contestant, race
from benchmarks.workload import policy as make_policy
from benchmarks.workload import requests

BASE = "plain Python, by hand"
Say = Callable[[str], None]


def measure(size: str, *, rounds: int, seconds: float, count: int, peers: bool, say: Say) -> dict[str, Any]:
    """Time one decision at a size, without and with the explanation."""
    work, cases = make_policy(size), requests(count, size)
    contestants, explaining = _ours(work, cases, say)
    for maker in makers() if peers else makers(("plain",)):
        engine = _load(maker, work, cases, say)
        if engine is None:
            continue
        if hasattr(engine, "decide"):
            contestants.append(Contestant(maker.name, engine.decide, cases))
        if hasattr(engine, "explain"):
            explaining.append(Contestant(maker.name, engine.explain, cases))
    return {
        "one": [one.to_dict() for one in race(contestants, rounds=rounds, seconds=seconds)],
        "explained": [one.to_dict() for one in race(explaining, rounds=rounds, seconds=seconds)],
        "unavailable": {one.name: one.absent for one in makers() if one.absent},
    }


def _load(maker: Maker, work: Any, cases: Any, say: Say) -> Any:
    if maker.absent:
        say(f"  {maker.name}: not here ({maker.absent})")
        return None
    engine = maker.load(work)
    check(maker.name, engine, work, cases[:50])
    return engine


def _ours(work: Any, cases: Any, say: Say) -> tuple[list[Contestant], list[Contestant]]:
    engine = ours.load(work)
    check("creditrules", engine, work, cases[:20])
    models = [(cr.Subject(**subject), cr.Matter(code=matter)) for subject, matter in cases]
    texts = [(ours.as_json(subject, matter),) for subject, matter in cases]
    bare = [
        Contestant("creditrules", engine.decide, cases),
        Contestant("creditrules, decision left as it is", engine.fetch, cases),
        Contestant("creditrules, pydantic models", engine.decide_model, models),
        Contestant("creditrules, JSON text", engine.decide_json, texts),
    ]
    explaining = [
        Contestant("creditrules", engine.explain, cases),
        Contestant("creditrules, explanation left as it is", engine.explanation, cases),
        Contestant("creditrules, whole trace", engine.trace, cases),
    ]
    if ours.can_check_read():
        reading = ours.Engine(engine.policy, work, check_read=True)
        check('creditrules, check="read"', reading, work, cases[:20])
        bare.insert(1, Contestant('creditrules, check="read"', reading.decide, cases))
        explaining.insert(1, Contestant('creditrules, check="read"', reading.explain, cases))
    else:
        say('  creditrules has no check="read" yet: no row for it')
    return bare, explaining
