"""The pytest plugin: `pytest policies/` runs case files as tests.

Nothing of creditrules is imported before a case file is met: a YAML file in a folder `cases`, or one named on the
command line, with `policy` and `cases` in it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from creditrules.testing.plugin import PolicyCases

_KEYS = tuple(re.compile(rf"^{key}:", re.MULTILINE) for key in ("policy", "cases"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of this plugin."""
    group = parser.getgroup("creditrules", "creditrules: case files of policies")
    group.addoption(
        "--creditrules-coverage",
        action="store_true",
        help="report which rules, conditions, clauses and date limits the cases reached",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PolicyCases | None:
    """Take a case file."""
    if file_path.suffix != ".yaml":
        return None
    if file_path.parent.name != "cases" and not parent.session.isinitpath(file_path):
        return None
    text = file_path.read_text(encoding="utf-8", errors="replace")
    if not all(key.search(text) for key in _KEYS):
        return None
    from creditrules.testing.plugin import PolicyCases

    found: PolicyCases = PolicyCases.from_parent(parent, path=file_path)
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what the cases reached, where that was asked for."""
    if not config.getoption("creditrules_coverage"):
        return
    from creditrules.testing.plugin import coverage_texts

    terminalreporter.section("creditrules coverage")
    texts = coverage_texts(config)
    for text in texts:
        terminalreporter.write_line(text)
    if not texts:
        terminalreporter.write_line("没有案例 no cases were run")
