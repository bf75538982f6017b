"""The wired archive as use cases see it: ports, pack and the few settings that matter to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from archive.domain.checkpoints import Signer
from archive.domain.witness import Witness
from archive.ports.clock import Clock
from archive.ports.jobs import Jobs
from archive.ports.scanner import Scanner
from archive.ports.search import SearchIndex
from archive.ports.store import BlobStore
from archive.ports.unit_of_work import UnitOfWorkFactory
from ingest.facts import FileFacts, Imprint
from schemas.learned import Learned
from schemas.model import Pack


class FileReader(Protocol):
    """What use cases need of ingest.reader.Reader: reading and rendering in a killable child."""

    def read_file(
        self,
        path: Path,
        name: str = "",
        *,
        learned: Learned | None = None,
        parts: Sequence[Sequence[int]] | None = None,
        turned: Mapping[int, int] | None = None,
    ) -> FileFacts: ...

    def render(self, path: Path, media_type: str, page: int, width: int) -> bytes: ...

    def extract(self, path: Path, media_type: str, pages: Sequence[int]) -> bytes: ...

    def imprint(self, path: Path, imprint: Imprint) -> bytes: ...

    def page_count(self, path: Path, media_type: str) -> int: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Archive:
    """Everything a use case may touch. Made by archive.bootstrap, one per process."""

    uow: UnitOfWorkFactory
    store: BlobStore
    index: SearchIndex
    jobs: Jobs
    clock: Clock
    pack: Pack
    reader: Callable[[], FileReader]
    """The process's reader, started at first use; only workers and page rendering use it."""
    home: Path
    """Folder for caches and the signing key; on scale-out each machine has its own."""
    font: Path
    """A TrueType font with Chinese glyphs, for watermarks and prints."""
    signer: Callable[[], Signer]
    """Who signs the audit log's checkpoints; the key is loaded at first use."""
    zone: tzinfo
    """The house's time zone: its days and shifts are told in it."""
    max_upload: int = 2 * 1024**3
    watch: Path | None = None
    """The folder that a scanner writes to."""
    scanner: Scanner | None = None
    """Looks for malware before a file is read; None where none is configured."""
    witness: Callable[[], Witness] | None = None
    """A second key that cosigns checkpoints, read anew each time (its medium may be out: OSError); None where none
    is configured."""
