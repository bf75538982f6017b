"""The working truth in SQLite or PostgreSQL: tables derived from the domain's dataclasses, one unit of
work."""

from archive.adapters.db.engine import make_engine
from archive.adapters.db.migrations import upgrade
from archive.adapters.db.unit_of_work import make_factory

__all__ = ["make_engine", "make_factory", "upgrade"]
