"""Due times by the Chinese calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.calendars import Calendar, calendar_of, due_days, due_time, span_of
from schemas import load_pack
from schemas.obligation import Due, DueKind

CALENDAR = Calendar()
OBLIGATIONS = load_pack().obligations


def test_the_published_calendar_moves_working_days() -> None:
    assert not CALENDAR.is_workday(date(2024, 10, 1))
    assert CALENDAR.is_workday(date(2024, 10, 12))  # a Saturday worked for the holiday
    assert CALENDAR.add_workdays(date(2024, 9, 29), 3) == date(2024, 10, 9)


def test_a_house_corrects_the_calendar_and_unpublished_years_are_monday_to_friday() -> None:
    house = Calendar(holidays=frozenset({date(2024, 10, 9)}), workdays=frozenset({date(2024, 10, 5)}))
    assert house.add_workdays(date(2024, 9, 29), 3) == date(2024, 10, 8)
    assert house.add_workdays(date(2024, 10, 8), 1) == date(2024, 10, 10)
    assert not CALENDAR.is_sure(date(2099, 1, 1))
    assert CALENDAR.is_workday(date(2099, 1, 1))  # a Thursday
    assert CALENDAR.is_sure(date(2024, 1, 1))


def test_a_pack_sets_the_calendar(tmp_path: Path) -> None:
    text = 'holidays: ["2024-10-09"]\nshifts: ["08:00", "16:00", "23:30"]\n'
    (tmp_path / "settings.yaml").write_text(text, encoding="utf-8")
    calendar = calendar_of(load_pack(tmp_path))
    assert not calendar.is_workday(date(2024, 10, 9))
    assert calendar.end_of_shift(datetime(2024, 10, 9, 23, 45)) == datetime(2024, 10, 10, 8, 0)


@pytest.mark.parametrize(
    ("code", "event", "due"),
    [
        ("complaint_delivered", datetime(2024, 3, 6, 9, 50), datetime(2024, 3, 6, 10, 10)),
        ("important_complaint", datetime(2024, 3, 6, 23, 30), datetime(2024, 3, 7, 0, 30)),
        ("major_complaint", datetime(2024, 3, 6, 9, 50), datetime.combine(date(2024, 3, 6), time.max)),
        ("renovation_decision", datetime(2024, 9, 30, 9, 0), datetime.combine(date(2024, 10, 9), time.max)),
        ("complaint_callback", datetime(2024, 2, 27, 9, 0), datetime.combine(date(2024, 3, 1), time.max)),
        ("event_callback", datetime(2024, 1, 31, 9, 0), datetime.combine(date(2024, 2, 29), time.max)),
        ("move_in_filing", datetime(2024, 3, 6, 10, 0), datetime(2024, 3, 6, 17, 0)),
        ("move_in_filing", datetime(2024, 3, 6, 18, 0), datetime(2024, 3, 7, 9, 0)),
        ("event_notice_due", datetime(2024, 3, 6, 19, 0), datetime.combine(date(2024, 2, 25), time.max)),
        ("event_plan_due", datetime(2024, 3, 31, 19, 0), datetime.combine(date(2024, 2, 29), time.max)),
        ("debtor_contact", datetime(2024, 3, 6, 9, 0), datetime.combine(date(2024, 3, 21), time.max)),
        ("handover_early", datetime(2024, 3, 6, 17, 0), datetime(2024, 3, 6, 16, 55)),
    ],
)
def test_due_after_and_before_events(code: str, event: datetime, due: datetime) -> None:
    assert due_time(OBLIGATIONS[code].due, event, CALENDAR) == due


@pytest.mark.parametrize(
    ("code", "day", "due"),
    [
        ("callback_filing", date(2024, 2, 15), date(2024, 4, 10)),
        ("callback_filing", date(2024, 12, 31), date(2025, 1, 10)),
        ("complaint_figures", date(2024, 12, 5), date(2025, 1, 2)),
        ("vacant_status", date(2024, 3, 1), date(2024, 3, 5)),
        ("patrol_filing", date(2024, 2, 10), date(2024, 2, 29)),
        ("work_report_due", date(2024, 8, 1), date(2024, 12, 31)),
        ("work_report_due", date(2024, 5, 1), date(2024, 6, 30)),
        ("training_plan_due", date(2024, 5, 1), date(2024, 12, 15)),
        ("community_paper_due", date(2024, 5, 1), date(2024, 4, 30)),
        ("household_census", date(2024, 5, 1), date(2024, 6, 30)),
        ("skills_training", date(2024, 3, 6), date(2024, 3, 10)),
        ("daily_patrol", date(2024, 3, 6), date(2024, 3, 6)),
    ],
)
def test_due_days_of_every_span(code: str, day: date, due: date) -> None:
    assert span_of(OBLIGATIONS[code].due, day)[2] == due


def test_a_year_has_four_callback_filings() -> None:
    days = [
        due
        for _, _, due in due_days(OBLIGATIONS["callback_filing"].due, date(2024, 1, 1), date(2024, 12, 31))
    ]
    assert days == [date(2024, 1, 10), date(2024, 4, 10), date(2024, 7, 10), date(2024, 10, 10)]


def test_an_obligation_of_every_span_has_no_event() -> None:
    with pytest.raises(ValueError, match="no event"):
        due_time(OBLIGATIONS["callback_filing"].due, datetime(2024, 1, 1), CALENDAR)
    with pytest.raises(ValueError, match="every span"):
        next(due_days(OBLIGATIONS["complaint_callback"].due, date(2024, 1, 1), date(2024, 2, 1)))


days = st.dates(date(2010, 1, 1), date(2040, 12, 31))


@given(days, st.integers(1, 40))
def test_working_days_there_and_back(day: date, count: int) -> None:
    later = CALENDAR.add_workdays(day, count)
    assert CALENDAR.is_workday(later)
    assert CALENDAR.workdays_between(day, later) == count
    assert CALENDAR.workdays_between(later, day) == -count


@given(days, st.sampled_from([o.due for o in OBLIGATIONS.values() if o.due.kind is DueKind.EACH]))
def test_spans_cover_the_calendar_without_gap(day: date, due: Due) -> None:
    first, last, when = span_of(due, day)
    assert first <= day <= last
    assert when >= first
    assert (first, last, when) in list(due_days(due, when, when))
