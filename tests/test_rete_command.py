"""`creditrules verify`, as a person meets it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import ROOT
from second_engine import FAULTS, REQUEST, needs_engine, one_that_says

from creditrules.cli import main

# the command


def run(*words: str) -> Any:
    return CliRunner().invoke(main, ["verify", *words], catch_exceptions=False)


EXAMPLE = str(ROOT / "examples" / "kunshan-fiscal-funding.yaml")


@needs_engine
def test_verify_a_request_and_a_folder(tmp_path: Path) -> None:
    assert run(EXAMPLE).output == "核对 1 份请求：1 份一致，0 份不同\n"
    (tmp_path / "deeper").mkdir()
    for name in ("a.yaml", "deeper/b.yaml"):
        (tmp_path / name).write_text(Path(EXAMPLE).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "c.json").write_text(json.dumps({**REQUEST, "policy": "kunshan"}), encoding="utf-8")
    result = run(str(tmp_path), "--lang", "en")
    assert (result.exit_code, result.output) == (0, "3 requests checked: 3 agree, 0 differ\n")


@needs_engine
def test_verify_shows_a_difference_and_the_smallest_request(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(*FAULTS["every-matter-will-do"])
    result = run(EXAMPLE, "--lang", "en")
    assert result.exit_code == 1
    assert "error[CR520]" in result.output
    assert result.output.endswith("\n1 request checked: 0 agree, 1 differs\n")
    assert "the smallest request that shows a difference" in result.output
    whole = json.loads(run(EXAMPLE, "--json").stdout)
    assert whole["same"] == 0
    (differ,) = whole["differ"]
    assert differ["smallest"]["on"] == "2017-09-01"
    assert "name" not in differ["smallest"].get("subject", {})


@needs_engine
def test_verify_goes_on_past_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("policy: kunshan\non: 2017-09-01\nsubjct: {}\n", encoding="utf-8")
    result = run(str(tmp_path / "wrong.yaml"), str(tmp_path / "nowhere.yaml"), EXAMPLE)
    assert result.exit_code == 2
    assert "CR201" in result.output
    assert "CR114" in result.output
    assert "1 份一致" in result.output


@needs_engine
def test_verify_cases_counts_those_refused(tmp_path: Path) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        "format: 1\npolicy: kunshan\ncases:\n"
        "  - {title: a, request: {on: 2017-09-01, subject: {kind: company}}, expect: {outcome: assessed}}\n"
        "  - {title: b, request: {on: 2017-09-01, subject: {knd: company}}, expect: {refused: [CR204]}}\n",
        encoding="utf-8",
    )
    result = run(str(cases), "--lang", "en")
    assert (result.exit_code, result.output) == (0, "1 request checked: 1 agrees, 0 differ, 1 refused as expected\n")


def test_verify_says_that_the_engine_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    command = sys.modules["creditrules.cli.verify"]
    monkeypatch.setattr(command, "Engine", lambda: one_that_says("raise SystemExit(1)"))
    result = run(EXAMPLE, EXAMPLE, "--lang", "en")
    assert result.exit_code == 2
    assert result.output.count("CR521") == 1
    assert "0 requests checked: 0 agree, 0 differ, 2 not checked" in result.output
