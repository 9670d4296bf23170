"""Counting days, against dates anyone can check on the official calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from creditrules.calendar import UnannouncedYearError, period_of, periods, shifted


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2021-06-01", 7, "working_days", "2021-06-10"),
        (
            "2021-09-24",
            7,
            "working_days",
            "2021-10-09",
        ),  # National Day 1-7 Oct, Sunday 26 Sep and Saturday 9 Oct worked
        ("2022-01-28", 7, "working_days", "2022-02-11"),  # Spring Festival 31 Jan-6 Feb, 29 and 30 Jan worked
        ("2018-02-13", 5, "working_days", "2018-02-26"),  # Spring Festival 15-21 Feb, Saturday 24 Feb worked
        ("2020-02-29", 1, "years", "2021-02-28"),
        ("2020-02-29", 4, "years", "2024-02-29"),
        ("2021-01-31", 1, "months", "2021-02-28"),
        ("2021-12-31", 10, "days", "2022-01-10"),
    ],
)
def test_counting(start: str, count: int, unit: str, end: str) -> None:
    assert shifted(day(start), count, unit) == day(end)  # type: ignore[arg-type]


def test_a_year_not_announced_is_told_by_its_number() -> None:
    with pytest.raises(UnannouncedYearError) as caught:
        shifted(day("2026-12-30"), 9, "working_days")
    assert caught.value.year == 2027


def test_periods() -> None:
    assert period_of(day("2021-05-10"), "half_year") == (day("2021-01-01"), day("2021-06-30"))
    assert period_of(day("2021-12-31"), "quarter") == (day("2021-10-01"), day("2021-12-31"))
    assert [end for _, end in periods(day("2021-02-19"), day("2022-07-01"), "half_year")] == [
        day("2021-06-30"), day("2021-12-31"), day("2022-06-30"), day("2022-12-31"),
    ]  # fmt: skip
