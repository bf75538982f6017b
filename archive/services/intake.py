"""Intake: bytes come in, are durable, and wait for a worker."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import BinaryIO

from archive.domain.audit_model import Event
from archive.domain.jobs import Job, JobState
from archive.domain.people import Actor
from archive.domain.records import Intake, Record
from archive.ports.store import Received, StoreUnavailable
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must, new_id
from archive.services.errors import Away, BadInput
from archive.services.views import BatchView

FINISHED = frozenset({"done", "duplicate", "refused", "kept_unreadable", "failed"})
"""States of an intake in which nothing more happens by itself."""

UNREAD = frozenset({"waiting", "reading"})
"""States of an intake that a worker still has to read."""

RECENT_BATCHES = 20
SMALL = 2 * 1024**2
"""Bytes under which a file that is no picture is likely born digital."""
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".heic")
MAX_NAME = 255
MAX_BATCH = 64


def clean_name(name: str) -> str:
    """What the uploader called the file, safe to show: last part only, no control or direction marks, ≤ 255."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return shown.strip()[:MAX_NAME] or "未命名"


def clean_folder(path: str) -> str:
    """The folders above a file as the sender named them, safe to show: no empty, `.` or `..` part, at most 255."""
    parts = [clean_name(part) for part in path.replace("\\", "/").split("/") if part.strip(" .")]
    return "/".join(parts)[-MAX_NAME:]


def receive_file(
    archive: Archive,
    actor: Actor,
    source: BinaryIO,
    name: str,
    *,
    batch: str,
    folder: str = "",
    wanted_type: str | None = None,
    wanted_house: str | None = None,
) -> Intake:
    """Take one file in. On return its bytes are durable and a job waits; whatever follows loses nothing.

    Raises BadInput for a file over the size limit or an unknown type code, Away when the store has no room.
    """
    allow(archive, actor, "record.file")
    check_type(archive, wanted_type)
    got = store_bytes(archive, source)
    with archive.uow(write=True) as uow:
        item = take_in(
            archive, uow, actor.id, got, name, batch, folder=folder, wanted=(wanted_type, wanted_house)
        )
        uow.commit()
    return item


def check_type(archive: Archive, wanted_type: str | None) -> None:
    """Raises BadInput for a type that the pack does not have, or offers no longer."""
    if wanted_type and wanted_type not in {kind.code for kind in archive.pack.offered}:
        raise BadInput(
            f"没有档案类型 {wanted_type}。", code="unknown_type", hint="用 dangan types list 查看。"
        )


def take_in(
    archive: Archive,
    uow: UnitOfWork,
    person: str,
    got: Received,
    name: str,
    batch: str,
    *,
    folder: str = "",
    wanted: tuple[str | None, str | None] = (None, None),
) -> Intake:
    """Rows of one file whose bytes are durable, in the caller's transaction. `wanted`: type code and house."""
    now = archive.clock.now()
    item = Intake(
        id=new_id(),
        batch=batch[:MAX_BATCH],
        original_name=clean_name(name),
        sha256=got.sha256,
        size=got.size,
        media_type="",
        state="waiting",
        received_at=now,
        received_by=person,
        wanted_type=wanted[0],
        wanted_house=wanted[1],
        folder=clean_folder(folder),
    )
    uow.add(item)
    uow.enqueue(Job(new_id(), "read", _payload(item), JobState.WAITING, now, now, key=item.id))
    uow.audit(
        Event.FILE_RECEIVED,
        actor=person,
        subject=item.id,
        at=now,
        name=item.original_name,
        sha256=item.sha256,
        size=item.size,
    )
    return item


def _payload(item: Intake) -> dict[str, object]:
    """`small` says that reading will likely take a moment only, so that workers may take several at once."""
    picture = item.original_name.lower().endswith(PICTURES)
    return {"intake": item.id, "small": item.size < SMALL and not picture}


def store_bytes(archive: Archive, source: BinaryIO) -> Received:
    """The bytes, durable in the receiving area. Raises BadInput over the limit, Away."""
    try:
        return archive.store.receive(source, max_size=archive.max_upload)
    except StoreUnavailable as error:
        raise no_store() from error
    except ValueError as error:
        raise too_large(archive) from error


def no_store() -> Away:
    return Away("存储现在不可用,文件没有收下。", hint="请稍后再传;若仍不行,请管理员查看健康页。")


def too_large(archive: Archive) -> BadInput:
    limit = archive.max_upload // 1024**2
    return BadInput(f"文件超过 {limit} MB 的上限。", code="too_large", hint="请拆分后再传。")


def item(archive: Archive, actor: Actor, item_id: str) -> Intake:
    allow(archive, actor, "intake.see")
    with archive.uow() as uow:
        return must(uow.get(Intake, item_id), "该文件")


def batch(archive: Archive, actor: Actor, batch_id: str) -> BatchView:
    """How far an upload is; in the order the files came."""
    allow(archive, actor, "intake.see")
    with archive.uow() as uow:
        items = uow.list(Intake, batch=batch_id, order=("id",), limit=5000)
        if not items:
            must(None, "该批次")
        return replace(_view(batch_id, items), records=_outcomes(uow, items))


def _outcomes(uow: UnitOfWork, items: list[Intake]) -> dict[str, Record]:
    """What came of the items, without what it says."""
    ids = [r for i in items for r in i.records]
    found: dict[str, Record] = {}
    for start in range(0, len(ids), 500):
        for r in uow.list(Record, id=tuple(ids[start : start + 500])):
            found[r.id] = replace(
                r,
                owner=None,
                number="",
                fields=(),
                rows=(),
                signatures=(),
                seals=(),
                problems=(),
                register_page=None,
            )
    return found


def _view(batch_id: str, items: list[Intake]) -> BatchView:
    done = sum(i.state in FINISHED for i in items)
    return BatchView(batch_id, tuple(items), done, len(items))


def recent_batches(archive: Archive, actor: Actor) -> list[BatchView]:
    """The newest uploads, newest first."""
    allow(archive, actor, "intake.see")
    with archive.uow() as uow:
        newest = uow.list(Intake, order=("-id",), limit=500)
    batches: dict[str, list[Intake]] = {}
    for one in newest:
        batches.setdefault(one.batch, []).append(one)
    return [
        _view(b, sorted(items, key=lambda i: i.id)) for b, items in list(batches.items())[:RECENT_BATCHES]
    ]


def finish(item: Intake, state: str, **changes: object) -> Intake:
    """The intake in its last state."""
    return replace(item, state=state, **changes)  # type: ignore[arg-type]
