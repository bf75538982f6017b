"""The estate register: parts of a house, tenancies, imports, changes by hand, completeness of owner files."""

import re

import sqlalchemy as sa
from alembic import op

from archive.adapters.db import types

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "estate_imports",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("name", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("sha256", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("size", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("estate", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("rows", types.WHOLE, server_default=sa.text("0"), autoincrement=False, nullable=False),
        sa.Column("done", types.WHOLE, server_default=sa.text("0"), autoincrement=False, nullable=False),
        sa.Column("counts", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("notes", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column("preview", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column(
            "code", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "message", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estate_imports")),
    )
    with op.batch_alter_table("estate_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_estate_imports_at"), ["at"], unique=False)

    op.create_table(
        "file_entries",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("house", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("tenure", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("type", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=True),
        sa.Column("unsigned", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_entries")),
    )
    with op.batch_alter_table("file_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_entries_house"), ["house"], unique=False)

    op.create_table(
        "import_problems",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("of", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("sheet", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("row", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("house", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("code", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("message", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("refused", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_problems")),
    )
    with op.batch_alter_table("import_problems", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_problems_of_refused"), ["of", "refused"], unique=False)

    op.create_table(
        "estate_changes",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("house", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("before", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("after", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("undone_at", types.UtcDateTime(), autoincrement=False, nullable=True),
        sa.Column("undone_by", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(
            ["house"],
            ["houses.id"],
            name=op.f("fk_estate_changes_house"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estate_changes")),
    )
    with op.batch_alter_table("estate_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_estate_changes_house_at"), ["house", "at"], unique=False)

    op.create_table(
        "household_files",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("estate", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("building", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("unit", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("room", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("place", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("written", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("tenure", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("owner", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("missing", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("unsigned", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("gaps", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("since", sa.Date(), autoincrement=False, nullable=True),
        sa.Column("records", types.WHOLE, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["houses.id"], name=op.f("fk_household_files_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_files")),
    )
    with op.batch_alter_table("household_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_files_estate_building_place"),
            ["estate", "building", "place"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_household_files_estate_state_building"),
            ["estate", "state", "building"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_household_files_state_since"), ["state", "since"], unique=False)

    op.create_table(
        "tenancies",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("house", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("tenant", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("phone", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("started", sa.Date(), autoincrement=False, nullable=True),
        sa.Column("ended", sa.Date(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(
            ["house"], ["houses.id"], name=op.f("fk_tenancies_house"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancies")),
    )
    with op.batch_alter_table("tenancies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tenancies_house"), ["house"], unique=False)

    with op.batch_alter_table("houses", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "building",
                types.ORDERED_TEXT,
                server_default=sa.text("('')"),
                autoincrement=False,
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "unit",
                types.ORDERED_TEXT,
                server_default=sa.text("('')"),
                autoincrement=False,
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "room",
                types.ORDERED_TEXT,
                server_default=sa.text("('')"),
                autoincrement=False,
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "place",
                types.ORDERED_TEXT,
                server_default=sa.text("('')"),
                autoincrement=False,
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "use", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "area",
                types.ORDERED_TEXT,
                server_default=sa.text("('')"),
                autoincrement=False,
                nullable=False,
            )
        )
        batch_op.create_index(batch_op.f("ix_houses_estate_place"), ["estate", "place"], unique=False)

    _fill_parts()


_AREA = re.compile(r"((?:[0-9A-Z]{1,2}|[东西南北]{1,2})[期区])?(.+)")


def _fill_parts() -> None:
    """Give the houses that are there the parts of their keys."""
    houses = sa.table("houses", *(sa.column(c) for c in ("id", "key", "building", "unit", "room", "place")))
    rows = op.get_bind().execute(sa.select(houses.c.id, houses.c.key)).all()
    for start in range(0, len(rows), 1000):
        found = [{"of": row.id} | _parts(row.key) for row in rows[start : start + 1000]]
        named = {c: sa.bindparam(f"new_{c}") for c in ("building", "unit", "room", "place")}
        op.get_bind().execute(sa.update(houses).where(houses.c.id == sa.bindparam("of")).values(named), found)


def _parts(key: str) -> dict[str, str]:
    match = _AREA.fullmatch(key)
    area, rest = (match[1] or "", match[2]) if match else ("", key)
    building, *middle, room = rest.split("-")
    unit = middle[0] if middle else ""
    place = "|".join(re.sub(r"\d+", lambda m: m[0].rjust(6, "0"), p) for p in (area, building, unit, room))
    return {"new_building": area + building, "new_unit": unit, "new_room": room, "new_place": place}
