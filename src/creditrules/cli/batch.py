"""`creditrules batch`: decide a table of requests, from file to file."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from creditrules.cli.common import CLEAN, FOUND, Day, output_options, print_json, refuse
from creditrules.deciding import Front
from creditrules.errors import CreditRulesError
from creditrules.extras import driver
from creditrules.front import load
from creditrules.library import Library
from creditrules.render.batch import progress_text, summary_text
from creditrules.wording import Lang

_EVERY = 0.2  # seconds between two states of the progress bar


@click.command()
@click.argument("table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="结果文件 / file of answers (.parquet, .csv)"
)
@click.option("--policy", "policy_name", default=None, help="政策名或文件 / name or path of the policy")
@click.option("--area", multiple=True, help="地区，由大到小，可重复 / area, the widest first, repeatable")
@click.option("--on", type=Day(), default=None, help="决定之日，表里没有时必须给 / the day, if the table has none")
@click.option("--documents", type=click.Path(path_type=Path), default=None, help="材料表 / a second table, of papers")
@click.option("--columns", default=None, help="要哪些列，逗号分隔 / columns of the answer, with commas")
@click.option("--keep", default="", help="原样带过去的列，逗号分隔 / columns to carry along, with commas")
@click.option("--consulted", multiple=True, help="已查询的来源，可重复 / source that was asked, repeatable")
@click.option("--workers", type=click.IntRange(1, 256), default=None, help="进程数 / processes, one for each core")
@output_options
def batch(
    table: Path,
    out: Path,
    policy_name: str | None,
    area: tuple[str, ...],
    on: dt.date | None,
    documents: Path | None,
    columns: str | None,
    keep: str,
    consulted: tuple[str, ...],
    workers: int | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """对一张表里的每一行请求作出决定；中断后用同样的命令接着做。

    Decide every row of a table of requests; after an interruption the same command goes on.

    读不懂的行写入 NAME.refused.csv / Rows that cannot be read go to NAME.refused.csv.

    例 Example: creditrules batch requests.parquet --policy kunshan --out answers.parquet
    """
    try:
        front: Front = load(policy_name) if policy_name is not None else Library()
        tables = driver("table", "tables")
        fixed = {"area": list(area), "consulted": list(consulted)}
        asking = tables.ask(front, on, _words(columns) if columns is not None else None, fixed, _words(keep))
        told = _progress(lang)
        count = workers or _cores()
        done = tables.decide_to_file(asking, table, out, documents, again=front.again(), workers=count, told=told)
    except CreditRulesError as error:
        refuse(error, lang, as_json)
    refused = out.with_name(f"{out.stem}.refused.csv")
    found = done.summary
    left = sum(1 for one in done.refused if one.row is None) if documents is not None else 0
    if as_json:
        print_json({**found.to_dict(), "out": str(out), "refused_file": str(refused), "papers_left_over": left})
    else:
        click.echo(summary_text(found, str(out), str(refused), left, front.names(lang)))
    sys.exit(FOUND if found.refused or left else CLEAN)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _cores() -> int:
    """Give the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _progress(lang: Lang) -> Callable[[int, int | None], None] | None:
    """Show how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        return None
    began, shown = time.monotonic(), 0.0
    first: int | None = None

    def told(done: int, total: int | None) -> None:
        nonlocal shown, first
        first = done if first is None else first  # rows of an earlier run are not of this one's speed
        now = time.monotonic()
        if now - shown < _EVERY and done != total:
            return
        shown = now
        line = progress_text(done, total, done - first, now - began, lang)
        click.echo(f"\r\x1b[K{line}", err=True, nl=done == total)

    return told
