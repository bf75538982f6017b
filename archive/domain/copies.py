"""Controlled copies 发放, periodic reviews 评审 and references of controlled documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Copy:
    """One numbered copy 发放编号 of one revision on paper, and its holder 持有者.

    `person` is the holder's account where there is one: that person acknowledges having read and understood it.
    `status` is controlled or uncontrolled. `state`: out, to_return (a new revision is in force), returned, destroyed,
    excused. `token` stands in the QR code on the print; whoever scans it sees this copy's state and nothing else.
    """

    id: str
    document: str
    revision: str
    number: str
    holder: str
    status: str
    state: str
    token: str
    issued_on: date
    issued_by: str
    person: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    recalled_on: date | None = None
    closed_on: date | None = None
    closed_by: str | None = None
    note: str = ""


AROUND = ("out", "to_return")
"""States of copies that are still on somebody's desk."""

ENDS = ("returned", "destroyed", "excused")
"""How a copy's life may end."""


@dataclass(frozen=True, slots=True)
class DocumentReview:
    """A periodic review of a document: when it was due, who did it, and what came of it.

    `outcome` is unchanged or change (then `notice` is the change notice that was proposed).
    """

    id: str
    document: str
    revision: str
    due_on: date | None
    done_on: date
    done_by: str
    outcome: str
    note: str = ""
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What a document in force names in its text: `written` as it stands there, `key` in the normal form by which
    documents and forms are looked up (archive.domain.references), `chapter` where it stands first."""

    id: str
    document: str
    written: str
    key: str
    kind: str
    chapter: str = ""
    count: int = 1
