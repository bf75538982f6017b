"""The retention schedule in force: the one that was accepted, together with the types that a pack adds to it."""

from __future__ import annotations

from archive.domain.jobs import Setting
from archive.domain.people import SYSTEM
from archive.domain.schedule import ScheduleState, ScheduleVersion, Stage
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import keep_setting, must, new_id
from retention.schedule import Schedule, digest, from_plain, schedule_of, settle, to_plain

IN_FORCE = "retention-schedule"
"""The setting that names the accepted ScheduleVersion."""

_KEPT = 8
_settled: dict[tuple[str, str], Schedule] = {}
"""(version of the pack, id of the accepted version) → the schedule in force. Neither ever changes."""


def in_force(archive: Archive, uow: UnitOfWork) -> Schedule:
    """What decides how long records are kept. An archive that has accepted nothing yet goes by its pack."""
    named = uow.get(Setting, IN_FORCE)
    key = (archive.pack.version, str(named.value) if named else "")
    found = _settled.get(key)
    if found is None:
        found = schedule_of(archive.pack)
        if named is not None:
            found = settle(from_plain(accepted_version(uow).schedule), found)
        while len(_settled) >= _KEPT:
            _settled.pop(next(iter(_settled)))
        _settled[key] = found
    return found


def accepted_version(uow: UnitOfWork) -> ScheduleVersion:
    """The accepted version. Raises NotFound for an archive that has none yet."""
    named = uow.get(Setting, IN_FORCE)
    return must(uow.get(ScheduleVersion, str(named.value)) if named else None, "保管期限表")


def put_in_force(archive: Archive, uow: UnitOfWork, schedule: Schedule, *, by: str, reason: str) -> None:
    """Add a version that is accepted from the start: the first one, or one that only adds types."""
    now = archive.clock.now()
    made = ScheduleVersion(
        id=new_id(),
        pack_version=schedule.version,
        digest=digest(schedule),
        state=ScheduleState.ACCEPTED,
        stage=Stage.SETTLED,
        schedule=to_plain(schedule),
        made_at=now,
        decided_at=now,
        decided_by=by,
        reason=reason,
    )
    uow.add(made)
    keep_setting(uow, Setting(IN_FORCE, made.id))


def welcome_types(archive: Archive) -> None:
    """Take the types that the pack adds into the accepted schedule, so that their rules too change only by a decision.

    An archive without any accepted schedule accepts what it runs with.
    """
    with archive.uow() as uow:
        if not _unknown(archive, uow):
            return
    with archive.uow(write=True) as uow:
        if _unknown(archive, uow):
            put_in_force(archive, uow, in_force(archive, uow), by=SYSTEM.id, reason="types added by the pack")
            uow.commit()


def _unknown(archive: Archive, uow: UnitOfWork) -> bool:
    if uow.get(Setting, IN_FORCE) is None:
        return True
    known = accepted_version(uow).schedule["types"]
    return any(code not in known for code in archive.pack.record_types)
