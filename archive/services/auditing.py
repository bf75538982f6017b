"""The audit log as people use it: read, verified, checkpointed, proved."""

from __future__ import annotations

from itertools import islice

from archive.domain.audit_model import AuditEntry
from archive.domain.people import Actor, Person
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow
from archive.services.views import AuditPage

MAX_LIMIT = 1000
WINDOW = 5000
"""How many entries back one page looks for matches."""


def entries(
    archive: Archive,
    actor: Actor,
    *,
    before: int | None = None,
    event: str | None = None,
    person: str | None = None,
    subject: str | None = None,
    limit: int = 100,
) -> AuditPage:
    """Entries, newest first, filtered; `before` pages backwards by number."""
    allow(archive, actor, "audit.read")
    where = {k: v for k, v in (("event", event), ("actor", person), ("subject", subject)) if v}
    with archive.uow() as uow:
        size = uow.audit_size()
        end = size if before is None else min(before, size)
        found = _newest(uow, end, where, max(1, min(limit, MAX_LIMIT)))
        ids = tuple({e.actor for e in found})
        names = {p.id: p.display_name for p in uow.list(Person, id=ids)} if ids else {}
    return AuditPage(tuple(found), size, names)


def _newest(uow: UnitOfWork, end: int, where: dict[str, str], limit: int) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    while end > 0 and len(found) < limit:
        start = max(0, end - WINDOW)
        window = list(uow.audit_entries(start, end, **where))
        found += reversed(window)
        end = start
    return list(islice(found, limit))
