"""Exceptions: a call that cannot go on. Each carries the findings that say why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from creditrules.diagnostics import Finding


class CreditRulesError(Exception):
    """Base of every exception raised on purpose; `findings` tells what is wrong, worst first in the file.

    The text is the findings in Chinese, one a line; `render.findings` shows them with the author's words.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(finding.line("zh") for finding in findings))

    def __reduce__(self) -> tuple[Any, ...]:
        """Send the findings along, from which the text is made, to wherever the exception is raised again."""
        return type(self), (self.findings,)


class PolicyError(CreditRulesError):
    """A policy, vocabulary, outline or case file has mistakes, so nothing was loaded.

    Usual cause: a name spelled otherwise than in the vocabulary. Cure: read `findings`, each points at the words.
    """


class RequestError(CreditRulesError):
    """A request cannot be decided as it stands: a name, a type or a day is wrong, or two facts contradict.

    Usual cause: a fact under the wrong heading, or a date that is no date. Cure: correct the fact the finding names.
    """


class EngineUnavailableError(CreditRulesError):
    """A decision was to be checked by a second engine, and that could not be asked; nothing is known of the check.

    Usual cause: the extra is not installed. Cure: `pip install "creditrules[rete]"`, on Python below 3.13 and with a
    C compiler; or decide without `verify`.
    """


class VerificationError(CreditRulesError):
    """A second engine finds otherwise than our evaluator: one of the two is wrong, and the decision should wait.

    Usual cause: a fault in the evaluator or in the driver. Cure: report `smallest`, the smallest request found that
    shows a difference, with its policy. There is a finding for everything that differs; ours still decides.
    """

    def __init__(self, findings: tuple[Finding, ...], smallest: Mapping[str, object]) -> None:
        super().__init__(findings)
        self.smallest = smallest
        self.args = (f"{self}\n{json.dumps(smallest, ensure_ascii=False)}",)

    def __reduce__(self) -> tuple[Any, ...]:
        """Send the smallest request along, too."""
        return type(self), (self.findings, self.smallest)
