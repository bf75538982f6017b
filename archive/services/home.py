"""The first screen, by person: only what they may do."""

from __future__ import annotations

from collections.abc import Mapping

from archive.domain.access import may
from archive.domain.audit_model import Event
from archive.domain.completeness import HouseholdFile
from archive.domain.people import Actor
from archive.domain.records import Intake, Record
from archive.ports.unit_of_work import AtMost
from archive.services import access, paper
from archive.services.archive import Archive
from archive.services.audit_view import Wanted, entries
from archive.services.desk_leases import UNSETTLED
from archive.services.documents.board import board
from archive.services.health import health
from archive.services.register import longest_lacking
from archive.services.shift import running_shift
from archive.services.views import Home

SHORT = 10
FEW_FILES = 6


def home(archive: Archive, actor: Actor) -> Home:
    pack = archive.pack
    to_verify = waiting = due = 0
    files: Mapping[str, int] = {}
    lacking: tuple[HouseholdFile, ...] = ()
    shift = None
    with archive.uow() as uow:
        if may(actor, "record.file", pack):
            to_verify = uow.count(Record, state=UNSETTLED, returned="")
            waiting = uow.count(Intake, state=("waiting", "reading"))
            files = uow.count_by(HouseholdFile, "state")
            lacking = longest_lacking(uow, FEW_FILES)
            shift = running_shift(archive, uow)
        if may(actor, "retention.see", pack):
            due = uow.count(Record, due_on=AtMost(archive.clock.today()))
    decide = may(actor, "access.decide", pack)
    mine = access.requests(archive, actor, mine=True) if may(actor, "access.request", pack) else []
    now = archive.clock.now()
    refusals = may(actor, "audit.read", pack)
    parts = tuple(health(archive)) if may(actor, "system.health", pack) else ()
    papers = board(archive, actor)
    return Home(
        to_verify=to_verify,
        waiting_files=waiting,
        open_requests=tuple(access.requests(archive, actor, state="open")[:SHORT]) if decide else (),
        my_requests=tuple(r for r in mine if r.request.state == "open")[:SHORT],
        my_grants=tuple(r for r in mine if r.grant and r.grant.active(now))[:SHORT],
        due=due,
        refusals=entries(archive, actor, Wanted(event=Event.REFUSED.value), limit=SHORT).entries
        if refusals
        else (),
        health=parts,
        quarantined_jobs=sum(len(h.detail.get("jobs", ())) for h in parts if h.name == "jobs"),
        files=files,
        lacking=lacking,
        shift=shift,
        paper=paper.desk_of(archive, actor),
        notices=papers.to_do[:SHORT],
        to_read=len(papers.to_read),
    )
