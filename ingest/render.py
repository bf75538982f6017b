"""Page images of any record: PDF and images as they are, Word, text and tables in a plain rendition of
their text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy
import pypdfium2
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from ingest import layout, sniff
from ingest.facts import Limits, Problem
from ingest.formats import FORMATS, content_of
from ingest.problems import REFUSED, UNREADABLE, problem
from ingest.read import image
from ingest.read.content import Block, Content, Image
from ingest.read.pdf import page_image

QUALITY = 80
LIMITS = Limits()
MAX_WIDTH = 6000


class RenderError(Exception):
    """A page has no image; `problem` says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


def page_count(path: Path, media_type: str, *, limits: Limits = LIMITS) -> int:
    """How many page images the file has. RenderError: none can be made of it."""
    if media_type == sniff.PDF:
        document = _open_pdf(path)
        try:
            return len(document)
        finally:
            document.close()
    if _is_laid_out(media_type):
        return len(layout.lay_out(_blocks(path, media_type, limits)))
    content = _image_content(path, media_type, limits)
    try:
        return len(content.pages)
    finally:
        if content.close:
            content.close()


def render_page(
    path: Path, media_type: str, page: int, width: int, *, font: str | None = None, limits: Limits = LIMITS
) -> bytes:
    """Page `page` (from 1) as a JPEG `width` pixels wide (at most MAX_WIDTH).

    `font` is a TrueType file with Chinese characters, needed for Word, text, tables and mail. RenderError:
    the page does not exist, the file is damaged or locked, or no font was given.
    """
    if not 16 <= width <= MAX_WIDTH:
        raise ValueError(f"width {width} is not between 16 and {MAX_WIDTH} pixels")
    if media_type == sniff.PDF:
        picture = _pdf_page(path, page, width, limits)
    elif _is_laid_out(media_type):
        picture = _text_page(path, media_type, page, width, font, limits)
    else:
        picture = _image_page(path, media_type, page, width, limits)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def page_images(
    path: Path, media_type: str, dpi: int, pages: Iterable[int], *, limits: Limits = LIMITS
) -> Iterator[Image]:
    """Pixels (height × width [× 3 RGB], 8 bits) of pages of a PDF at `dpi`, or of an image file as it is
    stored."""
    if media_type == sniff.PDF:
        document = _open_pdf(path)
        try:
            for number in pages:
                yield page_image(document, number, dpi, limits)
        finally:
            document.close()
        return
    content = _image_content(path, media_type, limits)
    try:
        for number in pages:
            assert content.image is not None
            yield content.image(number)
    finally:
        if content.close:
            content.close()


def _open_pdf(path: Path) -> Any:
    try:
        return pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        locked = "assword" in str(error)
        found = problem("password_needed") if locked else problem("damaged", reason="PDF 结构读不出")
        raise RenderError(found) from error


def _pdf_page(path: Path, number: int, width: int, limits: Limits) -> Any:
    document = _open_pdf(path)
    try:
        _check(number, len(document))
        try:
            points = document.get_page_size(number - 1)[0] or 1.0
            pixels = page_image(document, number, max(1, round(width / points * 72)), limits)
        except pypdfium2.PdfiumError as error:
            raise RenderError(problem("page_unreadable", pages=number)) from error
        return _fit(Pillow.fromarray(numpy.ascontiguousarray(pixels)), width)
    finally:
        document.close()


def _image_content(path: Path, media_type: str, limits: Limits) -> Content:
    if media_type not in image.MEDIA_TYPES:
        raise RenderError(problem("kept_unreadable", actual=sniff.name_of(media_type)))
    content = image.read(path, limits, media_type)
    if content.problems:
        raise RenderError(content.problems[0])
    return content


def _image_page(path: Path, media_type: str, number: int, width: int, limits: Limits) -> Any:
    content = _image_content(path, media_type, limits)
    try:
        _check(number, len(content.pages))
        assert content.image is not None
        try:
            return _fit(Pillow.fromarray(content.image(number)), width)
        except (OSError, SyntaxError, ValueError) as error:
            raise RenderError(problem("page_unreadable", pages=number)) from error
    finally:
        if content.close:
            content.close()


def _fit(picture: Any, width: int) -> Any:
    if picture.width == width:
        return picture
    height = min(max(1, round(picture.height * width / picture.width)), 65_000)
    return picture.resize((width, height), Pillow.Resampling.LANCZOS, reducing_gap=2.0)


def _check(number: int, count: int) -> None:
    if not 1 <= number <= count:
        raise RenderError(problem("page_unreadable", pages=number))


def _is_laid_out(media_type: str) -> bool:
    """Whether a kind has text without pages of its own, which the plain rendition shows."""
    return media_type in FORMATS and media_type != sniff.PDF and media_type not in image.MEDIA_TYPES


def _blocks(path: Path, media_type: str, limits: Limits) -> tuple[Block, ...]:
    guarded = sniff.sniff(path, "", limits)
    content = Content(media_type, problems=guarded.problems)
    if not guarded.problems:
        content = content_of(path, media_type, limits)
    fatal = [p for p in content.problems if p.code in REFUSED | UNREADABLE]
    if fatal:
        raise RenderError(fatal[0])
    return content.blocks


@lru_cache(maxsize=16)
def _font(path: str, pixels: int) -> Any:
    return ImageFont.truetype(path, pixels)


def _text_page(path: Path, media_type: str, number: int, width: int, font: str | None, limits: Limits) -> Any:
    if font is None or not Path(font).is_file():
        raise RenderError(problem("font_missing"))
    sheets = layout.lay_out(_blocks(path, media_type, limits))
    _check(number, len(sheets))
    scale = width / layout.WIDTH
    picture = Pillow.new("L", (width, round(layout.HEIGHT * scale)), 255)
    pen = ImageDraw.Draw(picture)
    for x0, y0, x1, y1 in sheets[number - 1].rules:
        pen.line((x0 * scale, y0 * scale, x1 * scale, y1 * scale), fill=150, width=max(1, round(scale * 0.6)))
    for run in sheets[number - 1].runs:
        letters = _font(font, max(4, round(run.size * scale)))
        pen.text((run.x * scale, run.y * scale), _shown(run.text), fill=0, font=letters)
    return picture


def _shown(line: str) -> str:
    """The line without characters that would reorder or hide what stands beside them."""
    return "".join(c if c.isprintable() else " " for c in line)
