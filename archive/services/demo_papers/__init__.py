"""Sample papers of our own making for the demonstration estate, drawn from the pack's own forms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

from archive.services.demo_papers import manual, typed
from archive.services.demo_papers.drawing import draw_form
from archive.services.demo_papers.forms import ScannedFile, scanned_files
from archive.services.demo_papers.paper import DPI
from schemas.model import Pack

__all__ = ["sample_papers"]

JPEG_QUALITY = 78
BLACK_BELOW = 175
"""Gray level below which an old black-and-white scanner saw ink."""
PRINTED_AT = time.gmtime(0)
"""Time stamp inside a PDF, so that the same paper is the same bytes."""


def sample_papers(pack: Pack, font: Path, year: int) -> Iterator[tuple[str, bytes]]:
    """File name and bytes of each sample, easy ones first; `year` is the present one.

    The same pack, font and year give the same bytes. Papers of types that the pack does not have are left out.
    """
    if "controlled_document" in pack.record_types:
        for revision in manual.revisions(year):
            yield revision.file_name, manual.word_file(revision, year)
    if "enquiry_record" in pack.record_types:
        yield "电话咨询.txt", typed.phone_enquiry(pack, year)
    if "notice" in pack.record_types:
        yield "停水通知.pdf", typed.printed_notice(year, font)
    for file in scanned_files(year):
        if all(form.type in pack.record_types for form in file.forms):
            yield file.name, _scanned(file, pack, font)


def _scanned(file: ScannedFile, pack: Pack, font: Path) -> bytes:
    """The file as the scanner wrote it; the name's suffix says the format."""
    images = [
        paper.scanned(file.scan)
        for form in file.forms
        for paper in draw_form(pack.record_types[form.type], form.filling, font, form.title)
    ]
    out = BytesIO()
    suffix = Path(file.name).suffix
    if suffix == ".pdf":
        rest = images[1:]
        images[0].save(
            out,
            "PDF",
            save_all=True,
            append_images=rest,
            resolution=DPI,
            creationDate=PRINTED_AT,
            modDate=PRINTED_AT,
        )
    elif suffix == ".tif":
        black = [_black_and_white(i) for i in images]
        black[0].save(
            out, "TIFF", save_all=True, append_images=black[1:], compression="group4", dpi=(DPI, DPI)
        )
    elif suffix == ".png":
        images[0].save(out, "PNG", dpi=(DPI, DPI), compress_level=1)
    else:
        images[0].save(out, "JPEG", quality=JPEG_QUALITY, dpi=(DPI, DPI))
    return out.getvalue()


def _black_and_white(image: Image.Image) -> Image.Image:
    return image.convert("L").point(lambda level: 255 if level >= BLACK_BELOW else 0).convert("1")
