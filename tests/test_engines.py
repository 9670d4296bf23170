"""Every engine gives the answer of the reference evaluator, on policies and requests made at random.

`pytest tests/test_engines.py -k for_long --hypothesis-profile=long` is the long run, `--hypothesis-seed=N` begins it
elsewhere; see docs/testing.md.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import settings

import creditrules as cr
from creditrules.drivers.python import engine as engine_of_one
from creditrules.drivers.table import chunk
from creditrules.testing import DRIVERS, check_law, from_policy
from creditrules.testing.engines import ENGINES, Engine, EnginesDifferError, check_engines
from creditrules.testing.laws.drivers import disagreement, reference
from creditrules.testing.laws.law import Bench
from creditrules.testing.second import second_reading

SHORT = {  # policies: the second reading looks at the evaluator, the others at their own way
    "policy.decide": 300, "second reading": 300, "rete": 60, "tables": 200, "tables of text": 40, "sql": 20,
}  # fmt: skip
SEED, PIECE, LONG = 20261122, 25, 3600  # of random numbers; policies; seconds


@pytest.mark.parametrize("engine", ENGINES, ids=lambda one: one.name)
def test_engine_agrees_on_made_policies(engine: Engine) -> None:
    if engine.lacking:
        pytest.skip(engine.lacking)
    counts = check_engines({engine.name: engine.driver}, examples=SHORT[engine.name], seed=SEED)
    assert counts["requests"] > counts["policies"] > 0
    assert len(counts) > 5  # not all requests come to the same outcome


def test_the_fastest_ways_are_among_those_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lanes, and rows decided by whole columns: what is not taken is not tested."""
    taken: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            found = function(*args)
            taken[name] += found is not None
            return found

        return call

    monkeypatch.setattr(engine_of_one, "make_lane", counted("lanes", engine_of_one.make_lane))
    monkeypatch.setattr(chunk, "held_in", counted("columns", chunk.held_in))
    compared = {one.name: one.driver for one in ENGINES if one.name in ("policy.decide", "tables", "tables of text")}
    check_engines(compared, examples=40, seed=SEED)
    assert taken["lanes"] > 5
    assert taken["columns"] > 20


@pytest.mark.skipif(settings().max_examples < 1000, reason="an hour; run with --hypothesis-profile=long")
def test_all_engines_agree_for_long(pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> None:
    """Piece after piece of policies, each with the next seed, for an hour; what was done so far is printed."""
    first = int(pytestconfig.getoption("--hypothesis-seed", None) or SEED)
    names = [one.name for one in ENGINES if not one.lacking]
    counts: Counter[str] = Counter()
    begin = time.monotonic()
    for seed in count(first):
        counts += check_engines(examples=PIECE, seed=seed)
        passed = time.monotonic() - begin
        with capsys.disabled():
            print(
                f"\nseeds {first} to {seed}, {passed:.0f} s, {', '.join(names)}: {dict(counts)}", end="", flush=True
            )
        if passed > LONG:
            break


@pytest.mark.parametrize("name", cr.shipped_policies())
@pytest.mark.parametrize("engine", [one for one in ENGINES if one.name != "policy.decide"], ids=lambda one: one.name)
def test_engine_agrees_on_shipped_policies(engine: Engine, name: str) -> None:
    if engine.lacking:
        pytest.skip(engine.lacking)
    policy = cr.load(name)
    assert check_law(DRIVERS, policy, drivers={engine.name: engine.driver(policy)}, examples=15, seed=SEED) == 15
    if engine.name.startswith("tables"):
        told = from_policy(policy, unknown=0, papers=(0, 0))
        check_law(
            DRIVERS, policy, drivers={engine.name: engine.driver(policy)}, requests=told, examples=15, seed=SEED
        )


@pytest.mark.parametrize("mode", ["any_of", "all_of"])
@pytest.mark.parametrize("engine", ENGINES, ids=lambda one: one.name)
def test_papers_nobody_told_of_are_untold_though_none_could_serve(made, engine: Engine, mode: str) -> None:
    """A setting rules every paper out; but that is said of papers that were told of."""
    if engine.lacking:
        pytest.skip(engine.lacking)
    policy = made(
        f"  - {{id: ask, clause: 1, modality: must, matters: any, then: {{require: {{{mode}: "
        "[{paper: credit_report, that: {setting.closed: false}}]}}}\n",
        "settings:\n  closed: {type: bool, value: true, clause: 1, reading: {zh: 关, en: closed}}\n",
    )
    bench = Bench(policy, policy.decide_request, {engine.name: engine.driver(policy)})
    for papers, possible in ((None, ("pending", "discretionary", "proceed")), ([], ("pending",))):
        request = {"on": "2021-06-15", "matter": {"code": "bidding"}, "documents": papers}
        assert reference(bench, request).possible == possible
        assert disagreement(bench, request, engine.name) is None


def test_engines_that_differ_are_shown_with_the_smallest_policy_and_request() -> None:
    def wrong(policy: cr.Policy):
        def answer(request):
            said = second_reading(policy, request)
            return {"outcome": "excluded" if said["outcome"] == "discretionary" else said["outcome"]}

        return answer

    with pytest.raises(EnginesDifferError) as caught:
        check_engines({"wrong": wrong}, seed=SEED)
    text = str(caught.value)
    assert 'outcome: "discretionary"' in text
    assert 'outcome: "excluded"' in text
    assert text.count("- id: r") == 1
    assert len(text.split("smallest request")[1].split("reference:")[0].splitlines()) < 20


def test_an_engine_that_is_not_installed_says_so() -> None:
    assert replace(ENGINES[0], needs=("no_such_package",)).lacking == (
        "引擎不可用 engine unavailable: policy.decide needs no_such_package"
    )
    assert replace(ENGINES[0], needs=("yaml",)).lacking is None
