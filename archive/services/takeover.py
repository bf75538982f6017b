"""Taking over an existing archive: an old catalogue with files or texts, row by row, in batches (design 8, import).

Rows that are done say so in the transaction that holds their records, by what they hold. So an import that was killed
is begun again and goes on, and a corrected catalogue adds what is new in it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.desk import with_doubt
from archive.domain.estate import House, Tenure
from archive.domain.filing import HOUSE_DOSSIERS, UNFILED_CLASS, dossier_key, doubt
from archive.domain.four_properties import Source
from archive.domain.matching import Belonging, belong
from archive.domain.people import Actor
from archive.domain.records import Dossier, Record, RecordState, Version, VersionText, version_id
from archive.domain.takeover import Takeover, TakeoverRow, row_id, row_key
from archive.ports.store import Received
from archive.ports.unit_of_work import UnitOfWork
from archive.services import alike
from archive.services.archive import Archive
from archive.services.catalogues import Loaded, Named, load, named_by, read_rows
from archive.services.common import allow, new_id
from archive.services.dossiers import open_dossier
from archive.services.indexing import wake_index
from archive.services.keeping import Seen, due_on
from archive.services.objects import checked, plain, record_version
from archive.services.schedule import in_force
from archive.services.tables import Row
from ingest.facts import Problem, RecordFacts
from schemas.dates import parse_date
from schemas.houses import parse_house
from schemas.model import RecordType
from schemas.titles import Titles

CHUNK = 500
CHUNK_SECONDS = 5.0
CHUNK_BYTES = 64 * 1024**2
"""Rows, time of reading and bytes after which a batch is written: what a kill costs, and what lies in memory."""
__all__ = ["import_catalogue", "read_rows"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One row ready to be written."""

    record: Record
    version: Version
    source: Loaded
    facts: RecordFacts
    house: House | None
    dossier: Dossier | None


@dataclass(frozen=True, slots=True)
class _Named:
    """One row of the catalogue with what it names (or why that is nothing) and its key."""

    number: int
    row: Row
    named: Named | Problem
    key: str


_Ready = tuple[_Named, Record | Loaded | Problem]
"""A row with what it is made of: the record it became before, what was read of its file, or why it is refused."""


