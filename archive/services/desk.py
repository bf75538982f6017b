"""The verification desk: what a person must look at before it counts as filed, and in which order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from archive.domain.desk import ORDERS, DeskDecision, DeskLease
from archive.domain.estate import House
from archive.domain.people import Actor, Person
from archive.domain.records import Intake, Record, Version, version_id
from archive.ports.unit_of_work import After, AtMost, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.desk_leases import UNSETTLED, others_hold, take
from archive.services.learning import suggested_house, suggestion
from archive.services.objects import object_of_record
from archive.services.reading import render_page
from archive.services.views import QueueLine, QueueView, StandsView, VerifyView

STEP = 50
"""Records of the queue that are looked at together, to find one that nobody has in hand."""
MAX_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of the queue, in which order. `returned` shows what was sent back instead."""

    order: str = ORDERS[0]
    batch: str = ""
    type: str = ""
    reason: str = ""
    returned: bool = False


def _where(uow: UnitOfWork, selection: Selection) -> dict[str, Any]:
    found: dict[str, Any] = {"state": UNSETTLED, "returned": ""}
    if selection.returned:
        found["returned"] = ("rescan", "unreadable", "not_ours")
    if selection.batch:
        items = uow.list(Intake, batch=selection.batch, limit=MAX_BATCH)
        found["intake"] = tuple(i.id for i in items) or ("",)
    if selection.type:
        found["type"] = None if selection.type == "-" else selection.type
    if selection.reason:
        found["reason"] = selection.reason
    return found


def _order(selection: Selection) -> tuple[str, ...]:
    return ("id",) if selection.order == "oldest" else ("-doubt", "id")


def queue(
    archive: Archive,
    actor: Actor,
    selection: Selection = Selection(),
    *,
    limit: int = 50,
    offset: int = 0,
) -> list[Record]:
    """What waits at the desk."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        order = _order(selection)
        return uow.list(Record, order=order, limit=limit, offset=offset, **_where(uow, selection))


def waiting(archive: Archive, actor: Actor) -> int:
    """How many records wait for a person."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        return uow.count(Record, state=UNSETTLED, returned="")


def overview(
    archive: Archive, actor: Actor, selection: Selection, *, limit: int = 50, offset: int = 0
) -> QueueView:
    """The queue as a page: what waits, why, since when, in whose hand; with counts to filter by."""
    found = queue(archive, actor, selection, limit=limit, offset=offset)
    with archive.uow() as uow:
        where = _where(uow, selection)
        whole = _where(uow, Selection())
        ids = tuple(r.id for r in found)
        leases = {x.id: x for x in uow.list(DeskLease, id=ids)} if ids else {}
        people = tuple({x.person for x in leases.values()})
        names = {p.id: p.display_name for p in uow.list(Person, id=people)} if people else {}
        items = tuple({r.intake for r in found if r.intake})
        intakes = {i.id: i for i in uow.list(Intake, id=items)} if items else {}
        view = QueueView(
            lines=(),
            total=uow.count(Record, **where),
            waiting=uow.count(Record, **whole),
            returned=uow.count(Record, **_where(uow, Selection(returned=True))),
            by_type=uow.count_by(Record, "type", **whole),
            by_reason=uow.count_by(Record, "reason", **whole),
        )
    now = archive.clock.now()
    lines = []
    for r in found:
        lease = leases.get(r.id)
        living = lease if lease and lease.until > now else None
        name = names.get(living.person, "") if living else ""
        lines.append(QueueLine(r, intakes.get(r.intake or ""), living, name))
    return replace(view, lines=tuple(lines))


def next_item(
    archive: Archive,
    actor: Actor,
    after: str | None = None,
    selection: Selection = Selection(),
) -> VerifyView | None:
    """The next free record, now in the actor's hand, after the one just left; None when the desk is clear."""
    allow(archive, actor, "record.file")
    with archive.uow(write=True) as uow:
        away = others_hold(archive, uow, actor)
        for record in _following(uow, selection, after):
            if record.id in away or record.id == after:
                continue
            held = uow.get(DeskLease, record.id)
            if held is not None and held.person != actor.id:
                uow.remove(DeskLease, record.id)  # it is over: whoever left it open has gone
            take(archive, uow, actor, record.id)
            view = _view(archive, uow, actor, record)
            uow.commit()
            return view
    return None


