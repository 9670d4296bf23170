"""Requests that `decide` refuses: values that are none, and facts that contradict each other.

Each such row says which finding there would be, and of which fact; nothing else is said of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlglot import exp

from creditrules.drivers.sql.facts import Requests, View, atom, given_as_arising
from creditrules.drivers.sql.nodes import (
    END,
    Node,
    all_of,
    any_of,
    case,
    column,
    compared,
    is_null,
    is_told,
    negated,
    one_of,
    surely,
    text,
    truth,
)
from creditrules.drivers.sql.rules import Run
from creditrules.program import FactInfo

_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


def of_request(run: Run) -> Iterator[tuple[Node, str]]:
    """Give what may be wrong with a request as a whole, each with its words."""
    requests = run.requests
    yield is_null(requests.on), "CR504 on"
    yield surely(_out_of_time(requests, requests.on)), "CR509 on"
    if requests.has("consulted"):
        asked = requests.plan.given("consulted", "request", column("consulted"))
        sources = sorted({source for view in run.views for source in view.program.sources})
        known = requests.dialect.has_no_other(asked, [text(source) for source in sources])
        yield surely(negated(known)), "CR205 consulted"


def of_paper(run: Run) -> Iterator[tuple[Node, str]]:
    """Give what may be wrong with a paper as a whole, each with its words."""
    requests = run.requests
    yield is_null(requests.kind), "CR501 document.kind"
    holds_end = exp.Like(this=requests.id, expression=text(f"%{END}%"))
    blank = compared(exp.EQ, exp.Trim(this=requests.id), text(""))
    yield any_of((is_null(requests.id), surely(any_of((holds_end, blank))))), "CR533 id"


def same_ids(run: Run) -> tuple[Node, str]:
    """Say whether two papers of a request have one id."""
    plan, id_ = run.requests.plan, run.requests.id
    fewer = compared(exp.LT, plan.count_papers(id_, distinct=True), plan.count_papers(id_))
    return fewer, "CR533 id"


def of_fact(run: Run, name: str) -> Iterator[tuple[Node, str]]:
    """Give what may be wrong with a fact that is given, each with its words."""
    views = [view for view in run.views if name in view.program.facts]
    fact = views[0].program.facts[name]
    given = run.requests.given(fact)
    if given is None:
        return
    yield from _of_value(run.requests, fact, given)
    if fact.scope == "matter" and name != "matter.code":
        yield all_of((negated(views[0].there_is_a_matter), is_told(given))), f"CR532 {name}"
    for view in views:
        one = view.program.facts[name]
        yield _against_premise(view, one), f"CR502 {name}"
        yield _against_twin(view, one, given), f"CR503 {name}"


def _of_value(requests: Requests, fact: FactInfo, given: Node) -> Iterator[tuple[Node, str]]:
    inner = fact.type.removeprefix("list[").removesuffix("]")
    values = [atom(requests, one) for one in fact.values or ()]
    if inner in ("enum", "level") and values:
        if fact.type.startswith("list["):
            known = requests.dialect.has_no_other(given, values)
        else:
            known = one_of(given, values)
        yield surely(negated(known)), f"CR301 {fact.name}"
    elif fact.type in ("str", "enum", "level"):
        yield surely(compared(exp.EQ, exp.Trim(this=given.copy()), text(""))), f"CR309 {fact.name}"
    elif fact.type == "date":
        out = all_of((compared(exp.NEQ, given, requests.not_yet), _out_of_time(requests, given)))
        yield surely(out), f"CR509 {fact.name}"


def _out_of_time(requests: Requests, day: Node) -> Node:
    before = compared(exp.LT, day, requests.day(_FIRST))
    return any_of((before, compared(exp.GT, day, requests.day(_LAST))))


def _against_premise(view: View, fact: FactInfo) -> Node:
    arising = given_as_arising(view.requests, fact)
    if fact.only_if is None or arising is None:
        return truth(False)
    found = all_of((arising, negated(view.evaluate(fact.only_if, view).truth)))
    if fact.scope == "matter":
        found = all_of((view.there_is_a_matter, found))
    return surely(found)


def _against_twin(view: View, fact: FactInfo, given: Node) -> Node:
    twin = view.program.facts[fact.twin] if fact.twin is not None and fact.type == "bool" else None
    day = view.requests.given(twin) if twin is not None else None
    if day is None:
        return truth(False)
    come = compared(exp.LTE, day, view.requests.on)
    return surely(case((given, negated(come)), otherwise=all_of((is_told(given), come))))
