"""Signatures, seals, ticks and struck entries on drawn pages. Lines are placed by hand: no recogniser."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageFont

from ingest.facts import Box, Line, Page, RecordFacts
from ingest.understand import understand
from schemas.model import FieldSpec, FieldType, Place
from tests.unit.ingest.drawing import Sheet
from tests.unit.ingest.understand.building import OWNER_SIGNS, day, kind, pack

pytestmark = pytest.mark.slow

GRADE = FieldSpec("grade", "违章性质", "Grade", FieldType.CHOICE, choices=("一般", "重大"), role="grade")
STAFF = Place("staff_signature", "经办人", "Staff", who="staff")
SEAL = Place("company_seal", "物业公司印章", "Seal", aliases=("甲方盖章",))
FORM = kind("form", "住户违章记录表", GRADE, day("发生日期"), signatures=(OWNER_SIGNS, STAFF), seals=(SEAL,))
REGISTER = kind(
    "register",
    "值班情况记录表",
    day("值班日期"),
    FieldSpec("time", "时间", "Time"),
    FieldSpec("what", "处理过程", "What"),
    FieldSpec("result", "结果", "Result"),
    form="register",
    dossier="register_quarter",
)
MODES = ["RGB", "L", "1"]


class Drawn(Sheet):
    """A sheet that remembers its lines as a recogniser would give them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def line(self, x: int, y: int, text: str, size: int = 26, read: str | None = None) -> Drawn:
        self.text(x, y, text, size)
        wide = ImageFont.truetype(self.font, size).getlength(text)
        width, height = self.image.size
        box = Box(1, x / width, (y + 0.15 * size) / height, (x + wide) / width, (y + 1.25 * size) / height)
        self.lines.append(Line(text if read is None else read, box, 0.98))
        return self

    def record(self, mode: str = "RGB", noise: float = 4) -> RecordFacts:
        pixels = self.pixels(mode=mode, noise=noise)
        text = "\n".join(line.text for line in self.lines)
        page = Page(1, tuple(self.lines), text, *self.image.size, origin="ocr")
        (record,) = understand([page], pack(FORM, REGISTER), lambda number: pixels)
        return record


def form() -> Drawn:
    drawn = Drawn().line(450, 100, "住户违章记录表", 44)
    drawn.line(120, 900, "业主签名:").line(500, 900, "2024年3月6日").line(760, 900, "经办人:")
    drawn.grid([100, 1140], [240, 420, 880, 960])
    return drawn


def signed(record: RecordFacts) -> dict[str, bool]:
    return {mark.place: mark.present for mark in record.signatures}


@pytest.mark.parametrize("mode", MODES)
def test_ink_beside_the_label_is_a_signature_and_an_underline_is_none(mode: str) -> None:
    drawn = form()
    drawn.scrawl(250, 892)
    drawn.draw.line((860, 934, 1050, 934), fill="black", width=2)
    record = drawn.record(mode)
    assert signed(record) == {"owner_signature": True, "staff_signature": False}
    assert "signature_missing" in [p.code for p in record.problems]
    mark = next(m for m in record.signatures if m.present)
    assert mark.box is not None
    assert mark.box.x0 < 300 / 1240 < mark.box.x1


def test_a_name_that_was_read_is_a_signature() -> None:
    drawn = form()
    drawn.line(860, 898, "王小明")
    assert signed(drawn.record()) == {"owner_signature": False, "staff_signature": True}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", [(400, 700), (900, 930), (620, 500)])
def test_a_round_seal_is_seen_over_text_and_lines(mode: str, place: tuple[int, int]) -> None:
    drawn = form()
    drawn.seal(*place)
    (mark,) = drawn.record(mode).seals
    assert (mark.place, mark.present) == ("company_seal", True)
    assert mark.box is not None
    assert mark.box.x0 < place[0] / 1240 < mark.box.x1


