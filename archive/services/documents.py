"""Controlled documents 受控文件: revisions gathered under their number, in whatever order they come."""

from __future__ import annotations

from dataclasses import replace

from archive.domain.access import Allowed, authorize
from archive.domain.audit_model import Event
from archive.domain.documents import Document, Revision, revision_id
from archive.domain.people import SYSTEM, Actor
from archive.domain.records import Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.objects import plain
from archive.services.views import DocumentView
from ingest.facts import DocumentFacts
from schemas.revisions import Revision as RevisionCode
from schemas.revisions import parse_revision

UNKNOWN_REVISION = "?"


def note_revision(archive: Archive, uow: UnitOfWork, record: Record, facts: DocumentFacts) -> None:
    """Enter a filed revision into its document's history, inside the caller's transaction.

    The same revision in another format (a PDF beside the Word file) does not replace the one whose control page
    was read first with more rows.
    """
    if not facts.number:
        return
    revision = normal_revision(facts.revision)
    row = Revision(
        id=revision_id(facts.number, revision),
        document=facts.number,
        revision=revision,
        record=record.id,
        title=facts.title,
        state="received",
        effective=facts.effective,
        cover={k: v for k, v in plain(facts).items() if k not in ("control_page", "findings", "chapters")},
        control_page=tuple(plain(r) for r in facts.control_page),
        findings=tuple(plain(f) for f in facts.findings),
    )
    old = uow.get(Revision, row.id)
    if old is None:
        uow.add(row)
    elif _richer(row, old, record):
        uow.put(row)
    _set_valid(archive, uow, facts.number, facts.title, record.access_class)
    uow.audit(
        Event.REVISION_RECEIVED,
        actor=SYSTEM.id,
        subject=row.id,
        at=archive.clock.now(),
        record=record.id,
        findings=len(row.findings),
    )


def parsed_revision(text: str) -> RevisionCode | None:
    """The order of a revision's text; None where it is none."""
    try:
        return parse_revision(text)
    except ValueError:
        return None


def normal_revision(text: str) -> str:
    """One spelling, such as "A/0", however it was written; "?" when there is none to read."""
    parsed = parsed_revision(text)
    return parsed.text if parsed else UNKNOWN_REVISION


def _richer(new: Revision, old: Revision, record: Record) -> bool:
    """Word files carry tracked changes and real tables, so they count for more than a print of them."""
    word = "wordprocessingml" in record.media_type
    return word or len(new.control_page) > len(old.control_page)


def _set_valid(archive: Archive, uow: UnitOfWork, number: str, title: str, access_class: str) -> None:
    """The highest revision is the valid one, the others are superseded."""
    revisions = uow.list(Revision, document=number)
    newest = newest_first(revisions)[0]
    for one in revisions:
        state = "valid" if one.id == newest.id else "superseded"
        if one.state != state:
            uow.put(replace(one, state=state))
    document = Document(number, newest.title or title, newest.revision, access_class)
    if uow.get(Document, number) is None:
        uow.add(document)
    else:
        uow.put(document)


def newest_first(revisions: list[Revision]) -> list[Revision]:
    """By the order of revision codes; unreadable ones last."""
    coded = [(parsed_revision(r.revision), r) for r in revisions]
    known = sorted(((code, r) for code, r in coded if code), key=lambda pair: pair[0], reverse=True)
    return [r for _, r in known] + [r for code, r in coded if code is None]


def list_documents(archive: Archive, actor: Actor, *, limit: int = 500) -> list[Document]:
    """The documents that the actor may read, by number."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        return uow.list(Document, order=("id",), limit=limit)


def show(archive: Archive, actor: Actor, number: str, revision: str | None = None) -> DocumentView:
    """A document with its revisions, newest first; only `revision` when one is named. Raises NotFound."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        document = must(uow.get(Document, number), "该受控文件")
        revisions = newest_first(uow.list(Revision, document=number))
        records = {r.id: r for r in uow.list(Record, id=tuple(v.record for v in revisions))}
    seen = [r for r in revisions if _readable(archive, actor, records.get(r.record))]
    if revision is not None:
        wanted = normal_revision(revision)
        seen = [must(next((r for r in seen if r.revision == wanted), None), "该版次")]
    return DocumentView(document, tuple(seen))


def _readable(archive: Archive, actor: Actor, record: Record | None) -> bool:
    if record is None:
        return False
    return isinstance(authorize(actor, "record.open", archive.pack, record=record), Allowed)
