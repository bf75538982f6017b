"""What every text recogniser must do. An adapter's tests bring the fixture `engine`.

Pages are drawn at run time, with rulings, in both scripts, turned, askew, gray and bilevel.
"""

from __future__ import annotations

import numpy as np
import pytest

from ingest.facts import Page
from ingest.ocr import recognise
from ingest.ocr.engine import Engine
from tests.unit.ingest.drawing import Sheet

CLAUSES = (
    "第一条 甲方应当按照约定向乙方提供物业服务，乙方按时交纳费用。",
    "第二条 客服人员接到业主来电后应当如实登记，并于当日告知处理结果。",
    "第三条 装修施工应当在规定的时间内进行，不得影响其他住户休息。",
    "第四条 本协议一式两份，双方签字盖章后生效，各执一份。",
)
CLAUSES_TRADITIONAL = (
    "第一條 甲方應當按照約定向乙方提供物業服務，乙方按時交納費用。",
    "第二條 客服人員接到業主來電後應當如實登記，並於當日告知處理結果。",
    "第三條 裝修施工應當在規定的時間內進行，不得影響其他住戶休息。",
    "第四條 本協議一式兩份，雙方簽字蓋章後生效，各執一份。",
)


def form(clauses: tuple[str, ...] = CLAUSES) -> Sheet:
    """A title, a table of two rows, four clauses over and over."""
    sheet = Sheet().title("物业服务协议").grid([100, 330, 620, 820, 1140], [260, 330, 400])
    sheet.text(120, 278, "业主姓名").text(350, 278, "李春明").text(640, 278, "联系电话").text(
        840, 278, "13800000123"
    )
    for number in range(12):
        sheet.text(120, 480 + 62 * number, clauses[number % len(clauses)])
    return sheet


def misses(page: Page, clauses: tuple[str, ...] = CLAUSES) -> float:
    """Share of the clauses' characters that the page's text has too few of, punctuation left out."""
    wanted = [c for number in range(12) for c in clauses[number % len(clauses)] if c.isalnum()]
    read = page.text
    missing = sum(max(0, wanted.count(c) - read.count(c)) for c in set(wanted))
    return missing / len(wanted)


class RecogniserContract:
    """A page in, a page with text, places and confidences out."""

    worst = 0.02
    """Share of characters that may be missed on a clean page; each engine says its own."""

    @pytest.mark.parametrize("mode", ["RGB", "L", "1"])
    def test_a_page_is_read_in_colour_gray_and_bilevel(self, engine: Engine, mode: str) -> None:
        page = recognise(form().pixels(mode=mode), 150, number=4, engine=engine)
        assert misses(page) <= self.worst, page.text
        assert "13800000123" in page.text.replace(" ", "")
        assert (page.number, page.origin, page.turned, page.blank) == (4, "ocr", 0, False)

    def test_traditional_script(self, engine: Engine) -> None:
        page = recognise(form(CLAUSES_TRADITIONAL).pixels(), 150, engine=engine)
        assert misses(page, CLAUSES_TRADITIONAL) <= 2 * self.worst, page.text

    @pytest.mark.parametrize(("turned", "skew"), [(90, 0.0), (180, -1.5), (270, 0.8), (0, 2.5)])
    def test_turns_and_skew_are_undone(self, engine: Engine, turned: int, skew: float) -> None:
        page = recognise(form().pixels(turned, skew, noise=4, mode="L"), 150, engine=engine)
        assert page.turned == turned
        assert page.skew == pytest.approx(skew, abs=0.3)
        assert misses(page) <= 2 * self.worst, page.text
        assert page.width < page.height

    def test_boxes_are_fractions_over_the_text(self, engine: Engine) -> None:
        page = recognise(form().pixels(), 150, engine=engine)
        for line in page.lines:
            box = line.box
            assert box is not None
            assert 0 <= box.x0 < box.x1 <= 1
            assert 0 <= box.y0 < box.y1 <= 1
            assert 0 <= line.confidence <= 1
        phone = next(line.box for line in page.lines if "13800000123" in line.text.replace(" ", ""))
        assert phone is not None
        assert phone.x0 < 900 / 1240 < phone.x1
        assert phone.y0 < 290 / 1754 < phone.y1
        assert phone.y1 - phone.y0 < 0.05

    def test_cells_of_a_table_are_pieces_of_their_own(self, engine: Engine) -> None:
        page = recognise(form().pixels(), 150, engine=engine)
        row = next(text for text in page.text.split("\n") if "13800000123" in text)
        assert row.count("\t") >= 3, row

    @pytest.mark.parametrize("mode", ["RGB", "1"])
    def test_an_empty_page_has_no_text(self, engine: Engine, mode: str) -> None:
        page = recognise(Sheet().pixels(skew=0.5, noise=3, mode=mode), 150, engine=engine)
        assert page.blank
        assert page.lines == ()

    def test_what_is_no_text_is_no_error(self, engine: Engine) -> None:
        noise = np.random.default_rng(1).integers(0, 255, (900, 700), dtype=np.uint8)
        for strange in (noise, np.zeros((600, 400), np.uint8), np.full((40, 3000, 3), 90, np.uint8)):
            page = recognise(strange, engine=engine)
            assert all(0 <= line.confidence <= 1 for line in page.lines)

    def test_nothing_is_kept_between_pages(self, engine: Engine) -> None:
        pixels = form().pixels(mode="L")
        first = recognise(pixels, 150, engine=engine)
        recognise(form(CLAUSES_TRADITIONAL).pixels(180), 150, engine=engine)
        assert recognise(pixels, 150, engine=engine) == first
