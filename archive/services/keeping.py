"""Retention in use: the facts of a record, the one decision about it, events, holds, and the sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from archive.domain.audit_model import Event as AuditEvent
from archive.domain.estate import House, Tenure
from archive.domain.keeping import Hold, RecordedEvent, Sweep
from archive.domain.people import OPERATOR, Actor
from archive.domain.records import Dossier, Record, RecordState
from archive.ports.unit_of_work import After, AtMost, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, batches, known_record, must, new_id
from archive.services.errors import BadInput
from archive.services.objects import plain
from archive.services.schedule import in_force
from archive.services.views import DueLine, SweepReport
from retention import FactsError, Schedule, decide_by_schedule
from retention.model import Decision, Event, Facts, HoldFact, Outcome
from schemas.model import EVENT_TYPES

TARGETS = ("record", "dossier", "house")
SWEEP_BATCH = 500
TRANSFER = "title_transfer"


def _targets(record: Record) -> dict[str, str | None]:
    return {"record": record.id, "dossier": record.dossier, "house": record.house}


Seen = dict[tuple[str, str], tuple[tuple[Event, ...], tuple[HoldFact, ...]]]
"""What was found for (kind of target, target) in one unit of work, for use cases that decide on many records."""

Tenures = Mapping[str, Tenure]


def gather(uow: UnitOfWork, records: Sequence[Record]) -> tuple[Seen, Tenures]:
    """What reaches these records, with a few questions for all of them together (at most 10,000)."""
    events: dict[tuple[str, str], list[Event]] = {}
    holds: dict[tuple[str, str], list[HoldFact]] = {}
    for kind in TARGETS:
        wanted = tuple({t for r in records if (t := _targets(r)[kind]) is not None})
        for target in wanted:
            events[kind, target], holds[kind, target] = [], []
        if not wanted:
            continue
        for e in uow.list(RecordedEvent, target_kind=kind, target=wanted):
            events[kind, e.target].append(Event(e.type, e.date))
        for h in uow.list(Hold, target_kind=kind, target=wanted):
            holds[kind, h.target].append(HoldFact(h.set_on, h.lifted_on, h.reason))
    owners = tuple({r.tenure for r in records if r.tenure})
    tenures = {t.id: t for t in uow.list(Tenure, id=owners)} if owners else {}
    return {key: (tuple(found), tuple(holds[key])) for key, found in events.items()}, tenures


def facts_of(
    uow: UnitOfWork, record: Record, seen: Seen | None = None, tenures: Tenures | None = None
) -> tuple[Facts, tuple[HoldFact, ...]]:
    """What retention.decide needs to know of a record: its own facts, events and holds that reach it."""
    seen = {} if seen is None else seen
    events: list[Event] = []
    holds: list[HoldFact] = []
    for kind, target in _targets(record).items():
        if target is None:
            continue
        if (kind, target) not in seen:
            seen[kind, target] = _reaching(uow, kind, target)
        events += seen[kind, target][0]
        holds += seen[kind, target][1]
    tenure = _tenure(uow, record.tenure, tenures) if record.tenure else None
    if tenure is not None:
        events = [e for e in events if not (e.type == TRANSFER and _before(e, tenure))]
        events += [Event(TRANSFER, tenure.ended)] if tenure.ended else []
    facts = Facts(record.record_date, record.filed_at.date(), record.field_values(), tuple(events))
    return facts, tuple(holds)


def _tenure(uow: UnitOfWork, tenure: str, known: Tenures | None) -> Tenure | None:
    return uow.get(Tenure, tenure) if known is None else known.get(tenure)


def _before(event: Event, tenure: Tenure) -> bool:
    """A transfer that began this tenure, or came before it, says nothing of this owner's papers."""
    return tenure.started is not None and event.date <= tenure.started


def _reaching(uow: UnitOfWork, kind: str, target: str) -> tuple[tuple[Event, ...], tuple[HoldFact, ...]]:
    events = uow.list(RecordedEvent, target_kind=kind, target=target)
    holds = uow.list(Hold, target_kind=kind, target=target)
    return (
        tuple(Event(e.type, e.date) for e in events),
        tuple(HoldFact(h.set_on, h.lifted_on, h.reason) for h in holds),
    )


