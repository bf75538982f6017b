"""Drawn pages in, text with places out: turned, askew, noisy, colour, gray and bilevel."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.ocr import recognise, upright
from ingest.ocr.straighten import content, skew_of, to_gray, to_page
from tests.unit.ingest.drawing import Sheet

pytestmark = pytest.mark.slow

LINES = ("业主姓名", "李春明", "联系电话", "13800000123", "房号", "3栋2单元1203")


def owner_form() -> Sheet:
    sheet = Sheet().title("业主资料卡").grid([100, 300, 620, 820, 1140], [260, 330, 400])
    sheet.text(120, 278, "业主姓名").text(330, 278, "李春明").text(640, 278, "联系电话").text(
        840, 278, "13800000123"
    )
    sheet.text(120, 348, "房号").text(330, 348, "3栋2单元1203")
    for i in range(8):
        sheet.text(120, 480 + 60 * i, f"第{i + 1}条 甲方应当按照约定向乙方提供物业服务，乙方按时交纳费用。")
    return sheet


@pytest.mark.parametrize(
    ("turned", "skew", "mode"),
    [(0, 0.0, "RGB"), (90, 1.4, "L"), (180, -2.0, "1"), (270, 0.6, "RGB"), (180, 3.5, "L")],
)
def test_a_page_is_turned_upright_straightened_and_read(turned: int, skew: float, mode: str) -> None:
    page = recognise(owner_form().pixels(turned, skew, noise=6, mode=mode), number=3)
    assert page.turned == turned
    assert page.skew == pytest.approx(skew, abs=0.25)
    assert not page.blank
    assert page.origin == "ocr"
    for text in (*LINES, "业主资料卡"):
        assert text in page.text.replace("\t", "\n").split("\n"), page.text
    assert all(line.box is not None and line.box.page == 3 and line.confidence > 0.5 for line in page.lines)


def test_boxes_lie_over_the_text_and_lines_follow_the_page() -> None:
    page = recognise(owner_form().pixels(), dpi=150)
    texts = [line.text for line in page.lines]
    assert texts[0] == "业主资料卡"
    assert texts[1:7] == ["业主姓名", "李春明", "联系电话", "13800000123", "房号", "3栋2单元1203"]
    box = page.lines[2].box
    assert box is not None
    assert box.x0 < 340 / 1240 < box.x1
    assert box.y0 < 292 / 1754 < box.y1


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_an_empty_sheet_is_blank(mode: str) -> None:
    sheet = Sheet()
    for x, y in ((300, 400), (900, 1200), (610, 80)):
        sheet.draw.ellipse((x, y, x + 3, y + 3), fill="gray")
    page = recognise(sheet.pixels(skew=0.8, noise=4, mode=mode))
    assert page.blank
    assert page.lines == ()


def test_characters_one_under_another_are_read_as_one_line() -> None:
    sheet = owner_form()
    for i, character in enumerate("当事人意见"):
        sheet.text(120, 1000 + 29 * i, character, 26)
    last = recognise(sheet.pixels()).text.splitlines()[-1]
    assert len(last) == 5
    assert sum(a == b for a, b in zip(last, "当事人意见", strict=True)) >= 4  # one character may be misread


def test_what_is_no_image_is_refused() -> None:
    for wrong in (np.zeros((0, 5), np.uint8), np.zeros((5, 5), np.float64), np.zeros(5, np.uint8)):
        with pytest.raises(ValueError, match="not a page image"):
            recognise(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("skew", [-4.0, -1.3, 0.0, 0.4, 2.2])
def test_skew_is_found_and_undone(skew: float) -> None:
    pixels = owner_form().pixels(skew=skew)
    found = skew_of(to_gray(pixels))
    assert found == pytest.approx(skew, abs=0.15)
    assert skew_of(to_gray(upright(pixels, 0, found))) == pytest.approx(0, abs=0.15)


def test_upright_keeps_every_corner() -> None:
    black = np.zeros((400, 300), np.uint8)
    black[:12, :12] = 255
    turned = upright(black, 90, 0.0)
    assert turned.shape == (300, 400)
    assert upright(black, 0, 3.0).shape > black.shape


def test_content_spares_the_empty_margin() -> None:
    area = content(to_gray(owner_form().pixels()))
    assert area is not None
    x0, y0, x1, y1 = area
    assert 60 < x0 < 110
    assert 80 < y0 < 130
    assert 1100 < x1 < 1200
    assert 900 < y1 < 1000


@pytest.mark.parametrize(("turned", "skew"), [(0, 0.0), (90, 0.0), (180, 2.0), (270, -1.5), (90, 3.0)])
def test_points_of_the_upright_page_lead_back_to_the_stored_one(turned: int, skew: float) -> None:
    stored = np.full((300, 200), 255, np.uint8)
    stored[120:123, 60:63] = 0
    straight = upright(stored, turned, skew)
    y, x = (float(v) for v in np.argwhere(straight < 100).mean(axis=0))
    assert to_page(x, y, stored, turned, skew) == pytest.approx((61, 121), abs=1.5)


def test_a_big_sheet_with_small_print_is_read_at_its_own_size() -> None:
    sheet = Sheet(width=2480, height=1754).title("空置房登记表")
    for row in range(20):
        for column in range(4):
            sheet.text(120 + 600 * column, 260 + 60 * row, f"{row + 1}栋{column + 1}单元0{row % 9 + 1}02", 19)
    text = recognise(sheet.pixels(), dpi=150).text
    assert sum(f"{r + 1}栋{c + 1}单元0{r % 9 + 1}02" in text for r in range(20) for c in range(4)) >= 78
