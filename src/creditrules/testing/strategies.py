"""Hypothesis strategies for requests, made from a policy and aimed at the borders of its own conditions.

This module and its neighbours `laws` and `made_policies` are the only ones that need Hypothesis (extra `testing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from creditrules.compiler import atom
from creditrules.diagnostics import nearest
from creditrules.front import Policy
from creditrules.program import NOT_YET, FactInfo, Program, Rule, Value
from creditrules.testing.draft import (
    ContradictionError,
    Draft,
    Handed,
    Place,
    without_contradictions,
)
from creditrules.testing.solver import drafts_making, holds
from creditrules.testing.spoken import rule_named, spoken
from creditrules.testing.worth_trying import ONE_DAY, days_of, decision_days, unusual_days, values_of

UNKNOWN_RATE = 0.4
_PLAIN = ("subject", "matter", "procedure", "record", "system", "department")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a caller asks of requests: facts fixed by name, the day, how much is left unknown, how many papers."""

    facts: Mapping[str, object] = field(default_factory=dict)
    on: dt.date | SearchStrategy[dt.date] | None = None
    unknown: float = UNKNOWN_RATE
    papers: tuple[int, int] = (0, 2)
    contradicting: bool = False


def from_policy(
    policy: Policy,
    *,
    facts: Mapping[str, object] | None = None,
    on: dt.date | SearchStrategy[dt.date] | None = None,
    unknown: float = UNKNOWN_RATE,
    papers: tuple[int, int] = (0, 2),
    contradicting: bool = False,
) -> SearchStrategy[dict[str, Any]]:
    """Give whole requests, as mappings that `policy.decide_request` takes.

    `facts` fixes facts by full name, to a value, a strategy for values or `None` (always unknown); facts of papers
    are fixed for every paper. `unknown` is the share of facts left unknown, `papers` how many papers at least and at
    most. No request contradicts itself unless `contradicting` is set. Raises `ValueError` for a fact the policy does
    not know.

    >>> from_policy(policy, facts={"subject.kind": "company"}, unknown=0.1)
    """
    wishes = _wishes(policy, facts, on, unknown, papers, contradicting)
    return _request(policy.program, wishes)


def making(
    policy: Policy,
    rule: str,
    *,
    facts: Mapping[str, object] | None = None,
    on: dt.date | SearchStrategy[dt.date] | None = None,
    unknown: float = UNKNOWN_RATE,
    papers: tuple[int, int] = (0, 2),
) -> SearchStrategy[dict[str, Any]]:
    """Give requests in which a rule of the policy holds; the keywords are those of `from_policy`.

    Raises `ValueError` where the policy has no such rule, or where no request is found in which it holds.

    >>> making(policy, "five-days")
    """
    wishes = _wishes(policy, facts, on, unknown, papers, False)
    wanted = rule_named(policy.program, rule)
    if not wishes.facts and on is None and not any(True for _ in _first_making(policy.program, wanted)):
        raise ValueError(f"no request was found in which rule `{policy.id}:{wanted.id}` holds")
    return _request_making(policy.program, wanted, wishes)


def subjects(policy: Policy, **wishes: Any) -> SearchStrategy[dict[str, Any]]:
    """Give subjects, as `policy.decide` takes them; the keywords are those of `from_policy`.

    Give `on`, as for the other parts of a request, where the parts are put together for one day of decision.
    """
    return _section(policy, "subject", wishes)


def matters(policy: Policy, **wishes: Any) -> SearchStrategy[dict[str, Any]]:
    """Give matters, as `policy.decide` takes them; the keywords are those of `from_policy`."""
    return _section(policy, "matter", wishes)


def documents(policy: Policy, kind: str | None = None, **wishes: Any) -> SearchStrategy[dict[str, Any]]:
    """Give papers handed in, each with its issuer, of one kind or of any; the keywords are those of `from_policy`.

    They have no `id`: the library numbers them.
    """
    facts = {**(wishes.pop("facts", None) or {}), **({"document.kind": kind} if kind is not None else {})}
    whole = from_policy(policy, facts=facts, papers=(1, 1), **wishes)
    return whole.map(lambda request: _without_id(request["documents"][0]))


