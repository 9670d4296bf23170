"""Every mistake in `bad/` gives its one finding, at the marked words, in both languages."""

from __future__ import annotations

import re
import shutil
import unicodedata
from pathlib import Path

import pytest
from test_findings_api import BY_CALL

from creditrules.analysis.coverage import coverage
from creditrules.catalogue import CATALOGUE
from creditrules.cli.asking import policy_for, read_request_file
from creditrules.diagnostics import Finding
from creditrules.errors import CreditRulesError
from creditrules.front import examine, examine_vocabulary, load
from creditrules.outline import read_outline
from creditrules.render.findings import finding_text
from creditrules.render.layout import Paint
from creditrules.source import Source
from creditrules.testing.cases import read_cases
from creditrules.wording import Lang

TESTS = Path(__file__).parent
PAGES = TESTS.parent / "docs" / "findings"
BAD = sorted((TESTS / "bad").glob("*.yaml"))
LEFT_OVER = re.compile(r"\{\w*\}|\{\{|\}\}|@[a-z]|``")  # a place not filled, a word not translated, doubled quotes
MARKED = re.compile("«(.*?)»", re.DOTALL)


def found_in(path: Path, kind: str) -> tuple[Finding, ...]:
    """Read a file the way its sort is read."""
    if kind == "policy":
        return examine(path).findings
    if kind == "vocabulary":
        return examine_vocabulary(path).findings
    if kind == "coverage":
        return coverage(load(path)).findings
    if kind == "request":
        try:
            tree, source = read_request_file(str(path))
            policy_for(tree, source, None).decide_tree(tree, source)
        except CreditRulesError as error:
            return error.findings
        return ()
    read = {"outline": read_outline, "cases": read_cases}[kind]
    return read(Source(str(path), path.read_text(encoding="utf-8")))[1]


def columns(text: str) -> int:
    """Count the columns of a terminal."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def underlined(shown: str) -> tuple[str, int, int]:
    """Give the text above the carets of a finding as shown, where they start, and how many they are."""
    lines = shown.splitlines()
    at = next(place for place, line in enumerate(lines) if re.fullmatch(r" *\| *\^+", line))
    quoted, carets = lines[at - 1], lines[at]
    start = carets.index("^")
    over = [one for place, one in enumerate(quoted) if start <= columns(quoted[:place]) < len(carets)]
    return "".join(over), start, carets.count("^")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_one_mistake_one_finding(path: Path, tmp_path: Path) -> None:
    marked = path.read_text(encoding="utf-8")
    kind = marked.partition("\n")[0].removeprefix("# ")
    text = marked.replace("«", "").replace("»", "")
    shutil.copytree(TESTS / "bad" / "outlines", tmp_path / "outlines")
    file = tmp_path / path.name
    file.write_text(text, encoding="utf-8")

    findings = found_in(file, kind)
    assert [one.code for one in findings] == [path.name[:5]], [one.line("en") for one in findings]
    finding = findings[0]
    langs: tuple[Lang, ...] = ("zh", "en")
    for lang in langs:
        said = [finding.message(lang), *(advice.text(lang) for advice in finding.help)]
        assert all(said)
        assert not LEFT_OVER.search(" ".join(said)), said

    mark = MARKED.search(marked)
    if mark is None:
        assert finding.span is None or (finding.source is not None and finding.source.name != str(file))
        return
    assert finding.source is not None
    assert finding.span is not None
    words = mark[1].splitlines()[0].rstrip() if mark[1] else ""
    before = marked[: mark.start()]
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert finding.source.excerpt(finding.span).rstrip() == words
    assert finding.span[:2] == (line, column)
    for lang in langs:
        shown = finding_text(finding, lang, Paint(False))
        over, start, count = underlined(shown)
        assert count == max(1, columns(words))
        if finding.code == "CR506":  # an identity number is not shown in full
            assert words not in shown
        else:
            assert over.rstrip() == words
        if columns(text.splitlines()[line - 1]) < 100:
            margin = len(f"  {line} | ")
            assert start == margin + columns(before.rpartition("\n")[2])


def test_every_code_has_a_bad_file_or_a_call() -> None:
    in_files = {path.name[:5] for path in BAD}
    assert in_files | set(BY_CALL) == set(CATALOGUE)


def test_bad_files_mark_one_place_at_most() -> None:
    for path in BAD:
        text = path.read_text(encoding="utf-8")
        assert text.count("«") == text.count("»") <= 1, path.name
        assert text.partition("\n")[0] in (
            "# policy",
            "# request",
            "# vocabulary",
            "# outline",
            "# cases",
            "# coverage",
        ), path.name


def test_every_code_has_its_page_and_every_page_its_code() -> None:
    pages = {path.stem for path in PAGES.glob("CR*.md")}
    assert pages == set(CATALOGUE)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_page_is_named_as_the_catalogue_names_it(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert page.splitlines()[0] == f"# {code}: {CATALOGUE[code].name}"
    assert f"| [{code}]({code}.md) | {CATALOGUE[code].name} |" in (PAGES / "README.md").read_text(encoding="utf-8")
