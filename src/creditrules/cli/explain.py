"""`creditrules explain`: why a decision came out as it did, and why rules did not apply."""

from __future__ import annotations

import sys

import click

from creditrules.cli.asking import Asked, request_options, unmask_option
from creditrules.cli.common import CLEAN, paint, print_json, refuse
from creditrules.diagnostics import Findings, nearest
from creditrules.errors import CreditRulesError
from creditrules.render.reasoning import reasoning_text
from creditrules.render.text import decision_text
from creditrules.render.trace_json import step_json, trace_json


@click.command()
@request_options
@click.option("--rule", default=None, metavar="ID", help="只说明这一条规则 / explain this rule alone")
@unmask_option
def explain(asked: Asked, unmask: bool, rule: str | None) -> None:
    """说明一份请求的决定：每条规则成立与否、差在哪里，最接近成立的在前。

    Explain a decision: every rule of the matter, whether it held, and what kept it from holding, the nearest first.

    例 Example: creditrules explain examples/kunshan-fiscal-funding.yaml --rule review-or-report-for-funds
    """
    policy, decision = asked.decided()
    names = policy.names(asked.lang)
    known = [one.id.text for model in names.policies.values() for one in model.rules]
    rule = rule.rpartition(":")[2] if rule is not None else None
    if rule is not None and rule not in known:
        findings = Findings()
        findings.report("CR205", None, nearest(rule, known), spot="--rule", name=rule, kind="@the-word-rule")
        refuse(CreditRulesError(tuple(findings.found)), asked.lang, asked.as_json)
    if asked.as_json:
        steps = [step for step in decision.trace.rules if rule is None or step.name.endswith(f":{rule}")]
        print_json(trace_json(decision.trace) if rule is None else [step_json(step) for step in steps])
    elif rule is None:
        click.echo(decision_text(decision, names, verbose=True, unmask=unmask, paint=paint()))
    else:
        text = reasoning_text(decision, names, paint(), rule)
        click.echo(
            text
            or names.pick(
                "这条规则不涉及这份请求：事项不符、没有材料，或文件不适用",
                "this rule does not speak to the request: another matter, no paper, or the document does not apply",
            )
        )
    sys.exit(CLEAN)
