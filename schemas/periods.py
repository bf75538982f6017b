"""ISO 8601 periods of whole years, months, weeks and days: P2Y, P6M, P15D, P1Y6M."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PERIOD = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time by the calendar; `months` includes the years, `days` the weeks."""

    months: int
    days: int


def parse_period(text: str) -> Period:
    """The period that `text` writes; ValueError if it is none or is empty."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no period such as P2Y, P6M or P15D")
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    period = Period(years * 12 + months, weeks * 7 + days)
    if period == Period(0, 0):
        raise ValueError("a period of no length")
    return period
