"""Files that come in pieces: begun, gone on with from any machine, put together, swept when nobody comes back.

A piece is durable in the store before its row says so, and rows alone say what counts: two senders of one place
can't both win, and a crash costs the piece under way.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, cast

from archive.domain.jobs import Job, JobState
from archive.domain.people import Actor
from archive.domain.records import Intake
from archive.domain.uploads import GRACE, Upload, UploadPiece, piece_id
from archive.ports.store import BlobStore, NotStored, Piece, Received, StoreUnavailable
from archive.ports.unit_of_work import AtMost, Conflict, UnitOfWork
from archive.services import intake
from archive.services.archive import Archive
from archive.services.common import allow, new_id
from archive.services.errors import ArchiveError, BadInput, Clash, NotFound

if TYPE_CHECKING:
    from typing_extensions import Buffer

AT_ONCE = 64 * 1024**2
"""Bytes up to which a whole file is put together while its sender waits; larger ones are a worker's job."""
STUCK = timedelta(minutes=1)
"""A file that has been complete for so long and is not taken in lost its process."""
ORPHANS = timedelta(days=1)
"""After this time pieces in the store that no row knows are ones of a writer that died."""
MOST_OPEN = 2000
"""Unfinished uploads that one person may have."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a sender says of a file before its bytes. `size` in bytes; `sha256` (hex) of the whole may be empty."""

    name: str
    size: int
    batch: str = ""
    folder: str = ""
    sha256: str = ""
    wanted_type: str | None = None
    wanted_house: str | None = None


def limits(archive: Archive, actor: Actor) -> int:
    """The largest file that may be sent, in bytes."""
    allow(archive, actor, "record.file")
    return archive.max_upload


def begin(archive: Archive, actor: Actor, said: Announced) -> Upload:
    """Announce a file; its pieces follow by `append`.

    Raises BadInput: too_large, unknown_type, bad_checksum, too_many_uploads.
    """
    upload = _announced(archive, actor, said)
    with archive.uow(write=True) as uow:
        if uow.count(Upload, person=actor.id, state="open") >= MOST_OPEN:
            raise BadInput(
                "没有传完的文件太多。", code="too_many_uploads", hint="请先传完或取消已开始的上传。"
            )
        uow.add(upload if upload.size else replace(upload, state="joining"))
        uow.commit()
    return upload if upload.size else _whole(archive, upload)


def send_whole(
    archive: Archive, actor: Actor, said: Announced, source: BinaryIO, checksum: str = ""
) -> Upload:
    """Announce a file and take it in at once: the short way for small ones. Raises as `begin` and `append` do."""
    upload = _announced(archive, actor, said)
    got = intake.store_bytes(archive, source)
    if got.size != said.size or {checksum, said.sha256} - {"", got.sha256}:
        raise mismatch()
    with archive.uow(write=True) as uow:
        item = _settle(archive, uow, upload, got, new=True)
        uow.commit()
    return replace(upload, state="done", offset=upload.size, intake=item.id if item else None)


def _announced(archive: Archive, actor: Actor, said: Announced) -> Upload:
    allow(archive, actor, "record.file")
    if not 0 <= said.size <= archive.max_upload:
        raise intake.too_large(archive)
    if said.sha256 and not re.fullmatch(r"[0-9a-f]{64}", said.sha256):
        raise BadInput("SHA-256 须是 64 位十六进制小写。", code="bad_checksum")
    intake.check_type(archive, said.wanted_type)
    now = archive.clock.now()
    return Upload(
        id=secrets.token_hex(16),
        person=actor.id,
        batch=said.batch[: intake.MAX_BATCH] or secrets.token_hex(8),
        name=intake.clean_name(said.name),
        size=said.size,
        offset=0,
        state="open",
        created_at=now,
        touched_at=now,
        folder=intake.clean_folder(said.folder),
        sha256=said.sha256,
        wanted_type=said.wanted_type,
        wanted_house=said.wanted_house,
    )


