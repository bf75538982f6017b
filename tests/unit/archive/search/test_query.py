from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.normal_form import BREAK, START, flat, normal
from archive.domain.query import (
    MAX_QUERY,
    IndexEntry,
    InHouse,
    Phrase,
    QueryError,
    Term,
    Word,
    matches,
    parse_query,
    relevance,
)

TEXT = st.text(
    st.sampled_from("业業主回訪录aB1２ -/.，\n\t\u3000\u200b\u0301\x00\ud800😀𠮷\"“”「」*?()'"), max_size=30
)


def entry(text: str = "", title: str = "", **more: object) -> IndexEntry:
    return IndexEntry("r1", 1, "t", title, text, "internal", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("回访记录", [Phrase("回访记录")]),
        ("回訪記錄", [Phrase("回访记录")]),
        ("回访 记录", [Phrase("回访"), Phrase("记录")]),
        ("回访，记录；回访", [Phrase("回访"), Phrase("记录")]),
        ("《前期物业管理服务协议》", [Phrase("前期物业管理服务协议")]),
        ("3栋2单元1203", [InHouse("3-2-1203")]),
        ("三棟二單元１２０３室 裝修", [InHouse("3-2-1203"), Phrase("装修")]),
        ("3-2-1203", [InHouse("3-2-1203")]),
        ("装修3-2-1203", [Phrase("装修3-2-1203")]),
        ("A-905 钥匙", [InHouse("A-905"), Phrase("钥匙")]),
        ("1-2", [Phrase("1-2")]),
        ("A/1", [Phrase("a/1")]),
        ("2026-01-05", [Phrase("2026-01-05")]),
        ("010-88886666", [Phrase("010-88886666")]),
        ("DG-KF-12", [Phrase("dg-kf-12")]),
        ("DG-ZL·2026-Q1-0003", [Phrase("dg-zl·2026-q1-0003")]),
        ("13800000001", [Word("13800000001")]),
        ("Dangan 手册", [Word("dangan"), Phrase("手册")]),
        ("第3号", [Phrase("第3号")]),
        ("业主/租户", [Phrase("业主"), Phrase("租户")]),
        ("3栋", [Phrase("3栋")]),
        ('"回访，记录" 表', [Phrase("回访,记录"), Phrase("表")]),
        ("“3栋2单元1203”", [Phrase("3栋2单元1203")]),
        ("「业主 A」", [Phrase("业主 a")]),
        ('"abc"', [Word("abc")]),
        ('"业主', [Phrase("业主")]),
        ("-业主 AND (a OR b)", [Phrase("业主"), Word("and"), Word("a"), Word("or"), Word("b")]),
        ("😀 𠮷", [Phrase("😀"), Phrase("𠮷")]),
        ("业\u200b主", [Phrase("业主")]),
        ("", []),
        (" \n\u3000", []),
    ],
)
def test_what_is_typed_becomes_terms(typed: str, terms: list[Term]) -> None:
    assert list(parse_query(typed)) == terms


@pytest.mark.parametrize("typed", ["，。", "***", '""', '"..."', "\x00\x01", "\ud800", "()[]{}\\"])
def test_garbage_is_refused_with_a_code(typed: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse_query(typed)
    assert raised.value.code == "query_empty"
    assert raised.value.hint


def test_a_query_too_long_is_refused() -> None:
    with pytest.raises(QueryError) as raised:
        parse_query("业" * (MAX_QUERY + 1))
    assert raised.value.code == "query_too_long"


@given(TEXT)
def test_any_text_gives_terms_that_can_be_asked_or_a_refusal(typed: str) -> None:
    try:
        terms = parse_query(typed)
    except QueryError:
        return
    for term in terms:
        assert isinstance(term, InHouse) or normal(term.text)


@given(TEXT)
def test_quoting_a_text_finds_it(text: str) -> None:
    quoted = text.translate({ord(c): " " for c in '"“”「」'})
    try:
        terms = parse_query(f'"{quoted}"')
    except QueryError:
        return
    assert matches(terms, entry(quoted))


@given(TEXT)
def test_flattening_keeps_offsets(text: str) -> None:
    assert len(flat(text)) == len(text)


@given(TEXT)
def test_the_normal_form_has_no_layout_and_is_the_same_in_both_scripts(text: str) -> None:
    form = normal(text)
    assert not any(c.isspace() for c in form)
    assert "\x00" not in form
    assert BREAK not in form
    assert form == normal(text.replace("業", "业").replace("訪", "访"))
    assert START * 2 not in form


def test_a_phrase_is_not_found_across_title_text_and_numbers() -> None:
    parts = entry("记录", "回访", numbers=("12", "34"))
    assert matches([Phrase("回访"), Phrase("记录"), Word("3")], parts)
    assert not matches([Phrase("回访记录")], parts)
    assert not matches([Phrase("12 34")], parts)


def test_relevance_counts_terms_in_the_title() -> None:
    assert relevance([Phrase("回访"), Word("a"), InHouse("1-1")], entry(title="回訪 A1")) == 2
    assert relevance([Phrase("\x00")], entry(title="回访")) == 0