def days(policy: Policy) -> SearchStrategy[dt.date]:
    """Give days of decision: those on which something of the policy turns, those beside them, and others."""
    program = policy.program
    last = min(program.until or dt.date.max, program.start + ONE_DAY * 3000) + ONE_DAY * 30
    others = st.dates(max(program.start - ONE_DAY * 30, dt.date(1900, 1, 1)), last)
    return st.one_of(others, st.sampled_from(decision_days(program)))


def values(policy: Policy, fact: str, *, on: dt.date) -> SearchStrategy[Any]:
    """Give values of one fact as a request writes them, aimed at what the policy tests; `on` is the day of decision.

    Raises `ValueError` for a fact the policy does not know.
    """
    info = _known(policy, fact)
    paper = "p" if info.about_paper else None
    draft = Draft(on, {}, True, ("p",) if paper else None)
    pool = _pool(policy.program, info, draft, paper)
    return st.sampled_from(pool).map(lambda value: _as_handed(info, value))


def _first_making(program: Program, rule: Rule) -> Iterator[Draft]:
    """Give drafts that make a rule hold, every choice begun at its first."""
    return drafts_making(program, rule, lambda below: 0, lambda place: None)


def _section(policy: Policy, name: str, wishes: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    whole = from_policy(policy, **{"papers": (0, 0), **wishes})
    return whole.filter(lambda request: name != "matter" or name in request).map(
        lambda request: Handed(request.get(name, {}))
    )


def _without_id(paper: dict[str, Any]) -> dict[str, Any]:
    return Handed({key: value for key, value in paper.items() if key != "id"})


def _as_handed(info: FactInfo, value: Value) -> Any:
    place: Place = ("p" if info.about_paper else None, info.name)
    kind: dict[Place, Value] = {("p", "document.kind"): "—"}
    made = Draft(dt.date(2020, 1, 1), {**kind, place: value}, True, ("p",)).handed()
    scope, _, key = info.name.partition(".")
    if info.about_paper:
        paper = made["documents"][0]
        return paper["issuer"][key] if scope == "issuer" else paper[key]
    return made[scope][key]


# wishes


def _wishes(
    policy: Policy,
    facts: Mapping[str, object] | None,
    on: dt.date | SearchStrategy[dt.date] | None,
    unknown: float,
    papers: tuple[int, int],
    contradicting: bool,
) -> Wishes:
    if not 0 <= unknown <= 1:
        raise ValueError(f"`unknown` is a share between 0 and 1, not {unknown}")
    for name in facts or {}:
        info = _known(policy, name)
        if info.about_paper and papers[1] > 0:
            papers = (max(1, papers[0]), papers[1])
    return Wishes(dict(facts or {}), on, unknown, papers, contradicting)


def _known(policy: Policy, name: str) -> FactInfo:
    info = policy.program.facts.get(name)
    if info is None:
        near = nearest(name, policy.program.facts)
        hint = f"; {near.text('en')}" if near is not None else ""
        raise ValueError(f"policy `{policy.id}` knows no fact `{name}`{hint}")
    return info


def typed(info: FactInfo, value: object) -> Value:
    """Read a value a caller fixed: a date or its text, a number, a text, a list."""
    if info.type.startswith("list["):
        many = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        return tuple(sorted({atom(info.type, str(one)) for one in many}, key=str))
    if value is NOT_YET:
        return NOT_YET
    return atom(info.type, str(value).lower() if isinstance(value, bool) else str(value))


@dataclass(slots=True)
class _Fixing:
    """The values of fixed facts, drawn where they are first asked for."""

    draw: st.DrawFn
    program: Program
    wishes: Wishes
    drawn: dict[Place, Value | None] = field(default_factory=dict)

    def __call__(self, place: Place) -> Value | None:
        """Give the value a fact is fixed to, or `None` where it is free."""
        if place not in self.drawn:
            self.drawn[place] = self._value(place[1])
        return self.drawn[place]

    def _value(self, name: str) -> Value | None:
        wish = self.wishes.on if name == "on" else self.wishes.facts.get(name)
        if isinstance(wish, SearchStrategy):
            wish = self.draw(wish)
        if name == "on" or wish is None:
            return wish if isinstance(wish, dt.date) else None
        return typed(self.program.facts[name], wish)


# drawing


@st.composite
def _request(draw: st.DrawFn, program: Program, wishes: Wishes) -> Handed:
    fixing = _Fixing(draw, program, wishes)
    on = fixing((None, "on"))
    draft = Draft(on if isinstance(on, dt.date) else draw(_decision_day(program)))
    if draw(st.integers(0, 2)):  # two in three are made around a rule, so that the deep ones are reached
        rule = program.rules[draw(st.integers(0, len(program.rules) - 1))]
        around = next(drafts_making(program, rule, partial(_pick, draw), fixing), None)
        if around is not None:
            draft = around
            if wishes.unknown:  # one in eight is left out; leaving out is the simplest, so that examples shrink
                gone = {
                    place for place in around.values if place[1] != "document.kind" and not draw(st.integers(0, 7))
                }
                draft = draft.without(gone - _fixed_places(draft, wishes))
    return _completed(draw, program, draft, wishes, fixing, frozenset())


@st.composite
def _request_making(draw: st.DrawFn, program: Program, rule: Rule, wishes: Wishes) -> Handed:
    fixing = _Fixing(draw, program, wishes)
    draft = next(drafts_making(program, rule, partial(_pick, draw), fixing), None)
    if draft is None:
        assume(False)
    assert draft is not None
    return _completed(draw, program, draft, wishes, fixing, frozenset(draft.values), rule)


def _pick(draw: st.DrawFn, below: int) -> int:
    return int(draw(st.integers(0, below - 1)))


def _decision_day(program: Program) -> SearchStrategy[dt.date]:
    last = min(program.until or dt.date.max, program.start + ONE_DAY * 2000)
    return st.one_of(st.dates(program.start, max(last, program.start)), st.sampled_from(decision_days(program)))


def _completed(
    draw: st.DrawFn,
    program: Program,
    draft: Draft,
    wishes: Wishes,
    fixing: _Fixing,
    kept: frozenset[Place],
    rule: Rule | None = None,
) -> Handed:
    """Tell further facts at random; where a chosen rule would no longer hold, leave it at what made it hold."""
    whole = _filled(draw, program, draft, wishes, fixing, rule)
    if not wishes.contradicting:
        try:
            whole = without_contradictions(program, whole, kept | _fixed_places(whole, wishes))
        except ContradictionError:
            if rule is None and not wishes.facts:
                raise
            assume(False)
    if rule is not None and not holds(program, rule, whole):
        whole = draft
        for place in _fixed_places(whole, wishes):
            value = fixing(place)
            whole = whole.told(place, value) if value is not None else whole
        assume(holds(program, rule, whole))
    return whole.handed()


def _fixed_places(draft: Draft, wishes: Wishes) -> frozenset[Place]:
    names = {name for name, wish in wishes.facts.items() if wish is not None}
    return frozenset(place for place in draft.values if place[1] in names)


def _filled(
    draw: st.DrawFn, program: Program, draft: Draft, wishes: Wishes, fixing: _Fixing, rule: Rule | None
) -> Draft:
    draft = _with_frame(draw, program, draft, wishes, fixing, rule)
    infos = list(spoken(program).facts)
    infos += [program.facts[name] for name in sorted(wishes.facts) if program.facts[name] not in infos]
    infos.sort(key=lambda info: info.type == "date")  # stable: dates come last, each seeing those before it
    for info in infos:
        if info.scope == "matter" and not draft.matter:
            continue
        for paper in (draft.papers or ()) if info.about_paper else (None,):
            place: Place = (paper, info.name)
            if place in draft.values:
                continue
            if info.name in wishes.facts:
                value = fixing(place)
            else:
                rate = wishes.unknown / 3 if info.name == "matter.code" else wishes.unknown
                value = _one_of(draw, _pool(program, info, draft, paper), rate)
            if value is not None:
                draft = draft.told(place, value)
    return draft


def _with_frame(
    draw: st.DrawFn, program: Program, draft: Draft, wishes: Wishes, fixing: _Fixing, rule: Rule | None
) -> Draft:
    """Settle whether there is a matter, what papers there are, and who was consulted."""
    matter, papers = draft.matter, draft.papers
    if any(program.facts[name].scope == "matter" and wish is not None for name, wish in wishes.facts.items()):
        matter = True
    elif not matter and (rule is None or rule.needs_matter):
        matter = bool(draw(st.integers(0, 9)))
    least, most = wishes.papers
    if papers is None and (least or draw(st.integers(0, 99)) >= 30 * wishes.unknown):
        papers = ()
    if papers is not None:
        least = max(least, len(papers))
        for _ in range(len(papers), draw(st.integers(least, max(least, most)))):
            papers = (*papers, f"p{len(papers) + 1}")
    values = dict(draft.values)
    for paper in papers or ():
        place: Place = (paper, "document.kind")
        if place not in values:
            fixed = fixing(place)
            pool = _pool(program, program.facts["document.kind"], draft, paper)
            values[place] = fixed if fixed is not None else pool[_pick(draw, len(pool))]
    sources = sorted({info.held_by for info in spoken(program).facts if info.type == "bool"} & program.sources)
    consulted = frozenset(draw(st.lists(st.sampled_from(sources), max_size=3))) if sources and _often(draw, 3) else ()
    return Draft(draft.on, values, matter, papers, frozenset(consulted))


def _often(draw: st.DrawFn, of_ten: int) -> bool:
    return bool(draw(st.integers(0, 9)) >= 10 - of_ten)


def _one_of(draw: st.DrawFn, pool: tuple[Value, ...], unknown: float) -> Value | None:
    """Draw a value, or none at the rate asked for; nothing told is the simplest."""
    if unknown >= 1 or not pool:
        return None
    blanks = round(unknown / (1 - unknown) * len(pool))
    if unknown and not blanks:
        blanks = 1
    place = _pick(draw, blanks + len(pool))
    return None if place < blanks else pool[place - blanks]


@lru_cache(maxsize=8192)
def _plain_pool(program: Program, info: FactInfo) -> tuple[Value, ...]:
    """Give a fact's values, those the policy turns on often enough to be drawn twice in three times."""
    aimed, others = values_of(info, program)
    often = -(-2 * len(others) // len(aimed)) if aimed else 0
    return aimed * max(1, often) + others


def _pool(program: Program, info: FactInfo, draft: Draft, paper: str | None) -> tuple[Value, ...]:
    on = draft.on
    if info.type == "date":
        aimed = days_of(info, program, draft.request(), paper)
        near = tuple(on + ONE_DAY * step for step in (0, 1, -1, -7, -35, -200, -366, -800, 45))
        lively = unusual_days() if "working_days" in spoken(program).units else ()
        unusual = tuple(day for day in lively if abs((day - on).days) < 40)[:4]
        return (*near, *aimed, *aimed, NOT_YET, *unusual)
    if info.type == "list[date]":
        ends = tuple(dt.date(on.year, month, 1) - ONE_DAY * back for month in (1, 4, 7, 10) for back in (0, 1))
        return (*_plain_pool(program, info), *((day,) for day in (on, *ends)), ends[:2], (on, *ends[2:5]))
    return _plain_pool(program, info)
