"""Codes on paper: what a scanner's picture carries as QR code, and what our own codes say.

Our code is a short URI: `dangan:form?type=callback_record&house=3-2-1203&page=1&of=2&ref=…` on a printed form,
`dangan:cover?type=…&house=…` on a cover sheet that is laid before the papers it describes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from schemas.houses import HouseKey

__all__ = ["Code", "Slip", "read_codes", "slip_of", "slip_text"]

_SCHEME = "dangan:"
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REFERENCE = re.compile(r"[A-Za-z0-9._:/·-]{1,128}")
_LONGEST = 1000
"""Characters; a longer code is none of ours."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code on a page: its text and its middle in pixels of the picture."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Slip:
    """What a code of ours says. `kind` is "form" (this very page) or "cover" (the pages that follow).

    `type` is a record type's code and `house` a canonical key, "" where the code leaves them open. `page` of `of`
    are those of the printed form, from 1. `reference` is the issuer's own, such as a copy's number.
    """

    kind: str
    type: str = ""
    house: str = ""
    page: int = 1
    of: int = 1
    reference: str = ""


def read_codes(image: NDArray[np.uint8]) -> tuple[Code, ...]:
    """All QR codes on a page (H×W×3 RGB or H×W gray), however it lies; empty when there is none.

    Bar codes are left out: looking for every kind costs ten times as much, and none of ours is one.
    """
    if 0 in image.shape[:2]:
        return ()
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(image), formats=zxingcpp.BarcodeFormat.QRCode, try_invert=False
    )
    return tuple(
        Code(
            code.text,
            (code.position.top_left.x + code.position.bottom_right.x) / 2,
            (code.position.top_left.y + code.position.bottom_right.y) / 2,
        )
        for code in found
        if code.text
    )


def slip_text(slip: Slip) -> str:
    """The text to print as a code. ValueError when a part is not what a slip may hold."""
    values = {"type": slip.type, "house": slip.house, "ref": slip.reference}
    if slip.of > 1:
        values |= {"page": str(slip.page), "of": str(slip.of)}
    text = f"{_SCHEME}{slip.kind}?{urlencode({k: v for k, v in values.items() if v})}"
    if slip_of(text) != slip:
        raise ValueError(f"{slip!r} cannot stand in a code")
    return text


def slip_of(text: str) -> Slip | None:
    """What a code says, if it is one of ours and every part of it is valid; a code is as hostile as any input."""
    if len(text) > _LONGEST or not text.startswith(_SCHEME):
        return None
    kind, _, query = text[len(_SCHEME) :].partition("?")
    values = dict(parse_qsl(query, max_num_fields=8)) if query.count("&") < 8 else {}
    try:
        slip = Slip(
            kind,
            values.pop("type", ""),
            str(HouseKey.of(values["house"])) if values.get("house") else "",
            int(values.pop("page", "1")),
            int(values.pop("of", "1")),
            values.pop("ref", ""),
        )
    except ValueError:
        return None
    values.pop("house", None)
    sound = kind in ("form", "cover") and not values and 1 <= slip.page <= slip.of <= 999
    named = (not slip.type or _TYPE.fullmatch(slip.type)) and (
        not slip.reference or _REFERENCE.fullmatch(slip.reference)
    )
    return slip if sound and named else None
