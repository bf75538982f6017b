"""The four-property check 四性检测 at filing: is a record true, whole, usable and safe, and what shows it.

The properties and what is looked at for each follow DA/T 70-2018 (general requirements for checking electronic
records), in our own words and for what this archive can really know at the moment of filing. Pure: everything
that is looked at is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from archive.domain.records import Record, RecordState, Version
from schemas.model import RecordType

PROPERTIES = ("authenticity", "integrity", "usability", "safety")

ITEMS: Mapping[str, str] = {
    "origin": "authenticity",
    "fixity": "authenticity",
    "logged": "authenticity",
    "declared_format": "authenticity",
    "metadata_sound": "authenticity",
    "metadata_linked": "authenticity",
    "bytes": "integrity",
    "pages": "integrity",
    "required_metadata": "integrity",
    "required_fields": "integrity",
    "signed": "integrity",
    "attachments": "integrity",
    "package": "integrity",
    "format": "usability",
    "readable": "usability",
    "searchable": "usability",
    "self_contained": "usability",
    "virus": "safety",
    "inactive": "safety",
    "access_class": "safety",
    "process": "safety",
}
"""Code of each item and its property, in the order in which they are told."""

PASSED, FAILED, OPEN, CONFIRMED, SKIPPED = "passed", "failed", "open", "confirmed", "not_checked"
"""`open`: something a person has to settle; `confirmed`: a person has looked and taken it so; `not_checked`: nothing
was there to look with."""

LASTING = frozenset(
    {
        "application/pdf",
        "image/tiff",
        "image/jpeg",
        "image/png",
        "text/plain",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)
"""Formats that many programs will open for long."""

_PAGES = frozenset({"pages_missing", "pages_double", "pages_out_of_order"})
_UNREADABLE = frozenset({
    "kept_unreadable", "unknown_format", "damaged", "damaged_partly", "page_unreadable", "password_needed",
    "ocr_unavailable", "time_limit", "memory_limit", "reader_crashed", "reader_failed", "reader_garbled",
    "file_missing",
})  # fmt: skip
_NEEDS_OTHERS = frozenset({"password_needed", "external_parts", "broken_text_layer", "font_missing"})
_ACTIVE = frozenset({"macro", "active_content", "executable"})
_UNSIGNED = frozenset({"signature_missing", "seal_missing"})


@dataclass(frozen=True, slots=True)
class Source:
    """How a version came to be. `how` is "received", "verified" (filed by a person at the desk), "changed"
    (there, and not filed yet) or "imported".

    `sha256` is the hash of the bytes as they came in; `part` says that the record is only some pages of them.
    `codes` are the problems that reading noticed; `virus` is "clean", "found" or "" where nothing scanned.
    """

    how: str
    sha256: str
    by: str
    intake: str = ""
    part: bool = False
    codes: frozenset[str] = field(default=frozenset())
    virus: str = ""
    today: date | None = None
    """The day of filing in the house's time zone."""


Item = dict[str, Any]


def four_properties(
    record: Record, version: Version, kind: RecordType | None, source: Source
) -> tuple[Item, ...]:
    """Every item with `code`, `result` and `evidence` (a mapping of short values), in the order of ITEMS."""
    codes = source.codes | {str(p["code"]) for p in record.problems}
    looked = _looked(record, version, kind, source, codes)
    return tuple({"code": code, "result": looked[code][0], "evidence": looked[code][1]} for code in ITEMS)


def summary(items: tuple[Mapping[str, Any], ...]) -> dict[str, str]:
    """The worst result of each property: failed before open before not_checked before the others."""
    order = (FAILED, OPEN, SKIPPED, CONFIRMED, PASSED)
    worst: dict[str, str] = {}
    for item in items:
        found, result = ITEMS.get(str(item["code"]), ""), str(item["result"])
        if found and order.index(result) < order.index(worst.get(found, PASSED)):
            worst[found] = result
        elif found:
            worst.setdefault(found, PASSED)
    return worst


Looked = dict[str, tuple[str, dict[str, Any]]]


def _looked(
    record: Record,
    version: Version,
    kind: RecordType | None,
    source: Source,
    codes: frozenset[str] | set[str],
) -> Looked:
    return {
        **_authenticity(record, version, kind, source, codes),
        **_integrity(record, version, kind, source, codes),
        **_usability(record, version, codes),
        **_safety(record, source, codes),
    }


