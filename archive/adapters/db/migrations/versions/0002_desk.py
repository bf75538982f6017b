"""desk: records in hand, decisions, order of doubt."""

import sqlalchemy as sa
from alembic import op

from archive.adapters.db import types

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "desk_leases",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("person", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("taken_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("until", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column(
            "deciding", sa.Boolean(), server_default=sa.text("(false)"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_leases")),
    )
    with op.batch_alter_table("desk_leases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_leases_person"), ["person"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_leases_until"), ["until"], unique=False)

    op.create_table(
        "desk_decisions",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("record", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("person", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("before", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("after", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("undone_at", types.UtcDateTime(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(
            ["record"],
            ["records.id"],
            name=op.f("fk_desk_decisions_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_decisions")),
    )
    with op.batch_alter_table("desk_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_decisions_person_at"), ["person", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_decisions_record"), ["record"], unique=False)

    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "turned", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False
            )
        )
        batch_op.add_column(sa.Column("certainty", types.WHOLE, autoincrement=False, nullable=True))
        batch_op.add_column(
            sa.Column("doubt", types.WHOLE, server_default=sa.text("0"), autoincrement=False, nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "reason",
                types.ORDERED_TEXT,
                server_default=sa.text("('')"),
                autoincrement=False,
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "returned",
                types.ORDERED_TEXT,
                server_default=sa.text("('')"),
                autoincrement=False,
                nullable=False,
            )
        )
        batch_op.create_index(batch_op.f("ix_records_certainty"), ["certainty"], unique=False)
        batch_op.create_index(batch_op.f("ix_records_state_doubt"), ["state", "doubt"], unique=False)
