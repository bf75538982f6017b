"""What a screen shows of personal numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.masking import mask_field, mask_id, mask_phone, mask_text


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("phone", "13800000001", "138****0001"),
        ("phone", "12345", "*****"),
        ("id_number", "990101199001010010", "990***********0010"),
        ("remark", "电话13800000001,请回电", "电话138****0001,请回电"),
        ("remark", "+86 138 0000 0001", "+86138****0001"),
        ("remark", "证号990101199001010010。", "证号990***********0010。"),
        ("remark", "3-2-1203 于 2024-03-06 交 1500 元", "3-2-1203 于 2024-03-06 交 1500 元"),
        ("phone", "", ""),
    ],
)
def test_values_as_they_are_shown(code: str, value: str, shown: str) -> None:
    assert mask_field(code, value) == shown


@given(st.text(alphabet="电话号 ,。abc", max_size=8), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_number_stays_whole_in_a_text(around: str, number: str) -> None:
    shown = mask_text(around + number + around)
    assert number not in shown
    assert number[3:7] + number[7:] not in shown


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_an_identity_number_keeps_its_length_and_seven_characters(number: str) -> None:
    assert len(mask_id(number)) == 18
    assert mask_id(number).count("*") == 11


@given(st.text(max_size=30))
def test_masking_a_phone_twice_tells_no_more(phone: str) -> None:
    assert len(mask_phone(phone)) <= max(11, len(phone))
