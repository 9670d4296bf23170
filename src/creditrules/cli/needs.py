"""`creditrules needs`: which facts could still change the outcome, as the questions of a form."""

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
from creditrules.errors import CreditRulesError
from creditrules.render.needs import needs_text, question_json
from creditrules.wording import Lang


@click.command()
@request_options
@output_options
def needs(
    request_file: str,
    policy_name: str | None,
    on: dt.date | None,
    unmask: bool,
    lang: Lang,
    as_json: bool,
) -> None:
    """列出还能改变结论的事实，最能决定结论的在前；没有列出的不必收集。

    List the facts that could still change the outcome, the most decisive first; nothing else need be collected.
    In a request without a matter the matter counts as not known yet. Exit code 4 while something is needed.

    例 Example: echo '{}' | creditrules needs - --policy kunshan --on 2017-09-01
    """
    try:
        front, decision = decided(request_file, policy_name, on, open_matter=True)
    except CreditRulesError as error:
        refuse(error, lang, as_json)
    names = front.names(lang)
    if as_json:
        print_json(
            {"outcome": decision.outcome, "questions": [question_json(one, names) for one in decision.missing]}
        )
    else:
        click.echo(needs_text(decision, names, paint()))
    sys.exit(UNDETERMINED if decision.missing else CLEAN)
