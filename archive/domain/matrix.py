"""Who may do what with a record, through which door: every answer of `authorize`, set out as tables.

For each access class: roles × doors, and under which kind of grant. Auditors print it; a test holds the doors to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from archive.domain.access import Allowed, authorize, reads_by_role
from archive.domain.access_model import Grant
from archive.domain.people import Actor
from archive.domain.records import Record, RecordState
from schemas.model import Pack

DOORS: Mapping[str, str] = {
    "hit": "record.know",
    "snippet": "record.open",
    "facet": "record.open",
    "view": "record.open",
    "old_version": "record.open",
    "page_image": "record.open",
    "thumbnail": "record.open",
    "text": "record.download",
    "original": "record.download",
    "copy": "record.copy",
    "desk": "record.file",
}
"""Door → the action that it asks for. Pages, API and command line lead through the same doors."""

BY_ROLE_ALONE = frozenset({"facet"})
"""Doors that no grant opens: a count by type is over what the role reads."""

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Situation(StrEnum):
    """Under which grant somebody comes."""

    NONE = "none"
    VIEW = "view"
    """A grant to read this record."""
    COPY = "copy"
    """A grant to take a copy of it along."""
    OTHER = "other"
    """A grant for another record, or narrowed to others of the dossier."""
    ENDED = "ended"
    REVOKED = "revoked"
    BORROWED = "borrowed"
    """Somebody else's grant."""


class Opens(StrEnum):
    """How a door opens to a role."""

    BY_ROLE = "role"
    BY_GRANT = "grant"
    BY_COPY = "copy"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table of one access class and record state: (door, role) → how it opens."""

    access_class: str
    state: RecordState
    cells: Mapping[tuple[str, str], Opens]


STATES = (RecordState.FILED, RecordState.TO_VERIFY, RecordState.DESTROYED)


def matrices(pack: Pack) -> tuple[Matrix, ...]:
    """Every access class in every state of a record, classes from public up."""
    classes = sorted(pack.access_classes.values(), key=lambda c: c.rank)
    return tuple(
        Matrix(
            c.code,
            state,
            {(door, role): _opens(pack, role, door, c.code, state) for door in DOORS for role in pack.roles},
        )
        for c in classes
        for state in STATES
    )


def _opens(pack: Pack, role: str, door: str, access_class: str, state: RecordState) -> Opens:
    for situation, how in (
        (Situation.NONE, Opens.BY_ROLE),
        (Situation.VIEW, Opens.BY_GRANT),
        (Situation.COPY, Opens.BY_COPY),
    ):
        if opens(pack, role, door, access_class, state, situation):
            return how
    return Opens.NEVER


def opens(
    pack: Pack, role: str, door: str, access_class: str, state: RecordState, situation: Situation
) -> bool:
    """Whether the door opens to somebody with this one role who comes in this situation."""
    actor = Actor("someone", "someone", (role,))
    record = Record("record", None, "", state, access_class, NOW, 1, 1, dossier="dossier")
    if door in BY_ROLE_ALONE and not reads_by_role(actor, pack.access_classes[access_class]):
        return False
    answer = authorize(
        actor, DOORS[door], pack, record=record, grants=grants_in(situation, record, actor.id, NOW), now=NOW
    )
    return isinstance(answer, Allowed)


def grants_in(situation: Situation, record: Record, reader: str, now: datetime) -> tuple[Grant, ...]:
    """The grants with which `reader` comes to `record` in a situation."""
    if situation is Situation.NONE:
        return ()
    day = timedelta(days=1)
    ended, revoked = situation is Situation.ENDED, situation is Situation.REVOKED
    return (
        Grant(
            id=f"grant-{situation}-{record.id}",
            request="request",
            reader="somebody-else" if situation is Situation.BORROWED else reader,
            target_kind="dossier" if situation is Situation.OTHER else "record",
            target=record.dossier or "" if situation is Situation.OTHER else record.id,
            purpose="",
            starts_at=now - 2 * day,
            ends_at=now - day if ended else now + day,
            approved_by="manager",
            revoked_at=now if revoked else None,
            kind="copy" if situation is Situation.COPY else "view",
            records=("another-record",) if situation is Situation.OTHER else (),
        ),
    )
