"""Making an archive, and looking after one."""

from __future__ import annotations

from archive.domain.audit_model import Event
from archive.domain.people import OPERATOR, Person
from archive.domain.records import Intake
from archive.services.archive import Archive
from archive.services.schedule import put_in_force
from retention import schedule_of


def create_archive(archive: Archive) -> None:
    """The first entry of a new archive's audit log, and its first retention schedule. The tables are there already."""
    with archive.uow(write=True) as uow:
        put_in_force(archive, uow, schedule_of(archive.pack), by=OPERATOR.id, reason="archive created")
        uow.audit(
            Event.ARCHIVE_CREATED,
            actor=OPERATOR.id,
            subject="archive",
            at=archive.clock.now(),
            pack_version=archive.pack.version,
        )
        uow.commit()


def in_use(archive: Archive) -> bool:
    """Whether anything was ever done here."""
    with archive.uow() as uow:
        return bool(uow.audit_size() or uow.list(Person, limit=1) or uow.list(Intake, limit=1))
