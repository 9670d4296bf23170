"""Docs that name files, commands or names are checked, for they rot first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert "://" not in target, target
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_modules_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for module in re.findall(r"`(?:src/creditrules/)([\w/]+\.py)`", text):
        assert (ROOT / "src" / "creditrules" / module).exists(), module


def test_the_readme_shows_what_the_command_prints() -> None:
    from click.testing import CliRunner

    from creditrules.cli import main

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```text\n(.*?)…\n```", readme, re.S)
    assert shown is not None
    printed = CliRunner().invoke(main, ["decide", str(ROOT / "examples" / "kunshan-fiscal-funding.yaml")]).stdout
    assert printed.startswith(shown[1])


def test_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.stem for path in (ROOT / "src" / "creditrules").glob("*.py") if path.stem != "__init__"]
    rooms += [path.name for path in (ROOT / "src" / "creditrules").iterdir() if (path / "__init__.py").exists()]
    missing = [room for room in rooms if not re.search(rf"`{room}(/|\.py)?`", text)]
    assert missing == []
