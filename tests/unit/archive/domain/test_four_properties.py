"""The four-property check says what is shown, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from archive.domain.four_properties import ITEMS, PROPERTIES, Source, four_properties, summary
from archive.domain.records import Record, RecordState, Version
from schemas import load_pack

PACK = load_pack()
KIND = PACK.record_types["callback_record"]
NOW = datetime(2026, 3, 6, tzinfo=UTC)
RECORD = Record(
    "r1",
    "callback_record",
    "回访记录表",
    RecordState.FILED,
    "internal",
    NOW,
    1,
    1,
    record_date=date(2026, 3, 1),
    house_key="3-2-1203",
    fields=({"code": "date", "value": "2026-03-01"},),
    pages=1,
    chars=200,
    media_type="application/pdf",
    sha256="ab" * 32,
    pack_version="1",
)
VERSION = Version("r1.v1", "r1", 1, "ab" * 32, 1000, "application/pdf", "scan.pdf", NOW, "p1", "received")
SOURCE = Source("received", "ab" * 32, "p1", "i1", virus="clean")


def result(code: str, record: Record = RECORD, version: Version = VERSION, **source: Any) -> str:
    items = four_properties(record, version, KIND, replace(SOURCE, **source))
    return next(str(i["result"]) for i in items if i["code"] == code)


def test_a_good_record_passes_everything() -> None:
    items = four_properties(RECORD, VERSION, KIND, SOURCE)
    assert [i["code"] for i in items] == list(ITEMS)
    assert {i["result"] for i in items} == {"passed"}
    assert summary(items) == dict.fromkeys(PROPERTIES, "passed")


def test_every_property_has_items() -> None:
    assert set(ITEMS.values()) == set(PROPERTIES)


@pytest.mark.parametrize(
    ("code", "expected", "changes"),
    [
        ("fixity", "failed", {"sha256": "cd" * 32}),
        ("fixity", "passed", {"sha256": "cd" * 32, "part": True}),
        ("declared_format", "failed", {"codes": frozenset({"wrong_extension"})}),
        ("pages", "open", {"codes": frozenset({"pages_missing"})}),
        ("pages", "confirmed", {"codes": frozenset({"pages_missing"}), "how": "verified"}),
        ("readable", "failed", {"codes": frozenset({"damaged"})}),
        ("self_contained", "failed", {"codes": frozenset({"password_needed"})}),
        ("signed", "open", {"codes": frozenset({"signature_missing"})}),
        ("virus", "not_checked", {"virus": ""}),
        ("virus", "failed", {"virus": "found"}),
        ("inactive", "failed", {"codes": frozenset({"macro"})}),
    ],
)
def test_what_is_wrong_is_told(code: str, expected: str, changes: dict[str, Any]) -> None:
    assert result(code, **changes) == expected


def test_what_the_record_lacks_is_told() -> None:
    assert result("metadata_sound", replace(RECORD, record_date=date(2026, 3, 9))) == "failed"
    assert result("required_metadata", replace(RECORD, record_date=None, fields=())) == "open"
    assert result("searchable", replace(RECORD, chars=0)) == "open"
    unsigned = replace(RECORD, signatures=({"place": "owner_signature", "present": False},))
    assert result("signed", unsigned) == "open"
    assert result("format", version=replace(VERSION, media_type="application/msword")) == "failed"


def test_the_worst_item_speaks_for_its_property() -> None:
    items = four_properties(
        RECORD, VERSION, KIND, replace(SOURCE, codes=frozenset({"pages_missing", "macro"}))
    )
    assert summary(items) == {
        "authenticity": "passed",
        "integrity": "open",
        "usability": "passed",
        "safety": "failed",
    }
