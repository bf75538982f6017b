"""Whether somebody signed and sealed at the places that a form has for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ingest.facts import Box, Mark
from ingest.understand.labels import Label, LabelledSheet
from ingest.understand.layout import units
from ingest.understand.picture import Signed
from ingest.understand.seals import Seal
from ingest.understand.titles import prominence
from ingest.understand.vocabulary import SIGNS, clean_label
from schemas.dates import find_dates
from schemas.model import Place, RecordType
from schemas.text import fold

_INK = 0.16
"""Ink of a signature, in squares of the usual line height; less is dust or the end of an underline."""
_REACH = 0.22
"""How far from its label a signature may stand, in page widths."""
_NAME = re.compile(r"[\u3400-\u9fffA-Za-z①-⑳]")
_SEALING = re.compile(r"(?:印章|盖章|签章|公章|章|[（(]盖章[)）]?)$")
_SIGNING = re.compile(r"(?:签字|签名|签章|签收|确认)$")


def owner_signs(kind: RecordType, pages: Sequence[Signed], marks: Sequence[Mark]) -> tuple[str, float] | None:
    """The owner's name as read from their own signature, with confidence."""
    places = {p.code for p in kind.signatures if p.who == "owner" or p.code.startswith(("owner", "customer"))}
    for mark in marks:
        if mark.place not in places or not mark.present or mark.box is None:
            continue
        for page in pages:
            sheet = page.sheet.sheet
            for piece in sheet.pieces:
                if sheet.page.number != mark.box.page or sheet.box([piece]) != mark.box:
                    continue
                name = re.search(r"([\u3400-\u9fff]{2,4})\s*(?:[(（]?\d{4}.*)?$", piece.text)
                if name and clean_label(name[1]) not in page.sheet.by_name:
                    return name[1], piece.confidence
    return None


def signatures(kind: RecordType, pages: Sequence[Signed]) -> tuple[Mark, ...]:
    """One mark a place of the type: signed or not. A place whose label is nowhere counts as not signed,
    unless a name stands beside a free date, as on copies and letters."""
    fields = {clean_label(n) for spec in kind.fields for n in (spec.label_zh, *spec.aliases)}
    marks: dict[str, Mark] = {}
    for place in kind.signatures:
        found = [_signed(page, label) for page in pages for label in _labels(place, page, fields)]
        if found:
            marks[place.code] = _named(place, max(found, key=lambda m: (m.present, m.confidence)))
    taken: set[str] = set()
    for page in pages:
        for label in page.sheet.labels:
            if label.name in SIGNS and label.sure:
                place_of = _place_above(kind, page.sheet, label, set(marks) | taken)
                if place_of is not None:
                    taken.add(place_of.code)
                    marks[place_of.code] = _named(place_of, _signed(page, label))
    free = [p for p in kind.signatures if p.code not in marks]
    for place, mark in zip(sorted(free, key=lambda p: not p.required), _loose(pages), strict=False):
        marks[place.code] = _named(place, mark)
    return tuple(marks.get(p.code, Mark(p.code, False, 0.5)) for p in kind.signatures)


def _named(place: Place, mark: Mark) -> Mark:
    return Mark(place.code, mark.present, mark.confidence, mark.box)


def _labels(place: Place, page: Signed, fields: set[str]) -> list[Label]:
    """Labels of the place; those that also head a field only with a colon, and only where no other is
    there."""
    names = [clean_label(n) for n in (place.label_zh, *place.aliases)]
    labels = [label for name in names for label in page.sheet.by_name.get(name, ()) if label.sure]
    own = [label for label in labels if label.name not in fields or _SIGNING.search(label.name)]
    return own or [label for label in labels if label.colon]


def _place_above(kind: RecordType, sheet: LabelledSheet, label: Label, taken: set[str]) -> Place | None:
    """The place that a bare 签字: belongs to: by the party named above it in its column, else the next free
    one."""
    free = [p for p in kind.signatures if p.code not in taken]
    above = [
        p
        for p in sheet.sheet.pieces
        if 0 < label.piece.middle - p.middle < 9 * sheet.sheet.em and abs(p.x0 - label.piece.x0) < 0.15
    ]
    for piece in sorted(above, key=lambda p: -p.middle):
        text = clean_label(piece.text)
        for place in free:
            stems = {_SIGNING.sub("", clean_label(n)) for n in (place.label_zh, *place.aliases)} - {""}
            if any(len(stem) >= 2 and stem in text for stem in stems):
                return place
    return next((p for p in free if p.required), None)


