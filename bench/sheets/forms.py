"""Forms drawn from a pack's words in ways of their own: title, label and value stand where other offices put them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bench.sheets.paper import HEIGHT, RED, SEAL_BLUE, WIDTH, Paper
from bench.sheets.people import DOUBLE, TEXTS, Household, day_written, house_written, name, value_of
from schemas.model import FieldSpec, FieldType, Place, RecordType

LEFT, RIGHT = 130, WIDTH - 130
LAYOUTS = ("grid", "wide_grid", "above", "lines", "one_cell", "sentence")
OFFICES = (
    "锦绣花园物业服务中心",
    "云栖里小区管理处",
    "恒泰物业管理有限公司",
    "滨江苑客户服务中心",
    "金桂园物业",
    "",
)
FOREIGN = {
    "owner": ("房屋所有权人", "业户姓名", "户主（业主）", "业主（产权人）", "业主签约人"),
    "house": ("房屋座落", "楼座房号", "栋号及房号", "单元房号", "房屋门牌"),
    "date": ("填表日", "经办日期", "受理日期", "日 期"),
}
"""Labels that a pack need not know."""


@dataclass(slots=True)
class Filled:
    """What one form says, for drawing and for judging."""

    kind: RecordType
    home: Household
    values: dict[str, str]
    labels: dict[str, str]
    date: str
    signed: list[str] = field(default_factory=list)
    sealed: bool = False
    classes: set[str] = field(default_factory=set)
    title: str = ""
    layout: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)


def filled(kind: RecordType, home: Household, day: Any, rng: random.Random) -> Filled:
    """A form of this type filled in for a household on a day."""
    spelled, spelling = day_written(day, rng)
    form = Filled(kind, home, {}, {}, spelled, classes={f"date:{spelling}"})
    form.layout = "sentence" if kind.kind == "agreement" and rng.random() < 0.7 else rng.choice(LAYOUTS[:5])
    form.title = rng.choice(
        [kind.title_zh, kind.title_zh, *(a for a in kind.aliases if a[0] > "\u2e7f" and "è" not in a)]
    )
    for spec in kind.fields:
        if spec.code == "page_number":
            continue
        form.labels[spec.code] = _label(spec, rng, form)
        form.values[spec.code] = _value(spec, home, spelled, rng)
    if len(home.owners) > 1:
        form.classes.add("couple")
    if home.owners[0][:2] in DOUBLE:
        form.classes.add("double surname")
    return form


def _label(spec: FieldSpec, rng: random.Random, form: Filled) -> str:
    chance = rng.random()
    if spec.role in FOREIGN and chance < 0.08:
        form.classes.add("foreign label")
        return rng.choice(FOREIGN[spec.role])
    zh = [a for a in spec.aliases if a[0] > "\u2e7f"]
    return rng.choice(zh) if zh and chance < 0.4 else spec.label_zh


def _value(spec: FieldSpec, home: Household, spelled: str, rng: random.Random) -> str:
    if spec.role == "house":
        return house_written(home.key, rng)
    if spec.role == "owner":
        return rng.choice(["、", " ", "，"]).join(home.owners)
    if spec.role == "date":
        return spelled
    if spec.role == "number":
        return f"{rng.choice(['', 'No', 'GT-'])}{rng.randrange(10**5, 10**6)}"
    if spec.choices:
        return rng.choice(spec.choices)
    return "" if not spec.required and rng.random() < 0.3 else value_of(spec, rng)


class Drawer:
    """Draws one form on one or more sheets of paper."""

    def __init__(self, form: Filled, new_paper: Any, rng: random.Random) -> None:
        self.form, self.rng, self.new_paper = form, rng, new_paper
        self.sheets: list[Paper] = [new_paper()]
        self.y = 110.0
        self.colon = rng.choice(["：", ":", "", "： "])
        self.size = rng.choice([25, 27, 29])
        self.signing_date = form.date

    @property
    def paper(self) -> Paper:
        return self.sheets[-1]

    def draw(self) -> list[Paper]:
        self.head()
        getattr(self, self.form.layout)()
        self.foot()
        self.print_marks()
        return self.sheets

    def head(self) -> None:
        office, title, size = self.rng.choice(OFFICES), self.form.title, self.rng.choice([40, 46, 52])
        if self.rng.random() < 0.25 and len(title) < 8:
            title = " ".join(title)
        wide = self.paper.length(title, size)
        x = LEFT if self.rng.random() < 0.15 else (WIDTH - wide) / 2
        if office:
            self.paper.print((WIDTH - self.paper.length(office, 28)) / 2, self.y, office, 28)
            self.y += 50
        if self.rng.random() < 0.12:
            self.paper.box(x - 24, self.y - 14, x + wide + 24, self.y + size + 22)
        self.paper.print(x, self.y, title, size, bold=True)
        self.y += size + 50
        if self.rng.random() < 0.4:
            self.paper.print(
                RIGHT - 330,
                self.y - 24,
                f"表单号：{self.rng.choice('ABCD')}{self.rng.randrange(100)}-{self.rng.randrange(1000):03d}",
                22,
            )
            self.y += 16

    def _cells(self) -> list[tuple[FieldSpec, str, str]]:
        return [
            (s, self.form.labels[s.code], self.form.values[s.code])
            for s in self.form.kind.fields
            if s.code in self.form.labels
        ]

    def _pack(self, columns: int) -> list[list[tuple[FieldSpec, str, str]]]:
        """Cells by row; long ones alone, in a cell over all columns."""
        rows: list[list[tuple[FieldSpec, str, str]]] = []
        for cell in self._cells():
            long = self.paper.length(cell[2], 34) > (RIGHT - LEFT) / columns - 250 or len(cell[0].choices) > 2
            if long or not rows or len(rows[-1]) >= columns:
                rows.append([cell])
                if long:
                    rows.append([])
            else:
                rows[-1].append(cell)
        return [r for r in rows if r]

    def grid(self, columns: int = 2) -> None:
        height = self.rng.choice([66, 78, 92])
        for row in self._pack(columns):
            step = (RIGHT - LEFT) / len(row)
            lines = max(self._lines(v, step - 250) for _, _, v in row)
            tall = max(height, 48 * lines + 24)
            self.room(tall)
            for number, (spec, label, value) in enumerate(row):
                x, edge = LEFT + number * step, 210
                self.paper.box(x, self.y, x + step, self.y + tall)
                self.paper.line(x + edge, self.y, x + edge, self.y + tall)
                wide = self.paper.length(label, self.size)
                size = self.size if wide < edge - 10 else int(self.size * (edge - 10) / wide)
                self.paper.print(x + max(5, (edge - wide) / 2), self.y + (tall - size) / 2 - 4, label, size)
                self.fill(spec, value, x + edge + 14, self.y + (tall - 48 * lines) / 2, step - edge - 24)
            self.y += tall

    def wide_grid(self) -> None:
        self.grid(3)

    def one_cell(self) -> None:
        """Label and value share a cell."""
        colon = self.colon or "："
        for row in self._pack(2):
            step = (RIGHT - LEFT) / len(row)
            tall = max(76, 48 * max(self._lines(v, step - 260) for _, _, v in row) + 26)
            self.room(tall)
            for number, (spec, label, value) in enumerate(row):
                x = LEFT + number * step
                self.paper.box(x, self.y, x + step, self.y + tall)
                end = self.paper.print(x + 12, self.y + 20, label + colon, self.size)
                self.fill(spec, value, end + 8, self.y + 14, x + step - end - 16)
            self.y += tall

    def above(self) -> None:
        """The label small in the upper corner of its cell, the value below it."""
        for row in self._pack(3):
            step = (RIGHT - LEFT) / len(row)
            tall = 106 + 48 * (max(self._lines(v, step - 30) for _, _, v in row) - 1)
            self.room(tall)
            for number, (spec, label, value) in enumerate(row):
                x = LEFT + number * step
                self.paper.box(x, self.y, x + step, self.y + tall)
                self.paper.print(x + 10, self.y + 8, label, self.size - 4)
                self.fill(spec, value, x + 22, self.y + 46, step - 30)
            self.y += tall

    def lines(self) -> None:
        """No table: labels with fill lines under the values."""
        for row in self._pack(2):
            step = (RIGHT - LEFT) / len(row)
            lines = max(self._lines(v, step - 280) for _, _, v in row)
            self.room(70 + 48 * (lines - 1))
            for number, (spec, label, value) in enumerate(row):
                x = LEFT + number * step
                end = self.paper.print(x, self.y + 10, label + self.colon, self.size) + 6
                self.fill(spec, value, end + 10, self.y + 4, x + step - 30 - end)
                for k in range(lines):
                    self.paper.line(end, self.y + 48 + 48 * k, x + step - 20, self.y + 48 + 48 * k)
            self.y += 70 + 48 * (lines - 1)

    def sentence(self) -> None:
        """An agreement: parties, articles with blanks, over one or two pages."""
        v, labels = self.form.values, self.form.labels
        rows = [("甲方（物业公司）：", self.rng.choice(OFFICES[:5]), False)]
        if "owner" in v:
            rows.append(
                (self.rng.choice(["乙方（业主）：", labels["owner"] + "：", "乙方："]), v["owner"], True)
            )
        if "house" in v:
            rows.append(
                (self.rng.choice([labels["house"] + "：", "房屋坐落：", "物业地址："]), v["house"], True)
            )
        for label, value, hand in rows:
            end = self.paper.print(LEFT, self.y, label, self.size)
            last = (
                self.paper.write(end + 16, self.y - 4, value)
                if hand
                else self.paper.print(end + 8, self.y, value, self.size)
            )
            if hand:
                self.paper.line(end + 6, self.y + 40, max(last + 20, end + 420), self.y + 40)
            self.y += 62
        self._articles()

    def _articles(self) -> None:
        marks = list(self.form.kind.marks)
        count = self.rng.choice([5, 7, 22])
        for number in range(1, count + 1):
            mark = marks[number % len(marks)] if marks else "物业服务"
            said = f"双方应遵守本{self.form.title[-3:]}及小区管理规定"
            text = f"{number}、{mark}：{said}，{self.rng.choice(TEXTS)}。{self.rng.choice(TEXTS)}。"
            for k in range(0, len(text), 46):
                self.room(44)
                self.paper.print(LEFT + (0 if k else 40), self.y, text[k : k + 46], self.size)
                self.y += 44

    def _lines(self, value: str, room: float) -> int:
        return 1 + int(self.paper.length(value, 34) // max(120.0, room - 20))

    def fill(self, spec: FieldSpec, value: str, x: float, y: float, room: float) -> None:
        if spec.choices and len(spec.choices) <= 5:
            at, line = x, 0
            for choice in spec.choices:
                wide = 52 + self.paper.length(choice, self.size)
                if at + wide > x + room and at > x:
                    at, line = x, line + 1
                self.paper.box(at, y + 8 + 44 * line, at + 24, y + 32 + 44 * line)
                if choice == value:
                    self.paper.write(at, y + 44 * line, "√", 34)
                self.paper.print(at + 32, y + 4 + 44 * line, choice, self.size)
                at += wide + 14
            return
        part, lines = "", []
        for character in value:
            if self.paper.length(part + character, 34) > max(120.0, room - 20):
                lines.append(part)
                part = ""
            part += character
        for k, text in enumerate([*lines, part]):
            if self.rng.random() < 0.15:
                self.paper.print(x, y + 4 + 48 * k, text, 29)
            else:
                self.paper.write(x, y + 48 * k, text)

    def room(self, height: float) -> None:
        """A fresh sheet without title when there is no room."""
        if self.y + height > HEIGHT - 200:
            self.sheets.append(self.new_paper())
            self.y = 140
            self.form.classes.add("second page")

    def foot(self) -> None:
        """Places to sign and to seal, with the day."""
        places = list(self.form.kind.signatures)[:4]
        if not places and not self.form.kind.seals:
            return
        self.y += 50
        self.room(120 * ((len(places) + 1) // 2) + 200)
        style = self.rng.choice(["row", "stacked"])
        for number, place in enumerate(places):
            x = (
                LEFT + (number % 2) * 720
                if style == "row"
                else LEFT + (700 if self.rng.random() < 0.2 else 0)
            )
            self._sign(place, x)
            if style == "stacked" or number % 2 or number == len(places) - 1:
                self.y += 125
        if (self.form.kind.seals and self.rng.random() < 0.75) or self.rng.random() < 0.1:
            self._seal(self.form.kind.seals[0] if self.form.kind.seals else None)

    def _sign(self, place: Place, x: float) -> None:
        zh = [a for a in place.aliases if a[0] > "\u2e7f" and len(a) > 2]
        label = self.rng.choice(zh) if zh and self.rng.random() < 0.35 else place.label_zh
        end = self.paper.print(x, self.y, label + self.rng.choice(["：", ":", "（签字）："]), self.size)
        is_owner = place.who == "owner" or place.code.startswith(("owner", "customer"))
        who = self.form.home.owners[0] if is_owner else name(self.rng)
        chance = self.rng.random()
        if chance < 0.75:
            self.paper.scribble(end + 12, self.y, who)
            self.form.signed.append(place.code)
        elif chance < 0.83:
            self.paper.print(end + 14, self.y, who, self.size)
            self.form.signed.append(place.code)
        else:
            self.form.classes.add("unsigned")
        if self.rng.random() < 0.5:
            self.paper.line(end + 4, self.y + 42, end + 240, self.y + 42)
        beside = self.rng.random() < 0.4 and end + 560 < x + 720
        dx, dy = (end + 280, self.y) if beside else (x + 40, self.y + 56)
        if self.rng.random() < 0.7:
            at = self.paper.print(dx, dy, "日期：", self.size) if self.rng.random() < 0.5 else dx
            self.paper.write(at, dy, self.form.date, 30)
            self.form.classes.add("signing date")

    def _seal(self, place: Place | None) -> None:
        text = self.rng.choice(
            ["锦绣花园物业管理处", "恒泰物业合同专用章", "滨江苑客户服务中心", "复印件与原件一致"]
        )
        shape, colour = (
            self.rng.choice(["round", "round", "oval", "square"]),
            self.rng.choice([RED, RED, SEAL_BLUE]),
        )
        label = place.label_zh if place else ""
        x, y = self.rng.uniform(350, 1300), min(self.y + self.rng.uniform(-110, 60), HEIGHT - 200)
        if label:
            self.paper.print(max(LEFT, x - 260), y + 60, label + "：", self.size)
        self.paper.seal(x, y, text, shape, colour)
        self.form.sealed = True
        self.form.classes |= {f"seal:{shape}", "seal:blue" if colour == SEAL_BLUE else "seal:red"}

    def print_marks(self) -> None:
        """What offices print at the foot: the page, the version of the form, the day it was printed."""
        for number, paper in enumerate(self.sheets, 1):
            if len(self.sheets) > 1 and self.rng.random() < 0.6:
                paper.print(WIDTH / 2 - 120, HEIGHT - 90, f"第{number}页  共{len(self.sheets)}页", 22)
        if self.rng.random() < 0.2:
            self.paper.print(
                LEFT,
                HEIGHT - 90,
                f"打印时间：2026-03-{self.rng.randint(10, 28)} 10:{self.rng.randint(10, 59)}",
                20,
            )
            self.form.classes.add("print date")
        elif self.rng.random() < 0.2:
            self.paper.print(LEFT, HEIGHT - 90, "版本：A/1  生效日期：2018年5月1日", 20)
            self.form.classes.add("print date")


class RegisterDrawer(Drawer):
    """A register: one row an entry, each of another household."""

    def draw(self) -> list[Paper]:
        self.head()
        if self.rng.random() < 0.5:
            self.paper.print(
                LEFT, self.y, f"{self.rng.randint(2020, 2026)}年度   第{self.rng.randint(1, 5)}册", 25
            )
            self.y += 50
        specs = [s for s in self.form.kind.fields if s.code in self.form.rows[0]]
        share = [
            2.2
            if s.role in ("house",)
            else 1.9
            if s.type is FieldType.DATE
            else 3
            if s.type is FieldType.TEXT
            else 1.6
            for s in specs
        ]
        edges = [LEFT + (RIGHT - LEFT) * sum(share[:k]) / sum(share) for k in range(len(specs) + 1)]
        self._row(edges, [s.label_zh for s in specs], hand=False)
        for row in self.form.rows:
            self._row(edges, [row[s.code] for s in specs], hand=True)
        self.print_marks()
        return self.sheets

    def _row(self, edges: list[float], texts: list[str], hand: bool) -> None:
        tall = 82
        for (x, end), text in zip(pairwise(edges), texts, strict=True):
            self.paper.box(x, self.y, end, self.y + tall)
            size = 30 if hand else 25
            wide = self.paper.length(text, size)
            size = size if wide < end - x - 12 else max(15, int(size * (end - x - 12) / wide))
            where = (
                x + max(6, (end - x - self.paper.length(text, size)) / 2),
                self.y + (tall - size) / 2 - 3,
            )
            (self.paper.write(*where, text, size) if hand else self.paper.print(*where, text, size))
        self.y += tall
