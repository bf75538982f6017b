"""Whether a record may be filed without a person, and what it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.domain.matching import Belonging
from archive.domain.records import RecordState
from ingest.facts import Problem, RecordFacts
from schemas.model import Pack, RecordType

SURE_TYPE = 0.95
"""Below this expected share of right types a person decides, unless the house has set another threshold."""

HOUSE_DOSSIERS = frozenset({"owner_file", "vacant_unit_file"})

UNFILED_CLASS = "secret"
"""What nobody has looked at yet might be an owner's paper: it is kept as closely as the closest class."""

BLOCKING = frozenset(
    {"repaired", "damaged_partly", "page_unreadable", "broken_text_layer", "no_text", "ocr_unavailable"}
)
"""Problems of reading that a person should see before the record counts as filed."""


PAPER_GAPS = frozenset({"field_missing", "signature_missing", "seal_missing"})
"""Doubts about what is not on the paper yet."""


@dataclass(frozen=True, slots=True)
class Filing:
    """The decision: state, access class and every problem with a code and a sentence."""

    state: RecordState
    access_class: str
    problems: tuple[Problem, ...]
    certainty: int = 0
    """Of 1,000 such readings, how many are expected right in type; 0 where something else needs a person anyway."""


_DOUBTS: Mapping[str, str] = {
    "type_unsure": "没有把握认出这是什么表单，请在核对台选择档案类型。",
    "date_missing": "没有读到日期，请在核对台补填。",
    "house_missing": "没有读到房号，请在核对台选择房屋。",
    "house_unknown": "房号「{house}」不在项目的房屋名册中，请核对房号或先导入房屋名册。",
    "house_ambiguous": "几个项目都有房号「{house}」，请选择是哪一个。",
    "house_by_owner": "表上没有房号，按业主姓名「{owner}」推测为 {house}，请确认。",
    "owner_missing": "没有读到业主姓名，请确认是否属于 {house}。",
    "owner_near": "读到的业主姓名与 {house} 登记的业主「{owner}」相近但不相同，请确认。",
    "owner_differs": "读到的业主姓名「{owner}」与 {house} 的登记不符，请确认。",
    "no_tenure": "{house} 没有登记业主，请先补登记再归档。",
    "field_missing": "必填项「{label}」没有读到，请补填。",
    "signature_missing": "应有的签名「{place}」没有找到，请核对原件。",
    "seal_missing": "应有的印章「{place}」没有找到，请核对原件。",
    "form_unsigned": "二维码不是本档案系统打印的，只作参考，请核对档案类型和房屋。",
    "form_forged": "表单号 {serial} 的二维码签章不符，可能是伪造或改过的，请对照原件确定归属。",
    "form_unknown": "表单号 {serial} 不在打印登记中，请对照原件确定归属。",
    "form_void": "表单号 {serial} 已作废（{reason}），请确认这份表单是否仍要归档。",
    "form_tenure_ended": "打印这份表单之后，业主「{owner}」的产权期已于 {day} 结束，请确认归入哪一位业主的档案。",
    "form_again": "表单号 {serial} 第 {copy} 联已经归档过，这是重复扫描、复印或重印，请确认是否保留。",
    "form_other_copy": "表单号 {serial} 的第 {first} 联已经归档，这是第 {copy} 联，请确认是否一并保留。",
    "form_differs": "「{label}」打印的是「{printed}」，现在写的是「{written}」，请对照原件确认。",
}


def doubt(code: str, **details: str) -> Problem:
    """A problem in the words of the verification desk."""
    return Problem(code, _DOUBTS[code].format(**details), details)


