"""Every way of writing a house leads to its one key, and no two houses share one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.houses import HouseKey, display_zh, find_houses, parse_house

SPELLINGS = {
    "3栋2单元1203": "3-2-1203",
    "三栋二单元1203室": "3-2-1203",
    "3幢2单元1203房": "3-2-1203",
    "３棟２單元１２０３": "3-2-1203",
    "三號樓二單元１２０３": "3-2-1203",
    "3 栋 2 单元 1203 室": "3-2-1203",
    "3栋2-1203": "3-2-1203",
    "3#2单元1203室": "3-2-1203",
    "3—2—1203室": "3-2-1203",
    "3号楼2单元12层03室": "3-2-1203",
    "五号楼602室": "5-602",
    "5幢-602": "5-602",
    "5-602室": "5-602",
    "5号602室": "5-602",
    "A座0905": "A-905",
    "a座905": "A-905",
    "A区0905": "A-905",
    "A01栋1203": "A1-1203",
    "1栋1单元0301": "1-1-301",
    "十二栋三单元一二〇三室": "12-3-1203",
    "一百零二栋602": "102-602",
    "12栋1203A": "12-1203A",
    "2期3栋602": "2期3-602",
    "2区1-502室": "2区1-502",
    "东区3栋602": "东区3-602",
    "3区2单元1203": "3-2-1203",
    "Building 3, Unit 2, Room 1203": "3-2-1203",
    "东光花园3栋2单元1203": "3-2-1203",
    "样本市东湖区东湖大道168号3栋2单元1203": "3-2-1203",
    "甲座1203": "甲-1203",
    "第十二幢第三单元第1203室": "12-3-1203",
    "3栋2单元12F03": "3-2-1203",
    "3栋2单元12楼03室": "3-2-1203",
}


@pytest.mark.parametrize(("written", "key"), SPELLINGS.items())
def test_spellings(written: str, key: str) -> None:
    assert parse_house(written) == key
    assert parse_house(written, field=True) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("3-2-1203", "3-2-1203"),
        ("5-602", "5-602"),
        ("A-905", "A-905"),
        ("03-02-0301", "3-2-301"),
        ("3·2·1203", "3-2-1203"),
    ],
)
def test_bare_figures_are_a_house_only_in_a_field_for_houses(written: str, key: str) -> None:
    assert parse_house(written, field=True) == key
    assert parse_house(written) is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("（3）栋（2）单元（1203）室", "3-2-1203"),
        ("3_栋 2_单元 1203_室", "3-2-1203"),
        ("3 栋 2 单 元 1 2 0 3 室", "3-2-1203"),
        ("3栋2单元12O3", "3-2-1203"),
        ("3栋2单元1l03", "3-2-1103"),
        ("3栋、2单元、1203", "3-2-1203"),
        ("第3栋第2单元1203", "3-2-1203"),
        ("3号楼-2-1203", "3-2-1203"),
        ("3 2 1203", "3-2-1203"),
        ("3--2--1203", "3-2-1203"),
        ("东3栋602", "东区3-602"),
        ("東３棟602", "东区3-602"),
        ("3栋商铺05", "3-铺5"),
        ("3棟商鋪０５", "3-铺5"),
        ("商铺12号", "铺-12"),
        ("1号商铺", "铺-1"),
        ("车位023", "车-23"),
        ("地下车位B2-023", "车-B2-23"),
        ("B1层车位023", "车-B1-23"),
        ("3栋1单元地下室05", "3-1-储5"),
        ("储藏室12", "储-12"),
        ("别墅12号", "墅-12"),
        ("12號別墅", "墅-12"),
    ],
)
def test_what_forms_print_and_scanners_misread_in_a_field(written: str, key: str) -> None:
    assert parse_house(written, field=True) == key


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-06",
        "24-03-06",
        "2024.3.6",
        "2024年3月6日",
        "DG-KF-13",
        "KFGG-2024-006",
        "1203",
        "2024",
        "A/0",
        "13800000236",
        "0755-83001234",
        "99027319680826099X",
        "3栋2人",
        "5号楼3月份",
        "3栋2单元",
        "3栋2单元1201-1204",
        "3栋2单元1203和5栋602",
        "1栋3号电梯",
        "3楼301会议室",
        "12:30",
        "",
    ],
)
def test_what_is_no_house(text: str) -> None:
    assert parse_house(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "东3栋201",
        "西3栋201",
        "廿三栋101",
        "卅栋101",
        "3栋2单元1203/1204",
        "3栋2单元1203、1204",
        "3栋1203和1204",
    ],
)
def test_the_rest_of_another_house_is_not_taken_for_one(text: str) -> None:
    assert find_houses(text) == []
    assert parse_house(text) is None


@pytest.mark.parametrize(
    "text", ["2024-03-06", "24-03-06", "DG-KF-13", "1203", "2024", "13800000236", "A/0", "0755-83001234"]
)
def test_what_is_no_house_even_in_a_field(text: str) -> None:
    assert parse_house(text, field=True) is None


def test_houses_in_running_text_keep_their_places() -> None:
    text = "本楼３棟２單元1203和十三栋二单元1203，电话13800000236，2024年3月6日入住5幢-602。"
    found = find_houses(text)
    assert [f.key for f in found] == ["3-2-1203", "13-2-1203", "5-602"]
    assert all(text[f.start : f.end] == f.written for f in found)
    assert found[0].written == "３棟２單元1203"


ZH = "〇一二三四五六七八九"


def spelled(number: int) -> str:
    """13 → 十三, as people write a small number."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else ZH[tens] + "十") + ("" if ones == 0 else ZH[ones])


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


