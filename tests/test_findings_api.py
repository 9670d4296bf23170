"""Findings that no text alone can show: limits, files, calls and receipts; and texts that must never crash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

import creditrules as cr
from creditrules.analysis.coverage import coverage
from creditrules.diagnostics import Finding
from creditrules.files import read_source
from creditrules.front import examine, load
from creditrules.reader import read_policy
from creditrules.render.findings import finding_text
from creditrules.render.layout import Paint
from creditrules.source import Source
from creditrules.yaml_tree import Limits, yaml_tree

# Codes shown here and not in `bad/`.
BY_CALL = ("CR108", "CR109", "CR110", "CR111", "CR113", "CR114", "CR505", "CR510", "CR511", "CR512", "CR606", "CR607")
BY_CALL += ("CR520", "CR521", "CR522", "CR523", "CR524")  # in test_rete, test_case_file
BY_CALL += ("CR530", "CR531", "CR532", "CR533")  # in test_sql
BY_CALL += (
    "CR540",
    "CR541",
    "CR542",
    "CR543",
    "CR544",
    "CR545",
    "CR546",
    "CR547",
    "CR548",
    "CR549",
)  # in test_tables, test_batch

POLICY = (Path(__file__).parent / "bad" / "CR604-term.yaml").read_text(encoding="utf-8")
POLICY = POLICY.replace("«", "").replace("»", "")
START = POLICY[: POLICY.index("terms:")]


def policy_with(sections: str = "", when: str = "", then: str = "{measure: key_support}") -> str:
    """Write a policy with one rule."""
    condition = f"    when: {when}\n" if when else ""
    rule = f"  - id: one\n    clause: art17.1\n    modality: should\n    matters: [fiscal_funding]\n{condition}"
    return f"{START}{sections}rules:\n{rule}    then: {then}\n"


def read(text: str, limits: Limits) -> list[Finding]:
    return list(yaml_tree(Source("text.yaml", text), limits)[1])


def refused(policy: cr.Policy, request: Mapping[str, object] | str, on: dt.date | None = None) -> tuple[Finding, ...]:
    with pytest.raises(cr.RequestError) as caught:
        policy.decide_request(request, on=on)
    return caught.value.findings


def codes(findings: object) -> list[str]:
    assert isinstance(findings, tuple | list)
    return [one.code for one in findings]


# texts too large


def test_too_many_bytes() -> None:
    (finding,) = read("title: 办法", Limits(bytes=12))
    assert finding.code == "CR108"
    assert finding.message("en") == "the text has 13 bytes, more than the limit of 12"
    assert read("title: 办法", Limits(bytes=13)) == []


def test_too_deep() -> None:
    (finding,) = read("a: [[1], 2]", Limits(depth=2))
    assert finding.code == "CR109"
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == "["
    assert finding.span.column == 5
    assert read("a: [[1], 2]", Limits(depth=3)) == []


def test_too_deep_in_a_policy(tmp_path: Path) -> None:
    file = tmp_path / "deep.yaml"
    file.write_text(policy_with(when="{not: " * 200 + "{subject.kind: company}" + "}" * 200), encoding="utf-8")
    assert codes(examine(file).findings) == ["CR109"]


def test_ten_thousand_levels_are_no_trouble() -> None:
    assert codes(read("[" * 10_000 + "]" * 10_000, Limits())) == ["CR109"]


def test_too_many_nodes() -> None:
    (finding,) = read("[1, 2, 3, 4]", Limits(nodes=3))
    assert finding.code == "CR110"
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == "4"


def test_too_many_rules(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    text = policy_with()
    second = text[text.index("  - id: one") :].replace("id: one", "id: two")
    file.write_text(text + second, encoding="utf-8")
    assert codes(examine(file, limits=Limits(rules=1)).findings) == ["CR113"]
    assert examine(file, limits=Limits(rules=2)).findings == ()


# files


def test_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "gbk.yaml"
    file.write_bytes("title: 办法".encode("gbk"))
    (finding,) = examine(file).findings
    assert finding.code == "CR111"
    assert finding.message("en") == "not UTF-8 from byte 7 on"


def test_no_such_file(tmp_path: Path) -> None:
    assert codes(examine(tmp_path / "none.yaml").findings) == ["CR114"]
    source, found = read_source(tmp_path)
    assert source is None
    assert codes(found) == ["CR114"]


def test_no_such_policy() -> None:
    (finding,) = examine("kunshn").findings
    assert finding.code == "CR508"
    assert [advice.text("en") for advice in finding.help] == ["did you mean `kunshan`?"]
    with pytest.raises(cr.PolicyError):
        load("kunshn")


def test_control_characters_have_no_place() -> None:
    (finding,) = read("title: \x07办法", Limits())
    assert finding.code == "CR101"
    assert finding.span is None


# requests and receipts


def test_two_days(kunshan: cr.Policy) -> None:
    text = "on: 2017-09-01\nsubject: {kind: company}\n"
    (finding,) = refused(kunshan, text, dt.date(2017, 9, 2))
    assert finding.code == "CR505"
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == "2017-09-01"
    assert kunshan.decide_request(text, on=dt.date(2017, 9, 1)).outcome == "assessed"


def test_day_out_of_range_beside_the_request(kunshan: cr.Policy) -> None:
    assert codes(refused(kunshan, {"subject": {"kind": "company"}}, dt.date(1017, 9, 1))) == ["CR509"]


def test_request_for_another_policy(kunshan: cr.Policy) -> None:
    assert codes(refused(kunshan, {"on": "2017-09-01", "policy": "zhangye"})) == ["CR512"]


def test_receipt_of_another_policy(kunshan: cr.Policy, zhangye: cr.Policy) -> None:
    receipt = zhangye.decide({"kind": "company"}, on="2021-06-01").receipt()
    with pytest.raises(cr.RequestError) as caught:
        kunshan.replay(receipt)
    assert codes(caught.value.findings) == ["CR510"]
    with pytest.raises(cr.RequestError) as caught:
        kunshan.replay({})
    assert codes(caught.value.findings) == ["CR510"]


def test_receipt_of_another_result(kunshan: cr.Policy) -> None:
    receipt = kunshan.decide({"kind": "company"}, on="2017-09-01").receipt()
    assert kunshan.replay(receipt).digest == receipt["digest"]
    with pytest.raises(cr.RequestError) as caught:
        kunshan.replay({**receipt, "digest": "0" * 64})
    assert codes(caught.value.findings) == ["CR511"]


# where findings point


def test_place_in_a_request_without_text(kunshan: cr.Policy) -> None:
    (finding,) = refused(kunshan, {"on": "2017-09-01", "documents": [{"kind": "credit_report", "issued": 1}]})
    assert "document.issued" in finding.where()


def test_uncovered_clause_is_shown_in_the_outline(tmp_path: Path) -> None:
    file = tmp_path / "town.yaml"
    file.write_text(policy_with().replace("kunshan", "town").replace("art31", "art1"), encoding="utf-8")
    (tmp_path / "outlines").mkdir()
    clause = "{class: decision, ref: 条, ref_en: article, zh: 文, en: text}"
    outline = f"format: 1\noutline: town\nclauses:\n  art1: {clause}\n  art17.1: {clause}\n  art18: {clause}\n"
    (tmp_path / "outlines" / "town.yaml").write_text(outline, encoding="utf-8")
    (finding,) = coverage(load(file)).findings
    assert finding.code == "CR601"
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == "art18"


def test_byte_order_mark_moves_nothing() -> None:
    _, (finding,) = read_policy(Source("p.yaml", "\ufeffhello\n"))
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == "hello"


def test_escaped_surrogates_move_nothing(kunshan: cr.Policy) -> None:
    (finding,) = refused(kunshan, r'{"on": "2017-09-01", "subject": {"name": "\ud83d\ude00", "knd": 1}}')
    assert finding.source is not None
    assert finding.span is not None
    assert finding.source.excerpt(finding.span) == '"knd"'


def test_words_of_the_author_are_not_translated(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(policy_with().replace("art17.1", "'@matter'"), encoding="utf-8")
    (finding,) = examine(file).findings
    assert "`@matter`" in finding.message("en")


def test_control_characters_are_not_printed(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(policy_with().replace("art17.1", r'"\e[31m\r\n"'), encoding="utf-8")
    (finding,) = examine(file).findings
    assert finding.message("en").isprintable()


def test_a_long_line_is_cut_around_the_words(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    many = ", ".join(["fiscal_funding"] * 20)
    file.write_text(policy_with().replace("[fiscal_funding]", f"[{many}, policy_lone, {many}]"), encoding="utf-8")
    (finding,) = examine(file).findings
    _, quoted, carets, *_ = finding_text(finding, "zh", Paint(False)).splitlines()
    start = carets.index("^")
    assert carets.count("^") == len("policy_lone")
    assert "| …" in quoted
    assert quoted.endswith("…")
    assert quoted[start : start + len("policy_lone")] == "policy_lone"


# helps


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a:\n\tb: 1\n", "spaces only", id="tab"),
        pytest.param(
            "a: 1\n  b: 2\n",
            "indentation",
            id="more indented",
        ),
        pytest.param("a:\n  - b: 1\n   c: 2\n", "spaces only", id="less indented"),
        pytest.param("a: @b\n", "quote text", id="special character"),
        pytest.param(
            "a: {b: 1\n",
            "bracket",
            id="bracket not closed",
        ),
        pytest.param(
            "a：1\nb: 2\n",
            "full-width",
            id="full-width colon",
        ),
    ],
)
def test_help_for_text_that_is_no_yaml(text: str, says: str) -> None:
    (finding,) = read(text, Limits())
    assert finding.code == "CR101"
    assert says in " ".join(advice.text("en") for advice in finding.help)


# texts that must be answered with findings, whatever stands in them

FACT = "{type: %s, zh: 甲, en: a, held_by: subject, changed_by: nobody}"
HOSTILE = {
    "setting that is no date": policy_with(
        "settings: {day: {type: date, value: soon}}\n", "{setting.day: {before: today}}"
    ),
    "today presumed": policy_with("presume: {today: {value: 2020-01-01, clause: art2}}\n"),
    "duty done on today": policy_with(then="{duty: {who: subject, what: rectify, done_on: today}}"),
    "number of five thousand digits": policy_with(
        f"facts: {{subject.size: {FACT % 'number'}}}\n", f"{{subject.size: {{at_least: {'9' * 5000}}}}}"
    ),
    "name of four hundred letters": policy_with().replace("kunshan", "k" * 400),
    "name with a zero character": policy_with().replace("policy: kunshan", r'policy: "kun\0shan"'),
    "name that climbs up": policy_with().replace("policy: kunshan", "policy: ../../x"),
    "zero character": policy_with().replace("kunshan", "kun\0shan"),
    "nothing but brackets": "[[[[[[",
    "mapping of nothing": "{}",
    "date of the year 0": policy_with().replace("2017-03-06", "0000-01-01"),
    "own enum without values": policy_with(f"facts: {{subject.size: {FACT % 'enum'}}}\n", "{subject.size: big}"),
    "empty sections": START + "settings:\nterms:\nfacts:\nrules:\n",
    "list of lists": "- - - a\n",
}
CRASHES = (
    "setting that is no date",
    "today presumed",
    "duty done on today",
    "number of five thousand digits",
    "name of four hundred letters",
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name) for name in HOSTILE],
)
def test_hostile_policies_give_findings(name: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.yaml"
    file.write_text(HOSTILE[name], encoding="utf-8")
    assert examine(file).findings


def test_request_that_holds_itself(kunshan: cr.Policy) -> None:
    subject: dict[str, object] = {}
    subject["kind"] = subject
    assert refused(kunshan, {"on": "2017-09-01", "subject": subject})


def test_vocabulary_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.yaml").write_bytes("办法".encode("gbk"))
    file = tmp_path / "p.yaml"
    file.write_text(policy_with(), encoding="utf-8")
    assert codes(examine(file).findings) == ["CR111"]
