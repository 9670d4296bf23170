"""Many documents: chosen by area and date, deciding together, each while it is in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from creditrules.answered import Decision
from creditrules.checker import circles
from creditrules.deciding import Front
from creditrules.diagnostics import Finding, Findings, advice, nearest, sorted_findings
from creditrules.errors import PolicyError, RequestError
from creditrules.extras import sql_of
from creditrules.files import (
    beside,
    load_vocabulary,
    policy_files,
    read_text,
    shipped_folder,
)
from creditrules.front import Policy, decided_by, examine, names_of, replayed
from creditrules.program import Program
from creditrules.render.names import Names
from creditrules.render.text import decision_text
from creditrules.request_reader import named_area, named_policy, policy_span
from creditrules.source import Source
from creditrules.tree import Node
from creditrules.vocabulary import Fact, Vocabulary
from creditrules.wording import Lang
from creditrules.yaml_tree import DEFAULT_LIMITS, Limits


class Library(Front):
    """Many documents: those of an area and of the areas above it decide together, each while it is in force.

    `Library("policies/")` loads every policy of a folder, all or nothing; `Library()` the shipped ones. Immutable.
    `cache` is that of `load`.
    A document whose number another one repeals ends on the day before that one begins.

    >>> Library().decide({"kind": "company"}, None, [], on="2017-09-01", area=["江苏省", "苏州市", "昆山市"]).outcome
    'assessed'
    """

    __slots__ = ("_by_area", "_cache", "folder", "policies", "vocabulary")

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        policies: Iterable[Policy] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        cache: str | PathLike[str] | bool | None = None,
    ) -> None:
        self._cache = cache
        self.folder = Path(folder) if folder is not None else shipped_folder()
        loaded = tuple(policies) if policies is not None else _load_folder(self.folder, limits, cache)
        self.policies = _with_repeals(sorted(loaded, key=lambda policy: policy.id))
        self.vocabulary = self.policies[0].vocabulary if self.policies else _vocabulary_of(self.folder)
        by_area: dict[tuple[str, ...], list[Policy]] = {}
        for policy in self.policies:
            by_area.setdefault(policy.model.area, []).append(policy)
        self._by_area = {area: tuple(found) for area, found in by_area.items()}

    def reloaded(self) -> Library:
        """Read the folder again into a new library; where that fails, this one is still there."""
        return Library(self.folder, cache=self._cache)

    def of(self, area: Sequence[str]) -> tuple[Policy, ...]:
        """Give the documents of an area and of the areas above it: `of(["甘肃省", "张掖市"])`; found by index."""
        steps = (tuple(area[:length]) for length in range(len(area) + 1))
        return tuple(policy for step in steps for policy in self._by_area.get(step, ()))

    def decide_tree(self, tree: Node, source: Source, *, on: dt.date | None = None) -> Decision:
        """Decide a request already read into a tree; it names its `area`, or its `policy`."""
        name = named_policy(tree)
        area = named_area(tree) if name is None else None
        if area is None and name is None:
            findings = Findings(source)
            findings.report("CR507", None, advice("give-policy"))
            raise RequestError(tuple(findings.found))
        picked = self.of(area) if area is not None else tuple(one for one in self.policies if one.id == name)
        if not picked and name is not None:
            findings = Findings(source)
            near = nearest(name, [one.id for one in self.policies])
            findings.report("CR508", policy_span(tree), near, spot="policy", name=name)
            raise RequestError(tuple(findings.found))
        return decided_by(picked, tree, source, on, None if area is not None else name, self.vocabulary)

    def to_sql(self, dialect: str = "duckdb", *, area: Sequence[str], **options: Any) -> str:
        """Give one SQL statement that decides by all documents of an area and of the areas above it together.

        The options are those of `Policy.to_sql`.
        """
        return sql_of(tuple(policy.program for policy in self.of(area)), dialect, options)

    def panel(self, policy: str | None, area: tuple[str, ...] | None) -> tuple[Program, ...] | None:
        """Give the programs of the policy named, else of the area; `None` where neither is told or known."""
        if policy is None and area is None:
            return None
        picked = self.of(area or ()) if policy is None else tuple(one for one in self.policies if one.id == policy)
        return tuple(one.program for one in picked) if picked or policy is None else None

    def digests(self) -> Mapping[str, str]:
        """Give the digest of every policy, by its short name."""
        return {one.id: one.digest for one in self.policies}

    def names_read(self) -> Vocabulary:
        """Give the vocabulary with the own facts of every policy."""
        known = self.vocabulary
        for one in self.policies:
            known = known.with_facts(one.model.facts)
        return known

    def again(self) -> tuple[Any, str]:
        """Give how another process gets the same: by loading the folder."""
        return Library, str(self.folder)

    def replay(self, receipt: Mapping[str, object]) -> Decision:
        """Decide a receipt's request again by the same documents; raises `RequestError` where anything differs."""
        digests = receipt.get("policy") if isinstance(receipt, Mapping) else None
        named = digests if isinstance(digests, Mapping) else {}
        return replayed(tuple(one for one in self.policies if one.id in named), receipt, self.vocabulary)

    def names(self, lang: Lang = "zh") -> Names:
        """Give the names a rendering needs, in Chinese or English."""
        return names_of(self.policies, self.vocabulary, lang)

    def text(self, decision: Decision, lang: Lang = "zh", *, verbose: bool = False, unmask: bool = False) -> str:
        """Give a decision of this library as text for people; `unmask` shows names and identity numbers."""
        return decision_text(decision, self.names(lang), verbose=verbose, unmask=unmask)


