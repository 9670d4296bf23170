"""`creditrules verify`: have a second engine derive decisions again, and show where the two differ."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import click

from creditrules.cli.asking import policy_for, read_request_file
from creditrules.cli.common import (
    CLEAN,
    COULD_NOT_RUN,
    FOUND,
    finding_json,
    output_options,
    paint,
    print_json,
    show_findings,
)
from creditrules.drivers.rete import Engine
from creditrules.errors import CreditRulesError, EngineUnavailableError, RequestError, VerificationError
from creditrules.files import shipped_folder, shipped_policies
from creditrules.front import Policy, load
from creditrules.library import Library
from creditrules.request_reader import named_area, named_policy
from creditrules.source import Source
from creditrules.testing.cases import load_cases
from creditrules.tree import MapNode, Node
from creditrules.wording import Lang

_ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request to be checked: where it stands, and by what it is decided. `may_be_refused`: it is a case."""

    where: str
    tree: Node
    source: Source
    policy: str | None
    may_be_refused: bool


@dataclass(slots=True)
class _Tally:
    """How the requests went."""

    same: int = 0
    refused: int = 0
    failed: int = 0

    def text(self, differ: int, lang: Lang) -> str:
        whole = self.same + differ
        if lang == "zh":
            more = f"，{self.refused} 个按预期被拒绝" if self.refused else ""
            more += f"，{self.failed} 个没有核对" if self.failed else ""
            return f"核对 {whole} 份请求：{self.same} 份一致，{differ} 份不同{more}"
        more = f", {self.refused} refused as expected" if self.refused else ""
        more += f", {self.failed} not checked" if self.failed else ""
        requests = "1 request" if whole == 1 else f"{whole} requests"
        agree = "1 agrees" if self.same == 1 else f"{self.same} agree"
        differs = "1 differs" if differ == 1 else f"{differ} differ"
        return f"{requests} checked: {agree}, {differs}{more}"


@click.command()
@click.argument("requests", nargs=-1, metavar="[REQUESTS]...")
@click.option("--policy", "policy_name", default=None, help="政策名或文件 / name or path of the policy")
@output_options
def verify(requests: tuple[str, ...], policy_name: str | None, lang: Lang, as_json: bool) -> None:
    """用第二引擎重新推导请求、案例文件或文件夹里的请求（默认是随附政策的全部案例），列出与我们不同之处和最小的请求。

    Have a second engine derive requests again: request files, case files or folders of them (by default the cases of
    the shipped policies). Shows where the two differ, with the smallest request. Needs the extra `rete`.

    例 Example: creditrules verify examples/kunshan-fiscal-funding.yaml
    """
    tally = _Tally()
    differing: list[tuple[str, VerificationError]] = []
    wrong: list[tuple[str, CreditRulesError]] = []
    asked: list[_Asked] = []
    for name in requests or _shipped_cases():
        try:
            asked += _requests_in(name, policy_name)
        except CreditRulesError as error:
            wrong.append((name, error))
    with Engine() as engine, _progress(asked, as_json) as shown:
        for one in shown:
            try:
                _check(one, engine)
            except VerificationError as error:
                differing.append((one.where, error))
            except EngineUnavailableError as error:
                wrong.append((one.where, error))
                break  # it will not be there for the others either
            except RequestError as error:
                if one.may_be_refused:
                    tally.refused += 1
                else:
                    wrong.append((one.where, error))
            except CreditRulesError as error:
                wrong.append((one.where, error))
            else:
                tally.same += 1
    tally.failed = len(asked) - tally.same - tally.refused - len(differing)
    _show(tally, differing, wrong, lang, as_json)
    sys.exit(FOUND if differing else COULD_NOT_RUN if wrong else CLEAN)


def _shipped_cases() -> tuple[str, ...]:
    return tuple(str(shipped_folder() / "cases" / f"{name}.yaml") for name in shipped_policies())


def _requests_in(name: str, policy: str | None) -> Iterator[_Asked]:
    """Give the requests of a file, of a case file, or of all such files in a folder."""
    path = Path(name)
    if path.is_dir():
        for file in sorted(one for one in path.rglob("*") if one.suffix in _ENDINGS):
            yield from _requests_in(str(file), policy)
        return
    tree, source = read_request_file(name)
    if not isinstance(tree, MapNode) or tree.get("cases") is None:
        yield _Asked(source.name, tree, source, policy, False)
        return
    read = load_cases(path)
    decides = policy or _beside(path, read.policy)
    for case in read.cases:
        where = f"{source.name}:{case.span.line}" if case.span else source.name
        yield _Asked(f"{where}: {case.title}", case.request, case.source, decides, "refused" in case.expect)


def _beside(cases: Path, policy: str) -> str:
    """Give the policy of a case file: the one beside its folder, or the shipped one of that name."""
    path = cases.parent.parent / f"{policy}.yaml"
    return str(path) if path.is_file() else policy


def _check(asked: _Asked, engine: Engine) -> None:
    """Read a request as it stands, then decide it as a caller's mapping would be, and have that checked."""
    front: Policy | Library
    area = named_area(asked.tree)
    if asked.policy is None and named_policy(asked.tree) is None and area is not None:
        front = _library()
    else:
        front = _loaded(asked.policy) if asked.policy else policy_for(asked.tree, asked.source, None)
    request = json.loads(front.decide_tree(asked.tree, asked.source).request.text)
    front.decide_request(
        request if isinstance(front, Policy) else {**request, "area": list(area or ())}, verify=engine
    )


@lru_cache(maxsize=64)
def _loaded(name: str) -> Policy:
    return load(name)


@lru_cache(maxsize=1)
def _library() -> Library:
    return Library()


def _progress(asked: list[_Asked], as_json: bool) -> AbstractContextManager[Iterable[_Asked]]:
    """Show how far it has come, on a terminal and for many."""
    if as_json or len(asked) < 20 or not sys.stderr.isatty():
        return nullcontext(asked)
    return click.progressbar(asked, file=sys.stderr, show_pos=True)


def _json(error: CreditRulesError, lang: Lang) -> list[dict[str, object]]:
    return [finding_json(one, lang) for one in error.findings]


def _show(
    tally: _Tally,
    differing: list[tuple[str, VerificationError]],
    wrong: list[tuple[str, CreditRulesError]],
    lang: Lang,
    as_json: bool,
) -> None:
    if as_json:
        found = [
            {"request": where, "findings": _json(error, lang), "smallest": error.smallest}
            for where, error in differing
        ]
        failed = [{"request": where, "findings": _json(error, lang)} for where, error in wrong]
        print_json({"same": tally.same, "refused": tally.refused, "differ": found, "not_checked": failed})
        return
    colour = paint()
    for where, error in differing:
        click.echo(colour(where, "bold"))
        show_findings(error.findings, lang)
        said = "能显出不同的最小请求" if lang == "zh" else "the smallest request that shows a difference"
        click.echo(f"  {said}:\n  {json.dumps(error.smallest, ensure_ascii=False)}")
    for where, problem in wrong:
        click.echo(colour(where, "bold"), err=True)
        show_findings(problem.findings, lang, err=True)
    click.echo(tally.text(len(differing), lang))
