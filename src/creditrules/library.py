"""The front door: policies on disk, loaded whole or not at all, and decisions by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel

from creditrules import policy as authored
from creditrules.catalogue import Lang
from creditrules.checker import check_policy, check_vocabulary
from creditrules.compiler import compile_policy
from creditrules.contradictions import contradictions
from creditrules.decide import decide
from creditrules.decision import Decision
from creditrules.diagnostics import Finding, Findings, advice, errors_in, nearest, sorted_findings
from creditrules.errors import PolicyError, RequestError
from creditrules.outline import Outline, read_outline
from creditrules.program import Program
from creditrules.reader import read_policy
from creditrules.reading import plain_tree
from creditrules.render.names import Names
from creditrules.render.text import decision_text
from creditrules.request_reader import read_request
from creditrules.source import Source
from creditrules.vocabulary import Vocabulary
from creditrules.vocabulary_reader import read_vocabulary
from creditrules.yaml_tree import DEFAULT_LIMITS, Limits, Node, yaml_tree

Facts: TypeAlias = Mapping[str, object] | BaseModel
_BESIDE = ("vocabulary.yaml",)


@dataclass(frozen=True, slots=True)
class Policy:
    """A document's rules, loaded and checked: immutable, safe to share between threads.

    `load("kunshan")` gives one. `model` is the policy as authored, `program` the form that is run; `findings` holds
    the remarks that did not stop the load.
    """

    model: authored.Policy
    vocabulary: Vocabulary
    outline: Outline | None
    program: Program
    source: Source
    findings: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        """Give the policy's short name, such as `kunshan`."""
        return self.model.id

    @property
    def digest(self) -> str:
        """Give the SHA-256 (hex) of the policy's meaning; layout, comments and order do not count."""
        return self.program.digest

    def decide(
        self,
        subject: Facts | None = None,
        matter: Facts | None = None,
        documents: Sequence[Facts] | None = None,
        *,
        on: dt.date | str | None = None,
        consulted: Sequence[str] = (),
        procedure: Facts | None = None,
        record: Facts | None = None,
        system: Facts | None = None,
        department: Facts | None = None,
        policy: str | None = None,
        area: Sequence[str] | None = None,
    ) -> Decision:
        """Decide one request on one day.

        `matter=None` means that there is no matter, `{}` one not known; `documents=None` that nobody said what was
        handed in, `[]` that nothing was. The keywords are the keys of a request, so `decide(**request)` works too.
        Raises `RequestError` where the request cannot be read or contradicts itself.

        >>> policy.decide({"kind": "company"}, {"code": "policy_loan"}, [], on="2017-09-01").outcome
        'pending'
        """
        request = {
            "subject": subject,
            "matter": matter,
            "documents": documents,
            "on": on,
            "consulted": list(consulted),
            "procedure": procedure,
            "record": record,
            "system": system,
            "department": department,
            "policy": policy,
            "area": area,
        }
        return self.decide_request({key: value for key, value in request.items() if value is not None})

    def decide_request(self, request: Mapping[str, object] | str | Source, *, on: dt.date | None = None) -> Decision:
        """Decide a whole request: a mapping, or its text in YAML or JSON; `on` where the request has no day."""
        source, tree = request_tree(request)
        return self.decide_tree(tree, source, on=on)

    def decide_tree(self, tree: Node, source: Source, *, on: dt.date | None = None) -> Decision:
        """Decide a request already read into a tree; for readers of larger files, such as cases."""
        vocabulary = self.vocabulary.with_facts(self.model.facts)
        read = read_request(tree, source, vocabulary, self.program.sources, on)
        found = [*read.findings]
        if read.policy is not None and read.policy != self.id:
            findings = Findings(source)
            findings.report("CR508", None, advice("one-of", names=self.id), name=read.policy)
            found += findings.found
        if read.request is not None:
            found += contradictions(self.program, read.request, source, read.spans)
        if errors_in(found) or read.request is None:
            raise RequestError(sorted_findings(found))
        return decide((self.program,), read.request)

    def names(self, lang: Lang = "zh") -> Names:
        """Give the names a rendering needs, in Chinese or English."""
        outlines = {self.id: self.outline} if self.outline is not None else {}
        return Names(lang, self.vocabulary.with_facts(self.model.facts), {self.id: self.model}, outlines)

    def text(self, decision: Decision, lang: Lang = "zh", *, verbose: bool = False, unmask: bool = False) -> str:
        """Give a decision of this policy as text for people; `unmask` shows names and identity numbers."""
        return decision_text(decision, self.names(lang), verbose=verbose, unmask=unmask)

    def replay(self, receipt: Mapping[str, object]) -> Decision:
        """Decide a receipt's request again; raises `RequestError` if the policy or the result is another."""
        findings = Findings()
        digests = receipt.get("policy")
        there = digests.get(self.id) if isinstance(digests, Mapping) else None
        if there != self.digest:
            findings.report("CR510", None, there=there, here=self.digest)
            raise RequestError(tuple(findings.found))
        request = receipt.get("request")
        decision = self.decide_request(request if isinstance(request, Mapping) else {})
        if decision.digest != receipt.get("digest"):
            findings.report("CR511", None, there=receipt.get("digest"), here=decision.digest)
            raise RequestError(tuple(findings.found))
        return decision


