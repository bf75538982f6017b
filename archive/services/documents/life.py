"""The life of a revision up to its approval: proposal, change notice, drafts, review, sending back."""

from __future__ import annotations

from dataclasses import replace

from archive.domain.audit_model import Event
from archive.domain.documents import ChangeNotice, Document, Revision
from archive.domain.people import Actor
from archive.domain.revising import (
    UNDER_WAY,
    RevisingError,
    locked,
    locked_by_other,
    next_revision,
    sent_back,
)
from archive.ports.unit_of_work import StartsWith, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.documents.history import newest_first
from archive.services.documents.signing import comment, notice_for, reason_for, signed, take
from archive.services.errors import BadInput, Refused

NUMBER_LENGTH = 60


def propose(
    archive: Archive,
    actor: Actor,
    number: str,
    *,
    reason: str,
    title: str = "",
    chapters: str = "",
    major: bool = False,
) -> ChangeNotice:
    """Propose a change 修改建议 to a document, or with a `title` a new one. Anyone who reads documents may.

    `chapters` are the chapters it is about, as the control page will name them; `major` asks for the next edition.
    """
    allow(archive, actor, "document.read")
    number, title, reason = number.strip(), title.strip(), reason.strip()
    if len(reason) < 2:
        raise BadInput("请写明为什么要改。", code="no_reason", hint="例如：回访期限由三天改为两天。")
    with archive.uow() as uow:
        document = uow.get(Document, number)
    if document is None and not title:
        raise BadInput(
            f"没有编号为 {number} 的受控文件。", code="no_document", hint="新编文件请同时写明名称。"
        )
    if not number or len(number) > NUMBER_LENGTH or not number.isprintable():
        raise BadInput("请填写文件编号。", code="bad_number", hint="例如 DG-KF-13。")
    notice = ChangeNotice(
        id=new_id(),
        document=number,
        title=document.title if document else title[:200],
        reason=reason[:2000],
        state="proposed",
        proposed_by=actor.id,
        proposed_at=archive.clock.now(),
        major=major,
        chapters=chapters.strip()[:200],
    )
    with archive.uow(write=True) as uow:
        uow.add(notice)
        uow.audit(
            Event.DOCUMENT_PROPOSED,
            actor=actor.id,
            subject=notice.id,
            at=notice.proposed_at,
            document=number,
            reason=notice.reason,
        )
        uow.commit()
    return notice


def give_notice(
    archive: Archive,
    actor: Actor,
    notice_id: str,
    *,
    number: str = "",
    chapters: str = "",
    major: bool | None = None,
    said: str = "",
) -> ChangeNotice:
    """Take a proposal up as a change notice with a number (the next one of the year where none is given).

    From here on the document has one revision under way; a second notice waits until it is issued or dropped.
    """
    before, _ = notice_for(archive, actor, notice_id, "notice")
    wants = before.major if major is None else major
    with archive.uow() as uow:
        base = _base(uow, before.document)
        chosen = number.strip()[:NUMBER_LENGTH] or _next_number(archive, uow)
    try:
        revision = next_revision(base, major=wants)
    except RevisingError as error:
        raise BadInput(str(error), code="revision_unknown", hint=error.hint) from error
    after = replace(
        before,
        state="draft",
        number=chosen,
        base=base,
        revision=revision,
        major=wants,
        chapters=chapters.strip()[:200] or before.chapters,
        comments=(*before.comments, *comment(archive, actor, "notice", said)),
    )

    def alone(uow: UnitOfWork) -> None:
        others = uow.list(ChangeNotice, document=before.document, state=UNDER_WAY, limit=2)
        if any(o.id != before.id for o in others):
            raise Refused(
                "这份文件已有一个版次正在修改。", code="already_under_way", hint="请等它发布，或先撤销它。"
            )
        if any(o.id != before.id for o in uow.list(ChangeNotice, number=chosen, limit=2)):
            raise BadInput(f"更改通知单号 {chosen} 已经用过。", code="number_taken", hint="请换一个编号。")

    return take(
        archive, actor, before, after, Event.DOCUMENT_NOTICED, also=alone, number=chosen, revision=revision
    )


def _base(uow: UnitOfWork, number: str) -> str | None:
    revisions = newest_first(uow.list(Revision, document=number))
    return revisions[0].revision if revisions else None


def _next_number(archive: Archive, uow: UnitOfWork) -> str:
    prefix = f"GG-{archive.clock.today().year}-"
    taken = [n.number.removeprefix(prefix) for n in uow.list(ChangeNotice, number=StartsWith(prefix))]
    return f"{prefix}{max((int(t) for t in taken if t.isdigit()), default=0) + 1:03}"


