"""The invented estate 星河花园: who works there, its houses, and who owned them when.

Family names 样, 例 and 示 (sample, example, shown) and phones beginning 13800000 say that nobody here exists.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

ESTATE = "星河花园"
OFFICE = "星河花园客服中心"
COMPANY = "星河示例物业服务有限公司"

STAFF = (
    ("archivist", "例文秀"),
    ("manager", "样立诚"),
    ("staff", "示小禾"),
    ("auditor", "例明鉴"),
    ("administrator", "样维安"),
)
"""Role (also the user name) and display name."""

_FAMILY = "样例示"
_GIVEN = (
    "晓峰", "可欣", "一凡", "思远", "文静", "海生", "雨桐", "建国", "佳怡", "志明",
    "春燕", "子轩", "丽华", "俊杰", "秋月", "国强", "慧敏", "天宇", "玉兰", "浩然",
    "静怡", "永康", "雪梅", "立新", "芳菲", "少华", "巧云", "振宇", "美玲", "长青",
    "心怡", "冬梅", "文博", "红霞", "家豪", "素琴", "晨光", "小曼", "铁军", "若兰",
)  # fmt: skip
_BUILDINGS = (
    (("1栋1单元{}", "1栋2单元{}"), ("0201", "0502", "0801", "1102")),
    (("2-1-{}", "2-2-{}"), ("302", "601", "902", "1201")),
    (("3栋2单元{}", "三栋一单元{}室"), ("0401", "0702", "1003", "1203")),
    (("A座{}", "B座{}"), ("0905", "1208", "1506", "1801")),
    (("5幢{}", "6号楼{}室"), ("203", "404", "602", "801")),
)
"""Spellings of a building as the register grew over the years, with the rooms taken in each."""


@dataclass(frozen=True, slots=True)
class Household:
    """One tenure as the register lists it: the house as written there, the owner, phone, first and last day."""

    house: str
    owner: str
    phone: str
    started: date
    ended: date | None = None


def households(year: int) -> list[Household]:
    """Every tenure of the estate; `year` is the present one, nobody moved in later than the year before it."""
    return [*_settled(year), *_transferred(year)]


TRANSFERRED = "3栋2单元1203"
"""The house that changed hands."""


def _settled(year: int) -> Iterator[Household]:
    number = 0
    for spellings, rooms in _BUILDINGS:
        for spelling in spellings:
            for room in rooms:
                house = spelling.format(room)
                owner = _FAMILY[number % 3] + _GIVEN[number % len(_GIVEN)]
                started = date(year - 6 + number % 4, 1 + number * 5 % 12, 1 + number * 7 % 28)
                number += 1
                if house != TRANSFERRED:
                    yield Household(house, owner, f"13800000{100 + number}", started)


def _transferred(year: int) -> Iterator[Household]:
    sold = date(year - 4, 5, 20)
    yield Household(TRANSFERRED, "例海川", "13800000301", date(year - 8, 3, 12), sold)
    yield Household(TRANSFERRED, "例一鸣", "13800000302", sold)


def register_csv(year: int) -> bytes:
    """The register of houses and owners as `dangan estate import` takes it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("estate", "house", "owner", "from", "to", "phone"))
    for home in households(year):
        ended = home.ended.isoformat() if home.ended else ""
        writer.writerow((ESTATE, home.house, home.owner, home.started.isoformat(), ended, home.phone))
    return out.getvalue().encode()
