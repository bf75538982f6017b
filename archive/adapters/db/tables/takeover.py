"""Catalogues taken over, and what became of each of their rows."""

from archive.adapters.db.codec import derive
from archive.domain.takeover import Takeover, TakeoverRow

TAKEOVERS = derive("takeovers", Takeover, indexes=[("at",)])
TAKEOVER_ROWS = derive("takeover_rows", TakeoverRow, indexes=[("takeover", "state"), ("key",), ("record",)])
