"""Options and things shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import creditrules as cr
from creditrules.deciding import Front
from creditrules.drivers.rete import Engine

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("default", max_examples=60, deadline=None)
settings.register_profile("long", max_examples=5000, deadline=None)
settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="run the tests marked slow too")
    parser.addoption("--update-snapshots", action="store_true", help="write the snapshots anew; then read them")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow; run with --run-slow"))


@pytest.fixture(scope="session")
def kunshan() -> cr.Policy:
    return cr.load("kunshan")


@pytest.fixture(scope="session")
def zhangye() -> cr.Policy:
    return cr.load("zhangye")


@pytest.fixture(scope="session")
def everything() -> cr.Policy:
    return cr.load(ROOT / "tests" / "everything.yaml")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Give a second engine; its child starts when it is first asked."""
    with Engine() as one:
        yield one


@pytest.fixture
def both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every decision of a test made by the fast path and by the evaluator; they must be the same."""

    def checked(way: Any, evaluated: Any) -> Any:
        def decide(self: cr.Policy, *asked: Any, **more: Any) -> cr.Decision:
            found: cr.Decision = way(self, *asked, **more)
            more.pop("check", None)
            assert found.to_json() == evaluated(self, *asked, **more).to_json()
            return found

        return decide

    monkeypatch.setattr(cr.Policy, "decide", checked(cr.Policy.decide, Front.decide))
    monkeypatch.setattr(cr.Policy, "decide_request", checked(cr.Policy.decide_request, Front.decide_request))


@pytest.fixture
def made(tmp_path: Path):
    """Load a policy made up for a test: rules, and further sections, as YAML text."""

    def make(rules: str, more: str = "", name: str = "made") -> cr.Policy:
        text = (
            f"format: 1\npolicy: {name}\ntitle: t\nnumber: n\nissuer: i\narea: [某省]\n"
            f"in_force: {{from: 2020-01-01}}\n{more}\nrules:\n{rules}"
        )
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return cr.load(path)

    return make
