"""Places, what paper stands where, and loans of it."""

from archive.adapters.db.codec import derive
from archive.domain.paper import Loan, Paper, Place

PLACES = derive(
    "places", Place, indexes=[("parent", "name")], unique=[("code",)], references={"parent": "places.id"}
)
PAPERS = derive("papers", Paper, indexes=[("place",)], references={"place": "places.id"})
LOANS = derive(
    "loans",
    Loan,
    indexes=[("state", "due_on"), ("requester", "state"), ("target", "out_at"), ("dossier", "state")],
    references={"requester": "people.id"},
)
