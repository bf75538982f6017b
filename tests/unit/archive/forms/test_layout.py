"""Every record type prints as a form on which everything stands within the paper and nothing on top of another."""

from __future__ import annotations

import pytest

from archive.domain.forms import Code, Frame, Print, Rule, Sheet, Words, lay_out
from archive.domain.forms.elements import ems
from schemas import load_pack
from schemas.model import RecordType

PACK = load_pack()
SAID = Print(
    {"owner": "示例一", "house": "3栋2单元1203"},
    "测试苑",
    "3栋2单元1203",
    "2026年3月6日",
    "一式两联 · 第一联：部门留存",
    "K7Q29MXA",
    "依据：004 回访 4.2",
    "填写后请交客服中心扫描归档。",
)
EACH_TYPE = pytest.mark.parametrize("kind", PACK.record_types.values(), ids=lambda k: k.code)


def corners(element: Words | Rule | Frame | Code) -> tuple[float, float, float, float]:
    match element:
        case Words():
            end = element.x + ems(element.text) * element.size
            return element.x, element.y, end, element.y + element.size
        case Code():
            return element.x, element.y, element.x + element.side, element.y + element.side
        case _:
            return element.x0, element.y0, element.x1, element.y1


@EACH_TYPE
def test_everything_stands_on_the_paper_and_clear_of_the_codes(kind: RecordType) -> None:
    for sheet in lay_out(kind, SAID):
        codes = [corners(e) for e in sheet.printed if isinstance(e, Code)]
        assert len(codes) == 2
        for element in sheet.printed:
            x0, y0, x1, y1 = corners(element)
            assert min(x0, y0) >= 6, element
            assert x1 <= sheet.width - 6, element
            assert y1 <= sheet.height - 6, element
            for cx0, cy0, cx1, cy1 in codes if not isinstance(element, Code) else ():
                near = x0 < cx1 and x1 > cx0 and y0 < cy1 and y1 > cy0
                assert not near, f"{element} runs into a code"


@EACH_TYPE
def test_every_field_and_place_can_be_written_on(kind: RecordType) -> None:
    sheets = lay_out(kind, SAID)
    slots = {slot.code for sheet in sheets for slot in sheet.slots}
    wanted = {f.code for f in kind.fields if f.code not in ("number", "page_number") and f.role != "number"}
    places = {p.code for p in kind.signatures}
    seals = {p.code for p in kind.seals} if kind.kind != "register" else set()
    assert wanted | places | seals <= slots


@EACH_TYPE
def test_cells_do_not_overlap(kind: RecordType) -> None:
    for sheet in lay_out(kind, SAID):
        slots = sorted(sheet.slots, key=lambda s: (s.y0, s.x0))
        for i, one in enumerate(slots):
            for other in slots[i + 1 :]:
                apart = (
                    one.x1 <= other.x0 + 0.01
                    or other.x1 <= one.x0 + 0.01
                    or one.y1 <= other.y0 + 0.01
                    or other.y1 <= one.y0 + 0.01
                )
                assert apart, f"{one} and {other}"


def test_a_register_of_many_rows_takes_many_sheets() -> None:
    kind = PACK.record_types["key_loan_register"]
    sheets = lay_out(kind, Print(serial="K7Q29MXA", rows=40))
    rows = {slot.row for sheet in sheets for slot in sheet.slots if slot.kind == "signature"}
    assert len(sheets) > 1
    assert rows == set(range(40))


def texts(sheet: Sheet) -> list[str]:
    return [e.text for e in sheet.printed if isinstance(e, Words)]


def test_each_sheet_says_which_of_how_many_it_is() -> None:
    kind = PACK.record_types["complaint_form"]
    sheets = lay_out(kind, SAID)
    for number, sheet in enumerate(sheets, start=1):
        assert f"第{number}页 共{len(sheets)}页" in texts(sheet)


def test_a_choice_that_is_known_is_ticked() -> None:
    kind = PACK.record_types["violation_record"]
    plain = lay_out(kind, Print(serial="K7Q29MXA"))
    ticked = lay_out(kind, Print({"grade": "重大"}, serial="K7Q29MXA"))
    assert len(ticked[0].printed) == len(plain[0].printed) + 2
