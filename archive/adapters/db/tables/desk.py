"""The verification desk: records in hand, and what was decided there."""

from archive.adapters.db.codec import derive
from archive.domain.desk import DeskDecision, DeskLease

LEASES = derive("desk_leases", DeskLease, indexes=[("until",), ("person",)], removable=True)
DECISIONS = derive(
    "desk_decisions",
    DeskDecision,
    indexes=[("person", "at"), ("record",)],
    references={"record": "records.id"},
)
