"""Adding a period to a day by the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from schemas.periods import Period

LAST_DAY = date.max


def last_day(start: date, period: Period, count_from: str = "event") -> date:
    """The last day that belongs to `period`, counted from the day of an event.

    The day of the event itself does not count, so a year from 20 June 2022 ends with 20 June 2023. Where the
    month of the end lacks that day (29 February, the 31st) the period ends with the last day of that month, as
    the Civil Code has it (article 202): a year from 29 February 2024 runs from 1 March to 28 February 2025, a
    whole year and not a day less. With `count_from` "next_year" the period starts on 1 January after the event,
    so it ends with a 31 December when it is of whole years. Beyond the year 9999 the last day of the calendar is
    answered.
    """
    if count_from == "next_year":
        start = date(start.year, 12, 31)
    try:
        year, month = divmod(start.year * 12 + start.month - 1 + period.months, 12)
        month += 1
        end = date(year, month, min(start.day, monthrange(year, month)[1]))
        return end + timedelta(days=period.days)
    except (ValueError, OverflowError):
        return LAST_DAY
