"""Revisions in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.revisions import Revision, parse_revision


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("A/0", "A/0"),
        ("A0", "A/0"),
        ("A版第0次", "A/0"),
        ("B/1", "B/1"),
        ("A", "A/0"),
        ("A版", "A/0"),
        ("Ａ／０", "A/0"),
        ("A/O", "A/0"),
        ("版本号:A 修改状态:1", "A/1"),
        ("第B版第2次修改", "B/2"),
        ("Rev. C/2", "C/2"),
        ("AA/3", "AA/3"),
    ],
)
def test_spellings(written: str, text: str) -> None:
    assert parse_revision(written).text == text


@pytest.mark.parametrize("text", ["", "1/0", "文件", "A/0/1", "2024"])
def test_what_is_no_revision(text: str) -> None:
    with pytest.raises(ValueError, match="no revision"):
        parse_revision(text)


revisions = st.builds(Revision, st.integers(0, 700), st.integers(0, 99))


@given(revisions)
def test_a_revision_is_read_back_and_followed_by_later_ones(revision: Revision) -> None:
    assert parse_revision(revision.text) == revision
    assert revision < revision.next_minor() < revision.next_major()
    assert revision.next_major().change == 0
