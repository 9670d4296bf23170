"""Requests and results in the hands of other programs: enumerations, processes, threads."""

from __future__ import annotations

import enum
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

import creditrules as cr

ON = "2017-09-01"


class Matter(str, enum.Enum):  # noqa: UP042 - the older way, whose text is the member's name
    loan = "policy_loan"


class Word(str, enum.Enum):  # noqa: UP042
    company = "company"
    report = "credit_report"
    municipal = "municipal"
    kind = "kind"


class Number(int, enum.Enum):
    three = 3


def request(plain: bool) -> dict[str, Any]:
    """Give a request in plain words, or in members of enumerations."""
    word = (lambda one: one.value) if plain else (lambda one: one)
    return {
        "on": ON,
        "subject": {word(Word.kind): word(Word.company)},
        "matter": {"code": word(Matter.loan)},
        "documents": [{"kind": word(Word.report), "issued_on": "2017-08-01"}],
    }


def test_a_member_of_an_enumeration_is_its_value(kunshan: cr.Policy) -> None:
    assert (
        kunshan.decide_request(request(plain=False)).to_json()
        == kunshan.decide_request(request(plain=True)).to_json()
    )
    one, other = (
        kunshan.decide(asked["subject"], asked["matter"], asked["documents"], on=ON)
        for asked in (request(plain=False), request(plain=True))
    )
    assert one.to_json() == other.to_json()
    assert one.digest == other.digest
    assert kunshan.replay(one.receipt()).outcome == other.outcome


def test_a_number_of_an_enumeration_is_its_value(made: Any) -> None:
    policy = made(
        "  - {id: few, clause: '1', modality: must, when: {subject.count: 3}, then: {measure: market_ban}}\n",
        "facts:\n  subject.count: {type: number, zh: n, en: n, held_by: subject, changed_by: nobody}\n",
    )
    for count in (3, Number.three):
        assert policy.decide({"count": count}, {"code": "market_access"}, [], on="2021-06-01").outcome == "excluded"


def _refused(_: int) -> str:
    return cr.load("kunshan").decide({"kind": "x"}, on=ON).outcome


@pytest.mark.parametrize("where", ["here", "in a pool"])
def test_what_is_refused_is_refused_in_another_process_too(where: str) -> None:
    with pytest.raises(cr.RequestError) as here:
        _refused(0)
    if where == "here":
        again: BaseException = pickle.loads(pickle.dumps(here.value))
    else:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            again = pool.submit(_refused, 0).exception(timeout=60)  # type: ignore[assignment]
            assert pool.submit(len, "ab").result(timeout=60) == 2  # the pool goes on
    assert isinstance(again, cr.RequestError)
    assert [one.code for one in again.findings] == [one.code for one in here.value.findings]
    assert str(again) == str(here.value)


def test_a_difference_between_engines_goes_along_whole() -> None:
    error = cr.VerificationError((), {"on": ON, "subject": {"kind": "company"}})
    again = pickle.loads(pickle.dumps(error))
    assert (again.smallest, again.findings, str(again)) == (error.smallest, error.findings, str(error))


@pytest.mark.parametrize("name", ["missing", "trace", "explanation", "policy"])
def test_threads_may_look_at_one_decision(name: str) -> None:
    """What makes the parts changes while one thread is about to use it, as another looks at a part."""
    decision = cr.load("qingyuan").decide({"kind": "company"}, {"code": "market_access"}, on="2022-05-01")
    expected = getattr(
        cr.load("qingyuan").decide({"kind": "company"}, {"code": "market_access"}, on="2022-05-01"), name
    )
    later = decision.later
    assert later is not None
    assert decision.options is not None  # in the other thread
    made = later[0](decision, name, later)
    assert repr(made) == repr(expected)


def test_the_command_runs_as_a_module_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "creditrules", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith(cr.__version__)
