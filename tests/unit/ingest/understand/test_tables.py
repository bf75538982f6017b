"""Ruled tables: empty cells, long entries, and the rows of registers."""

from __future__ import annotations

import numpy as np

from ingest.facts import Page, RecordFacts
from ingest.understand import understand
from ingest.understand.cells import grid_of
from schemas.model import FieldSpec
from tests.unit.ingest.understand.building import HOUSE, OWNER, PHONE, day, kind, line, pack, page, title
from tests.unit.ingest.understand.test_marks import Drawn

WORK = FieldSpec("work", "装修内容", "Work")
FORM = kind("renovation_application", "房屋装修申请表", OWNER, HOUSE, PHONE, WORK, day("申请日期"))
LIST = kind(
    "key_register",
    "钥匙领用登记表",
    HOUSE,
    OWNER,
    PHONE,
    day("领用日期"),
    form="register",
    dossier="register_quarter",
)


def drawn(*rows: tuple[str, str, str, str], tall: int = 70) -> Drawn:
    """A form of ruled rows of label, value, label, value; a value of two lines has a line feed."""
    sheet = Drawn().line(420, 100, "房屋装修申请表", 44)
    for number, row in enumerate(rows):
        for x, text in zip((110, 310, 660, 860), row, strict=True):
            for k, part in enumerate(text.split("\n")):
                if part:
                    sheet.line(x, 220 + number * tall + 10 + 28 * k, part, 24)
    edges = [215 + number * tall for number in range(len(rows) + 1)]
    sheet.grid([100, 300, 650, 850, 1160], edges)
    return sheet


def read(sheet: Drawn) -> RecordFacts:
    pixels = sheet.pixels(mode="L", noise=3)
    lines = tuple(sheet.lines)
    page_ = Page(1, lines, "\n".join(x.text for x in lines), *sheet.image.size, origin="ocr")
    (record,) = understand([page_], pack(FORM, LIST), lambda number: pixels)
    return record


def test_an_empty_cell_does_not_take_the_row_below() -> None:
    record = read(
        drawn(
            ("业主姓名", "", "房号", "3栋2单元1203"),
            ("联系电话", "13800000123", "申请日期", ""),
            ("装修内容", "厨房改造", "备注", "2024年3月6日前完工"),
        )
    )
    values = {v.code: v.value for v in record.fields}
    assert "owner" not in values
    assert record.owner is None
    assert values == {"house": "3-2-1203", "phone": "13800000123", "work": "厨房改造"}
    assert record.date is None


def test_an_entry_of_two_lines_is_whole() -> None:
    record = read(
        drawn(
            ("业主姓名", "李春明", "房号", "3-2-1203"),
            ("装修内容", "厨房、卫生间防水，\n更换入户门", "申请日期", "26/3/6"),
            ("联系电话", "13800000123", "备注", ""),
            tall=90,
        )
    )
    values = {v.code: v.value for v in record.fields}
    assert values["work"] == "厨房、卫生间防水，更换入户门"
    assert values["date"] == "2026-03-06"
    assert record.house == "3-2-1203"


def register(*rows: tuple[str, str, str, str], number: int = 1, head: bool = True) -> Page:
    lines = []
    if head:
        lines = [title("钥匙领用登记表", number)]
        lines += [line(x, 0.15, t, number) for x, t in zip((0.1, 0.35, 0.55, 0.75), HEADS, strict=True)]
    for k, row in enumerate(rows):
        lines += [
            line(x, 0.2 + 0.04 * k, t, number) for x, t in zip((0.1, 0.35, 0.55, 0.75), row, strict=True) if t
        ]
    return page(*lines, number=number)


HEADS = ("房号", "业主姓名", "联系电话", "领用日期")
ONE = ("3栋2单元1203", "李春明", "13800000123", "2024年3月6日")
TWO = ("5-602", "孙立新", "13800000216", "2024.3.7")
SAME = ("6-1-301", "周佳怡", "13800000110", "同上")


def test_each_row_of_a_register_is_an_entry_with_its_place() -> None:
    (record,) = understand([register(ONE, TWO, SAME)], pack(FORM, LIST))
    houses = {v.row: v.value for v in record.rows if v.code == "house"}
    assert houses == {1: "3-2-1203", 2: "5-602", 3: "6-1-301"}
    dates = {v.row: v.value for v in record.rows if v.code == "date"}
    assert dates == {1: "2024-03-06", 2: "2024-03-07", 3: "2024-03-07"}
    assert all(v.box is not None and 0 < v.confidence <= 1 for v in record.rows)
    assert record.house is None
    assert record.owner is None


def test_a_register_of_one_row_is_about_its_household() -> None:
    (record,) = understand([register(ONE)], pack(FORM, LIST))
    assert record.house == "3-2-1203"
    assert record.owner == "李春明"


def test_a_row_whose_house_is_unreadable_still_counts_as_another_household() -> None:
    (record,) = understand([register(ONE, ("？？", "孙立新", "", ""))], pack(FORM, LIST))
    assert record.house is None


def test_a_page_without_a_head_goes_on_with_the_table() -> None:
    pages = [register(ONE), register(TWO, SAME, number=2, head=False)]
    (record,) = understand(pages, pack(FORM, LIST))
    assert {v.row: v.value for v in record.rows if v.code == "house"} == {
        1: "3-2-1203",
        2: "5-602",
        3: "6-1-301",
    }


def test_rulings_with_gaps_and_a_slant_still_enclose_cells() -> None:
    marks = np.zeros((700, 1000), np.uint8)
    for y in (100, 180, 260):
        for x in range(100, 900):
            marks[y + x // 80 : y + x // 80 + 2, x] = 255
    for x in (100, 500, 898):
        marks[100 + x // 80 : 262 + x // 80, x : x + 2] = 255
    marks[:, 300:306] = 0
    grid = grid_of(marks)
    assert len(grid.cells) == 4
    left = grid.at(0.3, 0.14)
    assert left is not None
    right = grid.right_of(left, 0.14)
    assert right is not None
    assert right.x0 > 0.49
    under = grid.below(left)
    assert under is not None
    assert under.y0 > 0.17
    assert grid.at(0.95, 0.14) is None


def test_a_register_scanned_in_parts_tells_what_came_twice_and_what_lies_between() -> None:
    def numbered(printed: int, number: int) -> Page:
        whole = register(ONE, TWO, number=number)
        return page(*whole.lines, line(0.4, 0.95, f"第{printed}页 共9页", number), number=number)

    pages = [numbered(1, 1), page(number=2, blank=True), numbered(1, 3), numbered(4, 4)]
    records = understand(pages, pack(FORM, LIST))
    codes = [{p.code for p in r.problems} for r in records]
    assert len(records) == 2
    assert "pages_double" not in codes[0]
    assert "pages_double" in codes[1]
