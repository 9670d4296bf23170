"""`creditrules mutate`: change a policy one thing at a time, and list the changes that no case notices."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditrules.cli.common import (
    CLEAN,
    COULD_NOT_RUN,
    FOUND,
    output_options,
    paint,
    policies_named,
    print_json,
    refuse,
)
from creditrules.errors import CreditRulesError
from creditrules.front import load
from creditrules.testing.cases import cases_of
from creditrules.testing.mutation.accepted import accepted_of
from creditrules.testing.mutation.bench import CasesFailError
from creditrules.testing.mutation.edits import KINDS
from creditrules.testing.mutation.mutation import DEFAULT_REQUESTS, Mutation, Plan, mutate
from creditrules.testing.mutation.report import mutation_json, mutation_table, mutation_text
from creditrules.wording import Lang


@click.command("mutate")
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@click.option("--cases", "case_file", type=click.Path(path_type=Path), default=None, help="案例文件 / case file")
@click.option(
    "--only", multiple=True, metavar="NAME", help="只改此规则、术语或设定 / only this rule, term or setting"
)
@click.option("--kinds", multiple=True, type=click.Choice(KINDS), help="只作此类改动 / only changes of this kind")
@click.option(
    "--sample", type=click.IntRange(1), default=None, help="至多抽取几处改动 / at most so many changes, drawn"
)
@click.option(
    "--seconds", type=click.FloatRange(0), default=None, help="每份政策的时限 / time limit, for each policy"
)
@click.option("--requests", type=click.IntRange(0), default=DEFAULT_REQUESTS, show_default=True,
              help="每处改动至多试几个请求 / requests tried at most, for each change")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="抽取的种子 / seed of what is drawn")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="并行进程数 / processes")
@click.option("--at-least", "at_least", type=click.FloatRange(0, 100), default=None, metavar="PERCENT",
              help="发现率低于此数时也算未过 / fail, too, if fewer per cent are noticed")  # fmt: skip
@click.option("--table", is_flag=True, help="输出 Markdown 表 / print a table in Markdown")
@output_options
def mutate_command(
    policies: tuple[str, ...],
    case_file: Path | None,
    only: tuple[str, ...],
    kinds: tuple[str, ...],
    sample: int | None,
    seconds: float | None,
    requests: int,
    seed: int,
    jobs: int,
    at_least: float | None,
    table: bool,
    lang: Lang,
    as_json: bool,
) -> None:
    """每次只改政策的一处，看有没有案例发现；列出没有案例发现的改动，以及能发现它的案例。

    Change one thing in a policy at a time, and list the changes that no case notices, each with a case that would.

    例 Example: creditrules mutate kunshan --only commitment-form
    """
    plan = Plan(only, tuple(kind for kind in KINDS if kind in kinds), sample, seconds, seed, requests)
    done: list[Mutation] = []
    for name in policies_named(policies):
        try:
            policy = load(name)
            cases = case_file or cases_of(policy)
            accepted = accepted_of(policy)
            done.append(mutate(policy, cases, plan, accepted, jobs=jobs))
        except CreditRulesError as error:
            refuse(error, lang, as_json)
        except CasesFailError as error:
            _cases_fail(name, error, lang)
        if not as_json and not table:
            click.echo(mutation_text(done[-1], policy, lang, paint()))
    if as_json:
        print_json({one.policy: mutation_json(one) for one in done})
    elif table:
        click.echo(mutation_table(done, lang))
    short = at_least is not None and any(one.rate * 100 < at_least for one in done)
    sys.exit(FOUND if short or any(one.unexplained or one.stale for one in done) else CLEAN)


def _cases_fail(name: str, error: CasesFailError, lang: Lang) -> None:
    """Say that the cases have to pass before they can judge, and leave."""
    first = "、".join(error.titles[:3]) if lang == "zh" else "; ".join(error.titles[:3])
    click.echo(
        f"{name}：{len(error.titles)} 个案例本来就不通过，先用 `creditrules test` 改好：{first}"
        if lang == "zh"
        else f"{name}: {len(error.titles)} cases fail already, mend them first (`creditrules test`): {first}",
        err=True,
    )
    sys.exit(COULD_NOT_RUN)
