"""The front door to one policy: loading it whole or not at all, and deciding by it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib import import_module
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from creditrules.answered import Decision
from creditrules.cache import cache_folder
from creditrules.diagnostics import Finding, Findings, advice, errors_in, nearest, sorted_findings
from creditrules.drivers.python.engine import Engine
from creditrules.drivers.python.lanes import nowhere
from creditrules.drivers.python.tables import Elsewhere
from creditrules.errors import CreditRulesError, PolicyError, RequestError
from creditrules.facts import is_model
from creditrules.files import load_vocabulary, read_source
from creditrules.loading import Kept, load_file
from creditrules.program import Program
from creditrules.quick import decided as quickly_decided
from creditrules.quick import decided_text as quickly_decided_text
from creditrules.quick import engine_of
from creditrules.reading import iso_date, plain_tree
from creditrules.request_reader import named_area, named_policy, policy_span, read_request
from creditrules.source import Source
from creditrules.tree import DEFAULT_LIMITS, Limits, Node
from creditrules.vocabulary import Fact, Vocabulary
from creditrules.wording import Lang

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pyspark.sql import DataFrame

    from creditrules import policy as authored
    from creditrules.case_file import CaseFile
    from creditrules.drivers.rete import Engine as SecondEngine
    from creditrules.making import Made
    from creditrules.outline import Outline
    from creditrules.render.names import Names
    from creditrules.timeline import Interval

if TYPE_CHECKING:
    from creditrules.drivers.table import DecidedTable

Facts: TypeAlias = "Mapping[str, object] | BaseModel"


class Front:
    """What deciding by one policy and by a library have in common: how a request is handed in."""

    __slots__ = ()

    def decide(
        self,
        subject: Facts | None = None,
        matter: Facts | None = None,
        documents: Sequence[Facts] | None = None,
        *,
        on: dt.date | str | None = None,
        consulted: Sequence[str] | str | None = None,
        procedure: Facts | None = None,
        record: Facts | None = None,
        system: Facts | None = None,
        department: Facts | None = None,
        policy: str | None = None,
        area: Sequence[str] | None = None,
        verify: str | SecondEngine | None = None,
    ) -> Decision:
        """Decide one request on one day.

        `matter=None` means that there is no matter, `{}` one not known; `documents=None` that nobody said what was
        handed in, `[]` that nothing was. The keywords are the keys of a request, so `decide(**request)` works too.
        `verify="rete"` has a second engine check the decision, which stays ours.
        Raises `RequestError` where the request cannot be read or contradicts itself; with `verify`,
        `VerificationError` where the engine finds otherwise, `EngineUnavailableError` where it could not be asked.

        >>> policy.decide({"kind": "company"}, {"code": "policy_loan"}, [], on="2017-09-01").outcome
        'pending'
        """
        request: dict[str, object] = {
            "subject": subject,
            "matter": matter,
            "documents": documents,
            "on": on,
            "consulted": consulted or None,
            "procedure": procedure,
            "record": record,
            "system": system,
            "department": department,
            "policy": policy,
            "area": area,
        }
        given = {key: value for key, value in request.items() if value is not None}
        return self.decide_request(given, verify=verify)

    def decide_request(
        self,
        request: Mapping[str, object] | str | Source,
        *,
        on: dt.date | str | None = None,
        verify: str | SecondEngine | None = None,
    ) -> Decision:
        """Decide a whole request: a mapping, or its text in YAML or JSON; `on` where the request has no day."""
        source, tree = request_tree(request)
        decision = self.decide_tree(tree, source, on=None if on is None else a_day(on, "on"))
        return decision if verify is None else self._checked(decision, verify, self._again(request))

    def _checked(
        self, decision: Decision, by: str | SecondEngine, again: Callable[[Mapping[str, object]], Decision]
    ) -> Decision:
        """Have a second engine check a decision; `again` decides a smaller request the way this one was."""
        from creditrules.drivers.rete import verify  # where it is not asked for, it costs no time

        verify(decision.programs, decision, by, lambda smaller: again(json.loads(smaller.text)))
        return decision

    def _again(self, request: Mapping[str, object] | str | Source) -> Callable[[Mapping[str, object]], Decision]:
        """Give how a request is decided again when its facts have changed: by the same policy or area."""
        tree = request_tree(request)[1]
        named = {"policy": named_policy(tree), "area": list(named_area(tree) or ())}
        kept = {key: value for key, value in named.items() if value}
        return lambda changed: self.decide_request({**kept, **changed})

    def case_file(
        self,
        request: Mapping[str, object] | str | Source,
        *,
        on: dt.date | str | None = None,
        engine: str | SecondEngine | None = None,
    ) -> CaseFile:
        """Open a case with its first request, to be followed by events and days; with `engine="rete"` a second engine
        derives each step too, and must agree. Raises as `decide` does."""
        from creditrules.case_file import CaseFile
        from creditrules.drivers.rete import engine_named

        decision = self.decide_request(request, on=on)
        second = None if engine is None else engine_named(engine)
        return CaseFile.opened(decision, decision.programs, self._again(request), second)

    def decide_tree(self, tree: Node, source: Source, *, on: dt.date | None = None) -> Decision:
        """Decide a request already read into a tree; for readers of larger files, such as cases."""
        raise NotImplementedError

    def decide_table(
        self,
        table: object,
        *,
        on: dt.date | str | None = None,
        columns: Sequence[str] | None = None,
        documents: object = None,
        consulted: Sequence[str] | str | None = None,
        policy: str | None = None,
        area: Sequence[str] | None = None,
        keep: Sequence[str] = (),
        out: str | Path | None = None,
        workers: int = 1,
    ) -> DecidedTable:
        """Decide a table of requests, a row each: an Arrow, pandas or Polars table, a DuckDB relation, or the path of
        a Parquet or CSV file. The answer is a table of the same kind, or the file `out`. Needs the extra `tables`.

        Columns are facts by full name (`subject.kind`) and `on`, `documents` and the like; `documents` may be a
        second table of papers, too. `columns` selects what is answered, `keep` columns to carry along. A row that
        cannot be read is refused with its findings, and stops no other. With `out`, `workers` processes decide, and a
        run that was interrupted goes on. Raises `RequestError` where the whole cannot be read.
        """
        tables = driver("table", "tables")
        day = None if on is None else a_day(on, "on")
        asking = tables.ask(self, day, columns, {"policy": policy, "area": area, "consulted": consulted}, keep)
        if out is None:
            return cast("DecidedTable", tables.decide_table(asking, table, documents))
        made = tables.decide_to_file(asking, table, Path(out), documents, again=self.again(), workers=workers)
        return cast("DecidedTable", made)

    def panel(self, policy: str | None, area: tuple[str, ...] | None) -> tuple[Program, ...] | None:
        """Give the programs that decide a request naming such a policy or area; `None` where it would be refused."""
        raise NotImplementedError

    def digests(self) -> Mapping[str, str]:
        """Give the digest of every policy, by its short name."""
        raise NotImplementedError

    def names_read(self) -> Vocabulary:
        """Give every name that some request may use."""
        raise NotImplementedError

    def again(self) -> tuple[Any, str]:
        """Give how another process gets the same: what to call, and with which path."""
        raise NotImplementedError

    def names(self, lang: Lang = "zh") -> Names:
        """Give the names a rendering needs, in Chinese or English."""
        raise NotImplementedError

    def timeline(
        self,
        subject: Facts | None = None,
        matter: Facts | None = None,
        documents: Sequence[Facts] | None = None,
        start: dt.date | str | None = None,
        end: dt.date | str | None = None,
        **more: Any,
    ) -> tuple[Interval, ...]:
        """Give the intervals from `start` to `end`, both in, and what changes at each border if nothing else happens.

        The other keywords are those of `decide`; `on` is not needed. Raises `RequestError` as `decide` does.
        """
        from creditrules.timeline import timeline  # here as below: a first decision needs nothing of it

        first, last = a_day(start, "start"), a_day(end, "end")
        decision = self.decide(subject, matter, documents, **{**more, "on": more.get("on") or first})
        return timeline(decision.programs, decision.request, first, last)


def sql_of(programs: tuple[Program, ...], dialect: str, options: Mapping[str, Any]) -> str:
    """Give the SQL of some programs; raises `CreditRulesError` where there is none for the warehouse."""
    sql = driver("sql", "sql")
    if dialect not in sql.DIALECTS:
        findings = Findings()
        findings.report("CR530", None, nearest(dialect, sql.DIALECTS), name=dialect)
        raise CreditRulesError(tuple(findings.found))
    tables = sql.Tables(**{key: options[key] for key in ("requests", "papers", "calendar", "key") if key in options})
    rest = {key: options[key] for key in ("columns", "text_dates", "results") if options.get(key) is not None}
    return str(sql.to_sql(programs, dialect, tables=tables, **rest))


def driver(name: str, extra: str) -> ModuleType:
    """Give a driver that needs an extra; raises `CreditRulesError` where that is not installed."""
    try:
        return import_module(f"creditrules.drivers.{name}")
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("creditrules"):
            raise
        findings = Findings()
        findings.report("CR531", None, advice("install-extra", extra=extra), extra=extra)
        raise CreditRulesError(tuple(findings.found)) from None


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
        if documents is None and not more and matter.__class__ is dict:
            about: Any = matter
            try:
                lane = self.engine.lanes.get((check, about["code"]))
                if lane is None:
                    lane = self.engine.lane(check, about["code"], subject)
                if lane is not nowhere:
                    return lane(subject, matter, on)  # type: ignore[no-any-return]  # a lane gives decisions
            except (Elsewhere, KeyError, TypeError):
                pass  # something is not as usual: read it whole
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


def a_day(day: dt.date | str | None, name: str) -> dt.date:
    """Read a day given to a call; raises `RequestError` where it is none."""
    found = iso_date(day) if isinstance(day, str) else day
    if not isinstance(found, dt.date) or isinstance(found, dt.datetime):
        findings = Findings()
        findings.report("CR303", None, advice("date-form"), spot=name, text=day)
        raise RequestError(tuple(findings.found))
    return found


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


def request_tree(request: object) -> tuple[Source, Node]:
    """Give a request as a tree, from a mapping or from text; raises `RequestError` where the text is no YAML."""
    if isinstance(request, Mapping):
        source = Source("<request>", "")
        try:
            return source, plain_tree(_plain(request))
        except RecursionError:
            findings = Findings(source)
            findings.report("CR109", None, limit=DEFAULT_LIMITS.depth)
            raise RequestError(tuple(findings.found)) from None
    if not isinstance(request, str | Source):
        findings = Findings(Source("<request>", ""))
        findings.report("CR203", None, key="request", wanted="@mapping")
        raise RequestError(tuple(findings.found))
    from creditrules.yaml_tree import json_escapes, yaml_tree

    source = Source("<request>", json_escapes(request)) if isinstance(request, str) else request
    tree, found = yaml_tree(source)
    if tree is None or errors_in(found):
        raise RequestError(sorted_findings(found))
    return source, tree


def _plain(value: object) -> object:
    """Turn pydantic models, wherever they stand, into mappings without what was not said."""
    if is_model(value):
        return {key: _plain(inner) for key, inner in value if key in value.model_fields_set or inner is not None}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
