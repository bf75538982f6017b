"""Trigger events, holds and sweeps."""

from archive.adapters.db.codec import derive
from archive.domain.keeping import Hold, RecordedEvent, Sweep

EVENTS = derive("events", RecordedEvent, indexes=[("target_kind", "target"), ("type", "date")])
HOLDS = derive("holds", Hold, indexes=[("target_kind", "target"), ("lifted_on",)])
SWEEPS = derive("sweeps", Sweep, indexes=[("on",)])