def _authenticity(
    record: Record,
    version: Version,
    kind: RecordType | None,
    source: Source,
    codes: frozenset[str] | set[str],
) -> Looked:
    same = record.sha256 == version.sha256 and (source.part or source.sha256 == version.sha256)
    hashes = {"sha256": version.sha256}
    if source.part:
        hashes["cut_from"] = source.sha256
    late = record.record_date is not None and record.record_date > (source.today or record.filed_at.date())
    known = kind is not None and bool(record.pack_version)
    event = {"verified": "record:verified"}.get(
        source.how, "record:filed" if record.state is RecordState.FILED else "record:to-verify"
    )
    return {
        "origin": (_if(bool(source.by)), {"how": source.how, "by": source.by, "intake": source.intake}),
        "fixity": (_if(same), hashes),
        "logged": (PASSED, {"event": event, "subject": record.id}),
        "declared_format": (
            _if("wrong_extension" not in codes),
            {"media_type": version.media_type, "name": version.original_name[:60]},
        ),
        "metadata_sound": (
            OPEN if not known else _if(not late),
            {"type": record.type or "", "pack": record.pack_version[:12], "date": _iso(record)},
        ),
        "metadata_linked": (
            _if(version.record == record.id),
            {"record": record.id, "version": version.number},
        ),
    }


def _integrity(
    record: Record,
    version: Version,
    kind: RecordType | None,
    source: Source,
    codes: frozenset[str] | set[str],
) -> Looked:
    verified = source.how == "verified"
    counted: dict[str, Any] = {"pages": record.pages}
    if record.register_page:
        counted["register_page"] = list(record.register_page)
    lacking = [
        name
        for name, there in (
            ("type", kind is not None),
            ("date", record.record_date is not None or (kind is not None and kind.dossier == "document")),
            ("house", record.house is not None or kind is None or kind.dossier != "owner_file"),
            ("title", bool(record.title)),
        )
        if not there
    ]
    filled = {str(f["code"]) for f in record.fields if f.get("value")}
    roles = {"house": record.house_key, "owner": record.owner, "date": record.record_date}
    empty = [
        f.code
        for f in (kind.fields if kind else ())
        if f.required and f.code not in filled and not roles.get(f.role)
    ]
    unsigned = [str(m["place"]) for m in (*record.signatures, *record.seals) if not m["present"]]
    missing = bool(codes & _UNSIGNED) or _needed_unsigned(kind, unsigned)
    return {
        "bytes": (_if(version.size > 0), {"bytes": version.size}),
        "pages": (_settled(not codes & _PAGES, verified), counted),
        "required_metadata": (PASSED if not lacking else OPEN, {"missing": lacking} if lacking else {}),
        "required_fields": (_settled(not empty, verified), {"missing": empty} if empty else {}),
        "signed": (_settled(not missing, verified), {"missing": unsigned} if unsigned else {}),
        "attachments": (_settled("attachments" not in codes, verified), {}),
        "package": (PASSED, {"files": ["metadata", "original", "text", "facts"]}),
    }


def _needed_unsigned(kind: RecordType | None, unsigned: list[str]) -> bool:
    return any(p.required and p.code in unsigned for p in ((*kind.signatures, *kind.seals) if kind else ()))


def _usability(record: Record, version: Version, codes: frozenset[str] | set[str]) -> Looked:
    unreadable = sorted(codes & _UNREADABLE)
    bound = sorted(codes & _NEEDS_OTHERS)
    return {
        "format": (_if(version.media_type in LASTING), {"media_type": version.media_type}),
        "readable": (
            _if(not unreadable),
            {"problems": unreadable} if unreadable else {"pages": record.pages},
        ),
        "searchable": (PASSED if record.chars else OPEN, {"chars": record.chars}),
        "self_contained": (_if(not bound), {"problems": bound} if bound else {}),
    }


def _safety(record: Record, source: Source, codes: frozenset[str] | set[str]) -> Looked:
    virus = {"clean": PASSED, "found": FAILED}.get(source.virus, SKIPPED)
    active = sorted(codes & _ACTIVE)
    return {
        "virus": (virus, {"scan": source.virus} if source.virus else {}),
        "inactive": (_if(not active), {"problems": active} if active else {}),
        "access_class": (_if(bool(record.access_class)), {"class": record.access_class}),
        "process": (PASSED, {"read_apart": source.how != "imported", "written_checked": True}),
    }


def _iso(record: Record) -> str:
    return record.record_date.isoformat() if record.record_date else ""


def _if(good: bool) -> str:
    return PASSED if good else FAILED


def _settled(good: bool, verified: bool) -> str:
    """A doubt that a person has looked at is settled by them."""
    return PASSED if good else CONFIRMED if verified else OPEN
