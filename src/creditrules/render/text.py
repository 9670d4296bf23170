"""A decision as an official and the person concerned read it in a terminal: outcome and reason first."""

from __future__ import annotations

import re
from collections.abc import Callable

from creditrules.decision import Applied, Decision, DutyStatus, MissingFact, PaperStatus, Requirement
from creditrules.identifiers import masked_name, masked_number
from creditrules.render.layout import Paint
from creditrules.render.names import Names
from creditrules.render.reasoning import reasoning_text
from creditrules.render.reasons import not_told_twice, reasons, requirement_text, why_paper
from creditrules.render.steps import mark

# What could move a terminal's cursor, save line ends and our own colours.
_UNPRINTABLE = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
_COLOURS = {
    "proceed": "green",
    "assessed": "green",
    "admissible": "green",
    "met": "green",
    "excluded": "red",
    "inadmissible": "red",
    "lapsed": "red",
    "overdue": "red",
    "late": "red",
}


def decision_text(
    decision: Decision,
    names: Names,
    *,
    verbose: bool = False,
    unmask: bool = False,
    paint: Paint | None = None,
) -> str:
    """Show a decision; `verbose` adds what could not be told and the whole reasoning, `unmask` names and numbers."""
    paint = paint or Paint(False)
    sections = [_head(decision, names, paint, unmask)]
    sections += [section for make in _SECTIONS if (section := make(decision, names, paint))]
    if verbose:
        sections.append(reasoning_text(decision, names, paint))
    elif decision.untold:
        count = len(decision.untold)
        sections.append(
            paint(
                names.pick(
                    f"另有 {count} 项措施或义务因事实不明不能判断，用 -v 查看",
                    f"not told for lack of facts: {count} measures or duties; -v shows them",
                ),
                "dim",
            )
        )
    return _UNPRINTABLE.sub("�", "\n\n".join(sections))


def _head(decision: Decision, names: Names, paint: Paint, unmask: bool) -> str:
    colour = _COLOURS.get(decision.outcome, "yellow")
    label, outcome = names.pick("结论", "Outcome"), names.word(decision.outcome)
    lines = [f"{label}{names.pick('：', ': ')}{paint(outcome, colour, 'bold')}"]
    lines += [f"  {reason}" for reason in reasons(decision, names)]
    day = names.pick(f"决定之日 {decision.on}", f"decided as of {decision.on}")
    about = [day, _subject(decision, names, unmask)]
    code = decision.request.values.get("matter.code")
    if code is not None:
        about.append(names.matter(str(code)))
    lines.append(paint("  " + " · ".join(part for part in about if part), "dim"))
    for used in decision.policy:
        if used.applies is False and len(decision.policy) > 1:
            continue
        policy = names.policies.get(used.id)
        title = policy.title.label(names.lang) if policy else used.id
        lines.append(paint(f"  {title} {used.number}".rstrip(), "dim"))
    return "\n".join(lines)


def _subject(decision: Decision, names: Names, unmask: bool) -> str:
    request = decision.request
    kind = request.values.get("subject.kind")
    parts = [names.value("subject.kind", kind)] if kind is not None else []
    for key in ("name", "unified_social_credit_code", "citizen_number"):
        text = request.identity.get((None, key))
        if text:
            hide = masked_name if key == "name" else masked_number
            parts.append(text if unmask else hide(text))
    return " ".join(parts)


def _section(title: str, lines: list[str], paint: Paint) -> str:
    return "\n".join([paint(title, "bold"), *(f"  {line}" for line in lines)]) if lines else ""


def _missing(decision: Decision, names: Names, paint: Paint) -> str:
    lines = [missing_line(fact, names) for fact in not_told_twice(decision.missing, names)]
    return _section(
        names.pick("还需要知道（最能决定结果的在前）", "Still to be known (the most decisive first)"),
        lines,
        paint,
    )


