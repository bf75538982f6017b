"""Near-equal records: keys that find them, and pairs that people decide."""

from archive.adapters.db.codec import derive
from archive.domain.alike import AlikeKey, AlikePair

KEYS = derive("alike_keys", AlikeKey, indexes=[("key",), ("record",)], removable=True)
PAIRS = derive("alike_pairs", AlikePair, indexes=[("state", "decided_at"), ("first",), ("second",)])
