"""A control page by the places of its texts on the page, for PDF and scans: columns under their headings, rows by
their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.documents.from_text import Found, headings_in
from ingest.documents.rows import row_of
from ingest.documents.source import SourceLine, squeezed
from ingest.documents.words import COLUMNS, column_of
from ingest.facts import Box, RevisionRow
from schemas.revisions import parse_revision

_WIDE = 0.4
_LEAST = 4


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    box: Box

    @property
    def middle(self) -> float:
        return (self.box.y0 + self.box.y1) / 2

    @property
    def centre(self) -> float:
        return (self.box.x0 + self.box.x1) / 2


def read(region: Sequence[SourceLine], edition: str) -> Found | None:
    """The rows in these lines and the columns they show; None when no headings stand side by side."""
    by_page: dict[int, list[_Piece]] = {}
    for line in region:
        if line.box is not None:
            by_page.setdefault(line.page, []).append(_Piece(line.text, line.box))
    rows: list[RevisionRow] = []
    centres: dict[str, float] = {}
    for pieces in by_page.values():
        heading = _heading(pieces)
        if heading is not None:
            centres, bottom = heading
            pieces = [p for p in pieces if p.middle > bottom]
        if centres:
            rows += _rows(pieces, centres, edition)
    return (tuple(rows), frozenset(centres)) if centres else None


def _heading(pieces: Sequence[_Piece]) -> tuple[dict[str, float], float] | None:
    """Centre of each column and the heading's lower edge."""
    for first in sorted(pieces, key=lambda p: p.middle):
        height = first.box.y1 - first.box.y0
        band = [p for p in pieces if abs(p.middle - first.middle) < 1.8 * height]
        if any(len(headings_in(p.text)) > 1 for p in band):
            continue  # all headings in one run of text: their places say nothing
        centres: dict[str, float] = {}
        used = []
        for piece in sorted(band, key=lambda p: (p.middle, p.centre)):
            column = column_of(squeezed(piece.text)) or _begun(squeezed(piece.text))
            if column and column not in centres:
                centres[column] = piece.centre
                used.append(piece)
        if len(centres) >= _LEAST:
            inside = [p for p in band if _is_rest(p, used)]
            return centres, max(p.box.y1 for p in used + inside) - height * 0.3
    return None


def _begun(text: str) -> str | None:
    """The column whose heading begins with this text, for headings wrapped inside their cell."""
    if len(text) < 3:
        return None
    return next((c for c, words in COLUMNS.items() if any(word.startswith(text) for word in words)), None)


def _is_rest(piece: _Piece, used: Sequence[_Piece]) -> bool:
    """Whether a piece is the wrapped end of a heading: no figures, under one of them."""
    if any(c.isdigit() for c in piece.text):
        return False
    return any(u.box.x0 - 0.01 <= piece.centre <= u.box.x1 + 0.01 and piece.middle >= u.middle for u in used)


def _rows(pieces: Sequence[_Piece], centres: dict[str, float], edition: str) -> list[RevisionRow]:
    columns: dict[str, list[_Piece]] = {column: [] for column in centres}
    for piece in pieces:
        if piece.box.x1 - piece.box.x0 < _WIDE:
            columns[min(centres, key=lambda c: abs(centres[c] - piece.centre))].append(piece)
    anchors = sorted((p for p in columns.get("state", []) if _is_state(p.text)), key=lambda p: p.middle)
    if not anchors:
        return []
    borders = [_border(a, b, pieces) for a, b in pairwise(anchors)]
    height = anchors[0].box.y1 - anchors[0].box.y0
    edges = [anchors[0].middle - 4 * height, *borders, anchors[-1].middle + 4 * height]
    rows = []
    for low, high in pairwise(edges):
        cells = {
            column: _join(column, [p for p in found if low <= p.middle < high])
            for column, found in columns.items()
        }
        row = row_of(cells, edition)
        if row is not None:
            rows.append(row)
    return rows


def _is_state(text: str) -> bool:
    try:
        parse_revision(text)
    except ValueError:
        return False
    return True


def _border(upper: _Piece, lower: _Piece, pieces: Sequence[_Piece]) -> float:
    """Where one row ends: the widest empty strip between two states, the one nearest to half-way among equals."""
    spans = sorted((p.box.y0, p.box.y1) for p in pieces if upper.middle <= p.middle <= lower.middle)
    half = (upper.middle + lower.middle) / 2
    best, bottom = (0.0, 0.0, half), spans[0][1]
    for top, end in spans[1:]:
        if top > bottom:
            middle = (top + bottom) / 2
            best = max(best, (round(top - bottom, 3), -abs(middle - half), middle))
        bottom = max(bottom, end)
    return best[2]


def _join(column: str, pieces: Sequence[_Piece]) -> str:
    ordered = sorted(pieces, key=lambda p: (round(p.middle, 2), p.centre))
    return ("" if column == "notice" else " ").join(p.text.strip() for p in ordered)
