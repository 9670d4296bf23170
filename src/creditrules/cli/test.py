"""`creditrules test`: run the cases of policies."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from creditrules.cli.common import (
    CLEAN,
    FOUND,
    output_options,
    paint,
    policies_named,
    print_json,
    refuse,
)
from creditrules.errors import CreditRulesError
from creditrules.front import load
from creditrules.render.findings import findings_text
from creditrules.testing.cases import CaseResult, cases_of, load_cases, run_cases
from creditrules.wording import Lang


@click.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@click.option("--cases", "case_file", type=click.Path(path_type=Path), default=None, help="案例文件 / case file")
@output_options
def test(policies: tuple[str, ...], case_file: Path | None, lang: Lang, as_json: bool) -> None:
    """运行政策的案例，列出预期与结果不同之处。

    Run the cases of policies and show where expected and got differ.

    例 Example: creditrules test kunshan
    """
    results: dict[str, tuple[CaseResult, ...]] = {}
    try:
        for name in policies_named(policies):
            policy = load(name)
            results[policy.id] = run_cases(policy, load_cases(case_file or cases_of(policy)))
    except CreditRulesError as error:
        refuse(error, lang, as_json)
    failed = {name: [one for one in ran if not one.passed] for name, ran in results.items()}
    if as_json:
        print_json({name: [_case_json(one) for one in ran] for name, ran in results.items()})
    else:
        for name, ran in results.items():
            for one in failed[name]:
                click.echo(_failure(one, lang))
            passed = len(ran) - len(failed[name])
            click.echo(
                f"{name}：{passed} 个案例通过，{len(failed[name])} 个不符"
                if lang == "zh"
                else f"{name}: {passed} passed, {len(failed[name])} failed"
            )
    sys.exit(FOUND if any(failed.values()) else CLEAN)


def _case_json(result: CaseResult) -> dict[str, object]:
    differences = [{"key": one.key, "expected": one.expected, "got": one.got} for one in result.differences]
    return {"title": result.case.title, "passed": result.passed, "differences": differences}


def _failure(result: CaseResult, lang: Lang) -> str:
    case, colour = result.case, paint()
    where = f"{case.source.name}:{case.span.line}" if case.span else case.source.name
    expected, got = ("预期", "得到") if lang == "zh" else ("expected", "got")
    lines = [f"{where}: {colour(case.title, 'bold')}"]
    if result.findings:
        lines.append(findings_text(result.findings, lang, colour))
    for one in result.differences:
        lines.append(f"  {one.key}")
        lines.append(f"    {expected}: {colour(json.dumps(one.expected, ensure_ascii=False), 'green')}")
        lines.append(f"    {got}: {colour(json.dumps(one.got, ensure_ascii=False), 'red')}")
    return "\n".join(lines)
