"""What reading a file yields: facts with their place, confidence and origin. No database, no clock.

Boxes are fractions of the upright page (0 left/top … 1 right/bottom), so they hold at any resolution.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ingest.slips import Slip


class FileState(StrEnum):
    """How reading a file ended; a closed list."""

    READ = "read"
    UNREADABLE = "unreadable"
    """The original is kept but nothing could be read (encrypted, damaged, unknown format)."""
    REFUSED = "refused"
    """The file may not become a record as it is (empty, macro, bomb); it stays in quarantine."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on page `page` (from 1), in fractions of the upright page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as read, with its place (None for born-digital text without layout) and confidence
    0…1."""

    text: str
    box: Box | None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `turned` is the clockwise turn in degrees (0, 90, 180, 270) found in the input and undone."""

    number: int
    lines: tuple[Line, ...]
    text: str
    width: int = 0
    height: int = 0
    turned: int = 0
    skew: float = 0.0
    blank: bool = False
    origin: str = "text"
    """"text" (born digital) or "ocr"."""
    codes: tuple[str, ...] = ()
    """What the QR codes on a scanned page say."""


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value: `written` as it stands on the page, `value` in normal form (ISO day, digits, choice
    …)."""

    code: str
    label: str
    written: str
    value: str
    box: Box | None = None
    confidence: float = 1.0
    origin: str = "text"
    """"text", "ocr", "qr" or "person"."""
    row: int = 0
    """Which entry of a table the value belongs to, from 1; 0 for a value of the whole form."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A signature or seal at the place that the type asks for."""

    place: str
    present: bool
    confidence: float = 1.0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know. `code` is stable; `message` says in Chinese what happened and what to
    do;
    `details` fill translations."""

    code: str
    message: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One row of a 文件修改控制页, as written."""

    pages: str
    chapter: str
    notice: str
    state: str
    changed_by: str
    changed_on: str
    approved_by: str
    approved_on: str


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a revision says of itself once it is signed. `revision` is "A/1"; `people` and `days` (ISO 8601) go by
    prepared, reviewed, approved, days by effective and issued too; `rows` are this revision's on the control page."""

    number: str
    revision: str
    people: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[RevisionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What a controlled document says of itself: cover, control page, chapters; `findings` are what
    disagrees."""

    number: str
    title: str
    revision: str
    effective: date | None = None
    prepared_by: str = ""
    prepared_on: date | None = None
    reviewed_by: str = ""
    reviewed_on: date | None = None
    approved_by: str = ""
    approved_on: date | None = None
    copy_number: str = ""
    holder: str = ""
    control_page: tuple[RevisionRow, ...] = ()
    chapters: tuple[tuple[str, str], ...] = ()
    tracked_changes: int = 0
    findings: tuple[Problem, ...] = ()
    issued: date | None = None
    control_status: str = ""
    """受控 or 非受控 as the cover prints it."""
    department: str = ""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """One record found in a file: pages `pages` (from 1) of the input, its type and what it says.

    `type` is None when no type was recognised surely; `type_confidence` is the share of such calls expected
    right.
    `house` is the canonical key parsed from `house_written` (not yet checked against any estate).
    """

    pages: tuple[int, ...]
    type: str | None
    type_confidence: float
    title: str
    text: str
    house_written: str = ""
    house: str | None = None
    owner: str | None = None
    date: date | None = None
    fields: tuple[Value, ...] = ()
    signatures: tuple[Mark, ...] = ()
    seals: tuple[Mark, ...] = ()
    register_page: tuple[int, int] | None = None
    problems: tuple[Problem, ...] = ()
    rows: tuple[Value, ...] = ()
    """The entries of a register or list, row by row; each may be about another household."""
    document: DocumentFacts | None = None
    slip: Slip | None = None
    """The code on its pages, where it is a form that an archive printed; only the archive knows if it is good."""
    lines: tuple[Line, ...] = ()
    """Its lines that have a place, so that what a search finds is shown where it stands; set when it is filed."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything read from one file. `media_type` goes by content, never by name."""

    state: FileState
    media_type: str
    pages: tuple[Page, ...] = ()
    records: tuple[RecordFacts, ...] = ()
    problems: tuple[Problem, ...] = ()

    def lines_on(self, pages: Collection[int]) -> tuple[Line, ...]:
        """The lines on these pages (numbers of the input) that have a place."""
        return tuple(
            x for page in self.pages if page.number in pages for x in page.lines if x.box is not None
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost before the child that reads it is killed."""

    seconds: float = 20.0
    """Processor seconds for a file; on a busy machine it may take `PATIENCE` times as long by the clock."""
    page_seconds: float = 20.0
    """Seconds more for each page that goes to recognition."""
    memory: int = 512 * 1024**2
    """Bytes of address space that a file may take, beside what the child itself needs."""
    recognition: int = 1536 * 1024**2
    """Bytes more where pages are pictures: the engine's networks, and decoded scans."""
    unpacked: int = 300 * 1024**2
    """Bytes that a zip container may unpack to."""
    ratio: int = 200
    """Unpacked to packed size of a zip container."""
    entries: int = 5000
    pixels: int = 120_000_000
    """Pixels of one image or rendered page."""
    pages: int = 2000
    file: int = 2 * 1024**3