@dataclass(frozen=True, slots=True)
class Examined:
    """What reading and checking a policy file gave: the policy, unless a finding is an error."""

    policy: Policy | None
    findings: tuple[Finding, ...]


def load(name: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Policy:
    """Load a shipped policy by its name, or any policy by its path; all or nothing.

    The vocabulary is `vocabulary.yaml` beside the file, the outline `outlines/NAME.yaml`; the shipped ones serve
    where there are none. Raises `PolicyError` with every finding of the file.

    >>> load("kunshan").id
    'kunshan'
    """
    examined = examine(name, limits=limits)
    if examined.policy is None:
        raise PolicyError(examined.findings)
    return examined.policy


def examine(name: str | Path, *, limits: Limits = DEFAULT_LIMITS) -> Examined:
    """Read and check a policy, and give every finding; nothing is raised for what is in the file."""
    path, missing = _find(name)
    if missing:
        return Examined(None, missing)
    source, found = read_source(path)
    if source is None:
        return Examined(None, found)
    vocabulary_path = _beside(path, "vocabulary.yaml")
    vocabulary, vocabulary_found = _vocabulary(str(vocabulary_path), _text(vocabulary_path))
    model, policy_found = read_policy(source, limits)
    found = (*found, *vocabulary_found, *policy_found)
    if model is None or vocabulary is None:
        return Examined(None, sorted_findings(found))
    outline, outline_found = _outline(path, model.id)
    checked = check_policy(model, source, vocabulary, outline)
    found = sorted_findings((*found, *outline_found, *checked))
    if errors_in(found):
        return Examined(None, found)
    policy = Policy(model, vocabulary, outline, compile_policy(model, vocabulary), source, found)
    return Examined(policy, found)


def examine_vocabulary(name: str | Path) -> Examined:
    """Read and check a vocabulary file, and give every finding; there is no policy in it."""
    source, found = read_source(Path(name))
    return Examined(None, found if source is None else _vocabulary(source.name, source.text)[1])


def shipped_folder() -> Path:
    """Give the folder of the shipped policies: inside the installed package, or beside its source."""
    inside = Path(str(files("creditrules"))) / "policies"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "policies"


def shipped_policies() -> tuple[str, ...]:
    """Name the shipped policies."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml") if path.name not in _BESIDE))


def read_source(path: Path) -> tuple[Source | None, tuple[Finding, ...]]:
    """Read a file as UTF-8; a missing or otherwise encoded one is a finding."""
    try:
        return decoded(str(path), path.read_bytes())
    except OSError:
        findings = Findings(Source(str(path), ""))
        findings.report("CR114", None, name=path)
        return None, tuple(findings.found)


def decoded(name: str, data: bytes) -> tuple[Source | None, tuple[Finding, ...]]:
    """Read bytes as UTF-8; anything else is a finding."""
    try:
        return Source(name, data.decode("utf-8")), ()
    except UnicodeDecodeError as wrong:
        findings = Findings(Source(name, ""))
        findings.report("CR111", None, advice("save-utf8"), offset=wrong.start)
        return None, tuple(findings.found)


def request_tree(request: Mapping[str, object] | str | Source) -> tuple[Source, Node]:
    """Give a request as a tree, from a mapping or from text; raises `RequestError` where the text is no YAML."""
    if isinstance(request, Mapping):
        return Source("<request>", ""), plain_tree(_plain(request))
    source = Source("<request>", request) if isinstance(request, str) else request
    tree, found = yaml_tree(source)
    if tree is None or errors_in(found):
        raise RequestError(sorted_findings(found))
    return source, tree


def _plain(value: object) -> object:
    """Turn pydantic models, wherever they stand, into mappings without what was not said."""
    if isinstance(value, BaseModel):
        return {key: _plain(inner) for key, inner in value if key in value.model_fields_set or inner is not None}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _find(name: str | Path) -> tuple[Path, tuple[Finding, ...]]:
    path = Path(name)
    if isinstance(name, Path) or path.suffix or len(path.parts) > 1:
        return path, ()
    shipped = shipped_folder() / f"{name}.yaml"
    if name in shipped_policies():
        return shipped, ()
    findings = Findings()
    findings.report("CR508", None, nearest(str(name), shipped_policies()), spot=str(name), name=name)
    return path, tuple(findings.found)


def _beside(path: Path, name: str) -> Path:
    """Give a file beside a policy, or the shipped one."""
    beside = path.parent / name
    return beside if beside.is_file() else shipped_folder() / name


def _text(path: Path) -> str:
    source, found = read_source(path)
    if source is None:
        raise PolicyError(found)
    return source.text


@lru_cache(maxsize=8)
def _vocabulary(name: str, text: str) -> tuple[Vocabulary | None, tuple[Finding, ...]]:
    source = Source(name, text)
    vocabulary, found = read_vocabulary(source)
    if vocabulary is None or errors_in(found):
        return None, found
    return vocabulary, (*found, *check_vocabulary(vocabulary, source))


def _outline(path: Path, policy: str) -> tuple[Outline | None, tuple[Finding, ...]]:
    outline_path = _beside(path, f"outlines/{policy}.yaml")
    if not outline_path.is_file():
        return None, ()
    source, found = read_source(outline_path)
    if source is None:
        return None, found
    outline, more = read_outline(source)
    return outline, (*found, *more)
