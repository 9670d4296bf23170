"""The law that every way of running a policy gives the answer of the reference evaluator."""

from __future__ import annotations

import datetime as dt
from random import Random

from creditrules.decide import decide
from creditrules.decision import Decision
from creditrules.drivers.rete import entries_of
from creditrules.errors import RequestError
from creditrules.testing.laws.law import Bench, Broken, Law, Request, clauses_in, sides
from creditrules.trace import untold_reads


def answer(decision: Decision) -> dict[str, object]:
    """Give all a driver may answer: the keys of the decision's JSON, and in short form the rules that `held`, those
    that `could_not_tell` with what they hang on, `missing_names`, `paper_states`, `requirement_states`, `duty_states`
    and `entries`, a line for each, and `rule_names`, `measure_codes` and `option_codes`. A driver may give some of
    these keys; those it gives are compared."""
    held: list[str] = []
    untold: dict[str, list[str]] = {}
    for step in decision.trace.rules:
        name = step.name if step.paper is None else f"{step.name}@{step.paper}"
        if step.result is True:
            held.append(name)
        elif step.result is None:
            untold[name] = sorted({_name(read.paper, read.fact) for read in untold_reads(step)})
    needs = {(rule, one.met, one.cleanly) for one in decision.requirements for rule in (one.rule, *one.also)}
    papers = [[one.id, one.status, _day(one.from_), _day(one.until)] for one in decision.papers]
    duties = {(one.rule, one.status, _day(one.due), one.document) for one in decision.duties}
    return {
        **decision.to_dict(),
        "held": sorted(held),
        "rule_names": list(dict.fromkeys(one.rule for one in decision.rules)),
        "measure_codes": list(dict.fromkeys(one.code for one in decision.measures)),
        "option_codes": list(dict.fromkeys(one.code for one in decision.options)),
        "could_not_tell": untold,
        "missing_names": sorted(_name(one.document, one.fact) for one in decision.missing),
        "paper_states": papers,
        "requirement_states": sorted(map(list, needs), key=str),
        "duty_states": sorted(map(list, duties), key=str),
        "entries": sorted({str(one) for one in entries_of(decision)}),
    }


def _name(paper: str | None, fact: str) -> str:
    return f"{paper}/{fact}" if paper is not None else fact


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def reference(bench: Bench, request: Request) -> Decision | None:
    """Decide by the reference evaluator; `None` where the request is refused."""
    try:
        read = bench.policy.decide_request(request).request
    except RequestError:
        return None
    return decide((bench.policy.program,), read)


def _agree(bench: Bench, request: Request, chance: Random) -> Broken | None:
    for name in ("policy.decide", *bench.drivers):
        broken = disagreement(bench, request, name)
        if broken is not None:
            return broken
    return None


def disagreement(bench: Bench, asked: Request, name: str) -> Broken | None:
    """Compare one driver with the reference on a request; `policy.decide` is the way the bench decides."""
    wanted = reference(bench, asked)
    if wanted is None:
        return None
    by_reference = answer(wanted)
    try:
        said = bench.decide(asked) if name == "policy.decide" else bench.drivers[name](asked)
    except Exception as error:  # a driver that fails does not agree
        said = {"failed": f"{type(error).__name__}: {error}"}
    if said is None:
        return None
    by_driver = said.to_dict() if isinstance(said, Decision) else dict(said)
    left, right = sides({key: by_reference.get(key) for key in by_driver}, by_driver)
    if not left and not right:
        return None
    clauses = clauses_in(left, right) or clauses_in(by_reference)

    def again(smaller: Request) -> Broken | None:
        return disagreement(bench, smaller, name)

    return Broken(asked, ("reference", left), (name, right), clauses, again)


DRIVERS = Law(
    "drivers-agree",
    "每一种运行方式都给出与参考求值器相同的答案。",
    "Every driver gives the answer of the reference evaluator, or that part of it which it gives at all.",
    "there is one program and one meaning; another driver is only another way to the same answer",
    _agree,
)
