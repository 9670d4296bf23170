"""The benchmarks give right answers: the generated work, the code by hand, the engines that are installed."""

from __future__ import annotations

import hashlib
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import creditrules as cr
from benchmarks import kunshan_by_hand, measure_shipped, ours, plain, report, run, workload
from benchmarks.engines import check, check_table
from benchmarks.peers import MODULES
from benchmarks.requests import requests

# What the generator must give, on every machine: the start of the SHA-256 of each policy's canonical JSON.
FINGERPRINTS = {"12": "e1b9d661dec5", "120": "d89e08663e61", "1200": "06075906c8e1", "12000": "0dca1941203c"}
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def kunshan() -> cr.Policy:
    return cr.load("kunshan")


@pytest.mark.parametrize("size", ["12", "120", "1200", "12000"])
def test_the_generated_work_is_the_same_everywhere(size: str) -> None:
    text = json.dumps([workload.policy(size)], sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == FINGERPRINTS[size]


@pytest.mark.parametrize("size", ["12", "120"])
def test_ours_answers_the_generated_work_as_the_reference_does(size: str) -> None:
    pytest.importorskip("pyarrow", reason="the subjects are drawn with numpy and pyarrow (group bench)")
    work, cases = workload.policy(size), workload.requests(60, size)
    engine = ours.load(work)
    check("ours", engine, work, cases)
    groups = workload.in_decision_order(work)
    for subject, matter in cases:
        wanted = workload.answer(groups, subject, matter)
        assert engine.decide_model(cr.Subject(**subject), cr.Matter(code=matter)) == wanted
        assert engine.decide_json(ours.as_json(subject, matter)) == wanted
        assert _measures(engine.fetch(subject, matter)) == sorted(set(wanted[1]))


def _measures(decision: cr.Decision) -> list[str]:
    """Give the measures a decision itself lists; the adapter goes by its rules, to have them in order."""
    return sorted(one.code for one in decision.measures)


@pytest.mark.parametrize("size", ["12", "120"])
def test_ours_explains_as_the_code_by_hand_does(size: str) -> None:
    pytest.importorskip("pyarrow", reason="the subjects are drawn with numpy and pyarrow (group bench)")
    work = workload.policy(size)
    engine, by_hand = ours.load(work), plain.load(work)
    for subject, matter in workload.requests(40, size):
        assert _told(engine.explain(subject, matter)[1]) == _told(by_hand.explain(subject, matter)[1])


def _told(explained: ours.Explained) -> list[tuple[str, bool, list[tuple[str, str, bool]]]]:
    def value(there: object) -> str:
        return str(sorted(there)) if isinstance(there, list | tuple) else str(there)

    return sorted(
        (id_, held, [(fact.removeprefix("subject."), value(there), result) for fact, there, result in tests])
        for id_, held, tests in explained
    )


@pytest.mark.parametrize("size", ["12", "120"])
def test_ours_decides_tables_as_the_reference_does(size: str) -> None:
    pytest.importorskip("pyarrow", reason="tables need pyarrow (group bench)")
    work = workload.policy(size)
    engine = ours.load(work)
    if not engine.can_batch():
        pytest.skip("this version has no decide_table")
    check_table("ours", engine, work, workload.table(300, size, "one"), workload.requests(300, size, "one"))


@pytest.mark.parametrize("size", ["12", "120"])
@pytest.mark.parametrize("module", ["plain", "columns"])
def test_code_by_hand_answers_as_the_reference_does(module: str, size: str) -> None:
    pytest.importorskip("pyarrow", reason="the subjects are drawn with numpy and pyarrow (group bench)")
    _check(f"benchmarks.{module}", size)


@pytest.mark.parametrize("module", MODULES)
def test_an_engine_that_is_timed_answers_as_the_reference_does(module: str) -> None:
    pytest.importorskip("pyarrow", reason="the subjects are drawn with numpy and pyarrow (group bench)")
    try:
        importlib.import_module(f"benchmarks.peers.{module}")
    except ImportError as why:
        pytest.skip(f"not installed (group bench): {why}")
    if module != "durable":
        _check(f"benchmarks.peers.{module}", "120")
        return
    # Its C code can take the process with it, so it is asked in one of its own.
    code = "from test_benchmarks import _check; _check('benchmarks.peers.durable', '120')"
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{ROOT / 'src'}"}
    done = subprocess.run([sys.executable, "-c", code], env=paths, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _check(module: str, size: str) -> None:
    work = workload.policy(size)
    engine = importlib.import_module(module).load(work)
    check(module, engine, work, workload.requests(60, size))
    if hasattr(engine, "batch"):
        check_table(module, engine, work, workload.table(300, size, "one"), workload.requests(300, size, "one"))


def test_kunshan_by_hand_gives_what_decide_gives(kunshan: cr.Policy) -> None:
    measure_shipped.check_by_hand(kunshan, requests(kunshan, 80, no_matter=0.1, untold_papers=0.1))


@pytest.mark.slow
@pytest.mark.parametrize("unknown", [0.05, 0.2, 0.5, 0.9])
def test_kunshan_by_hand_gives_what_decide_gives_on_thousands(kunshan: cr.Policy, unknown: float) -> None:
    made = requests(kunshan, 1000, seed="many", unknown=unknown, no_matter=0.1, untold_papers=0.1)
    measure_shipped.check_by_hand(kunshan, made)


def test_a_wrong_answer_by_hand_is_noticed(kunshan: cr.Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kunshan_by_hand, "HIGH_ENOUGH", frozenset({"national"}))
    with pytest.raises(AssertionError, match="by hand instead of"):
        measure_shipped.check_by_hand(kunshan, requests(kunshan, 40))


@pytest.mark.parametrize("unknown", [0.15, 0.5])
def test_cangzhou_in_sql_gives_what_decide_gives(unknown: float) -> None:
    shipped_tables = _shipped_tables()
    policy = cr.load("cangzhou")
    shipped_tables.check_by_hand(policy, shipped_tables.made(policy, 80, unknown=unknown))


@pytest.mark.slow
@pytest.mark.parametrize("unknown", [0.05, 0.3, 0.6])
def test_cangzhou_in_sql_gives_what_decide_gives_on_thousands(unknown: float) -> None:
    shipped_tables = _shipped_tables()
    policy = cr.load("cangzhou")
    shipped_tables.check_by_hand(policy, shipped_tables.made(policy, 1000, seed="many", unknown=unknown))


def _shipped_tables():  # type: ignore[no-untyped-def]
    pytest.importorskip("duckdb", reason="the SQL by hand runs on DuckDB (group bench)")
    pytest.importorskip("pyarrow", reason="tables need pyarrow (group bench)")
    return importlib.import_module("benchmarks.measure_shipped_tables")


def test_a_run_is_kept_as_json_and_told_in_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow", reason="the subjects are drawn with numpy and pyarrow (group bench)")
    out = tmp_path / "results.json"
    run.main(
        ["--only", "one", "--sizes", "12", "--quick", "--no-peers", "--rounds", "1", "--all-cores", "--out", str(out)]
    )
    results = json.loads(out.read_text(encoding="utf-8"))
    names = [one["name"] for one in results["one"]["12"]["one"]]
    assert names[0] == "creditrules"
    assert "plain Python, by hand" in names
    assert all(one["us"] > 0 for one in results["one"]["12"]["one"])
    assert "| plain Python, by hand |" in capsys.readouterr().out


def test_the_page_has_a_place_for_the_figures() -> None:
    page = report.PAGE.read_text(encoding="utf-8")
    assert page.index(report.BEGIN) < page.index(report.END)
