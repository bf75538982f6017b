"""People, their sessions, second factors and tokens."""

from archive.adapters.db.codec import derive
from archive.domain.people import ApiToken, Person, SecondFactor, Session

PEOPLE = derive("people", Person, unique=[("name",)])
SESSIONS = derive(
    "sessions",
    Session,
    indexes=[("person",), ("expires_at",)],
    references={"person": "people.id"},
    removable=True,
)
SECOND_FACTORS = derive("second_factors", SecondFactor, references={"id": "people.id"}, removable=True)
API_TOKENS = derive("api_tokens", ApiToken, indexes=[("person",)], references={"person": "people.id"})
