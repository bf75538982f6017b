"""From pieces of text to rows in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ingest.facts import Box, Line
from ingest.ocr.engine import Found


class Placed(Protocol):
    """Anything with a rectangle; both directions in the same unit."""

    @property
    def x0(self) -> float: ...
    @property
    def y0(self) -> float: ...
    @property
    def x1(self) -> float: ...
    @property
    def y1(self) -> float: ...


P = TypeVar("P", bound=Placed)


def rows(pieces: Sequence[P]) -> list[list[P]]:
    """Pieces that stand side by side, row by row from the top, each row from the left.

    A piece joins a row when it overlaps its nearest neighbour there by more than half of the lower height and
    lies neither above nor below another piece of the row.
    """
    ordered: list[list[P]] = []
    for piece in sorted(pieces, key=lambda p: (p.y0 + p.y1, p.x0)):
        row = next((r for r in reversed(ordered[-3:]) if _beside(r, piece)), None)
        if row is None:
            ordered.append([piece])
        else:
            row.append(piece)
    return [sorted(row, key=lambda p: p.x0) for row in ordered]


def _beside(row: Sequence[P], piece: P) -> bool:
    for other in row:
        shared = min(other.x1, piece.x1) - max(other.x0, piece.x0)
        if shared > 0.3 * min(other.x1 - other.x0, piece.x1 - piece.x0):
            return False
    near = min(row, key=lambda p: min(abs(p.x1 - piece.x0), abs(piece.x1 - p.x0)))
    overlap = min(near.y1, piece.y1) - max(near.y0, piece.y0)
    return overlap > 0.5 * min(near.y1 - near.y0, piece.y1 - piece.y0)


def lines(found: Sequence[Found], page: int, width: int, height: int) -> tuple[tuple[Line, ...], str]:
    """The lines in reading order, boxes as fractions, and the page's text: rows by newline, pieces by tab."""
    arranged = rows(found)
    placed = tuple(
        Line(
            f.text.strip(),
            Box(page, _share(f.x0, width), _share(f.y0, height), _share(f.x1, width), _share(f.y1, height)),
            round(f.confidence, 4),
        )
        for row in arranged
        for f in row
    )
    return placed, "\n".join("\t".join(f.text.strip() for f in row) for row in arranged)


def _share(position: float, whole: int) -> float:
    return round(min(1.0, max(0.0, position / whole)), 5)
