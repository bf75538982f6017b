"""What a house sets for itself: settings.yaml of a pack."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TypedDict

from schemas.numbering import NumberTemplate
from schemas.reading import Entry

MOST_YEARS = 999
"""An archival code has three figures for the years of a period."""


class Settings(TypedDict):
    """The settings that a Pack carries, by the names of its fields."""

    fonds: str
    archival_code: str
    long_term_years: int
    count_from: str
    numbering: dict[str, str]
    holidays: frozenset[date]
    workdays: frozenset[date]
    shifts: tuple[time, ...]
    emergency_hours: int


def parse_settings(entry: Entry) -> Settings:
    """The settings; every template must be one that can count and be read back."""
    numbering = entry.mapping("numbering")
    archival_code = entry.text("archival_code")
    for name, text in {**numbering, "archival_code": archival_code}.items():
        place = entry.at("archival_code") if name == "archival_code" else entry.at("numbering", name)
        try:
            NumberTemplate(text)
        except ValueError as error:
            place.fail(str(error), "write such as {fonds}-{year}-{item:04d}")
    settings = Settings(
        fonds=entry.text("fonds"),
        archival_code=archival_code,
        long_term_years=_at_least_one(entry, "long_term_years", 30),
        count_from=entry.choice("count_from", ("event", "next_year"), "event"),
        numbering=numbering,
        holidays=_days(entry, "holidays"),
        workdays=_days(entry, "workdays"),
        shifts=_times(entry),
        emergency_hours=_emergency(entry),
    )
    if both := settings["holidays"] & settings["workdays"]:
        entry.at("workdays").fail(f"{min(both)} is a holiday and a working day", "delete one of them")
    entry.finish()
    return settings


def _at_least_one(entry: Entry, key: str, default: int) -> int:
    years = entry.number(key, default)
    if not 1 <= years <= MOST_YEARS:
        entry.at(key).fail(f"{key} must be at least 1 and at most {MOST_YEARS}", "write the number of years")
    return years


def _emergency(entry: Entry) -> int:
    hours = entry.number("emergency_hours", 0)
    if not 0 <= hours <= 72:
        entry.at("emergency_hours").fail("emergency_hours must be 0 to 72", "write 0 to forbid such readings")
    return hours


def _days(entry: Entry, key: str) -> frozenset[date]:
    days = set()
    for position, text in enumerate(entry.texts(key)):
        try:
            days.add(date.fromisoformat(text))
        except ValueError:
            entry.at(key, position).fail(f"{text!r} is no day", "write such as 2026-10-01")
    return frozenset(days)


def _times(entry: Entry) -> tuple[time, ...]:
    texts = entry.texts("shifts") or ("09:00", "17:00")
    times = []
    for position, text in enumerate(texts):
        if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", text):
            entry.at("shifts", position).fail(f"{text!r} is no time of day", "write such as 09:00, in quotes")
        times.append(time.fromisoformat(text))
    if times != sorted(set(times)):
        entry.at("shifts").fail("the shifts are not in order", "write the earliest change first, each once")
    return tuple(times)
