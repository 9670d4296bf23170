"""What comes out of a statement: for each request its outcome, and lists of entries about what follows from it.

An entry is words with a blank between them; the paper it is about, if any, comes last, after @.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from creditrules.drivers.sql.days import day_of
from creditrules.drivers.sql.duties import standing_of
from creditrules.drivers.sql.facts import Requests
from creditrules.drivers.sql.ladder import Rung, missing_of, possible
from creditrules.drivers.sql.nodes import (
    END,
    Node,
    all_of,
    case,
    entry_if,
    is_null,
    joined,
    negated,
    or_else,
    perhaps,
    text,
)
from creditrules.drivers.sql.papers import Judged
from creditrules.drivers.sql.periods import recurring
from creditrules.drivers.sql.refusals import of_fact, of_paper, of_request, same_ids
from creditrules.drivers.sql.requirements import Needed
from creditrules.drivers.sql.rules import Run
from creditrules.drivers.sql.told import Told
from creditrules.program import Duty, Effect, Inadmissible, Measure, Prohibit, Refer, Require, Rule, Usable, Weigh


@dataclass(frozen=True, slots=True)
class Result:
    """A column of the result: a text, or the entries of a list; `in_order` if it is not sorted."""

    node: Node
    is_list: bool = True
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything judged of a request."""

    run: Run
    ladder: Sequence[Rung]
    needed: Sequence[Needed]
    papers: Judged


def refused(run: Run, wanted: set[str], all_given: Iterable[str] | None) -> Result:
    """Give what is wrong with a request: with what is read for the columns `wanted`, and for this itself; or with
    every fact that the tables are known to give."""
    plan = run.requests.plan
    known = {name for view in run.views for name in view.program.facts}
    checked: dict[str, list[_Entry]] = {}
    entries = [_Entry(when, text(words), False) for when, words in of_request(run)]
    todo = set(all_given) & known if all_given is not None else plan.reached(wanted) & known
    while todo:
        for name in sorted(todo):
            each = next(view for view in run.views if name in view.program.facts).program.facts[name].about_paper
            checked[name] = [_Entry(when, text(words), each) for when, words in of_fact(run, name)]
        needed = {
            one.name for found in checked.values() for entry in found for one in entry.when.find_all(exp.Column)
        }
        todo = (plan.reached(needed) & known) - set(checked)
    if "id" in plan.reached(wanted):
        entries += [_Entry(when, text(words), True) for when, words in of_paper(run)]
        entries.append(_Entry(same_ids(run)[0], text(same_ids(run)[1]), False))
    entries += [entry for name in sorted(checked) for entry in checked[name]]
    return Result(_gathered(run.requests, "refused", entries))


