"""Scanned images and photographs: PNG, JPEG, HEIC, TIFF with any number of pages. Sizes are read from the header
before any decoding."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy
from PIL import Image as Pillow
from PIL import ImageOps

from ingest.facts import Limits, Page
from ingest.problems import problem
from ingest.read.content import Content, Image

MEDIA_TYPES = ("image/png", "image/jpeg", "image/tiff", "image/heic", "image/bmp", "image/gif", "image/webp")
_FORMATS = {kind: (kind.removeprefix("image/").upper(),) for kind in MEDIA_TYPES} | {
    "image/jpeg": ("JPEG", "MPO"),
    "image/heic": ("HEIF",),
}
_ORIENTATION = 0x0112
Pillow.MAX_IMAGE_PIXELS = (
    None  # our own limit is checked on the header of every frame, with a sentence of its own
)


def read(path: Path, limits: Limits, media_type: str) -> Content:
    """The pages of an image file; all of them wait for recognition. Animated images give their first
    frame."""
    if media_type == "image/heic":
        _know_heic()
    try:
        picture = Pillow.open(path, formats=_FORMATS[media_type])
        return _Reader(picture, media_type, limits).content()
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever they stumble over in a damaged file
        return Content(
            media_type, problems=(problem("damaged", reason=f"{type(error).__name__} {error}"[:120]),)
        )


@cache
def _know_heic() -> None:
    """Telephones' pictures; the first image alone, without thumbnails and depth maps, one thread."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


class _Reader:
    def __init__(self, picture: Any, media_type: str, limits: Limits) -> None:
        self.picture, self.media_type, self.limits = picture, media_type, limits
        self.frames: list[int] = []

    def content(self) -> Content:
        frames = getattr(self.picture, "n_frames", 1) if self.media_type == "image/tiff" else 1
        if frames > self.limits.pages:
            return self._only(problem("too_many_pages", pages=frames, limit=self.limits.pages))
        pages: list[Page] = []
        for frame in range(frames):
            self.picture.seek(frame)
            width, height = self.picture.size
            if width * height > self.limits.pixels:
                return self._only(
                    problem("too_many_pixels", width=width, height=height, limit=self.limits.pixels)
                )
            if self._reduced():
                continue
            if self._orientation() >= 5:
                width, height = height, width
            self.frames.append(frame)
            pages.append(Page(len(pages) + 1, (), "", width, height))
        return Content(
            self.media_type,
            tuple(pages),
            to_recognise=frozenset(page.number for page in pages),
            image=self.image,
            dpi=self.dpi,
            close=self.picture.close,
        )

    def _only(self, found: Any) -> Content:
        self.picture.close()
        return Content(self.media_type, problems=(found,))

    def _reduced(self) -> bool:
        """A thumbnail stored beside the page (TIFF NewSubfileType bit 0) is no page of its own."""
        tags = getattr(self.picture, "tag_v2", None)
        return bool(tags is not None and int(tags.get(254, 0)) & 1 and self.frames)

    def _orientation(self) -> int:
        try:
            return int(self.picture.getexif().get(_ORIENTATION, 1))
        except (OSError, ValueError, TypeError, SyntaxError):
            return 1

    def image(self, number: int) -> Image:
        """Page `number` upright as its orientation entry says. OSError: the pixels are damaged."""
        self.picture.seek(self.frames[number - 1])
        return to_array(ImageOps.exif_transpose(self.picture))

    def dpi(self, number: int) -> int | None:
        """Pixels per inch that the file states for the page, where the figure is believable."""
        self.picture.seek(self.frames[number - 1])
        stated = self.picture.info.get("dpi")
        try:
            value = round(float(stated[0]))
        except (TypeError, ValueError, IndexError, ZeroDivisionError):
            return None
        return value if 70 <= value <= 1300 else None


def to_array(picture: Any) -> Image:
    """A Pillow image as grey or RGB array of 8 bits; transparent parts become white paper."""
    if picture.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        values = numpy.asarray(picture, dtype=numpy.float64)
        top = values.max() if values.size else 1.0
        scale = 255 / (65535 if 255 < top <= 65535 else max(top, 255))
        return (values * scale).clip(0, 255).astype(numpy.uint8)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        colour = picture.convert("RGBA")
        paper = Pillow.new("RGBA", colour.size, "white")
        paper.alpha_composite(colour)
        picture = paper
    return numpy.asarray(picture.convert("L" if picture.mode in ("1", "L") else "RGB")).copy()