def missing_line(fact: MissingFact, names: Names) -> str:
    """Say which fact is missing and who has it."""
    paper = f"{fact.document} · " if fact.document else ""
    return names.pick(
        f"{paper}{names.fact(fact.fact)}（由{names.who(fact.held_by)}掌握）",
        f"{paper}{names.fact(fact.fact)} (held by: {names.who(fact.held_by)})",
    )


def _requirements(decision: Decision, names: Names, paint: Paint) -> str:
    lines = []
    for one in sorted(decision.requirements, key=lambda one: (one.met is True, one.met is None)):
        lines.append(f"{mark(one.met)} {requirement_text(one, names)}  {paint(names.clauses(one.clauses), 'dim')}")
        lines += [f"    {line}" for line in _ways(one, names)]
    return _section(names.pick("需要的材料", "What is needed"), lines, paint)


def _ways(one: Requirement, names: Names) -> list[str]:
    if len(one.parts) == 1 and not one.parts[0].papers:
        return []
    lines = []
    met_by_one = one.any_of is not None and one.met is True
    for part in one.parts:
        if met_by_one and part.met is not True:
            continue
        by = names.aside(names.join(list(part.papers)))
        doubt = ""
        if part.met is True and part.cleanly is False:
            doubt = names.pick("，但部门可不予采用", ", but the department may decline it")
        elif part.met is True and part.cleanly is None:
            doubt = names.pick("，部门可否不予采用尚不能确定", "; whether it may be declined cannot be told yet")
        lines.append(f"{mark(part.met)} {names.thing(part.name)}{by if part.papers else ''}{doubt}")
    return lines


def _papers(decision: Decision, names: Names, paint: Paint) -> str:
    lines = []
    for paper in decision.papers:
        status = paint(names.word(paper.status), _COLOURS.get(paper.status, "yellow"))
        cited = paint(names.clauses(paper.clauses), "dim")
        lines.append(f"{paper.id}  {names.thing(paper.kind)}  {status}{_days(paper, names)}  {cited}".rstrip())
        lines += [f"    {line}" for line in _why_paper(decision, paper, names)]
    return _section(names.pick("材料", "Papers"), lines, paint)


def _days(paper: PaperStatus, names: Names) -> str:
    parts = []
    if paper.status == "inadmissible":
        return ""
    if paper.from_ is not None:
        parts.append(names.pick(f"{paper.from_} 起", f"from {paper.from_}"))
    if paper.until is not None:
        parts.append(names.pick(f"到 {paper.until} 止", f"until {paper.until}"))
    text = names.pick("，", " ").join(parts)
    return names.aside(text) if text else ""


def _why_paper(decision: Decision, paper: PaperStatus, names: Names) -> list[str]:
    if paper.status == "undetermined":
        facts = names.join([names.fact(fact.fact) for fact in paper.missing])
        return [names.pick(f"还不知道：{facts}", f"not known yet: {facts}")]
    return why_paper(decision, paper, names)


def _applied(entries: tuple[Applied, ...], names: Names, paint: Paint) -> list[str]:
    """Give measures or options, those of one rule and the same clauses together."""
    groups: dict[tuple[object, ...], list[Applied]] = {}
    for entry in entries:
        alike = (entry.rule, entry.effect, entry.by, entry.target, entry.any_of, entry.document, entry.clauses)
        groups.setdefault(alike, []).append(entry)
    lines = []
    for group in groups.values():
        rule, effect, target = group[0].rule, group[0].effect, group[0].target
        listed = names.join([names.thing(entry.code) for entry in group])
        if group[0].any_of:
            listed = names.pick("以下之一：", "one of: ") + listed
        if effect == "require":
            by_subject = group[0].by == "subject"
            listed = (
                names.pick("自愿提交：" if by_subject else "要求提交：", "hand in: " if by_subject else "ask for: ")
                + listed
            )
        if target != "subject" and effect == "measure":
            listed += names.pick(f"（对{names.who(target, rule)}）", f" (on {names.who(target, rule)})")
        paper = f" · {group[0].document}" if group[0].document else ""
        lines.append(f"{listed}{paper}  {paint(names.clauses(group[0].clauses), 'dim')}")
    return lines


