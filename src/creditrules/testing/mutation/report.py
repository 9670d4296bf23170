"""What became of the changes, as text for people, as JSON, and as a table for the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from creditrules.front import Policy
from creditrules.render.layout import Paint
from creditrules.testing.mutation.changes import Change
from creditrules.testing.mutation.edits import Kind
from creditrules.testing.mutation.mutation import Mutation, Verdict
from creditrules.wording import Lang

_KINDS: Mapping[Kind, tuple[str, str]] = {
    "rule": ("去掉规则", "rule dropped"),
    "effect": ("去掉一项效果", "effect dropped"),
    "condition": ("去掉条件", "condition dropped"),
    "negation": ("条件取反", "condition turned round"),
    "junction": ("“都”与“任一”互换", "all and any swapped"),
    "operator": ("改比较方式", "operator changed"),
    "value": ("改比较的值", "value changed"),
    "member": ("列表增减一项", "list member dropped or added"),
    "day": ("改日期或期限", "day or limit changed"),
    "unit": ("改期限单位", "unit of time changed"),
    "anchor": ("改起算日", "first day of counting changed"),
    "exception": ("去掉例外", "exception dropped"),
    "binding": ("约束与可选互换", "binding and optional swapped"),
    "chooser": ("改由谁选择", "choice given to another"),
    "matters": ("事项增减", "matter dropped or added"),
    "name": ("改材料、行为或措施", "paper, act or measure changed"),
    "actor": ("改当事方", "who it is about changed"),
    "choice": ("“全部”与“任选”互换", "all of and any of swapped"),
    "weight": ("改参考程度", "weight changed"),
    "recurrence": ("改周期", "period of recurrence changed"),
    "clause": ("改引用条款", "clause cited changed"),
    "in_force": ("改施行起止日", "first or last day in force changed"),
    "setting": ("改设定值", "setting changed"),
    "presumption": ("改推定", "presumption changed"),
    "scope": ("去掉适用范围", "scope dropped"),
}
_PARTS = {
    "rule": "规则",
    "term": "术语",
    "setting": "设定",
    "presume": "推定",
    "scope": "适用范围",
    "in_force": "施行起止",
}
_STATES = {
    "killed": ("被发现", "noticed"),
    "survived": ("未被发现", "not noticed"),
    "same": ("证明为等价", "proved to change nothing"),
    "refused": ("改后不成政策", "no policy any more"),
}


def counted(mutation: Mutation, lang: Lang) -> str:
    """Say in one line how many changes were made, and what became of them."""
    zh = lang == "zh"
    numbers = {state: len(mutation.of(state)) for state in ("killed", "survived", "same", "refused")}
    made = ("，" if zh else ", ").join(f"{_STATES[state][not zh]} {count}" for state, count in numbers.items())
    rate = f"{mutation.rate * 100:.1f}"
    left = ""
    if mutation.not_run:
        left = f"；另有 {mutation.not_run} 处没有运行" if zh else f"; {mutation.not_run} more were not run"
    reasons = len(mutation.of("survived")) - len(mutation.unexplained)
    given = (f"（其中 {reasons} 处已说明理由）" if zh else f" ({reasons} of them with a reason)") if reasons else ""
    total = len(mutation.verdicts)
    if zh:
        return f"{mutation.policy}：{total} 处改动，{made}{given}{left}。发现率 {rate} %"
    return f"{mutation.policy}: {total} changes, {made}{given}{left}. {rate} % noticed"


def mutation_text(mutation: Mutation, policy: Policy, lang: Lang, colour: Paint) -> str:
    """Give the survivors without a reason, each with its place and the case that would notice it, and the numbers."""
    zh = lang == "zh"
    lines = []
    for verdict in mutation.unexplained:
        lines += _survivor(verdict, policy, lang, colour)
    for key in mutation.stale:
        lines.append(
            f"不再是漏网的改动，请从说明中删去：{key}" if zh else f"no survivor any more, take it off the list: {key}"
        )
    lines.append(counted(mutation, lang))
    return "\n".join(lines)


def _survivor(verdict: Verdict, policy: Policy, lang: Lang, colour: Paint) -> list[str]:
    zh, change = lang == "zh", verdict.change
    where = f"{policy.source.name}:{change.span.line}:{change.span.column}" if change.span else policy.source.name
    nothing = "（无）" if zh else "(nothing)"
    cites = ("，" if zh else ", ").join(change.clauses) or nothing
    lines = [
        f"{where}: {colour(_part(change, lang), 'bold')} {change.path}: {_KINDS[change.kind][not zh]} [{cites}]",
        f"  {'原文' if zh else 'was'}: {colour(change.before or nothing, 'green')}",
        f"  {'改为' if zh else 'became'}: {colour(change.after or nothing, 'red')}",
    ]
    if not verdict.case:
        tried = verdict.looked_at
        lines.append(
            f"  试了 {tried} 个请求，没有找到区别；没有证明等价"
            if zh
            else f"  no difference found in {tried} requests; not proved to be none"
        )
        return lines
    parts = ("、" if zh else ", ").join(verdict.differs)
    lines.append(f"  {'不同之处' if zh else 'differs in'}: {parts}")
    if verdict.extends:
        lines.append(
            "  这个案例再写上这项预期就能发现："
            if zh
            else "  this case would notice it, if it expected this as well:"
        )
    else:
        lines.append("  这个案例能发现：" if zh else "  this case would notice it:")
    return [*lines, verdict.case]


def _part(change: Change, lang: Lang) -> str:
    kind, _, name = change.part.partition(" ")
    return f"{_PARTS[kind]} {name}".strip() if lang == "zh" else change.part


def mutation_json(mutation: Mutation) -> dict[str, object]:
    """Give all verdicts for programs."""
    return {
        "rate": f"{mutation.rate:.4f}",
        "not_run": mutation.not_run,
        "stale": list(mutation.stale),
        "counts": {state: len(mutation.of(state)) for state in ("killed", "survived", "same", "refused")},
        "changes": [_verdict_json(one) for one in mutation.verdicts],
    }


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    change = verdict.change
    return {
        "change": change.key,
        "kind": change.kind,
        "part": change.part,
        "path": change.path,
        "before": change.before or None,
        "after": change.after or None,
        "at": {"line": change.span.line, "column": change.span.column} if change.span else None,
        "clauses": list(change.clauses),
        "state": verdict.state,
        "noticed_by": verdict.noticed_by or None,
        "differs": list(verdict.differs),
        "case": verdict.case or None,
        "extends": verdict.extends or None,
        "looked_at": verdict.looked_at,
        "finding": verdict.finding or None,
        "reason": {"zh": verdict.reason.zh, "en": verdict.reason.en} if verdict.reason else None,
    }


def mutation_table(mutations: Sequence[Mutation], lang: Lang) -> str:
    """Give the numbers of several policies and their survivors, with the reasons, as tables in Markdown."""
    zh = lang == "zh"
    heads = (
        ["政策", "改动", "被发现", "未被发现", "证明等价", "不成政策", "发现率"]
        if zh
        else ["policy", "changes", "noticed", "not noticed", "proved the same", "no policy", "rate"]
    )
    lines = [_row(heads), _row(["---"] * len(heads))]
    for one in mutations:
        counts = [str(len(one.of(state))) for state in ("killed", "survived", "same", "refused")]
        lines.append(_row([one.policy, str(len(one.verdicts)), *counts, f"{one.rate * 100:.1f} %"]))
    for one in mutations:
        if one.of("survived"):
            lines += ["", f"### {one.policy}", ""]
            lines += [_row(["改动", "理由"] if zh else ["change", "reason"]), _row(["---", "---"])]
        for verdict in one.of("survived"):
            reason = verdict.reason.label(lang) if verdict.reason else ("没有说明" if zh else "none given")
            lines.append(_row([f"`{verdict.change.key}`", reason]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
