"""`creditrules needs`: which facts could still change the outcome, as the questions of a form."""

from __future__ import annotations

import sys

import click

from creditrules.cli.asking import Asked, request_options
from creditrules.cli.common import CLEAN, UNDETERMINED, paint, print_json
from creditrules.render.needs import needs_text, question_json


@click.command()
@request_options
def needs(asked: Asked) -> None:
    """列出还能改变结论的事实，最能决定结论的在前；没有列出的不必收集。

    List the facts that could still change the outcome, the most decisive first; nothing else need be collected.
    In a request without a matter the matter counts as not known yet. Exit code 4 while something is needed.

    例 Example: echo '{}' | creditrules needs - --policy kunshan --on 2017-09-01
    """
    front, decision = asked.decided(open_matter=True)
    names = front.names(asked.lang)
    if asked.as_json:
        print_json(
            {"outcome": decision.outcome, "questions": [question_json(one, names) for one in decision.missing]}
        )
    else:
        click.echo(needs_text(decision, names, paint()))
    sys.exit(UNDETERMINED if decision.missing else CLEAN)
