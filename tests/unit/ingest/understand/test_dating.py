"""Which of the dates on a page is the record's own."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.facts import Line
from ingest.understand import understand
from schemas.model import FieldSpec, FieldType
from tests.unit.ingest.understand.building import (
    HOUSE,
    OWNER,
    OWNER_SIGNS,
    day,
    kind,
    line,
    pack,
    page,
    title,
)

FORM = kind(
    "form",
    "装修申请表格",
    OWNER,
    HOUSE,
    FieldSpec("start", "开工日期", "Start", FieldType.DATE),
    day("日期", "申请日期"),
    signatures=(OWNER_SIGNS,),
)
OCCURRED = FieldSpec("occurred", "发生时间", "When", FieldType.DATETIME)
EVENT = kind("event", "违章情况登记", OCCURRED, day("日期"), signatures=(OWNER_SIGNS,))


def dated(what: object, *lines: Line) -> date | None:
    (record,) = understand([page(title(what.title_zh), *lines)], pack(what))  # type: ignore[attr-defined,arg-type]
    return record.date


def test_the_forms_own_date_goes_before_a_signatures() -> None:
    head = line(0.1, 0.15, "申请日期"), line(0.3, 0.15, "2025年5月20日")
    foot = line(0.1, 0.6, "业主签名：李"), line(0.5, 0.6, "2025年5月21日")
    assert dated(FORM, *head, *foot) == date(2025, 5, 20)


def test_without_one_the_first_signature_dates_the_record() -> None:
    assert dated(
        FORM,
        line(0.1, 0.15, "开工日期"),
        line(0.3, 0.15, "2025-05-24"),
        line(0.1, 0.5, "业主签名：李"),
        line(0.4, 0.5, "2025年5月21日施工负责人：周"),
        line(0.1, 0.6, "审批人："),
        line(0.4, 0.6, "日期：2025-05-23"),
    ) == date(2025, 5, 21)


def test_days_within_sentences_and_terms_do_not_date_a_record() -> None:
    assert dated(
        FORM,
        line(0.1, 0.3, "2025年6月30日"),
        line(0.3, 0.3, "前整改完毕，并通知客服中心复查。"),
        line(0.1, 0.35, "自2025年2月18日"),
        line(0.4, 0.35, "起至2025年8月18日"),
        line(0.6, 0.35, "止。"),
        line(0.1, 0.6, "签发人：王"),
        line(0.5, 0.6, "日期：2025-06-27"),
    ) == date(2025, 6, 27)


def test_what_happened_goes_before_who_signed_it() -> None:
    assert dated(
        EVENT,
        line(0.1, 0.15, "发生时间"),
        line(0.3, 0.15, "2025年10月11日上午9时"),
        line(0.1, 0.5, "业主签名：李"),
        line(0.4, 0.5, "日期:2025.10.15"),
    ) == date(2025, 10, 11)


@pytest.mark.parametrize(
    ("first", "elsewhere", "expected"),
    [
        ("2025-05-01", "", date(2025, 5, 1)),
        ("25.5.1", "", date(2025, 5, 1)),
        ("4/19", "日期：2024/4/27", date(2024, 4, 19)),
        ("4/19", "", None),
        ("4/31", "日期：2024/4/27", date(2024, 4, 27)),
    ],
)
def test_a_register_is_dated_by_its_first_entry(first: str, elsewhere: str, expected: date | None) -> None:
    table = [
        line(0.1, 0.15, "日期"),
        line(0.3, 0.15, "房号"),
        line(0.5, 0.15, "联系电话"),
        line(0.1, 0.18, first),
        line(0.3, 0.18, "A座0905"),
        line(0.5, 0.18, "13800000123"),
        line(0.1, 0.21, first),
        line(0.3, 0.21, "A座0906"),
        line(0.5, 0.21, "13800000124"),
    ]
    foot = [line(0.1, 0.8, "部门主管：王"), line(0.5, 0.8, elsewhere)] if elsewhere else []
    register = kind(
        "register",
        "钥匙领用登记表",
        day("日期"),
        HOUSE,
        FieldSpec("phone", "联系电话", "Phone", FieldType.PHONE),
        dossier="register_quarter",
        form="register",
    )
    assert dated(register, *table, *foot) == expected
