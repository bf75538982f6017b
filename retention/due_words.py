"""When an obligation is due, in a sentence for people."""

from __future__ import annotations

from retention.wording import period_name
from schemas.obligation import Due, DueKind, clock_minutes, working_days

_EACH = {
    "day": ("每天", "each day"),
    "week": ("每周", "each week"),
    "month": ("每月", "each month"),
    "quarter": ("每季度", "each quarter"),
    "half_year": ("每半年", "each half-year"),
    "year": ("每年", "each year"),
}
_NEXT = {
    "day": ("次日", "the next day"),
    "week": ("下一周", "the next week"),
    "month": ("次月", "the next month"),
    "quarter": ("下一季度", "the next quarter"),
    "half_year": ("下一半年", "the next half-year"),
    "year": ("次年", "the next year"),
}
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def due_words(due: Due, event: str, locale: str) -> str:
    """When `due` falls. `event` is its event or condition in the words of `locale`, "" where it has none."""
    zh = locale.startswith("zh")
    if due.kind is DueKind.EACH:
        return _each_zh(due) if zh else _each_en(due)
    length = within_words(due.within, locale)
    if due.kind is DueKind.EVERY:
        if zh:
            return f"{event}期间，至少每{length}一次" if event else f"至少每{length}一次"
        return f"at least every {length}" + (f" while: {event}" if event else "")
    first = within_words(due.earliest, locale)
    if first and due.kind is DueKind.BEFORE:
        return f"{event}前{first}内" if zh else f"in the last {first} before: {event}"
    if first:
        return f"{event}满{first}后，{length}内" if zh else f"{first} to {length} after: {event}"
    if due.kind is DueKind.BEFORE:
        if zh:
            return f"{event}前至少{length}" if length else f"{event}之前"
        return f"at least {length} before: {event}" if length else f"before: {event}"
    if due.within in ("day", "shift"):
        if zh:
            return f"{event}当天内" if due.within == "day" else f"{event}的当班内"
        return f"the same {due.within} as: {event}"
    return f"{event}后{length}内" if zh else f"within {length} of: {event}"


def within_words(within: str, locale: str) -> str:
    """A length of time of an obligation for people: 3 days, 20 minutes, 2 working days; "" for none."""
    zh = locale.startswith("zh")
    if within in ("", "day", "shift"):
        return ""
    minutes = clock_minutes(within)
    if minutes is not None:
        hours, rest = divmod(minutes, 60)
        if hours and not rest:
            return f"{hours}小时" if zh else _plural(hours, "hour")
        return f"{minutes}分钟" if zh else _plural(minutes, "minute")
    days = working_days(within)
    if days is not None:
        return f"{days}个工作日" if zh else _plural(days, "working day")
    return period_name(within, 0, locale)


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _each_zh(due: Due) -> str:
    span = _EACH[due.span][0]
    if due.span == "day":
        return f"{span}，于次日内" if due.next_span else span
    where = _NEXT[due.span][0] if due.next_span else ""
    if due.span == "week":
        day = f"周{_WEEKDAYS_ZH[due.day - 1]}前" if due.day else "周末前"
        return f"{span}，{where}{day}" if due.day or where else span
    last = _MONTHS[due.span]
    month = due.month or last
    day = f"{due.day}日前" if due.day else "底前"
    if due.span == "month":
        return f"{span}，于{where}{day}" if where else f"{span}{day}"
    if due.span == "year":
        at = f"{month}月{day}" if (month, due.day) != (12, 0) else "年底前"
        return f"{span}，于{where}{at}" if where else f"{span}{at}" if at != "年底前" else "每年年底前"
    if not due.day and month == last:
        return f"{span}，于{where}末前" if where else f"{span}末前"
    name = "首月" if month == 1 else "末月" if month == last else f"第{month}个月"
    return f"{span}，于{where}{name}{day}" if where else f"{span}{name}{day}"


def _each_en(due: Due) -> str:
    span, following = _EACH[due.span][1], _NEXT[due.span][1]
    where = following if due.next_span else "it"
    if due.span == "day":
        return f"{span}, by the end of {following}" if due.next_span else span
    if due.span == "week":
        day = f"by {_WEEKDAYS_EN[due.day - 1]}" if due.day else f"by the end of {where}"
        return f"{span}, {day}{' of ' + following if due.next_span and due.day else ''}"
    last = _MONTHS[due.span]
    month = due.month or last
    if not due.day and month == last:
        return f"{span}, by the end of {where}"
    day = f"the {_ordinal(due.day)}" if due.day else "the last day"
    if due.span == "month":
        return f"{span}, by {day}{' of ' + following if due.next_span else ''}"
    of = _MONTHS_EN[month - 1] if due.span == "year" else f"month {month}"
    return f"{span}, by {day} of {of}{' of ' + following if due.next_span else ''}"


def _ordinal(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
