"""What the verification desk shows of a reading: where a field stands, how sure it is, what is doubted, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from archive.domain.desk import is_unsure
from archive.domain.estate import House
from archive.domain.records import Record
from archive.web.i18n import N_
from schemas.model import FieldSpec, RecordType

SURENESS = {
    "sure": (N_("clear"), "good"),
    "unsure": (N_("doubtful"), "warn"),
    "missing": (N_("not read"), "warn"),
    "wrong": (N_("does not fit"), "bad"),
    "person": (N_("by a person"), "accent"),
    "learned": (N_("suggested, as corrected before"), "warn"),
    "empty": (N_("empty"), "quiet"),
}
"""How surely a value was read: its word, and the tone that goes with the word."""

REASONS = {
    "type_unsure": N_("Type not sure"),
    "date_missing": N_("Date missing"),
    "house_missing": N_("House missing"),
    "house_unknown": N_("House not in the register"),
    "house_ambiguous": N_("House in several estates"),
    "house_by_owner": N_("House inferred from the owner"),
    "owner_missing": N_("Owner missing"),
    "owner_near": N_("Owner's name nearly fits"),
    "owner_differs": N_("Owner differs from the register"),
    "no_tenure": N_("No registered owner"),
    "field_missing": N_("A required field is missing"),
    "field_unclear": N_("A field is unclear"),
    "signature_missing": N_("A signature is missing"),
    "seal_missing": N_("A seal is missing"),
    "rescan": N_("To be scanned again"),
    "unreadable": N_("Original not readable"),
    "not_ours": N_("Not ours"),
    "sent_back": N_("Sent back"),
}
_PLACES = {
    "house": (
        "house_missing",
        "house_unknown",
        "house_ambiguous",
        "house_by_owner",
        "no_tenure",
    ),
    "owner": ("owner_missing", "owner_near", "owner_differs"),
    "date": ("date_missing",),
    "type": ("type_unsure",),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of the form as the desk shows it: `sureness` is a key of SURENESS; `doubt` the problem about it."""

    code: str
    spec: FieldSpec | None
    value: str
    sureness: str
    per_cent: int | None = None
    doubt: Mapping[str, Any] | None = None
    written: str = ""

    @property
    def doubtful(self) -> bool:
        return self.sureness in ("unsure", "missing", "wrong", "learned")


def head_fields(
    kind: RecordType | None,
    record: Record,
    houses: Sequence[House],
    learned_type: str = "",
    learned_house: House | None = None,
) -> dict[str, Shown]:
    """Type, house, owner and date, which every form has; what an earlier correction suggests is a doubt of its own."""
    house = houses[0].written if len(houses) == 1 else record.house or record.house_key or ""
    day = record.record_date.isoformat() if record.record_date else ""
    values = {"type": record.type or "", "house": house, "owner": record.owner or "", "date": day}
    shown = {code: _head(code, kind, record, value) for code, value in values.items()}
    if learned_type and not record.type:
        shown["type"] = Shown("type", None, learned_type, "learned", None, shown["type"].doubt)
    if learned_house is not None and not house:
        shown["house"] = Shown("house", None, learned_house.id, "learned", None, shown["house"].doubt)
    return shown


def _head(code: str, kind: RecordType | None, record: Record, value: str) -> Shown:
    doubt = next((p for p in record.problems if p["code"] in _PLACES[code]), None)
    read = _read(record, {code} | {f.code for f in kind.fields if f.role == code} if kind else {code})
    per_cent = round(100 * float(read["confidence"])) if read and "confidence" in read else None
    if doubt is not None:
        return Shown(code, None, value, "wrong" if value else "missing", None, doubt)
    if not value:
        return Shown(code, None, value, "empty")
    if read is not None and is_unsure(read):
        return Shown(code, None, value, "unsure", per_cent)
    return Shown(code, None, value, "person" if read and read.get("origin") == "person" else "sure")


def _read(record: Record, codes: set[str]) -> Mapping[str, Any] | None:
    return next((f for f in record.fields if f["code"] in codes), None)


def form_fields(kind: RecordType | None, record: Record) -> list[Shown]:
    """The other fields of a type, the doubtful ones first, each part in the form's own order."""
    specs = [f for f in kind.fields if f.role not in ("house", "owner", "date")] if kind else []
    shown = [_field(spec, record) for spec in specs]
    return [s for s in shown if s.doubtful] + [s for s in shown if not s.doubtful]


def _field(spec: FieldSpec, record: Record) -> Shown:
    read = _read(record, {spec.code})
    doubt = next((p for p in record.problems if (p.get("details") or {}).get("label") == spec.label_zh), None)
    value = str(read["value"]) if read else ""
    written = str(read.get("written", "")) if read else ""
    if not value:
        needed = spec.required or doubt is not None or bool(written)
        return Shown(spec.code, spec, "", "missing" if needed else "empty", None, doubt, written)
    assert read is not None
    if read.get("origin") == "person":
        return Shown(spec.code, spec, value, "person")
    per_cent = round(100 * float(read.get("confidence", 1.0)))
    state = "unsure" if is_unsure(read) or doubt else "sure"
    return Shown(spec.code, spec, value, state, per_cent if state == "unsure" else None, doubt)


def sentences(record: Record, kind: RecordType | None) -> list[Mapping[str, Any]]:
    """The doubts that stand at no field of their own, so that they are said above all fields; each once."""
    here = {code for codes in _PLACES.values() for code in codes}
    labels = {f.label_zh for f in kind.fields} if kind else set()
    return [
        p
        for p in record.problems
        if p["code"] not in here and (p.get("details") or {}).get("label") not in labels
    ]


def doubt_count(head: Mapping[str, Shown], fields: Sequence[Shown], others: Sequence[object]) -> int:
    return sum(s.doubtful for s in (*head.values(), *fields)) + len(others)


def about(shown: Shown) -> Markup:
    """Attributes of a field's control: what describes it, and that it is doubtful."""
    told = shown.doubt is not None or (shown.sureness == "missing" and bool(shown.written))
    names = f"sure-{shown.code}" + (f" doubt-{shown.code}" if told else "")
    mark = Markup(" data-doubtful") if shown.doubtful else Markup("")
    return Markup(' aria-describedby="{}"').format(names) + mark
