"""Filing: what a worker makes of a received file. Bytes to the store, then one transaction, then jobs (design 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.desk import with_doubt
from archive.domain.estate import House, Tenure
from archive.domain.filing import HOUSE_DOSSIERS, UNFILED_CLASS, Filing, decide, dossier_key
from archive.domain.four_properties import Source
from archive.domain.matching import Belonging, belong
from archive.domain.people import SYSTEM, Actor
from archive.domain.records import Dossier, Intake, Record, RecordState, Version, VersionText, version_id
from archive.ports.scanner import ScannerUnavailable
from archive.ports.store import NewVersion, Received
from archive.ports.unit_of_work import UnitOfWork
from archive.services import alike, scanning
from archive.services.archive import Archive
from archive.services.common import must, new_id
from archive.services.documents.history import note_revision
from archive.services.dossiers import open_dossier
from archive.services.errors import BadInput
from archive.services.form_returns import CameBack, came_back, note_return
from archive.services.indexing import wake_index
from archive.services.intake import UNREAD, finish
from archive.services.keeping import due_on
from archive.services.learning import learned
from archive.services.objects import as_file, checked, plain, record_version
from archive.services.threshold import threshold
from ingest.facts import FileFacts, FileState, Problem, RecordFacts
from schemas.houses import parse_house

WHOLE = "original"

DIVISIBLE = frozenset({"application/pdf", "image/tiff"})
"""Kinds of files of which a record may be a part; of others it keeps the whole."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One record about to be written, with the bytes that are its original."""

    record: Record
    version: Version
    facts: RecordFacts
    original: bytes | Received
    dossier: Dossier | None
    house: House | None
    claim: str = ""
    """The FormReturn of a printed form that came back."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading one received file came to, before anything of it is written."""

    item: Intake
    state: str
    problems: tuple[Problem, ...] = ()
    media_type: str = ""
    drafts: tuple[Draft, ...] = ()
    twin: str | None = None
    """The record that was made from the same bytes, for state "duplicate"."""


def read_intake(archive: Archive, intake_id: str) -> Outcome | None:
    """Read one received file; None when that was done before. Writes nothing but dossiers that it opens."""
    with archive.uow() as uow:
        item = must(uow.get(Intake, intake_id), "该文件")
        if item.state not in UNREAD:
            return None
        twin = _twin(uow, item)
        taught = learned(uow)
    if twin is not None:
        return _duplicate(item, twin)
    infected = _scanned(archive, item)
    if infected is not None:
        return Outcome(item, "refused", (infected,))
    with received_file(archive, item) as path:
        facts = archive.reader().read_file(path, item.original_name, learned=taught)
        if facts.state is FileState.REFUSED:
            return Outcome(item, "refused", facts.problems, facts.media_type)
        parts = facts.records or (_unread(facts),)
        with archive.uow() as uow:
            drafts = tuple(make_draft(archive, uow, item, facts, part, path) for part in parts)
    state = "kept_unreadable" if facts.state is FileState.UNREADABLE else "done"
    return Outcome(item, state, facts.problems, facts.media_type, drafts)


def _scanned(archive: Archive, item: Intake) -> Problem | None:
    """Why the file may not be read. Raises ScannerUnavailable, after the file says that it waits for that."""
    if archive.scanner is None:
        return None
    try:
        with archive.store.open_received(item.sha256) as stream:
            return scanning.found_in(archive, stream)
    except ScannerUnavailable:
        scanning.let_wait(archive, item)
        raise


def write_outcomes(
    archive: Archive, outcomes: Sequence[Outcome], also: Callable[[UnitOfWork], None] = lambda uow: None
) -> None:
    """Bytes of all files to the store, then one transaction for their rows and for `also`, then the index.

    Writing several files at once shares what is slow about being durable. A file whose twin was filed meanwhile
    ends as a duplicate; safe to run again after any interruption.
    """
    drafts = [draft for outcome in outcomes for draft in outcome.drafts]
    if drafts:
        archive.store.put([stored(draft) for draft in drafts])
    with archive.uow(write=True) as uow:
        written = [_write(archive, uow, outcome) for outcome in outcomes]
        also(uow)
        if drafts:
            wake_index(archive, uow)
            alike.wake(archive, uow)
        spent = _no_longer_needed(uow, written)
        uow.commit()
    for received in spent:
        archive.store.drop_received(received)


def _no_longer_needed(uow: UnitOfWork, written: Sequence[Outcome | None]) -> set[str]:
    """Received bytes that records hold now, or that are nothing, and that no other intake still waits with."""
    over = [
        o
        for o in written
        if o is not None and (o.state != "refused" or o.item.size == 0) and not _divisible_anew(o)
    ]
    return {o.item.sha256 for o in over if not uow.count(Intake, sha256=o.item.sha256, state=tuple(UNREAD))}


def _divisible_anew(outcome: Outcome) -> bool:
    """Whether the file fell into parts of which a person still has to look at one: they may set other boundaries."""
    parts = [d for d in outcome.drafts if d.record.sha256 != outcome.item.sha256]
    return bool(parts) and any(d.record.state is RecordState.TO_VERIFY for d in outcome.drafts)


