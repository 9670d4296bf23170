"""`creditrules batch`: from file to file, taken up again where it was interrupted, without loss or doubles."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.parquet as pq
from click.testing import CliRunner

import creditrules as cr
from creditrules.cli import main
from creditrules.drivers.table import ask, stream
from creditrules.drivers.table.parts import Run
from creditrules.render.batch import progress_text

COLUMNS = "outcome,rules"


def asked(rows: int) -> pa.Table:
    """Give requests of many sorts, every hundredth of them not readable."""
    kinds = ["company", "individual", "government_agency"]
    codes = ["policy_loan", "fiscal_funding", "bidding", None]
    return pa.table(
        {
            "id": [f"r{number}" for number in range(rows)],
            "subject.kind": ["conpany" if number % 100 == 99 else kinds[number % 3] for number in range(rows)],
            "subject.commitment_made": [None if number % 7 == 0 else number % 2 == 0 for number in range(rows)],
            "matter.code": [codes[number % 4] for number in range(rows)],
            "documents": pa.array([[] for _ in range(rows)], pa.list_(pa.struct({"kind": pa.string()}))),
        }
    )


@pytest.fixture(scope="module")
def requests_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("requests") / "in.parquet"
    pq.write_table(asked(40_000), path, row_group_size=7_000)
    return path


@pytest.fixture(scope="module")
def in_one_go(requests_file: Path) -> list[dict[str, Any]]:
    found = cr.load("kunshan").decide_table(requests_file, on="2017-09-01", columns=COLUMNS.split(","))
    rows: list[dict[str, Any]] = found.table.to_pylist()
    assert len(rows) == 40_000
    assert sum(row["outcome"] is None for row in rows) == 400
    return rows


def command(requests_file: Path, out: Path, *more: str) -> list[str]:
    return [
        *("batch", str(requests_file), "--policy", "kunshan", "--on", "2017-09-01"),
        *("--columns", COLUMNS, "--out", str(out), *more),
    ]


def refused_rows(out: Path) -> list[int]:
    with out.with_name(f"{out.stem}.refused.csv").open(encoding="utf-8", newline="") as text:
        return [int(row["row"]) for row in csv.DictReader(text)]


def test_the_command_says_what_came_of_the_rows(requests_file: Path, in_one_go: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    ran = CliRunner().invoke(main, command(requests_file, out, "--workers", "1", "--lang", "en"))
    assert ran.exit_code == 1  # rows were refused
    assert "39,600 of 40,000 rows decided" in ran.stdout
    assert "400 rows refused" in ran.stdout
    assert "policy loan" in ran.stdout
    assert ran.stderr == ""  # no progress where there is no terminal
    assert pq.read_table(out).to_pylist() == in_one_go
    assert refused_rows(out) == list(range(99, 40_000, 100))
    shown = CliRunner().invoke(main, command(requests_file, out, "--workers", "1", "--json"))
    told = json.loads(shown.stdout)
    assert told["rows"] == 40_000
    assert told["refused"] == 400
    assert sum(told["outcomes"].values()) == 39_600
    assert set(told["matters"]) == {"", "bidding", "fiscal_funding", "policy_loan"}


def test_several_processes_give_the_same(requests_file: Path, in_one_go: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    arguments = command(requests_file, out, "--workers", "2")
    call = [sys.executable, "-c", "from creditrules.cli import main; main()", *arguments]
    ran = subprocess.run(call, capture_output=True, check=False)
    assert ran.returncode == 1, ran.stderr.decode()
    assert pq.read_table(out).to_pylist() == in_one_go
    assert not (tmp_path / "out.parquet.parts").exists()


def start_and_kill(arguments: list[str], parts: Path) -> int:
    """Start the command in a process of its own, kill it as soon as some parts are there, and count them."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    code = "import slow_chunks; slow_chunks.main()"
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment)
    try:
        for _ in range(1200):
            if len(list(parts.glob("part-*.parquet"))) >= 2:
                break
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return len(list(parts.glob("part-*.parquet")))


