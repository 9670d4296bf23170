"""Missing facts as the questions of a form: what is asked, what may be answered, and who knows."""

from __future__ import annotations

from creditrules.decision import Decision, MissingFact
from creditrules.render.layout import Paint
from creditrules.render.names import Names

_TYPES = {
    "bool": ("是或否", "yes or no"),
    "str": ("文字", "text"),
    "number": ("数", "a number"),
    "date": ("日期，或尚未发生", "a date, or not yet"),
    "list[date]": ("若干日期", "dates"),
    "list[str]": ("若干文字", "texts"),
}
_SHOWN = 8


def question_json(fact: MissingFact, names: Names) -> dict[str, object]:
    """Give one question as JSON: the fact, its label, its type and values, and who has it."""
    known = names.vocabulary.facts.get(fact.fact)
    return {
        "fact": fact.fact,
        "document": fact.document,
        "label": names.fact(fact.fact),
        "type": known.type if known else None,
        "values": list(known.values) if known and known.values else None,
        "held_by": fact.held_by,
    }


def needs_text(decision: Decision, names: Names, paint: Paint) -> str:
    """Show the questions in order, or that nothing more is needed."""
    outcome = names.word(decision.outcome)
    if not decision.missing:
        return names.pick(f"不需要再问，结论：{outcome}", f"nothing more is needed; the outcome: {outcome}")
    possible = names.join([names.word(one) for one in decision.possible])
    lines = [names.pick(f"结论还可能是：{possible}", f"the outcome may still be: {possible}")]
    for number, fact in enumerate(decision.missing, 1):
        paper = f"{fact.document} · " if fact.document else ""
        who = names.who(fact.held_by)
        asked = paint(f"{paper}{names.fact(fact.fact)}", "bold")
        lines.append(f"{number}. {asked}{names.aside(_answers(fact, names))}")
        lines.append("   " + paint(names.pick(f"{fact.fact}，由{who}掌握", f"{fact.fact}, held by: {who}"), "dim"))
    return "\n".join(lines)


def _answers(fact: MissingFact, names: Names) -> str:
    """Say what may be answered."""
    known = names.vocabulary.facts.get(fact.fact)
    if known is None:
        return (
            names.pick("材料清单", "a list of papers")
            if fact.fact == "documents"
            else names.pick("公布后才知道", "known once announced")
        )
    if known.values:
        labels = [value.label(names.lang) for value in known.values.values()]
        more = (
            names.pick(f" 等 {len(labels)} 种", f" and others, {len(labels)} in all") if len(labels) > _SHOWN else ""
        )
        many = names.pick("可多选：", "one or more of: ") if known.is_list else ""
        return many + names.join(labels[:_SHOWN]) + more
    return names.pick(*_TYPES[known.type])
