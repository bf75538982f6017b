"""What is filled in: invented people, houses, days and figures, in all the ways in which offices write them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.houses import display_zh
from schemas.model import FieldSpec, FieldType

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任"
    "姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤"
)
DOUBLE = ["欧阳", "司马", "上官", "诸葛", "司徒", "夏侯", "尉迟", "东方", "皇甫", "令狐"]
RARE = [*DOUBLE, *"仉逄郇佘麴亓璩阚"]
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红建国志文海燕雪梅春晓东晨宇浩然子涵欣怡思远嘉琪雨桐"
    "梓轩一鸣俊熙诗婷博文楠珊珂瑾瑜璐莹琳锦程鹏飞翔宁安康乐云龙凤金玲玥晗昊煜钰淼鑫焱垚犇骁骥懿彧赟翊旻曦"
)
DIGITS = "〇一二三四五六七八九"
JOINTS = ("、", " ", "，", "/", "及")


def name(rng: random.Random) -> str:
    surname = rng.choice(RARE) if rng.random() < 0.15 else rng.choice(SURNAMES)
    return surname + "".join(rng.choices(GIVEN, k=1 if rng.random() < 0.25 else 2))


def chinese(number: int) -> str:
    """An integer below 100 as it is counted: 二十一."""
    ten, one = divmod(number, 10)
    head = "" if ten == 0 else "十" if ten == 1 else DIGITS[ten] + "十"
    return head + (DIGITS[one] if one or not ten else "")


def house(rng: random.Random) -> str:
    """A canonical key."""
    building = rng.choice([str(rng.randint(1, 28)), str(rng.randint(1, 9)), rng.choice("ABCD")])
    room = f"{rng.randint(1, 32)}0{rng.randint(1, 6)}"
    if building.isdigit() and rng.random() < 0.75:
        return f"{building}-{rng.randint(1, 4)}-{room}"
    return f"{building}-{room}"


def house_written(key: str, rng: random.Random, in_field: bool = True) -> str:
    """One of the usual spellings of a key; in running text none without a house word."""
    *_, room = parts = key.split("-")
    building, unit = parts[0], parts[1] if len(parts) == 3 else ""
    word = rng.choice(["栋", "号楼", "幢", "#楼", "座"]) if building.isdigit() else "座"
    ways = [
        display_zh(key),
        f"{building}{word}{unit + '单元' if unit else ''}{room}{rng.choice(['', '室', '号', '房'])}",
    ]
    if building.isdigit():
        ways.append(f"{chinese(int(building))}栋{chinese(int(unit)) + '单元' if unit else ''}{room}室")
        ways.append(f"第{building}栋{f'第{unit}单元' if unit else ''}{room}室")
        ways.append(f"{building} 栋 {f'{unit} 单元 ' if unit else ''}{room} 室")
    if in_field:
        ways += ["-".join(parts), "-".join(parts), f"{building}#{'-' + unit if unit else ''}-{room}"]
    return rng.choice(ways)


def day(rng: random.Random) -> date:
    return date(2019, 1, 3) + timedelta(days=rng.randrange(2600))


def day_written(value: date, rng: random.Random, in_field: bool = True) -> tuple[str, str]:
    """A spelling of a day and the name of its kind."""
    y, m, d = value.year, value.month, value.day
    year = "".join(DIGITS[int(c)] for c in str(y))
    ways = [
        ("plain", f"{y}年{m}月{d}日"),
        ("plain", f"{y}年{m:02d}月{d:02d}日"),
        ("spaced", f"{y} 年 {m} 月 {d} 日"),
        ("dots", f"{y}.{m}.{d}"),
        ("dashes", f"{y}-{m:02d}-{d:02d}"),
        ("slashes", f"{y}/{m}/{d}"),
        ("chinese", f"{year}年{chinese(m)}月{chinese(d)}日"),
        ("hao", f"{y}年{m}月{d}号"),
    ]
    if in_field:
        ways += [
            ("short", f"{y % 100:02d}/{m}/{d}"),
            ("short", f"{y % 100:02d}年{m}月{d}日"),
            ("eight", f"{value:%Y%m%d}"),
        ]
    return tuple(reversed(rng.choice(ways)))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Household:
    """Who a form is about; `owners` are one or two."""

    key: str
    owners: tuple[str, ...]

    @property
    def owner(self) -> str:
        return "、".join(self.owners)


def household(rng: random.Random) -> Household:
    return Household(house(rng), (name(rng), name(rng)) if rng.random() < 0.08 else (name(rng),))


TEXTS = (
    "经检查情况正常",
    "卫生间漏水，已通知工程部处理",
    "按规定办理",
    "客户表示满意",
    "无",
    "已告知业主注意事项，并交付有关资料",
    "厨房、卫生间防水改造，客厅铺设木地板，更换入户门，全屋墙面粉刷",
    "空调外机位置按物业要求安装，不得破坏外墙及防水层，完工后清理垃圾",
    "水表、电表、燃气表底数已抄录，双方核对无误",
    "同意",
    "请于本周内整改完毕，逾期按管理规定处理，并承担由此造成的全部损失",
)


def value_of(spec: FieldSpec, rng: random.Random) -> str:
    """Something to fill in where only the kind of field matters."""
    match spec.type:
        case FieldType.PERSON:
            return name(rng)
        case FieldType.PHONE:
            return f"13800000{rng.randrange(1000):03d}"
        case FieldType.ID_NUMBER:
            born = f"{rng.randint(1955, 2001)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
            return f"99{rng.randrange(10**4):04d}{born}{rng.randrange(1000):03d}X"
        case FieldType.MONEY:
            return f"{rng.randrange(100, 9000)}.00元"
        case FieldType.NUMBER:
            return f"{rng.randrange(60, 180)}.{rng.randrange(100):02d}"
        case FieldType.DATE | FieldType.DATETIME:
            return day_written(day(rng), rng)[0]
        case _:
            return rng.choice(TEXTS)