def test_killed_in_the_middle_it_goes_on_without_loss_or_doubles(
    requests_file: Path, in_one_go: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    parts = tmp_path / "out.parquet.parts"
    arguments = command(requests_file, out, "--workers", "1")
    there = start_and_kill(arguments, parts)
    assert 2 <= there < 5
    assert not out.exists()
    known = json.loads((parts / "manifest.json").read_text(encoding="utf-8"))["parts"]
    (parts / "part-999999999999.tmp").write_bytes(b"cut off in the middle")
    heard: list[int] = []
    asking = _asking(cr.load("kunshan"))
    stream.decide_to_file(asking, requests_file, out, again=None, told=lambda done, total: heard.append(done))
    assert heard[0] >= sum(part["rows"] for part in known)  # finished parts were not decided again
    assert pq.read_table(out).to_pylist() == in_one_go
    assert refused_rows(out) == list(range(99, 40_000, 100))
    assert not parts.exists()


def _workers(folder: Path) -> list[int]:
    """Give the processes whose environment names a folder."""
    found = []
    for one in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in one.read_bytes():
                found.append(int(one.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")
def test_workers_of_a_run_that_is_killed_end(requests_file: Path, tmp_path: Path) -> None:
    arguments = command(requests_file, tmp_path / "out.parquet", "--workers", "2")
    call = [sys.executable, "-c", "from creditrules.cli import main; main()", *arguments]
    process = subprocess.Popen(call, env={**os.environ, "RUN": str(tmp_path)}, stdout=subprocess.DEVNULL)
    try:
        _until(lambda: len(_workers(tmp_path)) >= 3 and (tmp_path / "out.parquet.parts").exists())
    finally:
        process.kill()
        process.wait()
    _until(lambda: not _workers(tmp_path))


def _until(so: Callable[[], bool]) -> None:
    for _ in range(600):
        if so():
            return
        time.sleep(0.05)
    pytest.fail("it took too long")


def _asking(policy: cr.Policy) -> Any:
    return ask(policy, dt.date(2017, 9, 1), COLUMNS.split(","), {"area": [], "consulted": []}, ())


@pytest.mark.parametrize(
    "change",
    [("--policy", "zhangye"), ("--on", "2018-09-01"), ("--columns", "outcome"), ("--keep", "subject.kind")],
    ids=lambda change: change[0],
)
def test_parts_of_another_run_are_refused(requests_file: Path, tmp_path: Path, change: tuple[str, str]) -> None:
    out = tmp_path / "out.parquet"
    identity = stream._identity(_asking(cr.load("kunshan")), requests_file, None, out)
    Run(tmp_path / "out.parquet.parts", identity).begin()
    ran = CliRunner().invoke(main, [*command(requests_file, out, "--workers", "1", "--lang", "en"), *change])
    assert ran.exit_code == 2
    assert "error[CR545]" in ran.stderr
    assert not out.exists()


def test_another_input_is_refused(requests_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    identity = stream._identity(_asking(cr.load("kunshan")), requests_file, None, out)
    Run(tmp_path / "out.parquet.parts", identity).begin()
    other = tmp_path / "in.parquet"
    pq.write_table(asked(40_001), other)
    ran = CliRunner().invoke(main, command(other, out, "--workers", "1"))
    assert ran.exit_code == 2
    assert "输入的表" in ran.stderr


def test_two_runs_at_once_do_not_meet(requests_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    run = Run(tmp_path / "out.parquet.parts", None)
    with run.alone():
        ran = CliRunner().invoke(main, command(requests_file, out, "--workers", "1"))
    assert ran.exit_code == 2
    assert "CR547" in ran.stderr


def test_papers_and_csv_from_file_to_file(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,subject.kind,matter.code\na,company,policy_loan\nb,company,policy_loan\n")
    (tmp_path / "papers.csv").write_text(
        "request,id,kind,issuer.independent\na,p,credit_report,true\nz,q,credit_report,\n"
    )
    out = tmp_path / "out.csv"
    arguments = command(tmp_path / "in.csv", out, "--documents", str(tmp_path / "papers.csv"), "--workers", "1")
    ran = CliRunner().invoke(main, [*arguments, "--columns", "outcome,papers", "--json"])
    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["papers_left_over"] == 1
    with out.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["id"] for row in rows] == ["a", "b"]
    assert [one["id"] for one in json.loads(rows[0]["papers"])] == ["p"]
    assert json.loads(rows[1]["papers"]) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("no-such.parquet", "--policy", "kunshan", "--out", "out.parquet"), "CR114"),
        (("in.parquet", "--policy", "kunshan", "--out", "out.xlsx"), "CR542"),
        (("in.parquet", "--policy", "nowhere", "--out", "out.parquet"), "CR"),
    ],
)
def test_what_cannot_run_is_said(tmp_path: Path, arguments: tuple[str, ...], code: str, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(asked(3), tmp_path / "in.parquet")
    ran = CliRunner().invoke(main, ["batch", *arguments])
    assert ran.exit_code == 2
    assert code in ran.stderr


def test_the_progress_tells_rate_and_time_left() -> None:
    line = progress_text(2_500, 10_000, 2_500, 5.0, "en")
    assert "25.0%" in line
    assert "500 rows/s" in line
    assert "left 0:15" in line
    assert "还需 0:15" in progress_text(2_500, 10_000, 2_500, 5.0, "zh")
    assert "left 1:00:00" in progress_text(0, 3_600, 1, 1.0, "en")
    assert "%" not in progress_text(2_500, None, 2_500, 5.0, "en")
