"""The tables, one module per noun; importing this package knows all of them."""

from archive.adapters.db.codec import METADATA, Mapped, mapped
from archive.adapters.db.tables import (
    access,
    audit,
    counters,
    desk,
    documents,
    dossiers,
    forms,
    houses,
    intake,
    jobs,
    keeping,
    people,
    records,
    schedule,
    settings,
    uploads,
)

__all__ = [
    "METADATA",
    "Mapped",
    "access",
    "audit",
    "counters",
    "desk",
    "documents",
    "dossiers",
    "forms",
    "houses",
    "intake",
    "jobs",
    "keeping",
    "mapped",
    "people",
    "records",
    "schedule",
    "settings",
    "uploads",
]
