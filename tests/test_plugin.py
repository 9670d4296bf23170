"""The pytest plugin: case files as tests, failures with their trace, and what the cases reached."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

CASES = """format: 1
policy: mine
defaults: {on: 2020-01-01}
cases:
  - title: 头一天
    request: {subject: {kind: company}}
    expect: {outcome: discretionary, measures: []}
  - title: the day before
    request: {on: 2019-12-31}
    expect: {outcome: not_applicable}
"""
POLICY = """format: 1
policy: mine
title: t
issuer: i
area: [某省]
in_force: {from: 2020-01-01}
rules:
  - {id: company, clause: c1, modality: should, when: {subject.kind: company},
     then: {refer: {to: department, why: 何故}}}
  - {id: other, clause: c2, modality: should, when: {subject.on_black_list: true}, then: {measure: market_ban}}
"""


def ran(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cases").mkdir()
    (tmp_path / "mine.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "cases" / "mine.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


def test_cases_are_tests_named_by_their_titles(folder: Path) -> None:
    said = ran(folder)
    assert "PASSED cases/mine.yaml::头一天" in said
    assert "PASSED cases/mine.yaml::the day before" in said
    assert "2 passed" in said
    assert "coverage" not in said


def test_a_failing_case_shows_expected_got_and_the_trace(folder: Path) -> None:
    file = folder / "cases" / "mine.yaml"
    file.write_text(CASES.replace("outcome: discretionary", "outcome: proceed"), encoding="utf-8")
    said = ran(folder)
    assert "FAILED cases/mine.yaml::头一天" in said
    assert 'expected: "proceed"' in said
    assert 'got:      "discretionary"' in said
    assert "mine.yaml:5: 头一天" in said
    assert "mine:company" in said or "company" in said.split("got:")[1]
    assert "何故" in said
    assert "Traceback" not in said
    assert "1 failed, 1 passed" in said


def test_what_the_cases_reached_is_reported(folder: Path) -> None:
    said = ran(folder, "--creditrules-coverage")
    assert "成立过的规则 rules that held: 1/2" in said
    assert "未成立 never held: " in said
    assert "mine.yaml:10 other" in said
    assert "两面都试过的条件 conditions both ways: 0/2" in said
    assert "没有 never 不成立 false" in said  # subject.kind: company
    assert "两面都没有 neither way" in said  # on_black_list was never told
    assert "引用到的条款 clauses reached: 1/2" in said
    assert "未引用 not reached: c2" in said
    assert "date limits, last day in and first day out: 1/1" in said


def test_a_border_not_reached_is_reported(folder: Path) -> None:
    file = folder / "cases" / "mine.yaml"
    file.write_text(CASES.replace("2019-12-31", "2019-12-30"), encoding="utf-8")
    assert "没有 never 在外 out: in_force.from" in ran(folder, "--creditrules-coverage")


def test_a_case_file_that_cannot_be_read_is_an_error_with_its_findings(folder: Path) -> None:
    (folder / "cases" / "mine.yaml").write_text(
        CASES.replace("outcome: not_applicable", "outcome: nothing"), encoding="utf-8"
    )
    said = ran(folder)
    assert "CR306" in said
    assert "`nothing`" in said
    assert "Traceback" not in said


def test_a_case_file_may_be_named_wherever_it_lies(folder: Path) -> None:
    shutil.move(folder / "cases" / "mine.yaml", folder / "elsewhere.yaml")
    (folder / "elsewhere.yaml").write_text(CASES.replace("policy: mine", "policy: kunshan"), encoding="utf-8")
    assert "no tests ran" in ran(folder)
    assert "PASSED elsewhere.yaml::the day before" not in ran(folder, "elsewhere.yaml", "-k", "头一天")
    assert "elsewhere.yaml::头一天" in ran(folder, "elsewhere.yaml")


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "docker-compose.yaml").write_text("services: {}\n", encoding="utf-8")
    (tmp_path / "cases" / "odd.yaml").write_bytes(b"policy:\xff\ncases\n")
    assert "no tests ran" in ran(tmp_path)


def test_nothing_of_the_library_is_imported_without_case_files(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\ndef test():\n    assert 'pytest_creditrules' in sys.modules\n"
        "    assert not [name for name in sys.modules if name.partition('.')[0] in ('creditrules', 'pydantic')]\n",
        encoding="utf-8",
    )
    assert "1 passed" in ran(tmp_path)


def test_the_shipped_cases_run_as_tests() -> None:
    said = ran(ROOT, "policies/cases/kunshan.yaml", "-q", "--creditrules-coverage")
    assert "kunshan" in said
    assert "rules that held: 35/35" in said
