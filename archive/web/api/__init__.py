"""The API for scripts: the same use cases as the pages, in JSON, for bearers of a session token."""

from archive.web.api import access, audit, intake, records, search, session

PREFIX = "/api/v1"
ROUTERS = (session.router, intake.router, search.router, records.router, access.router, audit.router)
UPLOADS = (intake.uploads,)
"""Routers whose requests may be as large as a file."""
