"""Taking over an existing archive: an old catalogue with files or texts, row by row, in batches (design 8, import)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
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
from archive.ports.scanner import ScannerUnavailable
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, new_id
from archive.services.dossiers import open_dossier
from archive.services.errors import Away, BadInput
from archive.services.indexing import wake_index
from archive.services.keeping import Seen, due_on
from archive.services.objects import checked, plain, record_version
from archive.services.scanning import found_in
from archive.services.schedule import in_force
from archive.services.tables import Row, read_table
from ingest.facts import FileState, Problem, RecordFacts
from schemas.dates import parse_date
from schemas.houses import parse_house
from schemas.model import RecordType
from schemas.titles import Titles

CHUNK = 500
COLUMNS = ("type", "house", "owner", "date", "title", "number", "file", "text")
HEADINGS = {
    "类型": "type",
    "档案类型": "type",
    "房号": "house",
    "业主": "owner",
    "业主姓名": "owner",
    "日期": "date",
    "题名": "title",
    "编号": "number",
    "文件": "file",
    "文本": "text",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """One row ready to be written."""

    record: Record
    version: Version
    text: str
    original: bytes
    facts: RecordFacts
    house: House | None
    dossier: Dossier | None


def import_catalogue(
    archive: Archive, actor: Actor, catalogue: Path, files: Path | None = None
) -> Iterator[dict[str, Any]]:
    """Take over every row of a .jsonl, .csv or .xlsx catalogue; yields one answer per row, in order.

    Rows are written in batches; a bad row is reported and leaves the others alone. Raises BadInput when the
    catalogue itself cannot be read.
    """
    allow(archive, actor, "record.file")
    session = _Session(archive, actor, files)
    chunk: list[tuple[int, Row]] = []
    for number, row in enumerate(read_rows(catalogue), start=1):
        chunk.append((number, row))
        if len(chunk) == CHUNK:
            yield from session.write(chunk)
            chunk = []
    yield from session.write(chunk)


def read_rows(catalogue: Path) -> Iterator[Row]:
    """The rows of a catalogue by column name. Raises BadInput for another kind of file."""
    ending = catalogue.suffix.lower()
    if ending == ".jsonl":
        yield from _jsonl(catalogue)
    elif ending in (".csv", ".xlsx"):
        with catalogue.open("rb") as source:
            yield from read_table(source, catalogue.name, HEADINGS, ("type",), COLUMNS)
    else:
        raise BadInput("目录须是 .jsonl、.csv 或 .xlsx。", code="bad_catalogue", hint="请另存后再导入。")


def _jsonl(catalogue: Path) -> Iterator[Row]:
    with catalogue.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            yield (
                {k: str(v) for k, v in row.items() if v is not None}
                if isinstance(row, dict)
                else {"!": "json"}
            )


class _Session:
    """What one import remembers between batches: type names, houses and dossiers already looked up."""

    def __init__(self, archive: Archive, actor: Actor, files: Path | None) -> None:
        self.archive, self.actor = archive, actor
        self.files = files.resolve() if files else None
        self.titles = Titles(archive.pack)
        self.dossiers: dict[str, Dossier] = {}
        self.belongings: dict[tuple[str, str, date | None], Belonging] = {}

    def write(self, chunk: Sequence[tuple[int, Row]]) -> list[dict[str, Any]]:
        if not chunk:
            return []
        answers: dict[int, dict[str, Any]] = {}
        prepared: dict[int, Prepared] = {}
        with self.archive.uow() as uow:
            for number, row in chunk:
                made = self._prepare(uow, row)
                if isinstance(made, Problem):
                    answers[number] = _answer(number, "refused", None, (made,))
                else:
                    prepared[number] = made
        rows = list(prepared.values())
        self.archive.store.put(
            [
                record_version(
                    p.record, p.version, p.original, p.text, p.facts, house=p.house, dossier=p.dossier
                )
                for p in rows
            ]
        )
        self._commit(rows)
        for number, p in prepared.items():
            answers[number] = _answer(number, p.record.state.value, p.record.id, p.record.problems)
        return [answers[number] for number, _ in chunk]

    def _commit(self, rows: Sequence[Prepared]) -> None:
        if not rows:
            return
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
                texts.append(VersionText(p.version.id, record.id, p.text))
            uow.add(*records)
            uow.add(*versions)
            uow.add(*texts)
            for record in records:
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
            wake_index(self.archive, uow)
            uow.commit()

    def _prepare(self, uow: UnitOfWork, row: Row) -> Prepared | Problem:
        if "!" in row:
            return Problem("bad_row", "这一行不是 JSON 对象。")
        source = self._source(row)
        if isinstance(source, Problem):
            return source
        original, media_type, name, facts = source
        named = row.get("type", "").strip()
        kind = self.archive.pack.record_types.get(named) or self.titles.exact(named)
        if named and kind is None:
            return Problem("unknown_type", f"没有档案类型「{named}」，请用代码或题名。", {"type": named})
        facts = _overlaid(facts, row, kind)
        belonging = self._belonging(uow, facts) if kind is None or kind.dossier in HOUSE_DOSSIERS else None
        return self._record(kind, facts, belonging, original, media_type, name, row)

    def _source(self, row: Row) -> tuple[bytes, str, str, RecordFacts] | Problem:
        """Bytes, media type, name and facts of a row's text or file."""
        if text := row.get("text", ""):
            facts = RecordFacts(pages=(1,), type=None, type_confidence=1.0, title="", text=text)
            return text.encode(), "text/plain", f"{row.get('title') or 'text'}.txt", facts
        if not row.get("file"):
            return Problem("no_source", "这一行既没有 file 也没有 text。")
        path = (self.files / row["file"]).resolve() if self.files else None
        if path is None or self.files is None or not path.is_relative_to(self.files) or not path.is_file():
            return Problem("no_such_file", f"找不到文件「{row['file']}」。", {"file": row["file"]})
        found = self._scanned(path)
        if found is not None:
            return found
        read = self.archive.reader().read_file(path, path.name)
        if read.state is FileState.REFUSED:
            return read.problems[0]
        whole = "\n".join(p.text for p in read.pages)
        first = read.records[0] if read.records else RecordFacts((1,), None, 0.0, "", whole)
        pages = tuple(range(1, len(read.pages) + 1)) or (1,)
        return path.read_bytes(), read.media_type, path.name, replace(first, text=whole, pages=pages)

    def _scanned(self, path: Path) -> Problem | None:
        try:
            with path.open("rb") as source:
                return found_in(self.archive, source)
        except ScannerUnavailable as error:
            raise Away(str(error), hint="病毒扫描程序恢复后再导入一次，已完成的行不会重复。") from error

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
        original: bytes,
        media_type: str,
        name: str,
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
        dossier = self._dossier(key, kind, house, tenure) if key and kind else None
        record = Record(
            id=record_id,
            type=kind.code if kind else None,
            title=row.get("title", "").strip() or (kind.title_zh if kind else name),
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
            media_type=media_type,
            sha256=sha256(original).hexdigest(),
            pack_version=self.archive.pack.version,
        )
        version = Version(
            version_id(record_id, 1), record_id, 1, record.sha256, len(original), media_type, name, now,
            self.actor.id, "taken over",
        )  # fmt: skip
        came = Source("imported", record.sha256, self.actor.id, codes=frozenset(p.code for p in problems))
        version = checked(self.archive, record, version, came)
        return Prepared(record, version, facts.text, original, facts, house, dossier)

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
    noted = [p if isinstance(p, Mapping) else {"code": p.code, "message": p.message} for p in problems]
    return {"row": number, "state": state, "record": record, "problems": noted}
