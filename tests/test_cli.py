"""The commands as a person meets them: what they print and how they leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT

from creditrules.cli import main
from creditrules.files import shipped_policies

EXAMPLE = str(ROOT / "examples" / "kunshan-fiscal-funding.yaml")
BROKEN = str(ROOT / "examples" / "broken-policy.yaml")


def run(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), input=text, catch_exceptions=False)


def test_decide_says_outcome_and_reason_first() -> None:
    result = run("decide", EXAMPLE)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "结论：可以办理"
    assert "第十七条第（一）项" in result.stdout.splitlines()[1]
    english = run("decide", EXAMPLE, "--lang", "en")
    assert english.stdout.splitlines()[0] == "Outcome: may proceed"


def test_names_are_masked_unless_asked_for() -> None:
    hidden, shown = run("decide", EXAMPLE).stdout, run("decide", EXAMPLE, "--unmask").stdout
    for secret in ("昆山示范机电有限公司", "91320583MA1X0CDE04"):
        assert secret not in hidden
        assert secret in shown


def test_json_has_the_digest_and_no_personal_data() -> None:
    result = run("decide", EXAMPLE, "--json", "-v")
    whole = json.loads(result.stdout)
    assert whole["outcome"] == "proceed"
    assert len(whole["digest"]) == 64
    assert whole["trace"]["rules"][0]["result"] == "held"
    assert "91320583MA1X0CDE04" not in result.stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("policy: kunshan\non: 2017-09-01\nsubject: {kind: company}\nmatter: {code: policy_loan}\n", 4),
        (
            "policy: kunshan\non: 2017-09-01\nsubject: {kind: company}\ndocuments: []\n",
            0,
        ),
        ("policy: kunshan\nsubject: {kind: company}\n", 2),
        ("on: 2017-09-01\n", 2),
        ("policy: kunsan\non: 2017-09-01\n", 2),
        ("policy: [", 2),
        ("", 2),
        ("{}", 2),
        ("[]", 2),
        ("\x00", 2),
    ],
)
def test_exit_codes_of_decide(text: str, code: int) -> None:
    result = run("decide", "-", text=text)
    assert result.exit_code == code
    assert bool(result.stderr) is (code == 2)
    if code == 2:
        refused = json.loads(run("decide", "-", "--json", text=text).stdout)
        assert refused["findings"]


def test_the_day_is_in_the_request_or_given() -> None:
    text = "policy: kunshan\nsubject: {kind: company}\n"
    assert run("decide", "-", "--on", "2017-09-01", text=text).exit_code == 0
    assert "--on" in run("decide", "-", text=text).stderr
    both = run("decide", EXAMPLE, "--on", "2017-09-02")
    assert both.exit_code == 2
    assert "CR505" in both.stderr
    assert run("decide", EXAMPLE, "--on", "1 Sep").exit_code == 2


def test_a_missing_file_could_not_run(tmp_path: Path) -> None:
    assert run("decide", str(tmp_path / "none.yaml")).exit_code == 2
    assert run("check", str(tmp_path / "none.yaml")).exit_code == 2


def test_explain_one_rule() -> None:
    result = run("explain", EXAMPLE, "--rule", "review-or-report-for-funds")
    assert result.exit_code == 0
    assert result.stdout.startswith("✓ 规则 kunshan:review-or-report-for-funds")
    assert "不涉及" in run("explain", EXAMPLE, "--rule", "bank-double-report").stdout
    wrong = run("explain", EXAMPLE, "--rule", "report-contens")
    assert wrong.exit_code == 2
    assert "report-contents" in wrong.stderr


def test_check() -> None:
    clean = run("check")
    assert clean.exit_code == 0
    assert len(clean.stdout.splitlines()) == len(shipped_policies())
    broken = run("check", BROKEN)
    assert broken.exit_code == 1
    assert [line for line in broken.stdout.splitlines() if "CR" in line and ":" in line]
    found = json.loads(run("check", BROKEN, "--json").stdout)
    assert [one["code"] for one in found[BROKEN]] == ["CR204", "CR208", "CR205"]
    assert run("check", str(ROOT / "policies" / "vocabulary.yaml")).exit_code == 0


def test_test_runs_the_cases(tmp_path: Path) -> None:
    assert run("test").exit_code == 0
    cases = tmp_path / "cases.yaml"
    cases.write_text(
        "format: 1\npolicy: kunshan\ncases:\n  - title: 错的\n"
        "    request: {on: 2017-09-01, subject: {kind: company}}\n"
        "    expect: {outcome: excluded}\n",
        encoding="utf-8",
    )
    failed = run("test", "kunshan", "--cases", str(cases))
    assert failed.exit_code == 1
    assert "assessed" in failed.stdout
    assert "错的" in failed.stdout


def test_coverage_fails_on_a_hole(tmp_path: Path) -> None:
    assert run("coverage").exit_code == 0
    policy = tmp_path / "kunshan.yaml"
    text = (ROOT / "policies" / "kunshan.yaml").read_text(encoding="utf-8")
    policy.write_text(text.replace("    art25: ", "    art25x: ").replace("art25x", "art24c2"), encoding="utf-8")
    assert run("coverage", str(policy)).exit_code == 2
    lines = [line for line in text.splitlines() if not line.startswith("    art25:")]
    policy.write_text("\n".join(lines), encoding="utf-8")
    result = run("coverage", str(policy))
    assert result.exit_code == 1
    assert "CR601" in result.stdout
    assert "art25" in result.stdout


@pytest.mark.parametrize("command", ["decide", "explain", "needs", "timeline", "check", "test", "coverage", "new"])
def test_help_has_an_example_in_both_languages(command: str) -> None:
    text = run(command, "--help").stdout
    assert f"creditrules {command}" in text
    assert "例 Example" in text


def test_needs_asks_until_nothing_can_change() -> None:
    """Answer every question of an empty form in turn: it ends, and asks nothing that is already known."""
    request: dict[str, dict[str, object]] = {}
    answers = {"matter.code": "policy_loan", "subject.kind": "company", "matter.field": [], "documents": []}
    asked: list[str] = []
    for _ in range(20):
        result = run("needs", "-", "--policy", "kunshan", "--on", "2017-09-01", "--json", text=json.dumps(request))
        whole = json.loads(result.stdout)
        if not whole["questions"]:
            break
        fact = whole["questions"][0]["fact"]
        assert fact not in asked
        asked.append(fact)
        scope, _, key = fact.partition(".")
        if key:
            request.setdefault(scope, {})[key] = answers.get(fact, False)
        else:
            request[scope] = answers[fact]  # type: ignore[assignment]
    assert (result.exit_code, whole["outcome"]) == (0, "pending")
    assert set(asked) <= {"matter.code", "subject.kind", "documents", "matter.field", "subject.commitment_made"}
    assert "不需要再问" in run("needs", EXAMPLE).stdout


def test_timeline_lists_the_stretches() -> None:
    result = run("timeline", EXAMPLE, "--from", "2017-03-01", "--to", "2018-12-31", "--json")
    assert [(one["first"], one["outcome"]) for one in json.loads(result.stdout)] == [
        ("2017-03-01", "not_applicable"),
        ("2017-03-06", "pending"),
        ("2017-03-10", "proceed"),
        ("2018-03-11", "discretionary"),
    ]
    assert "2018-03-11 至 2018-12-31" in run("timeline", EXAMPLE, "--from", "2017-03-01", "--to", "2018-12-31").stdout


def test_a_new_city_checks_covers_and_passes_from_the_start(tmp_path: Path) -> None:
    result = run("new", "qinghe", "--from", "2022-01-01", "--folder", str(tmp_path))
    assert result.exit_code == 0
    policy = str(tmp_path / "qinghe.yaml")
    assert policy in result.stdout
    for command in ("check", "coverage", "test"):
        assert run(command, policy).exit_code == 0, command
    before = (tmp_path / "qinghe.yaml").read_text(encoding="utf-8")
    again = run("new", "qinghe", "--from", "2023-01-01", "--folder", str(tmp_path))
    assert again.exit_code == 2
    assert (tmp_path / "qinghe.yaml").read_text(encoding="utf-8") == before
    assert run("new", "../x", "--from", "2022-01-01", "--folder", str(tmp_path)).exit_code == 2


def test_decide_says_what_would_help() -> None:
    text = "policy: kunshan\non: 2017-09-01\nsubject: {kind: company, commitment_made: false}\n"
    pending = text + "matter: {code: policy_loan, field: []}\ndocuments: []\n"
    assert "提交信用审查报告" in run("decide", "-", "--remedies", text=pending).stdout
    english = run("decide", "-", "--remedies", "--lang", "en", text=pending).stdout
    assert "hand in: credit report" in english
    whole = json.loads(run("decide", "-", "--remedies", "--json", text=pending).stdout)
    assert {one["changes"][0]["name"] for one in whole["remedies"]} == {"credit_report", "credit_review_report"}
    assert "已经可以" in run("decide", EXAMPLE, "--remedies").stdout
