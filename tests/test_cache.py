"""The cache: a policy from it is the same policy, and nothing that is wrong with it can be noticed."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import creditrules as cr
from creditrules import cache
from creditrules.loading import Kept
from creditrules.records import UnreadableError, read_back, written_down
from creditrules.render.reasoning import reasoning_text
from creditrules.render.trace_json import trace_json
from creditrules.testing.cases import cases_of, load_cases, run_case
from creditrules.yaml_tree import Limits

RULE = "  - {id: a, clause: art1, modality: must, matters: policy_loan, then: {require: {any_of: [credit_report]}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder for the cache that is only ours."""
    made = tmp_path / "kept"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    """Write a small policy with a remark in it: it has no outline."""
    path = tmp_path / "small.yaml"
    path.write_text(
        "format: 1\npolicy: small\ntitle: t\nissuer: i\narea: [某省]\nin_force: {from: 2020-01-01}\nrules:\n" + RULE,
        encoding="utf-8",
    )
    return path


def from_cache(policy: cr.Policy) -> bool:
    return isinstance(policy.later, Kept)


def twice(name: str | Path, folder: Path, **more: object) -> tuple[cr.Policy, cr.Policy]:
    first = cr.load(name, cache=folder, **more)  # type: ignore[arg-type]
    return first, cr.load(name, cache=folder, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", cr.shipped_policies())
def test_every_case_comes_out_the_same_byte_for_byte(name: str, folder: Path) -> None:
    plain = cr.load(name, cache=False)
    cr.load(name, cache=folder)
    kept = cr.load(name, cache=folder)
    assert from_cache(kept)
    assert not from_cache(plain)
    for case in load_cases(cases_of(plain)).cases:
        one, other = run_case(plain, case).decision, run_case(kept, case).decision
        assert one == other
        if one is None or other is None:
            continue
        assert one.digest == other.digest
        assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())
        assert json.dumps(trace_json(one.trace)) == json.dumps(trace_json(other.trace))
        assert one.receipt() == other.receipt()
        for lang in ("zh", "en"):
            assert plain.text(one, lang, verbose=True) == kept.text(other, lang, verbose=True)  # type: ignore[arg-type]
            said = [
                reasoning_text(made, by.names(lang), lambda text, _: text)
                for made, by in ((one, plain), (other, kept))
            ]  # type: ignore[arg-type]
            assert said[0] == said[1]


@pytest.mark.parametrize("name", cr.shipped_policies())
def test_every_part_of_a_policy_is_equal_when_looked_at(name: str, folder: Path) -> None:
    plain, kept = twice(name, folder)
    assert from_cache(kept)
    assert kept.digest == plain.digest
    assert kept.id == plain.id
    assert kept.source == plain.source
    assert kept.facts == plain.facts
    assert kept.vocabulary == plain.vocabulary
    assert kept.outline == plain.outline
    assert kept.model == plain.model
    assert kept.findings == plain.findings
    assert written_down(kept.program) == written_down(plain.program)


def test_findings_keep_their_places_and_words(policy_file: Path, folder: Path) -> None:
    plain, kept = twice(policy_file, folder)
    assert from_cache(kept)
    assert [one.code for one in plain.findings] == ["CR602"]
    assert kept.findings == plain.findings
    assert kept.findings[0].where().endswith("small.yaml:2:9")


def test_what_a_program_shares_is_shared_again(folder: Path) -> None:
    _, kept = twice("kunshan", folder)
    facts = kept.program.facts
    assert facts["matter.code"].kinds is kept.program.matters
    read = [
        part.fact for rule in kept.program.rules for part in getattr(rule.when, "parts", ()) if hasattr(part, "fact")
    ]
    assert read
    assert all(fact is facts[fact.name] for fact in read)


def test_nothing_is_kept_unless_asked_for(policy_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "mine"))
    monkeypatch.setenv("HOME", str(tmp_path / "mine"))
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    before = set(tmp_path.rglob("*"))
    cr.load(policy_file)
    cr.load(policy_file, cache=False)
    assert set(tmp_path.rglob("*")) == before
    cr.load(policy_file, cache=True)
    assert list(cache.user_folder().glob("small-*.json"))
    assert cache.user_folder().is_relative_to(tmp_path / "mine")


