"""Near-equal records: by which keys candidates are found, and what was decided of a pair. No I/O.

Keys are hashes of what papers of one form differ in, so that a look-up of a few keys finds the few records that may be
the same paper, however many records of that form there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from archive.domain.normal_form import normal
from archive.domain.records import Record

COMMON = 20
"""A key that so many records share tells nothing any more (the office's own telephone number)."""
NUMBERS = 16
SHINGLE = 12
SKETCH = 10
"""Characters of a piece of text, and how many pieces (those of the smallest hashes) stand for a text."""


@dataclass(frozen=True, slots=True)
class AlikeKey:
    """One key of one record."""

    id: str
    key: str
    record: str


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two records that look like one paper; `first` is the older. `likeness` 0 … 1 by what `kind` says: bytes, scan
    (page images) or text. `state`: open, same (the second is a copy of the first), different."""

    id: str
    first: str
    second: str
    kind: str
    likeness: float
    state: str
    found_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


def pair_id(first: str, second: str) -> str:
    return f"{first}:{second}"


def keys_of(record: Record, text: str) -> tuple[str, ...]:
    """The keys under which a record is found, and finds others."""
    kind, day = record.type or "", record.record_date.isoformat() if record.record_date else ""
    said = [f"bytes:{record.sha256}"]
    if day and record.house_key:
        said.append(f"house:{kind}:{record.house_key}:{day}")
    if day and record.owner:
        said.append(f"owner:{kind}:{record.owner}:{day}")
    if day and record.register_page:
        said.append(f"register:{kind}:{record.register_page}:{day}")
    bare = normal(re.sub(r"\s+", "", text))
    numbers = dict.fromkeys(re.findall(r"(?<!\d)\d{6,20}(?!\d)", bare))
    said += [f"number:{n}" for n in sorted(numbers, key=lambda n: (-len(n), n))[:NUMBERS]]
    pieces = {_hash(bare[n : n + SHINGLE]) for n in range(max(0, len(bare) - SHINGLE + 1))}
    said += [f"text:{piece}" for piece in sorted(pieces)[:SKETCH]]
    return tuple(_hash(one) for one in said)


def may_be_one_paper(one: Record, other: Record) -> bool:
    """Whether what is known of two records lets them be the same paper: nothing that both say contradicts."""
    facts = (
        (one.type, other.type),
        (one.house_key, other.house_key),
        (one.record_date, other.record_date),
        (one.register_page, other.register_page),
        (one.number, other.number),
    )
    agree = all(not a or not b or a == b for a, b in facts)
    revisions = bool(one.number and one.number == other.number)
    """Revisions of one controlled document are meant to be alike."""
    return agree and not revisions and one.pages == other.pages


def differing(one: Record, other: Record) -> Sequence[tuple[str, str, str]]:
    """(field code, first value, second value) of what the two do not say alike."""
    lines: list[tuple[str, str, str]] = []
    for code in ("type", "house_key", "owner", "record_date", "number", "media_type"):
        a, b = (str(getattr(r, code) or "") for r in (one, other))
        if a != b:
            lines.append((code, a, b))
    first, second = one.field_values(), other.field_values()
    for code in sorted(first.keys() | second.keys()):
        a, b = first.get(code, ""), second.get(code, "")
        if a != b:
            lines.append((code, a, b))
    return lines


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
