"""The reasoning behind a decision in a terminal: the tests in turn, then rules with what kept them from holding."""

from __future__ import annotations

from creditrules.decision import Decision
from creditrules.near_miss import leaves, misses, of_another_kind, why_not
from creditrules.render.layout import Paint
from creditrules.render.names import Names
from creditrules.render.steps import headline, mark, step_lines
from creditrules.trace import Step


def _kept(step: Step, names: Names) -> str:
    """Say what kept a rule from holding; of a term, the tests it failed by."""
    said = [headline(leaf, names) for leaf in leaves(step, False)] if step.kind == "term" else []
    return headline(step, names) + (names.aside(names.pick("；", "; ").join(said)) if said else "")


def reasoning_text(decision: Decision, names: Names, paint: Paint, rule: str | None = None) -> str:
    """Show the rules of the matter: those that hold, those not told, and the others, the nearest to holding first."""
    blocks, others = [], []
    for step in decision.trace.rules:
        if rule is not None and rule not in (step.name, step.name.partition(":")[2]):
            continue
        if rule is None and step.result is False and of_another_kind(step):
            others.append(f"{step.name.partition(':')[2]} · {step.paper}")
            continue
        lines = step_lines(step, names)
        if step.result is False:
            kept = names.pick("；", "; ").join(_kept(leaf, names) for leaf in why_not(step))
            missed = misses(step)
            lines.insert(1, "  " + names.pick(f"差 {missed} 项：{kept}", f"failed by {missed}: {kept}"))
        blocks.append("\n".join(lines))
    if rule is not None:
        return "\n".join(blocks)
    if others:
        blocks.append(
            names.pick("✗ 针对其他类别材料的规则：", "✗ rules about other kinds of paper: ") + names.join(others)
        )
    title = names.pick("推理（✓ 成立 ✗ 不成立 ? 不能判断）", "Reasoning (✓ held ✗ did not hold ? could not be told)")
    order = names.pick(" → ", " → ").join(
        f"{mark(None if step.name in decision.possible and len(decision.possible) > 1 else step.result)} "
        f"{names.word(step.name)}"
        for place, step in enumerate(decision.trace.rungs)
        if not any(before.result for before in decision.trace.rungs[:place])
    )
    steps = names.pick("依次检查：", "Checked in turn: ") + order
    return "\n".join([paint(title, "bold"), f"  {steps}", *blocks])
