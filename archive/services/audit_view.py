"""The audit log as auditors look at it: filtered, everything about one person, household or record, and as a table."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from tempfile import TemporaryFile

from archive.domain.access_model import AccessRequest
from archive.domain.audit_model import AuditEntry, Event
from archive.domain.estate import House, Tenancy, Tenure
from archive.domain.instants import instant
from archive.domain.people import Actor, Person
from archive.domain.records import Dossier, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, batches
from archive.services.errors import BadInput
from archive.services.tables import harmless
from archive.services.views import AuditPage
from schemas.houses import parse_house

MAX_LIMIT = 1000
KINDS = ("record", "dossier")
MOST_NAMES = 20_000
"""How many ids one household may bring together; a real one has some hundred."""
XLSX_ROWS = 100_000
"""Rows of a workbook; a longer list is a .csv, which is written while it is read."""
CELL = 32_767
"""Characters that a cell of a workbook holds."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
COLUMNS = ("序号", "时间 (UTC)", "事件", "人员编号", "人员", "对象", "详情", "叶哈希")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries. `about` is a person's account or name, a house in any spelling, an archival code, or an id;
    `since` and `until` are days of the house, both included."""

    event: str = ""
    person: str = ""
    subject: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None

    def where(self) -> dict[str, str]:
        given = {"event": self.event, "actor": self.person, "subject": self.subject}
        return {name: value for name, value in given.items() if value}


def entries(
    archive: Archive,
    actor: Actor,
    wanted: Wanted | None = None,
    *,
    before: int | None = None,
    limit: int = 100,
) -> AuditPage:
    """Entries, newest first, filtered; `before` pages backwards by number."""
    allow(archive, actor, "audit.read")
    wanted = wanted or Wanted()
    with archive.uow() as uow:
        found = _found(archive, uow, wanted, before, max(1, min(limit, MAX_LIMIT)))
        return AuditPage(tuple(found), uow.audit_size(), _people(uow, found))


def _found(
    archive: Archive,
    uow: UnitOfWork,
    wanted: Wanted,
    before: int | None,
    limit: int,
    about: tuple[str, ...] | None = None,
) -> Sequence[AuditEntry]:
    if about is None and wanted.about.strip():
        about = names_of(uow, wanted.about.strip())
    return uow.audit_newest(
        about=about,
        since=_begin(archive, wanted.since),
        until=_begin(archive, wanted.until + timedelta(days=1)) if wanted.until else None,
        before=before,
        limit=limit,
        **wanted.where(),
    )


def _begin(archive: Archive, day: date | None) -> datetime | None:
    return datetime.combine(day, time(), archive.zone) if day else None


def _people(uow: UnitOfWork, found: Sequence[AuditEntry]) -> Mapping[str, str]:
    ids = tuple({e.actor for e in found})
    return {p.id: p.display_name for p in uow.list(Person, id=ids)} if ids else {}


def names_of(uow: UnitOfWork, typed: str) -> tuple[str, ...]:
    """Every id under which the log speaks of what was typed; what was typed itself when it is nothing known."""
    names = {typed}
    people = (*uow.list(Person, name=typed, limit=50), *uow.list(Person, display_name=typed, limit=50))
    names.update(p.id for p in people)
    dossiers = uow.list(Dossier, code=typed, limit=50)
    key = parse_house(typed, field=True)
    house = uow.get(House, typed)
    houses = [house] if house else uow.list(House, key=key, limit=50) if key else []
    for one in houses:
        names.update(_household(uow, one.id))
    for dossier in dossiers:
        names.add(dossier.id)
        names.update(r.id for r in uow.list(Record, dossier=dossier.id, limit=MOST_NAMES))
    for part in batches(sorted(names), 5000):
        asked = uow.list(AccessRequest, target_kind=KINDS, target=tuple(part), limit=MOST_NAMES)
        names.update(r.id for r in asked)
    return tuple(sorted(names))


def _household(uow: UnitOfWork, house: str) -> Iterator[str]:
    yield house
    kinds: tuple[type[Tenure | Tenancy | Dossier | Record], ...] = (Tenure, Tenancy, Dossier, Record)
    for kind in kinds:
        yield from (row.id for row in uow.list(kind, house=house, limit=MOST_NAMES))


def export_table(archive: Archive, actor: Actor, wanted: Wanted, ending: str) -> Iterator[bytes]:
    """The filtered list as .csv (UTF-8 with a mark that Excel knows; in pieces as it is read) or .xlsx, newest first.

    The export is itself an entry, written before the first row. No value starts a formula. Raises BadInput for another
    ending, and for a workbook (.xlsx) of more than XLSX_ROWS rows.
    """
    allow(archive, actor, "audit.read")
    if ending not in ("csv", "xlsx"):
        raise BadInput("导出文件须是 .xlsx 或 .csv。", code="bad_ending", hint="例如 审计日志.csv。")
    with archive.uow(write=True) as uow:
        size = uow.audit_size()
        said = {name: value for name, value in asdict(wanted).items() if value}
        uow.audit(
            Event.EXPORTED,
            actor=actor.id,
            subject="audit",
            at=archive.clock.now(),
            entries=size,
            format=ending,
            wanted=said,
        )
        uow.commit()
    return _csv(archive, wanted, size) if ending == "csv" else _begun(_workbook(archive, wanted, size))


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, the first made now: what is wrong is said before an answer begins."""
    first = next(pieces, b"")
    return chain([first], pieces)


def _rows(archive: Archive, wanted: Wanted, before: int) -> Iterator[tuple[str, ...]]:
    with archive.uow() as uow:
        about = names_of(uow, wanted.about.strip()) if wanted.about.strip() else None
        while found := _found(archive, uow, wanted, before, MAX_LIMIT, about):
            names = _people(uow, found)
            for e in found:
                detail = json.dumps(e.detail, ensure_ascii=False, sort_keys=True) if e.detail else ""
                yield (
                    str(e.number),
                    instant(e.at),
                    e.event,
                    e.actor,
                    names.get(e.actor, ""),
                    e.subject,
                    detail,
                    e.leaf,
                )
            before = found[-1].number


def _csv(archive: Archive, wanted: Wanted, size: int) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(COLUMNS)
    for count, row in enumerate(_rows(archive, wanted, size)):
        writer.writerow([harmless(value) for value in row])
        if count % 500 == 499:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode(errors="replace")
    text.seek(0)
    text.truncate()
    return data


def _workbook(archive: Archive, wanted: Wanted, size: int) -> Iterator[bytes]:
    from openpyxl import Workbook  # half a second that no other command should wait for

    book = Workbook(write_only=True)
    sheet = book.create_sheet("审计日志")
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGH", (9, 28, 28, 28, 14, 28, 60, 20), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append(COLUMNS)
    for count, row in enumerate(_rows(archive, wanted, size)):
        if count == XLSX_ROWS:
            sheet.close()
            raise BadInput(
                f"多于 {XLSX_ROWS} 条，放不进一个工作簿。",
                code="too_many_rows",
                hint="请缩小时间范围，或导出 CSV。",
            )
        sheet.append([harmless(_UNPRINTABLE.sub("\ufffd", value))[:CELL] for value in row])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(1 << 18):
            yield piece
