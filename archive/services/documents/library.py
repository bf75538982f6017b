"""The library of controlled documents: what there is, and one with its revisions."""

from __future__ import annotations

from archive.domain.access import Allowed, authorize
from archive.domain.documents import ChangeNotice, Document, Revision
from archive.domain.people import Actor
from archive.domain.records import Record
from archive.domain.revising import OPEN
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.documents.history import newest_first, normal_revision
from archive.services.views import DocumentView


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
        notices = uow.list(ChangeNotice, document=number, order=("-proposed_at",), limit=200)
    seen = [r for r in revisions if readable(archive, actor, records.get(r.record))]
    if revision is not None:
        wanted = normal_revision(revision)
        seen = [must(next((r for r in seen if r.revision == wanted), None), "该版次")]
    return DocumentView(
        document,
        tuple(seen),
        open_notices=tuple(n for n in notices if n.state in OPEN),
        past_notices=tuple(n for n in notices if n.state not in OPEN),
    )


def readable(archive: Archive, actor: Actor, record: Record | None) -> bool:
    """Whether the actor may open the record that holds a revision."""
    if record is None:
        return False
    return isinstance(authorize(actor, "record.open", archive.pack, record=record), Allowed)
