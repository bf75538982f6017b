"""Numbers are made by templates and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import load_pack
from schemas.numbering import NumberTemplate, period_code

CODE = NumberTemplate("{fonds}-{category}·{year}-{period}-{item:04d}")


def test_an_archival_code() -> None:
    number = CODE.format(fonds="DG", category="YZ", year=2024, period="Y", item=12)
    assert number == "DG-YZ·2024-Y-0012"
    assert CODE.parse(number) == {
        "fonds": "DG",
        "category": "YZ",
        "year": "2024",
        "period": "Y",
        "item": "12",
    }
    assert CODE.parse("DG-KF-13") is None


@pytest.mark.parametrize(
    ("name", "values", "number"),
    [
        ("document", {"company": "DG", "department": "KF", "item": 13}, "DG-KF-13"),
        ("change_notice", {"department": "KF", "year": 2024, "item": 6}, "KFGG-2024-006"),
        ("form", {"company": "DG", "department": "KF", "item": 1}, "DG-KF-R01"),
        ("copy", {"company": "DG", "department": "KF", "copy": 7}, "DG-KF-F007"),
        ("page", {"page": 3, "of": 5}, "3/5"),
    ],
)
def test_the_templates_of_the_pack(name: str, values: dict[str, str | int], number: str) -> None:
    template = NumberTemplate(load_pack().numbering[name])
    assert template.format(**values) == number
    assert template.parse(number) == {key: str(value) for key, value in values.items()}


@given(st.text("ABCXYZ019", min_size=1, max_size=8), st.integers(1000, 9999), st.integers(0, 99_999_999))
def test_every_number_is_read_back_and_no_two_are_equal(fonds: str, year: int, item: int) -> None:
    number = CODE.format(fonds=fonds, category="K", year=year, period="D30", item=item)
    assert CODE.parse(number) == {
        "fonds": fonds,
        "category": "K",
        "year": str(year),
        "period": "D30",
        "item": str(item),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{item",
        "{phase}-{item}",
        "{fonds}{item}",
        "{item}-{item}",
        "{fonds:04d}-{item}",
        "{fonds}",
        "{item!r}",
    ],
)
def test_templates_that_cannot_count_or_be_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        NumberTemplate(text)


@pytest.mark.parametrize(
    "values", [{"fonds": "DG"}, {"fonds": "D G", "category": "K", "year": 1, "period": "Y", "item": 1}]
)
def test_values_that_cannot_stand_in_a_number(values: dict[str, str | int]) -> None:
    with pytest.raises(ValueError, match=r"needs|cannot stand"):
        CODE.format(**values)


@pytest.mark.parametrize(
    ("period", "code"),
    [("permanent", "Y"), ("long_term", "D30"), ("P2Y", "D2"), ("P15D", "T15"), ("unscheduled", "W")],
)
def test_period_codes(period: str, code: str) -> None:
    assert period_code(period) == code
