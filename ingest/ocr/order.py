"""From pieces of text to lines in reading order."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.facts import Box, Line
from ingest.ocr.engine import Found


def rows(found: Sequence[Found]) -> list[list[Found]]:
    """Pieces that stand side by side, row by row from the top, each row from the left.

    A piece belongs to the row of which it overlaps more than half of the smaller height.
    """
    ordered: list[list[Found]] = []
    for piece in sorted(found, key=lambda f: (f.y0 + f.y1, f.x0)):
        row = next((r for r in reversed(ordered[-3:]) if _beside(r, piece)), None)
        if row is None:
            ordered.append([piece])
        else:
            row.append(piece)
    return [sorted(row, key=lambda f: f.x0) for row in ordered]


def _beside(row: Sequence[Found], piece: Found) -> bool:
    """Whether the nearest piece of the row to the side overlaps enough and none lies across."""
    if any(
        min(f.x1, piece.x1) - max(f.x0, piece.x0) > 0.3 * min(f.x1 - f.x0, piece.x1 - piece.x0) for f in row
    ):
        return False
    near = min(row, key=lambda f: min(abs(f.x1 - piece.x0), abs(piece.x1 - f.x0)))
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
