"""The house register as a table again, equal to what an import of it makes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import BinaryIO

from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenancy, Tenure
from archive.domain.house_register import COLUMNS, OPTIONAL
from archive.domain.keeping import RecordedEvent
from archive.domain.people import Actor
from archive.ports.unit_of_work import After, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow
from archive.services.errors import BadInput
from archive.services.tables import harmless

BATCH = 1000
WRITTEN = (*COLUMNS, *OPTIONAL[: OPTIONAL.index("building")])
"""The columns of an export; building, unit and room are in `house`."""
HEADINGS_ZH = (
    "项目", "房号", "业主", "产权起", "产权止", "电话",
    "租户", "租户电话", "租期起", "租期止", "售出日期", "用途", "面积",
)  # fmt: skip
"""The same as people read them, for a workbook."""


def export_estate(archive: Archive, actor: Actor, target: BinaryIO, name: str, *, estate: str = "") -> int:
    """Write the register (of one estate, or of all) to `target`; returns how many rows.

    `name` ends in .xlsx or .csv (UTF-8 with a mark that Excel knows). A row for each owner of a house; tenants stand
    beside owners in the order they came. No value starts a formula. Raises BadInput for another ending, NotFound for
    an estate that is none.
    """
    allow(archive, actor, "estate.manage")
    ending = name.lower().rsplit(".", 1)[-1]
    if ending not in ("csv", "xlsx"):
        raise BadInput("导出文件须是 .xlsx 或 .csv。", code="bad_ending", hint="例如 房屋名册.xlsx。")
    lines = _lines(archive, estate)
    count = _write_csv(lines, target) if ending == "csv" else _write_xlsx(lines, target)
    with archive.uow(write=True) as uow:
        uow.audit(
            Event.EXPORTED,
            actor=actor.id,
            subject="estate",
            at=archive.clock.now(),
            rows=count,
            estate=estate,
        )
        uow.commit()
    return count


def _lines(archive: Archive, estate: str) -> Iterator[tuple[str, ...]]:
    with archive.uow() as uow:
        names = sorted(uow.count_by(House, "estate")) if not estate else [estate]
        for one in names:
            after = ""
            while batch := uow.list(House, estate=one, place=After(after), order=("place",), limit=BATCH):
                yield from _rows(uow, batch)
                after = batch[-1].place


def _rows(uow: UnitOfWork, houses: list[House]) -> Iterator[tuple[str, ...]]:
    ids = tuple(h.id for h in houses)
    tenures: dict[str, list[Tenure]] = {}
    for tenure in uow.list(Tenure, house=ids, order=("started",)):
        tenures.setdefault(tenure.house, []).append(tenure)
    tenancies: dict[str, list[Tenancy]] = {}
    for tenancy in uow.list(Tenancy, house=ids, order=("started",)):
        tenancies.setdefault(tenancy.house, []).append(tenancy)
    sold = {
        e.target: e.date
        for e in uow.list(RecordedEvent, target_kind="house", target=ids, type="sale", order=("recorded_at",))
    }
    for house in houses:
        owners, tenants = tenures.get(house.id, []), tenancies.get(house.id, [])
        pairs = list(zip_longest(owners, tenants)) or [(None, None)]
        for number, (owner, tenant) in enumerate(pairs):
            first = number == 0
            yield (
                house.estate,
                house.written,
                owner.owner if owner else "",
                _day(owner.started if owner else None),
                _day(owner.ended if owner else None),
                owner.phone if owner else "",
                tenant.tenant if tenant else "",
                tenant.phone if tenant else "",
                _day(tenant.started if tenant else None),
                _day(tenant.ended if tenant else None),
                _day(sold.get(house.id) if first else None),
                house.use if first else "",
                house.area if first else "",
            )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _write_csv(lines: Iterator[tuple[str, ...]], target: BinaryIO) -> int:
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(WRITTEN)
        count = 0
        for line in lines:
            writer.writerow([harmless(value) for value in line])
            count += 1
        return count
    finally:
        text.detach()


def _write_xlsx(lines: Iterator[tuple[str, ...]], target: BinaryIO) -> int:
    from openpyxl import Workbook  # half a second that no other command should wait for

    book = Workbook(write_only=True)
    sheet = book.create_sheet("房屋名册")
    sheet.freeze_panes = "A2"
    for column, width in zip(
        "ABCDEFGHIJKLM", (16, 20, 12, 12, 12, 16, 12, 16, 12, 12, 12, 10, 10), strict=True
    ):
        sheet.column_dimensions[column].width = width
    sheet.append(HEADINGS_ZH)
    count = 0
    for line in lines:
        sheet.append([harmless(value) for value in line])
        count += 1
    book.save(target)
    return count
