"""The entries of registers and lists: each row of a table is about something of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from ingest.facts import Value
from ingest.understand.dating import entry_day
from ingest.understand.labels import LabelledSheet
from ingest.understand.layout import Piece
from ingest.understand.picture import Signed
from ingest.understand.values import normal
from ingest.understand.vocabulary import clean_label
from schemas.dates import find_dates
from schemas.model import FieldSpec, FieldType, RecordType

_DITTO = frozenset({"同上", "〃", "″", '"', "''", "//", "ノノ", "..", "“", "”"})
"""What people write instead of repeating the row above."""
_ONE_OF_MANY = 0.75
"""A line over this share of the table's width is no entry but a note."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its field (None for one that the type does not know) and its edges in page widths."""

    spec: FieldSpec | None
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table's columns, and where on the page its first entry begins (page widths)."""

    columns: tuple[Column, ...]
    top: float


def entries_of(kind: RecordType, pages: Sequence[Signed]) -> tuple[Value, ...]:
    """The values of all entries, numbered from 1 over all pages; a page without a head goes on with the columns
    of the page before it."""
    found: list[Value] = []
    table: Table | None = None
    count = 0
    for page in pages:
        tables = tables_of(kind, page.sheet)
        if not tables and table is not None and kind.kind == "register":
            tables = [replace(table, top=0.0)]
        for table in tables:
            for entry in _entries(page.sheet, table):
                count += 1
                found += _values(page.sheet, entry, count, found)
    return tuple(found)


def tables_of(kind: RecordType, sheet: LabelledSheet) -> list[Table]:
    """The tables of a page whose head names fields of the type."""
    specs = _specs(kind)
    found = []
    for number in sorted(sheet.headers):
        row = sheet.sheet.rows[number]
        columns = [
            Column(
                next((specs[x.name] for x in sheet.labels if x.piece is p and x.name in specs), None), *edges
            )
            for p, edges in zip(row, _edges(sheet, row), strict=True)
        ]
        if sum(column.spec is not None for column in columns) >= 2:
            found.append(Table(tuple(columns), max(p.y1 for p in row)))
    return found


def _specs(kind: RecordType) -> Mapping[str, FieldSpec]:
    names: dict[str, FieldSpec] = {}
    for spec in kind.fields:
        for name in (spec.label_zh, *spec.aliases):
            names.setdefault(clean_label(name), spec)
    return names


def _edges(sheet: LabelledSheet, heads: Sequence[Piece]) -> list[tuple[float, float]]:
    """Left and right edge of each column: by its cell, else halfway to its neighbours."""
    halfway = [(a.x1 + b.x0) / 2 for a, b in pairwise(heads)]
    lefts, rights = [0.0, *halfway], [*halfway, 1.0]
    edges = []
    for head, left, right in zip(heads, lefts, rights, strict=True):
        cell = sheet.grid.at((head.x0 + head.x1) / 2, head.middle)
        edges.append((cell.x0, cell.x1) if cell else (left, right))
    return edges


Entry = list[tuple[Column, list[Piece]]]


def _entries(sheet: LabelledSheet, table: Table) -> list[Entry]:
    """The pieces of each entry, by column; entries without anything that the type knows are left out."""
    last = min((r for r in sheet.signing_rows if sheet.sheet.rows[r][0].y0 > table.top), default=None)
    end = min((p.y0 for p in sheet.sheet.rows[last]), default=9.0) if last is not None else 9.0
    following = [p.y0 for r in sheet.headers for p in sheet.sheet.rows[r][:1] if p.y0 > table.top + 0.005]
    end = min([end, *following])
    width = table.columns[-1].x1 - table.columns[0].x0
    pieces = [
        p for p in sheet.sheet.pieces if table.top <= p.middle < end and p.x1 - p.x0 < _ONE_OF_MANY * width
    ]
    bands = _ruled_bands(sheet, table, end) or _loose_bands(pieces, table)
    entries: list[Entry] = []
    for y0, y1 in bands:
        inside = [p for p in pieces if y0 <= p.middle < y1]
        entry = [(c, found) for c in table.columns if (found := [p for p in inside if _in(p, c)])]
        if any(column.spec is not None for column, _ in entry):
            entries.append(entry)
    return entries


