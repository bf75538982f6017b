"""What documents name in their texts, and what must be looked at when one of them changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.domain.copies import Reference
from archive.domain.documents import Document, Revision
from archive.domain.people import Actor
from archive.domain.records import Record, VersionText, version_id
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from ingest.documents.references import reference_key, references_of
from schemas.titles import Titles


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """A reference with what it leads to. `state`: document (in force), form (a record type), withdrawn, unknown."""

    reference: Reference
    state: str
    document: Document | None = None
    type: str | None = None


def note_references(uow: UnitOfWork, document: Document, revision: Revision | None) -> None:
    """Replace what the index of references says of a document by what the revision in force names."""
    for old in uow.list(Reference, document=document.id):
        uow.remove(Reference, old.id)
    record = uow.get(Record, revision.record) if revision else None
    text = uow.get(VersionText, version_id(record.id, record.version)) if record else None
    if text is None:
        return
    named = references_of(text.text, but=(document.id, document.title))
    uow.add(*(Reference(new_id(), document.id, n.written, n.key, n.kind, n.chapter, n.count) for n in named))


def references(archive: Archive, actor: Actor, number: str) -> list[ReferenceView]:
    """What a document in force names, in the order of its text."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        must(uow.get(Document, number), "该受控文件")
        found = uow.list(Reference, document=number, order=("id",), limit=2000)
        return _resolved(archive, uow, found)


def _resolved(archive: Archive, uow: UnitOfWork, found: Sequence[Reference]) -> list[ReferenceView]:
    known = _documents(uow, found)
    titles = Titles(archive.pack)
    views = []
    for one in found:
        document = known.get(one.key)
        kind = titles.exact(one.written) if one.kind == "title" and document is None else None
        state = "form" if kind else "unknown"
        if document is not None:
            state = "document" if document.valid else "withdrawn"
        views.append(ReferenceView(one, state, document, kind.code if kind else None))
    return views


def _documents(uow: UnitOfWork, found: Iterable[Reference]) -> dict[str, Document]:
    """Key → the document that is named, by number or by title."""
    rows = list(found)
    numbers = tuple({r.written.upper() for r in rows if r.kind == "number"})
    titles = tuple({t for r in rows if r.kind == "title" for t in (r.written, r.key)})
    known = [*uow.list(Document, id=numbers)] if numbers else []
    known += uow.list(Document, title=titles) if titles else []
    return {reference_key(name): d for d in known for name in (d.id, d.title)}


def named_by(archive: Archive, actor: Actor, number: str) -> list[Document]:
    """Documents in force that name this one: what must be looked at when it changes."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        document = must(uow.get(Document, number), "该受控文件")
        keys = (reference_key(number), reference_key(document.title))
        naming = {r.document for r in uow.list(Reference, key=keys, limit=2000)} - {number}
        return uow.list(Document, id=tuple(naming), order=("id",)) if naming else []


def withdrawn_named(archive: Archive, text: str, number: str, title: str) -> list[str]:
    """Titles and numbers of withdrawn documents that a text names."""
    named = references_of(text, but=(number, title))
    rows = [Reference("", number, n.written, n.key, n.kind, n.chapter, n.count) for n in named]
    with archive.uow() as uow:
        return [v.reference.written for v in _resolved(archive, uow, rows) if v.state == "withdrawn"]
