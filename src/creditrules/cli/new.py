"""`creditrules new`: the first files of a new city."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from creditrules.cli.common import CLEAN, COULD_NOT_RUN, Day
from creditrules.reading import is_name
from creditrules.scaffold import scaffold
from creditrules.wording import Lang


@click.command()
@click.argument("name", metavar="CITY")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("policies"), show_default=True, help="文件夹 / folder"
)
@click.option("--from", "start", type=Day(), required=True, help="施行第一日 / first day in force")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language")
def new(name: str, folder: Path, start: dt.date, lang: Lang) -> None:
    """为新的城市写下可填写的提纲、政策和案例；接下来由 check、coverage、test 带路。

    Lay out outline, policy and cases of a new city to fill in; check, coverage and test lead on from there.

    例 Example: creditrules new qinghe --from 2022-01-01
    """
    zh = lang == "zh"
    if not is_name(name):
        click.echo(f"`{name}` 不能作名称" if zh else f"`{name}` cannot be a name", err=True)
        sys.exit(COULD_NOT_RUN)
    try:
        paths = scaffold(name, folder, start)
    except OSError as error:
        wrong = error.filename or error.args[0]
        click.echo(
            f"没有写：`{wrong}` 已经存在或不能写" if zh else f"nothing written: `{wrong}` is there already", err=True
        )
        sys.exit(COULD_NOT_RUN)
    for path in paths:
        click.echo(path)
    target = folder / f"{name}.yaml"
    for command in ("check", "coverage", "test"):
        click.echo(f"  creditrules {command} {target}")
    sys.exit(CLEAN)
