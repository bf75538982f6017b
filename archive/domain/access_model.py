"""Access requests, grants and what was read under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request 查阅申请 to read a record or a dossier. `state`: open, approved, refused, withdrawn."""

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


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission 查阅许可 that came of a request: who may read what, until when (UTC), approved by whom."""

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