def decision(
    archive: Archive,
    uow: UnitOfWork,
    record: Record,
    on: date,
    locale: str = "zh",
    *,
    seen: Seen | None = None,
    tenures: Tenures | None = None,
    schedule: Schedule | None = None,
) -> Decision:
    """The one explained answer for a record on a day, its reasons in the language of `locale`.

    Use cases that decide on many records gather once what they need: `seen`, `tenures` and the `schedule` in force.
    Raises retention.FactsError when a needed fact is missing.
    """
    facts, holds = facts_of(uow, record, seen, tenures)
    schedule = schedule or in_force(archive, uow)
    kind = archive.pack.record_types.get(record.type or "")
    return decide_by_schedule(facts, schedule, record.type or "", holds, on, record_type=kind, locale=locale)


def due_on(
    archive: Archive,
    uow: UnitOfWork,
    record: Record,
    seen: Seen | None = None,
    tenures: Tenures | None = None,
    schedule: Schedule | None = None,
) -> date | None:
    """The first day on which the decision may be other than keep; None while it has no end or lacks facts."""
    if record.state is not RecordState.FILED:
        return None
    try:
        today = archive.clock.today()
        answer = decision(archive, uow, record, today, seen=seen, tenures=tenures, schedule=schedule)
    except FactsError:
        return None
    if answer.outcome is not Outcome.KEEP:
        return archive.clock.today() if answer.until is None else answer.until + timedelta(days=1)
    return answer.until + timedelta(days=1) if answer.until else None


def explain(
    archive: Archive, actor: Actor, record_id: str, on: date | None = None, *, locale: str = "zh"
) -> Decision:
    """Until when a record is kept and why. Raises BadInput when a fact that its rule needs is missing."""
    allow(archive, actor, "search" if actor != OPERATOR else "retention.see")
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        try:
            return decision(archive, uow, record, on or archive.clock.today(), locale)
        except FactsError as error:
            raise BadInput(str(error), code=error.code, hint=error.hint) from error


def record_event(
    archive: Archive, actor: Actor, *, target_kind: str, target: str, type: str, date: date, evidence: str
) -> RecordedEvent:
    """Record a trigger event; a wrong one is corrected by a new one, and both stay visible."""
    allow(archive, actor, "event.record")
    if type not in EVENT_TYPES:
        raise BadInput(f"没有触发事件 {type}。", code="unknown_event", hint="可用：" + "、".join(EVENT_TYPES))
    with archive.uow(write=True) as uow:
        _check_target(uow, target_kind, target)
        event = RecordedEvent(
            new_id(), target_kind, target, type, date, evidence, actor.id, archive.clock.now()
        )
        uow.add(event)
        refresh_due(archive, uow, target_kind, target)
        uow.audit(
            AuditEvent.EVENT_RECORDED,
            actor=actor.id,
            subject=target,
            at=event.recorded_at,
            target_kind=target_kind,
            type=type,
            date=date.isoformat(),
            evidence=evidence,
        )
        uow.commit()
    return event


def _check_target(uow: UnitOfWork, target_kind: str, target: str) -> None:
    kinds: dict[str, type[object]] = {"record": Record, "dossier": Dossier, "house": House}
    if target_kind not in kinds:
        raise BadInput(
            f"不能对 {target_kind} 登记。", code="unknown_target", hint="可用：" + "、".join(TARGETS)
        )
    must(uow.get(kinds[target_kind], target), "该对象")


def refresh_due(archive: Archive, uow: UnitOfWork, target_kind: str, target: str) -> None:
    """Compute due days anew for everything the target covers."""
    column = {"record": "id", "dossier": "dossier", "house": "house"}[target_kind]
    where: dict[str, Any] = {column: target}
    for batch in batches(uow.stream(Record, **where), SWEEP_BATCH):
        refresh_records(archive, uow, batch)


def refresh_records(archive: Archive, uow: UnitOfWork, records: Sequence[Record]) -> int:
    """Compute the due days of these records anew; returns how many were others."""
    seen, tenures = gather(uow, records)
    schedule = in_force(archive, uow)
    fresh = [(r, due_on(archive, uow, r, seen, tenures, schedule)) for r in records]
    moved = [replace(record, due_on=day) for record, day in fresh if day != record.due_on]
    if moved:
        uow.put(*moved)
    return len(moved)


