"""Revisions gathered under their number, in whatever order they come; which of them is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.documents import Document, Revision, revision_id
from archive.domain.people import SYSTEM
from archive.domain.records import Record
from archive.domain.revising import add_months
from archive.ports.unit_of_work import StartsWith, UnitOfWork
from archive.services.archive import Archive
from archive.services.documents.copies import recall
from archive.services.documents.references import note_references
from archive.services.objects import plain
from ingest.facts import DocumentFacts
from schemas.revisions import Revision as RevisionCode
from schemas.revisions import parse_revision

UNKNOWN_REVISION = "?"
APART = frozenset({"control_page", "findings"})
"""Facts of a document that a revision keeps in columns of their own."""


def note_revision(
    archive: Archive,
    uow: UnitOfWork,
    record: Record,
    facts: DocumentFacts,
    issued: Mapping[str, Any] | None = None,
) -> None:
    """Enter a filed revision into its document's history, inside the caller's transaction.

    `issued` are the fields of a revision that was issued here (state, effective, notice, signatures, accepted), None
    for one taken over from a file. The same revision in another format (a PDF beside the Word file) does not replace
    the one whose control page was read first with more rows, nor one that was issued here.
    """
    if not facts.number:
        return
    row = _row(record, facts)
    row = replace(row, **issued) if issued else row
    old = uow.get(Revision, row.id)
    if old is None:
        _hold_document(uow, row, record)
        uow.add(row)
    elif issued or (old.notice is None and _richer(row, old, record)):
        uow.put(replace(row, state=row.state if issued else old.state))
    settle(archive, uow, facts.number)
    uow.audit(
        Event.REVISION_RECEIVED,
        actor=SYSTEM.id,
        subject=row.id,
        at=archive.clock.now(),
        record=record.id,
        findings=len(row.findings),
    )


def _row(record: Record, facts: DocumentFacts) -> Revision:
    revision = normal_revision(facts.revision)
    return Revision(
        id=revision_id(facts.number, revision),
        document=facts.number,
        revision=revision,
        record=record.id,
        title=facts.title,
        state="received",
        effective=facts.effective,
        cover={k: v for k, v in plain(facts).items() if k not in APART},
        control_page=tuple(plain(r) for r in facts.control_page),
        findings=tuple(plain(f) for f in facts.findings),
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


def _hold_document(uow: UnitOfWork, row: Revision, record: Record) -> None:
    if uow.get(Document, row.document) is None:
        uow.add(new_document(uow, row.document, row.title, record.access_class))


def new_document(uow: UnitOfWork, number: str, title: str, access_class: str) -> Document:
    """A document at its place in the tree; those below it that came before it move under it."""
    parts = number.split("-")
    above = tuple("-".join(parts[:n]) for n in range(1, len(parts)))
    known = {d.id for d in uow.list(Document, id=above)} if above else set()
    parent = max(known, key=len, default=None)
    for below in uow.list(Document, id=StartsWith(number + "-")):
        if below.parent is None or len(below.parent) < len(number):
            uow.put(replace(below, parent=number))
    level = "manual" if title.endswith(("手册", "手冊")) else "procedure"
    return Document(number, title, None, access_class, parent, level)


def settle(archive: Archive, uow: UnitOfWork, number: str) -> None:
    """Say which revision is in force today: the highest whose day has come; those below are superseded.

    A signed revision whose effective day is still ahead waits; a withdrawn document has none in force until a higher
    revision comes.
    """
    document = uow.get(Document, number)
    assert document is not None
    today = archive.clock.today()
    ordered = newest_first(uow.list(Revision, document=number))
    standing = [r for r in ordered if not waits(r, today)]
    valid = next((r for r in standing[:1] if r.state != "withdrawn"), None)
    for one in standing:
        _enter_state(archive, uow, one, "valid" if valid and one.id == valid.id else "superseded")
    settled = _as_in_force(document, valid, today)
    uow.put(settled)
    recall(archive, uow, number, settled.valid)
    note_references(uow, settled, valid)


def waits(revision: Revision, today: date) -> bool:
    """Whether a signed revision is not in force yet."""
    return revision.state == "approved" and revision.effective is not None and revision.effective > today


def _enter_state(archive: Archive, uow: UnitOfWork, revision: Revision, state: str) -> None:
    if revision.state in (state, "withdrawn"):
        return
    uow.put(replace(revision, state=state))
    reindex(uow, revision.record)
    if revision.state == "approved" and state == "valid":
        uow.audit(Event.DOCUMENT_VALID, actor=SYSTEM.id, subject=revision.id, at=archive.clock.now())


def reindex(uow: UnitOfWork, record_id: str) -> None:
    """Let the index look at a record again: whether it is found by default goes by its revision's state."""
    record = uow.get(Record, record_id)
    if record is not None:
        uow.put(replace(record, change=uow.next_change()))


def _as_in_force(document: Document, valid: Revision | None, today: date) -> Document:
    if valid is None:
        return replace(document, valid=None, next_review=None)
    since = max((d for d in (document.reviewed_on, valid.effective) if d), default=today)
    return replace(
        document,
        title=valid.title or document.title,
        valid=valid.revision,
        owner=str(valid.cover.get("department") or document.owner),
        next_review=add_months(since, document.review_months),
    )


def newest_first(revisions: list[Revision]) -> list[Revision]:
    """By the order of revision codes; unreadable ones last."""
    coded = [(parsed_revision(r.revision), r) for r in revisions]
    known = sorted(((code, r) for code, r in coded if code), key=lambda pair: pair[0], reverse=True)
    return [r for _, r in known] + [r for code, r in coded if code is None]