def test_the_environment_chooses_and_an_argument_overrules_it(
    policy_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    cr.load(policy_file, cache=False)
    assert list(folder.iterdir()) == []
    cr.load(policy_file)
    assert from_cache(cr.load(policy_file))
    monkeypatch.setenv(cache.VARIABLE, "off")
    assert not from_cache(cr.load(policy_file))
    assert from_cache(cr.load(policy_file, cache=str(folder)))
    with pytest.raises(TypeError, match="cache=3"):
        cr.load(policy_file, cache=3)  # type: ignore[arg-type]


def test_a_library_takes_its_policies_from_the_cache(folder: Path) -> None:
    cr.Library(cache=folder)
    library = cr.Library(cache=folder)
    assert {one.id: one.digest for one in library.policies} == {
        name: cr.load(name).digest for name in cr.shipped_policies()
    }
    assert all(from_cache(one) for one in library.policies)
    assert all(from_cache(one) for one in library.reloaded().policies)
    request = {
        "subject": {"kind": "company"},
        "documents": [],
        "on": "2017-09-01",
        "area": ["江苏省", "苏州市", "昆山市"],
    }
    assert library.decide(**request).digest == cr.Library(cache=False).decide(**request).digest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed", ["policies/kunshan.yaml", "policies/vocabulary.yaml", "policies/outlines/kunshan.yaml"]
)
def test_another_text_is_another_policy(changed: str, tmp_path: Path, folder: Path) -> None:
    copytree(ROOT / "policies", tmp_path / "policies")
    path = tmp_path / "policies" / "kunshan.yaml"
    assert from_cache(twice(path, folder)[1])
    text = (tmp_path / changed).read_text("utf-8")
    (tmp_path / changed).write_text(text + "\n# another\n", "utf-8")
    assert not from_cache(cr.load(path, cache=folder))
    assert from_cache(cr.load(path, cache=folder))
    (tmp_path / changed).write_text(text, "utf-8")
    assert not from_cache(cr.load(path, cache=folder))


def test_an_outline_that_appears_is_seen(policy_file: Path, folder: Path) -> None:
    twice(policy_file, folder)
    outlines = policy_file.parent / "outlines"
    outlines.mkdir()
    clause = "art1: {class: duty, ref: 第一条, ref_en: article 1, zh: 一, en: one}"
    (outlines / "small.yaml").write_text(f"format: 1\noutline: small\nclauses:\n  {clause}\n", encoding="utf-8")
    seen = cr.load(policy_file, cache=folder)
    assert seen.findings == ()
    assert seen.outline is not None


def test_a_mistake_is_found_whatever_is_kept(policy_file: Path, folder: Path) -> None:
    twice(policy_file, folder)
    text = policy_file.read_text("utf-8")
    policy_file.write_text(text.replace("policy_loan", "policy_lone"), encoding="utf-8")
    for _ in range(2):
        found = cr.examine(policy_file, cache=folder)
        assert found == cr.examine(policy_file, cache=False)
        assert "CR205" in {one.code for one in found.findings}


