"""Draws a form of any record type from the pack's own words: its title, fields, places for signatures and seals.

So the sample forms stay true when the pack changes, and an empty form of a type is one call with no values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archive.services.demo_papers.paper import BLUE_INK, HEIGHT, RED, WIDTH, Colour, Paper
from schemas.model import FieldSpec, FieldType, Place, RecordType

LEFT, RIGHT, TOP, FOOT = 20.0, WIDTH - 18.0, 16.0, HEIGHT - 18.0
PRINT, HAND = 4.2, 5.0
"""Heights of a printed and a written character, millimetres."""
ROW, LINE = 12.5, 7.4
LABEL = 33.0
HALF = (RIGHT - LEFT) / 2 - LABEL - 4
"""Width of what is written in a half-width cell, millimetres."""
SIGNING = 21.0
"""Height of the row for two signatures."""
BARE_DATE = "日期"


@dataclass(frozen=True, slots=True)
class Filling:
    """What is filled in on a form.

    `values` and `rows` go by field code, `signed` (who signed) and `sealed` (what stands around the rim, and below
    the star) by code of the place; `rows` by both. `body` are printed paragraphs (an agreement's articles).
    `office` is printed above the title. `hand` seeds the handwriting.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Mapping[str, str]] = ()
    signed: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    body: Sequence[str] = ()
    office: str = ""
    hand: int = 1
    ink: Colour = BLUE_INK


def draw_form(kind: RecordType, filling: Filling, font: Path, title: str = "") -> list[Paper]:
    """The sheets of one form, in order; `title` prints another of the type's names.

    An agreement gets its articles and as many sheets as they need, a register with `rows` a table, any other
    form one sheet with a grid of its fields. Signatures and seals stand at the foot.
    """
    form = _Form(kind, filling, font)
    form.head(title or kind.title_zh)
    if filling.body:
        form.agreement()
    elif filling.rows:
        form.register()
    else:
        form.grid()
    form.signatures()
    form.page_numbers()
    return form.sheets


