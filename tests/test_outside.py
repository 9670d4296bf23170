"""Parts of the library against data and code from elsewhere: SQL's three values, other libraries of days, codes."""

from __future__ import annotations

import datetime as dt
import sqlite3
from itertools import product

import duckdb
import holidays
import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from creditrules.calendar import is_working_day, period_of, shifted
from creditrules.identifiers import citizen_number_fault, credit_code_fault
from creditrules.testing.worth_trying import announced_years
from creditrules.trace import Truth, all_hold, any_holds, opposite

TRUTHS: tuple[Truth, ...] = (True, False, None)
WRITTEN = {True: "TRUE", False: "FALSE", None: "NULL"}
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))


def _sqlite(expression: str) -> Truth:
    value = sqlite3.connect(":memory:").execute(f"SELECT {expression}").fetchone()[0]
    return None if value is None else bool(value)


def _duckdb(expression: str) -> Truth:
    row = duckdb.connect().execute(f"SELECT {expression}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("ask", [_sqlite, _duckdb], ids=["sqlite", "duckdb"])
def test_kleene_s_tables_are_those_of_sql(ask) -> None:
    for length in (1, 2, 3):
        for truths in product(TRUTHS, repeat=length):
            words = [WRITTEN[truth] for truth in truths]
            assert all_hold(truths) is ask(" AND ".join(words)), truths
            assert any_holds(truths) is ask(" OR ".join(words)), truths
    for truth in TRUTHS:
        assert opposite(truth) is ask(f"NOT {WRITTEN[truth]}")


# What `holidays` says otherwise than the official calendar, and why.
_DIFFERENCES = {
    "2005-12-31": "a Saturday that the announcement for 2006 made a working day, in exchange for 3 January; "
    "`chinesecalendar`, and so we, take it for an ordinary Saturday. It is before the first day of every policy",
}


def test_working_days_have_a_second_opinion() -> None:
    """`holidays` has the State Council's announcements year by year, weekend days worked in exchange among them."""
    first, last = announced_years()
    assert first == 2004
    assert last >= 2026
    china = holidays.country_holidays("CN", years=range(first, last + 1))
    found = set()
    day = dt.date(first, 1, 1)
    while day.year <= last:
        if is_working_day(day) != china.is_working_day(day):
            found.add(day.isoformat())
        day += dt.timedelta(days=1)
    assert found == set(_DIFFERENCES), sorted(found)


@given(DATES, st.integers(1, 1200))
def test_months_and_years_are_counted_as_elsewhere(day: dt.date, count: int) -> None:
    there = pendulum.date(day.year, day.month, day.day)
    assert shifted(day, count, "months") == there.add(months=count)
    assert shifted(day, count % 100 + 1, "years") == there.add(years=count % 100 + 1)
    assert shifted(day, count, "days") == there.add(days=count)


@given(DATES, st.integers(1, 1200))
def test_months_and_years_are_counted_as_in_sql(day: dt.date, count: int) -> None:
    row = _CONNECTION.execute(
        "SELECT CAST(? + to_months(CAST(? AS INTEGER)) AS DATE), CAST(? + to_years(CAST(? AS INTEGER)) AS DATE)",
        [day, count, day, count % 100 + 1],
    ).fetchone()
    assert row == (shifted(day, count, "months"), shifted(day, count % 100 + 1, "years"))


@given(DATES)
def test_periods_are_those_of_sql(day: dt.date) -> None:
    for every, part in (("month", "month"), ("quarter", "quarter"), ("year", "year")):
        row = _CONNECTION.execute(f"SELECT CAST(date_trunc('{part}', ?) AS DATE)", [day]).fetchone()
        assert row is not None
        first, last = period_of(day, every)  # type: ignore[arg-type]
        assert first == row[0]
        assert first <= day <= last
        assert period_of(last + dt.timedelta(days=1), every)[0] == last + dt.timedelta(days=1)  # type: ignore[arg-type]


_CONNECTION = duckdb.connect()
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(st.text(_LETTERS, min_size=11, max_size=11), st.sampled_from(_LETTERS), st.booleans())
def test_credit_codes_are_checked_as_by_stdnum(body: str, last: str, right: bool) -> None:
    """Where the first two places are digits; elsewhere `stdnum` has a gap: it takes digits alone there, although
    GB 32100-2015 has letters (A: public institutions of the army, N1: farmers' cooperatives). We take both."""
    code = f"{body[:2]}320583{body[2:]}"
    code += uscc.calc_check_digit(code) if right else last
    ours, theirs = credit_code_fault(code) is None, _valid(uscc, code)
    assert ours == (code[17] == uscc.calc_check_digit(code[:17]))
    assert theirs == (ours and code[:2].isdigit())


def _valid(module, number: str) -> bool:
    return bool(module.is_valid(number))


@given(st.dates(dt.date(1900, 1, 1), dt.date(2020, 12, 31)), st.integers(0, 999), st.sampled_from("0123456789X"))
def test_citizen_numbers_are_checked_as_by_stdnum(born: dt.date, number: int, last: str) -> None:
    """Beijing's Dongcheng district, which `stdnum` knows; the day of birth and the check character are at stake."""
    code = f"110101{born:%Y%m%d}{number:03d}{last}"
    assert (citizen_number_fault(code) is None) == _valid(ric, code), code