def import_catalogue(
    archive: Archive,
    actor: Actor,
    catalogue: Path,
    files: Path | None = None,
    *,
    dry_run: bool = False,
    takeover: str = "",
    most: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Take over every row of a .jsonl, .csv or .xlsx catalogue; yields one answer per row, in order: row, state,
    record, problems, and `again` for a row that was done before.

    Rows are written in batches; a bad row is reported and leaves the others alone. A dry run writes nothing, and its
    records are None. `takeover` is the import whose rows these are, by default the one named by the catalogue's bytes;
    `most` ends after so many rows. Raises BadInput when the catalogue itself cannot be read, Away.
    """
    allow(archive, actor, "record.file")
    with catalogue.open("rb") as bytes_of_it:
        run = takeover or file_digest(bytes_of_it, "sha256").hexdigest()[:32]
    session = _Session(archive, actor, files, run, dry_run)
    if not dry_run and not takeover:
        session.note_run(catalogue.name)
    chunk: list[_Named] = []
    for number, row in enumerate(islice(read_rows(catalogue), most), start=1):
        chunk.append(session.name(number, row))
        if len(chunk) == CHUNK:
            yield from session.write(chunk)
            chunk = []
    yield from session.write(chunk)
    if not dry_run and not takeover:
        session.note_run(catalogue.name, over=True)


class _Session:
    """What one import remembers between batches: type names, houses and dossiers already looked up."""

    def __init__(self, archive: Archive, actor: Actor, files: Path | None, run: str, dry_run: bool) -> None:
        self.archive, self.actor, self.run, self.dry_run = archive, actor, run, dry_run
        self.files = files.resolve() if files else None
        self.titles = Titles(archive.pack)
        self.dossiers: dict[str, Dossier] = {}
        self.belongings: dict[tuple[str, str, date | None], Belonging] = {}
        self.equal: Counter[str] = Counter()

    def note_run(self, name: str, *, over: bool = False) -> None:
        """The import as a row of its own, for the list on the intake page."""
        now = self.archive.clock.now()
        with self.archive.uow(write=True) as uow:
            total = uow.count(TakeoverRow, takeover=self.run)
            known = uow.get(Takeover, self.run)
            fresh = Takeover(self.run, name[-255:], "running", self.actor.id, now)
            row = replace(known or fresh, state="done" if over else "running", total=total, done=total)
            row = replace(row, finished_at=now if over else None)
            (uow.put if known else uow.add)(row)
            uow.commit()

    def name(self, number: int, row: Row) -> _Named:
        named = named_by(self.archive, self.files, row)
        digest = named.sha256 if isinstance(named, Named) else ""
        bare = row_key(row, digest, 0)
        key = bare if not self.equal[bare] else row_key(row, digest, self.equal[bare])
        self.equal[bare] += 1
        return _Named(number, row, named, key)

    def write(self, chunk: Sequence[_Named]) -> Iterator[dict[str, Any]]:
        """Read what was not done before, and write it in batches that take neither long nor much memory."""
        with self.archive.uow() as uow:
            before = self._done_before(uow, chunk)
        part: list[_Ready] = []
        began, held = time.monotonic(), 0
        for one in chunk:
            ready = before.get(one.key) or (
                one.named
                if isinstance(one.named, Problem)
                else load(self.archive, one.named, keep=not self.dry_run)
            )
            part.append((one, ready))
            held += ready.size if isinstance(ready, Loaded) else 0
            if held > CHUNK_BYTES or time.monotonic() - began > CHUNK_SECONDS:
                yield from self._write(part)
                part, held, began = [], 0, time.monotonic()
        yield from self._write(part)

    def _write(self, part: Sequence[_Ready]) -> list[dict[str, Any]]:
        answers: dict[int, dict[str, Any]] = {}
        prepared: dict[int, Prepared] = {}
        with self.archive.uow() as uow:
            for one, ready in part:
                if isinstance(ready, Record):
                    answers[one.number] = {**_answer_of(one.number, ready), "again": True}
                    continue
                made = ready if isinstance(ready, Problem) else self._prepare(uow, one.row, ready)
                if isinstance(made, Problem):
                    answers[one.number] = _answer(one.number, "refused", None, (made,))
                else:
                    prepared[one.number] = made
        if not self.dry_run:
            self._store(list(prepared.values()))
        for number, p in prepared.items():
            record = None if self.dry_run else p.record.id
            answers[number] = _answer(number, p.record.state.value, record, p.record.problems)
        if not self.dry_run and part:
            self._commit(list(prepared.values()), [one for one, _ in part], answers)
            for p in prepared.values():
                self._spent(p.source)
        return [answers[one.number] for one, _ in part]

    def _done_before(self, uow: UnitOfWork, chunk: Sequence[_Named]) -> dict[str, Record]:
        """Key → the record that this very row became, in this import or an earlier one."""
        rows = uow.list(TakeoverRow, key=tuple(one.key for one in chunk))
        made = {r.key: r.record for r in rows if r.record}
        records = {r.id: r for r in uow.list(Record, id=tuple(set(made.values())))} if made else {}
        return {key: records[record] for key, record in made.items() if record in records}

    def _store(self, rows: Sequence[Prepared]) -> None:
        self.archive.store.put(
            [
                record_version(
                    p.record,
                    p.version,
                    p.source.bytes,
                    p.facts.text,
                    p.facts,
                    house=p.house,
                    dossier=p.dossier,
                )
                for p in rows
            ]
        )

    def _spent(self, source: Loaded) -> None:
        if isinstance(source.bytes, Received):
            self.archive.store.drop_received(source.bytes.sha256)

    def _commit(
        self, rows: Sequence[Prepared], chunk: Sequence[_Named], answers: Mapping[int, Mapping[str, Any]]
    ) -> None:
        now = self.archive.clock.now()
        with self.archive.uow(write=True) as uow:
            records, versions, texts = [], [], []
            seen: Seen = {
                ("record", p.record.id): ((), ()) for p in rows
            }  # new records: nothing happened yet
            schedule = in_force(self.archive, uow)
            for p in rows:
                record = replace(p.record, change=uow.next_change())
                due = due_on(self.archive, uow, record, seen, schedule=schedule)
                records.append(with_doubt(replace(record, due_on=due)))
                versions.append(p.version)
                texts.append(VersionText(p.version.id, record.id, p.facts.text))
            uow.add(*records)
            uow.add(*versions)
            uow.add(*texts)
            for record in records:
                self._tell(uow, record, now)
            self._answered(uow, chunk, answers)
            if records:
                wake_index(self.archive, uow)
                alike.wake(self.archive, uow)
            uow.commit()

    def _tell(self, uow: UnitOfWork, record: Record, now: Any) -> None:
        filed = record.state is RecordState.FILED
        uow.audit(
            Event.RECORD_FILED if filed else Event.RECORD_TO_VERIFY,
            actor=self.actor.id,
            subject=record.id,
            at=now,
            type=record.type,
            dossier=record.dossier,
            house=record.house,
            sha256=record.sha256,
            version=1,
        )

    def _answered(
        self, uow: UnitOfWork, chunk: Sequence[_Named], answers: Mapping[int, Mapping[str, Any]]
    ) -> None:
        """The report of these rows, in the transaction of their records; a row that was tried before is replaced."""
        ids = tuple(row_id(self.run, one.number) for one in chunk)
        there = {r.id for r in uow.list(TakeoverRow, id=ids)}
        for one in chunk:
            said = answers[one.number]
            row = TakeoverRow(
                id=row_id(self.run, one.number),
                takeover=self.run,
                row=one.number,
                key=one.key,
                state=said["state"],
                record=said["record"],
                problems=tuple(said["problems"]),
            )
            (uow.put if row.id in there else uow.add)(row)

    def _prepare(self, uow: UnitOfWork, row: Row, source: Loaded) -> Prepared | Problem:
        named = row.get("type", "").strip()
        kind = self.archive.pack.record_types.get(named) or self.titles.exact(named)
        if named and kind is None:
            return Problem("unknown_type", f"没有档案类型「{named}」，请用代码或题名。", {"type": named})
        facts = _overlaid(source.facts, row, kind)
        belonging = self._belonging(uow, facts) if kind is None or kind.dossier in HOUSE_DOSSIERS else None
        return self._record(kind, facts, belonging, source, row)

    def _belonging(self, uow: UnitOfWork, facts: RecordFacts) -> Belonging:
        key = (facts.house or "", facts.owner or "", facts.date)
        if key not in self.belongings:
            houses = uow.list(House, key=facts.house, limit=20) if facts.house else []
            tenures = {h.id: uow.list(Tenure, house=h.id, order=("started",)) for h in houses}
            self.belongings[key] = belong(facts.house, facts.owner, facts.date, houses, tenures)
        return self.belongings[key]

    def _record(
        self,
        kind: RecordType | None,
        facts: RecordFacts,
        belonging: Belonging | None,
        source: Loaded,
        row: Row,
    ) -> Prepared:
        now = self.archive.clock.now()
        state, problems = _judged(kind, facts, belonging)
        house = belonging.house if belonging else None
        tenure = belonging.tenure if belonging else None
        record_id = new_id()
        number = row.get("number", "").strip()
        key = (
            dossier_key(kind, belonging, facts.date, number) if kind and state is RecordState.FILED else None
        )
        dossier = self._dossier(key, kind, house, tenure) if key and kind and not self.dry_run else None
        record = Record(
            id=record_id,
            type=kind.code if kind else None,
            title=row.get("title", "").strip() or (kind.title_zh if kind else source.name),
            state=state,
            access_class=kind.access_class if kind else UNFILED_CLASS,
            filed_at=now,
            version=1,
            change=0,
            dossier=dossier.id if dossier else None,
            house=house.id if house else None,
            house_key=house.key if house else facts.house,
            tenure=tenure.id if tenure else None,
            owner=facts.owner,
            record_date=facts.date,
            number=number,
            fields=tuple(plain(v) for v in facts.fields),
            problems=tuple(plain(p) for p in problems),
            source_pages=facts.pages,
            pages=len(facts.pages),
            chars=len(facts.text),
            media_type=source.media_type,
            sha256=source.sha256,
            pack_version=self.archive.pack.version,
        )
        version = Version(
            version_id(record_id, 1), record_id, 1, record.sha256, source.size, source.media_type, source.name, now,
            self.actor.id, "taken over",
        )  # fmt: skip
        came = Source("imported", record.sha256, self.actor.id, codes=frozenset(p.code for p in problems))
        version = checked(self.archive, record, version, came)
        return Prepared(record, version, source, facts, house, dossier)

    def _dossier(self, key: str, kind: RecordType, house: House | None, tenure: Tenure | None) -> Dossier:
        if key not in self.dossiers:
            self.dossiers[key] = open_dossier(self.archive, key, kind, house, tenure, self.actor.id)
        return self.dossiers[key]


def _overlaid(facts: RecordFacts, row: Row, kind: RecordType | None) -> RecordFacts:
    """What the catalogue says counts for more than what was read."""
    written = row.get("house", "").strip()
    return replace(
        facts,
        type=kind.code if kind else facts.type,
        type_confidence=1.0 if kind else facts.type_confidence,
        house=parse_house(written, field=True) if written else facts.house,
        house_written=written or facts.house_written,
        owner=row.get("owner", "").strip() or facts.owner,
        date=parse_date(row.get("date", "")) or facts.date,
    )


def _judged(
    kind: RecordType | None, facts: RecordFacts, belonging: Belonging | None
) -> tuple[RecordState, tuple[Problem, ...]]:
    """An old catalogue vouches for its rows; only what filing cannot do without sends one to the desk."""
    problems: list[Problem] = list(facts.problems)
    stop = False
    if kind is None:
        problems.append(doubt("type_unsure"))
        stop = True
    elif kind.dossier in HOUSE_DOSSIERS and (belonging is None or belonging.house is None):
        problems.append(doubt("house_unknown" if facts.house else "house_missing", house=facts.house_written))
        stop = True
    if facts.date is None:
        problems.append(doubt("date_missing"))
        stop = True
    return (RecordState.TO_VERIFY if stop else RecordState.FILED), tuple(problems)


def _answer(number: int, state: str, record: str | None, problems: Sequence[Any]) -> dict[str, Any]:
    noted = [p if isinstance(p, Mapping) else plain(p) for p in problems]
    return {"row": number, "state": state, "record": record, "problems": noted}


def _answer_of(number: int, record: Record) -> dict[str, Any]:
    return _answer(number, record.state.value, record.id, record.problems)
