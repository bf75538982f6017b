"""The demonstration estate: people, houses, and sample papers of our own making, read like any others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from archive.domain.estate import Tenure
from archive.domain.keeping import RecordedEvent
from archive.domain.people import OPERATOR, Actor
from archive.domain.records import Intake, Record, RecordState
from archive.services import intake, keeping, people
from archive.services.archive import Archive
from archive.services.demo_papers import sample_papers
from archive.services.demo_papers.neighbourhood import ESTATE, STAFF, register_csv
from archive.services.errors import BadInput
from archive.services.estate_import import import_estate
from archive.services.upkeep import create_archive, in_use

PASSWORD = "dangan-demo-2026"
"""Of everyone in the demonstration; printed at the start, good for nothing else."""
BATCH = "demo"


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What was made: `logins` as (user name, display name, role, password), `intakes` the ids of what is being read."""

    logins: tuple[tuple[str, str, str, str], ...]
    intakes: tuple[str, ...]


def create(archive: Archive, progress: Callable[[str], None]) -> DemoResult:
    """Fill an empty archive: people, the estate's register, and the sample papers, which then wait for a worker.

    `progress` gets a line for each step. Dates are told relative to the present year; the rest is always the
    same. Raises BadInput "in_use" for an archive in which anything was done.
    """
    if in_use(archive):
        raise BadInput(
            "这里已有档案，演示数据只能建在空的 DANGAN_HOME。", code="in_use", hint="请另选一个空目录。"
        )
    create_archive(archive)
    progress("people ...")
    logins = tuple((role, shown, role, PASSWORD) for role, shown in STAFF)
    for name, shown, role, password in logins:
        people.add_person(archive, OPERATOR, name=name, display_name=shown, roles=(role,), password=password)
    archivist = people.actor_named(archive, "archivist")
    year = archive.clock.today().year
    rows = import_estate(archive, archivist, BytesIO(register_csv(year)), "houses.csv")
    progress(f"estate {ESTATE}: {len(rows)} tenures")
    intakes = _receive(archive, archivist, year, progress)
    return DemoResult(logins, intakes)


def _receive(
    archive: Archive, archivist: Actor, year: int, progress: Callable[[str], None]
) -> tuple[str, ...]:
    received = []
    for name, content in sample_papers(archive.pack, archive.font, year):
        item = intake.receive_file(archive, archivist, BytesIO(content), name, batch=BATCH)
        received.append(item.id)
        progress(f"paper {len(received)}: {name}")
    return tuple(received)


def finish(archive: Archive) -> bool:
    """Record what happened since to some of the sample papers, so that the retention sweep has something to list.

    Answers False while papers are still being read; True when everything is recorded, or this is no
    demonstration. Calling it again changes nothing more.
    """
    with archive.uow() as uow:
        items = uow.list(Intake, batch=BATCH, order=("id",), limit=1000)
        if any(i.state not in intake.FINISHED for i in items):
            return False
        ids = tuple(r for i in items for r in i.records)
        records = uow.list(Record, id=ids, state=RecordState.FILED, order=("id",))
        tenures = {t.id: t for t in uow.list(Tenure, id=tuple(r.tenure for r in records if r.tenure))}
        happened = _happened(records, tenures)
        if not happened or uow.count(RecordedEvent, target=tuple(h.target for h in happened)):
            return True
    archivist = people.actor_named(archive, "archivist")
    for event in happened:
        keeping.record_event(
            archive,
            archivist,
            target_kind=event.kind,
            target=event.target,
            type=event.type,
            date=event.day,
            evidence=event.evidence,
        )
    return True


@dataclass(frozen=True, slots=True)
class _Happening:
    """An event to record: `kind` of target, its id, the event's type and day, and what shows it."""

    kind: str
    target: str
    type: str
    day: date
    evidence: str


def _happened(records: list[Record], tenures: dict[str, Tenure]) -> list[_Happening]:
    """Violations are closed on the day of their record, callbacks handed in after the quarter, a house was sold."""
    found: dict[str, _Happening] = {}
    for record in records:
        tenure = tenures.get(record.tenure or "")
        day = record.record_date
        if record.type == "violation_record" and day:
            found[record.id] = _Happening("record", record.id, "closed", day, "违章记录表「执行结果」栏")
        elif record.type == "callback_record" and record.dossier and day:
            filed = _quarter_filed(day)
            found[record.dossier] = _Happening(
                "dossier", record.dossier, "quarter_filed", filed, "季度移交清单"
            )
        elif record.type == "owner_card" and record.dossier and tenure and tenure.ended:
            found[record.dossier] = _Happening(
                "dossier", record.dossier, "title_transfer", tenure.ended, "房屋名册的产权变更"
            )
    return list(found.values())


def _quarter_filed(day: date) -> date:
    """The 10th of the next quarter's first month: the last day for handing a quarter's forms in (004 回访 4.7)."""
    month = (day.month - 1) // 3 * 3 + 4
    return date(day.year + (month > 12), (month - 1) % 12 + 1, 10)
