"""The part of a scan batch that became one record: a file of its own that carries only its own pages."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image as Pillow
from PIL import ImageSequence

from ingest import sniff
from ingest.problems import problem
from ingest.render import RenderError


def extract(path: Path, media_type: str, pages: Sequence[int]) -> bytes:
    """`pages` (from 1) of a PDF or TIFF as a file of the same kind. RenderError: it cannot be taken apart.

    PDF pages keep their images byte for byte; TIFF frames keep their pixels, resolution and compression.
    """
    if media_type == sniff.PDF:
        return _pdf(path, pages)
    if media_type in ("image/tiff", "image/tif"):
        return _tiff(path, pages)
    raise RenderError(problem("kept_unreadable", actual=sniff.name_of(media_type)))


def _pdf(path: Path, pages: Sequence[int]) -> bytes:
    try:
        source = pypdfium2.PdfDocument(str(path))
        part = pypdfium2.PdfDocument.new()
        part.import_pages(source, [number - 1 for number in pages])
    except pypdfium2.PdfiumError as error:
        raise RenderError(problem("damaged", reason="PDF 结构读不出")) from error
    out = io.BytesIO()
    part.save(out)
    part.close()
    source.close()
    return out.getvalue()


def _tiff(path: Path, pages: Sequence[int]) -> bytes:
    wanted = set(pages)
    with Pillow.open(path) as scan:
        kept = [
            (frame.copy(), frame.info.get("compression"), frame.info.get("dpi"))
            for number, frame in enumerate(ImageSequence.Iterator(scan), start=1)
            if number in wanted
        ]
    if not kept:
        raise RenderError(problem("page_unreadable", pages=min(wanted)))
    frames = [frame for frame, _, _ in kept]
    _, compression, dpi = kept[0]
    known = (
        {"compression": compression} if compression in ("group4", "tiff_lzw", "tiff_adobe_deflate") else {}
    )
    resolution = {"dpi": dpi} if dpi else {}
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], **known, **resolution)
    return out.getvalue()
