"""The typed, frozen vocabulary of a pack: what kinds of records exist and what the house's rules say of them.

Everything here is data read from YAML by `schemas.loader`; it knows no other package of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.dossier import DossierKind
    from schemas.obligation import Obligation, Post


class FieldType(StrEnum):
    """What a field of a form holds; it decides how its written value is read and checked."""

    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    HOUSE = "house"
    PERSON = "person"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    MONEY = "money"
    NUMBER = "number"
    CHOICE = "choice"
    CHECK = "check"


class DecidedBy(StrEnum):
    """Where a rule comes from: the manuals' own words, or the house's decision where they are silent."""

    MANUAL = "manual"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a form.

    `label_zh` is printed on the form; `aliases` are other printed labels for the same field, in either
    script. `choices` are the allowed values of a CHOICE field. A `required` field that is empty sends the
    record to the verification desk. `role` names what the field means to filing: house, owner, date, number,
    grade or "".
    """

    code: str
    label_zh: str
    label_en: str
    type: FieldType = FieldType.TEXT
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    required: bool = False
    role: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a form for a signature or a seal, with the printed label beside it and who signs there."""

    code: str
    label_zh: str
    label_en: str
    who: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = True
    clause: str = ""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One line of a retention schedule 保管期限.

    `period` is "permanent", "long_term", "unscheduled" or an ISO 8601 period such as "P2Y" or "P15D".
    `trigger` is the event whose day starts the period (see EVENT_TYPES); "" for permanent and unscheduled.
    `when` limits the rule to records whose fields have these values (code → value), for example a grade.
    `while_not` names an event that ends the rule: it holds only until that event has happened (a file is
    permanent while its owner stays; after the title transfer another rule decides). `trigger_decided_by` is
    HOUSE where the manual gives the period but not the event that starts it. `outcome` says what the end of
    the period leads to: "destroy" (a disposal list) or "review" (a person decides).
    """

    id: str
    period: str
    trigger: str = ""
    when: Mapping[str, str] = field(default_factory=dict)
    outcome: str = "destroy"
    clause: str = ""
    decided_by: DecidedBy = DecidedBy.MANUAL
    reason: str = ""
    title_zh: str = ""
    title_en: str = ""
    while_not: str = ""
    trigger_decided_by: DecidedBy = DecidedBy.MANUAL
    reason_zh: str = ""


EVENT_TYPES = (
    "title_transfer",
    "sale",
    "closed",
    "quarter_filed",
    "month_filed",
    "book_full",
    "contract_end",
    "staff_left",
    "recorded",
)
"""Trigger events 触发事件: what may have happened to a record and start the clock of its rule."""

DOSSIER_KINDS = ("owner_file", "staff_file", "vacant_unit_file", "register_quarter", "document", "none")
"""Kinds of dossiers 案卷 that records belong to."""

RECORD_KINDS = (
    "form",
    "register",
    "notice",
    "agreement",
    "certificate",
    "report",
    "plan",
    "correspondence",
    "drawing",
    "controlled_document",
    "recording",
    "reference",
)
"""Kinds of records.

A `reference` is a law or another's paper that the manuals cite and the office may keep.
"""

FIELD_ROLES = ("house", "owner", "date", "number", "grade", "")
"""What a field means to filing."""