@pytest.mark.parametrize("mode", MODES)
def test_print_tables_photos_and_fingerprints_are_no_seals(mode: str) -> None:
    drawn = form()
    drawn.draw.ellipse((300, 885, 345, 945), fill=(215, 90, 90))
    drawn.draw.rectangle((900, 260, 1100, 410), fill=(150, 180, 200), outline="black")
    drawn.text(800, 180, "No.0000283", 30, colour="red")
    drawn.draw.line((100, 225, 1140, 225), fill="red", width=4)
    for i in range(6):
        drawn.grid([120 + 60 * i, 170 + 60 * i], [500, 540])
    record = drawn.record(mode)
    assert [m.present for m in record.seals] == [False]
    assert "seal_missing" in [p.code for p in record.problems]


@pytest.mark.parametrize("mode", MODES)
def test_a_stamp_with_its_own_frame_is_a_seal(mode: str) -> None:
    drawn = form()
    colour = (200, 40, 40)
    drawn.draw.rectangle((420, 600, 640, 680), outline=colour, width=3)
    drawn.text(440, 620, "复印件与原件一致", 22, colour="#c82828")
    assert [m.present for m in drawn.record(mode).seals] == [True]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("which", "grade"), [(0, "一般"), (1, "重大")])
def test_the_ticked_choice_is_found_even_where_boxes_were_not_read(mode: str, which: int, grade: str) -> None:
    drawn = form()
    drawn.line(120, 300, "违章性质")
    drawn.line(300, 300, "□一般违章 □重大违章", read="一般违章 重大违章")
    x = 300 + which * (5 * 26 + 6)
    drawn.draw.line([(x + 5, 318), (x + 12, 328), (x + 30, 300)], fill=(30, 40, 120), width=4)
    value = next(v for v in drawn.record(mode, noise=0).fields if v.code == "grade")
    assert value.value == grade


def test_without_any_tick_or_with_two_there_is_no_choice() -> None:
    for ticks in ((), (300, 436)):
        drawn = (
            form().line(120, 300, "违章性质").line(300, 300, "□一般违章 □重大违章", read="一般违章 重大违章")
        )
        for x in ticks:
            drawn.draw.line([(x + 5, 318), (x + 12, 328), (x + 30, 300)], fill="black", width=4)
        record = drawn.record()
        assert next(v for v in record.fields if v.code == "grade").value == ""
        assert "field_unclear" in [p.code for p in record.problems]


def entries(struck: bool) -> RecordFacts:
    drawn = Drawn().line(450, 100, "值班情况记录表", 44)
    xs, ys = [100, 300, 800, 1100], list(range(300, 541, 60))
    drawn.grid(xs, ys)
    for x, head in zip(xs, ("时间", "处理过程", "结果"), strict=False):
        drawn.line(x + 20, 312, head)
    for i, y in enumerate(ys[1:-1]):
        drawn.line(120, y + 12, f"1{i}:25").line(320, y + 12, "巡视大堂，情况正常").line(
            820, y + 12, "已完成"
        )
    if struck:
        drawn.draw.line((112, ys[2] + 31, 205, ys[2] + 29), fill=(30, 40, 120), width=3)
    return drawn.record()


def test_a_struck_entry_is_told() -> None:
    assert [p.details["entry"] for p in entries(True).problems if p.code == "altered"] == ["11:25"]
    assert "altered" not in [p.code for p in entries(False).problems]


def test_without_pictures_nothing_is_claimed_of_ink() -> None:
    page = Page(1, tuple(form().lines), "", 1240, 1754, origin="ocr")
    (record,) = understand([page], pack(FORM, REGISTER))
    assert not any(m.present for m in (*record.signatures, *record.seals))
    assert all(m.confidence <= 0.5 for m in (*record.signatures, *record.seals))


def test_an_odd_picture_does_no_harm() -> None:
    page = Page(1, tuple(form().lines), "", 1240, 1754, origin="ocr")
    for shape in ((1, 1), (3, 900), (900, 3), (40, 40, 3)):
        pixels = np.zeros(shape, np.uint8)
        (record,) = understand([page], pack(FORM, REGISTER), lambda number, pixels=pixels: pixels)
        assert record.type == "form"
