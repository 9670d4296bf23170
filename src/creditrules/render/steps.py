"""Steps of a trace as lines: what was asked, what was found, and whether it held."""

from __future__ import annotations

import datetime as dt

from creditrules.program import (
    DayExpr,
    DayTest,
    FactDay,
    FactTest,
    Fixed,
    PaperTest,
    Rule,
    Shifted,
    Today,
)
from creditrules.render.names import Names
from creditrules.trace import Read, Step, Truth

_LISTED = 15  # values of a test that are shown
_MARKS = {True: "✓", False: "✗", None: "?"}
_OPERATORS = {
    "is": ("是", "is"),
    "is_not": ("不是", "is not"),
    "at_least": ("不低于", "at least"),
    "at_most": ("不高于", "at most"),
    "more_than": ("高于", "more than"),
    "less_than": ("低于", "less than"),
    "before": ("早于", "before"),
    "on_or_before": ("不晚于", "on or before"),
    "after": ("晚于", "after"),
    "on_or_after": ("不早于", "on or after"),
    "contains_any": ("含有其中之一：", "holds one of"),
    "contains_all": ("含有全部：", "holds all of"),
}
_KINDS = {
    "all": ("以下全部成立", "all of these"),
    "any": ("以下至少一项成立", "at least one of these"),
    "not": ("以下不成立", "not this"),
    "some": ("有一份材料满足", "some paper is such"),
    "none": ("没有材料满足", "no paper is such"),
    "when": ("条件", "condition"),
    "unless": ("例外不成立", "no exception applies"),
    "in_force": ("文件在施行", "the document is in force"),
    "matters": ("事项相符", "the matter is one of the rule's"),
    "bars": ("该措施影响本事项", "the measure bears on this matter"),
    "usable": ("材料可以使用", "the paper can be used"),
    "clean": ("材料可以使用且无可拒之处", "the paper can be used, and nothing lets it be declined"),
    "effect": ("以下全部成立", "all of these"),
    "kind": ("材料类别相符", "the paper is of the kind"),
    "conflict": ("激励与约束同时成立", "favour and burden both hold"),
}
_UNITS = {
    "days": ("{count} 日", "{count} days"),
    "working_days": ("{count} 个工作日", "{count} working days"),
    "months": ("{count} 个月", "{count} months"),
    "years": ("{count} 年", "{count} years"),
}
_ORIGINS = {
    "derived": ("由日期推出", "follows from its date"),
    "taken": ("查询来源未载，视为否", "not in the source consulted, so no"),
    "presumed": ("推定", "presumed"),
    "absent": ("不涉及", "does not arise"),
}


def mark(result: Truth) -> str:
    """Give ✓ for held, ✗ for did not hold, ? for could not be told."""
    return _MARKS[result]


def step_lines(step: Step, names: Names, depth: int = 0, places: bool = True) -> list[str]:
    """Give a step and everything under it, one line each, indented by depth."""
    if step.kind in ("all", "when", "effect", "any") and len(step.parts) == 1:
        return step_lines(step.parts[0], names, depth, places)
    if (step.kind == "all" and not step.parts) or (step.result and step.kind in ("scope", "overridden")):
        return []  # that the document applies and nothing overrides goes without saying
    lines = [f"{'  ' * depth}{mark(step.result)} {headline(step, names)}{_place(step, names) if places else ''}"]
    parts = step.parts if step.kind != "overridden" else ()
    if len(parts) == 1 and parts[0].kind == "all" and step.kind not in ("not", "unless"):
        parts = parts[0].parts
    for part in parts:
        lines += step_lines(part, names, depth + 1, places)
    return lines


def _place(step: Step, names: Names) -> str:
    node = step.node
    if isinstance(node, FactTest | DayTest | Rule) and node.span is not None:
        return names.aside(names.pick(f"第{node.span.line}行", f"line {node.span.line}"))
    return ""