def find(archive: Archive, actor: Actor, upload_id: str) -> Upload:
    """The actor's own upload; NotFound for another's, without a difference."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        return _own(uow, actor, upload_id)


def unfinished(archive: Archive, actor: Actor) -> list[Upload]:
    """What the actor began and has not finished, newest first."""
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        return uow.list(Upload, person=actor.id, state="open", order=("-touched_at",), limit=100)


def append(
    archive: Archive, actor: Actor, upload_id: str, offset: int, source: BinaryIO, checksum: str = ""
) -> Upload:
    """Take the next piece in; durable on return. The last one makes the file whole.

    `checksum` is the piece's SHA-256 (hex) when the sender knows it. Raises Clash (wrong_offset) when the piece
    begins elsewhere than where the upload stands; BadInput: checksum_mismatch (the piece was not kept), too_large
    for more bytes than announced; NotFound, Away; and what `source` raises.
    """
    allow(archive, actor, "record.file")
    with archive.uow() as uow:
        upload = _own(uow, actor, upload_id)
    _check_place(upload, offset)
    piece = _keep(archive, upload, source)
    if checksum and checksum != piece.sha256:
        raise mismatch()
    if piece.size == 0:
        return upload
    moved = _count(archive, actor, upload, piece)
    return moved if moved.offset < moved.size else _whole(archive, moved)


def cancel(archive: Archive, actor: Actor, upload_id: str) -> None:
    """Forget an upload with all its pieces. What is whole already stays received."""
    allow(archive, actor, "record.file")
    with archive.uow(write=True) as uow:
        upload = _own(uow, actor, upload_id)
        if upload.state == "joining":
            return
        _forget(uow, upload)
        uow.commit()
    archive.store.drop_pieces(upload.id)


def join(archive: Archive, upload_id: str) -> Intake | None:
    """Put the pieces of a complete upload together and take the file in; None when that was done before.

    Safe to run again after any interruption: the file is taken in once. Raises StoreUnavailable.
    """
    with archive.uow() as uow:
        upload = uow.get(Upload, upload_id)
        pieces = uow.list(UploadPiece, upload=upload_id, order=("start",))
    if upload is None or upload.state != "joining":
        return None
    got = _joined(archive, upload, pieces)
    with archive.uow(write=True) as uow:
        fresh = uow.get(Upload, upload.id)
        if fresh is None or fresh.state != "joining":
            return None
        item = _settle(archive, uow, fresh, got)
        for piece in pieces:
            uow.remove(UploadPiece, piece.id)
        uow.commit()
    archive.store.drop_pieces(upload.id)
    return item


def sweep(archive: Archive) -> int:
    """Forget uploads that nobody went on with for GRACE, and pieces that no row knows; returns how many."""
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        old = uow.list(Upload, state=("open", "done", "refused"), touched_at=AtMost(now - GRACE), limit=5000)
        for upload in old:
            _forget(uow, upload)
        uow.commit()
    for upload in old:
        archive.store.drop_pieces(upload.id)
    swept = len(old)
    lying = [name for name, newest in archive.store.list_pieces() if newest < now - ORPHANS]
    for name in lying:
        with archive.uow() as uow:
            known = uow.get(Upload, name)
        if known is None or known.state in ("done", "refused"):
            archive.store.drop_pieces(name)
            swept += 1
    return swept


def mismatch() -> ArchiveError:
    return BadInput("收到的内容与校验值不符,没有保存。", code="checksum_mismatch", hint="请重传这一段。")


def _own(uow: UnitOfWork, actor: Actor, upload_id: str) -> Upload:
    upload = uow.get(Upload, upload_id)
    if upload is None or upload.person != actor.id:
        raise NotFound("没有这个上传,可能已过期或已取消。", code="upload_gone", hint="请重新选择文件上传。")
    return upload


def _check_place(upload: Upload, offset: int) -> None:
    if upload.state != "open" or offset != upload.offset:
        raise Clash(
            f"这个上传已收到 {upload.offset} 字节,不能从第 {offset} 字节续传。",
            code="wrong_offset",
            hint="请先询问已收到的长度,再从那里继续。",
        )


def _keep(archive: Archive, upload: Upload, source: BinaryIO) -> Piece:
    try:
        return archive.store.keep_piece(upload.id, source, max_size=upload.size - upload.offset)
    except StoreUnavailable as error:
        raise intake.no_store() from error
    except NotStored as error:  # cancelled meanwhile
        raise NotFound("这个上传已取消。", code="upload_gone") from error
    except ValueError as error:
        raise BadInput("内容比开始时说的长。", code="too_large", hint="请重新上传这个文件。") from error


def _count(archive: Archive, actor: Actor, upload: Upload, piece: Piece) -> Upload:
    """Say in the database that the piece is there; of two for one place the first counts."""
    with archive.uow(write=True) as uow:
        fresh = _own(uow, actor, upload.id)
        _check_place(fresh, upload.offset)
        row = UploadPiece(
            piece_id(upload.id, upload.offset), upload.id, upload.offset, piece.size, piece.name, piece.sha256
        )
        end = fresh.offset + piece.size
        state = "joining" if end == fresh.size else "open"
        moved = replace(fresh, offset=end, state=state, touched_at=archive.clock.now())
        try:
            uow.add(row)
            uow.put(moved)
            if state == "joining" and moved.size > AT_ONCE:
                _enqueue(archive, uow, moved)
            uow.commit()
        except Conflict as error:
            raise Clash("另一处正在续传同一个文件。", code="wrong_offset") from error
    return moved


def _enqueue(archive: Archive, uow: UnitOfWork, upload: Upload) -> None:
    now = archive.clock.now()
    uow.enqueue(
        Job(new_id(), "join_upload", {"upload": upload.id}, JobState.WAITING, now, now, key=upload.id)
    )


def go_on(archive: Archive) -> int:
    """Have workers put together what was complete when its process died; returns how many."""
    with archive.uow() as uow:
        lying = uow.list(Upload, state="joining", touched_at=AtMost(archive.clock.now() - STUCK), limit=100)
    if lying:
        with archive.uow(write=True) as uow:
            for upload in lying:
                _enqueue(archive, uow, upload)
            uow.commit()
    return len(lying)


def _whole(archive: Archive, upload: Upload) -> Upload:
    """All bytes are there: take the file in now when that is quick; a worker does it otherwise."""
    if upload.size > AT_ONCE:
        return upload
    with suppress(StoreUnavailable):  # the bytes are durable: `go_on` finds them when the store is back
        join(archive, upload.id)
    with archive.uow() as uow:
        return uow.get(Upload, upload.id) or upload


def _joined(archive: Archive, upload: Upload, pieces: Sequence[UploadPiece]) -> Received | None:
    """The whole file in the receiving area; None when a piece is missing or is not what came."""
    places = [0, *(p.start + p.size for p in pieces)]
    if [p.start for p in pieces] != places[:-1] or places[-1] != upload.size:
        return None
    with ExitStack() as stack:
        joined = stack.enter_context(io.BufferedReader(_Joined(archive.store, pieces), 1024**2))
        try:
            return archive.store.receive(cast(BinaryIO, joined), max_size=upload.size)
        except NotStored:
            return None


def _settle(
    archive: Archive, uow: UnitOfWork, upload: Upload, got: Received | None, *, new: bool = False
) -> Intake | None:
    """The upload in its last state, and the file on its way to be read. `new`: the row is not there yet."""
    write = uow.add if new else uow.put
    if got is None or (upload.sha256 and got.sha256 != upload.sha256):
        write(replace(upload, state="refused", problem="checksum_mismatch"))
        return None
    item = intake.take_in(
        archive,
        uow,
        upload.person,
        got,
        upload.name,
        upload.batch,
        folder=upload.folder,
        wanted=(upload.wanted_type, upload.wanted_house),
    )
    write(replace(upload, state="done", offset=upload.size, intake=item.id))
    return item


def _forget(uow: UnitOfWork, upload: Upload) -> None:
    for piece in uow.list(UploadPiece, upload=upload.id):
        uow.remove(UploadPiece, piece.id)
    uow.remove(Upload, upload.id)


class _Joined(io.RawIOBase):
    """Pieces one after another; NotStored where one is not what came in."""

    def __init__(self, store: BlobStore, pieces: Sequence[UploadPiece]) -> None:
        self._store = store
        self._rest = list(pieces)
        self._open: tuple[BinaryIO, UploadPiece] | None = None
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        while True:
            if self._open is None:
                if not self._rest:
                    return 0
                piece = self._rest.pop(0)
                stored = Piece(piece.upload, piece.name, piece.sha256, piece.size)
                self._open, self._digest = (self._store.open_piece(stored), piece), hashlib.sha256()
            stream, piece = self._open
            data = stream.read(len(view))
            if data:
                self._digest.update(data)
                view[: len(data)] = data
                return len(data)
            self._shut()
            if self._digest.hexdigest() != piece.sha256:
                raise NotStored(f"piece {piece.name} is not what came in")

    def _shut(self) -> None:
        if self._open is not None:
            self._open[0].close()
            self._open = None

    def close(self) -> None:
        self._shut()
        super().close()
