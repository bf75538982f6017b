"""What our own codes on paper say.

A form that we printed carries a short code of QR's alphanumeric characters, so that its squares stay large:
`DANGAN:F/CALLBACK.RECORD/3-2-1203/2J7K9QWXZ0/K7Q29MXA/1/1-2/3FK9Q2TZ6M` is kind, record type, house, tenure,
serial, copy, page and pages, and the archive's seal over all but the page. Codes of other makers are a URI that
claims less: `dangan:form?type=callback_record&house=3-2-1203&page=1&of=2&ref=…`, `dangan:cover?type=…&house=…`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from schemas.houses import HouseKey

__all__ = ["Slip", "sealed_part", "slip_of", "slip_text"]

_URI = "dangan:"
_SHORT = "DANGAN:"
_KINDS = {"F": "form", "C": "cover"}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REFERENCE = re.compile(r"[A-Za-z0-9._:/·-]{1,128}")
_TENURE = re.compile(r"[0-9A-Z]{0,26}")
_SERIAL = re.compile(r"[0-9A-Z]{4,16}")
_SEAL = re.compile(r"[0-9A-Z]{10}")
_LONGEST = 1000
"""Characters; a longer code is none of ours."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a code of ours says. `kind` is "form" (this very page) or "cover" (the pages that follow).

    `type` is a record type's code and `house` a canonical key, "" where the code leaves them open. `page` of `of`
    are those of the printed form, from 1. `reference` is another maker's own number. A form that this archive
    printed has a `serial`, the `copy` 联 (from 1), the last characters of its tenure's id ("" without one) and the
    archive's `seal`; whether that seal is good only the archive can tell.
    """

    kind: str
    type: str = ""
    house: str = ""
    page: int = 1
    of: int = 1
    reference: str = ""
    serial: str = ""
    copy: int = 1
    tenure: str = ""
    seal: str = ""


def slip_text(slip: Slip) -> str:
    """The text to print as a code. ValueError when a part is not what a slip may hold."""
    text = f"{sealed_part(slip)}/{slip.page}-{slip.of}/{slip.seal}" if slip.serial else _uri(slip)
    if slip_of(text) != slip:
        raise ValueError(f"{slip!r} cannot stand in a code")
    return text


def sealed_part(slip: Slip) -> str:
    """What the archive's seal stands for: everything of a form's code but the page."""
    kind = _LETTERS.get(slip.kind, "?")
    named = slip.type.upper().replace("_", ".")
    return f"{_SHORT}{kind}/{named}/{slip.house}/{slip.tenure}/{slip.serial}/{slip.copy}"


def slip_of(text: str) -> Slip | None:
    """What a code says, if it is one of ours and every part of it is valid; a code is as hostile as any input."""
    if len(text) > _LONGEST:
        return None
    try:
        slip = _of_short(text) if text.startswith(_SHORT) else _of_uri(text)
    except ValueError:
        return None
    return slip if slip is not None and _sound(slip) else None


def _sound(slip: Slip) -> bool:
    counted = 1 <= slip.page <= slip.of <= 999 and 1 <= slip.copy <= 99
    named = (not slip.type or _TYPE.fullmatch(slip.type)) and (
        not slip.reference or _REFERENCE.fullmatch(slip.reference)
    )
    return slip.kind in _LETTERS and counted and bool(named)


def _of_short(text: str) -> Slip | None:
    parts = text[len(_SHORT) :].split("/")
    if len(parts) != 8:
        return None
    kind, named, house, tenure, serial, copy, paging, seal = parts
    page, _, of = paging.partition("-")
    sound = _TENURE.fullmatch(tenure) and _SERIAL.fullmatch(serial) and _SEAL.fullmatch(seal)
    if not sound or kind not in _KINDS or named != named.upper():
        return None
    slip = Slip(
        _KINDS[kind],
        named.lower().replace(".", "_"),
        str(HouseKey.of(house)) if house else "",
        _count(page),
        _count(of),
        serial=serial,
        copy=_count(copy),
        tenure=tenure,
        seal=seal,
    )
    return slip if f"{sealed_part(slip)}/{slip.page}-{slip.of}/{seal}" == text else None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise ValueError(text)
    return int(text)


def _uri(slip: Slip) -> str:
    values = {"type": slip.type, "house": slip.house, "ref": slip.reference}
    if slip.of > 1:
        values |= {"page": str(slip.page), "of": str(slip.of)}
    return f"{_URI}{slip.kind}?{urlencode({k: v for k, v in values.items() if v})}"


def _of_uri(text: str) -> Slip | None:
    if not text.startswith(_URI):
        return None
    kind, _, query = text[len(_URI) :].partition("?")
    values = dict(parse_qsl(query, max_num_fields=8)) if query.count("&") < 8 else {}
    house = values.pop("house", "")
    slip = Slip(
        kind,
        values.pop("type", ""),
        str(HouseKey.of(house)) if house else "",
        int(values.pop("page", "1")),
        int(values.pop("of", "1")),
        values.pop("ref", ""),
    )
    return None if values else slip


def same_form(one: Slip, other: Slip) -> bool:
    """Whether two codes are pages of one printed form."""
    return replace(one, page=other.page) == other
