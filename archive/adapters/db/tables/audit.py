"""The audit log: entries, the frontier of their Merkle tree, the hashes of its complete tiles,
checkpoints."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from archive.adapters.db.codec import METADATA, derive
from archive.adapters.db.types import ORDERED_TEXT, WHOLE
from archive.domain.audit import canonical_json
from archive.domain.audit_model import AuditEntry
from archive.domain.checkpoints import Checkpoint
from archive.domain.instants import instant, read_instant


class InstantText(TypeDecorator[datetime]):
    """An instant as the text that was hashed, so that nothing is lost or re-spelled on the way."""

    impl = ORDERED_TEXT
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else instant(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else read_instant(value)


class CanonicalText(TypeDecorator[Any]):
    """A mapping as the canonical JSON that was hashed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return canonical_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(value)


ENTRIES = derive(
    "audit_entries",
    AuditEntry,
    key="number",
    indexes=[("actor", "number"), ("subject", "number"), ("event", "number"), ("at", "number")],
    types={"at": InstantText(), "detail": CanonicalText()},
    writable=False,
)
TREE = Table(
    "audit_tree",
    METADATA,
    Column("id", WHOLE, primary_key=True, autoincrement=False),
    Column("size", WHOLE, nullable=False),
    Column("hashes", ORDERED_TEXT, nullable=False),
    CheckConstraint("id = 1", name="audit_tree_has_one_row"),
)
"""One row: how many entries there are and the hex hashes of the frontier, largest subtree first."""

TILES = Table(
    "audit_tiles",
    METADATA,
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    Column("hash", ORDERED_TEXT, nullable=False),
)
"""The hash over each complete run of archive.domain.merkle.TILE entries, so proofs need not read every
leaf."""

MENTIONS = Table(
    "log_mentions",
    METADATA,
    Column("name", ORDERED_TEXT, primary_key=True),
    Column("number", WHOLE, primary_key=True, autoincrement=False),
)
"""Which entries' details name what: an index over the log, made from it and never part of what is proved."""

CHECKPOINTS = derive("audit_checkpoints", Checkpoint, unique=[("size",)])
