"""Lending paper originals (workflow loan): asked for, decided, handed out, reminded, returned or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from archive.domain.access import reads_by_role
from archive.domain.audit_model import Event
from archive.domain.paper import (
    AWAY,
    REMIND_DAYS,
    Loan,
    LoanState,
    Paper,
    Place,
    earlier,
    overlaps,
    step,
)
from archive.domain.people import SYSTEM, Actor, Person
from archive.domain.records import Dossier, Record, RecordState
from archive.ports.unit_of_work import AtMost, UnitOfWork
from archive.services.access.requests import MAX_DAYS, check_wish
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import BadInput, Clash, Refused
from archive.services.paper.storing import path_of, place_of, put_down, target_of
from schemas.model import Transition


def request_loan(
    archive: Archive, actor: Actor, *, target_kind: str, target: str, purpose: str, days: int
) -> Loan:
    """Ask to take the paper original of a record or dossier away for some days, saying what for.

    A class that the asker reads by their role is passed at once; another waits for its approvers. Asked for twice, the
    loan that waits is answered. Raises BadInput, NotFound, Refused destroyed or paper_lost.
    """
    allow(archive, actor, "access.request")
    check_wish(purpose, days)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        found = target_of(archive, uow, actor, target_kind, target)
        _check_there(uow, found)
        waiting = uow.list(
            Loan,
            requester=actor.id,
            target=found.id,
            state=(LoanState.OPEN, LoanState.APPROVED),
            limit=1,
        )
        if waiting:
            return waiting[0]
        loan = Loan(
            id=new_id(),
            requester=actor.id,
            target_kind=target_kind,
            target=found.id,
            purpose=purpose.strip(),
            days=days,
            state=LoanState(archive.pack.workflows["loan"].initial),
            created_at=now,
            access_class=found.access_class,
            dossier=found.dossier if isinstance(found, Record) else found.id,
        )
        passed = step(archive.pack, loan.state, "pass")
        if passed and reads_by_role(actor, archive.pack.access_classes[found.access_class]):
            loan = replace(loan, state=LoanState(passed.target), decided_by=SYSTEM.id, decided_at=now)
        uow.add(loan)
        uow.audit(
            Event.LOAN_REQUESTED,
            actor=actor.id,
            subject=loan.id,
            at=now,
            target_kind=target_kind,
            target=loan.target,
            purpose=loan.purpose,
            days=days,
            state=loan.state.value,
        )
        uow.commit()
    return loan


def _check_there(uow: UnitOfWork, found: Record | Dossier) -> None:
    if isinstance(found, Record) and found.state is RecordState.DESTROYED:
        raise Refused("该件已按规定销毁，只留销毁凭证。", code="destroyed")
    ids = tuple(i for i in (found.id, found.dossier if isinstance(found, Record) else None) if i)
    if any(p.lost_at for p in uow.list(Paper, id=ids)):
        raise Refused("纸质原件已报遗失。", code="paper_lost", hint="请查阅电子件，或找到后先登记存放位置。")


def _step(archive: Archive, actor: Actor, loan_id: str, action: str, door: str) -> tuple[Loan, Transition]:
    """The loan and the step that `action` takes now, after asking whether the actor may take it.

    Never inside a writing unit of work. Raises NotFound, Refused already_decided and as `authorize` says.
    """
    allow(archive, actor, door, subject=loan_id)
    with archive.uow() as uow:
        loan = must(uow.get(Loan, loan_id), "该借阅")
    decides = door == "access.decide"
    if decides:
        allow(archive, actor, door, request=loan)
    taken = _possible(archive, loan, action)
    allow(
        archive,
        actor,
        door,
        step=taken,
        earlier=earlier(loan),
        request=loan if decides else None,
        subject=loan.id,
    )
    return loan, taken


def _possible(archive: Archive, loan: Loan, action: str) -> Transition:
    taken = step(archive.pack, loan.state, action)
    if taken is None:
        raise Clash("该借阅现在不能做这一步，可能已由他人办理。", code="wrong_step", hint="刷新页面看结果。")
    return taken


def _still(archive: Archive, uow: UnitOfWork, loan_id: str, action: str) -> tuple[Loan, LoanState]:
    """The loan under the write lock, and the state after the step; nobody took another one meanwhile."""
    loan = must(uow.get(Loan, loan_id), "该借阅")
    return loan, LoanState(_possible(archive, loan, action).target)


def _log(archive: Archive, uow: UnitOfWork, event: Event, actor: Actor, loan: Loan, **detail: Any) -> None:
    uow.audit(
        event,
        actor=actor.id,
        subject=loan.id,
        at=archive.clock.now(),
        target_kind=loan.target_kind,
        target=loan.target,
        **detail,
    )


def _with_reason(reason: str) -> str:
    if len(reason.strip()) < 2:
        raise BadInput("请写明理由。", code="no_reason")
    if len(reason) > 500:
        raise BadInput("理由不超过 500 字。", code="text_too_long")
    return reason.strip()


def approve(archive: Archive, actor: Actor, loan_id: str, *, days: int | None = None) -> Loan:
    """Approve a loan, for the days asked or others. Nobody approves their own."""
    loan, _ = _step(archive, actor, loan_id, "approve", "access.decide")
    wanted = loan.days if days is None else days
    check_wish(loan.purpose, wanted)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        loan, state = _still(archive, uow, loan_id, "approve")
        loan = replace(loan, state=state, days=wanted, decided_by=actor.id, decided_at=now)
        uow.put(loan)
        _log(archive, uow, Event.LOAN_APPROVED, actor, loan, reader=loan.requester, days=wanted)
        uow.commit()
    return loan


def refuse(archive: Archive, actor: Actor, loan_id: str, *, reason: str) -> Loan:
    """Refuse a loan, with a reason that the asker will read."""
    said = _with_reason(reason)
    _step(archive, actor, loan_id, "refuse", "access.decide")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        loan, state = _still(archive, uow, loan_id, "refuse")
        loan = replace(loan, state=state, decided_by=actor.id, decided_at=now, reason=said)
        uow.put(loan)
        _log(archive, uow, Event.LOAN_REFUSED, actor, loan, reason=said)
        uow.commit()
    return loan


def withdraw(archive: Archive, actor: Actor, loan_id: str) -> Loan:
    """Take one's own loan back before the paper was handed out. Raises NotFound for another person's."""
    with archive.uow() as uow:
        found = uow.get(Loan, loan_id)
    must(found if found and found.requester == actor.id else None, "该借阅")
    _step(archive, actor, loan_id, "withdraw", "access.request")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        loan, state = _still(archive, uow, loan_id, "withdraw")
        loan = replace(loan, state=state, ended_by=actor.id, ended_at=now)
        uow.put(loan)
        _log(archive, uow, Event.LOAN_WITHDRAWN, actor, loan)
        uow.commit()
    return loan


def hand_out(archive: Archive, actor: Actor, loan_id: str, *, to: str = "", due: date | None = None) -> Loan:
    """Give the paper out, to the borrower or to who came for them by name, due back on a day.

    Without `due` it is the approved days from today. Raises Clash paper_out while it is out (a dossier takes its
    records along), Refused paper_lost, BadInput for a day before today or beyond MAX_DAYS.
    """
    loan, _ = _step(archive, actor, loan_id, "hand_out", "paper.manage")
    today, now = archive.clock.today(), archive.clock.now()
    until = due or today + timedelta(days=loan.days)
    if not today <= until <= today + timedelta(days=MAX_DAYS):
        raise BadInput(f"应还日期须在今天起 {MAX_DAYS} 天之内。", code="bad_date")
    if len(to) > 60:
        raise BadInput("领取人不超过 60 字。", code="text_too_long")
    with archive.uow(write=True) as uow:
        loan, state = _still(archive, uow, loan_id, "hand_out")
        record = uow.get(Record, loan.target) if loan.target_kind == "record" else None
        _check_there(uow, record or must(uow.get(Dossier, loan.target), "该案卷"))
        if _taken(uow, loan):
            raise Clash("原件已借出，尚未归还。", code="paper_out", hint="在借阅清单上看谁借走了。")
        borrower = must(uow.get(Person, loan.requester), "该用户")
        loan = replace(
            loan,
            state=state,
            handed_by=actor.id,
            handed_to=to.strip() or borrower.display_name,
            out_at=now,
            due_on=until,
        )
        uow.put(loan)
        _log(
            archive,
            uow,
            Event.LOAN_HANDED_OUT,
            actor,
            loan,
            reader=loan.requester,
            name=loan.handed_to,
            due=until.isoformat(),
        )
        uow.commit()
    return loan


def _taken(uow: UnitOfWork, loan: Loan) -> bool:
    if loan.dossier is None:
        return uow.count(Loan, target=loan.target, state=AWAY) > 0
    out = uow.list(Loan, dossier=loan.dossier, state=AWAY, limit=500)
    return any(overlaps(o, loan.target_kind, loan.target) for o in out)


def take_back(archive: Archive, actor: Actor, loan_id: str, *, place: str = "", note: str = "") -> Loan:
    """The paper came back and was put in `place` (an id or a code), or where it stood before.

    Raises NotFound for a place that is not there.
    """
    _step(archive, actor, loan_id, "take_back", "paper.manage")
    if len(note) > 100:
        raise BadInput("备注不超过 100 字。", code="text_too_long")
    chosen = place_of(archive, actor, place) if place.strip() else None
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        loan, state = _still(archive, uow, loan_id, "take_back")
        if chosen is not None:
            put_down(archive, uow, actor, loan.target_kind, loan.target, chosen, note)
        stands = _stands(uow, loan)
        where = " / ".join(p.name for p in path_of(uow, stands.id)) if stands else ""
        loan = replace(loan, state=state, ended_by=actor.id, ended_at=now, outcome=where)
        uow.put(loan)
        _log(archive, uow, Event.LOAN_RETURNED, actor, loan, code=stands.code if stands else "")
        uow.commit()
    return loan


def _stands(uow: UnitOfWork, loan: Loan) -> Place | None:
    own = {p.id: p for p in uow.list(Paper, id=tuple(i for i in (loan.target, loan.dossier) if i))}
    for paper in (own.get(loan.target), own.get(loan.dossier or "")):
        if paper is not None and paper.place is not None:
            return uow.get(Place, paper.place)
    return None


def report_lost(archive: Archive, actor: Actor, loan_id: str, *, reason: str) -> Loan:
    """The paper will not come back: it is lost, and how. It cannot be lent again until it is put somewhere."""
    said = _with_reason(reason)
    _step(archive, actor, loan_id, "report_lost", "paper.manage")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        loan, state = _still(archive, uow, loan_id, "report_lost")
        loan = replace(loan, state=state, ended_by=actor.id, ended_at=now, outcome=said)
        uow.put(loan)
        paper = uow.get(Paper, loan.target)
        if paper is None:
            uow.add(Paper(loan.target, loan.target_kind, None, now, actor.id, lost_at=now))
        else:
            uow.put(replace(paper, lost_at=now))
        _log(archive, uow, Event.LOAN_LOST, actor, loan, reason=said)
        uow.commit()
    return loan


def remind(archive: Archive) -> int:
    """Once a day: remind the borrowers whose loans are due within REMIND_DAYS, and mark what is late.

    Returns how many loans it changed. Asked twice in a day, it changes nothing the second time.
    """
    today, now = archive.clock.today(), archive.clock.now()
    changed = 0
    with archive.uow(write=True) as uow:
        soon = AtMost(today + timedelta(days=REMIND_DAYS))
        for loan in uow.list(Loan, state=LoanState.OUT, due_on=soon):
            assert loan.due_on is not None
            late = step(archive.pack, loan.state, "remind") if loan.due_on < today else None
            if late is not None:
                uow.put(replace(loan, state=LoanState(late.target), reminded_at=now))
                _log(archive, uow, Event.LOAN_OVERDUE, SYSTEM, loan, due=loan.due_on.isoformat())
            elif loan.reminded_at is None:
                uow.put(replace(loan, reminded_at=now))
                _log(archive, uow, Event.LOAN_REMINDED, SYSTEM, loan, due=loan.due_on.isoformat())
            else:
                continue
            changed += 1
        uow.commit()
    return changed
