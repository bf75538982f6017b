"""The normal form keeps offsets and joins what readers take for the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.text import fold


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_folding_goes_character_by_character(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("回訪記錄", "回访记录"),
        ("臺帳", "台账"),
        ("臺賬", "台帐"),
        ("着裝整齊", "著装整齐"),
        ("爲了", "為了"),
        ("考覈", "考核"),
        ("纔是", "才是"),
        ("哪裏", "哪裡"),
        ("啓用", "啟用"),
        ("吸菸", "吸煙"),
        ("蔘加", "参加"),
        ("迴應", "回應"),
        ("適用範圍", "适用范围"),
        ("於", "于"),
        ("瞭解", "了解"),
        ("回覆", "回复"),
        ("沈", "沉"),
        ("藉用", "借用"),
        ("ＤＧ－ＫＦ", "dg-kf"),
        ("３棟２單元", "3栋2单元"),
        ("\u2f64\u6237", "用户"),
        ("二○○五", "二〇〇五"),
    ],
)
def test_spellings_of_one_word_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("kept", ["ß", "㎡", "ﬁ", "İ"])
def test_what_needs_two_characters_stays(kept: str) -> None:
    assert len(fold(kept)) == 1


def test_folding_is_fast_enough_to_index_with() -> None:
    text = "業主檔案管理作業規程，回訪記錄表於下一季度10日前統一存檔。" * 20_000
    fold("")
    start = time.process_time()
    fold(text)
    assert len(text.encode()) / (time.process_time() - start) > 5_000_000
