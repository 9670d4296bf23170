"""`creditrules check`: everything wrong in a policy, with the author's words."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditrules.analysis.layers import layer_findings
from creditrules.cli.common import (
    CLEAN,
    COULD_NOT_RUN,
    FOUND,
    finding_json,
    output_options,
    policies_named,
    print_json,
    show_findings,
)
from creditrules.errors import PolicyError
from creditrules.files import policy_files
from creditrules.front import Examined, examine, examine_vocabulary
from creditrules.library import Library
from creditrules.wording import Lang


@click.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@output_options
def check(policies: tuple[str, ...], lang: Lang, as_json: bool) -> None:
    """检查政策文件（名称、路径或整个文件夹，默认全部自带文件），一次列出所有问题。

    Check policies (names, paths or a folder with their layers; all shipped ones if none is given) and show every
    finding at once.

    例 Example: creditrules check policies/kunshan.yaml
    """
    examined: dict[str, Examined] = {}
    for name in policies_named(policies):
        examined |= _examine_folder(Path(name)) if Path(name).is_dir() else {name: _examine(name)}
    if as_json:
        print_json({name: [finding_json(one, lang) for one in found.findings] for name, found in examined.items()})
    else:
        for name, found in examined.items():
            if found.findings:
                show_findings(found.findings, lang)
            click.echo(_summary(name, found, lang))
    unreadable = {"CR111", "CR114", "CR508"}
    codes = {finding.code for found in examined.values() for finding in found.findings}
    sys.exit(COULD_NOT_RUN if codes & unreadable else FOUND if codes else CLEAN)


def _examine_folder(folder: Path) -> dict[str, Examined]:
    """Check every policy of a folder, and what they are to each other."""
    found = {str(path): examine(path) for path in policy_files(folder)}
    if all(one.policy is not None for one in found.values()):
        try:
            together = layer_findings(Library(folder))
        except PolicyError as error:
            together = error.findings
        found[str(folder)] = Examined(None, together)
    return found


def _examine(name: str) -> Examined:
    return examine_vocabulary(name) if Path(name).name == "vocabulary.yaml" else examine(name)


def _summary(name: str, found: Examined, lang: Lang) -> str:
    errors = sum(finding.severity == "error" for finding in found.findings)
    warnings = len(found.findings) - errors
    if found.findings:
        zh = f"{name}：{errors} 处错误，{warnings} 处提醒"
        return zh if lang == "zh" else f"{name}: {errors} errors, {warnings} warnings"
    rules = len(found.policy.model.rules) if found.policy else 0
    zh = f"{name}：没有问题" + (f"，{rules} 条规则" if rules else "")
    return zh if lang == "zh" else f"{name}: nothing found" + (f", {rules} rules" if rules else "")