def test_another_version_and_other_code_make_it_anew(
    policy_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice(policy_file, folder)
    for name, value in (("__version__", "9.9"), ("FORMAT", "another"), ("_code", lambda: "other")):
        with monkeypatch.context() as patched:
            patched.setattr(cache, name, value)
            assert not from_cache(cr.load(policy_file, cache=folder))
        cr.load(policy_file, cache=folder)


def test_tighter_limits_refuse_what_is_kept(policy_file: Path, folder: Path) -> None:
    twice(policy_file, folder)
    with pytest.raises(cr.PolicyError):
        cr.load(policy_file, cache=folder, limits=Limits(bytes=10))


def test_a_policy_in_the_place_of_another_is_not_taken(tmp_path: Path, policy_file: Path, folder: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(policy_file.read_text("utf-8").replace("policy: small", "policy: other"), encoding="utf-8")
    cr.load(policy_file, cache=folder)
    cr.load(other, cache=folder)
    cache.entry_path(folder, other).replace(cache.entry_path(folder, policy_file))
    assert cr.load(policy_file, cache=folder).id == "small"


def _rewritten(data: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Change the parts and put the right digest of them in the head, as somebody who knows the format might."""
    head, _, body = data.partition(b"\n")
    body = b"\n".join(change(body.split(b"\n")))
    told = {**json.loads(head), "sha256": sha256(body).hexdigest()}
    return json.dumps(told).encode() + b"\n" + body


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "one byte of the program": lambda data: data.replace(b"policy_loan", b"policy_lone"),
    "no head": lambda data: data.partition(b"\n")[2],
    "head alone": lambda data: data.partition(b"\n")[0],
    "a list for a head": lambda data: b"[]\n" + data,
    "no JSON": lambda data: b"\x80\x04\x95 pickle" + data,
    "deep": lambda data: b"[" * 100_000 + data,
    "another key": lambda data: data.replace(b'"key": "', b'"key": "0'),
    "a path for a name": lambda data: data.replace(b'"policy": "small"', b'"policy": "../../x"'),
    "no number of parts": lambda data: _rewritten(data, lambda parts: parts[:-1]),
    "findings that are none": lambda data: _rewritten(data, lambda parts: [b"[[1]]", *parts[1:]]),
    "a program that is none": lambda data: _rewritten(data, lambda parts: [*parts[:-1], b'{"no": 1}']),
    "an unknown tag": lambda data: _rewritten(data, lambda parts: [*parts[:-1], b"[999,1]"]),
    "a tag counted from behind": lambda data: _rewritten(data, lambda parts: [*parts[:-1], b"[-1]"]),
    "too few fields": lambda data: _rewritten(data, lambda ps: [*ps[:-1], ps[-1].rpartition(b",")[0] + b"]"]),
    "another kind of record": lambda data: _rewritten(data, lambda parts: [*parts[:-1], parts[1]]),
    "text that goes on": lambda data: _rewritten(data, lambda parts: [*parts[:-1], parts[-1] + b"x"]),
    "deep parts": lambda data: _rewritten(data, lambda parts: [*parts[:-1], b"[0," * 50_000 + b"1" + b"]" * 50_000]),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_as_if_it_were_not_there(damage: str, policy_file: Path, folder: Path) -> None:
    plain = cr.load(policy_file, cache=folder)
    path = cache.entry_path(folder, policy_file)
    spoilt = DAMAGE[damage](path.read_bytes())
    assert spoilt != path.read_bytes()
    path.write_bytes(spoilt)
    policy = cr.load(policy_file, cache=folder)
    assert policy.findings == plain.findings
    assert policy.digest == plain.digest
    assert written_down(policy.program) == written_down(plain.program)
    assert policy.decide({}, {"code": "policy_loan"}, [], on="2021-01-01").outcome == "pending"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_bit_may_flip(at: int, bit: int, policy_file: Path, folder: Path) -> None:
    plain = cr.load(policy_file, cache=folder)
    path = cache.entry_path(folder, policy_file)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1 << bit
    path.write_bytes(data)
    policy = cr.load(policy_file, cache=folder)
    assert policy.findings == plain.findings
    assert written_down(policy.program) == written_down(plain.program)


def test_places_that_cannot_be_written(policy_file: Path, tmp_path: Path) -> None:
    a_file = tmp_path / "file"
    a_file.write_text("mine", encoding="utf-8")
    for place in (a_file, a_file / "below", Path("/dev/null/x"), tmp_path / ("x" * 300), Path("nul\0l")):
        assert cr.load(policy_file, cache=place).id == "small"
    assert a_file.read_text("utf-8") == "mine"


def test_a_folder_in_the_place_of_an_entry(policy_file: Path, folder: Path) -> None:
    cache.entry_path(folder, policy_file).mkdir()
    assert cr.load(policy_file, cache=folder).id == "small"
    assert [path.name for path in folder.iterdir()] == [cache.entry_path(folder, policy_file).name]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system does not tell who may write to a file")
def test_what_others_may_write_to_is_not_read(policy_file: Path, folder: Path) -> None:
    assert from_cache(twice(policy_file, folder)[1])
    for path, mode in ((folder, 0o777), (cache.entry_path(folder, policy_file), 0o666)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert not from_cache(cr.load(policy_file, cache=folder))
        path.chmod(before)
        cr.load(policy_file, cache=folder)


def test_only_its_owner_may_read_an_entry(policy_file: Path, tmp_path: Path) -> None:
    cr.load(policy_file, cache=tmp_path / "new")
    entry = cache.entry_path(tmp_path / "new", policy_file)
    assert entry.stat().st_mode & 0o077 == 0
    assert [path.name for path in entry.parent.iterdir()] == [entry.name]


@pytest.mark.parametrize(
    "value",
    [
        [999],
        [-1, 2],
        [],
        [[]],
        {"a": 1},
        [3, "x"],
        [4, "x"],
        [5, "x"],
        [6, 1],
        [9, 0],
        [10],
        [10, 1, 2],
        [[0], 1],
        1.5,
        [0, {}],
        [0, float("nan")],
    ],
)
def test_what_was_not_written_here_is_not_read(value: object) -> None:
    with pytest.raises(UnreadableError):
        read_back(json.dumps(value), object)


def test_the_search_for_garbage_goes_on_after_a_load(policy_file: Path) -> None:
    assert gc.isenabled()
    cr.load(policy_file)
    assert gc.isenabled()
    gc.disable()
    try:
        cr.load(policy_file)
        assert not gc.isenabled()
    finally:
        gc.enable()
