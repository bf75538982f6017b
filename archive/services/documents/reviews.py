"""The periodic review of documents: when each is due, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from archive.domain.audit_model import Event
from archive.domain.copies import DocumentReview
from archive.domain.documents import Document
from archive.domain.people import Actor
from archive.domain.revising import add_months
from archive.ports.unit_of_work import AtMost
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.documents import life
from archive.services.errors import BadInput, Refused

AHEAD = timedelta(days=14)
"""How long before its day a review stands on the board."""


def reviewed_without_change(archive: Archive, actor: Actor, number: str, *, note: str = "") -> DocumentReview:
    """The document was looked at and stays as it is: a record too. The next review counts from today."""
    allow(archive, actor, "document.review")
    today = archive.clock.today()
    with archive.uow(write=True) as uow:
        document = must(uow.get(Document, number), "该受控文件")
        if document.valid is None:
            raise Refused(
                "这份文件没有现行版，不用复审。", code="not_in_force", hint="请刷新页面看它的状态。"
            )
        done = DocumentReview(
            new_id(),
            number,
            document.valid,
            document.next_review,
            today,
            actor.id,
            "unchanged",
            note.strip()[:1000],
        )
        uow.add(done)
        uow.put(replace(document, reviewed_on=today, next_review=add_months(today, document.review_months)))
        uow.audit(
            Event.DOCUMENT_REVIEW_DONE,
            actor=actor.id,
            subject=number,
            at=archive.clock.now(),
            revision=document.valid,
            outcome="unchanged",
        )
        uow.commit()
    return done


def reviewed_with_change(
    archive: Archive, actor: Actor, number: str, *, reason: str, chapters: str = ""
) -> DocumentReview:
    """The document was looked at and must change: proposes that; the review is done when the change is issued."""
    allow(archive, actor, "document.review")
    with archive.uow() as uow:
        document = must(uow.get(Document, number), "该受控文件")
    notice = life.propose(archive, actor, number, reason=reason, chapters=chapters)
    today = archive.clock.today()
    said, was = reason.strip()[:1000], document.valid or ""
    done = DocumentReview(
        new_id(), number, was, document.next_review, today, actor.id, "change", said, notice.id
    )
    with archive.uow(write=True) as uow:
        uow.add(done)
        uow.audit(
            Event.DOCUMENT_REVIEW_DONE,
            actor=actor.id,
            subject=number,
            at=archive.clock.now(),
            revision=done.revision,
            outcome="change",
        )
        uow.commit()
    return done


def set_cycle(archive: Archive, actor: Actor, number: str, months: int) -> Document:
    """How many months may lie between two reviews (1 to 60)."""
    allow(archive, actor, "document.review")
    if not 1 <= months <= 60:
        raise BadInput("复审周期须在 1 到 60 个月之间。", code="bad_cycle")
    with archive.uow(write=True) as uow:
        document = must(uow.get(Document, number), "该受控文件")
        since = add_months(document.next_review, -document.review_months) if document.next_review else None
        changed = replace(
            document, review_months=months, next_review=add_months(since, months) if since else None
        )
        uow.put(changed)
        uow.commit()
    return changed


def due(archive: Archive, actor: Actor, *, limit: int = 200) -> list[Document]:
    """Documents whose review is overdue or due within AHEAD, the most overdue first."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        until = archive.clock.today() + AHEAD
        return uow.list(Document, next_review=AtMost(until), order=("next_review",), limit=limit)


def reviews_of(archive: Archive, actor: Actor, number: str) -> list[DocumentReview]:
    """The reviews of a document, newest first."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        return uow.list(DocumentReview, document=number, order=("-done_on", "-id"), limit=100)