def refuse(archive: Archive, actor: Actor, notice_id: str, *, reason: str) -> ChangeNotice:
    """Turn a proposal down, with the reason that its author will read."""
    before, taken = notice_for(archive, actor, notice_id, "refuse")
    said = reason_for(taken, reason)
    after = replace(
        before, state="refused", comments=(*before.comments, *comment(archive, actor, "refuse", said))
    )
    return take(archive, actor, before, after, Event.DOCUMENT_REFUSED, reason=said)


def drop(archive: Archive, actor: Actor, notice_id: str, *, reason: str) -> ChangeNotice:
    """Give a change up; its drafts stay in the store."""
    before, taken = notice_for(archive, actor, notice_id, "drop")
    _unlocked(archive, actor, before)
    said = reason_for(taken, reason)
    after = replace(
        before,
        state="dropped",
        lock_by=None,
        lock_until=None,
        comments=(*before.comments, *comment(archive, actor, "drop", said)),
    )
    return take(archive, actor, before, after, Event.DOCUMENT_DROPPED, reason=said)


def check_out(archive: Archive, actor: Actor, notice_id: str, *, steal: str = "") -> ChangeNotice:
    """Take the draft to work on: others are kept away for LOCK. Taking it from somebody else needs a reason (`steal`),
    which is in the audit log."""
    before, _ = notice_for(archive, actor, notice_id, "check_out")
    now = archive.clock.now()
    after = locked(before, actor.id, now)
    if not locked_by_other(before, actor.id, now):
        return take(archive, actor, before, after, Event.DOCUMENT_CHECKED_OUT, until=after.lock_until)
    if len(steal.strip()) < 2:
        _unlocked(archive, actor, before)
    said = steal.strip()[:500]
    after = replace(after, comments=(*before.comments, *comment(archive, actor, "steal", said)))
    return take(
        archive, actor, before, after, Event.DOCUMENT_LOCK_STOLEN, from_person=before.lock_by, reason=said
    )


def _unlocked(archive: Archive, actor: Actor, notice: ChangeNotice) -> None:
    if locked_by_other(notice, actor.id, archive.clock.now()):
        raise Refused(
            "草稿已由他人签出。", code="checked_out", hint="请等他签入；确需接手的，写明理由后强制签出。"
        )


def submit(archive: Archive, actor: Actor, notice_id: str, *, password: str, said: str = "") -> ChangeNotice:
    """Hand the draft in for review, signed by its author."""
    before, _ = notice_for(archive, actor, notice_id, "submit")
    _unlocked(archive, actor, before)
    if not before.draft:
        raise BadInput("还没有草稿，不能送审。", code="no_draft", hint="请先签出，改好后签入。")
    if actor.id not in before.authors:
        raise Refused("由签入过草稿的人送审。", code="not_the_author", hint="请由编制人送审。")
    sign = signed(archive, actor, before, "submit", password)
    after = replace(
        before,
        state="in_review",
        lock_by=None,
        lock_until=None,
        signatures=(*before.signatures, sign),
        comments=(*before.comments, *comment(archive, actor, "submit", said)),
    )
    return take(archive, actor, before, after, Event.DOCUMENT_SUBMITTED, draft=before.draft)


def review(archive: Archive, actor: Actor, notice_id: str, *, password: str, said: str = "") -> ChangeNotice:
    """Agree to a draft 审核, signed; by someone else than its author."""
    before, _ = notice_for(archive, actor, notice_id, "review")
    sign = signed(archive, actor, before, "review", password)
    after = replace(
        before,
        state="reviewed",
        reviewed_by=actor.id,
        signatures=(*before.signatures, sign),
        comments=(*before.comments, *comment(archive, actor, "review", said)),
    )
    return take(archive, actor, before, after, Event.DOCUMENT_REVIEWED, draft=before.draft)


def send_back(archive: Archive, actor: Actor, notice_id: str, *, reason: str) -> ChangeNotice:
    """Send a draft back to its author with the reason; what was signed for it no longer counts."""
    before, taken = notice_for(archive, actor, notice_id, "send_back")
    said = reason_for(taken, reason)
    after = sent_back(
        replace(before, comments=(*before.comments, *comment(archive, actor, "send_back", said)))
    )
    return take(archive, actor, before, after, Event.DOCUMENT_SENT_BACK, reason=said, draft=before.draft)


def document_of(archive: Archive, notice: ChangeNotice) -> Document | None:
    """The document that a notice changes; None while a new one is under way."""
    with archive.uow() as uow:
        return uow.get(Document, notice.document)


def notice(archive: Archive, actor: Actor, notice_id: str) -> ChangeNotice:
    """One change notice, for everyone who reads documents."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        return must(uow.get(ChangeNotice, notice_id), "该更改通知单")
