"""The library of controlled documents: what there is as a tree, and one with its revisions."""

from __future__ import annotations

from dataclasses import dataclass

from archive.domain.access import Allowed, authorize
from archive.domain.copies import AROUND, Copy
from archive.domain.documents import ChangeNotice, Document, Revision
from archive.domain.people import Actor
from archive.domain.records import Record
from archive.domain.revising import OPEN
from archive.ports.unit_of_work import StartsWith, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.documents.history import newest_first, normal_revision
from archive.services.views import DocumentView

PAGE = 100
"""Documents on one page of the library."""
OPENED = 30
"""A manual with at most so many procedures shows them at once."""


def list_documents(archive: Archive, actor: Actor, *, limit: int = 500) -> list[Document]:
    """The documents that the actor may read, by number."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        return uow.list(Document, order=("id",), limit=limit)


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One document of the tree: how deep, how many stand below it (`closed`: they are not listed), its copies that are
    around and the state of a change that is under way."""

    document: Document
    depth: int
    below: int
    closed: bool
    copies: int
    under_way: str | None


@dataclass(frozen=True, slots=True)
class Tree:
    """One page of the library. `above` is the manual whose procedures are listed, None for the whole."""

    lines: tuple[TreeLine, ...]
    page: int
    more: bool
    total: int
    above: Document | None = None


def tree(archive: Archive, actor: Actor, *, under: str | None = None, words: str = "", page: int = 1) -> Tree:
    """The library, PAGE documents at a time: manuals with their procedures, or what is under one, or (`words`) whose
    number or title begins so."""
    allow(archive, actor, "document.read")
    offset = (page - 1) * PAGE
    with archive.uow() as uow:
        total = uow.count(Document)
        above = must(uow.get(Document, under), "该受控文件") if under else None
        if words.strip():
            found = [(d, 0) for d in _beginning(uow, words.strip())]
            more = False
        else:
            first = uow.list(Document, parent=under, order=("id",), limit=PAGE + 1, offset=offset)
            found, more = _opened(uow, first[:PAGE]), len(first) > PAGE
        lines = _lines(uow, found)
    return Tree(tuple(lines), page, more, total, above)


def _beginning(uow: UnitOfWork, words: str) -> list[Document]:
    by_number = uow.list(Document, id=StartsWith(words.upper()), order=("id",), limit=PAGE)
    by_title = uow.list(Document, title=StartsWith(words), order=("id",), limit=PAGE)
    return list({d.id: d for d in (*by_number, *by_title)}.values())


def _opened(uow: UnitOfWork, first: list[Document]) -> list[tuple[Document, int]]:
    """Each with what stands below it, where that is not much."""
    ids = tuple(d.id for d in first)
    counts = uow.count_by(Document, "parent", parent=ids) if ids else {}
    few = tuple(i for i in ids if 0 < counts.get(i, 0) <= OPENED)
    room = PAGE * 2
    below: dict[str, list[Document]] = {}
    for one in uow.list(Document, parent=few, order=("id",), limit=room) if few else ():
        below.setdefault(one.parent or "", []).append(one)
    out: list[tuple[Document, int]] = []
    for document in first:
        out.append((document, 0))
        if len(below.get(document.id, ())) == counts.get(document.id, 0):
            out += [(d, 1) for d in below.get(document.id, ())]
    return out


def _lines(uow: UnitOfWork, found: list[tuple[Document, int]]) -> list[TreeLine]:
    ids = tuple(d.id for d, _ in found)
    if not ids:
        return []
    below = uow.count_by(Document, "parent", parent=ids)
    copies = uow.count_by(Copy, "document", document=ids, state=AROUND)
    under_way = {n.document: n.state for n in uow.list(ChangeNotice, document=ids, state=OPEN)}
    listed = {d.parent for d, depth in found if depth}
    return [
        TreeLine(
            d, depth, below.get(d.id, 0), bool(below.get(d.id)) and d.id not in listed,
            copies.get(d.id, 0), under_way.get(d.id),
        )
        for d, depth in found
    ]  # fmt: skip


def show(archive: Archive, actor: Actor, number: str, revision: str | None = None) -> DocumentView:
    """A document with its revisions, newest first; only `revision` when one is named. Raises NotFound."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        document = must(uow.get(Document, number), "该受控文件")
        revisions = newest_first(uow.list(Revision, document=number))
        records = {r.id: r for r in uow.list(Record, id=tuple(v.record for v in revisions))}
        notices = uow.list(ChangeNotice, document=number, order=("-proposed_at",), limit=200)
        parent = uow.get(Document, document.parent) if document.parent else None
    seen = [r for r in revisions if readable(archive, actor, records.get(r.record))]
    if revision is not None:
        wanted = normal_revision(revision)
        seen = [must(next((r for r in seen if r.revision == wanted), None), "该版次")]
    return DocumentView(
        document,
        tuple(seen),
        open_notices=tuple(n for n in notices if n.state in OPEN),
        past_notices=tuple(n for n in notices if n.state not in OPEN),
        parent=parent,
    )


def readable(archive: Archive, actor: Actor, record: Record | None) -> bool:
    """Whether the actor may open the record that holds a revision."""
    if record is None:
        return False
    return isinstance(authorize(actor, "record.open", archive.pack, record=record), Allowed)
