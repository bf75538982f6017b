"""PDF: text with places, pages that need recognition, damage, passwords, actions and attachments.

pypdfium2 gives text, places and images, pypdf the structure around them. No script of a file is ever run: the
engine is built without one, and pypdf only reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.facts import Limits, Line, Page, Problem
from ingest.problems import problem
from ingest.read import pdf_fonts, pdf_salvage, pdf_structure
from ingest.read.content import Content, Image
from ingest.read.pdf_lines import Frame, lines_of
from ingest.read.text_layer import LEAST, is_broken

MEDIA_TYPE = "application/pdf"
OCR_DPI = 200
"""Pixels per inch of page images for recognition; more gains nothing (engines shrink pages themselves)."""

_OBJECTS = 3000
_LOOKED_AT = 400
"""Characters of a page that are asked for their meaning; the more cost more and tell nothing new."""


def read(path: Path, limits: Limits) -> Content:
    """The content of a PDF. A file cut off in transfer gives the pages that could be saved and `damaged_partly`."""
    truncated = pdf_structure.is_truncated(path)
    source: Path | bytes = path
    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            return Content(MEDIA_TYPE, problems=(problem("password_needed"),))
        saved = _salvaged(path)
        if saved is None:
            reason = "文件尾缺失，传输中断" if truncated else "PDF 结构读不出"
            return Content(MEDIA_TYPE, problems=(problem("damaged", reason=reason),))
        source, document = saved
        truncated = True
    try:
        return _checked(path, source, document, limits, truncated)
    finally:
        document.close()


def _checked(path: Path, source: Path | bytes, document: Any, limits: Limits, truncated: bool) -> Content:
    count = len(document)
    if count > limits.pages:
        return Content(MEDIA_TYPE, problems=(problem("too_many_pages", pages=count, limit=limits.pages),))
    structure = pdf_structure.examine(path, limits)
    if any(p.code == "active_content" for p in structure.problems):
        return Content(MEDIA_TYPE, problems=structure.problems)
    with pdf_fonts.none_needed():
        return _Reader(source, document, limits, structure, truncated).content()


def _salvaged(path: Path) -> tuple[bytes, Any] | None:
    """The pages that arrived whole, None when nothing did."""
    data = pdf_salvage.salvage(path)
    if data is None:
        return None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return None
    if any(_has_content(document, index) for index in range(len(document))):
        return data, document
    document.close()
    return None


def _has_content(document: Any, index: int) -> bool:
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return False
    try:
        return next(iter(page.get_objects(max_depth=1)), None) is not None
    finally:
        page.close()


class _Images:
    """Page images from a document of their own, opened when the first is asked for: the one that gave the text has
    seen its fonts without glyphs."""

    def __init__(self, source: Path | bytes, limits: Limits) -> None:
        self.source, self.limits = source, limits
        self.document: Any = None

    def __call__(self, number: int) -> Image:
        if self.document is None:
            self.document = pypdfium2.PdfDocument(self.source)
        return page_image(self.document, number, OCR_DPI, self.limits)

    def close(self) -> None:
        if self.document is not None:
            self.document.close()


class _Reader:
    def __init__(
        self,
        source: Path | bytes,
        document: Any,
        limits: Limits,
        structure: pdf_structure.Structure,
        truncated: bool,
    ) -> None:
        self.source, self.document, self.limits = source, document, limits
        self.structure, self.truncated = structure, truncated
        self.to_recognise: set[int] = set()
        self.broken: list[int] = []
        self.unreadable: list[int] = []

    def content(self) -> Content:
        pages = [self._page(number) for number in range(1, len(self.document) + 1)]
        if self.structure.fields and pages:
            pages[-1] = _with_fields(pages[-1], self.structure.fields)
        saved = (
            sum(_has_content(self.document, i) for i in range(len(pages))) if self.truncated else len(pages)
        )
        images = _Images(self.source, self.limits)
        return Content(
            MEDIA_TYPE,
            tuple(pages),
            self._problems(saved),
            to_recognise=frozenset(self.to_recognise),
            image=images,
            dpi=lambda number: OCR_DPI,
            close=images.close,
        )

    def _problems(self, saved: int) -> tuple[Problem, ...]:
        found = list(self.structure.problems)
        if self.truncated:
            found = [p for p in found if p.code != "repaired"]
            found.append(
                problem("damaged_partly", reason="文件尾缺失，传输中断", saved=saved)
                if saved
                else problem("damaged", reason="文件尾缺失，传输中断")
            )
        elif not len(self.document):
            found.append(problem("damaged", reason="没有任何页"))
        if self.unreadable and not self.truncated:
            found.append(problem("page_unreadable", pages=_numbers(self.unreadable)))
        if self.broken:
            found.append(problem("broken_text_layer", pages=_numbers(self.broken)))
        return tuple(found)

    def _page(self, number: int) -> Page:
        try:
            page = self.document[number - 1]
        except pypdfium2.PdfiumError:
            self.unreadable.append(number)
            return Page(number, (), "")
        try:
            return self._text_page(page, number)
        finally:
            page.close()

    def _text_page(self, page: Any, number: int) -> Page:
        width, height = page.get_size()
        textpage = page.get_textpage()
        try:
            text = textpage.get_text_range().replace("\x00", "")
            lines = lines_of(textpage, text, Frame(page), number)
            unmapped = _without_meaning(textpage)
        finally:
            textpage.close()
        text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        text = text.replace("\ufffe", "-").strip("\n")
        broken = unmapped or is_broken(text)
        needs = broken or _needs_recognition(page, text)
        if needs:
            self.to_recognise.add(number)
        if broken:
            self.broken.append(number)
        return Page(number, lines, text, round(width), round(height), blank=not text.strip() and not needs)


def page_image(document: Any, number: int, dpi: int, limits: Limits) -> Image:
    """Page `number` (from 1) of an opened document as RGB pixels at `dpi`, fewer where the page is huge.

    MemoryError: even so over `limits.pixels`.
    """
    page = document[number - 1]
    try:
        width, height = page.get_size()
        scale = dpi / 72
        pixels = width * height * scale * scale
        if pixels > min(limits.pixels, 30_000_000):
            scale *= (min(limits.pixels, 30_000_000) / pixels) ** 0.5
        if width * scale < 1 or height * scale < 1 or max(width, height) * scale > 60_000:
            raise MemoryError("page has no usable size")
        bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=True)
        try:
            image = bitmap.to_numpy()
            return (image if image.ndim == 2 else image[:, :, :3]).copy()
        finally:
            bitmap.close()
    finally:
        page.close()


def _without_meaning(textpage: Any) -> bool:
    """Whether a good part of the characters has no meaning that the font tells (no ToUnicode): what they are drawn
    as can only be seen."""
    count = textpage.count_chars()
    sample = range(0, count, max(1, count // _LOOKED_AT))
    unknown = sum(pdfium.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1 for index in sample)
    return bool(count >= LEAST and unknown > 0.1 * len(sample))


def _needs_recognition(page: Any, text: str) -> bool:
    """Whether what is seen on the page is a picture: little text beside an image or drawing, or hidden text
    over one.

    The hidden text of scanners and other engines is read anew: theirs has stray blanks and no confidence.
    """
    size = page.get_width() * page.get_height() or 1.0
    letters = sum(1 for c in text if c.isalnum())
    drawn = hidden = 0
    covered = 0.0
    for seen, item in enumerate(page.get_objects(max_depth=3)):
        if seen > _OBJECTS:
            break
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered = max(covered, abs((right - left) * (top - bottom)) / size)
        elif item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            hidden += pdfium.FPDFTextObj_GetTextRenderMode(item.raw) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        else:
            drawn += 1
        if covered < 0.5 and seen > 60 and letters > 60:
            return False  # running text; looking at every object would cost more than reading them
    if covered >= 0.5 and (letters < 25 or hidden > 0):
        return True
    return letters < 4 and (covered > 0.02 or drawn > 20)


def _with_fields(page: Page, fields: tuple[tuple[str, str], ...]) -> Page:
    added = tuple(Line(f"{name}\t{value}", None) for name, value in fields)
    text = "\n".join([page.text, *(line.text for line in added)]).strip("\n")
    return Page(page.number, page.lines + added, text, page.width, page.height)


def _numbers(pages: list[int]) -> str:
    return "、".join(map(str, pages[:20])) + ("…" if len(pages) > 20 else "")
