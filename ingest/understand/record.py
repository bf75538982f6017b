"""One group of pages becomes a record: type, house, owner, date, fields, and what a person should know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from ingest.facts import RecordFacts, Value
from ingest.understand.classify import Call
from ingest.understand.fields import fields_of
from ingest.understand.labels import LabelledSheet
from ingest.understand.signatures import Signed, seals, signatures
from ingest.understand.split import page_of
from ingest.understand.values import day_of, house_of, name_of
from schemas.dates import find_dates
from schemas.houses import find_houses
from schemas.model import RecordType

_SIGNING = re.compile(
    r"签名|签字|签收|签章|签发|盖章|负责人|代表|经办|审批|审核|批准|主管|经理|承诺人|委托人|日期|簽名|簽字|經辦"
)
_OWNER_IN_TEXT = (
    re.compile(r"本人\s*([\u3400-\u9fff]{2,4}?)\s*[，,（(]"),
    re.compile(r"业主\s*([\u3400-\u9fff]{2,4}?)\s*[，,因]"),
    re.compile(r"^\s*([\u3400-\u9fff]{2,4}?)\s*业主\s*[（(:：]", re.MULTILINE),
)
_OWNER_SIGNS = re.compile(
    r"(?:业主|乙方|用户|承诺人|委托人|产权人|客户|住户)[（(]?(?:签名|签字|签章)[)）]?\s*[:：]\s*([\u3400-\u9fff]{2,4})\s*$"
)


def record_of(pages: Sequence[Signed], call: Call, owner_labels: frozenset[str]) -> RecordFacts:
    """The facts of one record; `owner_labels` are the labels that any form prints beside an owner's name."""
    kind = call.kind
    sheets = [page.sheet for page in pages]
    fields = fields_of(kind, sheets) if kind else ()
    many = _is_table_of_houses(kind, sheets)
    house_value = _by_role(kind, fields, "house")
    house, written = _house(sheets, house_value) if not many else (None, "")
    return RecordFacts(
        pages=tuple(s.sheet.page.number for s in sheets),
        type=kind.code if kind else None,
        type_confidence=round(call.confidence, 4),
        title=call.title.piece.text if call.title else (kind.title_zh if kind else ""),
        text="\n\f\n".join(s.sheet.page.text for s in sheets),
        house_written=written,
        house=house,
        owner=None if many else _owner(sheets, _by_role(kind, fields, "owner"), owner_labels),
        date=_date(sheets, _by_role(kind, fields, "date")),
        fields=fields,
        signatures=signatures(kind, pages) if kind else (),
        seals=seals(kind, pages),
        register_page=page_of(sheets[0]),
    )


def _by_role(kind: RecordType | None, fields: Sequence[Value], role: str) -> Value | None:
    codes = [spec.code for spec in kind.fields if spec.role == role] if kind else []
    return next((v for code in codes for v in fields if v.code == code), None)


def _is_table_of_houses(kind: RecordType | None, sheets: Sequence[LabelledSheet]) -> bool:
    """A register with a house in each row belongs to no single house."""
    return kind is not None and kind.dossier == "register_quarter" and len(_houses(sheets)) != 1


def _houses(sheets: Sequence[LabelledSheet]) -> dict[str, str]:
    return {f.key: f.written for s in sheets for p in s.sheet.pieces for f in find_houses(p.text)}


def _house(sheets: Sequence[LabelledSheet], value: Value | None) -> tuple[str | None, str]:
    if value is not None and (key := house_of(value.written)):
        return key, value.written
    found = _houses(sheets)
    if len(found) == 1:
        return next(iter(found.items()))
    return None, value.written if value else ""


def _owner(sheets: Sequence[LabelledSheet], value: Value | None, owner_labels: frozenset[str]) -> str | None:
    if value is not None and (name := name_of(value.written)):
        return name
    for sheet in sheets:
        for name in owner_labels:
            for label in sheet.by_name.get(name, ()):
                written = sheet.written(label)
                if written and (found := name_of(written.text)):
                    return found
    text = "\n".join(s.sheet.text for s in sheets)
    for pattern in _OWNER_IN_TEXT:
        if match := pattern.search(text):
            return match[1]
    for sheet in sheets:
        for piece in sheet.sheet.pieces:
            if match := _OWNER_SIGNS.search(piece.text):
                return match[1]
    return None


def _date(sheets: Sequence[LabelledSheet], value: Value | None) -> date | None:
    if value is not None and (day := day_of(value.written)):
        return day
    days = _signing_days(sheets)
    return Counter(days).most_common(1)[0][0] if days else None


def _signing_days(sheets: Sequence[LabelledSheet]) -> list[date]:
    """Days that stand in a line with, or right below, a place to sign; in reading order."""
    days = []
    for sheet in sheets:
        near = False
        for row in sheet.sheet.rows:
            text = " ".join(p.text for p in row)
            signs = bool(_SIGNING.search(text))
            if signs or near:
                days += [found.date for p in row for found in find_dates(p.text)]
            near = signs
    if days:
        return days
    lower = [p for s in sheets for p in s.sheet.pieces if p.row > len(s.sheet.rows) // 2]
    return [found.date for p in reversed(lower) for found in find_dates(p.text)][:1]