class _Form:
    """A form while it is drawn; `y` is where the next part begins on the last sheet."""

    def __init__(self, kind: RecordType, filling: Filling, font: Path) -> None:
        self.kind, self.filling, self.font = kind, filling, font
        self.sheets: list[Paper] = []
        self.y = TOP
        self.paper = self._turn()

    def _turn(self) -> Paper:
        """A fresh sheet."""
        self.paper = Paper(self.font, self.filling.hand * 100 + len(self.sheets), self.filling.ink)
        self.sheets.append(self.paper)
        self.y = TOP
        return self.paper

    def head(self, title: str) -> None:
        self.paper.centred(self.y, self.filling.office, PRINT)
        self.paper.centred(self.y + 7.5, title, 6.6, bold=True)
        number = next((f for f in self.kind.fields if f.role == "number"), None)
        written = self.filling.values.get(number.code, "") if number else ""
        if number and written:
            text = f"{number.label_zh}：{written}"
            self.paper.text(RIGHT - self.paper.length(text, 3.4), self.y + 18.5, text, 3.4, RED)
        self.y += 24.0

    def _fields(self) -> list[FieldSpec]:
        """Fields that get a cell: not the number above, not a page's number, not the day beside a signature."""
        taken = {"number", "page_number"}
        signs = bool(self.kind.signatures)
        return [
            f
            for f in self.kind.fields
            if f.code not in taken and not (signs and f.role == "date" and f.label_zh == BARE_DATE)
        ]

    def grid(self) -> None:
        """Label and value side by side, two short fields a row; long ones alone."""
        waiting: FieldSpec | None = None
        for spec in self._fields():
            if self._is_long(spec):
                self._half_row(waiting, None)
                waiting = None
                self._long(spec)
            elif waiting is None:
                waiting = spec
            else:
                self._half_row(waiting, spec)
                waiting = None
        self._half_row(waiting, None)

    def _is_long(self, spec: FieldSpec) -> bool:
        value = self.filling.values.get(spec.code, "")
        return self.paper.length(value, HAND * 1.04) > HALF or "\n" in value or bool(spec.choices)

    def _half_row(self, first: FieldSpec | None, second: FieldSpec | None) -> None:
        if first is None:
            return
        middle = (LEFT + RIGHT) / 2
        end = middle if second else RIGHT
        self._cell(first, LEFT, end, ROW)
        if second:
            self._cell(second, middle, RIGHT, ROW)
        self.y += ROW

    def _cell(self, spec: FieldSpec, x0: float, x1: float, height: float) -> None:
        self.paper.box(x0, self.y, x1, self.y + height)
        self.paper.rule(x0 + LABEL, self.y, x0 + LABEL, self.y + height)
        self.paper.text(x0 + 2.0, self.y + (height - PRINT) / 2 - 0.6, spec.label_zh, PRINT)
        self.paper.write(x0 + LABEL + 2.0, self.y + 3.2, self.filling.values.get(spec.code, ""), HAND)

    def _long(self, spec: FieldSpec) -> None:
        if spec.type is FieldType.CHOICE and spec.choices:
            return self._choices(spec)
        lines = self.paper.fit(self.filling.values.get(spec.code, ""), HAND * 1.04, RIGHT - LEFT - LABEL - 5)
        height = LINE * (len(lines) + 1) + (LINE if spec.type is FieldType.TEXT else 0.0)
        self.paper.box(LEFT, self.y, RIGHT, self.y + height)
        self.paper.rule(LEFT + LABEL, self.y, LEFT + LABEL, self.y + height)
        self.paper.text(LEFT + 2.0, self.y + (height - PRINT) / 2 - 0.6, spec.label_zh, PRINT)
        for i, line in enumerate(lines):
            self.paper.write(LEFT + LABEL + 2.0, self.y + 3.2 + LINE * i, line, HAND)
        self.y += height
        return None

    def _choices(self, spec: FieldSpec) -> None:
        self.paper.box(LEFT, self.y, RIGHT, self.y + ROW)
        self.paper.rule(LEFT + LABEL, self.y, LEFT + LABEL, self.y + ROW)
        self.paper.text(LEFT + 2.0, self.y + 3.6, spec.label_zh, PRINT)
        x = LEFT + LABEL + 4.0
        for choice in spec.choices:
            self.paper.tick_box(x, self.y + 4.2, self.filling.values.get(spec.code) == choice)
            self.paper.text(x + 6.5, self.y + 3.6, choice, PRINT)
            x += 16.0 + self.paper.length(choice, PRINT)
        self.y += ROW

    def agreement(self) -> None:
        """Fields on lines of their own, then the articles, over as many sheets as they need."""
        for spec in self._fields():
            if value := self.filling.values.get(spec.code, ""):
                self.paper.text(LEFT, self.y, f"{spec.label_zh}：", PRINT)
                x = LEFT + self.paper.length(f"{spec.label_zh}：", PRINT) + 1.5
                end = self.paper.write(x, self.y - 0.9, value, HAND)
                self.paper.rule(x - 1, self.y + 6.0, max(end + 3, x + 55), self.y + 6.0, 0.2)
                self.y += 9.0
        self.y += 4.0
        for paragraph in self.filling.body:
            lines = self.paper.fit("　　" + paragraph, PRINT, RIGHT - LEFT)
            if self.y + LINE * len(lines) > FOOT - 10:
                self._turn()
            for line in lines:
                self.paper.text(LEFT, self.y, line, PRINT)
                self.y += LINE
            self.y += 2.0

    def register(self) -> None:
        """A table with a column for each field that a row fills, then one for each signature."""
        rows = self.filling.rows
        filled = [f for f in self._fields() if any(f.code in row for row in rows)]
        columns: list[FieldSpec | Place] = [*filled, *self.kind.signatures]
        weights = [_weight(c, rows) for c in columns]
        scale = (RIGHT - LEFT) / sum(weights)
        edges = [LEFT]
        for weight in weights:
            edges.append(edges[-1] + weight * scale)
        bottom = self.y + ROW * (len(rows) + 1)
        for edge in edges:
            self.paper.rule(edge, self.y, edge, bottom)
        for column, x in zip(columns, edges, strict=False):
            self.paper.text(x + 1.2, self.y + 4.2, column.label_zh, 3.3)
        for number, row in enumerate(rows, start=1):
            self.paper.rule(LEFT, self.y + ROW * number, RIGHT, self.y + ROW * number)
            for column, x, end in zip(columns, edges, edges[1:], strict=False):
                self._in_row(column, x, end, self.y + ROW * number, row)
        self.paper.rule(LEFT, self.y, RIGHT, self.y)
        self.paper.rule(LEFT, bottom, RIGHT, bottom)
        self.y = bottom

    def _in_row(
        self, column: FieldSpec | Place, x: float, end: float, y: float, row: Mapping[str, str]
    ) -> None:
        value = row.get(column.code, "")
        if isinstance(column, FieldSpec):
            self.paper.write(x + 1.2, y + 4.0, value, 3.8)
        elif value:
            self.paper.sign(x + 1.5, y + 2.2, value, 5.4)

    def signatures(self) -> None:
        """Two places a row, each with its label, the signature and the day; a seal over its own label."""
        if self.filling.rows:
            return
        places = [p for p in self.kind.signatures if p.required or p.code in self.filling.signed]
        seals = [p for p in self.kind.seals if p.code in self.filling.sealed]
        height = SIGNING * ((len(places) + 1) // 2) + (40.0 if seals else 0.0)
        if self.y + height > FOOT:
            self._turn()
        self.y += 7.0
        day = self.filling.values.get(next((f.code for f in self.kind.fields if f.role == "date"), ""), "")
        middle = (LEFT + RIGHT) / 2
        for i, place in enumerate(places):
            self._place(place, LEFT if i % 2 == 0 else middle + 2, day)
            if i % 2 == 1 or i == len(places) - 1:
                self.y += SIGNING
        for i, place in enumerate(seals):
            x = LEFT if i % 2 == 0 else middle + 2
            self.paper.text(x, self.y, f"{place.label_zh}：", PRINT)
            around, below = self.filling.sealed[place.code]
            self.paper.seal(x + self.paper.length(place.label_zh, PRINT) + 22, self.y + 12, around, below)

    def _place(self, place: Place, x: float, day: str) -> None:
        label = f"{place.label_zh}："
        self.paper.text(x, self.y + 2.5, label, PRINT)
        end = x + self.paper.length(label, PRINT)
        name = self.filling.signed.get(place.code, "")
        if not name:
            self.paper.rule(end + 1, self.y + 8.0, end + 25, self.y + 8.0, 0.2)
            return
        self.paper.sign(end + 2, self.y + 0.2, name)
        if day:
            self.paper.text(x, self.y + 10.5, f"{BARE_DATE}：", 3.6)
            self.paper.write(x + 12.0, self.y + 9.9, day, 4.2)

    def page_numbers(self) -> None:
        for number, sheet in enumerate(self.sheets, start=1):
            sheet.centred(HEIGHT - 13, f"第{number}页 共{len(self.sheets)}页", 3.2)


def _weight(column: FieldSpec | Place, rows: Sequence[Mapping[str, str]]) -> float:
    if isinstance(column, Place):
        return max(22.0, 3.4 * len(column.label_zh) + 3)
    longest = max(sum(1.0 if c > "ÿ" else 0.56 for c in row.get(column.code, "")) for row in rows)
    return max(3.4 * len(column.label_zh), 3.9 * longest) + 3