def set_hold(archive: Archive, actor: Actor, *, target_kind: str, target: str, reason: str) -> Hold:
    """Stop every disposal of what the target covers, from today."""
    allow(archive, actor, "hold.set")
    if not reason.strip():
        raise BadInput("冻结必须写明理由。", code="no_reason")
    with archive.uow(write=True) as uow:
        _check_target(uow, target_kind, target)
        hold = Hold(new_id(), target_kind, target, reason.strip(), actor.id, archive.clock.today())
        uow.add(hold)
        refresh_due(archive, uow, target_kind, target)
        uow.audit(
            AuditEvent.HOLD_SET,
            actor=actor.id,
            subject=target,
            at=archive.clock.now(),
            hold=hold.id,
            reason=reason,
        )
        uow.commit()
    return hold


def lift_hold(archive: Archive, actor: Actor, hold_id: str, *, reason: str) -> Hold:
    allow(archive, actor, "hold.lift")
    if not reason.strip():
        raise BadInput("解除冻结必须写明理由。", code="no_reason")
    with archive.uow(write=True) as uow:
        hold = must(uow.get(Hold, hold_id), "该冻结")
        if hold.lifted_on is not None:
            return hold
        lifted = replace(hold, lifted_by=actor.id, lifted_on=archive.clock.today())
        uow.put(lifted)
        refresh_due(archive, uow, hold.target_kind, hold.target)
        uow.audit(
            AuditEvent.HOLD_LIFTED,
            actor=actor.id,
            subject=hold.target,
            at=archive.clock.now(),
            hold=hold.id,
            reason=reason,
        )
        uow.commit()
    return lifted


def holds(archive: Archive, actor: Actor, *, lasting: bool = True) -> list[Hold]:
    allow(archive, actor, "retention.see")
    where: dict[str, Any] = {"lifted_on": None} if lasting else {}
    with archive.uow() as uow:
        return uow.list(Hold, order=("-set_on",), limit=500, **where)


def sweep(
    archive: Archive, actor: Actor, *, on: date | None = None, dry_run: bool = False, locale: str = "zh"
) -> SweepReport:
    """List what may be disposed of or must be reviewed on a day; destroys nothing.

    Its cost follows what is due: only records whose `due_on` has come are looked at, and each is decided anew.
    """
    allow(archive, actor, "retention.see")
    day = on or archive.clock.today()
    lines: list[DueLine] = []
    examined = 0
    with archive.uow() as uow:
        after = ""
        while True:
            due = uow.list(
                Record,
                due_on=AtMost(day),
                id=After(after),
                state=RecordState.FILED,
                order=("id",),
                limit=SWEEP_BATCH,
            )
            if not due:
                break
            examined += len(due)
            lines += _due_lines(archive, uow, due, day, locale)
            after = due[-1].id
    report = SweepReport(day, examined, tuple(lines), dry_run)
    if not dry_run:
        _keep(archive, actor, report)
    return report


def _due_lines(
    archive: Archive, uow: UnitOfWork, records: Sequence[Record], day: date, locale: str
) -> list[DueLine]:
    lines = []
    seen, tenures = gather(uow, records)
    schedule = in_force(archive, uow)
    for record in records:
        try:
            answer = decision(
                archive, uow, record, day, locale, seen=seen, tenures=tenures, schedule=schedule
            )
        except FactsError:
            continue
        if answer.outcome is Outcome.KEEP:
            continue
        lines.append(
            DueLine(
                record=record.id,
                title=record.title,
                type=record.type,
                house=record.house_key,
                outcome=answer.outcome.value,
                until=answer.until,
                rule=answer.rule,
                clauses=answer.clauses,
                reason=" ".join(answer.reasons[:2]),
                pack_version=answer.pack_version,
            )
        )
    return lines


def _keep(archive: Archive, actor: Actor, report: SweepReport) -> None:
    kept = Sweep(
        id=f"{report.on.isoformat()}.{new_id()}",
        on=report.on,
        run_at=archive.clock.now(),
        examined=report.examined,
        due=tuple(plain(line) for line in report.lines),
    )
    with archive.uow(write=True) as uow:
        uow.add(kept)
        uow.audit(
            AuditEvent.SWEPT,
            actor=actor.id,
            subject=kept.id,
            at=kept.run_at,
            on=report.on.isoformat(),
            examined=report.examined,
            due=len(report.lines),
        )
        uow.commit()


def due_list(archive: Archive, actor: Actor, on: date | None = None, *, locale: str = "zh") -> SweepReport:
    """What is due on a day, computed now; nothing is kept."""
    return sweep(archive, actor, on=on, dry_run=True, locale=locale)
