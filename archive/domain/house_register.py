"""One row of a house register, as people keep it in a table, read into house, tenure, tenancy and sale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from archive.domain.estate import House, house_of
from schemas.dates import parse_date
from schemas.houses import parse_house

COLUMNS = ("estate", "house", "owner", "from", "to", "phone")
"""What a register has; `to` stays empty while an owner lasts."""
OPTIONAL = (
    "tenant",
    "tenant_phone",
    "tenant_from",
    "tenant_to",
    "sold_on",
    "use",
    "area",
    "building",
    "unit",
    "floor",
    "room",
)
"""What it may have. Building, unit, floor and room in columns of their own stand for `house`."""

HEADINGS = {
    "项目": "estate",
    "小区": "estate",
    "项目名称": "estate",
    "小区名称": "estate",
    "楼盘": "estate",
    "房号": "house",
    "房屋": "house",
    "房屋地址": "house",
    "门牌号": "house",
    "住址": "house",
    "业主": "owner",
    "业主姓名": "owner",
    "产权人": "owner",
    "姓名": "owner",
    "起": "from",
    "产权起": "from",
    "产权开始": "from",
    "入住日期": "from",
    "入伙日期": "from",
    "交房日期": "from",
    "止": "to",
    "产权止": "to",
    "产权结束": "to",
    "迁出日期": "to",
    "过户日期": "to",
    "电话": "phone",
    "联系电话": "phone",
    "业主电话": "phone",
    "手机": "phone",
    "手机号": "phone",
    "手机号码": "phone",
    "联系方式": "phone",
    "租户": "tenant",
    "租户姓名": "tenant",
    "承租人": "tenant",
    "租客": "tenant",
    "租户电话": "tenant_phone",
    "承租人电话": "tenant_phone",
    "租客电话": "tenant_phone",
    "租期起": "tenant_from",
    "起租日期": "tenant_from",
    "租期止": "tenant_to",
    "退租日期": "tenant_to",
    "售出日期": "sold_on",
    "销售日期": "sold_on",
    "出售日期": "sold_on",
    "用途": "use",
    "房屋用途": "use",
    "房屋类型": "use",
    "面积": "area",
    "建筑面积": "area",
    "楼栋": "building",
    "楼栋号": "building",
    "栋号": "building",
    "栋": "building",
    "幢号": "building",
    "幢": "building",
    "座": "building",
    "座号": "building",
    "楼号": "building",
    "楼宇": "building",
    "单元": "unit",
    "单元号": "unit",
    "门": "unit",
    "楼层": "floor",
    "层": "floor",
    "室": "room",
    "室号": "room",
    "房间": "room",
    "房间号": "room",
}
"""Usual headings, in simplified script; the reader folds traditional script, width and spaces."""

PROBLEMS = {
    "no_estate": "没有写项目。",
    "bad_house": "房号读不懂，请写成 3栋2单元1203 或 3-2-1203。",
    "house_differs": "房号与楼栋、单元列不一致，没有导入这一行。",
    "bad_date": "日期读不懂，请写成 2026-03-06。",
    "ends_before": "产权止早于产权起。",
    "tenancy_ends_before": "租期止早于租期起。",
    "overlap": "与这套房屋已登记的产权期重叠，没有导入这位业主。",
    "overlap_lasting": "表中这套房屋有两位未写产权止的业主；若已过户，请给前一位写上产权止。",
    "tenancy_overlap": "与这套房屋已登记的租期重叠，没有导入这位租户。",
    "sold_otherwise": "这套房屋已登记了另一个售出日期，未改动；请在房屋页面更正。",
    "no_owner": "写了电话或产权期，却没有业主姓名，只登记了房屋。",
    "no_tenant": "写了租户电话或租期，却没有租户姓名，没有登记租户。",
    "phone_lost": "电话被表格改成了科学计数，末几位已丢失，没有登记电话；请把该列改为文本。",
    "formula_unknown": "单元格里的公式没有结果，请用表格软件打开后重新保存。",
    "too_long": "内容过长（超过 200 字），没有导入这一行。",
}
"""What can be wrong with a row, by code. All but NOTICES leave the row out."""

NOTICES = frozenset({"no_owner", "no_tenant", "phone_lost", "tenancy_overlap", "sold_otherwise"})
"""Problems of a row whose house, and what else was good, is taken over all the same."""

LONGEST = 200
_ERRORS = frozenset(
    {"#VALUE?", "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_EPOCH = date(1899, 12, 30)
"""Day 0 of a spreadsheet's day numbers."""


