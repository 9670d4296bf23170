"""Calendar periods as SQL, and how a duty stands that recurs in them."""

from __future__ import annotations

import datetime as dt

from sqlglot import exp

from creditrules.calendar import Recurrence, period_of
from creditrules.drivers.sql.days import day_of
from creditrules.drivers.sql.dialects import Dialect
from creditrules.drivers.sql.facts import resolve
from creditrules.drivers.sql.nodes import (
    END,
    Node,
    all_of,
    any_of,
    case,
    column,
    compared,
    entry_if,
    is_null,
    joined,
    number,
    text,
    truth,
)
from creditrules.drivers.sql.plan import Periods
from creditrules.drivers.sql.rules import Run
from creditrules.program import Duty, Rule

_LAST_YEAR = 2199  # the last year of a day in a request
_BEGIN, _LAST, _BEFORE = "first", "last", "before"


def months_of(every: Recurrence) -> int:
    """Give the length of a calendar period."""
    return period_of(dt.date(2000, 1, 1), every)[1].month


def calendar_periods(dialect: Dialect, first: dt.date, months: int) -> exp.Select:
    """Give a table of all calendar periods from one on: `first` and `last` day, and the first day of the one before.

    They are counted by digits, which every warehouse can do.
    """
    places = len(str((_LAST_YEAR + 1 - first.year) * 12 // months))
    counted: Node | None = None
    for place in range(places):
        digit = compared(exp.Mul, column("n", f"d{place}"), number(10**place))
        counted = digit if counted is None else compared(exp.Add, counted, digit)
    assert counted is not None
    numbers = exp.select(exp.alias_(counted, "n", quoted=True))
    for place in range(places):
        digits = exp.alias_(_digits().subquery(), f"d{place}", table=True)
        numbers = numbers.from_(digits) if place == 0 else numbers.join(digits, join_type="cross")
    start = exp.cast(text(first.isoformat()), "DATE")

    def after(step: int) -> Node:
        count = compared(exp.Mul, compared(exp.Add, column("n"), number(step)), number(months))
        return dialect.months_later(start, count)

    last = dialect.days_later(after(1), -1)
    select = exp.select(
        exp.alias_(after(0), _BEGIN, quoted=True),
        exp.alias_(last, _LAST, quoted=True),
        exp.alias_(after(-1), _BEFORE, quoted=True),
    )
    return select.from_(exp.alias_(numbers.subquery(), "counted", table=True)).where(
        compared(exp.LTE, column("n"), number((_LAST_YEAR + 1 - first.year) * 12 // months))
    )


def _digits() -> exp.Query:
    digits: exp.Query = exp.select(exp.alias_(number(0), "n", quoted=True))
    for digit in range(1, 10):
        digits = exp.union(digits, exp.select(exp.alias_(number(digit), "n", quoted=True)), distinct=False)
    return digits


def recurring(run: Run, rule: Rule, duty: Duty, *, breaches: bool) -> Node:
    """Join the entries of a recurring duty, one for each period owed; or, of `breaches`, one if any is overdue."""
    assert duty.every is not None
    assert duty.done_on is not None
    view, requests = run.view(rule), run.requests
    on, start = requests.on, view.program.start
    first, last = column(_BEGIN, "period"), column(_LAST, "period")
    read = resolve(view, duty.done_on)
    until = case((compared(exp.LT, last, on), last), otherwise=on)
    done = requests.dialect.has_day_within(read.value, first, until)
    absent = read.absent if read.absent is not None else truth(False)
    status = case(
        (compared(exp.GT, first, on), text("open")),
        (all_of((exp.Not(this=absent.copy()), is_null(read.value))), text("undetermined")),
        (all_of((exp.Not(this=absent.copy()), done)), text("met")),
        (compared(exp.GTE, last, on), text("open")),
        otherwise=text("overdue"),
    )
    begun = compared(exp.LTE, first, on)
    since = day_of(duty.since, view).value if duty.since is not None else None
    name = f"{rule.policy}:{rule.id}"
    about = joined((text(" @"), requests.id)) if rule.each else None
    if breaches:
        entry = entry_if(compared(exp.EQ, status, text("overdue")), joined((text(name), about, text(END))))
    else:
        entry = joined((status, text(" "), exp.cast(last, "TEXT"), text(f" {name}"), about, text(END)))
    assert entry is not None
    held = run.holds(rule).truth
    counts = all_of((held, begun if since is None else _owed(run, since, start)))
    what = "breaches" if breaches else "standings"
    periods = Periods(period_of(start, duty.every)[0], months_of(duty.every), counts, entry)
    found = requests.plan.of_periods(
        f"{what}: {name}", (what, rule.key), periods, "paper" if rule.each else "request"
    )
    if since is None or breaches:
        return found
    not_begun = joined((text(f"open - {name}"), about, text(END)))
    assert not_begun is not None
    return case((compared(exp.EQ, since, requests.not_yet), not_begun), otherwise=found)


def _owed(run: Run, since: Node, start: dt.date) -> Node:
    """Say which periods are owed: those begun since a day; only the running one where that day is unknown; and the
    first to come where none has begun."""
    on = run.requests.on
    first, last, before = (column(name, "period") for name in (_BEGIN, _LAST, _BEFORE))
    begun = compared(exp.LTE, first, on)
    from_start = compared(exp.LTE, since, run.requests.day(start))
    since_then = all_of((compared(exp.GTE, first, since), any_of((begun, compared(exp.LT, before, since)))))
    return case(
        (is_null(since), all_of((begun, compared(exp.GTE, last, on)))),
        (from_start, begun),
        otherwise=since_then,
    )