def _by_actor(entries: tuple[Applied, ...], names: Names) -> dict[str, tuple[Applied, ...]]:
    """Sort entries by who acts, as the reader knows them, the department first."""
    found: dict[str, tuple[Applied, ...]] = {}
    for entry in sorted(entries, key=lambda one: (one.by != "department", one.by)):
        who = names.who(entry.by, entry.rule)
        found[who] = (*found.get(who, ()), entry)
    return found


def _measures(decision: Decision, names: Names, paint: Paint) -> str:
    sections = []
    for who, mine in _by_actor(decision.measures, names).items():
        title = names.pick("措施", "Measures")
        if mine[0].by != "department":
            title += names.pick(f"，由{who}采取", f", taken by: {who}")
        sections.append(_section(title, _applied(mine, names, paint), paint))
    return "\n\n".join(sections)


def _options(decision: Decision, names: Names, paint: Paint) -> str:
    return "\n\n".join(
        _section(names.pick(f"可选，由{who}决定", f"Options, chosen by: {who}"), _applied(mine, names, paint), paint)
        for who, mine in _by_actor(decision.options, names).items()
    )


def _weights(decision: Decision, names: Names, paint: Paint) -> str:
    colon = names.pick("：", ": ")
    lines = []
    for one in decision.weights:
        who = names.who(one.by, one.rule) if one.by else ""
        choice = names.aside(names.pick(f"由{who}决定", f"chosen by: {who}")) if who else ""
        cited = paint(names.clauses(one.clauses), "dim")
        paper = f" · {one.document}" if one.document else ""
        lines.append(f"{names.thing(one.code)}{paper}{colon}{names.word(one.as_)}{choice}  {cited}")
    return _section(names.pick("供权衡", "To be weighed"), lines, paint)


def _referrals(decision: Decision, names: Names, paint: Paint) -> str:
    lines = [
        f"{names.who(one.to, one.rule)}{names.pick('：', ': ')}{names.said(one.rule, one.why)}  "
        f"{paint(names.clauses(one.clauses), 'dim')}"
        for one in decision.referrals
    ]
    return _section(names.pick("交由人判断", "Left to a person"), lines, paint)


def _duties(decision: Decision, names: Names, paint: Paint) -> str:
    order = ("overdue", "late", "open", "owed", "undetermined", "met")
    duties = sorted(decision.duties, key=lambda one: (order.index(one.status), str(one.due), one.what))
    lines = [_duty(one, names, paint) for one in duties]
    return _section(names.pick("义务", "Duties"), lines, paint)


def _duty(one: DutyStatus, names: Names, paint: Paint) -> str:
    what = [names.thing(act) for act in one.what]
    listed = names.pick("或", " or ").join(what) if one.any_of else names.join(what)
    due = names.pick(f"，至迟 {one.due}", f", due {one.due}") if one.due else ""
    status = names.pick("尚不能判断", "cannot be told") if one.status == "undetermined" else names.word(one.status)
    status = paint(status, _COLOURS.get(one.status, "yellow"))
    unknown = names.join([names.fact(fact.fact) for fact in one.missing])
    why = names.aside(names.pick(f"还不知道：{unknown}", f"not known yet: {unknown}")) if unknown else ""
    paper = f" · {one.document}" if one.document else ""
    who = names.who(one.who, one.rule)
    colon = names.pick("：", ": ")
    return f"{who}{colon}{listed}{due}{paper}  {status}{why}  {paint(names.clauses(one.clauses), 'dim')}"


def _violations(decision: Decision, names: Names, paint: Paint) -> str:
    lines = []
    for one in decision.violations:
        due = names.pick(f"，期限 {one.due}", f", due {one.due}") if one.due else ""
        paper = f" · {one.document}" if one.document else ""
        who = names.who(one.by, one.rule)
        colon = names.pick("：", ": ")
        act = names.said(one.rule, one.act)
        if one.due:
            act = names.pick(f"没有按期{act}", f"not done in time: {act}")
        lines.append(f"{who}{colon}{act}{due}{paper}  {paint(names.clauses(one.clauses), 'dim')}")
    return _section(names.pick("违反规定", "Breaches"), lines, paint)


