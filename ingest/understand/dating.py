"""The record's own date: what its form calls it, else when it happened, else when it was signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.facts import Value
from ingest.understand.labels import LabelledSheet
from ingest.understand.layout import Piece
from ingest.understand.values import day_of, short_day
from ingest.understand.vocabulary import clean_label
from schemas.dates import FoundDate, find_dates
from schemas.model import FieldSpec, FieldType, RecordType
from schemas.text import fold

_MONTH_DAY = re.compile(r"^[^\d]?\s*(\d{1,2})\s*[/.月)）-]\s*(\d{1,2})(?!\d)")
_SHORT_YEAR = re.compile(r"^\s*(\d{2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,2})(?!\d)")
_SENTENCE_AFTER = tuple("起止至到前后内以的")
_SENTENCE_BEFORE = tuple("自于至到在从期")


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, how surely it was read, and whether it is the day of signing."""

    day: date
    confidence: float
    signing: bool = False


def date_of(
    kind: RecordType | None, fields: Sequence[Value], sheets: Sequence[LabelledSheet]
) -> Dated | None:
    """The record's date; None when no page says one whole date for it."""
    spec = next((s for s in kind.fields if s.role == "date"), None) if kind else None
    value = next((v for v in fields if spec and v.code == spec.code and v.value), None)
    if value is not None:
        return Dated(date.fromisoformat(value.value), value.confidence)
    if spec is not None and (entry := first_entry(spec, sheets)):
        return entry
    happened = [s.code for s in kind.fields if s.type is FieldType.DATETIME] if kind else []
    for value in fields:
        if value.code in happened and (day := day_of(value.written)):
            return Dated(day, value.confidence)
    return next(iter(signing_days(sheets)), None)


def first_entry(spec: FieldSpec, sheets: Sequence[LabelledSheet]) -> Dated | None:
    """The first day in the table's date column; its year comes from a whole date elsewhere on that page."""
    names = {clean_label(n) for n in (spec.label_zh, *spec.aliases)}
    for sheet in sheets:
        heads = [
            label.piece for label in sheet.labels if label.name in names and label.piece.row in sheet.headers
        ]
        for head in heads[:1]:
            for row in sheet.sheet.rows[head.row + 1 : head.row + 3]:
                cell = next((p for p in row if min(p.x1, head.x1 + 0.03) > max(p.x0, head.x0 - 0.03)), None)
                if cell is not None and (day := entry_day(cell.text, _years(sheet))):
                    return Dated(day, round(0.9 * cell.confidence, 4))
    return None


def _years(sheet: LabelledSheet) -> list[int]:
    return [found.date.year for piece in sheet.sheet.pieces for found in find_dates(piece.text)]


def entry_day(text: str, years: Sequence[int]) -> date | None:
    found = find_dates(text)
    if found:
        return found[0].date
    plain = fold(text)
    short = _SHORT_YEAR.match(plain)
    if short:
        return _day(2000 + int(short[1]), int(short[2]), int(short[3]))
    month_day = _MONTH_DAY.match(plain)
    if month_day and years:
        return _day(years[0], int(month_day[1]), int(month_day[2]))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def signing_days(sheets: Sequence[LabelledSheet]) -> list[Dated]:
    """Days that stand free on the pages, those beside a place to sign first, each in reading order.

    Days inside sentences and after the label of another field (birth, deadline, term) are none. Where two
    stand side by side and disagree, the one read more surely comes first.
    """
    beside: list[tuple[int, Dated]] = []
    loose: list[Dated] = []
    for number, sheet in enumerate(sheets):
        signing = sheet.signing_rows
        for row in sheet.sheet.rows:
            near = any(r in signing for r in (row[0].row, row[0].row - 1))
            for piece in row:
                for found in _free_dates(sheet, row, piece):
                    dated = Dated(found.date, piece.confidence, True)
                    if near:
                        beside.append((1000 * number + row[0].row, dated))
                    else:
                        loose.append(dated)
    if beside:
        first = [d for line, d in beside if line <= beside[0][0] + 1]
        best = max(first, key=lambda d: (sum(o.day == d.day for _, o in beside), d.confidence))
        return [best, *(d for _, d in beside if d is not best), *loose]
    return loose


def _short_date(sheet: LabelledSheet, piece: Piece) -> list[FoundDate]:
    """A date with a year of two figures that is all of a piece, or all after a label 日期."""
    labels = [x.end for x in sheet.labels if x.piece is piece and x.colon and x.name == "日期"]
    start = labels[0] if labels else 0
    day = short_day(piece.text[start:])
    return [FoundDate(day, piece.text[start:], start, len(piece.text))] if day else []


def _free_dates(sheet: LabelledSheet, row: Sequence[Piece], piece: Piece) -> list[FoundDate]:
    found = find_dates(piece.text) or _short_date(sheet, piece)
    if len(found) != 1:
        return []
    day = found[0]
    before, after = piece.text[: day.start].strip(), piece.text[day.end :].strip()
    following = next((p.text for p in row[piece.place + 1 :]), "")
    labels = [
        x
        for x in sheet.labels
        if x.piece.row == piece.row and (x.piece.place, x.start) < (piece.place, day.start)
    ]
    label = labels[-1] if labels else None
    own = label is not None and (label.name == "日期" or label.name in sheet.signs)
    if label is not None and not own and (label.piece is piece or label.piece.place == piece.place - 1):
        return []
    if label is None and (
        len(before) > 6 or before.endswith((*_SENTENCE_BEFORE, ":", "：")) or before.isdecimal()
    ):
        return []
    rest = after or following
    labelled = any(
        x.piece.text == rest or rest.startswith(x.piece.text[:2])
        for x in sheet.labels
        if x.piece.row == piece.row
    )
    sentence = rest.startswith(_SENTENCE_AFTER) or (len(rest) > 8 and not labelled)
    return [] if sentence else [day]
