"""The law that the outcome follows from what the decision says beside it."""

from __future__ import annotations

from random import Random

from creditrules.decision import Decision
from creditrules.evaluator import Facts
from creditrules.program import Measure, MeasureInfo, Program, Refer, Require, Rule
from creditrules.testing.laws.law import Bench, Broken, Law, Request, clauses_in
from creditrules.trace import Truth, all_hold, any_holds

RUNGS = ("not_applicable", "excluded", "pending", "discretionary")


def _barred(infos: list[MeasureInfo], how: str, every: bool, kinds: frozenset[str] | None, matter: bool) -> Truth:
    """Say whether measures bear on the matter in that way; `kinds` is `None` where the matter is not known."""
    if not matter:
        return False

    def one(info: MeasureInfo) -> Truth:
        if info.how != how:
            return False
        if info.of is None:
            return True
        return None if kinds is None else bool(info.of & kinds)

    return all_hold(map(one, infos)) if every else any_holds(map(one, infos))


def _bounds(program: Program, decision: Decision) -> tuple[dict[str, bool], dict[str, bool]]:
    """Give which rungs surely hold and which may, by the rules of the trace and the entries of the decision."""
    request = decision.request
    matter = request.matter != "none"
    code = Facts(program, request).read(program.facts["matter.code"]).value if matter else None
    kinds = program.matters.get(str(code), frozenset()) if code is not None else None
    sure, maybe = dict.fromkeys(RUNGS, False), dict.fromkeys(RUNGS, False)

    def add(rung: str, *truths: Truth) -> None:
        result = all_hold(truths)
        sure[rung] |= result is True
        maybe[rung] |= result is not False

    applies = [used.applies for used in decision.policy]
    add("not_applicable", None if None in applies and True not in applies else True not in applies)
    for need in decision.requirements:
        add("pending", None if need.met is None else not need.met)
        add("discretionary", None if need.cleanly is None else not need.cleanly)
    for step in decision.trace.rules:
        rule, held = step.node, step.result
        assert isinstance(rule, Rule)
        for effect in rule.effects:
            if isinstance(effect, Refer):
                add("discretionary", held)
            elif isinstance(effect, Require) and held is None and rule.left_to is None:
                add("pending", None)
                add("discretionary", None)
            elif isinstance(effect, Measure) and effect.target == "subject":
                infos = [program.measures[name] for name in effect.names]
                every = effect.mode == "any_of"
                out = _barred(infos, "out", every, kinds, matter)
                some_out = _barred(infos, "out", False, kinds, matter)
                left_open = _barred(infos, "open", False, kinds, matter)
                if rule.left_to is None:
                    add("excluded", held, out)
                add("discretionary", held, left_open)
                if rule.left_to is not None:
                    add("discretionary", held, some_out)
                elif every:
                    add("discretionary", held, some_out, None if out is None else not out)
    _add_conflicts(program, decision, kinds, matter, add)
    return sure, maybe


def _add_conflicts(
    program: Program, decision: Decision, kinds: frozenset[str] | None, matter: bool, add: object
) -> None:
    """A favour and a binding burden on one target, unless the burden bears on the matter itself."""
    favours: list[tuple[str, Truth]] = []
    burdens: list[tuple[str, Truth, list[MeasureInfo]]] = []
    for step in decision.trace.rules:
        rule = step.node
        assert isinstance(rule, Rule)
        for effect in rule.effects:
            if not isinstance(effect, Measure):
                continue
            infos = [program.measures[name] for name in effect.names]
            towards = {info.direction for info in infos}
            whole = effect.mode == "all_of" or len(towards) == 1
            if "favour" in towards and whole:
                favours.append((effect.target, step.result))
            if "burden" in towards and whole and rule.left_to is None:
                burdens.append((effect.target, step.result, infos))
    for target, held, infos in burdens:
        bears = any_holds(_barred(infos, how, False, kinds, matter) for how in ("out", "open"))
        for other, favoured in favours:
            if other == target:
                add("discretionary", held, favoured, None if bears is None else not bears)  # type: ignore[operator]


def _follows(bench: Bench, request: Request, chance: Random) -> Broken | None:
    def test(asked: Request) -> Broken | None:
        decision = bench.decided(asked)
        if decision is None:
            return None
        program = bench.policy.program
        sure, maybe = _bounds(program, decision)
        code = Facts(program, decision.request).read(program.facts["matter.code"]).value
        last = {"proceed", "assessed"}
        if decision.request.matter == "none" or str(code) in program.by_department:
            last = {"assessed"}
        elif code is not None:
            last = {"proceed"}
        ended = next((rung for rung in RUNGS if sure[rung]), None)
        upper = RUNGS[: RUNGS.index(ended)] if ended is not None else RUNGS
        exact = [rung for rung in upper if maybe[rung]] + (
            [ended] if ended is not None else sorted(last, reverse=True)
        )
        got, wrong = decision.possible, ""
        unsure = {"pending", "discretionary"} if any(one.effect == "require" for one in decision.untold) else set()
        if [one for one in got if one not in unsure] != [one for one in exact if one not in unsure] or not set(
            got
        ) <= set(exact):
            wrong = "possible"
        elif decision.outcome != (got[0] if len(got) == 1 else "undetermined"):
            wrong = "outcome"
        elif bool(decision.missing) is (len(got) == 1):
            wrong = "missing"
        if not wrong:
            return None
        whole = decision.to_dict()
        one = ("by the entries of the decision", {"possible": exact})
        other = (f"said (`{wrong}`)", {key: whole[key] for key in ("possible", "outcome", "missing")})
        return Broken(asked, one, other, clauses_in(whole), test)

    return test(request)


OUTCOME = Law(
    "outcome-follows",
    "结果由决定中的措施、要求、转办和冲突得出，一级一级往下走；不确定时才列出缺少的事实。",
    "The outcome follows from the measures, requirements, referrals and conflicts the decision shows, rung by rung; "
    "facts are missing exactly where it is open.",
    "a rung holds if some rule makes it so: it is an `any` over effects that the decision and its trace show",
    _follows,
)
