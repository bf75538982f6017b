"""Pages of text become records: what they are, whose they are, and from when."""

from __future__ import annotations

from datetime import date

from ingest.understand import understand
from tests.unit.ingest.understand.building import line, pack, page, text_page, title


def card(number: int = 1, house: str = "3栋2单元1203", heading: str = "业主资料卡"):  # type: ignore[no-untyped-def]
    return page(
        line(0.4, 0.04, "样本花园管理处", number),
        title(heading, number),
        line(0.1, 0.15, "业主姓名", number),
        line(0.25, 0.15, "李春明", number),
        line(0.55, 0.15, "房 号", number),
        line(0.68, 0.151, house, number),
        line(0.1, 0.2, "联系电话", number),
        line(0.25, 0.2, "138O0000123", number),
        line(0.55, 0.2, "入住日期2024年3月6日", number),
        line(0.1, 0.5, "业主签名：李春明", number),
        line(0.4, 0.5, "2024年3月8日", number),
        number=number,
    )


def test_a_form_is_named_and_read() -> None:
    (record,) = understand([card()], pack())
    assert record.type == "owner_card"
    assert record.type_confidence > 0.95
    assert record.pages == (1,)
    assert record.house == "3-2-1203"
    assert record.owner == "李春明"
    assert record.date == date(2024, 3, 6)
    phone = next(v for v in record.fields if v.code == "phone")
    assert phone.value == "13800000123"
    assert phone.written == "138O0000123"
    assert phone.box is not None
    assert phone.origin == "ocr"


def test_a_misread_title_and_the_other_script_still_name_the_type() -> None:
    for heading in ("业主资科卡", "業主資料卡", "《业主资料卡》"):
        (record,) = understand([card(heading=heading)], pack())
        assert record.type == "owner_card", heading


def test_a_form_with_an_unknown_title_is_left_to_a_person() -> None:
    (record,) = understand([card(heading="租户入住意见征询单")], pack())
    assert record.type is None
    assert record.house == "3-2-1203"
    assert record.owner == "李春明"


def test_each_title_begins_a_record_and_blank_sheets_belong_to_none() -> None:
    pages = [card(1), page(number=2, blank=True), card(3, heading="业主验房单"), card(4)]
    records = understand(pages, pack())
    assert [(r.type, r.pages) for r in records] == [
        ("owner_card", (1,)),
        ("house_inspection", (3,)),
        ("owner_card", (4,)),
    ]


def test_an_agreement_goes_on_over_pages() -> None:
    first = page(
        title("前期物业管理服务协议"),
        line(0.1, 0.12, "乙方(业主)：_李春明_"),
        line(0.5, 0.12, "联系电话：13800000123"),
        line(0.1, 0.15, "乙方房屋：3栋2单元1203"),
        line(0.1, 0.8, "第九条 乙方应当按时交纳费用。"),
        line(0.4, 0.95, "第1页 共2页"),
    )
    second = page(
        line(0.1, 0.1, "第十条 本协议一式两份。", 2),
        line(0.6, 0.4, "乙方(业主):", 2),
        line(0.6, 0.45, "签字：李春明", 2),
        line(0.6, 0.5, "2024年3月6日", 2),
        line(0.4, 0.95, "第2页 共2页", 2),
        number=2,
    )
    (record,) = understand([first, second], pack())
    assert (record.type, record.pages) == ("service_agreement", (1, 2))
    assert (record.house, record.owner, record.date) == ("3-2-1203", "李春明", date(2024, 3, 6))


def test_pages_of_a_register_stay_together() -> None:
    def register(number: int, of: int, printed: int):  # type: ignore[no-untyped-def]
        return page(
            title("回访记录表", number),
            line(0.1, 0.15, "日期", number),
            line(0.2, 0.15, "房号", number),
            line(0.4, 0.15, "业主姓名", number),
            line(0.1, 0.18, "4/19", number),
            line(0.2, 0.18, "A座0905", number),
            line(0.4, 0.18, "孙明", number),
            line(0.1, 0.21, "4/20", number),
            line(0.2, 0.21, "8幢-203", number),
            line(0.4, 0.21, "徐燕", number),
            line(0.4, 0.95, f"第{printed}页 共{of}页", number),
            number=number,
        )

    (record,) = understand([register(1, 6, 1), register(2, 6, 2), register(3, 6, 4)], pack())
    assert record.pages == (1, 2, 3)
    assert record.register_page == (1, 6)
    assert record.house is None
    assert record.owner is None


def test_a_page_without_title_is_named_by_what_it_prints() -> None:
    copy = page(
        line(0.2, 0.2, "姓名"),
        line(0.3, 0.2, "李春明"),
        line(0.2, 0.3, "公民身份号码"),
        line(0.4, 0.3, "990273196808260990"),
        line(0.2, 0.5, "签发机关"),
        line(0.4, 0.5, "样本公安分局"),
    )
    (record,) = understand([copy], pack())
    assert record.type == "id_copy"
    assert record.type_confidence < understand([card()], pack())[0].type_confidence
    assert record.owner == "李春明"


def test_born_digital_text_is_read_by_cells_and_colons() -> None:
    (record,) = understand(
        [
            text_page(
                "业主资料卡\n业主姓名\t李春明\t房号\t3-2-1203\n"
                "联系电话：13800000123 入住日期：2024.3.6\n业主签名："
            )
        ],
        pack(),
    )
    assert record.type == "owner_card"
    assert (record.house, record.owner, record.date) == ("3-2-1203", "李春明", date(2024, 3, 6))
    assert all(v.box is None and v.origin == "text" for v in record.fields)


def test_nothing_comes_of_nothing() -> None:
    assert understand([], pack()) == ()
    assert understand([page(blank=True)], pack()) == ()


def test_a_last_page_with_nothing_but_signatures_belongs_to_what_was_before() -> None:
    first = page(
        title("前期物业管理服务协议"), line(0.1, 0.15, "乙方：李春明"), line(0.4, 0.95, "第1页 共2页")
    )
    last = page(
        line(0.4, 0.06, "业主签名：李春明", 2),
        line(0.4, 0.1, "2024年3月8日", 2),
        line(0.38, 0.2, "供热单位印章：", 2, size=0.02),
        number=2,
    )
    (record,) = understand([first, last], pack())
    assert record.pages == (1, 2)
