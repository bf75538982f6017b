"""files divided anew."""

import sqlalchemy as sa
from alembic import op

from archive.adapters.db import types

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "divisions",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("intake", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("person", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("plan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Text(), autoincrement=False, nullable=False),
        sa.Column(
            "withdrawn", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False
        ),
        sa.Column("made", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column(
            "error", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["intake"], ["intake.id"], name=op.f("fk_divisions_intake"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divisions")),
    )
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_divisions_intake_at"), ["intake", "at"], unique=False)

    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "whole_kept",
                sa.Boolean(),
                server_default=sa.text("(false)"),
                autoincrement=False,
                nullable=False,
            )
        )
