"""Draws laid-out sheets as PDF: vectors and an embedded font, so that a print is sharp at any size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import segno
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archive.domain.forms import Code, Frame, Rule, Sheet, Words
from archive.domain.forms.elements import ems

FACE = "dangan-print"
_GRAY = 0.38
_SHADE = 0.945
_BASELINE = 0.86
"""From the top of a character to its base line, as a share of its height."""
CORRECTION = "q"
"""A quarter of the code may be lost to a stain, a staple or a fold."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sheet to print and the text of its code ("" prints none)."""

    sheet: Sheet
    code: str = ""


def pdf_of(leaves: Iterable[Leaf], font: Path, title: str) -> bytes:
    """The sheets as one PDF. The same sheets give the same bytes."""
    if FACE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FACE, str(font)))
    out = BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Dangan")
    for leaf in leaves:
        _Page(canvas, leaf).draw()
    canvas.save()
    return out.getvalue()


class _Page:
    def __init__(self, canvas: Canvas, leaf: Leaf) -> None:
        self.canvas, self.sheet, self.code = canvas, leaf.sheet, leaf.code

    def draw(self) -> None:
        sheet, canvas = self.sheet, self.canvas
        canvas.setPageSize((sheet.width * mm, sheet.height * mm))
        for shaded in (e for e in sheet.printed if isinstance(e, Frame) and e.shade):
            self._shade(shaded)
        for element in sheet.printed:
            match element:
                case Words():
                    self._words(element)
                case Rule():
                    self._rule(element)
                case Frame():
                    self._frame(element)
                case Code() if element.text or self.code:
                    self._code(element)
        canvas.showPage()

    def _y(self, y: float) -> float:
        return (self.sheet.height - y) * mm

    def _shade(self, frame: Frame) -> None:
        self.canvas.setFillGray(_SHADE)
        width, height = (frame.x1 - frame.x0) * mm, (frame.y1 - frame.y0) * mm
        self.canvas.rect(frame.x0 * mm, self._y(frame.y1), width, height, stroke=0, fill=1)

    def _words(self, words: Words) -> None:
        canvas, size = self.canvas, words.size * mm
        gray = _GRAY if words.gray else 0.0
        said = "".join(c if c.isprintable() or c == "\u3000" else " " for c in words.text)
        natural = pdfmetrics.stringWidth(said, FACE, size)
        planned = ems(words.text) * size
        shift = max(0.0, planned - natural) / 2 if words.centred else 0.0
        text = canvas.beginText(words.x * mm + shift, self._y(words.y + words.size * _BASELINE))
        text.setFont(FACE, size)
        text.setFillGray(gray)
        if natural > planned > 0:  # never wider than its cell was laid out for
            text.setHorizScale(100 * planned / natural)
        if words.bold:
            canvas.setStrokeGray(gray)
            canvas.setLineWidth(size * 0.03)
            text.setTextRenderMode(2)
        text.textOut(said)
        text.setTextRenderMode(0)
        text.setHorizScale(100)
        canvas.drawText(text)

    def _rule(self, rule: Rule) -> None:
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(rule.width * mm)
        self.canvas.setDash([1.2 * mm, 1.0 * mm] if rule.dashed else [])
        self.canvas.line(rule.x0 * mm, self._y(rule.y0), rule.x1 * mm, self._y(rule.y1))
        self.canvas.setDash([])

    def _frame(self, frame: Frame) -> None:
        if not frame.width:
            return
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(frame.width * mm)
        width, height = (frame.x1 - frame.x0) * mm, (frame.y1 - frame.y0) * mm
        self.canvas.rect(frame.x0 * mm, self._y(frame.y1), width, height)

    def _code(self, code: Code) -> None:
        """Runs of dark squares as rectangles, a little over their edges so that no hairline shows between."""
        self.canvas.setFillGray(0)
        matrix: Sequence[Sequence[int]] = segno.make(
            code.text or self.code, error=CORRECTION, boost_error=False, micro=False
        ).matrix
        side = code.side / len(matrix)
        path = self.canvas.beginPath()
        for row, squares in enumerate(matrix):
            for start, length in _runs(squares):
                x, y = code.x + start * side, self._y(code.y + (row + 1) * side)
                path.rect(x * mm, y, length * side * mm, side * 1.004 * mm)
        self.canvas.drawPath(path, stroke=0, fill=1)


def _runs(squares: Sequence[int]) -> list[tuple[int, int]]:
    """(start, length) of the dark runs of one row."""
    runs: list[tuple[int, int]] = []
    for i, dark in enumerate(squares):
        if not dark:
            continue
        if runs and runs[-1][0] + runs[-1][1] == i:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((i, 1))
    return runs
