"""Controlled copies on paper: handed out under a number, acknowledged, recalled when a new revision is in force."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from archive.domain.access import may
from archive.domain.audit_model import Event
from archive.domain.copies import AROUND, ENDS, Copy
from archive.domain.documents import Document, Revision
from archive.domain.people import Actor, Person, PersonState
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput, Refused

STATUSES = ("controlled", "uncontrolled")
MOST = 1000
"""Copies of a document that are listed."""


def hand_out(
    archive: Archive,
    actor: Actor,
    number: str,
    *,
    holder: str,
    copy_number: str = "",
    person: str = "",
    status: str = "controlled",
) -> Copy:
    """Hand out a numbered copy of the revision in force. `person` is the holder's sign-in name, "" for none."""
    allow(archive, actor, "document.edit")
    holder = holder.strip()[:100]
    if status not in STATUSES:
        raise BadInput("受控状态只能是受控或非受控。", code="bad_choice")
    with archive.uow(write=True) as uow:
        document = must(uow.get(Document, number), "该受控文件")
        if document.valid is None:
            raise Refused(
                "这份文件没有现行版，不能发放。", code="not_in_force", hint="请刷新页面看它的状态。"
            )
        account = _account(uow, person.strip())
        copy = _new(archive, actor, uow, document, copy_number.strip()[:20], status)
        copy = replace(
            copy,
            holder=holder or (account.display_name if account else ""),
            person=account.id if account else None,
        )
        if not copy.holder:
            raise BadInput("请填写持有者。", code="no_holder", hint="例如：客服中心。")
        uow.add(copy)
        _log(archive, uow, Event.COPY_HANDED_OUT, actor, copy)
        uow.commit()
    return copy


def _account(uow: UnitOfWork, name: str) -> Person | None:
    if not name:
        return None
    found = next(iter(uow.list(Person, name=name, limit=1)), None)
    if found is None or found.state is not PersonState.ACTIVE:
        raise BadInput(f"没有可用的用户 {name}。", code="unknown_person", hint="请核对登录名，或只填持有者。")
    return found


def _new(
    archive: Archive, actor: Actor, uow: UnitOfWork, document: Document, number: str, status: str
) -> Copy:
    assert document.valid is not None
    taken = {c.number for c in uow.list(Copy, document=document.id, revision=document.valid)}
    if number in taken:
        raise BadInput(
            f"发放编号 {number} 已经用过。", code="copy_taken", hint="请换一个编号，或留空自动编号。"
        )
    used = [int(n) for n in taken if n.isdigit()]
    return Copy(
        id=new_id(),
        document=document.id,
        revision=document.valid,
        number=number or f"{max(used, default=0) + 1:02}",
        holder="",
        status=status,
        state="out",
        token=secrets.token_urlsafe(16),
        issued_on=archive.clock.today(),
        issued_by=actor.id,
    )


def _log(archive: Archive, uow: UnitOfWork, event: Event, actor: Actor, copy: Copy, **detail: object) -> None:
    uow.audit(
        event,
        actor=actor.id,
        subject=copy.id,
        at=archive.clock.now(),
        document=copy.document,
        revision=copy.revision,
        number=copy.number,
        **detail,
    )


def renew(archive: Archive, actor: Actor, number: str) -> list[Copy]:
    """Hand the revision in force out to everyone whose copy is recalled, under the same numbers."""
    allow(archive, actor, "document.edit")
    with archive.uow(write=True) as uow:
        document = must(uow.get(Document, number), "该受控文件")
        if document.valid is None:
            raise Refused(
                "这份文件没有现行版，不能发放。", code="not_in_force", hint="请刷新页面看它的状态。"
            )
        have = {c.number for c in uow.list(Copy, document=number, revision=document.valid)}
        made = []
        for old in uow.list(Copy, document=number, state="to_return", order=("number", "id"), limit=MOST):
            if old.number in have or old.status != "controlled":
                continue
            have.add(old.number)
            fresh = _new(archive, actor, uow, document, old.number, old.status)
            fresh = replace(fresh, holder=old.holder, person=old.person)
            uow.add(fresh)
            _log(archive, uow, Event.COPY_HANDED_OUT, actor, fresh)
            made.append(fresh)
        uow.commit()
    return made


def recall(archive: Archive, uow: UnitOfWork, number: str, valid: str | None) -> None:
    """Ask for every copy of another revision than the one in force, inside the caller's transaction."""
    for copy in uow.list(Copy, document=number, state="out"):
        if copy.revision != valid and copy.status == "controlled":
            uow.put(replace(copy, state="to_return", recalled_on=archive.clock.today()))


