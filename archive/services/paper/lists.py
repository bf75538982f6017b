"""Who has what out, what is late, and where one paper is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.domain.access import Allowed, authorize, may
from archive.domain.paper import AWAY, UNSETTLED, Loan, LoanState, Paper
from archive.domain.people import OPERATOR, Actor, Person
from archive.domain.records import Dossier, Record, RecordState
from archive.ports.unit_of_work import AtMost, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, known_dossier, known_record, must
from archive.services.paper.storing import path_of
from archive.services.paper_views import LoanDesk, LoanView, Whereabouts

LIST = 200
SHORT = 6
_WATCH = ("paper.see", "access.decide")


def loans(
    archive: Archive,
    actor: Actor,
    *,
    states: Sequence[LoanState] = (),
    late: bool = False,
    mine: bool = False,
    limit: int = LIST,
) -> list[LoanView]:
    """Loans: one's own, or all for those who lend, decide or watch. Newest first; `late` ones by their due day.

    Also what is out and due before today counts as late, though no job has marked it yet.
    """
    watching = not mine and any(may(actor, a, archive.pack) for a in _WATCH)
    if not watching:
        allow(archive, actor, "access.request")
    where: dict[str, Any] = {} if watching else {"requester": actor.id}
    if late:
        where |= {"state": AWAY, "due_on": AtMost(archive.clock.today())}
    elif states:
        where["state"] = tuple(states)
    order = ("due_on",) if late else ("-created_at",)
    with archive.uow() as uow:
        found = uow.list(Loan, order=order, limit=limit, **where)
        if late:
            found = [one for one in found if one.days_late(archive.clock.today())]
        return _views(archive, uow, actor, found)


def loan(archive: Archive, actor: Actor, loan_id: str) -> LoanView:
    """One loan, for its borrower and for those who lend, decide or watch. Raises NotFound, Refused."""
    with archive.uow() as uow:
        found = must(uow.get(Loan, loan_id), "该借阅")
        if found.requester != actor.id and not may(actor, "access.decide", archive.pack):
            allow(archive, actor, "paper.see", subject=loan_id)
        return _views(archive, uow, actor, [found])[0]


def _views(archive: Archive, uow: UnitOfWork, actor: Actor, found: Sequence[Loan]) -> list[LoanView]:
    if not found:
        return []
    ids = tuple({x for one in found for x in (one.requester, one.decided_by) if x})
    people = {p.id: p for p in uow.list(Person, id=ids)}
    targets = tuple({one.target for one in found})
    records = {r.id: r for r in uow.list(Record, id=targets)}
    dossiers = {d.id: d for d in uow.list(Dossier, id=targets)}
    sees = may(actor, "paper.see", archive.pack)
    both = tuple({x for one in found for x in (one.target, one.dossier) if x})
    papers = {p.id: p for p in uow.list(Paper, id=both)} if sees else {}
    ways = {p: path_of(uow, p) for p in {x.place for x in papers.values() if x.place}}
    today = archive.clock.today()
    views = []
    for one in found:
        paper = papers.get(one.target) or papers.get(one.dossier or "")
        decidable = isinstance(authorize(actor, "access.decide", archive.pack, request=one), Allowed)
        views.append(
            LoanView(
                loan=one,
                borrower=people[one.requester],
                decided_by=people.get(one.decided_by or ""),
                record=records.get(one.target),
                dossier=dossiers.get(one.target),
                where=ways.get(paper.place or "", ()) if paper else (),
                days_late=one.days_late(today),
                may_decide=one.state is LoanState.OPEN and decidable,
            )
        )
    return views


def desk_of(archive: Archive, actor: Actor) -> LoanDesk:
    """What the first screen says of loans: to decide, to hand out, late, and one's own."""
    pack = archive.pack
    decides, lends = may(actor, "access.decide", pack), may(actor, "paper.manage", pack)
    watches = may(actor, "paper.see", pack)
    asks = may(actor, "access.request", pack) and actor != OPERATOR
    return LoanDesk(
        tuple(loans(archive, actor, states=[LoanState.OPEN], limit=SHORT)) if decides else (),
        tuple(loans(archive, actor, states=[LoanState.APPROVED], limit=SHORT)) if lends else (),
        tuple(loans(archive, actor, late=True, limit=SHORT)) if watches else (),
        tuple(loans(archive, actor, states=UNSETTLED, mine=True, limit=SHORT)) if asks else (),
    )


def whereabouts(archive: Archive, actor: Actor, target_kind: str, target: str) -> Whereabouts:
    """Where the paper original is, or who has it. Raises NotFound for what the actor may not know of.

    The place and the borrower are told to those who see places; others learn whether it is out, and may ask for it.
    """
    with archive.uow() as uow:
        if target_kind == "record":
            record = known_record(archive, uow, actor, target)
            return whereabouts_of(archive, uow, actor, record)
        dossier = uow.get(Dossier, target)
        known = dossier is not None and known_dossier(archive, actor, dossier)
        return whereabouts_of(archive, uow, actor, must(dossier if known else None, "该案卷"))


def whereabouts_of(archive: Archive, uow: UnitOfWork, actor: Actor, target: Record | Dossier) -> Whereabouts:
    """The same within a unit of work, of what the actor may know."""
    holder = target.dossier if isinstance(target, Record) else None
    own = {p.id: p for p in uow.list(Paper, id=tuple(i for i in (target.id, holder) if i))}
    paper = own.get(target.id)
    placed = paper if paper and (paper.place or paper.lost_at) else own.get(holder or "")
    sees = may(actor, "paper.see", archive.pack)
    targets = tuple(i for i in (target.id, holder) if i)
    out = next(iter(uow.list(Loan, target=targets, state=AWAY, limit=1)), None)
    borrower = uow.get(Person, out.requester) if out and sees else None
    asked = next(iter(uow.list(Loan, requester=actor.id, target=target.id, state=UNSETTLED, limit=1)), None)
    lost_at = placed.lost_at if placed else None
    gone = isinstance(target, Record) and target.state is RecordState.DESTROYED
    asks = isinstance(authorize(actor, "access.request", archive.pack), Allowed) and actor != OPERATOR
    return Whereabouts(
        path=path_of(uow, placed.place) if placed and sees else (),
        note=placed.note if placed and sees else "",
        of_dossier=placed is not None and placed.id != target.id,
        lost_at=lost_at,
        loan=out,
        borrower=borrower.display_name if borrower else "",
        asked=asked,
        may_ask=asks and asked is None and lost_at is None and not gone,
    )
