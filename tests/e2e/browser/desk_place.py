"""A served archive whose desk has papers waiting for natural reasons, for the desk's tests and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive.services.demo_papers import sample_papers
from archive.services.demo_papers.neighbourhood import register_csv
from archive.web.assets import font_path
from schemas import load_pack
from tests.e2e.running import Running

PASSWORD = "a-browser-test-2026"
YEAR = 2026
PEOPLE = {
    "archivist": ("archivist", "例静文"),
    "second": ("archivist", "示小禾"),
    "chief": ("administrator", "样维安"),
}
PAPERS = (
    "入住资料_5幢602.pdf",
    "业主资料卡_3-2-1203.jpg",
    "装修申请_A座1208.jpg",
    "动火证.jpg",
    "违章记录0506.jpg",
    "违章记录_未写性质.jpg",
    "回访记录0218.jpg",
)


@dataclass
class DeskPlace:
    """The running archive and the records that came of each file."""

    running: Running
    records: dict[str, list[str]] = field(default_factory=dict)


def register_with_gaps() -> bytes:
    """The neighbourhood's register, in which one owner's name differs, one nearly fits, and one house is missing."""
    lines = register_csv(YEAR).decode().splitlines()
    wrong = {"例一鸣": "样文远", "例家豪": "例家俊"}
    kept = [line for line in lines if "A座1208" not in line]
    for read, registered in wrong.items():
        kept = [line.replace(read, registered) for line in kept]
    return "\n".join(kept).encode() + b"\n"


@contextmanager
def desk_place(folder: Path) -> Iterator[DeskPlace]:
    """An archive of two archivists and an administrator, with the papers read; ends its processes on leaving."""
    running = Running(folder / "home", {}, ("--workers", "1"))
    running.dangan("init")
    for name, (role, shown) in PEOPLE.items():
        given = ("--roles", role, "--display-name", shown, "--password-stdin")
        running.dangan("user", "add", name, *given, stdin=PASSWORD + "\n")
    register = folder / "houses.csv"
    register.write_bytes(register_with_gaps())
    running.dangan("estate", "import", str(register))
    files = []
    for name, body in sample_papers(load_pack(), font_path(), YEAR):
        if name in PAPERS:
            files.append(folder / name)
            files[-1].write_bytes(body)
    place = DeskPlace(running)
    for line in running.answers("ingest", *map(str, files), "--wait"):
        place.records.setdefault(Path(line["path"]).name, []).append(line["record"])
    running.start()
    try:
        yield place
    finally:
        running.stop()
