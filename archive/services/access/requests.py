"""Asking for the right to read, and what became of it (workflow access_request)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from archive.domain.access import Allowed, authorize, may
from archive.domain.access_model import KINDS, AccessRequest, Grant, Reading
from archive.domain.audit_model import Event
from archive.domain.people import Actor, Person
from archive.domain.records import Dossier, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, known_dossier, known_record, must, new_id
from archive.services.errors import BadInput, Refused
from archive.services.views import RequestView

MAX_DAYS = 90
LIST = 200


def request_access(
    archive: Archive,
    actor: Actor,
    *,
    target_kind: str,
    target: str,
    purpose: str,
    days: int,
    kind: str = "view",
) -> AccessRequest:
    """Ask to read a record or a dossier for a number of days, saying what for; `kind` "copy" also to take it along.

    Asked for twice, the request that waits is answered. Raises BadInput, NotFound.
    """
    allow(archive, actor, "access.request")
    check_wish(purpose, days, kind)
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        access_class = class_of_target(archive, uow, actor, target_kind, target)
        waiting = uow.list(AccessRequest, requester=actor.id, target=target, state="open", limit=1)
        if waiting:
            return waiting[0]
        request = AccessRequest(
            new_id(),
            actor.id,
            target_kind,
            target,
            purpose.strip(),
            days,
            "open",
            now,
            kind=kind,
            access_class=access_class,
        )
        uow.add(request)
        uow.audit(
            Event.ACCESS_REQUESTED,
            actor=actor.id,
            subject=request.id,
            at=now,
            target_kind=target_kind,
            target=target,
            purpose=request.purpose,
            days=days,
            kind=kind,
        )
        uow.commit()
    return request


def class_of_target(archive: Archive, uow: UnitOfWork, actor: Actor, target_kind: str, target: str) -> str:
    """The access class of what is asked for. Raises NotFound for what the actor may not know, BadInput."""
    if target_kind == "dossier":
        dossier = uow.get(Dossier, target)
        known = dossier is not None and known_dossier(archive, actor, dossier)
        return must(dossier if known else None, "该案卷").access_class
    if target_kind == "record":
        return known_record(archive, uow, actor, target).access_class
    raise BadInput("只能申请查阅一件或一个案卷。", code="unknown_target")


def check_wish(purpose: str, days: int, kind: str = "view") -> None:
    if len(purpose.strip()) < 2:
        raise BadInput("请写明查阅用途。", code="no_purpose", hint="例如：核对装修押金退还。")
    if not 1 <= days <= MAX_DAYS:
        raise BadInput(f"天数须在 1 到 {MAX_DAYS} 之间。", code="bad_days")
    if kind not in KINDS:
        raise BadInput("只能申请查阅或带走副本。", code="unknown_target")


def withdraw(archive: Archive, actor: Actor, request_id: str) -> AccessRequest:
    """Take one's own open request back. Raises NotFound for another person's, Refused already_decided."""
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        found = uow.get(AccessRequest, request_id)
        request = must(found if found and found.requester == actor.id else None, "该申请")
        if request.state != "open":
            raise Refused("该申请已经办理过了。", code="already_decided", hint="刷新页面看结果。")
        withdrawn = replace(request, state="withdrawn", decided_by=actor.id, decided_at=now)
        uow.put(withdrawn)
        uow.audit(Event.ACCESS_WITHDRAWN, actor=actor.id, subject=request.id, at=now)
        uow.commit()
    return withdrawn


def requests(
    archive: Archive, actor: Actor, *, state: str | None = None, mine: bool = False
) -> list[RequestView]:
    """Requests, newest first: one's own, or all for those who decide or watch."""
    watching = not mine and any(may(actor, a, archive.pack) for a in ("access.decide", "access.see_all"))
    where: dict[str, Any] = {} if watching else {"requester": actor.id}
    if state:
        where["state"] = state
    if not watching:
        allow(archive, actor, "access.request")
    with archive.uow() as uow:
        found = uow.list(AccessRequest, order=("-created_at",), limit=LIST, **where)
        return _views(archive, uow, actor, found)


def request(archive: Archive, actor: Actor, request_id: str) -> RequestView:
    """One request with what was opened under it; for its requester and for those who decide or watch. To others it
    looks like one that never was."""
    with archive.uow() as uow:
        found = must(uow.get(AccessRequest, request_id), "该申请")
        if found.requester != actor.id:
            try:
                allow(archive, actor, "access.see_all", subject=found.id)
            except Refused:
                must(None, "该申请")
        return _views(archive, uow, actor, [found])[0]


def _views(
    archive: Archive, uow: UnitOfWork, actor: Actor, found: Sequence[AccessRequest]
) -> list[RequestView]:
    if not found:
        return []
    people = {
        p.id: p
        for p in uow.list(Person, id=tuple({x for r in found for x in (r.requester, r.decided_by) if x}))
    }
    targets = tuple({r.target for r in found})
    records = {r.id: r for r in uow.list(Record, id=targets)}
    dossiers = {d.id: d for d in uow.list(Dossier, id=targets)}
    grants = {g.request: g for g in uow.list(Grant, request=tuple(r.id for r in found))}
    readings: dict[str, list[Reading]] = {}
    for one in uow.list(Reading, grant=tuple(g.id for g in grants.values()), order=("at",), limit=2000):
        readings.setdefault(one.grant or "", []).append(one)
    views = []
    for r in found:
        grant = grants.get(r.id)
        decidable = isinstance(authorize(actor, "access.decide", archive.pack, request=r), Allowed)
        views.append(
            RequestView(
                request=r,
                requester=people[r.requester],
                record=records.get(r.target),
                dossier=dossiers.get(r.target),
                decided_by=people.get(r.decided_by or ""),
                grant=grant,
                readings=tuple(readings.get(grant.id, ())) if grant else (),
                may_decide=r.state == "open" and decidable,
            )
        )
    return views
