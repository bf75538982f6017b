"""Records, their versions and the dossiers they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class RecordState(StrEnum):
    """Where a record stands; a closed list."""

    FILED = "filed"
    TO_VERIFY = "to_verify"
    KEPT_UNREADABLE = "kept_unreadable"
    DESTROYED = "destroyed"
    """A tombstone: the metadata that a certificate needs, nothing of the content."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Records that belong together 案卷. `kind` as in RecordType.dossier; `house` is a House.id.

    `key` is unique and says what the dossier is for (archive.domain.filing.dossier_key); `code` is its 档号.
    """

    id: str
    code: str
    kind: str
    title: str
    access_class: str
    opened_at: datetime
    house: str | None = None
    tenure: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One archived item 件 in its current version.

    `house` is a House.id ("estate/key"); `house_key` the canonical key alone, kept also while the house is not
    yet known to any estate. `fields` are lists of mappings as ingest.codec writes ingest.facts.Value.
    `due_on` caches the first day on which retention.decide may answer something else than keep (None: never).
    `change` is the running number of the last change to any record; the search index follows it.
    """

    id: str
    type: str | None
    title: str
    state: RecordState
    access_class: str
    filed_at: datetime
    version: int
    change: int
    dossier: str | None = None
    house: str | None = None
    house_key: str | None = None
    tenure: str | None = None
    owner: str | None = None
    record_date: date | None = None
    number: str = ""
    fields: tuple[Mapping[str, Any], ...] = ()
    signatures: tuple[Mapping[str, Any], ...] = ()
    seals: tuple[Mapping[str, Any], ...] = ()
    register_page: tuple[int, int] | None = None
    problems: tuple[Mapping[str, Any], ...] = ()
    source_pages: tuple[int, ...] = ()
    pages: int = 0
    chars: int = 0
    media_type: str = ""
    sha256: str = ""
    intake: str | None = None
    due_on: date | None = None
    pack_version: str = ""
    turned: tuple[int, ...] = ()
    """Per page, by how many degrees clockwise the picture lies turned in the original; it is shown turned back."""
    certainty: int | None = None
    """Of 1,000 such readings, how many are expected right in type; 0 where something else needs a person anyway.
    None for what was not read by the archive itself."""
    doubt: int = 0
    """How doubtful the reading is (archive.domain.desk.doubt_of); a cache by which the desk is ordered."""
    reason: str = ""
    """Code of the gravest doubt; a cache by which the desk is filtered."""
    returned: str = ""
    """Why the desk sent it back (archive.domain.desk.RETURN_REASONS); it waits for a new scan, not for the desk."""
    rows: tuple[Mapping[str, Any], ...] = ()
    """The entries of a register or list, as `fields`, each with its `row` from 1; each may name another house."""

    def field_values(self) -> dict[str, str]:
        """Field code → value in normal form."""
        return {f["code"]: f["value"] for f in self.fields}


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable state of a record 版本: original bytes, extracted text, metadata; `number` from 1."""

    id: str
    record: str
    number: int
    sha256: str
    size: int
    media_type: str
    original_name: str
    created_at: datetime
    created_by: str
    reason: str
    checks: tuple[Mapping[str, Any], ...] = ()
    """The four-property check 四性检测 of this version, item by item (archive.domain.four_properties)."""


@dataclass(frozen=True, slots=True)
class VersionText:
    """The extracted text of one version; apart from Version so that lists never load it."""

    id: str
    record: str
    text: str


def version_id(record: str, number: int) -> str:
    return f"{record}.v{number}"


@dataclass(frozen=True, slots=True)
class Intake:
    """One received file on its way to records.

    `state`: waiting, reading, done, kept_unreadable, duplicate, refused, failed. The bytes lie under `sha256` in
    the store's receiving area until records hold them; `records` are the ids that came of it.
    """

    id: str
    batch: str
    original_name: str
    sha256: str
    size: int
    media_type: str
    state: str
    received_at: datetime
    received_by: str
    records: tuple[str, ...] = ()
    problems: tuple[Mapping[str, Any], ...] = ()
    wanted_type: str | None = None
    wanted_house: str | None = None
    results: tuple[Mapping[str, Any], ...] = field(default=())
    folder: str = ""
    """The path above the file as the sender named it ("3栋/1203"), only to be shown."""
    whole_kept: bool = False
    """Whether the received bytes are kept beside the records made of them, so that they can be divided anew."""
