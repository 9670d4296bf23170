"""Laws about facts that are learnt: what they may change, and what they may not."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from creditrules.decision import Decision, PresumedFact, TakenFact
from creditrules.evaluator import Facts
from creditrules.missing import with_fact
from creditrules.program import NOT_YET, FactInfo, Value
from creditrules.testing.draft import handed
from creditrules.testing.laws.law import Bench, Broken, Law, Request, clauses_in
from creditrules.testing.spoken import spoken
from creditrules.testing.worth_trying import ONE_DAY, days_of, values_of

FACTS_TRIED = 4
VALUES_TRIED = 3
_ROUNDS = 40


def unknown_facts(bench: Bench, decision: Decision) -> list[tuple[str | None, FactInfo]]:
    """Give the facts the policy reads that a request does not tell, each with its paper."""
    request = decision.request
    papers = [paper.id for paper in request.papers or ()]
    found: list[tuple[str | None, FactInfo]] = []
    for info in spoken(bench.policy.program).facts:
        if info.scope == "matter" and request.matter == "none":
            continue
        for paper in papers if info.about_paper else [None]:
            held = request.paper(paper).values if paper is not None else request.values  # type: ignore[union-attr]
            if info.name not in held:
                found.append((paper, info))
    return found


def worth_learning(bench: Bench, decision: Decision, info: FactInfo, paper: str | None) -> tuple[Value, ...]:
    """Give values of an unknown fact that may make a difference."""
    if info.type == "date":
        near = days_of(info, bench.policy.program, decision.request, paper)
        return (*near, decision.on, decision.on - ONE_DAY * 400, NOT_YET)
    aimed, others = values_of(info, bench.policy.program)
    return (*aimed, *others[:1])


def _told(decision: Decision, name: str, paper: str | None, value: Value) -> Request:
    return handed(with_fact(decision.request, name, paper, value))


def _assumed(decision: Decision) -> list[PresumedFact | TakenFact]:
    return [*decision.presumed, *decision.taken]


def _another_question(bench: Bench, before: Decision, after: Decision) -> bool:
    """Say whether a fact that was presumed or taken no longer is: nobody ever told it, so learning a fact beside it
    that rests on it asks another question."""

    def origin(decision: Decision, name: str, paper: str | None) -> object:
        program = bench.policy.program
        facts = Facts(program, decision.request, decision.request.paper(paper) if paper is not None else None)
        read = facts.read(program.facts[name])
        return read.value, read.origin

    return any(
        origin(before, one.fact, one.document) != origin(after, one.fact, one.document) for one in _assumed(before)
    )


def _learnings(bench: Bench, before: Decision, chance: Random) -> Iterator[tuple[str, str | None, Value]]:
    untold = unknown_facts(bench, before)
    missing = {(one.document, one.fact) for one in before.missing}
    named = [one for one in untold if (one[0], one[1].name) in missing]
    others = [one for one in untold if (one[0], one[1].name) not in missing]
    for group in (named, others):
        for paper, info in chance.sample(group, min(FACTS_TRIED // 2, len(group))):
            values = worth_learning(bench, before, info, paper)
            for value in chance.sample(values, min(VALUES_TRIED, len(values))):
                yield info.name, paper, value


def _summary(decision: Decision) -> dict[str, object]:
    whole = decision.to_dict()
    return {key: whole[key] for key in ("outcome", "possible", "missing")}


def _turned_on(before: Decision, after: Decision) -> tuple[str, ...]:
    """Give the clauses of rules that come out otherwise, else those of all that speak."""
    one = {(step.name, step.paper): step for step in before.trace.rules}
    changed = [
        step.clauses
        for step in after.trace.rules
        if (step.name, step.paper) not in one or one[step.name, step.paper].result is not step.result
    ]
    found = {clause for clauses in changed for clause in clauses}
    return tuple(sorted(found)) or clauses_in(before.to_dict(), after.to_dict())


def _learning(bench: Bench, request: Request, chance: Random) -> Broken | None:
    before = bench.decided(request)
    if before is None:
        return None
    for name, paper, value in _learnings(bench, before, chance):
        broken = _narrows(bench, request, before, name, paper, value)
        if broken is not None:
            return broken
    return None


def _pair(
    bench: Bench, before: Decision | None, name: str, paper: str | None, value: Value
) -> tuple[Decision, Decision] | None:
    """Give the decisions without and with a fact; `None` where that is no learning."""
    if before is None or (paper is not None and before.request.paper(paper) is None):
        return None
    if name.startswith("matter.") and before.request.matter == "none":
        return None
    held = before.request.paper(paper).values if paper is not None else before.request.values  # type: ignore[union-attr]
    if name in held or any((one.fact, one.document) == (name, paper) for one in _assumed(before)):
        return None
    after = bench.decided(_told(before, name, paper, value))
    if after is None or _another_question(bench, before, after):
        return None
    return before, after


def _labels(name: str, paper: str | None, value: Value) -> tuple[str, str]:
    about = f"{paper}/{name}" if paper is not None else name
    shown = "not_yet" if value is NOT_YET else value
    return "得知前 before", f"得知后 after learning {about} = {shown}"


def _narrows(
    bench: Bench, asked: Request, first: Decision | None, name: str, paper: str | None, value: Value
) -> Broken | None:
    pair = _pair(bench, first, name, paper, value)
    if pair is None:
        return None
    before, after = pair
    if set(after.possible) <= set(before.possible) and before.outcome in ("undetermined", after.outcome):
        return None
    one, other = _labels(name, paper, value)
    return Broken(
        asked,
        (one, _summary(before)),
        (other, _summary(after)),
        _turned_on(before, after),
        lambda smaller: _narrows(bench, smaller, bench.decided(smaller), name, paper, value),
    )


def _named(bench: Bench, request: Request, chance: Random) -> Broken | None:
    before = bench.decided(request)
    if before is None:
        return None
    for name, paper, value in _learnings(bench, before, chance):
        broken = _unnamed_changes(bench, request, before, name, paper, value)
        if broken is not None:
            return broken
    return None


def _unnamed_changes(
    bench: Bench, asked: Request, first: Decision | None, name: str, paper: str | None, value: Value
) -> Broken | None:
    pair = _pair(bench, first, name, paper, value)
    if pair is None:
        return None
    before, after = pair
    if any((one.fact, one.document) == (name, paper) for one in before.missing):
        return None
    if after.possible == before.possible:
        return None
    one, other = _labels(name, paper, value)
    return Broken(
        asked,
        (one, _summary(before)),
        (other, _summary(after)),
        _turned_on(before, after),
        lambda smaller: _unnamed_changes(bench, smaller, bench.decided(smaller), name, paper, value),
    )


def _settles(bench: Bench, request: Request, chance: Random) -> Broken | None:
    seed = chance.getrandbits(32)

    def test(asked: Request) -> Broken | None:
        rng, now = Random(seed), asked
        first = decision = bench.decided(now)
        for _ in range(_ROUNDS):
            if decision is None or first is None:
                return None
            wanted = [one for one in decision.missing if not one.fact.startswith("calendar.")]
            if not wanted:
                break
            fact = wanted[0]
            if fact.fact == "documents":
                now = {**now, "documents": []}
                decision = bench.decided(now)
                continue
            info = bench.policy.program.facts[fact.fact]
            values = list(worth_learning(bench, decision, info, fact.document))
            rng.shuffle(values)
            told = [_told(decision, fact.fact, fact.document, value) for value in values]
            fitting = ((one, made) for one in told if (made := bench.decided(one)) is not None)
            now, decision = next(fitting, (now, None))
        if first is None or decision is None or decision.outcome != "undetermined":
            return None
        if any(one.fact.startswith("calendar.") for one in decision.missing):
            return None
        return Broken(
            asked, ("at first", _summary(first)), ("all told", _summary(decision)), _turned_on(first, decision), test
        )

    return test(request)


LEARNING = Law(
    "learning-narrows",
    "得知原来不知道的事实，只会缩小可能的结果，不会把一个确定的结果变成另一个。",
    "Learning an unknown fact only narrows what is possible; it never turns one definite outcome into another.",
    'every test is built from `all`, `any`, `not` and comparisons; learning turns "cannot be told" into yes or no, '
    "never yes into no (facts presumed or taken, and what rests on them, were never unknown in this sense)",
    _learning,
)
MISSING = Law(
    "missing-is-whole",
    "`missing` 没有列出的事实，不论是什么，都不改变可能的结果。",
    "What `missing` does not name cannot change the outcome or what is possible.",
    "`missing` has every unknown fact under a rung that could not be told, and a rung that was told stays so",
    _named,
)
SETTLING = Law(
    "missing-settles",
    "得知 `missing` 所列的全部事实之后，结果就确定了。",
    "Learning all that is missing settles the outcome.",
    "a test whose facts are all known comes out as yes or no; only a year without an announced calendar stays open",
    _settles,
)
