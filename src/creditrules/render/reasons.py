"""Why the outcome is what it is, in a sentence each, with the clauses it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from creditrules.decision import Decision, MissingFact, PaperStatus, PolicyUsed, Requirement
from creditrules.near_miss import leaves
from creditrules.program import Rule
from creditrules.render.names import Names
from creditrules.render.steps import fact_found
from creditrules.trace import Step


def reasons(decision: Decision, names: Names) -> list[str]:
    """Give the reasons of the outcome, the weightiest first."""
    match decision.outcome:
        case "not_applicable":
            return _not_applicable(decision, names)
        case "excluded":
            return [_by_rule(names, step, "excluded") for step in _true_parts(decision, "excluded")]
        case "pending":
            return [
                line for one in decision.requirements if one.met is False for line in _unmet(decision, one, names)
            ]
        case "discretionary":
            return _discretionary(decision, names)
        case "undetermined":
            return [_undetermined(decision, names), *_resting_on(decision, names)]
        case "assessed":
            return [_assessed(decision, names)]
    return [_proceed(decision, names)]


def _cited(text: str, clauses: tuple[str, ...], names: Names) -> str:
    return text + names.aside(names.clauses(clauses))


def _not_applicable(decision: Decision, names: Names) -> list[str]:
    """Say of every document looked at why it does not apply."""
    return [_why_not_applied(decision, used, names) for used in decision.policy] or [
        names.pick("没有适用的文件", "no document applies")
    ]


def _why_not_applied(decision: Decision, used: PolicyUsed, names: Names) -> str:
    first, last = used.in_force
    number = names.document(used.id)
    match used.why:
        case "before_first_day":
            return names.pick(
                f"{number} 从 {first} 起施行，{decision.on} 还没有施行",
                f"{number} is in force from {first}; on {decision.on} it was not yet",
            )
        case "after_last_day":
            return names.pick(f"{number} 施行到 {last} 为止", f"{number} was in force until {last} only")
        case "repealed":
            by = names.document(used.repealed_by or "")
            return names.pick(
                f"{number} 已被 {by} 废止，施行到 {last} 为止",
                f"{number} was repealed by {by}; its last day was {last}",
            )
    policy = names.policies.get(used.id)
    scope = tuple(f"{used.id}/{word.text}" for word in policy.scope.clauses) if policy and policy.scope else ()
    text = names.pick(f"{number} 不适用于这个主体或事项", f"{number} does not govern this subject or matter")
    return _cited(text, scope, names) if scope else text


def requirement_text(one: Requirement, names: Names) -> str:
    """Say what a requirement asks for, and who must issue it."""
    return _asked(one, names) + _issued_by(one, names)


def _issued_by(one: Requirement, names: Names) -> str:
    if one.from_ is None:
        return ""
    who = names.who(one.from_, one.rule)
    return names.aside(names.pick(f"由{who}出具", f"issued by: {who}"))


def _asked(one: Requirement, names: Names) -> str:
    listed = [names.thing(name) for name in (one.any_of or one.all_of or ())]
    if len(listed) == 1:
        return listed[0]
    if one.any_of:
        return names.pick("以下任一：", "any of: ") + names.join(listed)
    return names.pick("以下全部：", "all of: ") + names.join(listed)


def _unmet(decision: Decision, one: Requirement, names: Names) -> list[str]:
    """Say what is lacking, and of papers of that sort that were handed in, why they do not count."""
    lacking = [names.thing(part.name) for part in one.parts if part.met is False]
    open_ = [names.thing(part.name) for part in one.parts if part.met is None]
    if one.all_of:
        text = names.pick("还缺可用的", "still lacking, in a usable form: ") + names.join(lacking)
        if open_:
            text += names.pick("；尚不能确定：", "; not told yet: ") + names.join(open_)
    elif len(lacking) == 1:
        text = names.pick(f"还缺可用的{lacking[0]}", f"still lacking, in a usable form: {lacking[0]}")
    else:
        text = names.pick(
            f"还缺以下任何一种（可用的）：{names.join(lacking)}",
            f"still lacking any one of these, in a usable form: {names.join(lacking)}",
        )
    text += _issued_by(one, names)
    return [_cited(text, one.clauses, names), *(f"  {line}" for line in _not_serving(decision, one, names))]


def _not_serving(decision: Decision, one: Requirement, names: Names) -> list[str]:
    """Say of papers handed in, of a sort that is needed, why they do not serve."""
    lines: list[str] = []
    for step in _papers_tried(decision, {part.name for part in one.parts if part.met is not True}):
        told = [fact_found(leaf, names) for part in step.parts[1:-1] for leaf in leaves(part, False)]
        paper = next(paper for paper in decision.papers if paper.id == step.paper)
        about = paper.id
        if paper.status not in ("admissible", "may_refuse"):
            about, told = f"{paper.id} {names.word(paper.status)}", why_paper(decision, paper, names)
        lines.append(names.pick("：", ": ").join(filter(None, (about, names.pick("；", "; ").join(told)))))
    return list(dict.fromkeys(lines))


def _papers_tried(decision: Decision, wanted: set[str]) -> list[Step]:
    """Give the papers of the sorts wanted that were looked at for a requirement in vain."""
    found, todo = [], [step for step in decision.trace.rungs if step.name == "pending"]
    while todo:
        step = todo.pop()
        kind = step.parts[0] if step.kind == "paper" and step.parts else None
        if kind is not None and kind.kind == "kind":
            if kind.result is True and kind.name in wanted and step.result is False:
                found.append(step)
            continue
        todo.extend(part for part in step.parts if part.kind != "rule")
    return sorted(found, key=lambda step: step.paper or "")


def why_paper(decision: Decision, paper: PaperStatus, names: Names) -> list[str]:
    """Say why a paper does not count plainly: the tests by which rules against it hold, or its use has to wait."""
    step = next((step for step in decision.trace.papers if step.paper == paper.id), None)
    test = next((part for part in (step.parts if step else ()) if part.name == paper.status), None)
    lines = []
    for part in test.parts if test else ():
        rule = part if part.kind == "rule" else part.parts[0]
        told = [inner for inner in part.parts if inner.kind == "when"] if part is rule else [part.parts[-1]]
        for inner in told if part.result is True else ():
            lines += [
                f"{fact_found(leaf, names)}{names.aside(names.clauses(rule.clauses))}"
                for leaf in leaves(inner, True)
                if all(read.fact != "document.kind" for read in leaf.reads)
            ]
    return list(dict.fromkeys(lines))


def _true_parts(decision: Decision, rung: str) -> list[Step]:
    steps = [part for step in decision.trace.rungs if step.name == rung for part in step.parts]
    unique: dict[tuple[str, str], Step] = {}
    for step in steps:
        if step.result is True:
            rules = rules_in(step)
            unique.setdefault((step.name, "|".join(f"{rule.policy}:{rule.id}" for rule in rules)), step)
    return list(unique.values())


def rules_in(step: Step) -> list[Rule]:
    """Give the rules a step of a rung rests on."""
    if isinstance(step.node, Rule):
        return [step.node]
    return [step.node for step in step.parts if isinstance(step.node, Rule)] or [
        rule for part in step.parts for rule in rules_in(part)
    ]


def _by_rule(names: Names, step: Step, kind: str) -> str:
    rules = rules_in(step)
    texts = [_measures_of(rule, names) for rule in rules]
    clauses = tuple(clause for rule in rules for clause in rule.clauses)
    what = names.join([text for text in texts if text])
    text = names.pick(f"{what}：这一事项不予办理", f"{what}: this keeps the subject out of the matter")
    if kind == "open":
        text = names.pick(
            f"{what}：具体内容和是否办理由部门决定",
            f"{what}: what it means for the matter is for the department to decide",
        )
    return _cited(text, clauses, names)


def _measures_of(rule: Rule, names: Names) -> str:
    found = [name for effect in rule.effects for name in getattr(effect, "names", ())]
    return names.join([names.thing(name) for name in found])


def _discretionary(decision: Decision, names: Names) -> list[str]:
    found: list[str] = []
    for step in _true_parts(decision, "discretionary"):
        rules = rules_in(step)
        clauses = tuple(clause for rule in rules for clause in rule.clauses)
        if step.kind == "rule":
            why = [referral.why for referral in decision.referrals if referral.rule == step.name]
            text = names.join([names.said(step.name, one) for one in why])
            found.append(_cited(names.pick(f"交由人判断：{text}", f"left to a person: {text}"), clauses, names))
        elif step.name == "require":
            found += _doubtful_papers(decision, names)
        elif step.name == "conflict":
            favour, burden = (_measures_of(rule, names) for rule in rules)
            text = names.pick(
                f"激励（{favour}）与约束（{burden}）同时成立：约束有效，激励等人决定",
                f"a favour ({favour}) meets a burden ({burden}): the burden stands, the favour waits for a person",
            )
            found.append(_cited(text, clauses, names))
        else:
            found.append(_by_rule(names, step, "open"))
    return list(dict.fromkeys(found))


def _doubtful_papers(decision: Decision, names: Names) -> list[str]:
    texts = []
    for paper in decision.papers:
        if paper.status == "may_refuse":
            text = names.pick(
                f"{names.thing(paper.kind)} {paper.id} 部门可以不予采用",
                f"the department may decline {names.thing(paper.kind)} {paper.id}",
            )
            texts.append(_cited(text, paper.clauses, names))
    return texts


def _undetermined(decision: Decision, names: Names) -> str:
    outcomes = names.join([names.word(name) for name in decision.possible])
    told = not_told_twice(decision.missing, names)
    facts = [
        (f"{fact.document}{names.pick('：', ': ')}" if fact.document else "") + names.fact(fact.fact) for fact in told
    ]
    some = names.join(facts[:3]) + (names.pick(" 等", " and others") if len(facts) > 3 else "")
    return names.pick(
        f"还不知道：{some}；结果可能是：{outcomes}", f"not known yet: {some}; the outcome may be: {outcomes}"
    )


def not_told_twice(facts: Iterable[MissingFact], names: Names) -> list[MissingFact]:
    """Leave out a yes/no fact where the date of the same event is asked for too."""
    facts = list(facts)
    asked = {(fact.fact, fact.document) for fact in facts}

    def dated(fact: MissingFact) -> bool:
        known = names.vocabulary.facts.get(fact.fact)
        return known is not None and known.day is not None and (known.day.text, fact.document) in asked

    return [fact for fact in facts if not dated(fact)]


def _resting_on(decision: Decision, names: Names) -> list[str]:
    """Name the clauses that an untold outcome turns on, at most three, with what they say."""
    clauses: dict[str, None] = {}
    seen: set[int] = set()
    todo = [step for step in decision.trace.rungs if step.result is None and step.name in decision.possible]
    while todo:
        step = todo.pop(0)
        if step.result is not None or id(step) in seen:
            continue
        seen.add(id(step))
        if isinstance(step.node, Rule):
            clauses |= dict.fromkeys(step.clauses[:1])
        todo.extend(step.parts)
    lines = [names.clause(one) + names.pick("：", ": ") + names.summary(one) for one in list(clauses)[:3]]
    return [f"  {names.pick('取决于', 'it turns on ')}{line}" for line in lines]


def _assessed(decision: Decision, names: Names) -> str:
    if decision.request.matter == "none":
        return names.pick("没有申请事项，只作评估", "nothing was applied for; this is an assessment")
    return names.pick(
        "事项由部门发起，不是申请；没有妨碍", "the department started the matter; nothing stands in the way"
    )


def _proceed(decision: Decision, names: Names) -> str:
    if decision.requirements:
        clauses = tuple(sorted({clause for one in decision.requirements for clause in one.clauses}))
        return _cited(names.pick("需要的都已具备", "everything needed is there"), clauses, names)
    return names.pick("没有必须提交的材料", "no paper is required in this matter")
