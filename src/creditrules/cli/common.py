"""What commands share: options, reading a request, showing findings, and leaving with the right code."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import click

from creditrules.diagnostics import Finding
from creditrules.errors import CreditRulesError
from creditrules.files import shipped_policies
from creditrules.reading import iso_date
from creditrules.render.findings import findings_text
from creditrules.render.layout import Paint
from creditrules.wording import Lang

CLEAN, FOUND, COULD_NOT_RUN, UNDETERMINED = 0, 1, 2, 4
Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[dt.date]):
    """A date such as 2021-06-01."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        day = value if isinstance(value, dt.date) else iso_date(str(value))
        if day is None:
            self.fail(f"{value!r}: 写成 2021-06-01 / write a date such as 2021-06-01", param, ctx)
        return day


def output_options(command: Command) -> Command:
    """Add `--lang` and `--json`."""
    command = click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")(command)
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language"
    )(command)


def paint() -> Paint:
    """Colour only on a terminal."""
    return Paint(sys.stdout.isatty() and "NO_COLOR" not in os.environ)


def finding_json(finding: Finding, lang: Lang) -> dict[str, object]:
    """Give a finding as JSON."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message(lang),
        "file": finding.source.name if finding.source else None,
        "line": finding.span.line if finding.span else None,
        "column": finding.span.column if finding.span else None,
        "where": finding.spot or None,
        "help": [advice_.text(lang) for advice_ in finding.help],
    }


def print_json(value: object) -> None:
    """Print JSON for people and programs: keys sorted, indented."""
    click.echo(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2))


def show_findings(findings: Sequence[Finding], lang: Lang, *, err: bool = False) -> None:
    """Print findings with the author's words underlined."""
    stream = sys.stderr if err else sys.stdout
    click.echo(findings_text(findings, lang, Paint(stream.isatty() and "NO_COLOR" not in os.environ)), err=err)


def refuse(error: CreditRulesError, lang: Lang, as_json: bool) -> NoReturn:
    """Show why a call cannot go on, and leave."""
    if as_json:
        print_json({"findings": [finding_json(finding, lang) for finding in error.findings]})
    else:
        show_findings(error.findings, lang, err=True)
    sys.exit(COULD_NOT_RUN)


def policies_named(names: Sequence[str]) -> tuple[str, ...]:
    """Give the policies named, or all shipped ones."""
    return tuple(names) or shipped_policies()
