"""`creditrules timeline`: how the answer to one request changes with the days."""

from __future__ import annotations

import datetime as dt
import sys

import click

from creditrules.cli.asking import Asked, request_options
from creditrules.cli.common import CLEAN, Day, paint, print_json
from creditrules.render.timeline import timeline_text
from creditrules.timeline import timeline as intervals_of


@click.command()
@request_options
@click.option("--from", "start", type=Day(), required=True, help="第一日 / first day")
@click.option("--to", "end", type=Day(), required=True, help="最后一日 / last day")
def timeline(asked: Asked, start: dt.date, end: dt.date) -> None:
    """列出一段时间内结论如何自行变化：材料可用或失效、期限届满、文件施行或废止。

    List how the answer changes by itself over a stretch of days: papers become usable or lapse, deadlines pass,
    documents begin and end.

    例 Example: creditrules timeline examples/kunshan-fiscal-funding.yaml --from 2017-01-01 --to 2018-12-31
    """
    front, decision = asked.decided(stand_in=start)
    found = intervals_of(decision.programs, decision.request, start, end) if start <= end else ()
    if asked.as_json:
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
        click.echo(timeline_text(found, front.names(asked.lang), paint()))
    sys.exit(CLEAN)
