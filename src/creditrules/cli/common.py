"""What commands share: options, reading a request, showing findings, and leaving with the right code."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from creditrules.diagnostics import Finding, Findings, advice, errors_in, nearest
from creditrules.errors import CreditRulesError, RequestError
from creditrules.files import decoded, read_source, shipped_policies
from creditrules.front import Decision, Policy, load
from creditrules.library import Library
from creditrules.reading import is_name, iso_date
from creditrules.render.findings import findings_text
from creditrules.render.layout import Paint
from creditrules.request_reader import named_area, named_policy, policy_span
from creditrules.source import Source
from creditrules.wording import Lang
from creditrules.yaml_tree import MapNode, Node, Scalar, json_escapes, yaml_tree

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


def request_options(command: Command) -> Command:
    """Add the request and the options that go with it."""
    command = click.option("--unmask", is_flag=True, help="显示姓名和证件号码 / show names and identity numbers")(
        command
    )
    command = click.option(
        "--on",
        type=Day(),
        default=None,
        help="决定之日，请求里没有时必须给 / the day, if the request has none",
    )(command)
    command = click.option("--policy", "policy_name", default=None, help="政策名或文件 / name or path of the policy")(
        command
    )
    return click.argument("request_file", metavar="REQUEST", default="-")(command)


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


def read_request_file(name: str) -> tuple[Node, Source]:
    """Read a request from a file, or from standard input where the name is `-`."""
    if name == "-":
        source, found = decoded("<stdin>", sys.stdin.buffer.read() if sys.stdin is not None else b"")
    else:
        source, found = read_source(Path(name))
    if source is None:
        raise RequestError(found)
    source = Source(source.name, json_escapes(source.text))
    tree, found = yaml_tree(source)
    if tree is None or errors_in(found):
        raise RequestError(found)
    return tree, source


def policy_for(tree: Node, source: Source, name: str | None) -> Policy:
    """Load the policy given on the command line, or the one the request names."""
    wanted = name or named_policy(tree)
    if wanted is not None and name is None and wanted not in shipped_policies():
        findings = Findings(source)
        help_ = nearest(wanted, shipped_policies()) if is_name(wanted) else None
        findings.report("CR508", policy_span(tree), help_, advice("path-option"), name=wanted[:80])
        raise RequestError(tuple(findings.found))
    if wanted is None:
        findings = Findings(source)
        findings.report("CR507", None, advice("give-policy"))
        raise RequestError(tuple(findings.found))
    return load(wanted)


def policies_named(names: Sequence[str]) -> tuple[str, ...]:
    """Give the policies named, or all shipped ones."""
    return tuple(names) or shipped_policies()


def decided(
    request_file: str,
    policy_name: str | None,
    on: dt.date | None,
    *,
    any_day: bool = False,
    open_matter: bool = False,
) -> tuple[Policy | Library, Decision]:
    """Read a request, load its policy or the documents of its area, and decide; `any_day`: `on` is a mere stand-in
    where the request has no day; `open_matter`: without a matter, the matter is not known yet. Raises
    `CreditRulesError` with the findings."""
    tree, source = read_request_file(request_file)
    if open_matter and isinstance(tree, MapNode) and tree.get("matter") is None:
        unknown = (Scalar("matter", False, None), MapNode((), None))
        tree = MapNode((*tree.entries, unknown), tree.span)
    front: Policy | Library
    if policy_name is None and named_policy(tree) is None and named_area(tree) is not None:
        front = Library()
    else:
        front = policy_for(tree, source, policy_name)
    if any_day and isinstance(tree, MapNode) and tree.get("on") is not None:
        on = None
    return front, front.decide_tree(tree, source, on=on)
