"""Checking a decision by the second engine: nothing is said where the two agree, and everything where they do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from creditrules.contradictions import contradictions
from creditrules.decide import decide
from creditrules.decision import Decision
from creditrules.diagnostics import Finding, Findings, nearest
from creditrules.drivers.rete.client import Engine, shared_engine
from creditrules.drivers.rete.compare import NOTHING, Disagreement, disagreements
from creditrules.drivers.rete.smallest import smallest
from creditrules.drivers.rete.theirs import Said, Theirs, derived
from creditrules.errors import EngineUnavailableError, RequestError, VerificationError
from creditrules.facts import Request
from creditrules.program import Program

ENGINES = ("rete",)
_KINDS: dict[str, str] = {
    "rule": "@the-word-rule",
    "rules": "@the-word-rule",
    "paper": "@paper-test",
    "rung": "@outcome-test",
    "outcome": "@the-outcome",
    "possible": "@the-outcome",
    "status": "@paper-status",
    "use": "@paper-use",
    "document": "@the-document",
    "requirement": "@the-requirement",
    "measure": "@a-measure",
    "option": "@the-option",
    "weight": "@what-is-weighed",
    "referral": "@the-referral",
    "duty": "@the-duty",
    "violation": "@the-violation",
    "conflict": "@the-conflict",
    "difference": "@the-difference",
    "untold": "@what-is-untold",
}
_SAID = {
    True: "@said-held",
    False: "@said-failed",
    None: "@said-untold",
    "both": "@said-both",
    NOTHING: "@said-nothing",
}


def verify(
    programs: tuple[Program, ...],
    decision: Decision,
    by: str | Engine = "rete",
    again: Callable[[Request], Decision] | None = None,
) -> Theirs:
    """Check a decision by a second engine: gives what that derived where everything agrees.

    `by` is the engine's name, or an `Engine` of the caller's own; `again` decides a smaller request the way this one
    was decided (if not given: by the evaluator). Raises `VerificationError` where anything differs,
    `EngineUnavailableError` where the engine could not be asked, `RequestError` where there is no such engine.
    """
    engine = engine_named(by)
    theirs = derived(engine, programs, decision.request)
    found = disagreements(theirs, decision)
    if not found:
        return theirs
    try:
        least = smallest(decision.request, lambda request: _differs(engine, programs, request, again))
    except EngineUnavailableError:  # it found a difference and then went away: that is still to be said
        least = replace(decision.request, identity={})
    request = {key: value for key, value in json.loads(least.text).items() if value != [] or key != "consulted"}
    raise VerificationError(_findings(found), request)


def engine_named(by: str | Engine) -> Engine:
    """Give the engine of a name: the one that all callers share."""
    if isinstance(by, Engine):
        return by
    if by not in ENGINES:
        findings = Findings()
        findings.report("CR306", None, nearest(str(by), ENGINES), spot="verify", text=by, place="@engine-name")
        raise RequestError(tuple(findings.found))
    return shared_engine()


def _differs(
    engine: Engine, programs: tuple[Program, ...], request: Request, again: Callable[[Request], Decision] | None
) -> bool:
    if any(contradictions(program, request) for program in programs):
        return False
    try:
        decision = decide(programs, request) if again is None else again(request)
    except RequestError:
        return False
    return bool(disagreements(derived(engine, programs, request), decision))


def _findings(found: tuple[Disagreement, ...]) -> tuple[Finding, ...]:
    findings = Findings()
    for one in found:
        name = one.name if one.document in (None, one.name) else f"{one.name} ({one.document})"
        ours, theirs = _said(one.ours), _said(one.theirs)
        findings.report("CR520", None, kind=_KINDS[one.kind], name=name, ours=ours, theirs=theirs)
    return tuple(findings.found)


def _said(said: Said) -> str:
    return _SAID[said] if said in _SAID else str(said)
