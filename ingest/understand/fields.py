"""The fields of a type, read from the pages of one record."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.facts import Value
from ingest.understand.labels import Label, LabelledSheet, Written
from ingest.understand.picture import Picture, Signed
from ingest.understand.roles import role_label, role_of
from ingest.understand.ticks import ticked, ticked_words
from ingest.understand.values import is_full_name, normal
from ingest.understand.vocabulary import clean_label
from schemas.model import FieldSpec, FieldType, RecordType

_RUNNING_NUMBER = re.compile(r"[.．:：]?\s*[A-Za-z]{0,4}[-A-Za-z0-9]*\d{3,}[-A-Za-z0-9]*")


def fields_of(kind: RecordType, pages: Sequence[Signed]) -> tuple[Value, ...]:
    """What the pages say for each field of the type; fields without a value are left out."""
    return tuple(value for spec in kind.fields if (value := field_of(spec, pages)) is not None)


def field_of(spec: FieldSpec, pages: Sequence[Signed]) -> Value | None:
    """The value for one field: of the labels that lead to a value its type understands, the most
    particular one (the form's own before its aliases, in the pack's order), then the first on the pages."""
    names = list(dict.fromkeys(clean_label(n) for n in (spec.label_zh, *spec.aliases, spec.label_en)))
    if spec.role:
        printed = (name for page in pages for name in page.sheet.by_name if name not in names)
        names += [name for name in printed if name == role_label(spec.role) or role_of(name) == spec.role]
    found: list[Value] = []
    for name in names:
        for page in pages:
            sheet = page.sheet
            for label in sheet.by_name.get(name, ()):
                if label.piece.row in sheet.headers or _signing_date(spec, sheet, label):
                    continue
                written = _written(spec, sheet, label)
                if written is not None:
                    found.append(_value(spec, page, written))
                    if found[-1].value and not written.below:
                        return found[-1]
    return max(found, key=lambda v: (v.value != "", v.confidence), default=None)


def _signing_date(spec: FieldSpec, sheet: LabelledSheet, label: Label) -> bool:
    """A plain 日期 from the first signature on dates a signature, not the form."""
    first = min(sheet.signing_rows, default=label.piece.row + 1)
    return spec.type is FieldType.DATE and label.name == "日期" and label.piece.row >= first


def _written(spec: FieldSpec, sheet: LabelledSheet, label: Label) -> Written | None:
    """An unsure label (a word at the start of a text) counts only when what follows fits the field's type."""
    written = sheet.written(label, sure_only=False)
    if written is None or label.sure:
        return written
    fits = spec.type not in (FieldType.TEXT, FieldType.CHECK, FieldType.PERSON, FieldType.NUMBER) and normal(
        spec, written.text
    )
    if spec.role == "number":
        return written if _RUNNING_NUMBER.fullmatch(written.text) else None
    short = (
        spec.type is FieldType.PERSON
        and (len(label.name) >= 3 or label.name[-1] in "名人" or is_full_name(written.text))
        and len(written.text) <= 6
    )
    return written if fits or short else None


def _value(spec: FieldSpec, page: Signed, written: Written) -> Value:
    sheet = page.sheet.sheet
    value, confidence = _meant(spec, written, page.picture)
    if not value:
        confidence *= 0.5
    if written.below:
        confidence *= 0.8
    return Value(
        spec.code,
        spec.label_zh,
        written.text,
        value,
        sheet.box(written.pieces),
        round(confidence, 4),
        sheet.page.origin,
    )


def _meant(spec: FieldSpec, written: Written, picture: Picture | None) -> tuple[str, float]:
    read = min((p.confidence for p in written.pieces), default=0.5)
    if spec.type is FieldType.CHOICE and (choice := ticked(spec.choices, written.pieces, picture)):
        return choice[0], min(read, choice[1])
    if spec.role == "number":
        return written.text.lstrip(".．:： "), read
    if spec.type is FieldType.TEXT and (words := ticked_words(written.pieces, picture)):
        return words, min(read, 0.9)
    return normal(spec, written.text), read
