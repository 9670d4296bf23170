"""A policy with its cases decided once, ready to say of a changed policy which case notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from creditrules.checker import check_policy
from creditrules.compiler import compile_policy
from creditrules.decide import decide
from creditrules.decision import Decision, Trace
from creditrules.diagnostics import Finding, errors_in
from creditrules.facts import Request
from creditrules.front import Policy
from creditrules.program import Program
from creditrules.program import Rule as CompiledRule
from creditrules.testing.cases import Case, CaseFile, compared, plain, run_case
from creditrules.testing.mutation.changes import Change
from creditrules.testing.mutation.fingerprint import Fingerprint, fingerprint, fingerprints
from creditrules.testing.mutation.reach import Reach, parts_shown_in, reach, rules_touched
from creditrules.testing.mutation.search import differing
from creditrules.tree import Node

HELD, UNTOLD, SPOKE, SILENT = range(4)
_FURTHEST: Mapping[Reach, int] = {"held": UNTOLD, "speaks": SPOKE, "any": SILENT}


class CasesFailError(Exception):
    """The cases do not pass on the policy as it stands, so they cannot say what a change would do: mend them first.

    `titles` names those that fail.
    """

    def __init__(self, titles: tuple[str, ...]) -> None:
        super().__init__("; ".join(titles))
        self.titles = titles


@dataclass(frozen=True, slots=True)
class Decided:
    """A case that was decided: the decision without its trace (`None`: refused), how far each rule came that spoke to
    it, and what its steps came to, by rule and paper."""

    case: Case
    decision: Decision | None
    came: Mapping[str, int]
    steps: Mapping[tuple[str, str | None], Fingerprint]

    @property
    def request(self) -> Request | None:
        """Give the request as it was read."""
        return self.decision.request if self.decision is not None else None


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the cases say of a changed policy: the place of one that fails under it, and of the first that passes
    although something in its decision is otherwise, with that decision."""

    by: int | None
    unsaid: int | None = None
    changed: Decision | None = None


@dataclass(slots=True)
class Bench:
    """The cases of a policy, decided; it remembers which case noticed the changes of a part, to try it first."""

    policy: Policy
    cases: tuple[Decided, ...]
    defaults: Node | None = None
    noticed_by: dict[str, list[int]] = field(default_factory=dict)

    @property
    def default_facts(self) -> frozenset[str]:
        """Name the facts that lie under every request of the file."""
        beneath = plain(self.defaults) if self.defaults is not None else {}
        sections = beneath.items() if isinstance(beneath, dict) else ()
        return frozenset(
            f"{key}.{name}" for key, section in sections if isinstance(section, dict) for name in section
        )

    def program(self, change: Change) -> Program | tuple[Finding, ...]:
        """Compile a changed policy; where the checker refuses it, give the findings."""
        policy = self.policy
        assert change.model is not None
        wrong = errors_in(check_policy(change.model, policy.source, policy.vocabulary, policy.outline))
        if wrong:
            return tuple(wrong)
        return compile_policy(change.model, policy.vocabulary, policy.digest)

    def noticed(self, change: Change, program: Program) -> Noticed:
        """Say which case fails under a changed policy."""
        known = self.noticed_by.setdefault(change.part, [])
        touched = rules_touched(self.policy.model, change.part)
        by_steps = touched is not None and change.path.startswith(("when", "unless"))
        presuming: Policy | None = None
        if change.part.startswith("presume ") and change.model is not None:
            # A presumption has a say in what a request may not contradict: its cases are read and checked again.
            presuming = replace(self.policy, model=change.model, program=program)
        shown_in = parts_shown_in(change)
        unsaid: int | None = None
        otherwise: Decision | None = None
        for place in self.in_order(change):
            one = self.cases[place]
            if unsaid is not None and shown_in is not None and not shown_in & set(one.case.expect):
                continue  # it does not ask for a part in which this can show
            if presuming is not None and not run_case(presuming, one.case).passed:
                return Noticed(place)
            if one.decision is None:
                continue
            if by_steps and touched is not None and self._same_steps(one, program, touched):
                continue
            decision = decide((program,), one.decision.request)
            if compared(one.case, decision, self.policy.id):
                if place not in known:
                    known.insert(0, place)
                return Noticed(place)
            if unsaid is None and differing(one.decision, decision):
                unsaid, otherwise = place, decision
        return Noticed(None, unsaid, otherwise)

    def _same_steps(self, one: Decided, program: Program, touched: frozenset[str]) -> bool:
        """Say whether the rules touched come out the same, from the same assumptions, with the same words to read:
        a decision rests on nothing else of a rule's conditions."""
        assert one.decision is not None
        return all(one.steps.get(key) == found for key, found in fingerprints(program, one.decision.request, touched))

    def in_order(self, change: Change) -> Iterator[int]:
        """Give the places of the cases that can notice a change, the likeliest first."""
        touched = rules_touched(self.policy.model, change.part)
        furthest = _FURTHEST[reach(change)]
        rank = [self._came(one, touched) for one in self.cases]
        first = [place for place in self.noticed_by.get(change.part, ()) if rank[place] <= furthest]
        yield from first
        for came in range(furthest + 1):
            for place, one in enumerate(rank):
                if one == came and place not in first:
                    yield place

    def _came(self, one: Decided, touched: frozenset[str] | None) -> int:
        if touched is None:
            return HELD
        return min((one.came.get(rule, SILENT) for rule in touched), default=SILENT)


def bench(policy: Policy, file: CaseFile) -> Bench:
    """Decide every case of a policy; raises `CasesFailError` where one fails."""
    decided, failed = [], []
    for case in file.cases:
        result = run_case(policy, case)
        if not result.passed:
            failed.append(case.title)
        elif result.decision is None:
            decided.append(Decided(case, None, {}, {}))
        else:
            decided.append(_decided(policy, case, result.decision.request))
    if failed:
        raise CasesFailError(tuple(failed))
    return Bench(policy, tuple(decided), file.defaults)


def _decided(policy: Policy, case: Case, request: Request) -> Decided:
    decision = decide((policy.program,), request)
    came: dict[str, int] = {}
    steps: dict[tuple[str, str | None], Fingerprint] = {}
    for step in decision.trace.rules:
        assert isinstance(step.node, CompiledRule)
        how = HELD if step.result else UNTOLD if step.result is None else SPOKE
        came[step.node.id] = min(how, came.get(step.node.id, SILENT))
        steps[step.node.id, step.paper] = fingerprint(step.node, step)
    return Decided(case, replace(decision, trace=Trace((), (), ())), came, steps)
