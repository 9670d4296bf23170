"""Case files: what goes in and what must come out. They are the specification of a policy.

A case names only what it is about; every key of `expect` that it names is compared whole (`clauses`: each named one
must be cited). See `docs/cases.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from creditrules import decision as record
from creditrules.answered import Decision
from creditrules.decision import OUTCOMES, PAPER_STATES
from creditrules.diagnostics import Finding, errors_in, nearest, sorted_findings
from creditrules.errors import PolicyError, RequestError
from creditrules.files import read_source, shipped_folder
from creditrules.front import Policy
from creditrules.reading import TreeReader
from creditrules.source import Source, Span
from creditrules.tree import ListNode, MapNode, Node, Scalar, first_key
from creditrules.yaml_tree import yaml_tree

_LISTS = (
    "requirements", "measures", "options", "weights", "referrals", "duties", "violations", "conflicts", "presumed",
    "taken", "readings", "untold",
)  # fmt: skip
_CITING = (
    "requirements",
    "papers",
    "measures",
    "options",
    "weights",
    "referrals",
    "duties",
    "violations",
    "conflicts",
    "rules",
)
EXPECTATIONS = ("outcome", "possible", "missing", "papers", *_LISTS, "clauses", "refused")


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its title, the request, and what is expected of the decision."""

    title: str
    request: Node
    expect: Mapping[str, object]
    source: Source = field(repr=False)
    span: Span | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one policy; `defaults` lie under their requests already."""

    policy: str
    cases: tuple[Case, ...]
    defaults: Node | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """An expectation that was not met: its key, what was expected and what came out."""

    key: str
    expected: object
    got: object


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went; `decision` is `None` where the request was refused, and `findings` say why."""

    case: Case
    differences: tuple[Difference, ...]
    decision: Decision | None
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Say whether everything expected came out."""
        return not self.differences


def load_cases(path: Path) -> CaseFile:
    """Read a case file; raises `PolicyError` with its findings."""
    source, found = read_source(path)
    if source is None:
        raise PolicyError(found)
    cases, found = read_cases(source)
    if errors_in(found) or cases is None:
        raise PolicyError(sorted_findings(found))
    return cases


def cases_of(policy: Policy) -> Path:
    """Give the case file of a policy: `cases/NAME.yaml` beside it, or the shipped one."""
    beside = Path(policy.source.name).parent / "cases" / f"{policy.id}.yaml"
    return beside if beside.is_file() else shipped_folder() / "cases" / f"{policy.id}.yaml"


def read_cases(source: Source) -> tuple[CaseFile | None, tuple[Finding, ...]]:
    """Read a case file's text."""
    tree, found = yaml_tree(source)
    if tree is None:
        return None, found
    reader = TreeReader(source)
    keys = ("format", "policy", "defaults", "cases")
    top = reader.fields(tree, "@case-file", keys, ("format", "policy", "cases"), at=first_key(tree))
    reader.format(top.get("format"))
    cases = tuple(_case(reader, node, top.get("defaults")) for node in reader.items(top.get("cases"), "cases"))
    file = CaseFile(reader.text(top.get("policy"), "policy") or "", cases, top.get("defaults"))
    return file, (*found, *reader.findings.found)


def _case(reader: TreeReader, node: Node, defaults: Node | None) -> Case:
    keys = ("title", "request", "expect")
    parts = reader.fields(node, "@case", keys, keys, key="cases")
    request = parts.get("request") or MapNode((), None)
    expect = (
        reader.fields(parts.get("expect"), "@expectation", EXPECTATIONS, key="expect") if "expect" in parts else {}
    )
    _check_words(reader, expect)
    title = reader.text(parts.get("title"), "title") or ""
    whole = merged(defaults, request) if defaults is not None else request
    wanted = {key: plain(value) for key, value in expect.items()}
    return Case(title, whole, wanted, reader.findings.source or Source("", ""), node.span)


def _check_words(reader: TreeReader, expect: Mapping[str, Node]) -> None:
    """Report outcomes and statuses that do not exist."""
    for key in ("outcome", "possible"):
        for word in reader.words(expect.get(key), key):
            if word.text not in OUTCOMES:
                near = nearest(word.text, OUTCOMES)
                reader.report("CR306", word.span, near, text=word.text, place="@the-outcome")
    for _, node in reader.entries(expect.get("papers"), "papers"):
        status = node.get("status") if isinstance(node, MapNode) else node
        if isinstance(status, Scalar) and status.text not in PAPER_STATES:
            near = nearest(status.text, PAPER_STATES)
            reader.report("CR306", status.span, near, text=status.text, place="@paper-status")


def merged(under: Node, over: Node) -> Node:
    """Lay a request over the defaults: mappings are merged, everything else is replaced."""
    if not isinstance(under, MapNode) or not isinstance(over, MapNode):
        return over
    entries = {key.text: (key, value) for key, value in under.entries}
    for key, value in over.entries:
        if key.text in entries:
            value = merged(entries[key.text][1], value)
        entries[key.text] = (key, value)
    return MapNode(tuple(entries.values()), over.span)


