"""The fields of a type, read from the pages of one record."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.facts import Value
from ingest.understand.labels import Label, LabelledSheet, Written, clean_label
from ingest.understand.values import normal
from schemas.model import FieldSpec, FieldType, RecordType


def fields_of(kind: RecordType, sheets: Sequence[LabelledSheet]) -> tuple[Value, ...]:
    """What the pages say for each field of the type; fields without a value are left out."""
    return tuple(value for spec in kind.fields if (value := field_of(spec, sheets)) is not None)


def field_of(spec: FieldSpec, sheets: Sequence[LabelledSheet]) -> Value | None:
    """The best value for one field: one that its type understands before one that is only text."""
    names = [clean_label(n) for n in (spec.label_zh, *spec.aliases, spec.label_en)]
    candidates = [
        (sheet, label, written)
        for sheet in sheets
        for name in names
        for label in sheet.by_name.get(name, ())
        if label.piece.row not in sheet.headers and (written := _written(spec, sheet, label)) is not None
    ]
    found = [_value(spec, *candidate) for candidate in candidates]
    return max(found, key=lambda v: (v.value != "", v.confidence), default=None)


def _written(spec: FieldSpec, sheet: LabelledSheet, label: Label) -> Written | None:
    """An unsure label (a word at the start of a text) counts only when what follows fits the field's type."""
    written = sheet.written(label, sure_only=False)
    if written is None or label.sure:
        return written
    fits = spec.type not in (FieldType.TEXT, FieldType.CHECK, FieldType.PERSON, FieldType.NUMBER) and normal(
        spec, written.text
    )
    short = spec.type is FieldType.PERSON and len(label.name) >= 3 and len(written.text) <= 6
    return written if fits or short else None


def _value(spec: FieldSpec, sheet: LabelledSheet, label: Label, written: Written) -> Value:
    value = normal(spec, written.text)
    confidence = min(p.confidence for p in written.pieces) if written.pieces else 0.5
    if not value:
        confidence *= 0.5
    if written.below:
        confidence *= 0.8
    return Value(
        spec.code,
        spec.label_zh,
        written.text,
        value,
        sheet.sheet.box(written.pieces),
        round(confidence, 4),
        sheet.sheet.page.origin,
    )
