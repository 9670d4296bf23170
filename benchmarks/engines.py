"""Who takes part: ours, the baselines by hand and the peers that are installed, each checked before it is timed."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.peers import MODULES
from benchmarks.workload import Data, answer, in_decision_order

BY_HAND = ("plain", "columns")


@dataclass(frozen=True, slots=True)
class Maker:
    """Somebody who can take in a policy; or the reason why not."""

    module: str
    name: str
    load: Any = None
    absent: str = ""
    version: str = ""


class WrongAnswerError(AssertionError):
    """An engine gave another answer than the reference, so its time means nothing."""


def makers(modules: Sequence[str] = (*BY_HAND, *MODULES)) -> list[Maker]:
    """Give all that take part, those that cannot be imported with the reason."""
    found = []
    for module in modules:
        path = f"benchmarks.{module}" if module in BY_HAND else f"benchmarks.peers.{module}"
        try:
            made = importlib.import_module(path)
        except ImportError as why:
            found.append(Maker(module, module, absent=str(why)))
        else:
            found.append(Maker(module, made.NAME, made.load, version=_version(made.PACKAGE)))
    return found


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def check(name: str, engine: Any, policy: Mapping[str, Any], cases: Sequence[tuple[Data, str]]) -> None:
    """Compare an engine with the reference on each case; raises `WrongAnswerError`."""
    groups = in_decision_order(policy)
    for subject, matter in cases:
        wanted = answer(groups, subject, matter)
        for told in ("decide", "explain"):
            if hasattr(engine, told):
                got = getattr(engine, told)(subject, matter)
                got = got if told == "decide" else got[0]
                if got != wanted:
                    raise WrongAnswerError(f"{name}.{told}: {got} instead of {wanted} for {matter}, {subject}")


def check_table(
    name: str, engine: Any, policy: Mapping[str, Any], table: Any, cases: Sequence[tuple[Data, str]]
) -> None:
    """Compare an engine's table with the reference, row by row; raises `WrongAnswerError`."""
    groups = in_decision_order(policy)
    rows = engine.batch(table).to_pylist()
    for row, (subject, matter) in zip(rows, cases, strict=True):
        got, wanted = (row["outcome"], row["measures"], row["rules"]), answer(groups, subject, matter)
        if got != wanted:
            raise WrongAnswerError(f"{name}.batch: {got} instead of {wanted} for {matter}, {subject}")
