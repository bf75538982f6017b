"""Controlled documents 受控文件 and their revisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """A controlled document; `id` is its number. `valid` is the revision that is in force (its text), if any."""

    id: str
    title: str
    valid: str | None
    access_class: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision 版次 of a document; `id` is "number@revision". `record` holds the file.

    `state`: received (taken over from a file), valid, superseded, withdrawn. `cover`, `control_page` and
    `findings` are the mappings that ingest.codec writes for DocumentFacts, RevisionRow and Problem.
    """

    id: str
    document: str
    revision: str
    record: str
    title: str
    state: str
    effective: date | None
    cover: Mapping[str, Any]
    control_page: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]


def revision_id(number: str, revision: str) -> str:
    return f"{number}@{revision}"
