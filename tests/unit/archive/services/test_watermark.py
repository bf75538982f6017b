"""A watermark has to be seen: on white paper each part of a page is visibly darker somewhere."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from archive.services.watermark import watermark
from archive.web.assets import font_path

WHITE = 255
SEEN = 20
"""Steps of 255 between paper and mark that a person still sees at a glance."""


def page(width: int = 1000, height: int = 1414) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "JPEG")
    return out.getvalue()


def test_every_part_of_the_page_is_marked_visibly() -> None:
    marked = watermark(page(), ("林小雨", "2026-11-23 15:06 UTC", "8GYVZNP9"), font_path())
    picture = Image.open(BytesIO(marked)).convert("L")
    assert picture.size == (1000, 1414)
    for row in range(4):
        for column in range(3):
            part = picture.crop((column * 333, row * 353, (column + 1) * 333, (row + 1) * 353))
            assert WHITE - part.getextrema()[0] >= SEEN, (row, column)


def test_the_page_stays_readable() -> None:
    picture = Image.open(BytesIO(watermark(page(), ("林小雨",), font_path()))).convert("L")
    assert picture.getextrema()[0] > 128
