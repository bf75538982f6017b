"""A changed retention schedule: its effect before it is accepted, the acceptance, and the due days afterwards.

The loaded pack's rules for known types wait until a person accepts them; see archive.services.schedule.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.jobs import Job, JobState, Setting
from archive.domain.people import OPERATOR, Actor, Person
from archive.domain.records import Record, RecordState
from archive.domain.schedule import ScheduleState, ScheduleVersion, Stage
from archive.ports.unit_of_work import NOT_NULL, After, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, keep_setting, must, new_id
from archive.services.errors import BadInput, Refused
from archive.services.keeping import facts_of, gather, refresh_records
from archive.services.schedule import IN_FORCE, accepted_version, in_force
from archive.services.views import ChangedRecord, ScheduleChange, TypeChange
from retention import Case, Change, Effect, Schedule, changed_types, schedule_of, simulate
from retention.schedule import digest, from_plain, to_plain
from schemas.model import Pack

CHUNK = 500
AT_ONCE = 2000
"""Records whose effect is counted while the person waits; more are left to a worker."""
SAVE_SECONDS = 2.0
LOOKED_AT = 2000
"""Records that a page of the list looks at most, so that it answers at once."""

Progress = Callable[[int, int], None]
Counts = dict[str, Counter[str]]


def pending(archive: Archive, actor: Actor) -> ScheduleChange | None:
    """What the loaded pack would change; None when nothing waits for a decision."""
    allow(archive, actor, "retention.see")
    with archive.uow() as uow:
        return _pending(archive, uow, schedule_of(archive.pack))


def _pending(archive: Archive, uow: UnitOfWork, after: Schedule) -> ScheduleChange | None:
    before = in_force(archive, uow)
    codes = changed_types(before, after)
    if not codes:
        return None
    version = _proposal(uow, after)
    return _change(before, after, codes, version, version.effect if version else {})


def _change(
    before: Schedule,
    after: Schedule,
    codes: Sequence[str],
    version: ScheduleVersion | None,
    effect: Mapping[str, Mapping[str, int]],
) -> ScheduleChange:
    def rules(schedule: Schedule, code: str) -> Any:
        return schedule.lines[code].rules if code in schedule.lines else ()

    types = tuple(TypeChange(c, rules(before, c), rules(after, c), effect.get(c, {})) for c in codes)
    totals: Counter[str] = Counter()
    for counts in effect.values():
        totals.update(counts)
    return ScheduleChange(before, after, types, version, totals)


def _proposal(uow: UnitOfWork, after: Schedule) -> ScheduleVersion | None:
    """The version that waits with these rules, held against what is in force now."""
    named = uow.get(Setting, IN_FORCE)
    found = uow.list(
        ScheduleVersion,
        state=ScheduleState.PROPOSED,
        digest=digest(after),
        base=str(named.value) if named else "",
        limit=1,
    )
    return found[0] if found else None


def affected(
    archive: Archive, before: Schedule, after: Schedule, types: Sequence[str], reached: str = ""
) -> Iterator[list[tuple[Record, Effect]]]:
    """The filed records of these types with what changes for each, in chunks by type and id.

    `reached` ("type id") is where an earlier run ended. Each chunk is read in a transaction of its own, so a long run
    neither grows nor stands in anyone's way.
    """
    done_type, _, last = reached.partition(" ")
    for code in sorted(types):
        if code < done_type:
            continue
        after_id = last if code == done_type else ""
        while True:
            with archive.uow() as uow:
                chunk = _chunk(uow, code, after_id)
                cases = _cases(uow, chunk)
            if not chunk:
                break
            effects = simulate(cases, before, after, archive.pack.record_types, archive.clock.today())
            yield list(zip(chunk, effects, strict=True))
            after_id = chunk[-1].id


def _chunk(uow: UnitOfWork, code: str, after_id: str) -> list[Record]:
    return uow.list(
        Record, type=code, state=RecordState.FILED, id=After(after_id), order=("id",), limit=CHUNK
    )


def _cases(uow: UnitOfWork, records: Sequence[Record]) -> list[Case]:
    seen, tenures = gather(uow, records)
    return [Case(r.id, r.type or "", *facts_of(uow, r, seen, tenures)) for r in records]


def _count(counts: Counter[str], effect: Effect) -> None:
    counts[effect.change.value] += 1
    if effect.comes_due:
        counts["due"] += 1


def trial(
    archive: Archive, actor: Actor, pack: Pack | None = None, progress: Progress = lambda done, of: None
) -> tuple[ScheduleChange | None, Iterator[ChangedRecord]]:
    """The effect of the loaded pack, or of `pack`, counted now and kept nowhere; beside it the records one by one."""
    archive = replace(archive, pack=pack or archive.pack)
    change = pending(archive, actor)
    if change is None:
        return None, iter(())
    codes = [t.type for t in change.types]
    total = _total(archive, codes)
    counts: Counts = {}
    done = 0
    for chunk in affected(archive, change.before, change.after, codes):
        for record, effect in chunk:
            _count(counts.setdefault(record.type or "", Counter()), effect)
        done += len(chunk)
        progress(done, total)
    return _change(change.before, change.after, codes, change.version, counts), _all(archive, change, codes)


def _all(archive: Archive, change: ScheduleChange, codes: Sequence[str]) -> Iterator[ChangedRecord]:
    for chunk in affected(archive, change.before, change.after, codes):
        yield from (_line(r, e) for r, e in chunk if e.change is not Change.SAME)


def _line(record: Record, effect: Effect) -> ChangedRecord:
    return ChangedRecord(
        record=record.id,
        title=record.title,
        type=record.type,
        house=record.house_key,
        change=effect.change.value,
        due=effect.comes_due,
        before=effect.before,
        after=effect.after,
    )


def _total(archive: Archive, codes: Sequence[str]) -> int:
    with archive.uow() as uow:
        return uow.count(Record, type=tuple(codes), state=RecordState.FILED)


def changed_records(
    archive: Archive, actor: Actor, code: str, *, change: str = "", after: str = "", limit: int = 50
) -> tuple[list[ChangedRecord], str]:
    """A page of the records of one type that the loaded pack would keep otherwise, and where the next page begins.

    `change` is "", longer, shorter, undecided or due.
    """
    found = pending(archive, actor)
    if found is None or code not in {t.type for t in found.types}:
        return [], ""
    lines: list[ChangedRecord] = []
    looked = 0
    for chunk in affected(archive, found.before, found.after, [code], f"{code} {after}"):
        for record, effect in chunk:
            wanted = effect.comes_due if change == "due" else change in ("", effect.change.value)
            if wanted and effect.change is not Change.SAME:
                lines.append(_line(record, effect))
            if len(lines) == limit:
                return lines, record.id
        looked += len(chunk)
        if looked >= LOOKED_AT:
            return lines, chunk[-1][0].id
    return lines, ""


def propose(archive: Archive, actor: Actor) -> ScheduleVersion | None:
    """Put the loaded pack's schedule up for a decision and have its effect counted; None when nothing is changed.

    A few records are counted at once, more by a worker. Asking again goes on with what is there.
    """
    allow(archive, actor, "retention.see")
    after = schedule_of(archive.pack)
    with archive.uow(write=True) as uow:
        change = _pending(archive, uow, after)
        if change is None:
            return None
        version = change.version or _new_proposal(archive, uow, after, [t.type for t in change.types])
        later = version.stage is Stage.COUNTING and version.total > AT_ONCE
        if later:
            _enqueue(archive, uow, "count_effect", version.id)
        uow.commit()
    if not later:
        count_effect(archive, version.id)
    return version


def _new_proposal(
    archive: Archive, uow: UnitOfWork, after: Schedule, codes: Sequence[str]
) -> ScheduleVersion:
    for old in uow.list(ScheduleVersion, state=ScheduleState.PROPOSED):
        uow.put(replace(old, state=ScheduleState.SUPERSEDED))
    named = uow.get(Setting, IN_FORCE)
    made = ScheduleVersion(
        id=new_id(),
        pack_version=after.version,
        digest=digest(after),
        state=ScheduleState.PROPOSED,
        stage=Stage.COUNTING,
        schedule=to_plain(after),
        made_at=archive.clock.now(),
        base=str(named.value) if named else "",
        types=tuple(codes),
        total=uow.count(Record, type=tuple(codes), state=RecordState.FILED),
    )
    uow.add(made)
    return made


def _enqueue(archive: Archive, uow: UnitOfWork, kind: str, version: str) -> None:
    now = archive.clock.now()
    uow.enqueue(Job(new_id(), kind, {"schedule": version}, JobState.WAITING, now, now, key=version))


def count_effect(
    archive: Archive, version_id: str, progress: Progress = lambda done, of: None
) -> ScheduleVersion:
    """The job "count_effect": count what a proposed version changes, going on where an earlier run ended."""
    with archive.uow() as uow:
        version = must(uow.get(ScheduleVersion, version_id), "保管期限表")
        before = in_force(archive, uow)
    if version.stage is not Stage.COUNTING or version.state is not ScheduleState.PROPOSED:
        return version
    counts: Counts = {code: Counter(found) for code, found in version.effect.items()}
    saved = time.monotonic()
    for chunk in affected(archive, before, from_plain(version.schedule), version.types, version.reached):
        for record, effect in chunk:
            _count(counts.setdefault(record.type or "", Counter()), effect)
        last = chunk[-1][0]
        version = replace(
            version,
            effect={code: dict(found) for code, found in counts.items()},
            examined=version.examined + len(chunk),
            reached=f"{last.type} {last.id}",
        )
        progress(version.examined, max(version.total, version.examined))
        if time.monotonic() - saved > SAVE_SECONDS:
            _save(archive, version)
            saved = time.monotonic()
    version = replace(version, stage=Stage.COUNTED, reached="")
    _save(archive, version)
    return version


def _save(archive: Archive, version: ScheduleVersion) -> None:
    """Keep how far the counting is, unless someone decided meanwhile."""
    with archive.uow(write=True) as uow:
        kept = uow.get(ScheduleVersion, version.id)
        if kept is not None and kept.state is ScheduleState.PROPOSED:
            uow.put(version)
            uow.commit()


def accept(archive: Archive, actor: Actor, version_id: str, *, reason: str) -> ScheduleVersion:
    """Put a proposed schedule in force, once its effect is known. The due days follow by a job.

    What shortens the keeping of any record needs a person with a name who may approve disposals. Raises Refused,
    BadInput (no_reason, not_counted, schedule_stale).
    """
    allow(archive, actor, "retention.approve")
    if not reason.strip():
        raise BadInput("接受规则变更必须写明理由。", code="no_reason")
    with archive.uow(write=True) as uow:
        version = must(uow.get(ScheduleVersion, version_id), "该规则变更")
        named = uow.get(Setting, IN_FORCE)
        _may_be_accepted(actor, version, str(named.value) if named else "")
        before = in_force(archive, uow)
        if named is not None:
            uow.put(replace(accepted_version(uow), state=ScheduleState.SUPERSEDED))
        accepted = replace(
            version,
            state=ScheduleState.ACCEPTED,
            stage=Stage.REFRESHING,
            examined=0,
            decided_at=archive.clock.now(),
            decided_by=actor.id,
            reason=reason.strip(),
        )
        uow.put(accepted)
        keep_setting(uow, Setting(IN_FORCE, accepted.id))
        _enqueue(archive, uow, "refresh_due", accepted.id)
        _tell(uow, accepted, before, actor)
        uow.commit()
    return accepted


def _may_be_accepted(actor: Actor, version: ScheduleVersion, in_force_id: str) -> None:
    if version.state is not ScheduleState.PROPOSED or version.base != in_force_id:
        raise BadInput(
            "这项规则变更已经过时或已有决定。", code="schedule_stale", hint="请刷新页面，重新计算影响。"
        )
    if version.stage is not Stage.COUNTED:
        raise BadInput("影响还没有算完，不能接受。", code="not_counted", hint="请等计算完成后再决定。")
    if actor == OPERATOR and any(found.get("shorter") for found in version.effect.values()):
        raise Refused(
            "缩短保管期限须由具名的经理决定。",
            code="needs_person",
            hint="请用 --as 指定经理，或在网页上接受。",
        )


def _tell(uow: UnitOfWork, version: ScheduleVersion, before: Schedule, actor: Actor) -> None:
    totals: Counter[str] = Counter()
    for counts in version.effect.values():
        totals.update(counts)
    assert version.decided_at is not None
    uow.audit(
        Event.SCHEDULE_ACCEPTED,
        actor=actor.id,
        subject=version.id,
        at=version.decided_at,
        **{"from": before.version, "to": version.pack_version},
        reason=version.reason,
        types=list(version.types),
        **{name: totals[name] for name in ("longer", "shorter", "due", "undecided")},
    )


def refresh_due_days(archive: Archive, version_id: str, progress: Progress = lambda done, of: None) -> int:
    """The job "refresh_due": compute the due days of all that an accepted version concerns anew; returns how many
    moved. Every chunk is a transaction that also keeps how far it came, so an interrupted run goes on there."""
    moved = 0
    while True:
        with archive.uow(write=True) as uow:
            version = must(uow.get(ScheduleVersion, version_id), "保管期限表")
            if version.stage is not Stage.REFRESHING:
                return moved
            chunk = _next_chunk(uow, version)
            if chunk:
                moved += refresh_records(archive, uow, chunk)
                version = replace(
                    version,
                    examined=version.examined + len(chunk),
                    reached=f"{chunk[-1].type} {chunk[-1].id}",
                )
            else:
                version = replace(version, stage=Stage.SETTLED, reached="")
            uow.put(version)
            uow.commit()
        progress(version.examined, max(version.total, version.examined))


def _next_chunk(uow: UnitOfWork, version: ScheduleVersion) -> list[Record]:
    done_type, _, last = version.reached.partition(" ")
    for code in sorted(version.types):
        if code >= done_type and (chunk := _chunk(uow, code, last if code == done_type else "")):
            return chunk
    return []


def history(archive: Archive, actor: Actor, limit: int = 50) -> list[tuple[ScheduleVersion, str]]:
    """The schedules that are or were in force, newest first, each with the name of whoever accepted it ("" where the
    system did)."""
    allow(archive, actor, "retention.see")
    with archive.uow() as uow:
        found = uow.list(ScheduleVersion, decided_at=NOT_NULL, order=("-made_at",), limit=limit)
        people = tuple({version.decided_by for version in found})
        names = {p.id: p.display_name for p in uow.list(Person, id=people)} if people else {}
    return [(version, names.get(version.decided_by, "")) for version in found]
