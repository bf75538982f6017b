"""Access requests, grants, the reading register and who decides meanwhile."""

from archive.adapters.db.codec import derive
from archive.domain.access_model import Absence, AccessRequest, Grant, Reading

REQUESTS = derive(
    "access_requests",
    AccessRequest,
    indexes=[("state", "created_at"), ("requester", "created_at"), ("target_kind", "target")],
)
GRANTS = derive(
    "grants",
    Grant,
    indexes=[("reader", "ends_at"), ("target_kind", "target"), ("request",)],
    references={"request": "access_requests.id"},
)
READINGS = derive(
    "readings",
    Reading,
    indexes=[("record", "at"), ("reader", "at"), ("grant", "at")],
    references={"grant": "grants.id", "record": "records.id"},
)
ABSENCES = derive(
    "absences",
    Absence,
    indexes=[("deputy", "ends_on"), ("person", "ends_on")],
    references={"person": "people.id", "deputy": "people.id"},
)