def close(archive: Archive, actor: Actor, copy_id: str, how: str, *, note: str = "") -> Copy:
    """End a copy's life: returned, destroyed, or excused with the reason why it cannot come back."""
    allow(archive, actor, "document.edit")
    if how not in ENDS:
        raise BadInput("请选择收回、销毁或免收回。", code="bad_choice")
    if how == "excused" and len(note.strip()) < 2:
        raise BadInput("免收回须写明理由。", code="no_reason", hint="例如：原件遗失，已登记。")
    with archive.uow(write=True) as uow:
        copy = must(uow.get(Copy, copy_id), "该份文件")
        if copy.state not in AROUND:
            raise Refused("这一份已经办理过了。", code="already_decided", hint="刷新页面看结果。")
        ended = replace(
            copy, state=how, closed_on=archive.clock.today(), closed_by=actor.id, note=note.strip()[:500]
        )
        uow.put(ended)
        _log(archive, uow, Event.COPY_CLOSED, actor, ended, how=how, reason=ended.note)
        uow.commit()
    return ended


def acknowledge(archive: Archive, actor: Actor, copy_id: str) -> Copy:
    """The holder says: read and understood. Bound to this copy's revision; only the holder can say so."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        copy = must(uow.get(Copy, copy_id), "该份文件")
    if copy.person != actor.id:
        raise Refused("只有持有者本人可以签收。", code="not_the_holder", hint="请由持有者登录后确认。")
    with archive.uow(write=True) as uow:
        copy = must(uow.get(Copy, copy_id), "该份文件")
        if copy.acknowledged_at is not None:
            return copy
        done = replace(copy, acknowledged_at=archive.clock.now(), acknowledged_by=actor.id)
        uow.put(done)
        _log(archive, uow, Event.COPY_ACKNOWLEDGED, actor, done)
        uow.commit()
    return done


def copies_of(archive: Archive, actor: Actor, number: str) -> list[Copy]:
    """The copies of a document, those still around first, then by number."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        found = uow.list(Copy, document=number, order=("number", "id"), limit=MOST)
    return sorted(found, key=lambda c: (c.state not in AROUND, c.number, c.id))


@dataclass(frozen=True, slots=True)
class CopyState:
    """What a phone shows of a scanned copy. `valid` says whether this paper may be used today."""

    document: str
    title: str
    revision: str
    number: str
    status: str
    valid: bool
    reason: str
    """valid, not_yet, superseded, withdrawn, ended (this copy was returned, destroyed or excused), uncontrolled."""
    in_force: str | None
    checked_on: date


def scanned(archive: Archive, token: str) -> CopyState:
    """What anyone who holds the paper may know of it: whether it is valid and which copy it is. Raises NotFound."""
    with archive.uow() as uow:
        copy = must(next(iter(uow.list(Copy, token=token[:64], limit=1)), None), "这一份文件")
        document = must(uow.get(Document, copy.document), "该受控文件")
        revision = uow.get(Revision, f"{copy.document}@{copy.revision}")
    reason = _reason(copy, revision)
    return CopyState(
        document=copy.document,
        title=document.title,
        revision=copy.revision,
        number=copy.number,
        status=copy.status,
        valid=reason == "valid",
        reason=reason,
        in_force=document.valid,
        checked_on=archive.clock.today(),
    )


def _reason(copy: Copy, revision: Revision | None) -> str:
    state = revision.state if revision else "superseded"
    if state in ("superseded", "withdrawn"):
        return state
    if copy.state in ENDS:
        return "ended"
    if state == "approved":
        return "not_yet"
    return "valid" if copy.status == "controlled" else "uncontrolled"


def waiting_for(archive: Archive, actor: Actor) -> list[Copy]:
    """Copies whose holder the actor is and has not said that they read them."""
    with archive.uow() as uow:
        return uow.list(
            Copy, person=actor.id, acknowledged_at=None, state="out", order=("issued_on",), limit=200
        )


def recalled(archive: Archive, actor: Actor, *, limit: int = 200) -> list[Copy]:
    """The recall list: copies of revisions that are no longer in force and still on somebody's desk."""
    allow(archive, actor, "document.read")
    if not may(actor, "document.edit", archive.pack) and not may(actor, "document.review", archive.pack):
        return []
    with archive.uow() as uow:
        return uow.list(Copy, state="to_return", order=("recalled_on", "document", "number"), limit=limit)


def counts(uow: UnitOfWork) -> Mapping[str, int]:
    """Copies that are around, by document."""
    return uow.count_by(Copy, "document", state=AROUND)
