"""From planned columns to one statement: a step of common table expressions for each place in the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sqlglot import exp

from creditrules.drivers.sql.nodes import Node, column, compared, number, or_else, text, truth
from creditrules.drivers.sql.periods import calendar_periods
from creditrules.drivers.sql.plan import GROUPS, Periods, Plan, Planned


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the tables a statement reads, and of the column that tells requests apart."""

    requests: str = "requests"
    papers: str = "papers"
    calendar: str = "working_days"
    key: str = "request"


@dataclass(slots=True)
class _Steps:
    """The steps so far, each by its name."""

    made: list[tuple[str, exp.Select]] = field(default_factory=list)

    def add(self, wanted: str, select: exp.Select) -> str:
        used = {name for name, _ in self.made}
        for name, there in self.made:
            if there == select:
                return name
        name, count = wanted, 1
        while name in used:
            count += 1
            name = f"{wanted}_{count}"
        self.made.append((name, select))
        return name


def statement(plan: Plan, tables: Tables, wanted: Iterable[str], final: Mapping[str, Node]) -> exp.Select:
    """Lay out the columns that are wanted, with what they need, and give the last step's own."""
    reached = plan.reached(wanted)
    columns = [plan.columns[name] for name in plan.columns if name in reached]
    steps = _Steps()
    requests = steps.add("given", _given(columns, tables, "request").from_(exp.to_table(tables.requests)))
    papers: str | None = None
    turns = max((one.place[0] for one in columns), default=0)
    for turn in range(turns + 1):
        here = sorted((one for one in columns if one.place[0] == turn), key=lambda one: (one.place, one.name))
        if turn % 2:
            papers = _begin_papers(steps, columns, tables, turn, requests, papers)
            papers = _work_out(plan, steps, here, papers, tables, "paper_")
        else:
            if turn:
                assert papers is not None
                requests = _gather(plan, steps, here, requests, papers)
            requests = _work_out(plan, steps, here, requests, tables, "")
    select = exp.select(exp.alias_(column("request"), tables.key, quoted=True))
    for name, node in final.items():
        select = select.select(exp.alias_(node, name, quoted=True), copy=False)
    whole = select.from_(exp.to_table(requests))
    for name, step in steps.made:
        whole = whole.with_(name, as_=step, copy=False)
    settings = [compared(exp.EQ, exp.column(name), number(value)) for name, value in plan.dialect.settings.items()]
    if settings:
        whole.set("settings", settings)
    return whole


def _given(columns: list[Planned], tables: Tables, about: str) -> exp.Select:
    """Read a table: only the columns that are asked for."""
    alias = "p" if about == "paper" else None
    select = exp.select(exp.alias_(column(tables.key, alias), "request", quoted=True))
    for one in _sorted_by_name(columns):
        if one.made == "given" and one.about == about:
            select = select.select(exp.alias_(one.node.copy(), one.name, quoted=True), copy=False)
    return select


def _sorted_by_name(columns: Iterable[Planned]) -> list[Planned]:
    return sorted(columns, key=lambda one: one.name)


def _begin_papers(
    steps: _Steps, columns: list[Planned], tables: Tables, turn: int, requests: str, papers: str | None
) -> str:
    """Put beside each paper what its columns need of the request, where that is worked out by now."""
    by_name = {one.name: one for one in columns}
    fresh = {
        name
        for one in columns
        if one.about == "paper" or one.made in ("any", "gathered")
        for name in one.needs
        if by_name[name].about == "request" and by_name[name].place[0] == turn - 1
    }
    if not fresh and papers is not None:
        return papers
    if papers is None:
        select, source, key = _given(columns, tables, "paper"), tables.papers, tables.key
    else:
        select, source, key = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("p"))), papers, "request"
    for name in sorted(fresh):
        select = select.select(column(name, "r"), copy=False)
    on = exp.EQ(this=column("request", "r"), expression=column(key, "p"))
    joined = select.from_(exp.alias_(exp.to_table(source), "p", table=True)).join(
        exp.alias_(exp.to_table(requests), "r", table=True), on=on
    )
    return steps.add("paper_given", joined)


def _gather(plan: Plan, steps: _Steps, here: list[Planned], requests: str, papers: str) -> str:
    """Put beside each request what its papers come to."""
    gathered = [one for one in here if one.made in ("any", "gathered", "counted")]
    select = exp.select(column("request"))
    for one in gathered:
        select = select.select(exp.alias_(_aggregate(plan, one), one.name, quoted=True), copy=False)
    select = select.from_(exp.to_table(papers)).group_by(column("request"))
    of_papers = steps.add("of_papers", select)
    whole = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("r")))
    for one in gathered:
        whole = whole.select(exp.alias_(_of_none(one), one.name, quoted=True), copy=False)
    on = exp.EQ(this=column("request", "p"), expression=column("request", "r"))
    joined = whole.from_(exp.alias_(exp.to_table(requests), "r", table=True)).join(
        exp.alias_(exp.to_table(of_papers), "p", table=True), on=on, join_type="left"
    )
    return steps.add("requests_with_papers", joined)


