"""Numbers of persons as a screen shows them until somebody needs them whole. Pure text, no rights."""

from __future__ import annotations

import re

_ID = re.compile(r"(?<![0-9A-Za-z])([0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9])(?:(\+?86)[- ]?)?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?![0-9])")
PHONES = frozenset({"phone", "landline"})
IDS = frozenset({"id_number"})


def mask_phone(phone: str) -> str:
    """A phone number that tells only its beginning and end: 138****0001."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def mask_id(number: str) -> str:
    """An identity number that tells only where it begins and ends: 990***********0010."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) >= 12 else "*" * len(number)


def mask_text(text: str) -> str:
    """A text in which mobile and identity numbers are masked wherever they stand."""
    hidden = _ID.sub(lambda found: mask_id(found[0]), text)
    return _MOBILE.sub(lambda found: f"{found[1] or ''}{found[2]}****{found[4]}", hidden)


def mask_field(code: str, value: str) -> str:
    """The value of a field of this code as a screen shows it."""
    if code in PHONES:
        return mask_phone(value)
    return mask_id(value) if code in IDS else mask_text(value)