WORDS = ["栋", "幢", "座", "号楼", "棟", "號樓", "#"]
houses = st.tuples(st.integers(1, 99), st.integers(0, 12), st.integers(1, 40), st.integers(1, 20))


def spellings(house: tuple[int, int, int, int]) -> Iterator[str]:
    """Every way of writing one house that the parts of the grammar give together."""
    building, unit, floor, door = house
    room = f"{floor}{door:02d}"
    for word, tail, number in product(WORDS, ("", "室", "房"), (str, "{:02d}".format, spelled)):
        unit_word = "單元" if word in "棟號樓" else "单元"
        for gap, room_text in (("", room), (" ", room.zfill(4)), ("-", room)):
            unit_text = f"{number(unit)}{unit_word}{gap}" if unit else ""
            plain = f"{number(building)}{word}{gap}{unit_text}{room_text}{tail}"
            yield plain
            yield wide(plain)


def test_ten_thousand_spellings_round_trip() -> None:
    count = 0
    for house in product((1, 9, 10, 12, 20, 31), (0, 1, 11), (1, 7, 33), (2, 15)):
        building, unit, floor, door = house
        key = "-".join(str(part) for part in (building, unit or None, f"{floor}{door:02d}") if part)
        for written in spellings(house):
            assert parse_house(written) == key, written
            count += 1
        assert parse_house(key, field=True) == key
        assert parse_house(display_zh(key), field=True) == key
        assert str(HouseKey.of(key)) == key
    assert count > 10_000


@given(houses, houses)
def test_two_houses_never_share_a_key(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int]
) -> None:
    def write(house: tuple[int, int, int, int]) -> str:
        unit = f"{house[1]}单元" if house[1] else ""
        return f"{house[0]}栋{unit}{house[2]}{house[3]:02d}"

    assert (parse_house(write(one)) == parse_house(write(other))) == (one == other)


AREAS = ("", "1期", "2期", "东区", "西区")
KINDS = ("", "商铺", "储藏室")


def every_house() -> Iterator[str]:
    """Different houses, each written once and in full."""
    for area, building, unit, kind, room in product(
        AREAS,
        ("1", "2", "11", "12", "A", "B", "A1"),
        ("", "1单元", "2单元", "11单元"),
        KINDS,
        ("1", "11", "101", "1101", "101A"),
    ):
        if kind or len(room) > 2:
            yield f"{area}{building}栋{unit}{kind}{room}"
    for room in ("1", "2", "11", "12", "101", "123"):
        yield from (
            f"商铺{room}",
            f"储藏室{room}",
            f"车位{room}",
            f"车位B1-{room}",
            f"车位B11-{room}",
            f"别墅{room}",
        )


def test_no_two_houses_of_an_estate_collide() -> None:
    written = list(every_house())
    keys = {one: parse_house(one, field=True) for one in written}
    assert None not in keys.values(), [one for one, key in keys.items() if key is None][:5]
    assert len(set(keys.values())) == len(written) > 1500
    for key in keys.values():
        assert key is not None
        assert parse_house(key, field=True) == key
        assert parse_house(display_zh(key), field=True) == key


@given(
    st.text(alphabet="0123456789-栋单元室座号楼层ABab三十二〇 .东西区期商铺车位别墅储藏室/第f", max_size=20)
)
def test_any_text_gives_a_key_that_parses_back_or_nothing(text: str) -> None:
    for field in (False, True):
        key = parse_house(text, field=field)
        assert key is None or parse_house(key, field=True) == key
