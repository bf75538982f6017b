"""Alembic's entry: runs on the connection and in the transaction that `upgrade` opened."""

from alembic import context

from archive.adapters.db.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=context.config.attributes.get("render_type"),
)
context.run_migrations()
