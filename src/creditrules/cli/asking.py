"""What the commands about one request share: how they are asked, and the decision they start from."""

from __future__ import annotations

import datetime as dt
import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from creditrules.answered import Decision
from creditrules.cli.common import Day, output_options, refuse
from creditrules.diagnostics import Findings, advice, errors_in, nearest
from creditrules.errors import CreditRulesError, RequestError
from creditrules.files import decoded, read_source, shipped_policies
from creditrules.front import Policy, load
from creditrules.library import Library
from creditrules.reading import is_name
from creditrules.request_reader import named_area, named_policy, policy_span
from creditrules.source import Source
from creditrules.tree import MapNode, Node, Scalar
from creditrules.wording import Lang
from creditrules.yaml_tree import json_escapes, yaml_tree


@dataclass(frozen=True, slots=True)
class Asked:
    """How a command about one request was called: the request, the policy, the day, and how to answer."""

    request_file: str
    policy_name: str | None
    on: dt.date | None
    lang: Lang
    as_json: bool

    def decided(
        self, *, stand_in: dt.date | None = None, open_matter: bool = False
    ) -> tuple[Policy | Library, Decision]:
        """Read the request, load its policy or the documents of its area, and decide; shows what cannot be read, and
        leaves.

        `stand_in` is the day of a request that has none; `open_matter`: without a matter, it is not known yet.
        """
        try:
            return self._decided(stand_in, open_matter)
        except CreditRulesError as error:
            refuse(error, self.lang, self.as_json)

    def _decided(self, stand_in: dt.date | None, open_matter: bool) -> tuple[Policy | Library, Decision]:
        tree, source = read_request_file(self.request_file)
        if open_matter and isinstance(tree, MapNode) and tree.get("matter") is None:
            unknown = (Scalar("matter", False, None), MapNode((), None))
            tree = MapNode((*tree.entries, unknown), tree.span)
        front: Policy | Library
        if self.policy_name is None and named_policy(tree) is None and named_area(tree) is not None:
            front = Library()
        else:
            front = policy_for(tree, source, self.policy_name)
        has_day = isinstance(tree, MapNode) and tree.get("on") is not None
        return front, front.decide_tree(tree, source, on=self.on or (None if has_day else stand_in))


def request_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the request, the options that go with it, `--lang` and `--json`; the command gets them as `Asked`."""

    @functools.wraps(command)
    def called(
        request_file: str, policy_name: str | None, on: dt.date | None, lang: Lang, as_json: bool, **more: Any
    ) -> None:
        command(Asked(request_file, policy_name, on, lang, as_json), **more)

    called = output_options(called)
    called = click.option(
        "--on",
        type=Day(),
        default=None,
        help="决定之日，请求里没有时必须给 / the day, if the request has none",
    )(called)
    called = click.option("--policy", "policy_name", default=None, help="政策名或文件 / name or path of the policy")(
        called
    )
    return click.argument("request_file", metavar="REQUEST", default="-")(called)


def unmask_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--unmask`."""
    return click.option("--unmask", is_flag=True, help="显示姓名和证件号码 / show names and identity numbers")(
        command
    )


def read_request_file(name: str) -> tuple[Node, Source]:
    """Read a request from a file, or from standard input where the name is `-`."""
    if name == "-":
        source, found = decoded("<stdin>", sys.stdin.buffer.read() if sys.stdin is not None else b"")
    else:
        source, found = read_source(Path(name))
    if source is None:
        raise RequestError(found)
    source = Source(source.name, json_escapes(source.text))
    tree, found = yaml_tree(source)
    if tree is None or errors_in(found):
        raise RequestError(found)
    return tree, source


def policy_for(tree: Node, source: Source, name: str | None) -> Policy:
    """Load the policy given on the command line, or the one the request names."""
    wanted = name or named_policy(tree)
    if wanted is not None and name is None and wanted not in shipped_policies():
        findings = Findings(source)
        help_ = nearest(wanted, shipped_policies()) if is_name(wanted) else None
        findings.report("CR508", policy_span(tree), help_, advice("path-option"), name=wanted[:80])
        raise RequestError(tuple(findings.found))
    if wanted is None:
        findings = Findings(source)
        findings.report("CR507", None, advice("give-policy"))
        raise RequestError(tuple(findings.found))
    return load(wanted)
