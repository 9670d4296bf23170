"""Case files as pytest tests: what `pytest_creditrules` calls once there is a case file to run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from creditrules.errors import CreditRulesError
from creditrules.front import Policy, load
from creditrules.render.findings import findings_text
from creditrules.testing.cases import Case, CaseResult, load_cases, run_case
from creditrules.testing.reached import Reached, report_text

REACHED = pytest.StashKey[dict[str, Reached]]()


class PolicyCases(pytest.File):
    """A case file: its policy is loaded once, each case is a test named by its title."""

    def collect(self) -> Iterable[pytest.Item]:
        """Give the cases of the file; a file or policy that cannot be read is an error of its own."""
        try:
            file = load_cases(self.path)
            beside = self.path.parent.parent / f"{file.policy}.yaml"
            policy = load(beside if beside.is_file() else file.policy)
        except CreditRulesError as error:
            raise self.CollectError(findings_text(error.findings, "zh")) from None
        for case in file.cases:
            yield PolicyCase.from_parent(self, name=case.title, case=case, policy=policy)


class CaseFailedError(Exception):
    """A case came out otherwise than expected."""

    def __init__(self, result: CaseResult, policy: Policy) -> None:
        super().__init__(result.case.title)
        self.result, self.policy = result, policy


class PolicyCase(pytest.Item):
    """One case of a policy."""

    def __init__(self, *, case: Case, policy: Policy, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.case, self.policy = case, policy

    def runtest(self) -> None:
        """Decide the case and compare."""
        result = run_case(self.policy, self.case)
        if result.decision is not None and self.config.getoption("creditrules_coverage"):
            reached = self.config.stash.setdefault(REACHED, {})
            name = str(Path(self.policy.source.name))
            reached.setdefault(name, Reached(self.policy)).add(result.decision)
        if not result.passed:
            raise CaseFailedError(result, self.policy)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Show what was expected against what came out, and the reasoning behind it."""
        error = excinfo.value
        if not isinstance(error, CaseFailedError):
            return str(super().repr_failure(excinfo))
        return failure_text(error.result, error.policy)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the test by its title, at its place in the case file."""
        span = self.case.span
        return self.path, span.line - 1 if span is not None else None, self.case.title


def failure_text(result: CaseResult, policy: Policy) -> str:
    """Tell how a case failed: the expectations not met, and the decision with its trace."""
    case = result.case
    place = f"{case.source.name}:{case.span.line}" if case.span is not None else case.source.name
    lines = [f"{place}: {case.title}"]
    for one in result.differences:
        lines.append(f"  {one.key}")
        lines.append(f"    预期 expected: {json.dumps(one.expected, ensure_ascii=False)}")
        lines.append(f"    得到 got:      {json.dumps(one.got, ensure_ascii=False)}")
    if result.findings:
        lines.append(findings_text(result.findings, "zh"))
    if result.decision is not None:
        lines += ["", policy.text(result.decision, "zh", verbose=True)]
    return "\n".join(lines)


def coverage_texts(config: pytest.Config) -> list[str]:
    """Give what the cases run so far reached, a text for each policy."""
    return [report_text(reached.report(), name) for name, reached in sorted(config.stash.get(REACHED, {}).items())]