ACTIONS = (
    "search",
    "record.know",
    "record.open",
    "record.download",
    "record.copy",
    "record.file",
    "form.print",
    "intake.see",
    "document.read",
    "document.edit",
    "document.review",
    "document.approve",
    "access.request",
    "access.emergency",
    "access.decide",
    "access.see_all",
    "register.read",
    "paper.see",
    "paper.manage",
    "estate.see",
    "estate.manage",
    "retention.see",
    "retention.approve",
    "event.record",
    "hold.set",
    "hold.lift",
    "audit.read",
    "audit.verify",
    "people.manage",
    "settings.manage",
    "system.health",
)
"""Every action that a role may be given; authorization knows no other."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of record types, as lists group them; the order of the families is that of the pack."""

    code: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type 档案类型: one form, register, notice or certificate.

    `dossier` is the kind of dossier its records belong to: owner_file, staff_file, vacant_unit_file,
    register_quarter, document or none. `marks` are phrases that the body of such a form contains and other
    forms do not; recognition uses them beside the title. `clauses` name the manual's paragraphs.

    A `retired` type is no longer offered or recognised; what was filed under it stays what it is, with its rules.

    `decided_by` and `reason` are about the type and where it is filed. `access_source` says why it has its
    access class: the clause, or the house's reason where `access_decided_by` is HOUSE.
    """

    code: str
    title_zh: str
    title_en: str
    family: str
    kind: str
    dossier: str
    access_class: str
    retention: tuple[RetentionRule, ...]
    aliases: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    procedure: str = ""
    filled_by: str = ""
    approved_by: str = ""
    fields: tuple[FieldSpec, ...] = ()
    signatures: tuple[Place, ...] = ()
    seals: tuple[Place, ...] = ()
    copies: tuple[str, ...] = ()
    paging: tuple[str, ...] = ()
    filing_deadline: str = ""
    clauses: tuple[str, ...] = ()
    decided_by: DecidedBy = DecidedBy.MANUAL
    reason: str = ""
    access_decided_by: DecidedBy = DecidedBy.MANUAL
    access_source: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class AccessClass:
    """An access class 密级 and what it lets be known.

    `rank` orders classes from public (0) up. `found_by` says what a person without a right may find a record
    by: "text" (its words match, yet nothing of them is shown), "metadata" (type, house, date only) or
    "nothing". `known` lists the metadata that such a person may then see. `viewing` is "role" (whoever has
    one of `reader_roles`) or "grant" (only under an approved, unexpired grant). `download` (the original
    bytes), `printing` and `export` (a package for elsewhere) are "role", "grant" or "never" in the same
    sense; `export_roles` may export where it goes by role. A grant ends after `grant_days` days unless the
    approver says otherwise.
    """

    code: str
    title_zh: str
    title_en: str
    rank: int
    viewing: str
    found_by: str = "text"
    known: tuple[str, ...] = ()
    reader_roles: tuple[str, ...] = ()
    download: str = "role"
    approver_roles: tuple[str, ...] = ()
    grant_days: int = 7
    printing: str = "role"
    export: str = "role"
    export_roles: tuple[str, ...] = ("archivist",)
    clause: str = ""
    decided_by: DecidedBy = DecidedBy.MANUAL
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A role and the actions it may do; `excludes` are roles that one person may not hold beside it."""

    code: str
    title_zh: str
    title_en: str
    actions: frozenset[str]
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of a workflow: from `source` by `action` to `target`, for `roles`; `not_same_as` names earlier
    actors (such as "requester") who may not take it."""

    action: str
    source: str
    target: str
    roles: tuple[str, ...]
    not_same_as: tuple[str, ...] = ()
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """States and steps of one kind of thing: access_request, controlled_document, loan or disposal."""

    code: str
    title_zh: str
    title_en: str
    initial: str
    states: tuple[str, ...]
    transitions: tuple[Transition, ...]

    def step(self, source: str, action: str) -> Transition | None:
        """The step that `action` takes from the state `source`, or None if it may not be taken there."""
        return next((t for t in self.transitions if t.source == source and t.action == action), None)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two clauses of the manuals that do not agree, what this pack does about it, and where a house changes
    it.

    `severity` is high, medium or low; those marked high are shown to the administrator.
    """

    code: str
    title_zh: str
    title_en: str
    severity: str
    clauses: tuple[str, ...]
    decision: str
    decision_zh: str
    change: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a house's rules say, in one frozen value.

    `version` is a digest of the files it was read from. `retention_rules` is the schedule 保管期限表, rule id
    → rule. `long_term_years` is what 长期 means, in years. `count_from` says where a period starts: "event"
    on the day of the trigger event, "next_year" on 1 January of the year after it, as many archives count.
    """

    version: str
    record_types: Mapping[str, RecordType]
    access_classes: Mapping[str, AccessClass]
    roles: Mapping[str, Role]
    workflows: Mapping[str, Workflow]
    long_term_years: int = 30
    archival_code: str = "{fonds}-{category}·{year}-{period}-{item:04d}"
    fonds: str = "DG"
    retention_rules: Mapping[str, RetentionRule] = field(default_factory=dict)
    count_from: str = "event"
    obligations: Mapping[str, Obligation] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    dossiers: Mapping[str, DossierKind] = field(default_factory=dict)
    contradictions: Mapping[str, Contradiction] = field(default_factory=dict)
    numbering: Mapping[str, str] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    shifts: tuple[time, ...] = (time(9), time(17))
    emergency_hours: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=dict)

    @property
    def offered(self) -> tuple[RecordType, ...]:
        """The record types that forms are recognised as and people choose from: all but the retired."""
        return tuple(kind for kind in self.record_types.values() if not kind.retired)

    def say(self, phrase: str, locale: str) -> str:
        """A describing phrase of the pack (who fills, copies, deadlines, evidence, reasons) in `locale`.

        Its Chinese from `words` for "zh…", else as it is written.
        """
        return self.words.get(phrase, phrase) if locale.startswith("zh") else phrase
