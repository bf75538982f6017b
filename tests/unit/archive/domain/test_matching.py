"""Where a form belongs: house and owner must confirm each other, or a person looks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.domain.estate import House, Tenure
from archive.domain.matching import alike, belong, tenure_on
from schemas.text import fold

HERE = House("甲苑/3-2-1203", "甲苑", "3-2-1203", "3栋2单元1203")
THERE = House("乙苑/3-2-1203", "乙苑", "3-2-1203", "3-2-1203")
FORMER = Tenure("t1", HERE.id, "示例一", "", date(2015, 1, 1), date(2020, 5, 31))
PRESENT = Tenure("t2", HERE.id, "示例明辉", "", date(2020, 6, 1), None)
OTHER = Tenure("t3", THERE.id, "示例三", "", date(2019, 1, 1), None)
TENURES = {HERE.id: (FORMER, PRESENT), THERE.id: (OTHER,)}
DAY = date(2024, 3, 6)


def test_house_and_owner_that_agree_are_sure() -> None:
    found = belong("3-2-1203", "示例明辉", DAY, [HERE], TENURES)
    assert (found.house, found.tenure, found.sure) == (HERE, PRESENT, True)


def test_traditional_and_simplified_are_one_name() -> None:
    found = belong("3-2-1203", "示例明輝", DAY, [HERE], TENURES)
    assert found.sure
    assert found.owner == "示例明辉"


def test_an_old_paper_goes_to_the_former_owner() -> None:
    assert belong("3-2-1203", "示例一", date(2018, 1, 1), [HERE], TENURES).tenure == FORMER


@pytest.mark.parametrize(
    ("key", "owner", "houses", "doubt"),
    [
        (None, None, [], "house_missing"),
        ("9-9-9", "示例一", [], "house_unknown"),
        ("3-2-1203", None, [HERE], "owner_missing"),
        ("3-2-1203", "完全两样", [HERE], "owner_differs"),
        ("3-2-1203", "示例日辉", [HERE], "owner_near"),
        ("3-2-1203", "路人", [HERE, THERE], "house_ambiguous"),
    ],
)
def test_whatever_does_not_agree_waits_for_a_person(
    key: str | None, owner: str | None, houses: list[House], doubt: str
) -> None:
    found = belong(key, owner, DAY, houses, TENURES)
    assert not found.sure
    assert found.doubt == doubt


def test_the_owner_settles_which_of_two_estates() -> None:
    assert belong("3-2-1203", "示例三", DAY, [HERE, THERE], TENURES).house == THERE


def test_a_name_alone_only_suggests() -> None:
    one = belong(None, "示例明辉", DAY, [], {}, [(HERE, PRESENT)])
    assert (one.house, one.sure, one.doubt) == (HERE, False, "house_by_owner")
    two = belong(None, "示例明辉", DAY, [], {}, [(HERE, PRESENT), (THERE, OTHER)])
    assert (two.house, two.doubt) == (None, "house_missing")


@pytest.mark.parametrize("written", ["示例明辉", "示例玉", "示例玉、示例明辉", "示例明輝 示例玉"])
def test_a_form_may_name_one_of_joint_owners_or_both(written: str) -> None:
    joint = Tenure("t4", HERE.id, "示例明辉、示例玉", "", None, None)
    found = belong("3-2-1203", written, DAY, [HERE], {HERE.id: (joint,)})
    assert found.sure
    assert found.owner == "示例明辉、示例玉"


def test_two_characters_of_which_one_is_misread_are_near_and_never_sure() -> None:
    short = Tenure("t5", HERE.id, "顾琳", "", None, None)
    found = belong("3-2-1203", "顾林", DAY, [HERE], {HERE.id: (short,)})
    assert (found.sure, found.doubt, found.owner) == (False, "owner_near", "顾琳")


def test_names_in_letters_are_not_taken_apart() -> None:
    assert alike("John Smith", "John Brown") < 1


@given(st.text("示例明輝辉一二", min_size=1, max_size=5), st.text("示例明輝辉一二", max_size=5))
def test_only_the_same_name_is_wholly_alike(a: str, b: str) -> None:
    assert alike(a, a) == 1
    assert 0 <= alike(a, b) <= 1
    assert (alike(a, b) == 1) == (fold(a) == fold(b))


@given(st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_a_day_has_the_tenure_that_covers_it(day: date) -> None:
    found = tenure_on((FORMER, PRESENT), day)
    covering = [t for t in (FORMER, PRESENT) if t.covers(day)]
    assert found == covering[0] if covering else found in (None, PRESENT)