def _load_folder(folder: Path, limits: Limits, cache: str | PathLike[str] | bool | None) -> tuple[Policy, ...]:
    """Load every policy of a folder; raises `PolicyError` with the findings of all that have errors."""
    examined = [examine(path, limits=limits, cache=cache) for path in policy_files(folder)]
    wrong = [finding for one in examined if one.policy is None for finding in one.findings]
    wrong += _check_together([one.policy for one in examined if one.policy is not None])
    if wrong:
        raise PolicyError(sorted_findings(wrong))
    return tuple(one.policy for one in examined if one.policy is not None)


def _check_together(policies: list[Policy]) -> list[Finding]:
    """Check what policies are to each other: overrides that reach into another document must find a rule there, of
    lower or equal rank, and not go round in a circle; a fact that two of them declare must be the same."""
    declared: dict[str, Fact] = {}
    by_id = {policy.id: policy for policy in policies}
    found: list[Finding] = []
    for policy in policies:
        findings = Findings(policy.source)
        for rule in policy.model.rules:
            for word in rule.overrides:
                name = word.text.rpartition(":")[0]
                other = by_id.get(name)
                if not name:
                    continue
                if other is None:
                    findings.report("CR209", word.span, nearest(name, by_id), name=word.text)
                    continue
                rules = [one.id.text for one in other.model.rules]
                if word.text.rpartition(":")[2] not in rules:
                    near = nearest(word.text, [f"{other.id}:{one}" for one in rules])
                    findings.report("CR209", word.span, near, name=word.text)
                elif len(other.model.area) < len(policy.model.area):
                    findings.report("CR606", word.span, name=word.text)
        for fact in policy.facts.values():
            first = declared.setdefault(fact.name, fact)
            if (first.type, first.values) != (fact.type, fact.values):
                findings.report("CR210", fact.span, kind="@a-fact", name=fact.name)
        found += findings.found
    by_name = {f"{policy.id}:{rule.id.text}": (policy, rule) for policy in policies for rule in policy.model.rules}

    def overridden(name: str) -> list[str]:
        policy, rule = by_name[name]
        return [word.text if ":" in word.text else f"{policy.id}:{word.text}" for word in rule.overrides]

    for circle in circles(by_name, overridden):
        policy, rule = by_name[circle[0]]
        findings = Findings(policy.source)
        findings.report("CR404", rule.span, circle=" → ".join(circle))
        found += findings.found
    return found


def _vocabulary_of(folder: Path) -> Vocabulary:
    path = beside(folder / "vocabulary.yaml", "vocabulary.yaml")
    vocabulary, found = load_vocabulary(str(path), read_text(path))
    if vocabulary is None:
        raise PolicyError(found)
    return vocabulary


def _with_repeals(policies: list[Policy]) -> tuple[Policy, ...]:
    """End each repealed document on the day before the one that repeals it begins."""
    by_number: dict[str, Policy] = {}
    for policy in sorted(policies, key=lambda one: one.model.in_force.start, reverse=True):
        by_number |= dict.fromkeys(policy.model.repeals, policy)  # the earliest repeal stays
    ended = []
    for policy in policies:
        by = by_number.get(policy.model.number)
        if by is not None and by.id != policy.id:
            last = by.model.in_force.start - dt.timedelta(days=1)
            own = policy.program.until
            if own is None or last < own:
                policy = replace(policy, program=replace(policy.program, until=last, repealed_by=by.id))
        ended.append(policy)
    return tuple(ended)
