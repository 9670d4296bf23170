"""`creditrules decide`: one request, one decision."""

from __future__ import annotations

import datetime as dt
import sys

import click

from creditrules.cli.common import (
    CLEAN,
    UNDETERMINED,
    decided,
    output_options,
    paint,
    print_json,
    refuse,
    request_options,
)
from creditrules.decision import plain
from creditrules.errors import CreditRulesError
from creditrules.render.remedies import remedies_text
from creditrules.render.text import decision_text
from creditrules.render.trace_json import trace_json
from creditrules.wording import Lang


@click.command()
@request_options
@click.option("-v", "--verbose", is_flag=True, help="附上全部推理 / add the whole reasoning")
@click.option("--remedies", is_flag=True, help="附上怎样可以办理 / add what would help")
@output_options
def decide(
    request_file: str,
    policy_name: str | None,
    on: dt.date | None,
    unmask: bool,
    verbose: bool,
    remedies: bool,
    lang: Lang,
    as_json: bool,
) -> None:
    """对一份请求（YAML 或 JSON，- 为标准输入）作出决定。

    Decide one request (YAML or JSON; - is standard input). Exit code 0: a definite outcome, 4: undetermined,
    2: the request could not be read.

    例 Example: creditrules decide examples/kunshan-fiscal-funding.yaml
    """
    try:
        policy, decision = decided(request_file, policy_name, on)
    except CreditRulesError as error:
        refuse(error, lang, as_json)
    if as_json:
        whole = {**decision.to_dict(), "digest": decision.digest}
        if verbose:
            whole["trace"] = trace_json(decision.trace)
        if remedies:
            whole["remedies"] = [plain(one) for one in decision.remedies()]
        print_json(whole)
    else:
        click.echo(decision_text(decision, policy.names(lang), verbose=verbose, unmask=unmask, paint=paint()))
        if remedies:
            click.echo()
            click.echo(remedies_text(decision.outcome, decision.remedies(), policy.names(lang), paint()))
    sys.exit(UNDETERMINED if decision.outcome == "undetermined" else CLEAN)
