"""`creditrules coverage`: every clause of a document, and what in its policy rests on it."""

from __future__ import annotations

import sys

import click

from creditrules.analysis.coverage import ClauseCoverage, Coverage
from creditrules.analysis.coverage import coverage as coverage_of
from creditrules.cli.common import (
    CLEAN,
    FOUND,
    finding_json,
    output_options,
    paint,
    policies_named,
    print_json,
    refuse,
    show_findings,
)
from creditrules.errors import CreditRulesError
from creditrules.front import load
from creditrules.render.layout import padded
from creditrules.wording import Lang

_REASONS = {
    "context": ("背景", "context"),
    "standing": ("经常性义务", "standing duty"),
    "permission": ("许可", "permission"),
    "definition": ("定义", "definition"),
    "goal": ("目标", "goal"),
    "judgement": ("由人判断", "judgement"),
}


@click.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@output_options
def coverage(policies: tuple[str, ...], lang: Lang, as_json: bool) -> None:
    """逐条列出文件的条款由哪些规则表达；有遗漏时退出码为 1。

    List every clause with what expresses it; exit code 1 if one is left out.

    例 Example: creditrules coverage kunshan
    """
    try:
        found = [coverage_of(load(name)) for name in policies_named(policies)]
    except CreditRulesError as error:
        refuse(error, lang, as_json)
    if as_json:
        print_json({one.policy: _json(one, lang) for one in found})
    else:
        for one in found:
            click.echo(_text(one, lang))
            if one.findings:
                show_findings(one.findings, lang)
    sys.exit(FOUND if any(one.findings for one in found) else CLEAN)


def _json(one: Coverage, lang: Lang) -> dict[str, object]:
    clauses = [
        {
            "clause": clause.clause.id,
            "class": clause.clause.class_,
            "ref": clause.clause.citation(lang),
            "state": clause.state,
            "cited_by": list(clause.cited_by),
            "reason": clause.reason or None,
            "why": clause.why.label(lang) if clause.why else None,
        }
        for clause in one.clauses
    ]
    return {"clauses": clauses, "findings": [finding_json(finding, lang) for finding in one.findings]}


def _text(one: Coverage, lang: Lang) -> str:
    zh, colour = lang == "zh", paint()
    lines = [colour(one.policy, "bold")]
    for clause in one.clauses:
        mark = "✗" if clause.state == "hole" else "·" if clause.state == "context" else "✓"
        lines.append(f"{mark} {padded(clause.clause.id, 10)} {padded(clause.clause.class_, 10)} {_how(clause, lang)}")
    counts = {
        state: sum(clause.state == state for clause in one.clauses)
        for state in ("cited", "not_expressed", "context", "hole")
    }
    lines.append(
        f"{one.policy}：{counts['cited']} 条有规则，{counts['not_expressed']} 条说明未表达，"
        f"{counts['context']} 条背景，{counts['hole']} 条遗漏"
        if zh
        else f"{one.policy}: {counts['cited']} cited, {counts['not_expressed']} not expressed with a reason, "
        f"{counts['context']} context, {counts['hole']} left out"
    )
    return "\n".join(lines)


def _how(clause: ClauseCoverage, lang: Lang) -> str:
    zh = lang == "zh"
    said = f"{clause.clause.citation(lang)}{'：' if zh else ': '}{clause.clause.summary(lang)}"
    if clause.cited_by:
        return f"{said}  ← {', '.join(clause.cited_by)}"
    if clause.state == "hole":
        return f"{said}  ← {'没有规则，也没有说明' if zh else 'no rule and no reason'}"
    if clause.state == "context":
        return said
    reason = _REASONS[clause.reason][0 if zh else 1]
    why = f"{'：' if zh else ': '}{clause.why.label(lang)}" if clause.why else ""
    return f"{said}  ({reason}{why})"