def _signed(page: Signed, label: Label) -> Mark:
    """Whether a name is read, or ink seen, where the label leads."""
    sheet = page.sheet
    if label.piece.row in sheet.headers:
        return _column_signed(page, label)
    written = sheet.written(label)
    if written is not None and not written.below and _without_dates(written.text):
        sure = min(p.confidence for p in written.pieces)
        return Mark("", True, round(0.75 + 0.24 * sure, 4), sheet.sheet.box(written.pieces))
    if page.picture is None:
        return Mark("", False, 0.5)
    x0 = _end_of(label, sheet.sheet.pitch)
    row = [
        p
        for p in sheet.sheet.pieces
        if p.x0 > x0 - 0.005 and abs(p.middle - label.piece.middle) < sheet.sheet.em
    ]
    x1 = min([p.x0 for p in row] + [x0 + _REACH, 0.985])
    em = sheet.sheet.em
    y0, y1 = label.piece.middle - 1.5 * em, label.piece.middle + 1.3 * em
    amount = page.picture.ink_in(x0, y0, x1, y1, [p for p in sheet.sheet.pieces if p is not label.piece])
    share = amount / em**2
    box = Box(sheet.sheet.page.number, *_fractions(sheet, x0, y0, max(x0, x1), y1))
    return Mark("", share >= _INK, round(min(0.97, 0.6 + abs(share - _INK)), 4), box)


def _column_signed(page: Signed, label: Label) -> Mark:
    """In a table: whether anything stands below the head of the column."""
    sheet, head = page.sheet.sheet, label.piece
    below = [
        p
        for p in sheet.pieces
        if p.row > head.row
        and min(p.x1, head.x1 + 0.02) > max(p.x0, head.x0 - 0.02)
        and _without_dates(p.text)
    ]
    return Mark("", bool(below), 0.9 if below else 0.6, sheet.box(below[:1]))


def _without_dates(text: str) -> str:
    """What is left of a text that may be a name: no dates, no stray figures, nothing too long to be
    signed."""
    folded = fold(text)
    for found in reversed(find_dates(text)):
        folded = folded[: found.start] + folded[found.end :]
    folded = re.sub(r"[\d\s年月日_.:：,，/()（）-]", "", folded)
    return folded if _NAME.search(folded) and len(folded) <= 8 else ""


def _end_of(label: Label, pitch: float) -> float:
    """Where a label's print ends. A box much wider than its characters holds a signature that was not read."""
    piece = label.piece
    printed = units(piece.text[: label.end]) * pitch
    measured = (piece.x1 - piece.x0) * min(1.0, label.end / max(1, len(piece.text)))
    return piece.x0 + (printed if measured > 1.4 * printed else measured) + 0.004


def _fractions(
    sheet: LabelledSheet, x0: float, y0: float, x1: float, y1: float
) -> tuple[float, float, float, float]:
    aspect = sheet.sheet.aspect
    return (
        round(x0, 5),
        round(max(0.0, y0 / aspect), 5),
        round(min(1.0, x1), 5),
        round(min(1.0, y1 / aspect), 5),
    )


def _loose(pages: Sequence[Signed]) -> list[Mark]:
    """Names that stand beside a date with no label in their line; the entries of a table are no signatures."""
    found = []
    for page in pages:
        table = min(page.sheet.headers, default=len(page.sheet.sheet.rows))
        for row in page.sheet.sheet.rows[:table]:
            dates = [p for p in row if find_dates(p.text)]
            names = [p for p in row if re.fullmatch(r"[\u3400-\u9fff]{2,4}", p.text.strip())]
            labelled = {label.piece for label in page.sheet.labels if label.piece.row == row[0].row}
            if dates and names and not labelled:
                found.append(Mark("", True, 0.6, page.sheet.sheet.box(names[:1])))
    return found


