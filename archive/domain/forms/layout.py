"""How a record type looks as an office form: head, grid or register, places for signatures and seals, foot.

Pure: the same type and values give the same sheets. The pages of the manuals show such tables: a label beside
each value, two short fields in a row, a wide box for what is told at length, a ruled table for a register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.domain.forms.elements import Code, Frame, Rule, Sheet, Slot, Words, ems, shrunk, wrapped
from schemas.model import FieldSpec, FieldType, Place, RecordType

LEFT, RIGHT_MARGIN, TOP = 17.0, 17.0, 13.0
FOOT = 35.0
"""Height of the foot: the second code, the clause, the page."""
HEAD = 34.5
EDGE = 13.0
"""From the lower edge to the second code."""
CODE, SECOND_CODE = 23.0, 20.0
"""Sides of the two codes of a page: a corner may be torn off and the form still finds home. They stand far enough
from the edge that a sheet 5 degrees askew on the scanner loses neither."""
LABEL = 30.0
ROW, ROOMY, TALL, SIGNING, SEALING = 11.0, 15.0, 17.0, 19.0, 36.0
PRINT, SMALL = 3.7, 2.5
THIN, THICK = 0.2, 0.4
REGISTER_ROW, REGISTER_ROWS = 9.5, 60
_WIDE = frozenset({
    "content", "result", "cause", "items", "remarks", "facts", "measures", "defects", "problem",
    "handling", "demand", "suggestion", "review", "outcome", "first_action", "events", "follow_up",
    "owner_opinion", "transferor_opinion", "scope", "works", "violation", "recheck", "callback", "effect",
    "decision", "change", "purpose", "condition", "matter",
})  # fmt: skip
"""Codes of fields that are told at length."""
_FULL = frozenset({
    "title", "address", "place", "subject", "against", "equipment", "property", "check",
})  # fmt: skip
"""Codes of fields that take a whole row."""
_TOLD = frozenset({"report", "plan", "correspondence", "notice", "agreement", "recording", "drawing"})
"""Kinds of records whose own words need room, whatever fields they have."""
_BOOKS = frozenset({"register"})


@dataclass(frozen=True, slots=True)
class Print:
    """What one copy of a form says besides its type.

    `values` go by field code and are printed in their cells (a choice ticks its box); `head` is the line above
    the title (estate, office), `house` and `date` are printed in the head where the form has no such field.
    `mark` says which copy this is and where it goes, `serial` is printed below the code, `clause` in the foot.
    `english` adds the English names. Without `serial` no code is printed.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    head: str = ""
    house: str = ""
    date: str = ""
    mark: str = ""
    serial: str = ""
    clause: str = ""
    note: str = ""
    english: bool = False
    title: str = ""
    rows: int = 0
    """Rows of a register; 0 fills one page."""


def lay_out(kind: RecordType, said: Print) -> tuple[Sheet, ...]:
    """The sheets of one copy. At least one; each with its page's number, and with places for its codes."""
    form = _Form(kind, said)
    if kind.kind in _BOOKS:
        form.register()
    else:
        form.grid()
    form.feet()
    return tuple(form.sheets)


