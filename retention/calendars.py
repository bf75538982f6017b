"""Working days, shifts and the due times of obligations, by the Chinese calendar and a house's corrections."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from chinese_calendar import is_holiday

from retention.dates import last_day
from schemas.model import Pack
from schemas.obligation import Due, DueKind, clock_minutes, working_days
from schemas.periods import Period, parse_period

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@cache
def _published_holiday(day: date) -> bool | None:
    """Whether the State Council's calendar makes `day` a day off.

    None for years that the library does not know.
    """
    try:
        return bool(is_holiday(day))
    except NotImplementedError:
        return None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days on which a house works.

    `holidays` and `workdays` are the house's corrections and win over the published calendar. Years that have
    not been published yet are reckoned by Monday to Friday; `is_sure` tells them apart. `shifts` are the
    local times of day at which shifts change, in order (by default 9:00 and 17:00, as 004 值班 4.1.2 has
    them).
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    shifts: tuple[time, ...] = (time(9), time(17))

    def is_workday(self, day: date) -> bool:
        """Whether the house works on `day`."""
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        off = _published_holiday(day)
        return day.weekday() < 5 if off is None else not off

    def is_sure(self, day: date) -> bool:
        """Whether `day` is in a published or corrected calendar."""
        return day in self.workdays or day in self.holidays or _published_holiday(day) is not None

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it, when `count` is negative).

        `day` itself does not count.
        """
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`.

        Negative when `end` is before `start`.
        """
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def start_of_shift(self, moment: datetime) -> datetime:
        """The start of the shift that runs at `moment` (local time)."""
        for change in reversed(self.shifts):
            if moment.time() >= change:
                return datetime.combine(moment.date(), change, moment.tzinfo)
        return datetime.combine(moment.date() - timedelta(days=1), self.shifts[-1], moment.tzinfo)

    def end_of_shift(self, moment: datetime) -> datetime:
        """The end of the shift that runs at `moment` (local time)."""
        for change in self.shifts:
            if moment.time() < change:
                return datetime.combine(moment.date(), change, moment.tzinfo)
        return datetime.combine(moment.date() + timedelta(days=1), self.shifts[0], moment.tzinfo)


def calendar_of(pack: Pack) -> Calendar:
    """The calendar that a pack sets: its corrections and its shifts."""
    return Calendar(pack.holidays, pack.workdays, pack.shifts)


def due_time(due: Due, event: datetime, calendar: Calendar) -> datetime:
    """The last moment (local time, as `event` is) at which what is due AFTER, BEFORE or EVERY `event` is in
    time.

    For EVERY, `event` is the last time it was done. Days count to their end. ValueError for a due of EACH
    kind.
    """
    within = due.within
    if due.kind is DueKind.EACH:
        raise ValueError("an obligation of every span has no event: use due_days")
    sign = -1 if due.kind is DueKind.BEFORE else 1
    minutes = clock_minutes(within)
    if minutes is not None:
        return event + sign * timedelta(minutes=minutes)
    if within == "shift":
        return calendar.end_of_shift(event)
    count = working_days(within)
    if within in ("", "day"):
        day = event.date()
    elif count is not None:
        day = calendar.add_workdays(event.date(), sign * count)
    elif sign < 0:
        day = _before(event.date(), parse_period(within))
    else:
        day = last_day(event.date(), parse_period(within))
    if due.kind is DueKind.BEFORE and within == "":
        return event
    return datetime.combine(day, time.max, event.tzinfo)


def due_days(due: Due, start: date, end: date) -> Iterator[tuple[date, date, date]]:
    """The spans of an EACH obligation whose due day lies from `start` to `end`, as (first day, last day, due
    day).
    """
    if due.kind is not DueKind.EACH:
        raise ValueError("only an obligation of every span has due days of its own")
    first = _span_start(due.span, start)
    for _ in range(2):
        first = _shift(due.span, first, -1)
    while first <= end:
        following = _shift(due.span, first, 1)
        day = _day_in(due, following if due.next_span else first)
        if start <= day <= end:
            yield first, following - timedelta(days=1), day
        first = following


def span_of(due: Due, day: date) -> tuple[date, date, date]:
    """The span of an EACH obligation that `day` lies in, as (first day, last day, due day)."""
    first = _span_start(due.span, day)
    following = _shift(due.span, first, 1)
    return first, following - timedelta(days=1), _day_in(due, following if due.next_span else first)


def _before(day: date, period: Period) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - period.months, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) - timedelta(days=period.days)


def _span_start(span: str, day: date) -> date:
    if span == "day":
        return day
    if span == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[span]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _shift(span: str, first: date, count: int) -> date:
    if span in ("day", "week"):
        return first + timedelta(days=(1 if span == "day" else 7) * count)
    year, month = divmod(first.year * 12 + first.month - 1 + _MONTHS[span] * count, 12)
    return date(year, month + 1, 1)


def _day_in(due: Due, first: date) -> date:
    """The due day within the span that begins on `first`; a month without that day has its last day due."""
    if due.span == "day":
        return first
    if due.span == "week":
        return first + timedelta(days=(due.day or 7) - 1)
    year, month = divmod(first.year * 12 + first.month - 1 + (due.month or _MONTHS[due.span]) - 1, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(due.day or last, last))
