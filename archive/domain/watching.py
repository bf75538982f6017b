"""The watched folder's rules without I/O: which names are not finished, and what folder names say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.houses import parse_house
from schemas.model import Pack, RecordType

TAKEN_FOLDER = "taken"
REFUSED_FOLDER = "refused"
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", ".lock", ".temp")


@dataclass(frozen=True, slots=True)
class Seen:
    """What tells one state of a file from another: inode, bytes, and time of the last change in nanoseconds."""

    inode: int
    size: int
    mtime: int


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """A file in the watched folder, by its path below it.

    `state`: settling (unchanged `since`), taken (its bytes are in, as `intake`), refused (`note` says why), moved
    (to `target`, below the folder). `day` is the ISO day that names the folder it moves to.
    """

    id: str
    state: str
    inode: int
    size: int
    mtime: int
    since: datetime
    intake: str | None = None
    day: str = ""
    target: str = ""
    note: str = ""

    @property
    def seen(self) -> Seen:
        return Seen(self.inode, self.size, self.mtime)


class Exact(Protocol):
    """What is needed of schemas.titles.Titles."""

    def exact(self, title: str) -> RecordType | None: ...


def partial(name: str) -> bool:
    """Whether a name is that of a file under way, hidden, or of an editor's own."""
    lower = name.lower()
    return lower.startswith((".", "~")) or lower.endswith(UNFINISHED) or lower in ("thumbs.db", "desktop.ini")


def wishes(folder: str, pack: Pack, titles: Exact) -> tuple[str | None, str | None]:
    """(type code, house) that the folders above a file name; of several the closest to the file counts."""
    kind: str | None = None
    house: str | None = None
    for part in reversed([p for p in folder.split("/") if p]):
        named = pack.record_types.get(part) or titles.exact(part)
        if kind is None and named is not None:
            kind = named.code
        elif house is None and parse_house(part, field=True):
            house = part
    return kind, house
