"""The archive's first tables."""

from alembic import op

from archive.adapters.db.migrations.audit_guard import guard
from archive.adapters.db.tables import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
    op.execute("INSERT INTO counters (name, value) VALUES ('change', 0)")
    op.execute("INSERT INTO audit_tree (id, size, hashes) VALUES (1, 0, '')")
    guard(op.get_bind())
