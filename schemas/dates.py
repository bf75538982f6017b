"""Dates as people and offices write them, in Chinese and in figures, also as a scanner misreads them."""

from __future__ import annotations

import re
from calendar import month_abbr
from dataclasses import dataclass
from datetime import date

from schemas.numerals import NUMERALS, chinese_number
from schemas.text import fold


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date found in running text.

    The day, what was written, and where (character offsets of the original).
    """

    date: date
    written: str
    start: int
    end: int


def parse_date(text: str) -> date | None:
    """The day that `text` writes and nothing else (a weekday or a time of day beside it is allowed), or None.

    Years have four figures and lie from 1900 to 2199; a year of two figures is refused, for its century is a
    guess.
    """
    folded = fold(text).strip(" ,;:。、；：，\n")
    for pattern in (_LONE, *_PATTERNS):
        match = pattern.match(folded)
        if match and _REST.fullmatch(folded[match.end() :]):
            return _day(match)
    return None


def find_dates(text: str) -> list[FoundDate]:
    """The dates in running text, in order; days that no calendar has are left out."""
    folded = fold(text)
    found: list[FoundDate] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            day = _day(match)
            if day and not any(f.start < match.end() and match.start() < f.end for f in found):
                found.append(FoundDate(day, text[match.start() : match.end()], match.start(), match.end()))
    return sorted(found, key=lambda f: f.start)


_MISREAD = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "〇": "0", "q": "9", "z": "2"})
_D = r"[0-9olizq|〇]"
_YEAR = rf"(?P<year>(?:[1l|i]9|[2z][01loi〇]){_D}{{2}}|[12] ?[0-9] ?[0-9] ?[0-9](?= ?年))"
_ZH = f"[{NUMERALS}]"
_BEFORE = r"(?<![0-9a-z])"
_MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}
_MONTH_NAME = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_PATTERNS = (
    re.compile(
        rf"{_BEFORE}{_YEAR} ?年 {{0,2}}(?P<month>{_D} ?{_D}?) ?月 {{0,2}}"
        rf"(?P<day>{_D} ?{_D}?)(?![0-9]) ?[日号曰]?"
    ),
    re.compile(rf"(?P<year>{_ZH}{{4}}) ?年 ?(?P<month>{_ZH}{{1,2}}) ?月 ?(?P<day>{_ZH}{{1,3}}) ?[日号曰]"),
    re.compile(
        rf"{_BEFORE}{_YEAR} ?(?P<s>[-./_·]) ?(?P<month>{_D}{{1,2}}) ?(?P=s) ?(?P<day>{_D}{{1,2}})"
        rf"(?![0-9a-su-z]|[-./]\d{{1,3}}(?!\d))"
    ),
    re.compile(
        rf"{_BEFORE}(?P<year>(?:19|20|21)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?![0-9a-z])"
    ),
    re.compile(
        rf"{_BEFORE}{_MONTH_NAME} ?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? ?(?P<year>(?:19|20|21)\d\d)(?![0-9])"
    ),
    re.compile(
        rf"{_BEFORE}(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH_NAME},? ?(?P<year>(?:19|20|21)\d\d)(?![0-9])"
    ),
)
_LONE = re.compile(rf"{_YEAR}[ 年月、,]+(?P<month>{_D}{{1,2}})[ 年月、,]+(?P<day>{_D}{{1,2}})(?![0-9])")
_REST = re.compile(
    r"[ .,。t日]*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?[ ]*(?:[上下中]午|[早晚]上?|凌晨)?[ ]*"
    r"(?:\d{1,2}[:时点]\d{0,2}.{0,12})?"
)


def _number(text: str) -> int | None:
    plain = text.replace(" ", "").translate(_MISREAD)
    return int(plain) if plain.isdecimal() else chinese_number(text.replace(" ", ""))


def _day(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    year, day = _number(groups["year"]), _number(groups["day"])
    month = _MONTHS[groups["name"]] if groups.get("name") else _number(groups["month"])
    if year is None or month is None or day is None or not 1900 <= year < 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
