"""`creditrules timeline`: how the answer to one request changes with the days."""

from __future__ import annotations

import datetime as dt
import sys

import click

from creditrules.cli.common import (
    CLEAN,
    Day,
    decided,
    output_options,
    paint,
    print_json,
    refuse,
    request_options,
)
from creditrules.errors import CreditRulesError
from creditrules.render.timeline import timeline_text
from creditrules.timeline import timeline as intervals_of
from creditrules.wording import Lang


@click.command()
@request_options
@click.option("--from", "start", type=Day(), required=True, help="第一日 / first day")
@click.option("--to", "end", type=Day(), required=True, help="最后一日 / last day")
@output_options
def timeline(
    request_file: str,
    policy_name: str | None,
    on: dt.date | None,
    unmask: bool,
    start: dt.date,
    end: dt.date,
    lang: Lang,
    as_json: bool,
) -> None:
    """列出一段时间内结论如何自行变化：材料可用或失效、期限届满、文件施行或废止。

    List how the answer changes by itself over a stretch of days: papers become usable or lapse, deadlines pass,
    documents begin and end.

    例 Example: creditrules timeline examples/kunshan-fiscal-funding.yaml --from 2017-01-01 --to 2018-12-31
    """
    try:
        front, decision = decided(request_file, policy_name, on or start, any_day=True)
    except CreditRulesError as error:
        refuse(error, lang, as_json)
    found = intervals_of(decision.programs, decision.request, start, end) if start <= end else ()
    if as_json:
        print_json(
            [
                {
                    "first": one.first.isoformat(),
                    "last": one.last.isoformat(),
                    "outcome": one.decision.outcome,
                    "changes": [
                        {"kind": change.kind, "what": change.what, "before": change.before, "after": change.after}
                        for change in one.changes
                    ],
                }
                for one in found
            ]
        )
    else:
        click.echo(timeline_text(found, front.names(lang), paint()))
    sys.exit(CLEAN)
