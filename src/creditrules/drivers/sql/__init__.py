"""Policies as SQL: one statement, built as a tree, that decides a whole table of requests where its data are.

NULL is what is unknown. The statement takes two tables, of requests and of papers, and gives one row for each
request, with the outcome and everything that follows from it; each row says what `decide` says of that request.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import ErrorLevel, exp

from creditrules.drivers.sql.calendar import working_days
from creditrules.drivers.sql.dialects import DIALECTS
from creditrules.drivers.sql.entries import Judgement, refused
from creditrules.drivers.sql.entries import results as entries_of
from creditrules.drivers.sql.facts import Requests
from creditrules.drivers.sql.ladder import rungs
from creditrules.drivers.sql.layout import Tables, statement
from creditrules.drivers.sql.nodes import Node, case, text
from creditrules.drivers.sql.papers import judge_papers
from creditrules.drivers.sql.plan import Plan
from creditrules.drivers.sql.requirements import judge_requirements
from creditrules.drivers.sql.rules import run_of
from creditrules.program import Program

__all__ = ["DIALECTS", "RESULTS", "Tables", "sql_tree", "to_sql", "working_days"]

RESULTS = (
    "outcome", "possible", "missing", "rules", "untold", "measures", "options", "requirements", "papers", "duties",
    "weights", "referrals", "violations", "refused",
)  # fmt: skip


def to_sql(
    programs: tuple[Program, ...],
    dialect: str,
    *,
    tables: Tables | None = None,
    columns: Collection[str] | None = None,
    text_dates: Collection[str] = (),
    results: Collection[str] = RESULTS,
) -> str:
    """Give the statement that decides by some programs together, as text for a warehouse."""
    tree = sql_tree(programs, dialect, tables=tables, columns=columns, text_dates=text_dates, results=results)
    return tree.sql(dialect=DIALECTS[dialect].name, pretty=True, unsupported_level=ErrorLevel.RAISE)


def sql_tree(
    programs: tuple[Program, ...],
    dialect: str,
    *,
    tables: Tables | None = None,
    columns: Collection[str] | None = None,
    text_dates: Collection[str] = (),
    results: Collection[str] = RESULTS,
) -> exp.Select:
    """Give the statement as a tree."""
    warehouse = DIALECTS[dialect]
    plan = Plan(warehouse)
    requests = Requests(plan, columns, text_dates)
    judgement = judged(programs, requests)
    made = {name: result for name, result in entries_of(judgement).items() if name in results}
    nodes = {
        name: plan.worked_out(f"result: {name}", ("result", name), result.node, "entries")
        for name, result in made.items()
    }
    wanted = {one.name for node in nodes.values() for one in node.find_all(exp.Column)}
    final = {
        name: warehouse.listed(node, in_order=made[name].in_order) if made[name].is_list else node
        for name, node in nodes.items()
    }
    if "refused" in results:
        refusal = plan.worked_out(
            "result: refused", ("result", "refused"), _refused(judgement, wanted, columns), "entries"
        )
        wanted |= {one.name for one in refusal.find_all(exp.Column)}
        fine = exp.EQ(this=refusal.copy(), expression=text(""))
        final = {
            name: case((fine, node), otherwise=warehouse.no_list() if made[name].is_list else exp.Null())
            for name, node in final.items()
        }
        final["refused"] = warehouse.listed(refusal)
    return statement(plan, tables or Tables(), wanted, final)


def judged(programs: tuple[Program, ...], requests: Requests) -> Judgement:
    """Judge everything of a request, as columns of a plan."""
    run = run_of(programs, requests)
    papers = judge_papers(run)
    needed = judge_requirements(run, papers)
    return Judgement(run, rungs(run, needed), needed, papers)


def _refused(judgement: Judgement, wanted: set[str], columns: Collection[str] | None) -> Node:
    return refused(judgement.run, wanted, columns).node
