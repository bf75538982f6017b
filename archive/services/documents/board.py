"""What waits for whom: steps to take, copies to read, reviews that are due, copies to take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archive.domain.access import Allowed, authorize, may
from archive.domain.copies import Copy
from archive.domain.documents import ChangeNotice, Document
from archive.domain.people import Actor, Person
from archive.domain.revising import ACTIONS, OPEN, RevisingError, earlier, locked_by_other, step
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.documents import copies, reviews

NEXT: Mapping[str, str] = {
    "proposed": "notice",
    "draft": "submit",
    "in_review": "review",
    "reviewed": "approve",
    "approved": "release",
}
"""State of a change notice → the step that leads on."""
OFFERED = (
    "notice", "refuse", "check_out", "check_in", "submit", "review", "approve", "release", "send_back", "drop",
)  # fmt: skip
MOST = 500


@dataclass(frozen=True, slots=True)
class Board:
    """`to_do` are change notices whose next step the actor may take, `others` those that wait for somebody else;
    `to_read` the actor's copies that are not acknowledged; `due` documents to review, `recalled` copies to take back.
    """

    to_do: tuple[ChangeNotice, ...] = ()
    others: tuple[ChangeNotice, ...] = ()
    to_read: tuple[Copy, ...] = ()
    due: tuple[Document, ...] = ()
    recalled: tuple[Copy, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """How much waits for the actor."""
        return len(self.to_do) + len(self.to_read)


def board(archive: Archive, actor: Actor) -> Board:
    """The actor's board; empty for who reads no documents."""
    if not may(actor, "document.read", archive.pack):
        return Board()
    with archive.uow() as uow:
        notices = uow.list(ChangeNotice, state=OPEN, order=("-proposed_at",), limit=MOST)
        names = names_of(uow, notices)
    mine = [n for n in notices if _next_is(archive, actor, n)]
    manages = may(actor, "document.review", archive.pack) or may(actor, "document.edit", archive.pack)
    return Board(
        to_do=tuple(mine),
        others=tuple(n for n in notices if n not in mine),
        to_read=tuple(copies.waiting_for(archive, actor)),
        due=tuple(reviews.due(archive, actor)) if manages else (),
        recalled=tuple(copies.recalled(archive, actor)),
        names=names,
    )


def _next_is(archive: Archive, actor: Actor, notice: ChangeNotice) -> bool:
    if notice.state == "draft" and notice.authors and actor.id not in notice.authors:
        return False
    return can(archive, actor, notice, NEXT[notice.state])


def can(archive: Archive, actor: Actor, notice: ChangeNotice, action: str) -> bool:
    """Whether the actor may take a step now; nothing is logged."""
    try:
        taken = step(archive.pack, notice.state, action)
    except RevisingError:
        return False
    answer = authorize(actor, ACTIONS[action], archive.pack, step=taken, earlier=earlier(notice))
    return isinstance(answer, Allowed)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A change notice with what the actor may do with it. `names` are display names by person id."""

    notice: ChangeNotice
    document: Document | None
    names: Mapping[str, str]
    steps: frozenset[str]
    locked: bool
    """Somebody has it checked out."""
    locked_by_other: bool


def notice_view(archive: Archive, actor: Actor, notice_id: str) -> NoticeView:
    """One change notice, for everyone who reads documents."""
    allow(archive, actor, "document.read")
    now = archive.clock.now()
    with archive.uow() as uow:
        notice = must(uow.get(ChangeNotice, notice_id), "该更改通知单")
        document = uow.get(Document, notice.document)
        names = names_of(uow, [notice])
    return NoticeView(
        notice,
        document,
        names,
        frozenset(a for a in OFFERED if can(archive, actor, notice, a)),
        notice.lock_until is not None and notice.lock_until > now,
        locked_by_other(notice, actor.id, now),
    )


def names_of(uow: UnitOfWork, notices: Sequence[ChangeNotice]) -> dict[str, str]:
    """Display names of everyone who acted in these notices."""
    ids = {n.proposed_by for n in notices} | {p for n in notices for p in n.authors}
    ids |= {p for n in notices for p in (n.lock_by, n.reviewed_by, n.approved_by) if p}
    ids |= {str(c["person"]) for n in notices for c in (*n.comments, *n.signatures)}
    ids |= {str(d["by"]) for n in notices for d in n.drafts}
    return {p.id: p.display_name for p in uow.list(Person, id=tuple(ids))} if ids else {}
