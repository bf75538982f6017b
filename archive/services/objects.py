"""How records and dossiers lie in the store: one OCFL object each, enough to rebuild the database from (design 4)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from archive.domain.estate import House, Tenure
from archive.domain.four_properties import ITEMS, Source, four_properties, summary
from archive.domain.records import Dossier, Record, RecordState, Version
from archive.ports.store import NewVersion, Received
from archive.services.archive import Archive

EXTENSIONS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/msword": "doc",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "text/plain": "txt",
}
"""Names inside the store go by content; what the uploader called the file is metadata only."""

NOT_STORED = {"change", "due_on", "doubt", "reason"}
"""Positions and caches of the running database, which a rebuild computes anew."""


CHECKS = "four-properties.json"


def checks_of(version: Version) -> bytes:
    """The four-property check as it is kept with the version, for whoever reads the store without this program."""
    told = {
        "standard": "DA/T 70-2018",
        "checked_at": version.created_at.isoformat(),
        "checked_by": version.created_by,
        "summary": summary(version.checks),
        "items": [{**item, "property": ITEMS.get(str(item["code"]), "")} for item in version.checks],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def object_of_record(record_id: str) -> str:
    return f"urn:dangan:record:{record_id}"


def object_of_dossier(dossier_id: str) -> str:
    return f"urn:dangan:dossier:{dossier_id}"


def original_path(media_type: str) -> str:
    return f"original.{EXTENSIONS.get(media_type, 'bin')}"


def plain(value: Any) -> Any:
    """Dataclass fields, days and times as JSON values (times in UTC, ISO 8601)."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [plain(v) for v in value]
    return value


def as_json(value: Any) -> bytes:
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, indent=1).encode()


def read_record(stored: Mapping[str, Any]) -> Record:
    """The record that `record_version` wrote into a version's metadata; caches of the database are empty."""
    day = stored.get("record_date")
    page = stored.get("register_page")
    lists = ("fields", "rows", "signatures", "seals", "problems", "source_pages", "turned")
    return Record(
        **{
            **stored,
            **{name: tuple(stored.get(name) or ()) for name in lists},
            "change": 0,
            "state": RecordState(stored["state"]),
            "filed_at": datetime.fromisoformat(stored["filed_at"]),
            "record_date": date.fromisoformat(day) if day else None,
            "register_page": (int(page[0]), int(page[1])) if page else None,
        }
    )


def record_version(
    record: Record,
    version: Version,
    original: bytes | Path | Received,
    text: str,
    facts: Any,
    *,
    house: House | None = None,
    dossier: Dossier | None = None,
) -> NewVersion:
    """One version of a record as an OCFL version: metadata, original bytes, extracted text, facts as read."""
    metadata = {
        "kind": "record",
        "record": {k: v for k, v in plain(record).items() if k not in NOT_STORED},
        "version": plain(version),
        "house": plain(house),
        "dossier": plain(dossier),
    }
    return NewVersion(
        object_id=object_of_record(record.id),
        number=version.number,
        files={
            "metadata.json": as_json(metadata),
            original_path(version.media_type): original,
            "text.txt": text.encode(),
            "facts.json": as_json(facts),
            **({CHECKS: checks_of(version)} if version.checks else {}),
        },
        created=version.created_at,
        message=version.reason,
        person=version.created_by,
    )


def checked(archive: Archive, record: Record, version: Version, source: Source) -> Version:
    """The version with its four-property check. Costs no reading: everything is known when a record is filed."""
    kind = archive.pack.record_types.get(record.type or "")
    source = replace(source, today=archive.clock.today())
    return replace(version, checks=four_properties(record, version, kind, source))


def dossier_version(
    dossier: Dossier,
    person: str,
    *,
    number: int = 1,
    house: House | None = None,
    tenure: Tenure | None = None,
) -> NewVersion:
    """A dossier as an OCFL object: what it is for, which house and tenure."""
    metadata = {"kind": "dossier", "dossier": plain(dossier), "house": plain(house), "tenure": plain(tenure)}
    return NewVersion(
        object_id=object_of_dossier(dossier.id),
        number=number,
        files={"metadata.json": as_json(metadata)},
        created=dossier.opened_at,
        message="opened" if number == 1 else "changed",
        person=person,
    )


@contextmanager
def as_file(stream: BinaryIO, name: str) -> Iterator[Path]:
    """What a stream holds as a file for the reader: the store's own file where it is one, else a copy that is gone
    when the block ends."""
    own = Path(str(getattr(stream, "name", "")))
    if own.is_file():
        yield own
        return
    with TemporaryDirectory(prefix="dangan-") as folder:
        target = Path(folder) / name
        with target.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
        yield target


@contextmanager
def original_file(archive: Archive, version: Version) -> Iterator[Path]:
    """The version's original bytes as a file for the reader."""
    path = original_path(version.media_type)
    with (
        archive.store.open(object_of_record(version.record), version.number, path) as stream,
        as_file(stream, path) as file,
    ):
        yield file
