"""Running numbers that rise in the order of commits."""

from sqlalchemy import Column, Table

from archive.adapters.db.codec import METADATA
from archive.adapters.db.types import WHOLE, PlainText

COUNTERS = Table(
    "counters",
    METADATA,
    Column("name", PlainText(), primary_key=True),
    Column("value", WHOLE, nullable=False),
)
CHANGE = "change"
