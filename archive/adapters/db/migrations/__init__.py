"""Bringing a database to the shape of this version: `upgrade(engine)`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, func, inspect, select, text

from archive.adapters.db.engine import WRITE, translated
from archive.ports.unit_of_work import DatabaseUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
_LOCK = 0x64616E67616D


def head() -> str:
    """The newest revision: the highest number among versions/NNNN_what.py."""
    return max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The revision of this database; None when it is empty. Raises DatabaseUnavailable."""
    with translated(), engine.connect() as connection:
        return _current(connection)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(engine: Engine) -> None:
    """Create or bring up to date. Two that start at once do it once; one that has nothing to do takes
    milliseconds. Raises DatabaseUnavailable, also for a database of a newer version than this program."""
    wanted, found = head(), current(engine)
    if found == wanted:
        return
    if found is not None and found > wanted:
        raise DatabaseUnavailable(
            f"the database is of revision {found}, this program knows {wanted}: install the newer version"
        )
    with translated(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(**{WRITE: True})
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            if _current(connection) != wanted:
                _run(connection)


def _run(connection: Connection) -> None:
    from alembic import command  # not at the top: it costs 0.3 s that an up-to-date start need not pay

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """What alembic needs to know, with the connection that its commands use."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
