"""What use cases answer to the doors: read models already cut to what the asker may know.

A page, the API and the command line show exactly these values and compute nothing of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from archive.domain.access_model import AccessRequest, Grant, Reading
from archive.domain.audit_model import AuditEntry
from archive.domain.completeness import FileState, HouseholdFile
from archive.domain.desk import DeskLease
from archive.domain.documents import ChangeNotice, Document, Revision
from archive.domain.estate import EstateChange, House, Tenancy, Tenure
from archive.domain.learning import LearnedRule
from archive.domain.people import Person
from archive.domain.records import Dossier, Intake, Record, Version
from archive.domain.schedule import ScheduleVersion, Stage
from archive.services.paper_views import LoanDesk
from retention.model import Decision
from retention.schedule import Schedule
from schemas.model import RetentionRule


@dataclass(frozen=True, slots=True)
class Rights:
    """What the asker may do with one record, and why not where not. `grant` is the one that opens it."""

    known: bool
    open: bool
    download: bool
    refusal: str = ""
    """Code of the reason when not open: needs_grant, not_your_role, destroyed."""
    may_request: bool = False
    pending_request: str | None = None
    grant: Grant | None = None
    copy: bool = False
    """Whether pages may be taken along as a watermarked PDF."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `hit` marks the words that were searched."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One search hit. For a `restricted` one only what its class lets be known is set, and no snippet."""

    record: str
    type: str | None
    title: str
    house: str | None
    date: date | None
    access_class: str
    restricted: bool
    snippet: tuple[Piece, ...] | None
    may_request: bool
    state: str
    pending_request: str | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`complete` says whether everything filed can be found already.

    `current_to` is the change number up to which the index is complete, `behind` how many changes wait; both None for
    who may not see what is received: they would count records of which nothing may be known.
    """

    total: int
    hits: tuple[Hit, ...]
    current_to: int | None
    behind: int | None
    complete: bool
    by_type: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record page. Without the right to open it, `record` is cut to what is known and the rest is empty."""

    record: Record
    rights: Rights
    dossier: Dossier | None
    house: House | None
    versions: tuple[Version, ...] = ()
    decision: Decision | None = None
    revision: Revision | None = None
    siblings: tuple[Revision, ...] = ()
    readings: tuple[Reading, ...] = ()
    readers: Mapping[str, str] = field(default_factory=dict)
    """Person id → display name, for everything on this page."""


@dataclass(frozen=True, slots=True)
class VerifyView:
    """One item of the verification desk, with everything needed to decide; `text` is the page text by number."""

    record: Record
    intake: Intake | None
    facts: Mapping[str, Any]
    suggestions: tuple[tuple[str, str], ...]
    """(type code, zh title) to choose from, most likely first."""
    houses: tuple[House, ...]
    remaining: int
    lease: DeskLease | None = None
    holder: str = ""
    """Who has it in hand, when it is another person."""
    mine: bool = True
    over: bool = False
    """Whether the lease has ended, so that it may be taken over."""
    learned_type: LearnedRule | None = None
    """What an earlier correction suggests, where reading found no type."""
    learned_house: House | None = None


@dataclass(frozen=True, slots=True)
class StandsView:
    """A record as it stands after a clash: still `open` at the desk or not, and who decided last, when."""

    record: str
    state: str
    open: bool
    by: str
    at: datetime | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A record that waits; `lease` only while somebody has it in hand, `holder` is their name."""

    record: Record
    intake: Intake | None
    lease: DeskLease | None
    holder: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """A stretch of the queue. `total` counts what the filter leaves, `waiting` and `returned` all of it."""

    lines: tuple[QueueLine, ...]
    total: int
    waiting: int
    returned: int
    by_type: Mapping[str | None, int]
    by_reason: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BatchView:
    """An upload and how far it is. `records` are those of the items that came of it, by id, cut to type, title,
    house and state: an upload list shows what became of a file, never what it says."""

    batch: str
    items: tuple[Intake, ...]
    done: int
    total: int
    records: Mapping[str, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request with its names resolved and, once approved, its grant and what was opened under it."""

    request: AccessRequest
    requester: Person
    record: Record | None
    dossier: Dossier | None
    decided_by: Person | None = None
    grant: Grant | None = None
    readings: tuple[Reading, ...] = ()
    may_decide: bool = False


@dataclass(frozen=True, slots=True)
class OwnerFileLine:
    """One expected or present entry of an owner file's contents."""

    type: str
    title: str
    records: tuple[Record, ...]
    expected: bool
    state: FileState | None = None
    """missing or unsigned where something lacks,"""
    since: date | None = None
    """and since when (None: not known)."""
    unsigned: frozenset[str] = frozenset()
    """Ids of the records whose form was found without a signature or seal that it needs."""


@dataclass(frozen=True, slots=True)
class OwnerFileView:
    """An owner file 业主档案: the house, its tenures, what is there and what is missing."""

    dossier: Dossier | None
    house: House
    tenures: tuple[Tenure, ...]
    lines: tuple[OwnerFileLine, ...]
    rights: Rights
    shown: Tenure | None = None
    """The owner whose file this is."""
    tenancies: tuple[Tenancy, ...] = ()
    sold_on: date | None = None
    """The day on which the developer sold the house, as recorded last."""
    change: EstateChange | None = None
    """The latest change by hand, which can be undone; only for who manages the register."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A controlled document with all its revisions, newest first, and its change notices."""

    document: Document
    revisions: tuple[Revision, ...]
    open_notices: tuple[ChangeNotice, ...] = ()
    past_notices: tuple[ChangeNotice, ...] = ()
    parent: Document | None = None


@dataclass(frozen=True, slots=True)
class DueLine:
    """One line of the sweep's list."""

    record: str
    title: str
    type: str | None
    house: str | None
    outcome: str
    until: date | None
    rule: str
    clauses: tuple[str, ...]
    reason: str
    pack_version: str = ""
    """The version of the pack whose rule decided."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep found on `on`. `dry_run` ones are not kept."""

    on: date
    examined: int
    lines: tuple[DueLine, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class TypeChange:
    """A record type whose rules a new schedule changes, and for how many records what changes."""

    type: str
    before: tuple[RetentionRule, ...]
    after: tuple[RetentionRule, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What the loaded pack would change in the schedule in force. `version` is there once its effect is counted or
    being counted."""

    before: Schedule
    after: Schedule
    types: tuple[TypeChange, ...]
    version: ScheduleVersion | None
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def counted(self) -> bool:
        return self.version is not None and self.version.stage is Stage.COUNTED


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """One record that a new schedule would keep otherwise: `change` is longer, shorter or undecided."""

    record: str
    title: str
    type: str | None
    house: str | None
    change: str
    due: bool
    before: Decision | None
    after: Decision | None


@dataclass(frozen=True, slots=True)
class Health:
    """One part of the system and whether it answers. `message` says what to do when it does not."""

    name: str
    ok: bool
    message: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """The shift that runs, from `began` to `ends` (UTC). `filed` and `waiting` count what came in it, `late` what
    waits since an earlier one (`late_since`: when the oldest came). `move_ins` are households whose owner came today
    and whose file still lacks something."""

    began: datetime
    ends: datetime
    filed: int
    waiting: int
    late: int
    late_since: datetime | None
    move_ins: tuple[HouseholdFile, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """The first screen: counts and short lists, only what the person may do (empty otherwise)."""

    to_verify: int = 0
    waiting_files: int = 0
    open_requests: tuple[RequestView, ...] = ()
    my_requests: tuple[RequestView, ...] = ()
    my_grants: tuple[RequestView, ...] = ()
    due: int = 0
    refusals: tuple[AuditEntry, ...] = ()
    health: tuple[Health, ...] = ()
    quarantined_jobs: int = 0
    files: Mapping[str, int] = field(default_factory=dict)
    """How many owner files stand how, by archive.domain.completeness.FileState."""
    lacking: tuple[HouseholdFile, ...] = ()
    """The households that lack something longest."""
    shift: Shift | None = None
    paper: LoanDesk | None = None
    notices: tuple[ChangeNotice, ...] = ()
    """Change notices whose next step is the person's."""
    to_read: int = 0
    """Copies of documents that the person has not acknowledged."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    entries: tuple[AuditEntry, ...]
    size: int
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Download:
    """A file for the browser. `filename` is safe to show; send it RFC 6266 encoded."""

    filename: str
    media_type: str
    content: bytes
    at: datetime
