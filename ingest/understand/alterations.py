"""Struck-through writing: a line drawn across characters, not under them and not part of a table."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.understand.layout import Piece, Sheet
from ingest.understand.picture import Picture, Signed

_LONG = 1.5
"""A stroke across this many line heights is longer than any of a character."""


def struck(page: Signed) -> list[Piece]:
    """Entries of a page's tables with a line through them, in reading order.

    Only rows below a table's head count, without the columns for signatures: a flourish is no correction.
    """
    if page.picture is None or not page.sheet.headers:
        return []
    sheet = page.sheet.sheet
    first = min(page.sheet.headers)
    last = min((r for r in page.sheet.signing_rows if r > first), default=len(sheet.rows))
    signed = [
        x.piece for x in page.sheet.labels if x.piece.row in page.sheet.headers and x.name in page.sheet.signs
    ]
    lines = _lines(sheet, page.picture)
    return [
        piece
        for piece in sheet.pieces
        if first < piece.row < last
        and len(piece.text) >= 2
        and not any(min(piece.x1, head.x1) > max(piece.x0, head.x0) for head in signed)
        and _crossed(piece, lines, sheet.em)
    ]


def _lines(sheet: Sheet, picture: Picture) -> list[tuple[float, float, float, float]]:
    """Nearly level strokes in page widths, rulings and underlines of forms left out."""
    marks, scale = picture.seen.marks, picture.scale
    em = sheet.em * scale
    length = max(12, round(_LONG * em))
    ruling = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((1, max(length + 1, round(6 * em))), np.uint8))
    rest = cv2.bitwise_and(marks, cv2.bitwise_not(cv2.dilate(ruling, np.ones((5, 9), np.uint8))))
    thick = cv2.dilate(rest, np.ones((2, 1), np.uint8))
    level = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(level, connectivity=8)
    return [
        (x / scale, y / scale, (x + w) / scale, (y + h) / scale)
        for x, y, w, h, _ in stats[1:count]
        if w >= length and h <= 0.5 * em
    ]


def _crossed(piece: Piece, lines: list[tuple[float, float, float, float]], em: float) -> bool:
    for x0, y0, x1, y1 in lines:
        across = min(x1, piece.x1) - max(x0, piece.x0)
        middle = (y0 + y1) / 2
        inside = piece.y0 + 0.25 * piece.height < middle < piece.y1 - 0.22 * piece.height
        if inside and across > 0.6 * (x1 - x0) and across > 0.7 * (piece.x1 - piece.x0):
            return True
    return False
