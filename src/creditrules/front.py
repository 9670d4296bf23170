"""The front door to one policy: loading it whole or not at all, and deciding by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from creditrules.answered import Decision
from creditrules.cache import cache_folder
from creditrules.deciding import Facts, Front
from creditrules.diagnostics import Finding, Findings, errors_in, sorted_findings
from creditrules.drivers.python.engine import NO_LANE, Engine
from creditrules.errors import PolicyError, RequestError
from creditrules.extras import driver, sql_of
from creditrules.files import load_vocabulary, read_source
from creditrules.frozen import dataclass
from creditrules.handed_in import a_day, one_of, request_tree
from creditrules.loading import Kept, load_file
from creditrules.program import Program
from creditrules.quick import decided as quickly_decided
from creditrules.quick import decided_models, engine_of
from creditrules.quick import decided_text as quickly_decided_text
from creditrules.request_reader import policy_span, read_request
from creditrules.source import Source
from creditrules.tree import DEFAULT_LIMITS, Limits, Node
from creditrules.vocabulary import Fact, Vocabulary
from creditrules.wording import Lang

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from creditrules import policy as authored
    from creditrules.drivers.rete import Engine as SecondEngine
    from creditrules.making import Made
    from creditrules.outline import Outline
    from creditrules.render.names import Names


@dataclass(frozen=True, slots=True)
class Policy(Front):
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
    engine: Engine = field(init=False, repr=False, compare=False)
    later: Kept | None = field(default=None, init=False, repr=False, compare=False)

    if not TYPE_CHECKING:

        def __reduce__(self) -> tuple[Any, ...]:
            """Send along what the policy is, and not its fast driver: that is made anew where it arrives."""
            parts = (self.model, self.vocabulary, self.outline, self.program, self.source, self.findings)
            return Policy, parts

        def __getattr__(self, name: str) -> Any:
            """Make what is made when it is first looked at: the fast driver, and all that comes from the cache."""
            if name == "engine":
                value = engine_of(self.program, self.vocabulary.with_facts(self.facts), self._wholly)
            elif name in ("model", "vocabulary", "outline", "program"):
                value = self.later.part(name)
            else:
                raise AttributeError(name)
            object.__setattr__(self, name, value)
            return value

    @property
    def id(self) -> str:
        """Give the policy's short name, such as `kunshan`."""
        return self.model.id if self.later is None else self.program.policy

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Give the facts that the policy declares itself."""
        return self.model.facts if self.later is None else self.later.part("facts")

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
        check: Literal["all", "read"] = "all",
        verify: str | SecondEngine | None = None,
        **more: Any,
    ) -> Decision:
        """Decide one request on one day; see `Front.decide`.

        With `check="read"` facts that no rule of the matter reads may be left unlooked at: neither their names nor
        their values are checked then, and the decision does not keep them.
        """
        if verify is not None:  # what is checked is what would be said without
            decision = self.decide(subject, matter, documents, on=on, check=check, **more)
            return self._checked(decision, verify, self._by_parts)
        if documents is None and not more:
            found: Decision | None
            if matter.__class__ is dict:
                try:
                    found = self.engine.lanes[check][matter["code"]](subject, matter, on)
                except NO_LANE:
                    found = self.engine.down_another(check, subject, matter, on)
            else:
                found = decided_models(self.engine, check, subject, matter, on)
            if found is not None:
                return found
        one_of(check, ("all", "read"), "check")
        return Front.decide(self, subject, matter, documents, on=on, **more)

    def decide_request(
        self,
        request: Mapping[str, object] | str | Source,
        *,
        on: dt.date | str | None = None,
        verify: str | SecondEngine | None = None,
    ) -> Decision:
        """Decide a whole request: a mapping, or its text in YAML or JSON; `on` where the request has no day."""
        if on is None:
            quick = None
            if isinstance(request, dict):
                quick = quickly_decided(self.engine, self._wholly, request)
            elif isinstance(request, str):
                quick = quickly_decided_text(self.engine, self._wholly, request)
            if quick is not None:
                return quick if verify is None else self._checked(quick, verify, self._again(request))
        return Front.decide_request(self, request, on=on, verify=verify)

    def _by_parts(self, request: Mapping[str, Any]) -> Decision:
        return self.decide(**{key: value for key, value in request.items() if value != [] or key == "documents"})

    def _wholly(self, request: Mapping[str, object]) -> Decision:
        return Front.decide_request(self, request)

    def decide_tree(self, tree: Node, source: Source, *, on: dt.date | None = None) -> Decision:
        """Decide a request already read into a tree; for readers of larger files, such as cases."""
        return decided_by((self,), tree, source, on, self.id)

    def panel(self, policy: str | None, area: tuple[str, ...] | None) -> tuple[Program, ...] | None:
        """Give the program; `None` where the request names another policy, and is refused."""
        return (self.program,) if policy in (None, self.id) else None

    def digests(self) -> Mapping[str, str]:
        """Give the digest under the policy's short name."""
        return {self.id: self.digest}

    def names_read(self) -> Vocabulary:
        """Give the vocabulary with this policy's own facts."""
        return self.vocabulary.with_facts(self.model.facts)

    def again(self) -> tuple[Any, str]:
        """Give how another process gets the same: by loading the file."""
        return load, self.source.name

    def names(self, lang: Lang = "zh") -> Names:
        """Give the names a rendering needs, in Chinese or English."""
        return names_of((self,), self.vocabulary, lang)

    def text(self, decision: Decision, lang: Lang = "zh", *, verbose: bool = False, unmask: bool = False) -> str:
        """Give a decision of this policy as text for people; `unmask` shows names and identity numbers."""
        from creditrules.render.text import decision_text

        return decision_text(decision, self.names(lang), verbose=verbose, unmask=unmask)

    def to_sql(self, dialect: str = "duckdb", **options: Any) -> str:
        """Give one SQL statement that decides a table of requests, each as `decide` does; needs the extra `sql`.

        `dialect` is `duckdb`, `spark`, `postgres`, `trino` or `clickhouse`. Options: `requests`, `papers` and
        `calendar` name the tables, `key` the column that tells requests apart; `columns` are those that the tables
        have, if not all that the policy reads; `text_dates` those of dates written as text; `results` what is asked
        for. Raises `CreditRulesError` for another dialect, or without the extra.
        """
        return sql_of((self.program,), dialect, options)

    def decide_spark(
        self, requests: DataFrame, papers: DataFrame | None = None, *, on: dt.date | str | None = None, **options: Any
    ) -> DataFrame:
        """Decide a Spark DataFrame of requests, and one of their papers, in the session they belong to.

        Nothing is collected. Options: `key` and `results`, as for `to_sql`. Needs the extra `spark`.
        """
        day = None if on is None else a_day(on, "on")
        frame: DataFrame = driver("spark", "spark").decide_frame((self.program,), requests, papers, on=day, **options)
        return frame

    def replay(self, receipt: Mapping[str, object]) -> Decision:
        """Decide a receipt's request again; raises `RequestError` if the policy or the result is another."""
        return replayed((self,), receipt)


