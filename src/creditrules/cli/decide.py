"""`creditrules decide`: one request, one decision."""

from __future__ import annotations

import sys

import click

from creditrules.cli.asking import Asked, request_options, unmask_option
from creditrules.cli.common import CLEAN, UNDETERMINED, paint, print_json
from creditrules.decision import plain
from creditrules.render.remedies import remedies_text
from creditrules.render.text import decision_text
from creditrules.render.trace_json import trace_json


@click.command()
@request_options
@click.option("-v", "--verbose", is_flag=True, help="附上全部推理 / add the whole reasoning")
@click.option("--remedies", is_flag=True, help="附上怎样可以办理 / add what would help")
@unmask_option
def decide(asked: Asked, unmask: bool, verbose: bool, remedies: bool) -> None:
    """对一份请求（YAML 或 JSON，- 为标准输入）作出决定。

    Decide one request (YAML or JSON; - is standard input). Exit code 0: a definite outcome, 4: undetermined,
    2: the request could not be read.

    例 Example: creditrules decide examples/kunshan-fiscal-funding.yaml
    """
    policy, decision = asked.decided()
    if asked.as_json:
        whole = {**decision.to_dict(), "digest": decision.digest}
        if verbose:
            whole["trace"] = trace_json(decision.trace)
        if remedies:
            whole["remedies"] = [plain(one) for one in decision.remedies()]
        print_json(whole)
    else:
        click.echo(decision_text(decision, policy.names(asked.lang), verbose=verbose, unmask=unmask, paint=paint()))
        if remedies:
            click.echo()
            click.echo(remedies_text(decision.outcome, decision.remedies(), policy.names(asked.lang), paint()))
    sys.exit(UNDETERMINED if decision.outcome == "undetermined" else CLEAN)
