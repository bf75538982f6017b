"""Taking over a house register: every row is read before anything is written, and each is answered."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from archive.domain.audit_model import Event
from archive.domain.estate import House, Tenancy, Tenure
from archive.domain.house_register import (
    COLUMNS,
    HEADINGS,
    LONGEST,
    OPTIONAL,
    PROBLEMS,
    BadRow,
    Line,
    Stay,
    read_line,
)
from archive.domain.keeping import RecordedEvent
from archive.domain.people import Actor
from archive.domain.records import Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services import completeness
from archive.services.archive import Archive
from archive.services.common import allow, new_id
from archive.services.keeping import refresh_due
from archive.services.tables import TableRow, open_table
from schemas.text import fold

CHUNK = 1000
NEEDED = (("house", "room"),)
EVIDENCE = "房屋名册"
"""What a sale that the register tells of is recorded with."""
NOTES = {
    "sheet_skipped": "工作表「{name}」没有表头，没有读。",
    "column_ignored": "列「{name}」这里用不上，没有读。",
}
"""About the file as a whole, by code."""

Answer = dict[str, Any]


def import_estate(
    archive: Archive,
    actor: Actor,
    source: BinaryIO,
    name: str,
    *,
    dry_run: bool = False,
    estate: str = "",
) -> list[Answer]:
    """`import_rows` at once, for a register that fits into memory; `name` only tells what the file is called."""
    with staged(archive, actor, source, estate) as register:
        return [
            answer for chunk in import_rows(archive, actor, register, dry_run=dry_run) for answer in chunk
        ]


@dataclass(frozen=True, slots=True)
class _Read:
    """A row that was read: where it stands, how it writes the house, what it tells or what is wrong with it."""

    sheet: str
    number: int
    written: str
    line: Line | str


class Register:
    """A register that was read to its end: its rows wait in a temporary file, and nothing of it was written.

    `rows` is their number, `notes` what was left aside (codes sheet_skipped and column_ignored, with `name`),
    `repeated` the houses that stand in several rows.
    """

    def __init__(self, estates: Iterable[str], estate: str) -> None:
        self.rows = 0
        self.notes: list[dict[str, str]] = []
        self.repeated: set[str] = set()
        self._estate = estate
        self._estates: dict[str, str] = {}
        for name in estates:
            self._estates.setdefault(fold(name), name)
        self._seen: set[int] = set()
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (closed with the register)

    def __enter__(self) -> Register:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take(self, row: TableRow) -> None:
        line = self._line(row.cells)
        if isinstance(line, Line):
            mark = hash(line.house.id)
            if mark in self._seen:
                self.repeated.add(line.house.id)
            self._seen.add(mark)
        pickle.dump(_Read(row.sheet, row.number, _written(row.cells), line), self._file)
        self.rows += 1

    def _line(self, cells: Mapping[str, str]) -> Line | str:
        """The row, its estate as it was first written: 星河花園 is 星河花园."""
        written = " ".join((cells.get("estate", "") or self._estate).split())
        same = self._estates.setdefault(fold(written), written) if written else ""
        try:
            return read_line({**cells, "estate": same})
        except BadRow as bad:
            return str(bad)

    def read(self) -> Iterator[_Read]:
        """The rows in order. The file is of our own making and has no name, so pickle is safe."""
        self._file.seek(0)
        for _ in range(self.rows):
            yield pickle.load(self._file)


def _written(cells: Mapping[str, str]) -> str:
    columns = ("building", "unit", "floor", "house", "room") if cells.get("building") else ("house", "room")
    return " ".join(value for c in columns if (value := cells.get(c, "")))[:LONGEST]


def staged(archive: Archive, actor: Actor, source: BinaryIO, estate: str = "") -> Register:
    """Read a register (.csv or .xlsx, seekable) to its end; `estate` is meant where rows name none.

    Raises BadInput when the file cannot be read or lacks a column: then nothing was written.
    """
    allow(archive, actor, "estate.manage")
    with archive.uow() as uow:
        register = Register(sorted(uow.count_by(House, "estate")), estate)
    try:
        needed = NEEDED if estate else ("estate", *NEEDED)
        table = open_table(source, HEADINGS, needed, (*COLUMNS, *OPTIONAL))
        for row in table.rows:
            register.take(row)
    except BaseException:
        register.__exit__()
        raise
    register.notes = [{"code": "sheet_skipped", "name": s} for s in table.skipped]
    register.notes += [{"code": "column_ignored", "name": c} for c in table.ignored]
    return register


def import_rows(
    archive: Archive, actor: Actor, register: Register, *, dry_run: bool = False
) -> Iterator[list[Answer]]:
    """Take the rows over in chunks, each in one transaction; yields one answer per row, in order.

    An answer has `row`, `sheet`, `state`, `record` (the House.id), `problems` and `house` (as written). States:
    added (a house, owner, tenant or sale that is new), known (nothing new), changed (a phone, a start, a use), ended
    (a tenure or tenancy now has its last day), transfer (a new owner ended the present tenure), refused. Doing it
    again changes nothing, so an import that was cut off is simply done again.
    """
    allow(archive, actor, "estate.manage")
    session = _Session(archive, actor, register.repeated, dry_run)
    chunk: list[_Read] = []
    for row in register.read():
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield session.take(chunk)
            chunk = []
    if chunk:
        yield session.take(chunk)


@dataclass(slots=True)
class _Known:
    """What is registered of one house, with what this import adds."""

    house: House | None = None
    tenures: list[Tenure] = field(default_factory=list)
    tenancies: list[Tenancy] = field(default_factory=list)
    sold_on: date | None = None
    fresh: set[str] = field(default_factory=set)
    """Ids of tenures that came with this very file."""


@dataclass(slots=True)
class _Changes:
    """What a chunk of rows adds and changes, by id, so that a row is written once."""

    added: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    """Houses of which a tenure ended or a sale became known: their due days are computed anew."""
    houses: set[str] = field(default_factory=set)

    def add(self, house: str, value: Any) -> None:
        self.added[value.id] = value
        self.houses.add(house)

    def change(self, house: str, value: Any) -> None:
        (self.added if value.id in self.added else self.changed)[value.id] = value
        self.houses.add(house)


class _Session:
    """One import. Between chunks it remembers only the houses that come again."""

    def __init__(self, archive: Archive, actor: Actor, repeated: set[str], dry_run: bool) -> None:
        self.archive, self.actor, self.dry_run = archive, actor, dry_run
        self.repeated = repeated
        self.known: dict[str, _Known] = {}

    def take(self, chunk: Sequence[_Read]) -> list[Answer]:
        changes = _Changes()
        ids = {row.line.house.id for row in chunk if isinstance(row.line, Line)}
        with self.archive.uow(write=not self.dry_run) as uow:
            self._remember(uow, ids)
            answers = [self._answer(row, row.line, changes) for row in chunk]
            if changes.houses and not self.dry_run:
                self._write(uow, changes)
                uow.commit()
        for one in ids - self.repeated:
            del self.known[one]
        return answers

    def _remember(self, uow: UnitOfWork, ids: Iterable[str]) -> None:
        fresh = tuple(sorted(i for i in ids if i not in self.known))
        for one in fresh:
            self.known[one] = _Known()
        if not fresh:
            return
        houses = uow.list(House, id=fresh)
        for house in houses:
            self.known[house.id].house = house
        there = tuple(h.id for h in houses)
        if not there:
            return
        for tenure in uow.list(Tenure, house=there):
            self.known[tenure.house].tenures.append(tenure)
        for tenancy in uow.list(Tenancy, house=there):
            self.known[tenancy.house].tenancies.append(tenancy)
        for sale in uow.list(
            RecordedEvent, target_kind="house", target=there, type="sale", order=("recorded_at",)
        ):
            self.known[sale.target].sold_on = sale.date

    def _answer(self, row: _Read, line: Line | str, changes: _Changes) -> Answer:
        states: list[str] = []
        if isinstance(line, str):
            codes, record = [line], None
            states = ["refused"]
        else:
            codes, record = list(line.notices), line.house.id
            known = self.known[line.house.id]
            states.append(_merge_house(known, line.house, changes))
            states += _merge_owner(known, line, changes, codes)
            states += _merge_tenant(known, line, changes, codes)
            states += self._merge_sale(known, line, changes, codes)
        return {
            "row": row.number,
            "sheet": row.sheet,
            "state": next(s for s in _ORDER if s in states),
            "record": record,
            "house": row.written,
            "problems": [{"code": c, "message": PROBLEMS[c]} for c in codes],
        }

    def _merge_sale(self, known: _Known, line: Line, changes: _Changes, codes: list[str]) -> list[str]:
        if line.sold_on is None or known.sold_on == line.sold_on:
            return []
        if known.sold_on is not None:
            codes.append("sold_otherwise")
            return []
        known.sold_on = line.sold_on
        now = self.archive.clock.now()
        changes.add(
            line.house.id,
            RecordedEvent(
                new_id(), "house", line.house.id, "sale", line.sold_on, EVIDENCE, self.actor.id, now
            ),
        )
        changes.ended.add(line.house.id)
        return ["added"]

    def _write(self, uow: UnitOfWork, changes: _Changes) -> None:
        for values, write in ((changes.added, uow.add), (changes.changed, uow.put)):
            for kind in (House, Tenure, Tenancy, RecordedEvent):
                write(*(v for v in values.values() if isinstance(v, kind)))
        if changes.ended:
            filed = uow.count_by(Record, "house", house=tuple(sorted(changes.ended)))
            for house in sorted(filed):
                refresh_due(self.archive, uow, "house", house)
        completeness.refresh(self.archive, uow, changes.houses)
        uow.audit(
            Event.ESTATE_IMPORTED,
            actor=self.actor.id,
            subject="estate",
            at=self.archive.clock.now(),
            houses=sum(isinstance(v, House) for v in changes.added.values()),
            tenures=sum(isinstance(v, Tenure) for v in changes.added.values()),
            ended=sorted(v.id for v in changes.changed.values() if isinstance(v, Tenure) and v.ended),
        )


_ORDER = ("refused", "transfer", "ended", "added", "changed", "known")
"""Of several things that a row did, the first tells."""


def _merge_house(known: _Known, house: House, changes: _Changes) -> str:
    if known.house is None:
        known.house = house
        changes.add(house.id, house)
        return "added"
    same = replace(known.house, use=house.use or known.house.use, area=house.area or known.house.area)
    if same == known.house:
        return "known"
    known.house = same
    changes.change(house.id, same)
    return "changed"


def _merge_owner(known: _Known, line: Line, changes: _Changes, codes: list[str]) -> list[str]:
    stay, house = line.owner, line.house.id
    if stay is None:
        return []
    same = next((t for t in known.tenures if _same(t.owner, t, stay)), None)
    if same is not None:
        return _update(known.tenures, same, stay, house, changes)
    tenure = Tenure(new_id(), house, stay.name, stay.phone, stay.started, stay.ended)
    others = [t for t in known.tenures if _overlap(t, tenure)]
    states = ["added"]
    if len(others) == 1 and others[0].id not in known.fresh and _succeeds(tenure, others[0]):
        before = replace(others[0], ended=tenure.started)
        known.tenures[known.tenures.index(others[0])] = before
        changes.change(house, before)
        changes.ended.add(house)
        states = ["transfer"]
    elif others:
        lasting = tenure.ended is None and any(t.ended is None and t.id in known.fresh for t in others)
        codes.append("overlap_lasting" if lasting else "overlap")
        return ["refused"]
    known.tenures.append(tenure)
    known.fresh.add(tenure.id)
    changes.add(house, tenure)
    return states


def _succeeds(new: Tenure, old: Tenure) -> bool:
    """Whether `new` is the owner after `old`, to whom the house still belonged: a title transfer ends that tenure."""
    return (
        old.ended is None and new.started is not None and (old.started is None or old.started < new.started)
    )


def _merge_tenant(known: _Known, line: Line, changes: _Changes, codes: list[str]) -> list[str]:
    stay, house = line.tenant, line.house.id
    if stay is None:
        return []
    same = next((t for t in known.tenancies if _same(t.tenant, t, stay)), None)
    if same is not None:
        return _update(known.tenancies, same, stay, house, changes)
    tenancy = Tenancy(new_id(), house, stay.name, stay.phone, stay.started, stay.ended)
    if any(_overlap(t, tenancy) for t in known.tenancies):
        codes.append("tenancy_overlap")
        return []
    known.tenancies.append(tenancy)
    changes.add(house, tenancy)
    return ["added"]


def _same(name: str, known: Tenure | Tenancy, stay: Stay) -> bool:
    """Whether the row tells of this very stay: the same name (in either script) and start, or one start untold."""
    if fold(name).replace(" ", "") != fold(stay.name).replace(" ", ""):
        return False
    if known.started == stay.started:
        return True
    untold = known.started is None or stay.started is None
    return untold and (known.ended == stay.ended or stay.ended is None or known.ended is None)


def _update(rows: list[Any], old: Any, stay: Stay, house: str, changes: _Changes) -> list[str]:
    """What a row adds to a known stay: its end, its start, another phone."""
    new = replace(
        old,
        started=old.started or stay.started,
        ended=stay.ended or old.ended,
        phone=stay.phone or old.phone,
    )
    if new == old:
        return []
    rows[rows.index(old)] = new
    changes.change(house, new)
    if new.ended == old.ended:
        return ["changed"]
    if isinstance(new, Tenure):
        changes.ended.add(house)
    return ["ended"]


def _overlap(a: Tenure | Tenancy, b: Tenure | Tenancy) -> bool:
    first, last = date.min, date.max
    return (a.started or first) < (b.ended or last) and (b.started or first) < (a.ended or last)
