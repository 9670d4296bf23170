"""Saying that the second engine could not be asked, and why."""

from __future__ import annotations

from creditrules.diagnostics import Advice, Findings
from creditrules.errors import EngineUnavailableError


def unavailable(why: str, *help: Advice) -> EngineUnavailableError:
    """Give the exception for one of the reasons in `wording`, such as `engine-missing`."""
    findings = Findings()
    findings.report("CR521", None, *help, why=f"@{why}")
    return EngineUnavailableError(tuple(findings.found))
