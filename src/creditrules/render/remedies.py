"""What would help, as people read it: each way with who does what and the earliest day; or that nothing would."""

from __future__ import annotations

from collections.abc import Sequence

from creditrules.remedies import Remedy, RemedyChange
from creditrules.render.layout import Paint
from creditrules.render.names import Names

_GOOD = ("proceed", "assessed")
_BY = {
    "subject": ("当事人", "the person or body concerned"),
    "agency": ("有关机构", "the agency concerned"),
    "department": ("部门", "the department"),
    "time": ("时间", "time"),
}


def remedies_text(outcome: str, found: Sequence[Remedy], names: Names, paint: Paint) -> str:
    """Show the remedies of a decision, the shortest first."""
    title = paint(names.pick("怎样可以办理", "What would help"), "bold")
    if outcome in _GOOD:
        return f"{title}\n  {names.pick('已经可以', 'nothing has to change')}"
    if not found:
        return (
            f"{title}\n  {names.pick('没有谁能改变的事可以使它办理', 'nothing that anybody can change would help')}"
        )
    lines = [title]
    for number, one in enumerate(found, 1):
        day = names.pick(f"最早 {one.on}", f"at the earliest on {one.on}")
        steps = [_change(change, names) for change in one.changes]
        if one.waits:
            steps.append(names.pick(f"等到 {one.on}", f"wait until {one.on}"))
        lines.append(f"  {number}. {names.pick('；', '; ').join(steps)}{'' if one.waits else names.aside(day)}")
    return "\n".join(lines)


def _change(change: RemedyChange, names: Names) -> str:
    who = names.pick(*_BY[change.by])
    if change.kind == "fact":
        paper = f"{change.document} · " if change.document else ""
        said = f"{paper}{names.fact(change.name)}{names.pick('：', ': ')}{names.value(change.name, change.value)}"
        return said + names.aside(who)
    facts = [f"{names.fact(fact)}{names.pick('：', ': ')}{names.value(fact, value)}" for fact, value in change.facts]
    paper = names.pick(f"提交{names.thing(change.name)}", f"hand in: {names.thing(change.name)}")
    return paper + names.aside(names.join([who, *facts]))
