"""Page images of every kind of record, with the same pages that the facts count."""

from __future__ import annotations

import io
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from ingest import layout, render, sniff
from ingest.facts import Limits
from ingest.read import docx, text
from ingest.read.content import Block
from tests.unit.ingest.drawing import FONTS
from tests.unit.ingest.manuals import Manual
from tests.unit.ingest.test_pdf import scanned, typed

FONT = FONTS[0]


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "JPEG"
    return picture


def test_word_pages_are_those_of_the_facts(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "m.docx")
    pages = docx.read(path, Limits()).pages
    assert render.page_count(path, sniff.DOCX) == len(pages) == 3
    for number in range(1, 4):
        picture = opened(render.render_page(path, sniff.DOCX, number, 700, font=FONT))
        assert picture.size == (700, 991)
        assert numpy.asarray(picture).min() < 60


def test_text_pages_hold_every_line(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("\n".join(f"第{n}行：客服人员应在当日将处理结果告知业主。" for n in range(100)), "utf-8")
    assert render.page_count(path, sniff.TEXT) == 3
    assert opened(render.render_page(path, sniff.TEXT, 3, 600, font=FONT)).width == 600
    assert [len(page.lines) for page in text.read(path, Limits()).pages] == [42, 42, 16]


@pytest.mark.parametrize("width", [64, 600, 2000])
def test_pdf_and_images_keep_their_shape(tmp_path: Path, width: int) -> None:
    page = opened(render.render_page(typed(tmp_path / "t.pdf"), sniff.PDF, 1, width))
    assert page.size == (width, pytest.approx(width * 842 / 595, abs=2))
    Image.new("RGB", (300, 100), "white").save(tmp_path / "i.png")
    assert opened(render.render_page(tmp_path / "i.png", "image/png", 1, width)).size == (
        width,
        round(width / 3),
    )


def test_pixels_of_chosen_pages(tmp_path: Path) -> None:
    images = list(render.page_images(scanned(tmp_path / "s.pdf", pages=3), sniff.PDF, 100, [3, 1]))
    assert [image.shape for image in images] == [(1170, 827, 3)] * 2


@pytest.mark.parametrize(
    ("media_type", "page", "font", "code"),
    [
        (sniff.PDF, 9, FONT, "page_unreadable"),
        (sniff.PDF, 0, FONT, "page_unreadable"),
        (sniff.PPTX, 1, FONT, "kept_unreadable"),
        (sniff.DOC, 1, FONT, "damaged"),
        (sniff.TEXT, 1, None, "font_missing"),
        (sniff.TEXT, 1, "/nowhere/font.ttf", "font_missing"),
        ("image/png", 1, FONT, "damaged"),
    ],
)
def test_what_cannot_be_rendered_says_why(
    tmp_path: Path, media_type: str, page: int, font: str | None, code: str
) -> None:
    path = typed(tmp_path / "t.pdf")
    with pytest.raises(render.RenderError) as caught:
        render.render_page(path, media_type, page, 600, font=font)
    assert caught.value.problem.code == code


@pytest.mark.parametrize("width", [0, 7_000, -5])
def test_widths_have_bounds(tmp_path: Path, width: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        render.render_page(typed(tmp_path / "t.pdf"), sniff.PDF, 1, width)


BLOCKS = st.lists(
    st.builds(Block, st.just("paragraph"), st.text("业主abc 1\n\f\t", max_size=400), st.integers(0, 3))
    | st.builds(
        lambda rows: Block("table", "\n".join("\t".join(r) for r in rows), rows=tuple(map(tuple, rows))),
        st.lists(st.lists(st.text("管理处x\n", max_size=80), min_size=3, max_size=3), min_size=1, max_size=6),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(BLOCKS)
def test_no_line_is_lost_and_none_leaves_the_page(blocks: list[Block]) -> None:
    sheets = layout.lay_out(blocks)
    assert sheets
    expected = [
        line.strip()
        for b in blocks
        for line in (
            "\n".join("\t".join(c.replace("\n", " ") for c in r) for r in b.rows) if b.rows else b.text
        )
        .replace("\f", "\n")
        .split("\n")
        if line.strip()
    ]
    assert [line.strip() for sheet in sheets for line in sheet.lines] == expected
    for sheet in sheets:
        for run in sheet.runs:
            assert layout.TOP <= run.y <= layout.HEIGHT - layout.BOTTOM
            assert run.x + layout.width_of(run.text, run.size) <= layout.WIDTH - layout.LEFT + 2 * run.size


def test_the_grid_is_as_wide_as_the_letters() -> None:
    font = ImageFont.truetype(FONT, 100)
    for written in ("业主资料卡，物业服务中心。", "Owner file 3-1-201, 13800000123", "①房号：3栋"):
        assert font.getlength(written) / 100 <= layout.width_of(written, 1.0) * 1.06