def decide(
    facts: RecordFacts,
    kind: RecordType | None,
    belonging: Belonging | None,
    pack: Pack,
    sure: float = SURE_TYPE,
    *,
    printed: bool = False,
    noticed: tuple[Problem, ...] = (),
) -> Filing:
    """File it without a person only when nothing at all is in doubt (design: never into a guess).

    `sure` is the expected share of right types from which on no person needs to look. Of a form that this archive
    `printed` type and place are known: what is missing on the paper (a field, a signature, a seal) is noted with
    the filed record instead of keeping it at the desk, except what its retention rule needs and pages that are
    not there. What was `noticed` elsewhere keeps it at the desk.
    """
    problems = list(facts.problems)
    doubts: list[Problem] = list(noticed)
    if kind is not None:
        doubts += _gaps(facts, kind, belonging)
    blocked = bool(doubts) or any(p.code in BLOCKING for p in facts.problems)
    certainty = 0 if blocked or kind is None else int(1000 * facts.type_confidence + 1e-6)
    if kind is None or facts.type_confidence < sure:
        doubts.insert(0, doubt("type_unsure"))
    access_class = kind.access_class if kind else UNFILED_CLASS
    gaps = _tolerable(doubts, kind) if printed and kind is not None else frozenset()
    blocking = BLOCKING | {"pages_missing"} if printed else BLOCKING
    stopped = len(gaps) < len(doubts) or any(p.code in blocking for p in facts.problems)
    state = RecordState.TO_VERIFY if stopped else RecordState.FILED
    return Filing(state, access_class, tuple(problems + doubts), certainty)


def _tolerable(doubts: list[Problem], kind: RecordType) -> frozenset[int]:
    """Which doubts (by place) are about what the paper lacks, not about what it is or where it belongs."""
    needed = {f.label_zh for f in kind.fields if f.role == "grade"}
    return frozenset(
        i
        for i, found in enumerate(doubts)
        if found.code in PAPER_GAPS and found.details.get("label") not in needed
    )


def _gaps(facts: RecordFacts, kind: RecordType, belonging: Belonging | None) -> list[Problem]:
    found: list[Problem] = []
    if kind.dossier in HOUSE_DOSSIERS and belonging is not None and not belonging.sure:
        house = belonging.house.written if belonging.house else facts.house_written
        found.append(doubt(belonging.doubt, house=house, owner=belonging.owner or ""))
    if facts.date is None and kind.dossier != "document":
        found.append(doubt("date_missing"))
    filled = {v.code for v in facts.fields if v.value}
    found += [
        doubt("field_missing", label=f.label_zh)
        for f in kind.fields
        if _needed(f.required, f.code, f.role, filled)
    ]
    places = {p.code: p for p in (*kind.signatures, *kind.seals)}
    for code, marks in (("signature_missing", facts.signatures), ("seal_missing", facts.seals)):
        for mark in marks:
            place = places.get(mark.place)
            if place is not None and place.required and not mark.present:
                found.append(doubt(code, place=place.label_zh))
    return found


def _needed(required: bool, code: str, role: str, filled: set[str]) -> bool:
    """House, owner and date are checked on their own, with better words."""
    return required and role not in ("house", "owner", "date") and code not in filled


def dossier_key(kind: RecordType, belonging: Belonging | None, day: date | None, number: str) -> str | None:
    """The key under which the record's dossier is found or opened; None when it belongs to none (yet)."""
    if kind.dossier in HOUSE_DOSSIERS:
        if belonging is None or belonging.house is None:
            return None
        tenure = belonging.tenure.id if belonging.tenure and kind.dossier == "owner_file" else "-"
        return f"{kind.dossier}:{belonging.house.id}:{tenure}"
    if kind.dossier == "register_quarter" and day is not None:
        return f"register:{kind.code}:{day.year}Q{(day.month + 2) // 3}"
    if kind.dossier == "document" and number:
        return f"document:{number}"
    return None


def field_map(
    fields: tuple[Mapping[str, Any], ...], changed: Mapping[str, str], kind: RecordType
) -> tuple[dict[str, Any], ...]:
    """Fields after a person corrected some: the corrected ones carry origin "person" and full confidence."""
    labels = {f.code: f.label_zh for f in kind.fields}
    kept = {f["code"]: dict(f) for f in fields}
    for code, value in changed.items():
        if not value and code not in kept:
            continue
        old = kept.get(code, {"code": code, "label": labels.get(code, code), "written": value, "box": None})
        if old.get("value") != value:
            kept[code] = {**old, "value": value, "confidence": 1.0, "origin": "person"}
    return tuple(kept.values())
