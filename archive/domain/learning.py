"""What a person's correction teaches: small rules that stand alone, can be counted, and can be taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from archive.domain.records import Record
from schemas.dates import parse_date
from schemas.houses import parse_house
from schemas.model import FieldSpec, FieldType, Pack, RecordType
from schemas.text import fold
from schemas.titles import Titles, clean_title

AGREEING = 2
"""So many records must have been corrected alike before a rule is used; until then it is a suggestion."""

_LABELLED = re.compile(r"([\u3400-\u9fffA-Za-z][^\s:：,，;；。_]{1,11})\s*[:：]\s*([^:：]+)")
_LONGEST_TITLE = 24


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing a correction says. `kind` is title (printed title → type), label (label on forms of a type → field)
    or house (a spelling → House.id, which only ever suggests). `scope` is the type code for labels, else empty."""

    kind: str
    scope: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """A lesson with the records whose correction said so. `undone_at` stops its use at once.

    `id` follows from kind, scope and key, so that there is one rule for each of them.
    """

    id: str
    kind: str
    scope: str
    key: str
    value: str
    records: tuple[str, ...]
    learned_at: datetime
    learned_by: str
    undone_at: datetime | None = None
    undone_by: str = ""

    @property
    def suggested(self) -> bool:
        return self.undone_at is None and bool(self.records)

    @property
    def used(self) -> bool:
        """Whether reading goes by it. A spelling of a house never files by itself, however often it was confirmed."""
        return self.suggested and self.kind != "house" and len(self.records) >= AGREEING


def rule_id(lesson: Lesson) -> str:
    key = f"{lesson.kind}\0{lesson.scope}\0{fold(lesson.key)}"
    return sha256(key.encode()).hexdigest()[:26]


def lessons(
    before: Record, after: Record, facts: Mapping[str, Any], text: str, pack: Pack
) -> Iterator[Lesson]:
    """What a person's acceptance of `after` teaches, beside what was read as `before`; `facts` as stored with it."""
    kind = pack.record_types.get(after.type or "")
    if kind is None:
        return
    title = str(facts.get("title") or "").strip()
    if before.type != after.type and teaches_title(title, pack):
        yield Lesson("title", "", title, kind.code)
    yield from _labels(before, after, text, kind)
    written = str(facts.get("house_written") or "").strip()
    if (
        after.house
        and not before.house
        and 2 <= len(written) <= 40
        and parse_house(written, field=True) is None
    ):
        yield Lesson("house", "", written, after.house)


def teaches_title(title: str, pack: Pack) -> bool:
    """Whether a printed line can stand for a type: a short title of a form that names no type of the pack."""
    clean = clean_title(title)
    free = clean.startswith("关于") or sum(c.isdigit() for c in clean) > 3
    return 3 <= len(clean) <= _LONGEST_TITLE and not free and Titles(pack).exact(title) is None


def _labels(before: Record, after: Record, text: str, kind: RecordType) -> Iterator[Lesson]:
    old = before.field_values() if before.type == after.type else {}
    known = {fold(n) for f in kind.fields for n in (f.label_zh, f.label_en, *f.aliases)}
    roles = {"house": after.house_key or "", "owner": after.owner or ""}
    roles["date"] = after.record_date.isoformat() if after.record_date else ""
    was = {"house": before.house_key or "", "owner": before.owner or ""}
    was["date"] = before.record_date.isoformat() if before.record_date else ""
    given = {f["code"]: str(f["value"]) for f in after.fields if f.get("origin") == "person"}
    for spec in kind.fields:
        value, previous = given.get(spec.code, ""), old.get(spec.code, "")
        if spec.role in roles:
            value, previous = roles[spec.role], was[spec.role]
        if not value or value == previous:
            continue
        label = label_of(text, spec, value)
        if label and fold(label) not in known:
            yield Lesson("label", kind.code, label, spec.code)


def label_of(text: str, spec: FieldSpec, value: str) -> str | None:
    """The label beside which the text says `value`, when there is exactly one such label."""
    found = {m[1] for line in text.splitlines() for m in _LABELLED.finditer(line) if _says(m[2], spec, value)}
    return found.pop() if len(found) == 1 else None


def _says(written: str, spec: FieldSpec, value: str) -> bool:
    plain = written.strip(" \t_＿")
    if spec.type in (FieldType.DATE, FieldType.DATETIME):
        day = parse_date(plain)
        return day is not None and day.isoformat() == value
    if spec.type is FieldType.HOUSE:
        return parse_house(plain, field=True) == value
    return len(value) >= 2 and fold(plain) == fold(value)
