"""Pages: one module per room. They call use cases and put the answers into templates, nothing else."""

from archive.web.pages import (
    access,
    audit,
    desk,
    documents,
    duplicates,
    estate,
    find,
    forms,
    home,
    houses,
    intake,
    people,
    records,
    retention,
    rule_changes,
    rules,
    session,
    settings,
    takeovers,
    threshold,
)

ROUTERS = (
    session.router,
    home.router,
    find.router,
    records.router,
    intake.router,
    duplicates.router,
    takeovers.router,
    desk.router,
    houses.router,
    estate.router,
    forms.router,
    documents.router,
    access.router,
    rule_changes.router,
    retention.router,
    audit.router,
    settings.router,
    rules.router,
    people.router,
    threshold.router,
)
UPLOADS = (intake.uploads,)
"""Routers whose requests may be as large as a file."""
