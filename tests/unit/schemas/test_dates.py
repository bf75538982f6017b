"""Dates in all their spellings, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import find_dates, parse_date

DAY = date(2024, 3, 6)


@pytest.mark.parametrize(
    "written",
    [
        "2024年3月6日",
        "2024-03-06",
        "2024.3.6",
        "2024/3/6",
        "二〇二四年三月六日",
        "二○二四年三月六日",
        "20240306",
        "２０２４年３月６日",
        "2024 年 3 月 6 日",
        "2O24年O3月O6日",
        "2024-O3-06",
        "2024年3月6日 14:30",
        "2024年3月6日星期三",
        "2024-03-06T10:00",
        "2024 3 6",
        "2024年3月6号",
        "贰零贰肆年叁月陆日",
        "March 6, 2024",
        "6 Mar 2024",
        "2024.3.6.",
    ],
)
def test_spellings_of_one_day(written: str) -> None:
    assert parse_date(written) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "24-03-06",
        "24年3月6日",
        "2024年3月",
        "2024-13-01",
        "2024-02-30",
        "13800000236",
        "KFGG-2024-006",
        "1203",
        "",
        "3024-01-01",
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert parse_date(text) is None


def test_days_in_running_text_keep_their_places() -> None:
    text = (
        "证号99027319680826099X，于2024年3月6日至二〇二四年十二月三十一日，2024.1.2-2024.1.5，电话20240306123"
    )
    found = find_dates(text)
    assert [f.date for f in found] == [DAY, date(2024, 12, 31), date(2024, 1, 2), date(2024, 1, 5)]
    assert all(text[f.start : f.end] == f.written for f in found)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    for written in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
    ):
        assert parse_date(written) == day


@given(st.text(alphabet="0123456789年月日-./OolI 二〇三十一", max_size=16))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse_date(text)
    assert all(text[f.start : f.end] == f.written for f in find_dates(text))
