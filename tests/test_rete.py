"""The second engine at work: equal to the evaluator, and killed, hung, lied to or missing without harm.

Skipped where the extra `rete` is not installed, with the word the user would get.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests_of import requests

import creditrules as cr
from creditrules import evaluator, front, rules
from creditrules.cli import main
from creditrules.drivers.rete import Engine, client, verify
from creditrules.drivers.rete.client import WORKER
from creditrules.drivers.rete.encode import encode
from creditrules.testing.cases import cases_of, load_cases
from creditrules.trace import any_holds

POLICIES = {name: cr.load(name) for name in cr.shipped_policies()}
POLICIES["everything"] = cr.load(ROOT / "tests" / "everything.yaml")
REQUEST = {
    "on": "2020-05-06",
    "subject": {"kind": "company", "dishonest": True, "name": "昆山示范机电有限公司"},
    "matter": {"code": "bidding", "department": "财政局"},
    "documents": [{"id": "r", "kind": "credit_report", "issued_on": "2020-03-01", "issuer": {"independent": True}}],
}
quick = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def _unavailable() -> str | None:
    with Engine() as engine:
        try:
            POLICIES["everything"].decide_request(REQUEST, verify=engine)
        except cr.EngineUnavailableError as error:
            return str(error)
    return None


WHY_NOT = _unavailable()
needs_engine = pytest.mark.skipif(WHY_NOT is not None, reason=f"the engine is not there: {WHY_NOT}")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as one:
        yield one


@pytest.fixture
def everything() -> cr.Policy:
    return POLICIES["everything"]


def one_that_says(text: str, seconds: float = 5) -> Engine:
    """Give an engine whose child is a few lines of Python."""
    return Engine(seconds=seconds, command=(sys.executable, "-c", text))


# equal to the evaluator


@needs_engine
@pytest.mark.slow
@pytest.mark.parametrize("name", cr.shipped_policies())
def test_all_cases_of_a_policy(name: str, engine: Engine) -> None:
    checked = 0
    for case in load_cases(cases_of(POLICIES[name])).cases:
        try:
            decision = POLICIES[name].decide_tree(case.request, case.source)
        except cr.RequestError:
            continue
        verify(decision.programs, decision, engine)
        checked += 1
    assert checked > 100


@needs_engine
@pytest.mark.parametrize("name", cr.shipped_policies())
def test_some_cases_of_a_policy(name: str, engine: Engine) -> None:
    for case in load_cases(cases_of(POLICIES[name])).cases[::12]:
        if "refused" not in case.expect:
            decision = POLICIES[name].decide_tree(case.request, case.source)
            verify(decision.programs, decision, engine)


@needs_engine
@quick
@given(st.sampled_from(sorted(POLICIES)), st.data())
def test_random_requests(name: str, data: st.DataObject) -> None:
    POLICIES[name].decide_request(data.draw(requests(POLICIES[name])), verify="rete")


@needs_engine
def test_documents_together_and_by_area() -> None:
    request = {"subject": {"kind": "company"}, "documents": [], "area": ["江苏省", "苏州市", "昆山市"]}
    assert cr.Library().decide(**request, on="2017-09-01", verify="rete").outcome == "assessed"


@needs_engine
def test_the_decision_is_ours_whether_it_is_checked_or_not(kunshan: cr.Policy) -> None:
    request = {"subject": {"kind": "company"}, "matter": {"code": "policy_loan", "field": []}, "documents": []}
    plain = kunshan.decide(**request, on="2017-09-01")
    checked = kunshan.decide(**request, on="2017-09-01", verify="rete")
    assert checked == plain
    assert checked.digest == plain.digest


@needs_engine
def test_an_engine_nobody_knows_is_refused(kunshan: cr.Policy) -> None:
    with pytest.raises(cr.RequestError) as caught:
        kunshan.decide({"kind": "company"}, on="2017-09-01", verify="retee")
    (finding,) = caught.value.findings
    assert finding.code == "CR306"
    assert "rete" in finding.help[0].text("zh")


# faults are found: the evaluator broken by hand, one place at a time


def _any_without_unknown(results: Any) -> Any:
    return any_holds(False if one is None else one for one in results)


FAULTS = {
    "some-forgets-the-unknown": (evaluator, "any_holds", _any_without_unknown),
    "an-exception-does-nothing": (
        rules.Run,
        "_not_overridden",
        lambda run, other, paper: rules.Step("overridden", True),
    ),
    "every-matter-will-do": (rules.Run, "in_matters", lambda run, rule, facts: rules.Step("matters", True)),
}


@needs_engine
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_of_the_evaluator_is_found_and_made_small(
    fault: str, engine: Engine, everything: cr.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {
        "on": "2020-05-06",
        "subject": {"kind": "company", "dishonest": True, "on_red_list": False},
        "matter": {"code": "bidding", "department": "财政局"},
        "documents": [
            {"id": "r", "kind": "credit_report", "issuer": {"independent": True}},
            {"id": "s", "kind": "rating_certificate"},
        ],
        "record": {"objection_raised": False},
        "consulted": ["credit_platform"],
    }
    everything.decide_request(request, verify=engine)
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    assert {one.code for one in caught.value.findings} == {"CR520"}
    smallest = caught.value.smallest
    assert len(json.dumps(smallest)) < len(json.dumps(request)) - 100
    with pytest.raises(cr.VerificationError):
        everything.decide_request(dict(smallest), verify=engine)
    assert json.dumps(smallest, ensure_ascii=False) in str(caught.value)
    monkeypatch.undo()
    everything.decide_request(dict(smallest), verify=engine)


@needs_engine
def test_a_fault_of_the_engine_is_found(everything: cr.Policy, tmp_path: Path) -> None:
    text = WORKER.read_text(encoding="utf-8")
    broken = tmp_path / "worker.py"
    broken.write_text(
        text.replace("for one in labels", "for one in labels[:0]").replace(
            'tests += [{f"l{label}": 1} for label in labels]', "pass"
        ),
        encoding="utf-8",
    )
    assert broken.read_text(encoding="utf-8") != text
    with Engine(command=(sys.executable, "-P", str(broken))) as engine, pytest.raises(cr.VerificationError):
        everything.decide_request(REQUEST, verify=engine)


@needs_engine
def test_findings_say_it_in_both_languages(
    everything: cr.Policy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*FAULTS["every-matter-will-do"])
    request = {"on": "2020-05-06", "subject": {"kind": "company"}, "matter": {"code": "social_assistance"}}
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    said = [(one.message("zh"), one.message("en")) for one in caught.value.findings]
    assert (
        "规则 `everything:report`：我们的结果是无法判断，第二引擎的结果是不成立",
        "rule `everything:report`: could not be told by the evaluator, did not hold by the second engine",
    ) in said


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
    assert (result.exit_code, result.output) == (0, "1 requests checked: 1 agree, 0 differ, 1 refused as expected\n")


def test_verify_says_that_the_engine_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    command = sys.modules["creditrules.cli.verify"]
    monkeypatch.setattr(command, "Engine", lambda: one_that_says("raise SystemExit(1)"))
    result = run(EXAMPLE, EXAMPLE, "--lang", "en")
    assert result.exit_code == 2
    assert result.output.count("CR521") == 1
    assert "0 requests checked: 0 agree, 0 differ, 2 not checked" in result.output


@needs_engine
def test_the_page_runs() -> None:
    page = (ROOT / "docs" / "rete.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len(blocks) == 3
    exec("\n".join(blocks), {})


@needs_engine
def test_a_fault_of_the_fast_path_is_found_and_made_small(
    everything: cr.Policy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = front.quickly_decided

    def wrong(driver: Any, whole: Any, request: Any) -> Any:
        decision = right(driver, whole, request)
        subject = request.get("subject", {})
        if decision is not None and subject.get("rectified") and subject.get("dishonest"):
            object.__setattr__(decision, "outcome", "excluded")
        return decision

    request = {**REQUEST, "subject": {"kind": "company", "dishonest": True, "rectified": True}}
    everything.decide_request(request, verify=engine)
    monkeypatch.setattr(front, "quickly_decided", wrong)
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    assert [one.message("en").partition(":")[0] for one in caught.value.findings] == ["an outcome `outcome`"]
    assert caught.value.smallest == {"on": "2020-05-06", "subject": {"dishonest": True, "rectified": True}}


@needs_engine
def test_a_difference_is_told_even_if_the_engine_goes_away_then(
    everything: cr.Policy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = engine.ask

    def once(encoding: Any, request: Any) -> Any:
        if asked:
            raise cr.EngineUnavailableError(())
        asked.append(request)
        return ask(encoding, request)

    monkeypatch.setattr(engine, "ask", once)
    monkeypatch.setattr(*FAULTS["every-matter-will-do"])
    request = {
        "on": "2020-05-06",
        "subject": {"kind": "company", "name": "某"},
        "matter": {"code": "social_assistance"},
    }
    with pytest.raises(cr.VerificationError) as caught:
        everything.decide_request(request, verify=engine)
    assert caught.value.smallest == {**request, "subject": {"kind": "company"}}