def _conflicts(decision: Decision, names: Names, paint: Paint) -> str:
    lines = []
    for one in decision.conflicts:
        favour = names.join([names.thing(code) for code in one.favour.codes])
        burden = names.join([names.thing(code) for code in one.burden.codes])
        lines.append(
            names.pick(
                f"{favour}（{names.clauses(one.favour.clauses)}）与{burden}（{names.clauses(one.burden.clauses)}）："
                "后者有效，前者等人决定",
                f"{favour} ({names.clauses(one.favour.clauses)}) and {burden} ({names.clauses(one.burden.clauses)}): "
                "the latter stands, the former waits for a person",
            )
        )
    return _section(names.pick("冲突", "Conflicts"), lines, paint)


def _differences(decision: Decision, names: Names, paint: Paint) -> str:
    lines = []
    for one in decision.differences:
        topic = {"requirement": ("需要的材料", "what is needed"), "measure": ("措施", "measures")}.get(one.topic)
        lines.append(names.pick(*topic) if topic else f"{names.pick('材料', 'paper')} {one.about}")
        for side in one.sides:
            number = names.document(side.policy)
            says = names.pick("；", "; ").join(_said(what, names) for what in side.says)
            wide = (
                names.pick("不限事项", "any matter")
                if side.breadth is None
                else names.pick(f"{side.breadth} 类事项", f"{side.breadth} matters")
            )
            about = names.pick(
                f"第 {side.rank} 级，{wide}，{side.date} 起", f"rank {side.rank}, {wide}, from {side.date}"
            )
            lines.append(f"  {number}{names.aside(about)}{names.pick('：', ': ')}{says}")
    return _section(
        names.pick("各文件不一致之处（合并适用）", "Where the documents differ (they apply together)"), lines, paint
    )


def _said(what: str, names: Names) -> str:
    mark_, join = ("|", names.pick("或", " or ")) if "|" in what else ("+", names.pick("和", " and "))
    return join.join(names.word(one) if one == names.thing(one) else names.thing(one) for one in what.split(mark_))


def _assumed(decision: Decision, names: Names, paint: Paint) -> str:
    lines = []
    for one in decision.presumed:
        paper = f"{one.document} · " if one.document else ""
        value = names.value(one.fact, one.value)
        text = names.pick(f"推定 {names.fact(one.fact)}：{value}", f"presumed: {names.fact(one.fact)}: {value}")
        lines.append(f"{paper}{text}  {paint(names.clauses(one.clauses), 'dim')}")
    for taken in decision.taken:
        paper = f"{taken.document} · " if taken.document else ""
        lines.append(
            paper
            + names.pick(
                f"{names.fact(taken.fact)}：否（{names.who(taken.source)}没有记载）",
                f"{names.fact(taken.fact)}: no (not in: {names.who(taken.source)})",
            )
        )
    return _section(names.pick("推定和查询所得", "Presumed and taken from sources"), lines, paint)


def _readings(decision: Decision, names: Names, paint: Paint) -> str:
    unique: dict[str, list[str]] = {}
    for one in decision.readings:
        clauses = unique.setdefault(names.pick(one.zh, one.en), [])
        clauses += [clause for clause in one.clauses if clause not in clauses]
    lines = [
        f"{text}  {paint(names.clauses(tuple(sorted(clauses))), 'dim')}".rstrip() for text, clauses in unique.items()
    ]
    return _section(names.pick("采用的理解", "Readings taken"), lines, paint)


_SECTIONS: tuple[Callable[[Decision, Names, Paint], str], ...] = (
    _missing,
    _requirements,
    _papers,
    _measures,
    _conflicts,
    _options,
    _weights,
    _referrals,
    _duties,
    _violations,
    _differences,
    _assumed,
    _readings,
)
