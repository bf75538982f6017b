"""Reading: a record opened, its pages shown, each one registered."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from archive.domain.access import Allowed, authorize
from archive.domain.access_model import AccessRequest, Grant, Reading
from archive.domain.audit_model import Event
from archive.domain.documents import Revision
from archive.domain.estate import House
from archive.domain.people import OPERATOR, Actor, Person
from archive.domain.records import Dossier, Record, Version, VersionText, version_id
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, grants_of, known_record, must, new_id
from archive.services.documents.history import newest_first
from archive.services.errors import BadInput
from archive.services.keeping import decision
from archive.services.objects import object_of_record, original_file, original_path
from archive.services.views import Download, RecordView, Rights
from archive.services.watermark import turned_back, watermark
from ingest.reader import ReadError
from retention import FactsError
from retention.model import Decision

WIDTHS = (400, 1000, 1600)
"""Page images are rendered in these widths (pixels) only, so the cache stays small."""


def rights_on(archive: Archive, uow: UnitOfWork, actor: Actor, record: Record) -> Rights:
    """What the actor may do with a known record, for pages to show before anything is tried."""
    grants = grants_of(archive, uow, actor)
    now = archive.clock.now()
    answer = authorize(actor, "record.open", archive.pack, record=record, grants=grants, now=now)
    download = authorize(actor, "record.download", archive.pack, record=record, grants=grants, now=now)
    copy = authorize(actor, "record.copy", archive.pack, record=record, grants=grants, now=now)
    opens = isinstance(answer, Allowed)
    pending = _pending(uow, actor, record)
    asks = authorize(actor, "access.request", archive.pack)
    return Rights(
        known=True,
        open=opens,
        download=isinstance(download, Allowed),
        copy=isinstance(copy, Allowed),
        refusal="" if isinstance(answer, Allowed) else answer.reason,
        may_request=not opens and pending is None and isinstance(asks, Allowed) and actor != OPERATOR,
        pending_request=pending,
        grant=answer.grant if isinstance(answer, Allowed) else None,
    )


def _pending(uow: UnitOfWork, actor: Actor, record: Record) -> str | None:
    targets = tuple(t for t in (record.id, record.dossier) if t)
    waiting = uow.list(AccessRequest, requester=actor.id, state="open", target=targets, limit=1)
    return waiting[0].id if waiting else None


def open_record(archive: Archive, actor: Actor, record_id: str, *, locale: str = "zh") -> RecordView:
    """Everything the actor may see of a record, its decision explained in `locale`.

    Raises NotFound when they may not know that it exists.
    """
    allow(archive, actor, "search")
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        rights = rights_on(archive, uow, actor, record)
        if not rights.open:
            return _closed(archive, uow, record, rights, locale)
        view = _opened(archive, uow, actor, record, rights, locale)
    _log(archive, actor, record, Event.RECORD_OPENED, rights.grant)
    return view


def _closed(archive: Archive, uow: UnitOfWork, record: Record, rights: Rights, locale: str) -> RecordView:
    """The record cut to what its class lets be known."""
    policy = archive.pack.access_classes[record.access_class]
    kind = archive.pack.record_types.get(record.type or "")
    known = set(policy.known)
    cut = Record(
        id=record.id,
        type=record.type if "type" in known else None,
        title=kind.title_zh if kind and "type" in known else "",
        state=record.state,
        access_class=record.access_class,
        filed_at=record.filed_at,
        version=record.version,
        change=0,
        dossier=record.dossier,
        house_key=record.house_key if "house" in known else None,
        record_date=record.record_date if "date" in known else None,
    )
    house = uow.get(House, record.house) if record.house and "house" in known else None
    return RecordView(cut, rights, None, house, decision=_decision(archive, uow, record, locale))


def _decision(archive: Archive, uow: UnitOfWork, record: Record, locale: str) -> Decision | None:
    try:
        return decision(archive, uow, record, archive.clock.today(), locale)
    except FactsError:
        return None


def _opened(
    archive: Archive, uow: UnitOfWork, actor: Actor, record: Record, rights: Rights, locale: str
) -> RecordView:
    readings: list[Reading] = []
    if isinstance(authorize(actor, "register.read", archive.pack), Allowed):
        readings = uow.list(Reading, record=record.id, order=("-at",), limit=200)
    versions = uow.list(Version, record=record.id, order=("-number",), limit=200)
    revision = next(iter(uow.list(Revision, record=record.id, limit=1)), None)
    siblings = newest_first(uow.list(Revision, document=revision.document)) if revision else []
    ids = tuple({r.reader for r in readings} | {v.created_by for v in versions})
    names = {p.id: p.display_name for p in uow.list(Person, id=ids)} if ids else {}
    return RecordView(
        record=record,
        rights=rights,
        dossier=uow.get(Dossier, record.dossier) if record.dossier else None,
        house=uow.get(House, record.house) if record.house else None,
        versions=tuple(versions),
        decision=_decision(archive, uow, record, locale),
        revision=revision,
        siblings=tuple(siblings),
        readings=tuple(readings),
        readers=names,
    )


def _log(
    archive: Archive, actor: Actor, record: Record, event: Event, grant: Grant | None, **detail: object
) -> None:
    """Readings of classes that open by role are not worth an entry each; those under a grant always are."""
    if archive.pack.access_classes[record.access_class].viewing != "grant" and event is Event.RECORD_OPENED:
        return
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        if event is Event.PAGE_VIEWED and "page" in detail:
            page = int(str(detail["page"]))
            version = int(str(detail["version"]))
            uow.add(Reading(new_id(), grant.id if grant else None, actor.id, record.id, version, page, now))
        uow.audit(
            event, actor=actor.id, subject=record.id, at=now, grant=grant.id if grant else None, **detail
        )
        uow.commit()


def may_open(archive: Archive, actor: Actor, record_id: str) -> bool:
    """Whether the actor may open the record now; asks without an entry in the log. Raises NotFound."""
    with archive.uow() as uow:
        return rights_on(archive, uow, actor, known_record(archive, uow, actor, record_id)).open


def page_count(archive: Archive, actor: Actor, record_id: str) -> int:
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        allow(archive, actor, "record.open", uow=uow, record=record)
    return max(1, record.pages)


def page_image(archive: Archive, actor: Actor, record_id: str, version: int, page: int, width: int) -> bytes:
    """One page as JPEG, watermarked with reader, time and grant when its class needs a grant.

    The reading is registered before the picture leaves. Raises BadInput for a page that is not there.
    """
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        allowed = allow(archive, actor, "record.open", uow=uow, record=record)
        stored = must(uow.get(Version, version_id(record.id, version)), "该版本")
        reader = uow.get(Person, actor.id)
    turned = record.turned[page - 1] if 1 <= page <= len(record.turned) else 0
    image = render_page(archive, stored, page, width, turned=turned)
    if archive.pack.access_classes[record.access_class].viewing != "grant":
        return image
    _log(archive, actor, record, Event.PAGE_VIEWED, allowed.grant, page=page, version=version)
    return watermark(image, marks(archive, actor, reader, allowed.grant), archive.font)


def marks(archive: Archive, actor: Actor, reader: Person | None, grant: Grant | None) -> tuple[str, ...]:
    """What a watermark says: who reads, when (UTC), under which grant."""
    name = reader.display_name if reader else actor.name
    return name, f"{archive.clock.now():%Y-%m-%d %H:%M} UTC", grant.id[-8:] if grant else ""


def render_page(archive: Archive, version: Version, page: int, width: int, *, turned: int = 0) -> bytes:
    """A page of a version as JPEG without watermark, from the cache or made by the reader's child.

    `turned` is by how many degrees clockwise it lies turned in the original; it is turned back.
    """
    width = min(WIDTHS, key=lambda w: abs(w - width))
    if page < 1:
        raise BadInput("没有这一页。", code="no_page")
    cached = page_cache(archive.home, version.record) / f"{version.sha256[:16]}-{page}-{width}-{turned}.jpg"
    if cached.is_file():
        return cached.read_bytes()
    with original_file(archive, version) as path:
        try:
            image = archive.reader().render(path, version.media_type, page, width)
        except ReadError as error:
            raise BadInput(str(error), code=error.code, hint="可下载原件查看，或请档案员核对。") from error
    if turned:
        image = turned_back(image, turned)
    cached.parent.mkdir(parents=True, exist_ok=True)
    part = cached.with_suffix(f".{new_id()}.part")
    part.write_bytes(image)
    part.replace(cached)
    return image


def page_cache(home: Path, record_id: str) -> Path:
    """Where page images of a record are cached; destruction removes the folder."""
    return home / "cache" / "pages" / sha256(record_id.encode()).hexdigest()[:2] / record_id


def record_text(archive: Archive, actor: Actor, record_id: str, version: int | None = None) -> str:
    """The extracted text; for classes that need a grant only page images are shown, so this is refused there."""
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        allow(archive, actor, "record.download", uow=uow, record=record)
        text = uow.get(VersionText, version_id(record.id, version or record.version))
    return text.text if text else ""


def download(archive: Archive, actor: Actor, record_id: str, version: int | None = None) -> Download:
    """The original bytes, where the class or grant allows to take them away."""
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        allowed = allow(archive, actor, "record.download", uow=uow, record=record)
        stored = must(uow.get(Version, version_id(record.id, version or record.version)), "该版本")
    _log(archive, actor, record, Event.RECORD_DOWNLOADED, allowed.grant, version=stored.number)
    path = original_path(stored.media_type)
    content = archive.store.read(object_of_record(record.id), stored.number, path)
    return Download(stored.original_name, stored.media_type, content, archive.clock.now())
