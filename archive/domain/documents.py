"""Controlled documents 受控文件, their revisions, and how a revision comes to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """A controlled document; `id` is its number. `valid` is the revision that is in force (its text), if any.

    `parent` is the number of the manual that it belongs to; `level` is manual, procedure or form; `owner` is who
    answers for it, as its cover says. `next_review` is the day by which it must be looked at again, every
    `review_months` months.
    """

    id: str
    title: str
    valid: str | None
    access_class: str
    parent: str | None = None
    level: str = "procedure"
    owner: str = ""
    review_months: int = 6
    reviewed_on: date | None = None
    next_review: date | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision 版次 of a document; `id` is "number@revision". `record` holds the file.

    `state`: received (taken over from a file), approved (signed, in force from `effective` on), valid, superseded,
    withdrawn. `cover`, `control_page` and `findings` are the mappings that ingest.codec writes for DocumentFacts,
    RevisionRow and Problem; `signatures` and `accepted` come from its change notice.
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
    notice: str | None = None
    signatures: tuple[Mapping[str, Any], ...] = ()
    accepted: str = ""
    """Why the approver let it be issued although something disagreed in it."""


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """A change notice 文件更改通知单, from the proposal 修改建议 to the issued revision.

    `state` is one of the workflows change_notice and controlled_document. `number` is the notice's own number, given
    when the proposal is taken up. `base` is the revision that is changed (None for a new document), `revision` the
    one that comes of it. `authors` are the people whose drafts are in it. `lock_until` ends the check-out of
    `lock_by`. `draft` counts the checked-in drafts, which lie in the store; `drafts` says of each who checked it in,
    when, and what was found in it. `comments` and `signatures` are in the order of time; each signature names its
    meaning, person, time (UTC) and the draft that was signed.
    """

    id: str
    document: str
    title: str
    reason: str
    state: str
    proposed_by: str
    proposed_at: datetime
    base: str | None = None
    major: bool = False
    chapters: str = ""
    number: str = ""
    revision: str = ""
    authors: tuple[str, ...] = ()
    lock_by: str | None = None
    lock_until: datetime | None = None
    draft: int = 0
    drafts: tuple[Mapping[str, Any], ...] = ()
    comments: tuple[Mapping[str, Any], ...] = ()
    signatures: tuple[Mapping[str, Any], ...] = ()
    reviewed_by: str | None = None
    approved_by: str | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    accepted: str = ""
    effective: date | None = None
    record: str | None = None


def revision_id(number: str, revision: str) -> str:
    return f"{number}@{revision}"
