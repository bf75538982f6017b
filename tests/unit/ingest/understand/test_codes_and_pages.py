"""Cover sheets, codes on forms, page numbers, papers of one house."""

from __future__ import annotations

from dataclasses import replace

from ingest.barcode import Slip, slip_text
from ingest.facts import Page
from ingest.understand import understand
from tests.unit.ingest.understand.building import line, pack, page, title


def plain(number: int, *texts: str) -> Page:
    lines = [line(0.1, 0.2 + 0.04 * i, text, number) for i, text in enumerate(texts)]
    return page(*lines, number=number)


def coded(sheet: Page, slip: Slip) -> Page:
    return replace(sheet, codes=(slip_text(slip),))


def test_a_cover_sheet_names_the_papers_behind_it() -> None:
    cover = Page(
        1, (), "", 1653, 2339, origin="ocr", codes=(slip_text(Slip("cover", "id_copy", "3-2-1203")),)
    )
    other = Page(4, (), "", 1653, 2339, origin="ocr", codes=(slip_text(Slip("cover", "", "A-905")),))
    card = page(title("业主资料卡", 5), line(0.1, 0.2, "业主姓名：李春明", 5), number=5)
    records = understand([cover, plain(2, "随便什么"), plain(3, "还有一页"), other, card], pack())
    assert [(r.type, r.pages, r.house) for r in records] == [
        ("id_copy", (2, 3), "3-2-1203"),
        ("owner_card", (5,), "A-905"),
    ]
    assert next(v for v in records[0].fields if v.code == "house").origin == "qr"


def test_a_code_that_the_page_contradicts_leaves_it_to_a_person() -> None:
    card = page(
        title("业主资料卡"), line(0.1, 0.2, "房号：3栋2单元1203"), line(0.1, 0.25, "业主姓名：李春明")
    )
    (record,) = understand([coded(card, Slip("form", "house_inspection", "3-2-1203"))], pack())
    assert record.type is None
    assert record.problems[0].code == "code_contradicts"
    (record,) = understand([coded(card, Slip("form", "owner_card", "8-203"))], pack())
    assert (record.type, record.house) == ("owner_card", "3-2-1203")
    assert record.problems[0].code == "code_contradicts"


def test_pages_of_a_printed_form_belong_together_by_their_codes() -> None:
    slip = Slip("form", "safety_pledge", "A-905", 1, 2, "0042")
    pages = [
        coded(plain(1, "本人承诺"), slip),
        coded(plain(2, "继续"), replace(slip, page=2)),
        plain(3, "别的"),
    ]
    records = understand(pages[:2], pack())
    assert [(r.type, r.pages, r.house) for r in records] == [("safety_pledge", (1, 2), "A-905")]


def register(number: int, printed: int, of: int) -> Page:
    return page(
        title("回访记录表", number),
        line(0.1, 0.2, "回访日期：2024-04-19", number),
        line(0.4, 0.95, f"第{printed}页 共{of}页", number),
        number=number,
    )


def codes_of(*printed: int, of: int = 4) -> list[str]:
    (record,) = understand([register(i, n, of) for i, n in enumerate(printed, 1)], pack())
    assert record.pages == tuple(range(1, len(printed) + 1))
    return [p.code for p in record.problems if p.code.startswith("pages_")]


def test_gaps_are_found() -> None:
    assert codes_of(1, 2, 3, 4) == []
    assert codes_of(1, 2, 4) == ["pages_missing"]


def test_double_and_disordered_pages_are_found() -> None:
    assert codes_of(1, 2, 2, 3, 4) == ["pages_double"]
    assert codes_of(1, 3, 2, 4) == ["pages_out_of_order"]


def test_papers_of_one_house_agree_on_the_owner() -> None:
    def paper(number: int, owner: str) -> Page:
        texts = [line(0.1, 0.2, "房号：A座1801", number)]
        if owner:
            texts.append(line(0.1, 0.25, f"业主姓名：{owner}", number))
        return page(title("业主验房单", number), *texts, number=number)

    def owners(*names: str) -> list[str | None]:
        return [r.owner for r in understand([paper(i, name) for i, name in enumerate(names, 1)], pack())]

    assert owners("陈立新", "陈立新", "陈立浙", "") == ["陈立新"] * 4
    assert owners("陈立新", "") == ["陈立新", "陈立新"]
    assert owners("陈立新", "李四光", "") == ["陈立新", "李四光", None]