def _aggregate(plan: Plan, one: Planned) -> Node:
    """Say how the papers of a request come together: the surest of their answers, all texts, or how many they are."""
    if one.made == "any":
        return exp.Max(this=one.node.copy())
    if one.made == "gathered":
        return plan.dialect.gathered(one.node)
    return exp.Count(this=exp.Distinct(expressions=[one.node.copy()]) if one.count else exp.Star())


def _of_none(one: Planned) -> Node:
    """Read what the papers come to; a request without papers has none that is such, no texts, and a count of 0."""
    found = column(one.name, "p")
    if one.made == "gathered":
        return or_else(found, text(""))
    if one.made == "counted":
        return or_else(found, number(0))
    ifs = [exp.If(this=number(2), true=truth(True)), exp.If(this=number(1), true=exp.Null())]
    return exp.Case(this=or_else(found, number(0)), ifs=ifs, default=truth(False))


def _work_out(plan: Plan, steps: _Steps, here: list[Planned], source: str, tables: Tables, prefix: str) -> str:
    """Work out the columns of one turn, group by group."""
    for place, group in groupby(here, key=lambda one: one.place):
        found = list(group)
        for one in found:
            if one.periods is not None:
                source = _over_periods(plan, steps, one, one.periods, source)
        made = [one for one in found if one.made in ("worked_out", "working_day")]
        if not made:
            continue
        select = exp.select(exp.Star())
        looked_up = [one for one in made if one.made == "working_day"]
        if looked_up:
            select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("t")))
        for one in made:
            node = one.node.copy() if one.made == "worked_out" else _looked_up(looked_up.index(one), one)
            alias = exp.alias_(node, one.name, quoted=True)
            if one.comment:
                alias.add_comments([f" {one.comment} "])
            select = select.select(alias, copy=False)
        select = select.from_(
            exp.alias_(exp.to_table(source), "t", table=True) if looked_up else exp.to_table(source)
        )
        for place_, one in enumerate(looked_up):
            for join in _calendar_joins(place_, one, tables):
                select = select.join(join, copy=False)
        source = steps.add(f"{prefix}{GROUPS[place[1]]}", select)
    return source


def _looked_up(place: int, one: Planned) -> Node:
    return column("day", f"to_{place}") if one.count else column("passed", f"from_{place}")


def _calendar_joins(place: int, one: Planned, tables: Tables) -> Iterator[exp.Join]:
    """The n-th working day after a day is the one whose `nth` is n more than what has `passed` by that day."""
    start, end = f"from_{place}", f"to_{place}"
    since = column(one.node.name, "t")
    on: Node = exp.EQ(this=column("day", start), expression=since)
    yield exp.Join(this=exp.alias_(exp.to_table(tables.calendar), start, table=True), on=on, side="LEFT")
    if one.count:
        target = exp.Add(this=column("passed", start), expression=number(one.count))
        on = exp.EQ(this=column("nth", end), expression=target)
        yield exp.Join(this=exp.alias_(exp.to_table(tables.calendar), end, table=True), on=on, side="LEFT")


def _over_periods(plan: Plan, steps: _Steps, one: Planned, periods: Periods, source: str) -> str:
    """Put beside each request, or paper, what the calendar periods that count bring."""
    keys = ["request"] if one.about == "request" else ["request", "id"]
    table = steps.add("periods", calendar_periods(plan.dialect, periods.first, periods.months))
    each = exp.select(*(column(key, "t") for key in keys))
    each = each.select(exp.alias_(plan.dialect.gathered(periods.entry), one.name, quoted=True))
    each = each.from_(exp.alias_(exp.to_table(source), "t", table=True))
    each = each.join(exp.alias_(exp.to_table(table), "period", table=True), on=periods.counts.copy())
    found = steps.add("in_periods", each.group_by(*(column(key, "t") for key in keys)))
    whole = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("t"))).select(column(one.name, "f"))
    on = exp.and_(*(exp.EQ(this=column(key, "f"), expression=column(key, "t")) for key in keys))
    joined = whole.from_(exp.alias_(exp.to_table(source), "t", table=True)).join(
        exp.alias_(exp.to_table(found), "f", table=True), on=on, join_type="left"
    )
    return steps.add("with_periods", joined)
