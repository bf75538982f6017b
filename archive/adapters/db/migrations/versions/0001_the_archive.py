"""The archive's first tables."""

import sqlalchemy as sa
from alembic import op

from archive.adapters.db import types
from archive.adapters.db.migrations.audit_guard import guard

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "access_requests",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("requester", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target_kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("purpose", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("days", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("decided_by", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("decided_at", types.UtcDateTime(), autoincrement=False, nullable=True),
        sa.Column(
            "reason", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
    )
    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_requests_requester_created_at"), ["requester", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_access_requests_state_created_at"), ["state", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_access_requests_target_kind_target"), ["target_kind", "target"], unique=False
        )

    op.create_table(
        "audit_checkpoints",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("size", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("root", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("signed_at", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("note", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoints")),
        sa.UniqueConstraint("size", name=op.f("uq_audit_checkpoints_size")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("number", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("event", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("actor", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("subject", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("detail", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("leaf", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_actor_number"), ["actor", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_event_number"), ["event", "number"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_entries_subject_number"), ["subject", "number"], unique=False
        )

    op.create_table(
        "audit_tiles",
        sa.Column("number", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("hash", types.ORDERED_TEXT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_tiles")),
    )
    op.create_table(
        "audit_tree",
        sa.Column("id", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("size", types.WHOLE, nullable=False),
        sa.Column("hashes", types.ORDERED_TEXT, nullable=False),
        sa.CheckConstraint("id = 1", name="audit_tree_has_one_row"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_tree")),
    )
    op.create_table(
        "counters",
        sa.Column("name", types.ORDERED_TEXT, nullable=False),
        sa.Column("value", types.WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "documents",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("title", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("valid", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("access_class", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_table(
        "events",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target_kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("type", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("date", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("evidence", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("recorded_by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_events_target_kind_target"), ["target_kind", "target"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_events_type_date"), ["type", "date"], unique=False)

    op.create_table(
        "holds",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target_kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("reason", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("set_by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("set_on", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("lifted_by", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("lifted_on", sa.Date(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_lifted_on"), ["lifted_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_holds_target_kind_target"), ["target_kind", "target"], unique=False
        )

    op.create_table(
        "houses",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("estate", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("key", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("written", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_houses")),
        sa.UniqueConstraint("estate", "key", name=op.f("uq_houses_estate_key")),
    )
    with op.batch_alter_table("houses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_houses_key"), ["key"], unique=False)

    op.create_table(
        "intake",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("batch", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("original_name", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("sha256", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("size", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("media_type", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("received_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("received_by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("records", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column("problems", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column("wanted_type", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("wanted_house", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("results", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intake_batch"), ["batch"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_intake_received_by_received_at"), ["received_by", "received_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_intake_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_intake_state_received_at"), ["state", "received_at"], unique=False
        )

    op.create_table(
        "jobs",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("payload", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("run_after", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("attempts", types.WHOLE, server_default=sa.text("0"), autoincrement=False, nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), autoincrement=False, nullable=True),
        sa.Column(
            "worker", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "error", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.Column("finished_at", types.UtcDateTime(), autoincrement=False, nullable=True),
        sa.Column(
            "key", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_kind_state"), ["kind", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_state_run_after"), ["state", "run_after"], unique=False)
        batch_op.create_index(
            "uq_jobs_unfinished",
            ["kind", "key"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'running') AND \"key\" <> ''"),
            postgresql_where=sa.text("state IN ('waiting', 'running') AND \"key\" <> ''"),
        )

    op.create_table(
        "people",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("name", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("display_name", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("roles", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("password_hash", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("name", name=op.f("uq_people_name")),
    )
    op.create_table(
        "settings",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
    )
    op.create_table(
        "sweeps",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("on", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("run_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("examined", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("due", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
    )
    with op.batch_alter_table("sweeps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sweeps_on"), ["on"], unique=False)

    op.create_table(
        "worker_beats",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beats")),
    )
    op.create_table(
        "grants",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("request", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("reader", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target_kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("target", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("purpose", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("approved_by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("revoked_at", types.UtcDateTime(), autoincrement=False, nullable=True),
        sa.Column("revoked_by", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(
            ["request"],
            ["access_requests.id"],
            name=op.f("fk_grants_request"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_reader_ends_at"), ["reader", "ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_request"), ["request"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_grants_target_kind_target"), ["target_kind", "target"], unique=False
        )

    op.create_table(
        "sessions",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("person", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column(
            "user_agent",
            types.ORDERED_TEXT,
            server_default=sa.text("('')"),
            autoincrement=False,
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["people.id"], name=op.f("fk_sessions_person"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_person"), ["person"], unique=False)

    op.create_table(
        "tenures",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("house", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("owner", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("phone", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("started", sa.Date(), autoincrement=False, nullable=True),
        sa.Column("ended", sa.Date(), autoincrement=False, nullable=True),
        sa.ForeignKeyConstraint(
            ["house"], ["houses.id"], name=op.f("fk_tenures_house"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenures")),
    )
    with op.batch_alter_table("tenures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tenures_house"), ["house"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tenures_owner"), ["owner"], unique=False, postgresql_using="hash"
        )

    op.create_table(
        "dossiers",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("code", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("kind", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("title", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("access_class", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("house", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("tenure", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column(
            "key", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["house"], ["houses.id"], name=op.f("fk_dossiers_house"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["tenure"], ["tenures.id"], name=op.f("fk_dossiers_tenure"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_code")),
    )
    with op.batch_alter_table("dossiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossiers_house"), ["house"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_kind_code"), ["kind", "code"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossiers_tenure"), ["tenure"], unique=False)

    op.create_table(
        "records",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("type", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("title", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("access_class", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("filed_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("version", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("change", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("dossier", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("house", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("house_key", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("tenure", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("owner", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("record_date", sa.Date(), autoincrement=False, nullable=True),
        sa.Column(
            "number", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.Column("fields", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column(
            "signatures", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False
        ),
        sa.Column("seals", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column("register_page", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("problems", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False),
        sa.Column(
            "source_pages", sa.Text(), server_default=sa.text("'[]'"), autoincrement=False, nullable=False
        ),
        sa.Column("pages", types.WHOLE, server_default=sa.text("0"), autoincrement=False, nullable=False),
        sa.Column("chars", types.WHOLE, server_default=sa.text("0"), autoincrement=False, nullable=False),
        sa.Column(
            "media_type",
            types.ORDERED_TEXT,
            server_default=sa.text("('')"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "sha256", types.ORDERED_TEXT, server_default=sa.text("('')"), autoincrement=False, nullable=False
        ),
        sa.Column("intake", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("due_on", sa.Date(), autoincrement=False, nullable=True),
        sa.Column(
            "pack_version",
            types.ORDERED_TEXT,
            server_default=sa.text("('')"),
            autoincrement=False,
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["dossier"],
            ["dossiers.id"],
            name=op.f("fk_records_dossier"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["house"], ["houses.id"], name=op.f("fk_records_house"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["intake"], ["intake.id"], name=op.f("fk_records_intake"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["tenure"], ["tenures.id"], name=op.f("fk_records_tenure"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
    )
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_records_change"), ["change"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_records_dossier_record_date"), ["dossier", "record_date"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_records_due_on"), ["due_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_records_house_key"), ["house_key"], unique=False, postgresql_using="hash"
        )
        batch_op.create_index(
            batch_op.f("ix_records_house_record_date"), ["house", "record_date"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_records_intake"), ["intake"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_records_number"), ["number"], unique=False, postgresql_using="hash"
        )
        batch_op.create_index(batch_op.f("ix_records_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_records_state_filed_at"), ["state", "filed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_records_tenure"), ["tenure"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_records_type_record_date"), ["type", "record_date"], unique=False
        )

    op.create_table(
        "readings",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("grant", types.ORDERED_TEXT, autoincrement=False, nullable=True),
        sa.Column("reader", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("record", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("version", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("page", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["grant"], ["grants.id"], name=op.f("fk_readings_grant"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["record"], ["records.id"], name=op.f("fk_readings_record"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_readings_grant_at"), ["grant", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_readings_reader_at"), ["reader", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_readings_record_at"), ["record", "at"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("document", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("revision", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("record", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("title", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("state", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("effective", sa.Date(), autoincrement=False, nullable=True),
        sa.Column("cover", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("control_page", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("findings", sa.Text(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["documents.id"],
            name=op.f("fk_revisions_document"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["record"],
            ["records.id"],
            name=op.f("fk_revisions_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("document", "revision", name=op.f("uq_revisions_document_revision")),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_record"), ["record"], unique=False)
        batch_op.create_index(batch_op.f("ix_revisions_state"), ["state"], unique=False)

    op.create_table(
        "version_texts",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("record", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("text", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["records.id"],
            name=op.f("fk_version_texts_record"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_texts")),
    )
    with op.batch_alter_table("version_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_texts_record"), ["record"], unique=False)

    op.create_table(
        "versions",
        sa.Column("id", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("record", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("number", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("sha256", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("size", types.WHOLE, autoincrement=False, nullable=False),
        sa.Column("media_type", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("original_name", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), autoincrement=False, nullable=False),
        sa.Column("created_by", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.Column("reason", types.ORDERED_TEXT, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["record"], ["records.id"], name=op.f("fk_versions_record"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("record", "number", name=op.f("uq_versions_record_number")),
    )
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_versions_sha256"), ["sha256"], unique=False)

    op.execute("INSERT INTO counters (name, value) VALUES ('change', 0)")
    op.execute("INSERT INTO audit_tree (id, size, hashes) VALUES (1, 0, '')")
    guard(op.get_bind())
