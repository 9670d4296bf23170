"""The second engine's child process: killed, hung, lied to, shared, split off, and given much."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from second_engine import POLICIES, REQUEST, WHY_NOT, needs_engine, one_that_says

import creditrules as cr
from creditrules.drivers.rete import Engine, client, verify
from creditrules.drivers.rete.client import WORKER
from creditrules.drivers.rete.encode import encode

# the child dies, hangs, lies, or is not there


@needs_engine
def test_a_child_killed_between_questions_is_started_again(everything: cr.Policy) -> None:
    with Engine() as engine:
        everything.decide_request(REQUEST, verify=engine)
        first = engine.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        everything.decide_request(REQUEST, verify=engine)
        assert engine.pid != first
        assert engine.starts == 2


@needs_engine
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal on this system")
def test_a_child_that_hangs_is_killed_and_started_again(everything: cr.Policy) -> None:
    with Engine(seconds=1) as engine:
        everything.decide_request(REQUEST, verify=engine)
        first = engine.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        everything.decide_request(REQUEST, verify=engine)
        assert engine.starts == 2
        assert not _alive(first)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


READY = "print('{\"ready\": true}', flush=True)\n"
BAD_CHILDREN = {
    "says-nothing": "import time; time.sleep(60)",
    "hangs-at-the-question": READY + "import sys, time; sys.stdin.readline(); time.sleep(60)",
    "never-reads": READY + "import time; time.sleep(60)",
    "dies-at-once": "raise SystemExit(1)",
    "dies-at-the-question": READY + "import sys, os; sys.stdin.readline(); os.abort()",
    "talks-nonsense": READY + "import sys\nfor line in sys.stdin: print('哎呀'.encode().hex(), flush=True)",
    "talks-bytes": READY
    + "import sys\nfor line in sys.stdin: sys.stdout.buffer.write(b'\\xff\\n'); sys.stdout.flush()",
    "answers-another-question": READY + "import sys\nfor line in sys.stdin: print('{\"number\": 0}', flush=True)",
    "answers-the-question-before": READY
    + "import sys, json\nfor line in sys.stdin:\n"
    + "  print(json.dumps({'number': json.loads(line)['number'] - 1, 'whole': [], 'papers': [[]]}), flush=True)",
    "answers-with-a-list": READY + "import sys\nfor line in sys.stdin: print('[1]', flush=True)",
    "leaves-the-answer-out": READY
    + "import sys, json\nfor line in sys.stdin:\n"
    + "  print(json.dumps({'number': json.loads(line)['number']}), flush=True)",
    "forgets-a-paper": READY
    + "import sys, json\nfor line in sys.stdin:\n"
    + "  print(json.dumps({'number': json.loads(line)['number'], 'whole': [], 'papers': []}), flush=True)",
    "reports-an-error": READY
    + "import sys, json\nfor line in sys.stdin:\n"
    + "  print(json.dumps({'number': json.loads(line)['number'], 'error': 'error 303'}), flush=True)",
}  # fmt: skip


@pytest.mark.parametrize("child", sorted(BAD_CHILDREN))
def test_a_bad_child_is_asked_twice_and_never_believed(child: str, everything: cr.Policy) -> None:
    began = time.monotonic()
    with one_that_says(BAD_CHILDREN[child], seconds=0.7) as engine:
        with pytest.raises(cr.EngineUnavailableError) as caught:
            everything.decide_request(REQUEST, verify=engine)
        assert engine.starts == 2
        assert engine.pid is None
    (finding,) = caught.value.findings
    assert finding.code == "CR521"
    assert "两次" in finding.message("zh")
    assert finding.help[0].text("en").startswith("in its own words: ")
    assert time.monotonic() - began < 20


def test_a_child_that_dies_once_is_asked_again(everything: cr.Policy, tmp_path: Path) -> None:
    mark = tmp_path / "been-here"
    text = f"import os, sys, runpy\nmark = {str(mark)!r}\n"
    text += "if not os.path.exists(mark):\n    open(mark, 'w').close(); os.abort()\n"
    text += f"sys.argv = [{str(WORKER)!r}]; runpy.run_path({str(WORKER)!r}, run_name='__main__')"
    if WHY_NOT is not None:
        pytest.skip(f"the engine is not there: {WHY_NOT}")
    with one_that_says(text) as engine:
        everything.decide_request(REQUEST, verify=engine)
        assert engine.starts == 2


def test_an_engine_that_is_not_installed_is_said_to_be(everything: cr.Policy) -> None:
    with (
        Engine(command=(sys.executable, "-I", "-S", str(WORKER))) as engine,
        pytest.raises(cr.EngineUnavailableError) as caught,
    ):
        everything.decide_request(REQUEST, verify=engine)
    assert engine.starts == 1
    (finding,) = caught.value.findings
    assert "没有安装" in finding.message("zh")
    assert "creditrules[rete]" in finding.help[0].text("en")


def test_a_program_that_cannot_be_started(everything: cr.Policy) -> None:
    with Engine(command=("/nowhere/python",)) as engine, pytest.raises(cr.EngineUnavailableError) as caught:
        everything.decide_request(REQUEST, verify=engine)
    assert "could not be started" in caught.value.findings[0].message("en")


@needs_engine
def test_a_question_broken_off_leaves_no_answer_behind(
    everything: cr.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine() as engine:
        everything.decide_request(REQUEST, verify=engine)
        exchange = engine._exchange

        def broken_off(line: str | None, seconds: float) -> Any:
            exchange(line, seconds)
            raise KeyboardInterrupt

        monkeypatch.setattr(engine, "_exchange", broken_off)
        with pytest.raises(KeyboardInterrupt):
            everything.decide_request(REQUEST, verify=engine)
        assert engine.pid is None
        monkeypatch.undo()
        everything.decide_request(REQUEST, verify=engine)


@needs_engine
def test_a_full_child_gives_way_to_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LOADED_AT_MOST", 700)
    with Engine() as engine:
        for name in ("kunshan", "zhangye", "kunshan", "cangzhou"):
            POLICIES[name].decide({"kind": "company"}, None, [], on="2021-06-01", verify=engine)
        assert engine.starts == 2


@needs_engine
def test_the_child_ends_with_its_parent() -> None:
    text = (
        "import creditrules as cr\nfrom creditrules.drivers.rete import shared_engine\n"
        "cr.load('kunshan').decide({'kind': 'company'}, None, [], on='2017-09-01', verify='rete')\n"
        "print(shared_engine().pid)"
    )
    ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=60)
    deadline = time.monotonic() + 10
    while _alive(int(ran.stdout)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(int(ran.stdout))


@needs_engine
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_process_split_off_gets_a_child_of_its_own(everything: cr.Policy) -> None:
    with Engine() as engine:
        everything.decide_request(REQUEST, verify=engine)
        first = engine.pid
        pid = os.fork()
        if pid == 0:
            try:
                everything.decide_request(REQUEST, verify=engine)
                os._exit(0 if engine.pid != first else 1)
            except BaseException:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        everything.decide_request(REQUEST, verify=engine)
        assert engine.pid == first


@needs_engine
def test_a_child_that_answered_often_gives_way_to_a_new_one(
    everything: cr.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWERS_AT_MOST", 3)
    with Engine() as engine:
        for starts in (1, 1, 1, 2):  # the load is an answer too
            everything.decide_request(REQUEST, verify=engine)
            assert engine.starts == starts


@needs_engine
def test_much_may_take_longer(everything: cr.Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed: list[float] = []
    size = encode((everything.program,)).size
    with Engine(seconds=3) as engine:
        exchange = engine._exchange
        monkeypatch.setattr(
            engine, "_exchange", lambda line, seconds: (allowed.append(seconds), exchange(line, seconds))[1]
        )
        papers = [{"id": f"p{number}", "kind": "credit_report"} for number in range(4)]
        everything.decide_request({**REQUEST, "documents": papers}, verify=engine)
    start, load, run = allowed
    assert start == 3
    assert load == pytest.approx(3 + size * client.SECONDS_PER_CONJUNCTION)
    assert run == pytest.approx(4 * load)


# many, large, strange


@needs_engine
def test_threads_share_one_engine(engine: Engine) -> None:
    asked = []
    for name, policy in POLICIES.items():
        for kind in ("company", "individual", "sole_proprietor"):
            asked.append((policy, policy.decide({"kind": kind, "name": name}, {}, [], on="2021-06-01")))
    wrong: list[object] = []

    def work(offset: int) -> None:
        for policy, decision in asked[offset:] + asked[:offset]:
            try:
                verify((policy.program,), decision, engine)
            except BaseException as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(number * 3,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@needs_engine
def test_long_lists_strange_texts_and_many_papers(engine: Engine, everything: cr.Policy) -> None:
    strange = "财政局'\"\\\n\x00🀄‮" + "长" * 70_000
    papers = [
        {
            "id": f"纸{number}",
            "kind": kind,
            "issued_on": f"2020-0{number % 9 + 1}-01",
            "publicity_objection": number % 7 == 0,
        }
        for number, kind in enumerate(["credit_report", "credit_record", "credit_commitment"] * 40)
    ]
    for department in (strange, "财政局", "91320583MA1X0CDE04"):
        request = {**REQUEST, "matter": {"code": "fiscal_funding", "department": department}, "documents": papers}
        decision = everything.decide_request(request, verify=engine)
        assert len(decision.papers) == 120


@needs_engine
def test_chinese_names_in_a_policy(made, engine: Engine) -> None:
    text = "".join(
        f"  - {{id: r{number}, clause: 第{number}条, modality: must, matters: any, "
        f"when: {{matter.department: [第{number}局, 第{number + 1}局]}}, then: {{measure: key_support}}}}\n"
        for number in range(40)
    )
    policy = made(text, name="zhong-wen")
    for number in (0, 7, 40, 99):
        decision = policy.decide(
            {}, {"code": "bidding", "department": f"第{number}局"}, [], on="2021-01-01", verify=engine
        )
        assert len(decision.rules) == sum(number in (one, one + 1) for one in range(40))


def rules_text(count: int) -> str:
    """Write a policy of many rules with two conditions each."""
    return "".join(
        f"  - {{id: r{number}, clause: '1', modality: must, matters: [bidding], when: {{matter.department: "
        f"[d{number % 97}], subject.dishonest: {'true' if number % 2 else 'false'}}}, "
        f"then: {{weigh: {{papers: [credit_record], as: reference}}}}}}\n"
        for number in range(count)
    )


@needs_engine
def test_many_rules_are_split_over_rulesets(made, engine: Engine) -> None:
    policy = made(rules_text(600))
    assert len(encode((policy.program,)).load["rulesets"]) > 10  # type: ignore[arg-type]
    matter = {"code": "bidding", "department": "d5"}
    decision = policy.decide({"dishonest": True}, matter, [], on="2021-01-01", verify=engine)
    assert len(decision.rules) == sum(number % 97 == 5 and number % 2 for number in range(600))


@pytest.mark.slow
def test_a_policy_too_large_is_refused_by_name(made) -> None:
    policy = made(rules_text(12_000) + rules_text(1).replace("r0", "last"))
    encoding = None
    try:
        encoding = encode((policy.program,))
    except cr.EngineUnavailableError as error:
        (finding,) = error.findings
        assert finding.code == "CR521"
        assert "too large" in finding.message("en")
        return
    assert encoding.size <= 50_000
