"""The front door: a short list of names, values that cannot be changed, and a wheel that stands alone."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import ROOT

import creditrules as cr

REQUEST = {
    "on": "2017-09-01",
    "subject": {"kind": "company"},
    "matter": {"code": "policy_loan", "field": []},
    "documents": [],
}


def test_the_root_exports_what_is_documented() -> None:
    documented = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in cr.__all__:
        assert hasattr(cr, name)
        assert f"`{name}`" in documented, name
        assert getattr(cr, name).__doc__ or name == "__version__", name


def test_the_keys_of_a_decision(kunshan: cr.Policy) -> None:
    keys = (
        "on outcome possible missing requirements papers measures options weights referrals duties violations "
        "conflicts differences presumed taken readings untold rules policy"
    )
    assert list(kunshan.decide_request(REQUEST).to_dict()) == keys.split()


def test_decisions_and_policies_are_frozen(kunshan: cr.Policy) -> None:
    decision = kunshan.decide_request(REQUEST)
    with pytest.raises(dataclasses.FrozenInstanceError):
        decision.outcome = "proceed"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        kunshan.model = None  # type: ignore[misc, assignment]
    with pytest.raises(dataclasses.FrozenInstanceError):
        kunshan.model.rules[0].each = True  # type: ignore[misc]


def test_a_shipped_policy_by_name_or_any_by_path(tmp_path: Path) -> None:
    copy = tmp_path / "mine.yaml"
    copy.write_text((ROOT / "policies" / "kunshan.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert cr.load(copy).digest == cr.load("kunshan").digest == cr.load(str(copy)).digest
    with pytest.raises(cr.PolicyError) as caught:
        cr.load("kunsan")
    assert "kunshan" in str(caught.value)


def test_layout_comments_and_order_are_not_in_the_digest_but_meaning_is(tmp_path: Path) -> None:
    text = (ROOT / "policies" / "zhangye.yaml").read_text(encoding="utf-8")
    head, _, rules = text.partition("rules:\n")
    body, _, tail = rules.partition("not_expressed:\n")
    blocks = ["  - id:" + block for block in body.split("  - id:")[1:]]
    paths = {
        "same": head + "rules:\n" + "".join(reversed(blocks)) + "# a remark\nnot_expressed:\n" + tail,
        "other": text.replace("working_days: 7", "working_days: 8"),
    }
    digests = {}
    for name, content in paths.items():
        path = tmp_path / f"{name}.yaml"
        path.write_text(content, encoding="utf-8")
        digests[name] = cr.load(path).digest
    assert digests["same"] == cr.load("zhangye").digest
    assert digests["other"] != digests["same"]


def test_a_receipt_of_another_policy_or_result_is_refused(kunshan: cr.Policy, zhangye: cr.Policy) -> None:
    receipt = kunshan.decide_request(REQUEST).receipt()
    with pytest.raises(cr.RequestError) as caught:
        zhangye.replay(receipt)
    assert caught.value.findings[0].code == "CR510"
    with pytest.raises(cr.RequestError) as caught:
        kunshan.replay({**receipt, "digest": "0" * 64})
    assert caught.value.findings[0].code == "CR511"


def test_threads_may_share_a_policy(kunshan: cr.Policy) -> None:
    found: set[str] = set()

    def work() -> None:
        for _ in range(5):
            found.add(kunshan.decide_request(REQUEST).digest)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import creditrules as cr; p = cr.load('kunshan');"
        f"d = p.decide_request({REQUEST!r}); print(d.digest, p.digest)"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


@pytest.mark.slow
def test_the_wheel_alone_decides_from_any_folder(tmp_path: Path) -> None:
    def run(*words: str, cwd: Path = tmp_path) -> str:
        return subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True).stdout

    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path / "dist"), str(ROOT))
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    run(sys.executable, "-m", "venv", str(tmp_path / "venv"))
    python = str(tmp_path / "venv" / "bin" / "python")
    run(python, "-m", "pip", "install", "-q", str(wheel))
    code = "import creditrules as cr; print([cr.load(n).id for n in cr.shipped_policies()], cr.__file__)"
    out = run(python, "-c", code)
    assert str(list(cr.shipped_policies())) in out
    assert str(tmp_path) in out
