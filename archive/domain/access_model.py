"""Access requests, grants and what was read under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

KINDS = ("view", "copy")
"""What may be asked for: to read on the screen, or to take a watermarked copy along as well."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request 查阅申请 to read a record or a dossier.

    `state`: open, approved, refused, withdrawn. `kind` is one of KINDS. `access_class` is the target's when it was
    asked for; it says which roles may decide. An `emergency` was read first and is reviewed afterwards: `reviewed_by`
    is who did, `upheld` whether the reading was right (None until then).
    """

    id: str
    requester: str
    target_kind: str
    """"record" or "dossier"."""
    target: str
    purpose: str
    days: int
    state: str
    created_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    kind: str = "view"
    access_class: str = ""
    emergency: bool = False
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    upheld: bool | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission 查阅许可 that came of a request: who may read what, until when (UTC), approved by whom.

    `records` narrows a dossier's grant to some of its records (empty: all). A `copy` may also be taken along as a
    watermarked PDF. `approved_by` is the reader's own id for an emergency.
    """

    id: str
    request: str
    reader: str
    target_kind: str
    target: str
    purpose: str
    starts_at: datetime
    ends_at: datetime
    approved_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    kind: str = "view"
    records: tuple[str, ...] = ()

    def active(self, now: datetime) -> bool:
        return self.revoked_at is None and self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class Reading:
    """One page that was really shown, a line of the reading register 查阅登记表."""

    id: str
    grant: str | None
    reader: str
    record: str
    version: int
    page: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """An approver is away from `starts_on` to `ends_on` (both included); until then `deputy` decides for them."""

    id: str
    person: str
    deputy: str
    starts_on: date
    ends_on: date
    made_at: datetime
    ended_at: datetime | None = None