@dataclass(frozen=True, slots=True)
class Stay:
    """An owner's or a tenant's time with a house, as a row tells it."""

    name: str
    phone: str
    started: date | None
    ended: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """A row that names a house. `notices` are codes of what was left aside."""

    house: House
    owner: Stay | None
    tenant: Stay | None
    sold_on: date | None
    notices: tuple[str, ...]


class BadRow(Exception):
    """A row that cannot be taken over; `args[0]` is a code of PROBLEMS."""


def read_line(row: Mapping[str, str]) -> Line:
    """A row by column name. Raises BadRow."""
    cells = {column: " ".join(value.split()) for column, value in row.items()}
    if any(len(value) > LONGEST for value in cells.values()):
        raise BadRow("too_long")
    if any(value in _ERRORS for value in cells.values()):
        raise BadRow("formula_unknown")
    notices: list[str] = []
    house = _house(cells)
    owner = _stay(cells, ("owner", "phone", "from", "to"), "ends_before", "no_owner", notices)
    tenant = _stay(
        cells,
        ("tenant", "tenant_phone", "tenant_from", "tenant_to"),
        "tenancy_ends_before",
        "no_tenant",
        notices,
    )
    return Line(house, owner, tenant, _day(cells.get("sold_on", "")), tuple(dict.fromkeys(notices)))


def _house(cells: Mapping[str, str]) -> House:
    estate = cells.get("estate", "").replace("/", "").strip()
    if not estate:
        raise BadRow("no_estate")
    key, written = _key(cells)
    return house_of(estate, key, written, use=cells.get("use", ""), area=cells.get("area", ""))


def _key(cells: Mapping[str, str]) -> tuple[str, str]:
    """The canonical key, and how the register writes the house."""
    whole = cells.get("house", "")
    building, unit = cells.get("building", ""), cells.get("unit", "")
    room = cells.get("room", "")
    if not building:
        key = parse_house(whole or room, field=True)
        if key is None:
            raise BadRow("bad_house")
        return key, whole or room
    composed = _composed(building, unit, cells.get("floor", ""), room or whole)
    key = parse_house(composed, field=True)
    if whole and (own := parse_house(whole, field=True)) is not None:
        if key is not None and key != own and room:
            raise BadRow("house_differs")
        if not _agrees(own, building, unit):
            raise BadRow("house_differs")
        return own, whole
    if key is None:
        raise BadRow("bad_house")
    return key, composed


def _composed(building: str, unit: str, floor: str, room: str) -> str:
    bare = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ一二三四五六七八九十百零〇]+")
    if bare.fullmatch(building):
        building += "栋"
    if unit and bare.fullmatch(unit):
        unit += "单元"
    if floor and bare.fullmatch(room) and len(room) <= 2 and bare.fullmatch(floor):
        room = f"{floor}层{room}"
    return f"{building}{unit}{room}"


def _agrees(key: str, building: str, unit: str) -> bool:
    """Whether the key lies where columns of their own put it; what cannot be read says nothing."""
    named = parse_house(_composed(building, unit, "", key.rsplit("-", 1)[-1]), field=True)
    return named is None or (named == key if unit else named.split("-")[0] == key.split("-")[0])


def _stay(
    cells: Mapping[str, str],
    columns: tuple[str, str, str, str],
    backwards: str,
    nameless: str,
    notices: list[str],
) -> Stay | None:
    name, phone, first, last = (cells.get(c, "") for c in columns)
    started, ended = _day(first), _day(last)
    if started and ended and ended < started:
        raise BadRow(backwards)
    if _SCIENTIFIC.fullmatch(phone):
        notices.append("phone_lost")
        phone = ""
    if name:
        return Stay(name, phone, started, ended)
    if phone or first or last:
        notices.append(nameless)
    return None


def _day(text: str) -> date | None:
    """A day, also as the number that a spreadsheet keeps it by."""
    if not text or text in ("-", "—", "/", "无", "至今"):
        return None
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(float(text)))
    day = parse_date(text)
    if day is None:
        raise BadRow("bad_date")
    return day
