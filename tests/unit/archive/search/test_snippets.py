from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.normal_form import normal
from archive.domain.query import InHouse, Phrase, Word, parse_query
from archive.domain.snippets import MAX_SPANS, snippet, spans

CHARACTERS = "业業主回訪ab1２ -，\n\u3000\u200b\u0301\x00𠮷"
TEXT = st.text(st.sampled_from(CHARACTERS), max_size=40)
PIECE = st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=4)


def hits(text: str, typed: str, width: int = 80) -> list[str]:
    return [piece for piece, hit in snippet(text, parse_query(typed), width) if hit]


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("業主回訪記錄表", "回访记录", ["回訪記錄"]),
        ("回 访\n记录", "回訪記錄", ["回 访 记录"]),
        ("13栋、3栋", "3栋", ["3栋"]),
        ("编号DG-KF-120", "dg-kf-12", ["DG-KF-12"]),
        ("foo bar foobar", "bar", ["bar"]),
        ("Dangan dang", "dang", ["Dang", "dang"]),
        ("业主业主", "业主", ["业主业主"]),
        ("业主，装修", "装修 业主", ["业主", "装修"]),
        ("3栋2单元1203业主", "3栋2单元1203", []),
    ],
)
def test_hits_are_marked_in_the_original(text: str, typed: str, found: list[str]) -> None:
    assert hits(text, typed) == found


def test_the_window_is_where_most_terms_are() -> None:
    text = "业主。" + "甲" * 300 + "业主申请装修。" + "乙" * 300
    pieces = snippet(text, parse_query("装修 业主"), 60)
    assert [piece for piece, hit in pieces if hit] == ["业主", "装修"]
    assert pieces[0] == pieces[-1] == ("…", False)
    assert sum(len(piece) for piece, _ in pieces) <= 62


def test_without_a_hit_it_is_the_beginning() -> None:
    assert snippet("\n 甲乙丙", parse_query("业主")) == (("甲乙丙", False),)
    assert snippet("", parse_query("业主")) == ()
    assert snippet("甲" * 100, (InHouse("1-1"),), 10) == (("甲" * 10, False), ("…", False))


def test_a_hit_longer_than_the_window_is_cut() -> None:
    pieces = snippet("业" * 300, (Phrase("业" * 200),), 40)
    assert sum(len(piece) for piece, _ in pieces) <= 42


def test_no_character_steers_the_reader() -> None:
    assert snippet("业\u202e主\x07<b>", (Phrase("业主"),)) == (("业主", True), ("<b>", False))


def test_places_are_limited() -> None:
    assert len(list(spans("业主" * 1000, Phrase("业主")))) == MAX_SPANS


@given(TEXT, PIECE, st.booleans())
def test_a_place_is_found_exactly_where_the_search_finds_the_record(
    text: str, piece: str, word: bool
) -> None:
    term = Word(piece) if word else Phrase(piece)
    needle = normal(piece)
    found = list(spans(text, term))
    assert bool(found) == (needle != "" and needle in normal(text))
    for start, end in found:
        assert needle in normal(text[start:end])


@given(TEXT, st.lists(PIECE, max_size=3), st.integers(1, 30))
def test_a_snippet_stays_in_its_width(text: str, pieces: list[str], width: int) -> None:
    shown = snippet(text, [Phrase(p) for p in pieces], width)
    assert sum(len(piece) for piece, _ in shown) <= width + 2
    assert all(piece for piece, _ in shown)
