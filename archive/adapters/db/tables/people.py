"""People and their sessions."""

from archive.adapters.db.codec import derive
from archive.domain.people import Person, Session

PEOPLE = derive("people", Person, unique=[("name",)])
SESSIONS = derive(
    "sessions",
    Session,
    indexes=[("person",), ("expires_at",)],
    references={"person": "people.id"},
    removable=True,
)
