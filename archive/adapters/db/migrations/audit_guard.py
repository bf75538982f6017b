"""Triggers that refuse to change or delete what the audit log holds.

They stop mistakes and careless hands; who may drop triggers is found out by `audit verify`.
"""

from __future__ import annotations

from sqlalchemy import Connection

TABLES = ("audit_entries", "audit_tiles", "audit_checkpoints")
_WHY = "the audit log is only ever appended to"


def guard(connection: Connection) -> None:
    """Set the triggers on every table of the log."""
    if connection.dialect.name == "sqlite":
        for table in TABLES:
            for act in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
                )
        return
    connection.exec_driver_sql(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in TABLES:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        )