def seals(kind: RecordType | None, pages: Sequence[Signed]) -> tuple[Mark, ...]:
    """One mark a place for a seal; a seal that no place asks for is a mark "seal" of its own."""
    places = list(kind.seals) if kind else []
    free = {place.code: place for place in places}
    marks: dict[str, Mark] = {}
    extra = []
    for page in pages:
        for seal in page.picture.seen.seals if page.picture else ():
            if seal.shape == "square" and _is_print(seal, kind, page.sheet):
                continue
            aspect = page.sheet.sheet.aspect
            box = Box(
                page.sheet.sheet.page.number,
                *(round(v, 5) for v in (seal.x0, seal.y0 / aspect, seal.x1, seal.y1 / aspect)),
            )
            code = _place_of_seal(seal, page.sheet, list(free.values()))
            if code is None:
                extra.append(Mark("seal", True, round(seal.confidence, 4), box))
            else:
                free.pop(code)
                marks[code] = Mark(code, True, round(seal.confidence, 4), box)
    for code, place in list(free.items()):
        read = _stamp_read(place, pages)
        if read is not None:
            free.pop(code)
            marks[code] = read
    seen = any(page.picture is not None for page in pages)
    missing = [Mark(p.code, False, 0.9 if seen else 0.5) for p in places if p.code not in marks]
    return (*marks.values(), *missing, *extra)


def _is_print(seal: Seal, kind: RecordType | None, sheet: LabelledSheet) -> bool:
    """Whether a frame is the form's own: around its title, or a cell with a field's label."""
    fields = (
        {clean_label(n) for spec in kind.fields for n in (spec.label_zh, *spec.aliases)} if kind else set()
    )
    inside = [
        p
        for p in sheet.sheet.pieces
        if seal.x0 < (p.x0 + p.x1) / 2 < seal.x1 and seal.y0 < p.middle < seal.y1
    ]
    labels = {x.piece for x in sheet.labels if x.sure and x.name in fields}
    level = seal.y1 - seal.y0 < 4 * sheet.sheet.em
    return any(p in labels or (level and prominence(p, sheet.sheet) >= 0.55) for p in inside)


def _stamp_read(place: Place, pages: Sequence[Signed]) -> Mark | None:
    """A stamp known by its own words, which no form prints: «same as original», «seal for contracts»."""
    names = [clean_label(n) for n in (place.label_zh, *place.aliases)]
    words = [n for n in names if len(n) >= 5 and (n.endswith("专用章") or not re.search("印章|盖章|章$", n))]
    for page in pages:
        if page.sheet.sheet.page.origin != "ocr":
            continue
        for piece in page.sheet.sheet.pieces:
            text = clean_label(piece.text)
            if any(_alike(word, text) for word in words):
                return Mark(place.code, True, 0.8, page.sheet.sheet.box([piece]))
    return None


def _alike(word: str, text: str) -> bool:
    """Whether a text is nothing but these words, give or take two characters at its ends."""
    return (word in text and len(text) <= len(word) + 2) or (
        text in word and len(text) >= max(4, len(word) - 2)
    )


def _place_of_seal(seal: Seal, sheet: LabelledSheet, free: Sequence[Place]) -> str | None:
    """The place whose words are read in the seal or stand nearest to it; else the first that is required."""
    if not free:
        return None
    cx, cy = (seal.x0 + seal.x1) / 2, (seal.y0 + seal.y1) / 2

    def distance(place: Place) -> float:
        stems = {_SEALING.sub("", clean_label(n)) for n in (place.label_zh, *place.aliases)} - {""}
        near = [
            max(seal.x0 - p.x1, p.x0 - seal.x1, seal.y0 - p.y1, p.y0 - seal.y1, 0.0)
            + 0.05 * float(np.hypot((p.x0 + p.x1) / 2 - cx, p.middle - cy))
            for p in sheet.sheet.pieces
            if any(len(stem) >= 2 and stem in clean_label(p.text) for stem in stems)
        ]
        return min([*near, 0.5 if place.required else 0.6])

    return min(free, key=distance).code