def _write(archive: Archive, uow: UnitOfWork, outcome: Outcome) -> Outcome | None:
    """End one intake inside the transaction; None when another worker has done so."""
    fresh = uow.get(Intake, outcome.item.id)
    if fresh is None or fresh.state not in UNREAD:
        return None
    twin = _twin(uow, fresh) if outcome.drafts else None
    if twin is not None:
        outcome = _duplicate(fresh, twin)
    records = [write_draft(archive, uow, draft, fresh.received_by) for draft in outcome.drafts]
    ids = (outcome.twin,) if outcome.twin else tuple(r.id for r in records)
    noted = tuple(plain(p) for p in outcome.problems)
    uow.put(
        finish(
            fresh,
            outcome.state,
            records=ids,
            problems=noted,
            media_type=outcome.media_type,
            whole_kept=_divisible_anew(outcome),
        )
    )
    if outcome.state == "refused":
        uow.audit(
            Event.FILE_REFUSED,
            actor=SYSTEM.id,
            subject=fresh.id,
            at=archive.clock.now(),
            codes=[p.code for p in outcome.problems],
            sha256=fresh.sha256,
        )
    return outcome


@contextmanager
def received_file(archive: Archive, item: Intake) -> Iterator[Path]:
    """The received bytes as a file for the reader."""
    with archive.store.open_received(item.sha256) as stream, as_file(stream, WHOLE) as file:
        yield file


def _twin(uow: UnitOfWork, item: Intake) -> Record | None:
    """A record that was made from the very same bytes."""
    same = uow.list(Intake, sha256=item.sha256, state=("done", "kept_unreadable"), order=("id",), limit=5)
    for other in same:
        for record_id in other.records:
            record = uow.get(Record, record_id)
            if record is not None and record.state is not RecordState.DESTROYED:
                return record
    return None


def _duplicate(item: Intake, twin: Record) -> Outcome:
    message = f"同一个文件已经归档为「{twin.title}」，没有重复收下。"
    problem = Problem("duplicate", message, {"record": twin.id, "title": twin.title})
    return Outcome(item, "duplicate", (problem,), item.media_type, twin=twin.id)


def _unread(facts: FileFacts) -> RecordFacts:
    """A file of which nothing could be read still becomes one record, for a person to look at."""
    pages = tuple(range(1, len(facts.pages) + 1)) or (1,)
    return RecordFacts(
        pages=pages, type=None, type_confidence=0.0, title="", text="", problems=facts.problems
    )


def stored(draft: Draft) -> NewVersion:
    """A draft as the version that the store keeps of it."""
    return record_version(
        draft.record,
        draft.version,
        draft.original,
        draft.facts.text,
        draft.facts,
        house=draft.house,
        dossier=draft.dossier,
    )


def make_draft(
    archive: Archive, uow: UnitOfWork, item: Intake, facts: FileFacts, part: RecordFacts, path: Path
) -> Draft:
    part = replace(_as_wanted(part, item), lines=facts.lines_on(part.pages))
    back = came_back(archive, item, part, part.slip) if part.slip else CameBack(part)
    part = back.part
    kind = archive.pack.record_types.get(part.type or "")
    belonging = back.belonging
    if belonging is None and (kind is None or kind.dossier in HOUSE_DOSSIERS):
        belonging = find_belonging(uow, part)
    filing = decide(
        part, kind, belonging, archive.pack, threshold(uow), printed=bool(back.claim), noticed=back.doubts
    )
    if facts.state is FileState.UNREADABLE:
        filing = Filing(RecordState.KEPT_UNREADABLE, UNFILED_CLASS, tuple(facts.problems))
    whole = facts.media_type not in DIVISIBLE or len(part.pages) >= len(facts.pages)
    original: bytes | Received = Received(item.sha256, item.size)
    media_type = facts.media_type
    if not whole:
        original = archive.reader().extract(path, facts.media_type, part.pages)
    record = _record(archive, item, part, filing, belonging, media_type, original)
    turned = {page.number: page.turned for page in facts.pages}
    record = replace(record, turned=tuple(turned.get(number, 0) for number in part.pages))
    version = Version(
        id=version_id(record.id, 1),
        record=record.id,
        number=1,
        sha256=record.sha256,
        size=len(original) if isinstance(original, bytes) else original.size,
        media_type=media_type,
        original_name=item.original_name,
        created_at=record.filed_at,
        created_by=item.received_by,
        reason="received",
    )
    codes = frozenset(p.code for p in (*facts.problems, *part.problems))
    scan = "clean" if archive.scanner is not None else ""
    came = Source("received", item.sha256, item.received_by, item.id, not whole, codes, scan)
    version = checked(archive, record, version, came)
    number = part.document.number if part.document else ""
    key = (
        dossier_key(kind, belonging, part.date, number)
        if kind and filing.state is RecordState.FILED
        else None
    )
    house = belonging.house if belonging else None
    tenure = belonging.tenure if belonging else None
    dossier = open_dossier(archive, key, kind, house, tenure, item.received_by) if key and kind else None
    if dossier is not None:
        record = replace(record, dossier=dossier.id)
    return Draft(record, version, part, original, dossier, house, back.claim)


