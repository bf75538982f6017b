"""learned rules."""

import sqlalchemy as sa
from alembic import op

from archive.adapters.db import types

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "learned_rules",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("scope", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("key", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("value", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("records", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("learned_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("learned_by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("undone_at", types.UtcDateTime(), autoincrement=False, nullable=True),
        sa.Column(
            "undone_by",
            types.ORDERED_TEXT,
            server_default=sa.text("('')"),
            autoincrement=False,
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_rules")),
    )
    with op.batch_alter_table("learned_rules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learned_rules_learned_at"), ["learned_at"], unique=False)
