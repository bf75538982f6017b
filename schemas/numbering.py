"""Number templates: archival codes 档号, document, change-notice, form and copy numbers.

An archival code follows DA/T 13: fonds, category, year, period of retention, office and item, joined as the
house likes; the parts are the template's placeholders.
"""

from __future__ import annotations

import re
from functools import cached_property
from string import Formatter

from schemas.periods import parse_period

PARTS = {
    "fonds": r"[A-Za-z0-9]{1,12}",
    "category": r"[A-Za-z0-9]{1,12}",
    "company": r"[A-Za-z0-9]{1,12}",
    "department": r"[A-Za-z0-9]{1,12}",
    "office": r"[A-Za-z0-9]{1,12}",
    "year": r"\d{4}",
    "month": r"\d{2}",
    "period": r"(?:Y|D\d{1,3}|T\d{1,4}|W)",
    "house": r"[^\s/]{1,24}",
    "item": r"\d{1,9}",
    "page": r"\d{1,6}",
    "of": r"\d{1,6}",
    "copy": r"\d{1,6}",
}
"""The placeholders a template may use and what each may hold."""

_COUNTERS = ("item", "page", "copy")
_WIDTH = re.compile(r"0(\d)d")


class NumberTemplate:
    """A template such as "{fonds}-{category}·{year}-{period}-{item:04d}".

    ValueError if it cannot count or be read.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: dict[str, int] = {}
        try:
            pieces = list(Formatter().parse(text))
        except ValueError:
            raise ValueError(f"{text!r} has an unclosed brace") from None
        previous_part = False
        for literal, name, width, conversion in pieces:
            if name is None:
                continue
            if name not in PARTS:
                raise ValueError(f"{{{name}}} is no part of a number; use " + ", ".join(PARTS))
            if (
                conversion
                or (width and not _WIDTH.fullmatch(width))
                or (width and name not in (*_COUNTERS, "of"))
            ):
                raise ValueError(f"{{{name}}} has a form that is not known; only such as {{item:04d}} is")
            if name in self.parts:
                raise ValueError(f"{{{name}}} stands twice")
            if previous_part and not literal:
                raise ValueError(f"{{{name}}} follows another part with nothing between")
            previous_part = True
            self.parts[name] = int(width[1]) if width else 0
        if not any(counter in self.parts for counter in _COUNTERS):
            raise ValueError("the template counts nothing: add {item:04d}")

    def format(self, **values: str | int) -> str:
        """The number; ValueError if a part is missing or holds what it may not."""
        for name in self.parts:
            if name not in values:
                raise ValueError(f"the number needs {name}")
            if not re.fullmatch(PARTS[name], str(values[name])):
                raise ValueError(f"{name} {values[name]!r} cannot stand in a number")
        return self.text.format(**{name: values[name] for name in self.parts})

    def parse(self, number: str) -> dict[str, str] | None:
        """The parts of a number made by this template, or None; counters without their leading zeros."""
        match = self._pattern.fullmatch(number.strip())
        if match is None:
            return None
        return {n: str(int(v)) if n in (*_COUNTERS, "of") else v for n, v in match.groupdict().items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pattern = ""
        for literal, name, _, _ in Formatter().parse(self.text):
            pattern += re.escape(literal)
            if name:
                pattern += f"(?P<{name}>{PARTS[name]})"
        return re.compile(pattern)


def period_code(period: str, long_term_years: int = 30) -> str:
    """The part of an archival code that tells the retention: Y for ever, D30 for 30 years, T15 for 15 days (a
    period under a year), W for not yet scheduled."""
    if period == "permanent":
        return "Y"
    if period == "unscheduled":
        return "W"
    if period == "long_term":
        return f"D{long_term_years}"
    length = parse_period(period)
    years = length.months // 12
    return f"D{years}" if years else f"T{length.months * 30 + length.days}"