def draft_of_bytes(archive: Archive, actor: Actor, content: bytes, name: str, facts: FileFacts) -> Draft:
    """One record of bytes that were made here and read back; nothing of it is written yet.

    Raises BadInput when a person would have to settle something first.
    """
    digest = sha256(content).hexdigest()
    now = archive.clock.now()
    part = facts.records[0]
    item = Intake("", "", name, digest, len(content), facts.media_type, "done", now, actor.id)
    with archive.uow() as uow:
        draft = make_draft(archive, uow, replace(item, wanted_type=part.type), facts, part, Path())
    if draft.record.state is not RecordState.FILED:
        why = "；".join(str(p["message"]) for p in draft.record.problems)
        raise BadInput(f"还不能归档：{why}", code="not_fileable", hint="请改正后再发布。")
    return replace(draft, record=replace(draft.record, intake=None), original=content)


def _as_wanted(part: RecordFacts, item: Intake) -> RecordFacts:
    """What the person said at the door counts for more than what was read."""
    if item.wanted_type:
        part = replace(part, type=item.wanted_type, type_confidence=1.0)
    if item.wanted_house:
        part = replace(
            part, house=parse_house(item.wanted_house, field=True), house_written=item.wanted_house
        )
    return part


def find_belonging(uow: UnitOfWork, part: RecordFacts) -> Belonging:
    """Hold house and owner as read against the estate's register."""
    houses = uow.list(House, key=part.house, limit=20) if part.house else []
    tenures = {h.id: uow.list(Tenure, house=h.id, order=("started",), limit=50) for h in houses}
    by_owner: list[tuple[House, Tenure]] = []
    if part.house is None and part.owner:
        for tenure in uow.list(Tenure, owner=part.owner, limit=20):
            house = uow.get(House, tenure.house)
            if house is not None:
                by_owner.append((house, tenure))
    return belong(part.house, part.owner, part.date, houses, tenures, by_owner)


def _record(
    archive: Archive,
    item: Intake,
    part: RecordFacts,
    filing: Filing,
    belonging: Belonging | None,
    media_type: str,
    original: bytes | Received,
) -> Record:
    kind = archive.pack.record_types.get(part.type or "")
    house = belonging.house if belonging else None
    return Record(
        id=new_id(),
        type=part.type,
        title=_title(part, kind.title_zh if kind else "", item.original_name),
        state=filing.state,
        access_class=filing.access_class,
        filed_at=archive.clock.now(),
        version=1,
        change=0,
        house=house.id if house else None,
        house_key=house.key if house else part.house,
        tenure=belonging.tenure.id if belonging and belonging.tenure else None,
        owner=(belonging.owner if belonging else None) or part.owner,
        record_date=part.date,
        number=part.document.number if part.document else "",
        fields=tuple(plain(v) for v in part.fields),
        signatures=tuple(plain(m) for m in part.signatures),
        seals=tuple(plain(m) for m in part.seals),
        rows=tuple(plain(v) for v in part.rows),
        register_page=part.register_page,
        problems=tuple(plain(p) for p in filing.problems),
        source_pages=part.pages,
        pages=len(part.pages),
        chars=len(part.text),
        media_type=media_type,
        sha256=sha256(original).hexdigest() if isinstance(original, bytes) else original.sha256,
        intake=item.id,
        pack_version=archive.pack.version,
        certainty=filing.certainty,
    )


def _title(part: RecordFacts, type_title: str, name: str) -> str:
    if part.document and part.document.title:
        return f"{part.document.number} {part.document.title} {part.document.revision}".strip()
    return type_title or part.title or name


def write_draft(
    archive: Archive, uow: UnitOfWork, draft: Draft, person: str, issued: Mapping[str, Any] | None = None
) -> Record:
    """Rows of one record inside the caller's transaction; returns the record with its change number.

    `issued` as in note_revision, for a revision that was issued here.
    """
    record = replace(draft.record, change=uow.next_change())
    record = with_doubt(
        replace(record, due_on=due_on(archive, uow, record, {("record", record.id): ((), ())}))
    )
    uow.add(record, draft.version, VersionText(draft.version.id, record.id, draft.facts.text))
    if draft.claim:
        note_return(archive, uow, draft.claim, record)
    if draft.facts.document is not None and record.type is not None:
        note_revision(archive, uow, record, draft.facts.document, issued)
    event = Event.RECORD_FILED if record.state is RecordState.FILED else Event.RECORD_TO_VERIFY
    uow.audit(
        event,
        actor=person,
        subject=record.id,
        at=record.filed_at,
        type=record.type,
        dossier=record.dossier,
        house=record.house,
        sha256=record.sha256,
        version=1,
    )
    return record