def results(judgement: Judgement) -> dict[str, Result]:
    """Give the columns of the result, by name."""
    run = judgement.run
    found = {"outcome": Result(_outcome(judgement.ladder), is_list=False)}
    found["possible"] = Result(_possible(judgement.ladder), in_order=True)
    found["missing"] = Result(missing_of(judgement.ladder) or text(""))
    makers: Mapping[str, Callable[[], Iterator[_Entry]]] = {
        "rules": lambda: _held(run),
        "untold": lambda: _untold(run),
        "measures": lambda: _applied(run, binding=True),
        "options": lambda: _applied(run, binding=False),
        "requirements": lambda: _requirements(judgement.needed),
        "duties": lambda: _duties(run),
        "weights": lambda: _weights(run),
        "referrals": lambda: _referrals(run),
        "violations": lambda: _violations(run),
        "papers": lambda: _papers(judgement),
    }
    for name, make in makers.items():
        found[name] = Result(_gathered(run.requests, name, make()))
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry that is there where a condition holds; `each` where it is about every paper."""

    when: Node
    words: Node
    each: bool
    whole: bool = False  # the words are entries already


def _gathered(requests: Requests, name: str, entries: Iterable[_Entry]) -> Node:
    """Join the entries about the request, and those about its papers."""
    whole: list[Node | None] = []
    of_papers: list[Node | None] = []
    for one in entries:
        if one.each:
            words = one.words if one.whole else joined((one.words, text(" @"), requests.id, text(END)))
            of_papers.append(entry_if(one.when, words))
        else:
            whole.append(entry_if(one.when, one.words if one.whole else joined((one.words, text(END)))))
    paper_text = joined(of_papers)
    if paper_text is not None:
        paper_text = requests.plan.worked_out(
            f"entries: {name}", ("entries", name), paper_text, "entries", about="paper"
        )
        whole.append(requests.plan.all_texts(f"entries: {name}", ("entries", name), paper_text))
    return joined(whole) or text("")


def rule_name(rule: Rule) -> str:
    """Name a rule among all policies."""
    return f"{rule.policy}:{rule.id}"


def _outcome(ladder: Sequence[Rung]) -> Node:
    """Walk down: the first rung that does not fail is the outcome, if it surely holds."""
    whens = []
    for rung in ladder:
        whens.append((rung.told.truth, text(rung.name)))
        if rung.told.missing is not None:
            whens.append((is_null(rung.told.truth), text("undetermined")))
    return case(*whens, otherwise=text(ladder[-1].name))


def _possible(ladder: Sequence[Rung]) -> Node:
    return joined(entry_if(where, text(f"{rung.name}{END}")) for rung, where in possible(ladder)) or text("")


def _effects(run: Run) -> Iterator[tuple[Rule, Effect, Node]]:
    for rule in run.rules.values():
        held = run.holds(rule).truth
        for effect in rule.effects:
            yield rule, effect, held


def _held(run: Run) -> Iterator[_Entry]:
    for rule in run.rules.values():
        yield _Entry(run.holds(rule).truth, text(rule_name(rule)), rule.each)


def _untold(run: Run) -> Iterator[_Entry]:
    for rule in run.rules.values():
        held = run.holds(rule)
        about_papers = all(isinstance(effect, Usable | Inadmissible) for effect in rule.effects)
        if not about_papers and held.missing is not None:
            yield _Entry(is_null(held.truth), text(rule_name(rule)), rule.each)


def _applied(run: Run, binding: bool) -> Iterator[_Entry]:
    for rule, effect, held in _effects(run):
        if (rule.left_to is None) is not binding:
            continue
        for words in _codes(effect, binding):
            yield _Entry(held, text(f"{words} {rule_name(rule)}"), rule.each)


def _codes(effect: Effect, binding: bool) -> list[str]:
    match effect:
        case Measure(names=names):
            return list(names) if binding else [f"measure {name}" for name in names]
        case Require(alternatives=ways) if not binding:
            return [f"require {way.name}" for way in ways]
        case Duty(what=what) if not binding:
            return [f"duty {name}" for name in what]
        case _:
            return []


def _requirements(needed: Iterable[Needed]) -> Iterator[_Entry]:
    for one in needed:
        if one.rule.left_to is None:
            met = _word(one.met, "met", "unmet")
            clean = _word(one.clean, "clean", "unclean")
            words = joined((met, text(" "), clean, text(f" {rule_name(one.rule)}")))
            assert words is not None
            yield _Entry(one.held.truth, words, one.rule.each)


def _word(told: Told, yes: str, no: str) -> Node:
    return case((told.truth, text(yes)), (negated(told.truth), text(no)), otherwise=text("unknown"))


def _weights(run: Run) -> Iterator[_Entry]:
    for rule, effect, held in _effects(run):
        if isinstance(effect, Weigh):
            for name in effect.names:
                yield _Entry(held, text(f"{effect.as_} {name} {rule_name(rule)}"), rule.each)


def _duties(run: Run) -> Iterator[_Entry]:
    for rule, effect, held in _effects(run):
        if isinstance(effect, Duty) and rule.left_to is None and effect.every is not None:
            yield _Entry(held, recurring(run, rule, effect, breaches=False), rule.each, whole=True)
        elif isinstance(effect, Duty) and rule.left_to is None:
            standing = standing_of(run, rule, effect)
            words = joined((standing.status, text(" "), _day(run, standing.due), text(f" {rule_name(rule)}")))
            assert words is not None
            yield _Entry(held, words, rule.each)


def _referrals(run: Run) -> Iterator[_Entry]:
    for rule, effect, held in _effects(run):
        if isinstance(effect, Refer):
            due = day_of(effect.due, run.view(rule)).value if effect.due is not None else None
            words = joined((_day(run, due), text(f" {rule_name(rule)}")))
            assert words is not None
            yield _Entry(held, words, rule.each)


def _violations(run: Run) -> Iterator[_Entry]:
    for rule, effect, held in _effects(run):
        if isinstance(effect, Prohibit):
            yield _Entry(held, text(rule_name(rule)), rule.each)
        if isinstance(effect, Duty) and rule.left_to is None and effect.every is not None:
            yield _Entry(held, recurring(run, rule, effect, breaches=True), rule.each, whole=True)
        elif isinstance(effect, Duty) and rule.left_to is None:
            status = standing_of(run, rule, effect).status
            breached = exp.In(this=exp.Paren(this=status.copy()), expressions=[text("late"), text("overdue")])
            yield _Entry(all_of((held, breached)), text(rule_name(rule)), rule.each)


def _papers(judgement: Judgement) -> Iterator[_Entry]:
    """Give every paper's status and days, unless no document applies."""
    judged, run = judgement.papers, judgement.run
    words = joined((judged.status, text(" "), _day(run, judged.first), text(" "), _day(run, judged.last)))
    assert words is not None
    yield _Entry(perhaps(negated(judgement.ladder[0].told.truth)), words, True)


def _day(run: Run, day: Node | None) -> Node:
    """Write a day, or `-` where there is none or it has not come."""
    if day is None or isinstance(day, exp.Null):
        return text("-")
    known = exp.Nullif(this=day.copy(), expression=run.requests.not_yet)
    return or_else(exp.cast(known, "TEXT"), text("-"))
