"""A watermark that survives a screenshot: reader, time and grant, slanted over the whole page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ALPHA = 52
"""Of 255: plain to see on paper white and over print, while the page stays readable."""
ANGLE = 28
QUALITY = 82


@lru_cache(maxsize=8)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def watermark(jpeg: bytes, lines: Sequence[str], font: Path) -> bytes:
    """`jpeg` with `lines` repeated across it; the same size in pixels. Raises OSError for a broken picture."""
    page = Image.open(BytesIO(jpeg)).convert("RGB")
    stamp = _stamp("  ".join(line for line in lines if line), max(16, page.width // 45), str(font))
    layer = Image.new("L", page.size, 0)
    step_x, step_y = int(stamp.width * 0.95), max(stamp.height, page.height // 7)
    for row, y in enumerate(range(-stamp.height // 2, page.height, step_y)):
        for x in range(-(row % 2) * step_x // 2, page.width, step_x):
            layer.paste(ALPHA, (x, y), stamp)
    page.paste((120, 20, 30), (0, 0), layer)
    out = BytesIO()
    page.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def turned_back(jpeg: bytes, degrees: int) -> bytes:
    """`jpeg` turned counter-clockwise by a multiple of 90 degrees."""
    out = BytesIO()
    Image.open(BytesIO(jpeg)).rotate(degrees, expand=True).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


@lru_cache(maxsize=64)
def _stamp(text: str, size: int, font: str) -> Image.Image:
    face = _font(font, size)
    left, top, right, bottom = face.getbbox(text)
    flat = Image.new("L", (int(right - left) + size, int(bottom - top) + size), 0)
    ImageDraw.Draw(flat).text((size // 2 - left, size // 2 - top), text, fill=255, font=face)
    return flat.rotate(ANGLE, expand=True, resample=Image.Resampling.BICUBIC)