def _following(uow: UnitOfWork, selection: Selection, after: str | None) -> Iterator[Record]:
    """The queue from behind `after` on, and then from its beginning."""
    where, order = _where(uow, selection), _order(selection)
    left = uow.get(Record, after) if after else None
    spans: list[dict[str, Any]] = [{}]
    if left is not None and selection.order == "oldest":
        spans = [{"id": After(left.id)}, {}]
    elif left is not None:
        spans = [{"doubt": left.doubt, "id": After(left.id)}, {"doubt": AtMost(left.doubt - 1)}, {}]
    for span in spans:
        offset = 0
        while some := uow.list(Record, order=order, limit=STEP, offset=offset, **where, **span):
            yield from some
            offset += STEP


def item(archive: Archive, actor: Actor, record_id: str) -> VerifyView:
    """One record of the desk, put into the actor's hand when it is free; `lease` says whose it is otherwise."""
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
    with archive.uow(write=True) as uow:
        record = must(uow.get(Record, record_id), "该件")
        take(archive, uow, actor, record.id)
        view = _view(archive, uow, actor, record)
        uow.commit()
    return view


def as_it_stands(archive: Archive, actor: Actor, record_id: str) -> StandsView:
    """A record after somebody else's decision, cut to what its class lets be known once it is filed."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        last = uow.list(DeskDecision, record=record_id, order=("-at", "-id"), limit=1)
        by = uow.get(Person, last[0].person) if last else None
    values = {"type": record.type or "", "house": record.house_key or ""}
    values["date"] = record.record_date.isoformat() if record.record_date else ""
    open_ = record.state in UNSETTLED
    if open_:
        values["owner"] = record.owner or ""
        values |= {str(f["code"]): str(f["value"]) for f in record.fields}
    return StandsView(
        record.id, record.state, open_, by.display_name if by else "", last[0].at if last else None, values
    )


def _view(archive: Archive, uow: UnitOfWork, actor: Actor, record: Record) -> VerifyView:
    houses = tuple(uow.list(House, key=record.house_key, limit=20)) if record.house_key else ()
    lease = uow.get(DeskLease, record.id)
    facts = _facts(archive, record)
    guess = suggestion(uow, "title", str(facts.get("title") or "")) if record.type is None else None
    place = None if record.house_key else suggested_house(uow, str(facts.get("house_written") or ""))
    holder = uow.get(Person, lease.person) if lease and lease.person != actor.id else None
    return VerifyView(
        record=record,
        intake=uow.get(Intake, record.intake) if record.intake else None,
        facts=facts,
        suggestions=_suggestions(archive, record),
        houses=houses,
        remaining=uow.count(Record, state=UNSETTLED, returned=""),
        lease=lease,
        holder=holder.display_name if holder else (lease.person if lease else ""),
        mine=lease is not None and lease.person == actor.id,
        over=lease is not None and lease.until <= archive.clock.now(),
        learned_type=guess,
        learned_house=place,
    )


def _facts(archive: Archive, record: Record) -> Mapping[str, Any]:
    stored = archive.store.read(object_of_record(record.id), record.version, "facts.json")
    facts: Mapping[str, Any] = json.loads(stored)
    return facts


def _suggestions(archive: Archive, record: Record) -> tuple[tuple[str, str], ...]:
    kinds = sorted(archive.pack.offered, key=lambda k: (k.code != record.type, k.family, k.code))
    return tuple((k.code, k.title_zh) for k in kinds)


def page_image(archive: Archive, actor: Actor, record_id: str, page: int, width: int) -> bytes:
    """A page of a record that waits at the desk, without watermark: whoever files it must read it."""
    with archive.uow() as uow:
        record = must(uow.get(Record, record_id), "该件")
        allow(archive, actor, "record.file", uow=uow, record=record)
        version = must(uow.get(Version, version_id(record.id, record.version)), "该版本")
    return render_page(archive, version, page, width, turned=turn_of(record, page))


def turn_of(record: Record, page: int) -> int:
    """By how many degrees clockwise a page lies turned in the original; pages count from 1."""
    return record.turned[page - 1] if 1 <= page <= len(record.turned) else 0
