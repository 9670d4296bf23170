"""A timeline as people read it: each stretch of days, its outcome, and what its first day brought."""

from __future__ import annotations

from collections.abc import Sequence

from creditrules.render.layout import Paint
from creditrules.render.names import WORDS, Names
from creditrules.timeline import Change, Interval

_KINDS = {
    "paper": ("材料", "paper"),
    "requirement": ("需要的材料", "what is needed"),
    "duty": ("义务", "duty"),
    "measure": ("措施", "measure"),
    "option": ("可选", "option"),
    "policy": ("文件", "document"),
    "missing": ("还需要知道", "still to be known"),
    "referral": ("移交处理", "referral"),
    "violation": ("违规", "breach"),
    "conflict": ("奖惩冲突", "conflict"),
    "difference": ("文件之间的不同", "difference between documents"),
    "weight": ("参考因素", "thing to weigh"),
    "untold": ("尚不能确定的规则", "rule that cannot be told"),
    "presumed": ("推定", "presumption"),
    "taken": ("按来源无记录取否", "taken as false"),
    "reading": ("所采的理解", "reading taken"),
}
_BY_PLACE = ("untold", "presumed", "taken", "reading", "weight", "difference", "conflict", "referral", "violation")
_STATES = {
    "there": ("有", "there"),
    "met": ("满足", "met"),
    "not_met": ("未满足", "not met"),
    "in_force": ("施行中", "in force"),
    "before_first_day": ("尚未施行", "not yet in force"),
    "after_last_day": ("已过施行期", "no longer in force"),
    "repealed": ("已废止", "repealed"),
    "out_of_scope": ("不适用", "out of scope"),
    "scope_unknown": ("是否适用不明", "scope not told"),
}


def timeline_text(intervals: Sequence[Interval], names: Names, paint: Paint) -> str:
    """Show the intervals one after the other."""
    blocks = []
    for one in intervals:
        days = names.pick(f"{one.first} 至 {one.last}", f"{one.first} to {one.last}")
        lines = [f"{days}  {paint(names.word(one.decision.outcome), 'bold')}"]
        lines += [f"  {line}" for change in one.changes if (line := _line(change, names))]
        blocks.append("\n".join(lines))
    return "\n".join(blocks) or names.pick("这段时间里没有一天", "there is no day between these")


def _line(change: Change, names: Names) -> str:
    """Say one change; the outcome itself stands in the line of the days."""
    if change.kind in ("outcome", "possible"):
        return ""
    kind = names.pick(*_KINDS[change.kind])
    colon = names.pick("：", ": ")
    if change.kind in ("measure", "option", "missing"):
        code = change.what.rpartition("|")[2]
        if change.before and change.after:
            was, now = (names.clauses(tuple(grounds.split())) for grounds in (change.before, change.after))
            return f"{kind}{names.pick('的依据', ', its ground')}{colon}{names.thing(code)}  {was} → {now}"
        verb = names.pick("新增", "new") if change.after else names.pick("不再", "no longer")
        return f"{verb}{names.pick('', ' ')}{kind}{colon}{names.thing(code)}"
    if change.kind in _BY_PLACE:
        said = " ".join(_thing(part, names) for part in change.what.split("|") if part)
        if change.before and change.after:
            return f"{kind}{names.pick('有变化', ' has changed')}{colon}{said}"
        verb = names.pick("新增", "new") if change.after else names.pick("不再", "no longer")
        return f"{verb}{names.pick('', ' ')}{kind}{colon}{said}"
    return f"{kind} {_what(change, names)}{colon}{_state(change.before, names)} → {_state(change.after, names)}"


def _what(change: Change, names: Names) -> str:
    if change.kind == "requirement":
        return names.join([names.thing(name) for name in change.what.split("|")[1:]])
    if change.kind == "duty":
        rule, who, *acts, _, due = change.what.split("|")
        said = f"{names.who(who, rule)} {names.join([names.thing(act) for act in acts])}"
        return said + (names.aside(due) if due else "")
    return change.what


def _state(state: str | None, names: Names) -> str:
    if state is None:
        return names.pick("无", "none")
    return names.join([names.pick(*_STATES[one]) if one in _STATES else names.word(one) for one in state.split("+")])


def _thing(part: str, names: Names) -> str:
    rule = names.rule(part)
    if rule is not None:
        policy = part.partition(":")[0]
        return names.clauses(tuple(f"{policy}/{clause.text}" for clause in rule.clauses))
    return names.join([names.word(one) if one in WORDS else names.thing(one) for one in part.split("+")])