def decided_by(
    policies: tuple[Policy, ...],
    tree: Node,
    source: Source,
    on: dt.date | None,
    name: str | None,
    vocabulary: Vocabulary | None = None,
) -> Decision:
    """Read a request against the names of the policies picked, and decide it by all of them together."""
    from creditrules.contradictions import contradictions  # here, for most requests go the fast way
    from creditrules.decide import decide

    known = vocabulary or policies[0].vocabulary
    for policy in policies:
        known = known.with_facts(policy.facts)
    sources = frozenset(known.sources).union(*(policy.program.sources for policy in policies))
    read = read_request(tree, source, known, sources, on)
    found = [*read.findings]
    if name is not None and read.policy is not None and read.policy != name:
        findings = Findings(source)
        findings.report("CR512", policy_span(tree), spot="policy", there=read.policy, here=name)
        found += findings.found
    programs = tuple(policy.program for policy in policies)
    if read.request is not None:
        for program in programs:
            found += contradictions(program, read.request, source, read.spans)
    if errors_in(found) or read.request is None:
        raise RequestError(sorted_findings(found))
    made = decide(programs, read.request)
    changed_by = {name: fact.changed_by for name, fact in known.facts.items()}
    parts = {one.name: getattr(made, one.name) for one in fields(made)}
    return Decision(**parts, programs=programs, changed_by=changed_by)