def plain(node: Node) -> object:
    """Give a tree as JSON knows it; numbers and dates stay text, as they are in a decision."""
    if isinstance(node, Scalar):
        if node.is_null:
            return None
        return node.text if node.quoted or node.text not in ("true", "false") else node.text == "true"
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def run_case(policy: Policy, case: Case) -> CaseResult:
    """Decide a case's request and compare."""
    refused = case.expect.get("refused")
    try:
        decision = policy.decide_tree(case.request, case.source)
    except RequestError as error:
        codes = sorted({finding.code for finding in error.findings})
        if refused is not None and codes == sorted(str(code) for code in _listed(refused)):
            return CaseResult(case, (), None)
        return CaseResult(case, (Difference("refused", refused or [], codes),), None, error.findings)
    if refused is not None:
        return CaseResult(case, (Difference("refused", refused, []),), decision)
    return CaseResult(case, compared(case, decision, policy.id), decision)


def compared(case: Case, decision: record.Decision, policy: str) -> tuple[Difference, ...]:
    """Give the expectations of a case that a decision of its request does not meet; no other part is looked at."""
    wanted = {*case.expect, *(_CITING if "clauses" in case.expect else ())} - {"clauses", "refused"}
    found = {key: record.plain(getattr(decision, key)) for key in wanted}
    return tuple(
        Difference(key, expected, _got(key, found))
        for key, expected in case.expect.items()
        if not _meets(key, expected, found, policy)
    )


def run_cases(policy: Policy, file: CaseFile) -> tuple[CaseResult, ...]:
    """Run all cases of a file."""
    return tuple(run_case(policy, case) for case in file.cases)


def cited(found: Mapping[str, object]) -> set[str]:
    """Give every clause the rules that hold and their effects cite."""
    clauses: set[str] = set()
    for key in _CITING:
        value = found[key]
        for entry in value if isinstance(value, list) else ():
            if isinstance(entry, dict):
                for side in (entry, entry.get("favour"), entry.get("burden")):
                    clauses |= set(side.get("clauses", ())) if isinstance(side, dict) else set()
    return clauses


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _got(key: str, found: Mapping[str, object]) -> object:
    if key == "clauses":
        return sorted(cited(found))
    if key == "missing":
        return [_fact_name(entry) for entry in _entries(found, key)]
    return found[key]


def _entries(found: Mapping[str, object], key: str) -> list[dict[str, object]]:
    value = found[key]
    assert isinstance(value, list)
    return value


def _fact_name(entry: Mapping[str, object]) -> str:
    return f"{entry['document']}/{entry['fact']}" if entry.get("document") else str(entry["fact"])


def _meets(key: str, expected: object, found: Mapping[str, object], policy: str) -> bool:
    match key:
        case "outcome":
            return found[key] == expected
        case "possible":
            return found[key] == _listed(expected)
        case "missing":
            return sorted(_listed(expected), key=str) == sorted(_fact_name(entry) for entry in _entries(found, key))
        case "clauses":
            return {f"{policy}/{clause}" for clause in _listed(expected)} <= cited(found)
        case "papers":
            return isinstance(expected, dict) and _papers_meet(expected, _entries(found, key))
    return _all_paired(_listed(expected), _entries(found, key), policy)


def _papers_meet(expected: Mapping[str, object], entries: Sequence[Mapping[str, object]]) -> bool:
    papers = {str(entry["id"]): entry for entry in entries}
    if set(expected) != set(papers):
        return False
    return all(
        _fits(wanted if isinstance(wanted, dict) else {"status": wanted}, papers[id_], "")
        for id_, wanted in expected.items()
    )


def _all_paired(expected: list[object], entries: list[dict[str, object]], policy: str) -> bool:
    """Say whether every expectation has an entry of its own, and no entry is left over."""
    left = list(entries)
    for wanted in expected:
        entry = next((entry for entry in left if _fits(wanted, entry, policy)), None)
        if entry is None:
            return False
        left.remove(entry)
    return not left


def _fits(wanted: object, entry: Mapping[str, object], policy: str) -> bool:
    """Compare an expectation with an entry: a word with its name, a mapping with the keys it gives."""
    if not isinstance(wanted, dict):
        return wanted in _names(entry)
    for key, value in wanted.items():
        if key == "clause":
            clauses = entry.get("clauses")
            cited_ = [f"{policy}/{clause}" for clause in _listed(value)]
            if not isinstance(clauses, list) or not set(cited_) <= set(clauses):
                return False
        elif key in ("any_of", "all_of", "what", "codes"):
            have = entry.get(key, [])
            if isinstance(value, bool):  # of a duty: whether one of `what` will do
                if (have is True) is not value:
                    return False
            elif not isinstance(have, list) or sorted(map(str, have)) != sorted(map(str, _listed(value))):
                return False
        elif key in ("favour", "burden"):
            side = entry.get(key)
            if not isinstance(side, dict) or not _fits(value, side, policy):
                return False
        elif entry.get(key) != value:
            return False
    return True


def _names(entry: Mapping[str, object]) -> list[object]:
    names: list[object] = []
    for key in ("code", "what", "codes", "act", "fact", "of", "to", "any_of", "all_of"):
        value = entry.get(key)
        names += value if isinstance(value, list) else [value] if value is not None else []
    return names
