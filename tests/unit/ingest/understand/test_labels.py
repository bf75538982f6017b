"""Labels and their values, by geometry alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.facts import Line
from ingest.understand.labels import LabelledSheet
from ingest.understand.layout import compact, sheet_of
from ingest.understand.vocabulary import Vocabulary, clean_label
from tests.unit.ingest.understand.building import line, page

WORDS = Vocabulary(
    ["业主姓名", "业主", "房号", "联系电话", "日期", "备注", "用热地址", "电话", "数量", "入住日期"],
    signs=["业主签名", "经办人"],
)
NAME, HOUSE = line(0.1, 0.1, "业主姓名"), line(0.5, 0.1, "房 号")


def labelled(*lines: Line) -> LabelledSheet:
    return LabelledSheet(sheet_of(page(*lines)), WORDS)


def value(sheet: LabelledSheet, name: str) -> str | None:
    (label, *_) = sheet.by_name[clean_label(name)]
    written = sheet.written(label, sure_only=False)
    return written.text if written else None


def test_a_value_stands_beside_its_label_up_to_the_next_label() -> None:
    sheet = labelled(
        line(0.1, 0.1, "业主姓名"),
        line(0.3, 0.101, "李春明"),
        line(0.5, 0.1, "房 号"),
        line(0.6, 0.1, "3-602"),
    )
    assert value(sheet, "业主姓名") == "李春明"
    assert value(sheet, "房号") == "3-602"


def test_label_and_value_in_one_line_with_colons_underlines_and_brackets() -> None:
    sheet = labelled(line(0.1, 0.1, "承租方(业主)：_林海_房号：_1栋1单元0301___电话:138"))
    assert value(sheet, "业主") == "林海"
    assert value(sheet, "房号") == "1栋1单元0301"
    assert value(sheet, "电话") == "138"


def test_a_label_with_a_colon_ends_a_value_that_runs_up_to_it() -> None:
    sheet = labelled(line(0.1, 0.1, "业主：胡春梅用热地址：3栋1单元0702"))
    assert value(sheet, "业主") == "胡春梅"
    assert value(sheet, "用热地址") == "3栋1单元0702"


def test_words_of_a_sentence_are_no_sure_labels() -> None:
    sheet = labelled(line(0.1, 0.1, "业主应当按时交纳费用，逾期未交的按日加收违约金"))
    assert not any(label.sure for label in sheet.labels)


def test_a_value_may_stand_below_its_label() -> None:
    sheet = labelled(
        line(0.1, 0.1, "业主姓名"),
        line(0.4, 0.1, "房号"),
        line(0.1, 0.13, "李春明"),
        line(0.4, 0.13, "3-602"),
    )
    assert value(sheet, "业主姓名") == "李春明"
    assert value(sheet, "房号") == "3-602"


def test_a_table_has_a_head_and_a_form_has_none() -> None:
    table = labelled(
        line(0.1, 0.1, "日期"),
        line(0.3, 0.1, "房号"),
        line(0.5, 0.1, "数量"),
        line(0.1, 0.13, "4/19"),
        line(0.3, 0.13, "A座0905"),
        line(0.5, 0.13, "3"),
    )
    assert table.headers == {0}
    form = labelled(
        line(0.1, 0.1, "业主姓名"),
        line(0.3, 0.1, "李春明"),
        line(0.5, 0.1, "房号"),
        line(0.7, 0.1, "3-602"),
        line(0.1, 0.13, "联系电话"),
        line(0.3, 0.13, "138"),
        line(0.5, 0.13, "入住日期"),
        line(0.7, 0.13, "2024-3-6"),
    )
    assert form.headers == frozenset()


def test_rows_where_somebody_signs() -> None:
    sheet = labelled(
        line(0.1, 0.1, "房号：3-602"), line(0.1, 0.5, "业主签名：李"), line(0.1, 0.6, "部门经理：王")
    )
    assert sheet.signing_rows == {1, 2}


@given(st.text(max_size=60))
def test_compacting_keeps_the_place_of_every_character(text: str) -> None:
    kept, offsets = compact(text)
    assert len(kept) == len(offsets)
    assert list(offsets) == sorted(set(offsets))
    assert not any(c.isspace() for c in kept)


@given(st.lists(st.tuples(st.floats(0, 0.9), st.floats(0, 0.95), st.text(max_size=20)), max_size=25))
def test_any_page_can_be_laid_out(cells: list[tuple[float, float, str]]) -> None:
    sheet = labelled(*(line(x, y, text) for x, y, text in cells))
    assert len(sheet.sheet.pieces) == sum(1 for _, _, text in cells if text.strip())
    for label in sheet.labels:
        assert 0 <= label.start < label.end <= len(label.piece.text)
        sheet.written(label, sure_only=False)
    assert max(sheet.headers, default=0) <= len(sheet.sheet.rows)


@pytest.mark.parametrize("text", ["业主姓名", "業主姓名", " 业主 姓名:", "《业主姓名》"])
def test_labels_are_compared_without_script_spaces_and_signs(text: str) -> None:
    assert clean_label(text) == "业主姓名"


def test_a_label_with_one_character_misread_is_still_one() -> None:
    sheet = labelled(
        line(0.1, 0.1, "经办大：王"),
        line(0.4, 0.1, "联糸电话"),
        line(0.6, 0.1, "138"),
        line(0.1, 0.2, "李春明"),
    )
    assert [label.name for label in sheet.labels] == ["经办人", "联系电话"]
    assert value(sheet, "联系电话") == "138"
