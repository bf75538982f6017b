"""One group of pages becomes a record: type, house, owner, date, fields, and what a person should know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.facts import RecordFacts, Value
from ingest.understand.checks import problems_of
from ingest.understand.classify import Call
from ingest.understand.dating import date_of
from ingest.understand.entries import entries_of, households, only_entry
from ingest.understand.fields import fields_of
from ingest.understand.labels import LabelledSheet
from ingest.understand.picture import Signed
from ingest.understand.signatures import owner_signs, seals, signatures
from ingest.understand.split import page_of
from ingest.understand.titles import headline
from ingest.understand.values import house_of, is_full_name, name_of
from ingest.understand.vocabulary import clean_label
from schemas.houses import find_houses
from schemas.model import RecordType

_OWNER_IN_TEXT = (
    re.compile(r"本人\s*([\u3400-\u9fff]{2,4}?)\s*[，,（(]"),
    re.compile(r"业主\s*([\u3400-\u9fff]{2,4}?)\s*[，,因]"),
    re.compile(r"^\s*([\u3400-\u9fff]{2,4}?)\s*业主\s*[（(:：]", re.MULTILINE),
)


def record_of(pages: Sequence[Signed], call: Call, owner_labels: frozenset[str]) -> RecordFacts:
    """The facts of one record; `owner_labels` are the labels that any form prints beside an owner's name."""
    kind = call.kind
    sheets = [page.sheet for page in pages]
    rows = entries_of(kind, pages) if kind else ()
    fields = only_entry(fields_of(kind, pages), rows) if kind else ()
    signs = signatures(kind, pages) if kind else ()
    signer = owner_signs(kind, pages, signs) if kind else None
    dated = date_of(kind, fields, sheets)
    many = _is_table_of_houses(kind, sheets, rows)
    house_value = _by_role(kind, fields, "house")
    house, written = _house(sheets, house_value) if not many else (None, "")
    record = RecordFacts(
        pages=tuple(s.sheet.page.number for s in sheets),
        type=kind.code if kind else None,
        type_confidence=round(call.confidence, 4),
        title=_title(call, sheets),
        text="\n\f\n".join(s.sheet.page.text for s in sheets),
        house_written=written,
        house=house,
        owner=None if many else _owner(kind, pages, _by_role(kind, fields, "owner"), signer, owner_labels),
        date=dated.day if dated else None,
        fields=fields,
        signatures=signs,
        seals=seals(kind, pages),
        register_page=page_of(sheets[0]),
        rows=rows,
    )
    return replace(record, problems=problems_of(kind, record, pages))


def _title(call: Call, sheets: Sequence[LabelledSheet]) -> str:
    """The line that names the type; of a form that no type names, the line that looks like its title."""
    if call.title is not None:
        return call.title.piece.text
    line = headline(sheets[0].sheet) if call.kind is None else None
    return line.text if line else call.kind.title_zh if call.kind else ""


def _by_role(kind: RecordType | None, fields: Sequence[Value], role: str) -> Value | None:
    codes = [spec.code for spec in kind.fields if spec.role == role] if kind else []
    return next((v for code in codes for v in fields if v.code == code), None)


def _is_table_of_houses(
    kind: RecordType | None, sheets: Sequence[LabelledSheet], rows: Sequence[Value]
) -> bool:
    """A register with a house in each row belongs to no single house, unless its one row is all that it says."""
    if kind is None:
        return False
    names = {
        clean_label(n) for spec in kind.fields if spec.role == "house" for n in (spec.label_zh, *spec.aliases)
    }
    labels = [(sheet, label) for sheet in sheets for name in names for label in sheet.by_name.get(name, ())]
    if any(label.piece.row not in sheet.headers for sheet, label in labels):
        return False
    if households(kind, rows) == 1 and all(v.row == 1 for v in rows) and len(_houses(sheets)) <= 1:
        return False
    return bool(labels) or (kind.kind == "register" and len(_houses(sheets)) != 1)


def _houses(sheets: Sequence[LabelledSheet]) -> dict[str, str]:
    return {f.key: f.written for s in sheets for p in s.sheet.pieces for f in find_houses(p.text)}


def _house(sheets: Sequence[LabelledSheet], value: Value | None) -> tuple[str | None, str]:
    if value is not None and (key := house_of(value.written)):
        return key, value.written
    if value is not None and (folded := _folded_address(sheets, value)) and (key := house_of(folded)):
        return key, folded
    found = _houses(sheets)
    if len(found) == 1:
        return next(iter(found.items()))
    return None, value.written if value else ""


def _folded_address(sheets: Sequence[LabelledSheet], value: Value) -> str | None:
    """An address with the line below it, where it was too long for one."""
    for sheet in (s.sheet for s in sheets):
        for piece in sheet.pieces:
            if value.box is None or sheet.box([piece]) != value.box:
                continue
            below = (p for row in sheet.rows[piece.row + 1 : piece.row + 2] for p in row)
            near = next((p for p in below if min(p.x1, piece.x1) > max(p.x0, piece.x0)), None)
            return (
                value.written + near.text
                if near is not None and near.y0 - piece.y1 < 1.5 * sheet.em
                else None
            )
    return None


def _owner(
    kind: RecordType | None,
    pages: Sequence[Signed],
    value: Value | None,
    signed: tuple[str, float] | None,
    owner_labels: frozenset[str],
) -> str | None:
    """The owner's name: from its field, from a sentence, from the signature; any form's field if the type is
    unknown."""
    sheets = [page.sheet for page in pages]
    if value is not None and (name := name_of(value.written)) and not _is_label(name, sheets):
        return _of_two(name, value.confidence, signed)
    if kind is None and (name := _labelled_owner(sheets, owner_labels)):
        return name
    text = "\n".join(s.sheet.text for s in sheets)
    for pattern in _OWNER_IN_TEXT:
        if (match := pattern.search(text)) and is_full_name(match[1]):
            return match[1]
    return signed[0] if signed else None


def _is_label(name: str, sheets: Sequence[LabelledSheet]) -> bool:
    return any(clean_label(name) in sheet.by_name for sheet in sheets)


def _of_two(name: str, confidence: float, signed: tuple[str, float] | None) -> str:
    """A name that lost a character under a line is whole in the signature, and of two that differ in one
    character the one read more surely is right."""
    if signed is None:
        return name
    lost = len(name) == 2 and len(signed[0]) == 3 and name in signed[0]
    alike = len(name) == len(signed[0]) and sum(a != b for a, b in zip(name, signed[0], strict=True)) == 1
    return signed[0] if lost or (alike and signed[1] > confidence) else name


def _labelled_owner(sheets: Sequence[LabelledSheet], owner_labels: frozenset[str]) -> str | None:
    for sheet in sheets:
        for label in sheet.labels:
            written = sheet.written(label) if label.name in owner_labels else None
            if written is not None and (name := name_of(written.text)):
                return name
    return None