class _Form:
    """A form while it is laid out; `y` is where the next part begins on the last sheet."""

    def __init__(self, kind: RecordType, said: Print) -> None:
        self.kind, self.said = kind, said
        self.fields = [
            f for f in kind.fields if f.code not in ("number", "page_number") and f.role != "number"
        ]
        self.wide = kind.kind in _BOOKS and self._needs_width()
        self.sheets: list[Sheet] = []
        self.y = 0.0
        self.turn()

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    @property
    def right(self) -> float:
        return self.sheet.width - RIGHT_MARGIN

    @property
    def bottom(self) -> float:
        return self.sheet.height - FOOT

    def _needs_width(self) -> bool:
        return sum(map(_share, self.fields)) + sum(map(_share, self.kind.signatures)) > 180

    def turn(self) -> None:
        """A fresh sheet with its head."""
        self.sheets.append(Sheet(297.0, 210.0) if self.wide else Sheet())
        self._head()

    # --- head

    def _head(self) -> None:
        said, sheet = self.said, self.sheet
        end = self.right - (CODE + 4 if said.serial else 0)
        middle = sheet.width / 2
        reach = 2 * (end - middle)
        self._centred(TOP, said.head, 3.6, middle, reach, gray=True)
        title = said.title or self.kind.title_zh
        self._centred(TOP + 6.5, title, 6.6, middle, reach, bold=True)
        if said.english:
            self._centred(TOP + 15.0, self.kind.title_en, 3.2, middle, reach, gray=True)
        if said.serial:
            sheet.printed.append(Code(self.right - CODE, TOP, CODE))
            shown = spaced(said.serial)
            width = ems(shown) * SMALL
            sheet.printed.append(Words(self.right - (CODE + width) / 2, TOP + 24, shown, SMALL, centred=True))
        if said.mark:
            sheet.printed.append(Words(LEFT, TOP + 1, said.mark, 3.0))
        self._strip(end)
        self.y = TOP + HEAD - 6

    def _centred(
        self,
        y: float,
        text: str,
        size: float,
        middle: float,
        reach: float,
        bold: bool = False,
        gray: bool = False,
    ) -> None:
        if not text:
            return
        size = shrunk(text, size, reach)
        self.sheet.printed.append(Words(middle - ems(text) * size / 2, y, text, size, bold, gray, True))

    def _strip(self, end: float) -> None:
        """One line of small things above the table: number, house and day where no cell has them, book pages."""
        x, y = LEFT, TOP + 22.2
        roles = {f.role for f in self.fields}
        book = self.kind.kind in _BOOKS
        number = next((f for f in self.kind.fields if f.role == "number" or f.code == "number"), None)
        if self.said.house and (book or "house" not in roles):
            x = self._pair(x, y, "房屋", self.said.house, "")
        if self.said.date and (book or "date" not in roles):
            x = self._pair(x, y, "填表日期", self.said.date, "")
        if number is not None:
            written = self.said.values.get(number.code, "")
            self._pair(x, y, number.label_zh, written, number.code, 14.0 if book else 34.0)
        if book:
            self._pair(end - 33, y, "第", "", "page_number", 8.0, "页")
            self._pair(end - 15.5, y, "共", "", "pages", 8.0, "页")

    def _pair(
        self, x: float, y: float, label: str, value: str, code: str, room: float = 34.0, unit: str = ""
    ) -> float:
        text = f"{label}：" if not unit else label
        self.sheet.printed.append(Words(x, y, text, 3.2))
        start = x + ems(text) * 3.2 + 0.5
        width = ems(value) * 3.2 + 1 if value else room
        if value:
            self.sheet.printed.append(Words(start, y, value, 3.2))
        else:
            self.sheet.printed.append(Rule(start, y + 4.2, start + width, y + 4.2, 0.2))
            self.sheet.slots.append(Slot("field", code, start, y - 2, start + width, y + 4.2))
        if unit:
            self.sheet.printed.append(Words(start + width + 0.5, y, unit, 3.2))
        return start + width + 5

    # --- a form's grid

    def grid(self) -> None:
        """Cells in the type's order; what is told at length shares the room that is left."""
        rows = _rows_of(self.fields)
        if not any(_tall(row[0]) for row in rows) and self.kind.kind in _TOLD:
            rows.append((_BODY,))
        ending = self._ending()
        heights = [TALL if _tall(row[0]) else ROW for row in rows]
        room = self.bottom - self.y - ending - sum(heights)
        tall = [i for i, row in enumerate(rows) if _tall(row[0])]
        if tall and room > 0:
            for i in tall:
                heights[i] += room / len(tall)
        elif room > 0:
            heights = [min(ROOMY, height + room / len(rows)) for height in heights]
        begun = self.y
        for row, height in zip(rows, heights, strict=True):
            sheet, end = self.sheet, self.y
            self._make_room(height)
            if self.sheet is not sheet:
                sheet.printed.append(Frame(LEFT, begun, sheet.width - RIGHT_MARGIN, end, THICK))
                begun = self.y
            self._row(row, height)
        self.sheet.printed.append(Frame(LEFT, begun, self.right, self.y, THICK))
        self._make_room(ending)
        self._signatures()
        self._seals()

    def _make_room(self, height: float) -> None:
        if self.y + height > self.bottom + 0.01:
            self.turn()

    def _row(self, row: tuple[FieldSpec, ...], height: float) -> None:
        middle = (LEFT + self.right) / 2
        if len(row) == 2:
            self._cell(row[0], LEFT, middle, height)
            self._cell(row[1], middle, self.right, height)
        else:
            self._cell(row[0], LEFT, self.right, height)
        self.y += height

    def _cell(self, spec: FieldSpec, x0: float, x1: float, height: float) -> None:
        y = self.y
        self.sheet.printed.append(Frame(x0, y, x0 + LABEL, y + height, 0.0, shade=True))
        self.sheet.printed.append(Rule(x0 + LABEL, y, x0 + LABEL, y + height, THIN))
        self.sheet.printed.append(Frame(x0, y, x1, y + height, THIN))
        self._label(spec, x0, y, height)
        value = self.said.values.get(spec.code, "")
        left = x0 + LABEL
        if spec.choices:
            return self._choices(spec, left, y, height, value)
        if value:
            size = shrunk(value, PRINT, x1 - left - 4)
            lines = wrapped(value, size, x1 - left - 4)[: max(1, int((height - 2) / (size * 1.5)))]
            top = y + 3 if _tall(spec) else y + (height - size * 1.5 * len(lines)) / 2 + size * 0.25
            for i, line in enumerate(lines):
                self.sheet.printed.append(Words(left + 2, top + i * size * 1.5, line, size))
        self.sheet.slots.append(Slot("field", spec.code, left, y, x1, y + height))
        return None

    def _label(self, spec: FieldSpec, x0: float, y: float, height: float) -> None:
        size = shrunk(spec.label_zh, PRINT, LABEL - 3)
        english = spec.label_en if self.said.english else ""
        top = y + (height - size) / 2 - (1.5 if english else 0) - 0.3
        self.sheet.printed.append(
            Words(x0 + (LABEL - ems(spec.label_zh) * size) / 2, top, spec.label_zh, size, centred=True)
        )
        if english:
            small = shrunk(english, 2.1, LABEL - 2, 1.5)
            x = x0 + (LABEL - ems(english) * small) / 2
            self.sheet.printed.append(
                Words(max(x0 + 0.5, x), top + size + 0.9, english, small, gray=True, centred=True)
            )

    def _choices(self, spec: FieldSpec, left: float, y: float, height: float, value: str) -> None:
        x, side = left + 4.0, 3.8
        top = y + (height - side) / 2
        for choice in spec.choices:
            self.sheet.printed.append(Frame(x, top, x + side, top + side, 0.3))
            if choice == value:
                self.sheet.printed += [
                    Rule(x + 0.6, top + 2.0, x + 1.6, top + 3.1, 0.6),
                    Rule(x + 1.6, top + 3.1, x + 3.3, top + 0.7, 0.6),
                ]
            self.sheet.slots.append(Slot("choice", spec.code, x, top, x + side, top + side, choice))
            self.sheet.printed.append(Words(x + side + 1.6, y + (height - PRINT) / 2 - 0.3, choice, PRINT))
            x += side + ems(choice) * PRINT + 10

    # --- a register's table

    def register(self) -> None:
        """A head row and as many empty rows as the page has room for; `rows` of them over more pages."""
        left = self.said.rows or -1
        done = 0
        while True:
            room = int((self.bottom - self.y - 9.5) / REGISTER_ROW)
            here = room if left < 0 else min(room, left - done)
            self._table(here, done)
            done += here
            if left < 0 or done >= left:
                return
            self.turn()

    def _table(self, rows: int, first: int) -> None:
        columns: list[FieldSpec | Place] = [*self.fields, *self.kind.signatures]
        total = sum(map(_share, columns)) + 9.0
        scale = (self.right - LEFT) / total
        edges = [LEFT, LEFT + 9.0 * scale]
        for column in columns:
            edges.append(edges[-1] + _share(column) * scale)
        head, end = 9.5, self.y + 9.5 + rows * REGISTER_ROW
        self.sheet.printed.append(Frame(LEFT, self.y, self.right, self.y + head, 0.0, shade=True))
        self.sheet.printed.append(Frame(LEFT, self.y, self.right, end, THICK))
        self.sheet.printed += [Rule(x, self.y, x, end, THIN) for x in edges[1:-1]]
        for x0, x1, text in zip(edges, edges[1:], ["序号", *(c.label_zh for c in columns)], strict=False):
            size = shrunk(text, 3.3, x1 - x0 - 1.4)
            self.sheet.printed.append(
                Words(
                    (x0 + x1 - ems(text) * size) / 2,
                    self.y + (head - size) / 2 - 0.3,
                    text,
                    size,
                    centred=True,
                )
            )
        for row in range(rows):
            y = self.y + head + row * REGISTER_ROW
            self.sheet.printed.append(Rule(LEFT, y, self.right, y, THIN))
            number = str(first + row + 1)
            x = (edges[0] + edges[1] - ems(number) * 2.8) / 2
            self.sheet.printed.append(Words(x, y + 3.2, number, 2.8, gray=True, centred=True))
            for column, x0, x1 in zip(columns, edges[1:], edges[2:], strict=False):
                what = "signature" if isinstance(column, Place) else "field"
                self.sheet.slots.append(Slot(what, column.code, x0, y, x1, y + REGISTER_ROW, row=first + row))
        self.y = end

    # --- signatures, seals, foot

    def _ending(self) -> float:
        signed, sealed = len(self.kind.signatures), len(self.kind.seals)
        height = SIGNING * ((signed + 1) // 2) + SEALING * ((sealed + 2) // 3)
        return height + (4 if signed or sealed else 0)

    def _signatures(self) -> None:
        places = self.kind.signatures
        if not places:
            return
        self.y += 2
        middle = (LEFT + self.right) / 2
        for i in range(0, len(places), 2):
            pair = places[i : i + 2]
            for n, place in enumerate(pair):
                x0 = LEFT if n == 0 else middle
                self._signing(place, x0, self.right if len(pair) == 1 else (middle if n == 0 else self.right))
            self.y += SIGNING

    def _signing(self, place: Place, x0: float, x1: float) -> None:
        y, sheet = self.y, self.sheet
        sheet.printed.append(Frame(x0, y, x1, y + SIGNING, THIN))
        label = f"{place.label_zh}："
        size = shrunk(label, PRINT, 42.0)
        sheet.printed.append(Words(x0 + 2.5, y + 4.4, label, size))
        start = x0 + 3.5 + ems(label) * size
        end = min(x1 - 4, start + 58)
        if self.said.english:
            small = shrunk(place.label_en, 2.1, x1 - x0 - 4, 1.5)
            sheet.printed.append(Words(x0 + 2.5, y + 1.4, place.label_en, small, gray=True))
        sheet.printed.append(Rule(start, y + 9.4, end, y + 9.4, 0.2))
        sheet.slots.append(Slot("signature", place.code, start, y + 1.0, end, y + 9.4))
        day = "年　　月　　日"
        sheet.printed.append(Words(x1 - 4 - ems(day) * 3.0, y + SIGNING - 5.2, day, 3.0, gray=True))

    def _seals(self) -> None:
        places = self.kind.seals
        if not places:
            return
        self.y += 2
        for i in range(0, len(places), 3):
            row = places[i : i + 3]
            width = (self.right - LEFT) / len(row)
            for n, place in enumerate(row):
                x0 = LEFT + n * width
                self.sheet.printed.append(Frame(x0, self.y, x0 + width, self.y + SEALING))
                label = f"{place.label_zh}："
                self.sheet.printed.append(
                    Words(x0 + 2.5, self.y + 2.5, label, shrunk(label, PRINT, width - 5))
                )
                x, y = x0 + width / 2 + 4, self.y + SEALING / 2 + 1.5
                self.sheet.printed.append(
                    Words(x0 + width - 12, self.y + SEALING - 5, "（章）", 2.8, gray=True)
                )
                self.sheet.slots.append(Slot("seal", place.code, x - 20, y - 17, x + 20, y + 16))
            self.y += SEALING

    def feet(self) -> None:
        """Clause, note, page and the second code on every sheet, now that the number of pages is known."""
        of = len(self.sheets)
        book = self.kind.kind in _BOOKS
        for number, sheet in enumerate(self.sheets, start=1):
            base = sheet.height - EDGE
            x = LEFT
            if self.said.serial:
                sheet.printed.append(Code(LEFT, base - SECOND_CODE, SECOND_CODE))
                x += SECOND_CODE + 5
            room = sheet.width - RIGHT_MARGIN - x
            lines = [
                line
                for text in (self.said.note, self.said.clause)
                if text
                for line in wrapped(text, 2.6, room)
            ]
            for i, line in enumerate(lines[:4]):
                sheet.printed.append(Words(x, base - 18.5 + i * 3.9, line, 2.6, gray=True))
            page = f"{number}/{of}" if book else f"第{number}页 共{of}页"
            if book and self.said.serial:
                page = f"{spaced(self.said.serial)} - {page}"
            sheet.printed.append(
                Words((sheet.width - ems(page) * 3.0) / 2, base - 3.0, page, 3.0, centred=True)
            )


_BODY = FieldSpec("body", "内容", "Text")
"""Room for a form whose own words have no field."""


def spaced(serial: str) -> str:
    """A serial as people read it out: K7Q2 9MXA."""
    return " ".join(serial[i : i + 4] for i in range(0, len(serial), 4))


def _tall(spec: FieldSpec) -> bool:
    return spec is _BODY or (spec.type is FieldType.TEXT and spec.code in _WIDE)


def _full(spec: FieldSpec) -> bool:
    return _tall(spec) or bool(spec.choices) or spec.code in _FULL


def _rows_of(fields: list[FieldSpec]) -> list[tuple[FieldSpec, ...]]:
    """Short fields two by two, the others alone; a short one may overtake a long one to fill its row."""
    rows: list[tuple[FieldSpec, ...]] = []
    open_row: int | None = None
    for spec in fields:
        if _full(spec):
            rows.append((spec,))
        elif open_row is None:
            rows.append((spec,))
            open_row = len(rows) - 1
        else:
            rows[open_row] = (*rows[open_row], spec)
            open_row = None
    return rows


def _share(column: FieldSpec | Place) -> float:
    """Width of a register's column, millimetres before it is scaled to the page."""
    if isinstance(column, Place):
        return 24.0
    if column.code in _WIDE or column.code in _FULL:
        return 40.0
    fixed = {FieldType.DATE: 24.0, FieldType.DATETIME: 28.0, FieldType.PHONE: 28.0, FieldType.ID_NUMBER: 38.0}
    return max(fixed.get(column.type, 20.0), ems(column.label_zh) * 3.3 + 3)
