"""Languages of the screens: Babel catalogues read at start, and dates, numbers and sizes by locale.

Messages are written in English in the code and the templates; `zh_CN/LC_MESSAGES/dangan.po` says them in Chinese.
A language is added by adding its catalogue here and its code to LANGUAGES.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from pathlib import Path

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

HERE = Path(__file__).parent
DOMAIN = "dangan"
LANGUAGES = {"zh-CN": "中文", "en": "English"}
"""Code of each language → its own name. The first one is shown until a person chooses."""
DEFAULT = next(iter(LANGUAGES))


def N_(message: str) -> str:  # noqa: N802 - the name Babel's extractor knows
    """Mark a message for the catalogue that is translated later."""
    return message


@dataclass(frozen=True)
class Language:
    """One language with its catalogue; every word and number on a screen comes through it."""

    code: str
    locale: Locale
    catalogue: NullTranslations
    zone: tzinfo

    @property
    def chinese(self) -> bool:
        return self.code.startswith("zh")

    def say(self, message: str, **values: object) -> str:
        """The message in this language, its {names} filled in."""
        text: str = self.catalogue.gettext(message)
        return text.format(**values) if values else text

    def pick(self, zh: str, en: str) -> str:
        """Of a pair that comes from data, the one for this language."""
        return zh if self.chinese or not en else en

    def day(self, value: date | str | None) -> str:
        """A calendar day, such as 2026年3月5日."""
        if not value:
            return ""
        when = date.fromisoformat(value) if isinstance(value, str) else value
        return dates.format_date(when, "long" if self.chinese else "d MMM y", locale=self.locale)

    def moment(self, value: datetime | str | None) -> str:
        """A moment (UTC, or its ISO 8601 text) as day and minute in the house's time zone."""
        if not value:
            return ""
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        pattern = "y-MM-dd HH:mm" if self.chinese else "d MMM y, HH:mm"
        return dates.format_datetime(value, pattern, tzinfo=self.zone, locale=self.locale)

    def span(self, length: timedelta) -> str:
        """A length of time in its largest unit, such as 3 days."""
        return dates.format_timedelta(length, threshold=1.2, locale=self.locale)

    def number(self, value: int) -> str:
        return numbers.format_decimal(value, locale=self.locale)

    def size(self, count: int) -> str:
        """A number of bytes in the unit people read it in."""
        amount, unit = float(count), "B"
        for larger in ("kB", "MB", "GB", "TB"):
            if amount < 1000:
                break
            amount, unit = amount / 1000, larger
        pattern = "#,##0" if unit == "B" or amount >= 100 else "#,##0.0"
        return f"{numbers.format_decimal(amount, format=pattern, locale=self.locale)} {unit}"


@cache
def language(code: str, zone: tzinfo) -> Language:
    """The language of this code. KeyError for one that is not in LANGUAGES."""
    if code not in LANGUAGES:
        raise KeyError(code)
    return Language(code, Locale.parse(code, sep="-"), _catalogue(code), zone)


def catalogue_path(code: str) -> Path:
    return HERE / code.replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.po"


def _catalogue(code: str) -> NullTranslations:
    """The catalogue compiled in memory: no set-up step that could be forgotten. English is the messages' own."""
    path = catalogue_path(code)
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=code.replace("-", "_"), domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
