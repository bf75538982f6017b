"""From what stands written to the value meant, by the type of field."""

from __future__ import annotations

import re
from datetime import date

from ingest.understand.surnames import DOUBLE_SURNAMES, SURNAMES
from schemas.dates import find_dates, parse_date
from schemas.houses import find_houses, parse_house
from schemas.model import FieldSpec, FieldType
from schemas.text import fold

_CONFUSED = str.maketrans("oil|zsbq", "01112569")
_NAME = re.compile(r"[\u3400-\u9fff·]{2,6}")
_NOT_NAME = re.compile(r"(?:先生|女士|小姐|业主|业戶|住户|客户|签名|签字|盖章)")


_SHORT_YEAR = re.compile(
    r"\D{0,2}(?P<year>[0-4]\d) ?[./年-] ?(?P<month>\d{1,2}) ?[./月-] ?(?P<day>\d{1,2})(?!\d) ?[日号曰]?(?P<rest>\D*)"
)


_TWICE = re.compile(r"([年月日])\s+\1")
"""A word of the form that the recogniser saw in two pieces."""


def day_of(text: str, short: bool = False) -> date | None:
    """The one day that a text gives; None when there is none, or more than one.

    `short` takes years of two figures for those of this century (26/3/6), as fits the day of a record but not
    that of a birth.
    """
    whole = parse_date(text)
    if whole:
        return whole
    days = {found.date for found in find_dates(_TWICE.sub(r"\1", text))}
    if days or not short:
        return days.pop() if len(days) == 1 else None
    return short_day(text)


def short_day(text: str) -> date | None:
    """The day with a year of two figures that is all of a text."""
    match = _SHORT_YEAR.fullmatch(fold(text).strip())
    if match is None or len(match["rest"]) > 4:
        return None
    try:
        return date(2000 + int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def house_of(text: str) -> str | None:
    """The canonical key of the one house in a house field or an address."""
    key = parse_house(text.strip(" _()（）"), field=True)
    if key:
        return key
    keys = [found.key for found in find_houses(text)]
    return keys[-1] if keys else None


def name_of(text: str) -> str | None:
    """A person's or a firm's name without titles and underlines; None when the text is no name.

    Joint owners are joined by 、 in the order in which they stand.
    """
    plain = re.sub(r"[\s_＿:：,，。.、()（）*/&＆;；]+", " ", text).strip()
    plain = re.sub(r"(?<=[\u3400-\u9fff]{2})(?:和|及|与)(?=[\u3400-\u9fff]{2,4}(?: |$))", " ", plain)
    plain = " ".join(_NOT_NAME.sub(" ", plain).split())
    parts = plain.split(" ")
    if len(parts) > 1 and all(len(p) == 1 for p in parts) and 2 <= len(parts) <= 4:
        parts = ["".join(parts)]
    first, *others = parts
    if two := _two_names(first):
        return two
    if _NAME.fullmatch(first):
        joint = [p for p in others[:2] if is_full_name(p)]
        return "、".join([first, *joint]) if joint and is_full_name(first) else first
    if len(first) >= 4 and re.search(r"[公司会处院校队]$", first):
        return first
    spelled = re.fullmatch(r"[A-Za-z][A-Za-z.' -]{2,40}", plain)
    return spelled[0] if spelled else None


def _two_names(text: str) -> str | None:
    """Two names between which the recogniser lost the mark."""
    halves = [(text[:k], text[k:]) for k in (3, 2, 4) if 5 <= len(text) <= 7]
    both = [f"{a}、{b}" for a, b in halves if is_full_name(a) and len(b) >= 2 and is_full_name(b)]
    return both[0] if both else None


def is_full_name(text: str) -> bool:
    """Whether a text begins with a usual surname and is as long as a name."""
    name = fold(text)
    return bool(re.fullmatch(r"[\u3400-\u9fff]{2,4}", name)) and (
        (name[0] in SURNAMES and len(name) <= 3) or name[:2] in DOUBLE_SURNAMES
    )


def digits_of(text: str, lengths: tuple[int, ...]) -> str | None:
    """The run of digits of one of these lengths, with letters that scanners mistake for digits put right."""
    plain = re.sub(r"[\s\-—_]", "", fold(text)).translate(_CONFUSED)
    runs = [run for run in re.findall(r"\d+x?", plain) if len(run) in lengths]
    return runs[0].upper() if len(runs) == 1 else None


def normal(spec: FieldSpec, written: str) -> str:
    """The value in normal form (ISO day, house key, digits, choice); "" when it can't be told from the
    text."""
    match spec.type:
        case FieldType.DATE | FieldType.DATETIME:
            day = day_of(written, short=spec.role == "date")
            return day.isoformat() if day else ""
        case FieldType.HOUSE:
            return house_of(written) or ""
        case FieldType.PHONE:
            return digits_of(written, (7, 8, 10, 11, 12)) or ""
        case FieldType.ID_NUMBER:
            return digits_of(written, (15, 18)) or ""
        case FieldType.PERSON:
            return name_of(written) or ""
        case FieldType.MONEY | FieldType.NUMBER:
            found = re.search(r"-?\d+(?:\.\d+)?", fold(written).replace(",", ""))
            return found[0] if found else ""
        case FieldType.CHOICE:
            return choice_of(spec, written) or ""
        case _:
            return written.strip()


def choice_of(spec: FieldSpec, written: str) -> str | None:
    """The one choice that a text names; a text with boxes names them all (see `ingest.understand.ticks`)."""
    text = fold(written)
    named = [choice for choice in spec.choices if fold(choice) in text]
    longest = [c for c in named if not any(c != other and fold(c) in fold(other) for other in named)]
    return longest[0] if len(longest) == 1 else None