def replayed(
    policies: tuple[Policy, ...], receipt: Mapping[str, object], vocabulary: Vocabulary | None = None
) -> Decision:
    """Decide a receipt's request again; the documents and the result must be those of the receipt."""
    findings = Findings()
    receipt = receipt if isinstance(receipt, Mapping) else {}
    there, here = receipt.get("policy"), {policy.id: policy.digest for policy in policies}
    if there != here:
        findings.report("CR510", None, there=there, here=here)
        raise RequestError(tuple(findings.found))
    request = receipt.get("request")
    source, tree = request_tree(request if isinstance(request, Mapping) else {})
    decision = decided_by(policies, tree, source, None, None, vocabulary)
    if decision.digest != receipt.get("digest"):
        findings.report("CR511", None, there=receipt.get("digest"), here=decision.digest)
        raise RequestError(tuple(findings.found))
    return decision


def names_of(policies: tuple[Policy, ...], vocabulary: Vocabulary, lang: Lang) -> Names:
    """Give the names a rendering needs for several policies."""
    from creditrules.render.names import Names

    for policy in policies:
        vocabulary = vocabulary.with_facts(policy.facts)
    outlines = {policy.id: policy.outline for policy in policies if policy.outline is not None}
    return Names(lang, vocabulary, {policy.id: policy.model for policy in policies}, outlines)


@dataclass(frozen=True, slots=True)
class Examined:
    """What reading and checking a policy file gave: the policy, unless a finding is an error."""

    policy: Policy | None
    findings: tuple[Finding, ...]


def load(
    name: str | Path, *, limits: Limits = DEFAULT_LIMITS, cache: str | PathLike[str] | bool | None = None
) -> Policy:
    """Load a shipped policy by its name, or any policy by its path; all or nothing.

    The vocabulary is `vocabulary.yaml` beside the file, the outline `outlines/NAME.yaml`; the shipped ones serve
    where there are none. `cache` is a folder in which to keep the compiled policy for the next start, `True` for the
    user's own; without it, the environment variable `CREDITRULES_CACHE` says, or nothing is kept. Raises
    `PolicyError` with every finding of the file.

    >>> load("kunshan").id
    'kunshan'
    """
    examined = examine(name, limits=limits, cache=cache)
    if examined.policy is None:
        raise PolicyError(examined.findings)
    return examined.policy


def examine(
    name: str | Path, *, limits: Limits = DEFAULT_LIMITS, cache: str | PathLike[str] | bool | None = None
) -> Examined:
    """Read and check a policy, and give every finding; nothing is raised for what is in the file."""
    loaded = load_file(name, limits, cache_folder(cache))
    if loaded.made is None or loaded.source is None:
        return Examined(None, loaded.findings)
    return Examined(_policy(loaded.made, loaded.source, loaded.findings), loaded.findings)


def _policy(made: Made | Kept, source: Source, found: tuple[Finding, ...]) -> Policy:
    if not isinstance(made, Kept):
        return Policy(made.model, made.vocabulary, made.outline, made.program, source, found)
    policy = object.__new__(Policy)  # the parts it does not have yet are made when they are looked at
    for name, value in (("source", source), ("findings", found), ("later", made)):
        object.__setattr__(policy, name, value)
    return policy


def examine_vocabulary(name: str | Path) -> Examined:
    """Read and check a vocabulary file, and give every finding; there is no policy in it."""
    source, found = read_source(Path(name))
    return Examined(None, found if source is None else load_vocabulary(source.name, source.text)[1])
