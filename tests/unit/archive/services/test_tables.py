"""Tables as offices keep them: read whole, or refused with a code."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Sequence
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from archive.domain.house_register import COLUMNS, HEADINGS, OPTIONAL
from archive.services.errors import BadInput
from archive.services.tables import Table, as_written, harmless, open_table

ALL = (*COLUMNS, *OPTIONAL)


def table(content: bytes) -> Table:
    return open_table(BytesIO(content), HEADINGS, ("estate", ("house", "room")), ALL)


def workbook(*fill: Callable[[Worksheet], None]) -> bytes:
    book = Workbook()
    for number, one in enumerate(fill):
        sheet = book.active if number == 0 else book.create_sheet(f"表{number + 1}")
        assert isinstance(sheet, Worksheet)
        one(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def lines(*rows: Sequence[object]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)

    return fill


HEAD = ("小区", "房号", "业主", "产权起", "电话")


def test_a_merged_building_counts_for_each_of_its_rows_and_no_further() -> None:
    def fill(sheet: Worksheet) -> None:
        lines(
            ("星河花园房屋登记表",),
            ("项目", "楼栋", "单元", "室号", "业主"),
            ("星河花园", "3栋", "2单元", "1201", "例一"),
            (None, None, None, "1202", "例二"),
            (None, None, "1单元", "1203", "例三"),
            (None, None, None, "101", "例四"),
        )(sheet)
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("A3:A5")
        sheet.merge_cells("B3:B5")
        sheet.merge_cells("C3:C4")

    found = list(table(workbook(fill)).rows)
    assert [r.number for r in found] == [3, 4, 5, 6]
    assert [(r.cells["estate"], r.cells["building"], r.cells["unit"]) for r in found] == [
        ("星河花园", "3栋", "2单元"),
        ("星河花园", "3栋", "2单元"),
        ("星河花园", "3栋", "1单元"),
        ("", "", ""),
    ]


def test_dates_and_numbers_of_a_workbook_are_text_as_people_read_it() -> None:
    (row,) = table(
        workbook(lines(HEAD, ("星河花园", "3-2-1203", "例一", datetime.datetime(2020, 3, 6), 13800000123.0)))
    ).rows
    assert row.cells["from"] == "2020-03-06"
    assert row.cells["phone"] == "13800000123"


def test_title_rows_trailing_rows_hidden_and_extra_sheets() -> None:
    def hidden(sheet: Worksheet) -> None:
        lines(HEAD, ("星河花园", "9-9-901", "隐藏"))(sheet)
        sheet.sheet_state = "hidden"

    content = workbook(
        lines(("登记表",), (), ("制表：示例",), HEAD, ("星河花园", "3-2-1203", "例一"), (), ("", "  ")),
        lines(HEAD, (), ("星河花园", "5-602", "例二")),
        hidden,
        lines(("说明", "请勿改动")),
    )
    read = table(content)
    assert [(r.sheet, r.number, r.cells["house"]) for r in read.rows] == [
        ("Sheet", 5, "3-2-1203"),
        ("表2", 3, "5-602"),
    ]
    assert read.skipped == ["表4"]


def test_a_formula_without_its_value_is_not_taken_for_empty() -> None:
    (row,) = table(workbook(lines(HEAD, ("星河花园", "3-2-1203", "=A1")))).rows
    assert row.cells["owner"] == "#VALUE?"


def test_what_a_workbook_says_of_its_size_is_not_believed() -> None:
    import zipfile

    whole = workbook(lines(HEAD, ("星河花园", "3-2-1203", "例一")))
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b'<dimension ref="A1:E2"', b'<dimension ref="A1"'))
    (row,) = table(out.getvalue()).rows
    assert row.cells["owner"] == "例一"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_usual_encoding(encoding: str, delimiter: str) -> None:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(
        [("項目", "房號 ", "业主（必填）"), (), ("星河花園", "３－２－１２０３", "例\u200b一")]
    )
    (row,) = table(text.getvalue().encode(encoding)).rows
    assert row.number == 3
    assert row.cells == {"estate": "星河花園", "house": "３－２－１２０３", "owner": "例一"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_column"),
        (b"a,b\n1,2\n", "no_column"),
        (b"\xff\xff\xff\xfe\x81", "bad_encoding"),
        (b"estate,house\n\x00\x00", "bad_encoding"),
        (b"PK\x03\x04 not a zip", "bad_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "bad_excel"),
        (workbook(lines(HEAD))[:-200], "bad_excel"),
    ],
)
def test_what_is_no_table_is_refused_with_a_code(content: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        list(table(content).rows)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_bomb_is_not_unpacked() -> None:
    import zipfile

    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"0" * 50_000_000)
    with pytest.raises(BadInput) as refused:
        list(table(out.getvalue()).rows)
    assert refused.value.code == "zip_bomb"


@given(st.text(alphabet=st.sampled_from("'=+-@\t1a例 "), max_size=8))
def test_no_written_value_is_a_formula_and_each_comes_back(value: str) -> None:
    written = harmless(value)
    assert written[:1] not in tuple("=+-@\t\r")
    assert as_written(written) == value
