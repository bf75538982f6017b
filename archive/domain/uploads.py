"""Files that come in pieces: what has arrived of each, until they are whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(days=7)
"""How long an upload that nobody goes on with is kept; a laptop closed on Friday goes on after a holiday."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way in. `offset` bytes of `size` are durable; `id` is random, and only `person` may go on.

    `state`: open (more is to come), joining (all is there and is put together), done (it became `intake`), refused
    (`problem` says by code why). `folder` is the path above the file as the sender named it, only to be shown.
    `sha256` is what the sender says the whole file is, empty when it said nothing.
    """

    id: str
    person: str
    batch: str
    name: str
    size: int
    offset: int
    state: str
    created_at: datetime
    touched_at: datetime
    folder: str = ""
    sha256: str = ""
    wanted_type: str | None = None
    wanted_house: str | None = None
    intake: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class UploadPiece:
    """Bytes `start` … `start + size` of an upload, kept in the store under `name`."""

    id: str
    upload: str
    start: int
    size: int
    name: str
    sha256: str


def piece_id(upload: str, start: int) -> str:
    """One for each place in a file, so that two pieces for the same place can't both count."""
    return f"{upload}.{start:015}"
