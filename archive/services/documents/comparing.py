"""Two revisions side by side, and what the control page says was changed beside what was."""

from __future__ import annotations

from dataclasses import dataclass

from archive.domain.documents import Document, Revision
from archive.domain.people import Actor
from archive.domain.records import Record, VersionText, version_id
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.documents.history import newest_first, normal_revision
from archive.services.errors import BadInput
from ingest.documents.difference import Claim, Difference, claims_of, compare


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """Two revisions of a document compared; `claims` are the chapters that the control page names for the newer one,
    `unnamed` those that differ and are not named."""

    document: Document
    old: Revision
    new: Revision
    difference: Difference
    claims: tuple[Claim, ...]
    unnamed: tuple[str, ...]


def difference(
    archive: Archive, actor: Actor, number: str, old: str | None = None, new: str | None = None
) -> DifferenceView:
    """Compare two revisions; without names the one in force with the one before it. Raises NotFound, BadInput."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        document = must(uow.get(Document, number), "该受控文件")
        revisions = newest_first(uow.list(Revision, document=number))
        before, after = _chosen(document, revisions, old, new)
        records = [must(uow.get(Record, r.record), "该版次的文件") for r in (before, after)]
        texts = [_text(uow, record) for record in records]
    for record in records:
        allow(archive, actor, "record.open", record=record)
    found = compare(*texts)
    named = [str(r["chapter"]) for r in after.control_page if r["state"] == after.revision and r["chapter"]]
    claims, unnamed = claims_of(named, found) if named else ((), ())
    return DifferenceView(document, before, after, found, claims, unnamed)


def _chosen(
    document: Document, revisions: list[Revision], old: str | None, new: str | None
) -> tuple[Revision, Revision]:
    by_name = {r.revision: n for n, r in enumerate(revisions)}
    at = must(by_name.get(normal_revision(new)), "该版次") if new else by_name.get(document.valid or "", 0)
    before = must(by_name.get(normal_revision(old)), "该版次") if old else at + 1
    if before >= len(revisions):
        raise BadInput(
            "只有一个版次，没有可以比较的。", code="nothing_to_compare", hint="等下一版发布后再比较。"
        )
    return revisions[before], revisions[at]


def _text(uow: UnitOfWork, record: Record) -> str:
    text = uow.get(VersionText, version_id(record.id, record.version))
    if text is None or not text.text.strip():
        raise BadInput(
            "这个版次没有可以比较的文字。", code="nothing_to_compare", hint="请重新识别或补一份 Word 文件。"
        )
    return text.text
