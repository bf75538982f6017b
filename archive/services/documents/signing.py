"""Electronic signatures under a step of a document's life, and taking a step so that two people never take it twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.documents import ChangeNotice
from archive.domain.people import Actor, Person, PersonState
from archive.domain.revising import ACTIONS, MEANINGS, RevisingError, earlier, step
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.errors import BadInput, Refused
from archive.services.objects import plain
from archive.services.people import check_password
from schemas.model import Transition

Also = Callable[[UnitOfWork], None]
LONGEST = 2000
"""Characters of a reason or comment."""


def notice_for(
    archive: Archive, actor: Actor, notice_id: str, action: str
) -> tuple[ChangeNotice, Transition]:
    """A change notice and the step that the actor may take with it now. Raises NotFound, Refused."""
    with archive.uow() as uow:
        notice = must(uow.get(ChangeNotice, notice_id), "该更改通知单")
    taken = allowed_step(archive, actor, notice, action)
    return notice, taken


def allowed_step(archive: Archive, actor: Actor, notice: ChangeNotice, action: str) -> Transition:
    """The step from where the notice stands, when the actor may take it. Raises Refused."""
    try:
        taken = step(archive.pack, notice.state, action)
    except RevisingError as error:
        raise Refused(str(error), code="wrong_step", hint=error.hint) from error
    allow(archive, actor, ACTIONS[action], step=taken, earlier=earlier(notice), subject=notice.id)
    return taken


def reason_for(taken: Transition, text: str) -> str:
    """The reason, which some steps need. Raises BadInput."""
    said = text.strip()
    if taken.needs_reason and len(said) < 2:
        raise BadInput("请写明理由。", code="no_reason", hint="理由会告诉当事人，并留在记录里。")
    return said[:LONGEST]


def signed(
    archive: Archive, actor: Actor, notice: ChangeNotice, action: str, password: str
) -> dict[str, Any]:
    """The signature of whoever entered their password again: meaning, person, time (UTC) and what was signed."""
    person = check_password(archive, actor, password)
    return signature(archive, notice, action, person)


def signature(archive: Archive, notice: ChangeNotice, action: str, person: Person) -> dict[str, Any]:
    """A signature by a person whose password was checked; `day` is the house's day of it, as the document prints."""
    return {
        "meaning": MEANINGS[action],
        "person": person.id,
        "name": person.display_name,
        "at": plain(archive.clock.now()),
        "day": archive.clock.today().isoformat(),
        "draft": notice.draft,
        "sha256": str(notice.drafts[-1]["sha256"]) if notice.drafts else "",
    }


def comment(archive: Archive, actor: Actor, action: str, text: str) -> tuple[dict[str, Any], ...]:
    """A comment at a step, none when nothing was said."""
    if not text.strip():
        return ()
    said = text.strip()[:LONGEST]
    return ({"step": action, "person": actor.id, "at": plain(archive.clock.now()), "text": said},)


def take(
    archive: Archive,
    actor: Actor,
    before: ChangeNotice,
    after: ChangeNotice,
    event: Event,
    *,
    also: Also | None = None,
    **detail: Any,
) -> ChangeNotice:
    """Write the step in one transaction, unless somebody else was quicker or the actor was disabled meanwhile.

    Raises Refused with code wrong_step or account_disabled; nothing is written then.
    """
    with archive.uow(write=True) as uow:
        if uow.get(ChangeNotice, before.id) != before:
            raise Refused(
                "这份更改通知单刚刚由他人办理过，您的操作没有执行。",
                code="wrong_step",
                hint="请刷新页面看现在到了哪一步。",
            )
        still_active(uow, actor)
        uow.put(after)
        if also is not None:
            also(uow)
        uow.audit(
            event, actor=actor.id, subject=after.id, at=archive.clock.now(), document=after.document, **detail
        )
        uow.commit()
    return after


def still_active(uow: UnitOfWork, actor: Actor) -> None:
    """Refuse when the actor's account was disabled after the request began."""
    person = uow.get(Person, actor.id)
    if person is not None and person.state is not PersonState.ACTIVE:
        raise Refused("您的账号已停用，没有执行。", code="account_disabled", hint="请找系统管理员。")