def headline(step: Step, names: Names) -> str:
    """Give the one line of a step."""
    node = step.node
    if isinstance(node, FactTest):
        return fact_test(node, step.reads, names)
    if isinstance(node, DayTest):
        return day_test(node, step, names)
    cited = f"  {names.clauses(step.clauses)}" if step.clauses else ""
    match step.kind:
        case "rule":
            paper = f" · {step.paper}" if step.paper else ""
            said = names.summary(step.clauses[0]) if step.clauses else ""
            return names.pick("规则", "rule") + f" {step.name}{paper}{cited}" + names.pick(f"：{said}", f": {said}")
        case "term":
            return names.pick("用语", "term") + f" {step.name}{cited}"
        case "setting":
            return names.pick("设置", "setting") + f" {step.name}"
        case "scope":
            return names.pick("文件适用", "the document applies") + f" {step.name}{cited}"
        case "overridden":
            words = ("没有被规则排除", "not overridden by") if step.result else ("规则优先适用", "overridden by")
            return names.pick(*words) + f" {step.name}"
        case "paper":
            return names.pick("材料", "paper") + f" {step.name}"
        case "rung" | "status":
            return names.word(step.name) if step.name else names.pick("以下至少一项成立", "at least one of these")
        case "alternative":
            return names.thing(step.name)
        case "requirement":
            mode = _KINDS["any"] if step.name == "any_of" else _KINDS["all"]
            return names.pick(*mode)
    if isinstance(node, PaperTest) and not step.parts:
        return names.pick(*_KINDS[step.kind]) + _reads(step.reads, names)
    text = names.pick(*_KINDS[step.kind]) if step.kind in _KINDS else step.kind
    return text + (f" {names.thing(step.name)}" if step.kind == "kind" else "") + _reads(step.reads, names)


def _reads(reads: tuple[Read, ...], names: Names) -> str:
    colon = names.pick("：", ": ")
    found = [f"{names.fact(read.fact)}{colon}{found_value(read, names)}" for read in reads]
    return names.aside(names.join(found)) if found else ""


def fact_test(test: FactTest, reads: tuple[Read, ...], names: Names) -> str:
    """Say what a test of a fact found, and what it asks."""
    wanted = names.join([names.value(test.fact.name, value) for value in test.values[:_LISTED]])
    if len(test.values) > _LISTED:
        wanted += names.pick(f" 等 {len(test.values)} 项", f" and others, {len(test.values)} in all")
    if test.values == ("",):
        wanted = names.pick("空白", "blank")
    operator = names.pick(*_OPERATORS[test.operator]) + names.pick("", " ")
    if test.operator == "is":
        operator = names.pick("属于", "one of ") if len(test.values) > 1 else ""
    found = found_value(reads[0], names) if reads else "?"
    colon = names.pick("：", ": ")
    asked = names.pick(f"要求{colon}{operator}{wanted}", f"wanted{colon}{operator}{wanted}")
    return f"{names.fact(test.fact.name)}{colon}{found}{names.aside(asked)}"


def fact_found(step: Step, names: Names) -> str:
    """Say what was found; what was asked too, where it was not met."""
    if isinstance(step.node, FactTest) and step.result is True and step.reads:
        read = step.reads[0]
        return f"{names.fact(read.fact)}{names.pick('：', ': ')}{found_value(read, names)}"
    return headline(step, names)


def found_value(read: Read, names: Names) -> str:
    """Give the value that was found, and where it comes from if it was not given."""
    value = names.value(read.fact, read.value)
    origin = _ORIGINS.get(read.origin)
    return value + names.aside(names.pick(*origin)) if origin else value


def day_test(test: DayTest, step: Step, names: Names) -> str:
    """Say which days were compared, and what they were."""
    operator = names.pick(*_OPERATORS[test.operator])
    left, right = (
        day_text(day, names) + ("" if isinstance(day, Fixed) else names.aside(names.value("", found)))
        for day, found in zip((test.left, test.right), step.days, strict=True)
    )
    unknown = tuple(read for read in step.reads if read.fact.startswith("calendar."))
    return f"{left}{names.pick('', ' ')}{operator}{names.pick('', ' ')}{right}" + _reads(unknown, names)


def day_text(day: DayExpr, names: Names) -> str:
    """Say what a day is counted from."""
    match day:
        case Fixed(day=date):
            return date.isoformat()
        case Today():
            return names.fact("today")
        case FactDay(fact=fact):
            return names.fact(fact.name)
        case Shifted(unit=unit, count=count, since=since):
            period = names.pick(*_UNITS[unit]).format(count=count)
            start = day_text(since, names)
            return names.pick(f"「{start}」后 {period}", f"{period} after “{start}”")


def day_or_none(day: dt.date | None) -> str:
    """Give a day as text, or a dash."""
    return day.isoformat() if day is not None else "—"