def _in(piece: Piece, column: Column) -> bool:
    return column.x0 <= (piece.x0 + piece.x1) / 2 < column.x1


def _ruled_bands(sheet: LabelledSheet, table: Table, end: float) -> list[tuple[float, float]]:
    """Upper and lower edges of the entries by the cells below the head, in the column with the most of them."""
    best: list[tuple[float, float]] = []
    for column in table.columns:
        middle = (column.x0 + column.x1) / 2
        stack = sorted(
            {
                (c.y0, c.y1)
                for c in sheet.grid.cells
                if c.x0 <= middle <= c.x1 and c.y1 > table.top and c.y0 < end
            }
        )
        stack = [(y0, y1) for y0, y1 in stack if y0 > table.top - 0.012]
        best = max(best, stack, key=len)
    return best


def _loose_bands(pieces: Sequence[Piece], table: Table) -> list[tuple[float, float]]:
    """Without rulings each line is an entry; one that fills only columns of text goes on with the one above."""
    rows: dict[int, list[Piece]] = {}
    for piece in pieces:
        rows.setdefault(piece.row, []).append(piece)
    bands: list[tuple[float, float]] = []
    for row in rows.values():
        y0, y1 = min(p.y0 for p in row), max(p.y1 for p in row)
        columns = [c for c in table.columns if any(_in(p, c) for p in row)]
        text = all(c.spec is None or c.spec.type is FieldType.TEXT for c in columns)
        if bands and text and len(columns) < 0.5 * len(table.columns) and y0 - bands[-1][1] < 1.2 * (y1 - y0):
            bands[-1] = (bands[-1][0], y1)
        else:
            bands.append((y0, y1))
    return bands


def _values(sheet: LabelledSheet, entry: Entry, row: int, before: Sequence[Value]) -> list[Value]:
    found = []
    years = [f.date.year for p in sheet.sheet.pieces for f in find_dates(p.text)]
    for column, pieces in entry:
        if column.spec is None:
            continue
        spec = column.spec
        written = "".join(p.text.strip() for p in sorted(pieces, key=lambda p: (p.row, p.place)))
        sure = min(p.confidence for p in pieces)
        above = next((v for v in reversed(before) if v.code == spec.code and v.row == row - 1), None)
        if written in _DITTO and above is not None:
            value, sure = above.value, 0.8 * min(sure, above.confidence)
        else:
            value = _meant(spec, written, years)
        found.append(
            Value(
                spec.code,
                spec.label_zh,
                written,
                value,
                sheet.sheet.box(pieces),
                round(sure if value else 0.5 * sure, 4),
                sheet.sheet.page.origin,
                row,
            )
        )
    return found


def _meant(spec: FieldSpec, written: str, years: Sequence[int]) -> str:
    value = normal(spec, written)
    if value or spec.type not in (FieldType.DATE, FieldType.DATETIME):
        return value
    day: date | None = entry_day(written, years)
    return day.isoformat() if day else ""


def households(kind: RecordType, rows: Sequence[Value]) -> int:
    """How many houses the entries name; one that can't be read counts as another."""
    codes = {spec.code for spec in kind.fields if spec.role == "house"}
    return len({v.value or f"?{v.row}" for v in rows if v.code in codes and v.written})


def only_entry(fields: Sequence[Value], rows: Sequence[Value]) -> tuple[Value, ...]:
    """The fields with those of the table's entry, where it has a single one: it is then about the whole form."""
    if not rows or any(v.row > 1 for v in rows):
        return tuple(fields)
    known = {v.code for v in fields if v.value}
    added = {v.code: replace(v, row=0) for v in rows if v.code not in known and v.written}
    return (*(v for v in fields if v.code not in added), *added.values())
