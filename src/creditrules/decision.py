"""A decision: the outcome of a request and everything that belongs to it, as frozen values with one JSON form."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass
from typing import Literal, cast, get_args

from creditrules.canonical import canonical_json, json_value
from creditrules.duties import DutyState
from creditrules.facts import Request
from creditrules.frozen import dataclass
from creditrules.papers import PaperState
from creditrules.program import Value
from creditrules.trace import Explained, Step, Truth, explanation
from creditrules.version import __version__
from creditrules.vocabulary import Labels

Outcome = Literal[
    "not_applicable", "excluded", "pending", "discretionary", "proceed", "assessed", "undetermined"
]  # fmt: skip
OUTCOMES: tuple[str, ...] = get_args(Outcome)
PAPER_STATES: tuple[str, ...] = get_args(PaperState)
Applying = Literal["in_force", "before_first_day", "after_last_day", "repealed", "out_of_scope", "scope_unknown"]
AppliedEffect = Literal["measure", "require", "duty"]

_OPTIONAL = {"optional": True}
HIDDEN = {"hidden": True}  # a field that is no part of the JSON form


@dataclass(frozen=True, slots=True)
class MissingFact:
    """An unknown fact that could still matter, the paper it is about, and who has it."""

    fact: str
    document: str | None
    held_by: str


@dataclass(frozen=True, slots=True)
class Part:
    """One way to meet a requirement: a paper or a step, whether it is met, and by which papers.

    `that` names the facts a paper must also satisfy for this requirement.
    """

    name: str
    kind: Literal["paper", "step"]
    met: Truth
    cleanly: Truth
    papers: tuple[str, ...]
    that: tuple[str, ...] = field(default=(), metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Papers or steps the matter needs; `cleanly` says whether without one that may be refused."""

    any_of: tuple[str, ...] | None
    all_of: tuple[str, ...] | None
    from_: str | None
    met: Truth
    cleanly: Truth
    parts: tuple[Part, ...]
    rule: str
    also: tuple[str, ...] = field(metadata=_OPTIONAL)
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """Whether a paper counts on the day, and from and until when (both days in)."""

    id: str
    kind: str
    status: PaperState
    from_: dt.date | None
    until: dt.date | None
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    missing: tuple[MissingFact, ...] = field(default=(), metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Applied:
    """A measure that applies, or an option a person may take; `any_of` lists the alternatives of an open choice.

    Where several rules bring the same, it is one entry: `also` names the others, `clauses` has those of all.
    """

    code: str
    effect: AppliedEffect
    by: str
    target: str
    rule: str
    clauses: tuple[str, ...]
    any_of: tuple[str, ...] = field(default=(), metadata=_OPTIONAL)
    document: str | None = field(default=None, metadata=_OPTIONAL)
    also: tuple[str, ...] = field(default=(), metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Weight:
    """A paper or fact a person weighs, and how heavily; `by` says whose choice that is, where it is one."""

    code: str
    as_: str
    rule: str
    clauses: tuple[str, ...]
    by: str | None = field(default=None, metadata=_OPTIONAL)
    document: str | None = field(default=None, metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Referral:
    """A question the text leaves to a person."""

    to: str
    why: str
    due: dt.date | None
    rule: str
    clauses: tuple[str, ...]
    document: str | None = field(default=None, metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class DutyStatus:
    """What somebody has to do, and how it stands on the day of the decision."""

    who: str
    what: tuple[str, ...]
    status: DutyState
    due: dt.date | None
    rule: str
    clauses: tuple[str, ...]
    any_of: bool = field(default=False, metadata=_OPTIONAL)
    document: str | None = field(default=None, metadata=_OPTIONAL)
    missing: tuple[MissingFact, ...] = field(default=(), metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Violation:
    """A breach: something forbidden that happened, or a duty late or overdue."""

    by: str
    act: str
    rule: str
    clauses: tuple[str, ...]
    due: dt.date | None = field(default=None, metadata=_OPTIONAL)
    document: str | None = field(default=None, metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict: the rule and what it brings."""

    rule: str
    codes: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A favour and a burden on the same target: the burden stands, the favour waits for a person."""

    target: str
    favour: Side
    burden: Side


@dataclass(frozen=True, slots=True)
class DifferenceSide:
    """What one document says: its rank (length of its area), how many matters its rules name (`None`: any), its
    first day, and its rules."""

    policy: str
    rank: int
    breadth: int | None
    date: dt.date
    says: tuple[str, ...]
    rules: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Documents of one area that say different things of a topic: `requirement`, `measure`, or a `paper`'s status."""

    topic: str
    about: str
    sides: tuple[DifferenceSide, ...]


@dataclass(frozen=True, slots=True)
class PresumedFact:
    """A fact presumed while unknown, with the clause that lets it be."""

    fact: str
    document: str | None
    value: Value
    policy: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakenFact:
    """A yes/no fact taken as false because a consulted source would have shown it."""

    fact: str
    document: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An assumption taken: of a rule, term, setting, presumption or of the days in force."""

    of: str
    zh: str
    en: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleHeld:
    """A rule that holds (for a paper, where it is about papers)."""

    rule: str
    clauses: tuple[str, ...]
    document: str | None = field(default=None, metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Untold:
    """A measure, option, duty or the like that could not be told, and the facts it rests on."""

    effect: str
    codes: tuple[str, ...]
    rule: str
    clauses: tuple[str, ...]
    missing: tuple[MissingFact, ...]
    document: str | None = field(default=None, metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class PolicyUsed:
    """A document looked at: its digest, whether it applies, and if not, why."""

    id: str
    number: str
    digest: str
    applies: Truth
    why: Applying
    in_force: tuple[dt.date, dt.date | None]
    repealed_by: str | None = field(default=None, metadata=_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Trace:
    """The reasoning behind a decision: the rungs of the ladder, every paper's status, every rule of the matter.

    `rules` holds the steps of all rules that could speak to the request, those that failed by one condition first
    among the failed ones.
    """

    rungs: tuple[Step, ...]
    papers: tuple[Step, ...]
    rules: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from the rules for one request on one day.

    `outcome` is the only member of `possible`, or `undetermined`. All lists are sorted; the same request gives the
    same bytes. `request` and `trace` are not part of the JSON form; names and numbers of people never are.
    """

    on: dt.date
    outcome: Outcome
    possible: tuple[str, ...]
    missing: tuple[MissingFact, ...]
    requirements: tuple[Requirement, ...]
    papers: tuple[PaperStatus, ...]
    measures: tuple[Applied, ...]
    options: tuple[Applied, ...]
    weights: tuple[Weight, ...]
    referrals: tuple[Referral, ...]
    duties: tuple[DutyStatus, ...]
    violations: tuple[Violation, ...]
    conflicts: tuple[Conflict, ...]
    differences: tuple[Difference, ...]
    presumed: tuple[PresumedFact, ...]
    taken: tuple[TakenFact, ...]
    readings: tuple[Reading, ...]
    untold: tuple[Untold, ...]
    rules: tuple[RuleHeld, ...]
    policy: tuple[PolicyUsed, ...]
    request: Request = field(repr=False, compare=False, metadata=HIDDEN)
    trace: Trace = field(repr=False, compare=False, metadata=HIDDEN)

    @property
    def explanation(self) -> tuple[Explained, ...]:
        """Give the trace of the rules in short: `(rule, paper, result, tests)` for each rule that could speak to the
        request, by name; a test is `(fact, paper, value, result)`. Results are `True`, `False`, or `None` for untold.
        """
        return explanation(self.trace.rules)

    def to_dict(self) -> dict[str, object]:
        """Give the decision as JSON knows it: plain dicts, lists, texts, `null` for what could not be told."""
        whole = plain(self)
        assert isinstance(whole, dict)
        return whole

    def to_json(self) -> str:
        """Give the canonical JSON: keys sorted, no blanks; equal decisions give equal bytes."""
        return canonical_json(self.to_dict())

    @property
    def digest(self) -> str:
        """Give the SHA-256 (hex) of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode("utf-8", "surrogatepass")).hexdigest()

    def receipt(self) -> dict[str, object]:
        """Give what it takes to decide again: the request, the policies' digests, the version, and this digest.

        It holds the whole request, so also the names and numbers of people that were in it.
        """
        return {
            "request": json.loads(self.request.text),
            "policy": {used.id: used.digest for used in self.policy},
            "version": __version__,
            "digest": self.digest,
        }


def plain(value: object) -> object:
    """Turn a record into JSON: a trailing underscore falls away, empty optional fields are left out."""
    if isinstance(value, Labels):
        return {"zh": value.zh, "en": value.en}
    if is_dataclass(value):
        whole: dict[str, object] = {}
        for one in fields(value):
            inner = getattr(value, one.name)
            if one.metadata.get("hidden") or (one.metadata.get("optional") and inner in ((), None, False)):
                continue
            if one.name in ("any_of", "all_of") and inner is None:
                continue
            whole[one.name.removesuffix("_")] = plain(inner)
        return whole
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return json_value(cast(Value, value))  # nothing else stands in a record
