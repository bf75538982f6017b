"""The audit log: how an entry is written down and hashed, and how a whole log is verified.

The format is described for outsiders in docs/audit-format.md; the tree over the entries is
archive.domain.merkle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from archive.domain.audit_model import AuditEntry
from archive.domain.instants import instant
from archive.domain.merkle import leaf_hash

_LARGEST = 2**53 - 1
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

LONGEST = 500
"""Characters of an actor or subject that an entry keeps."""


def canonical_json(value: Any) -> str:
    """`value` as RFC 8785 canonical JSON, within what the log allows.

    Text, whole numbers up to 2^53-1, booleans, None, sequences and mappings with text keys; days, instants
    and enums become text, lone surrogates U+FFFD. Raises TypeError for anything else (a fraction has no one
    spelling), ValueError for numbers beyond the limit.
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError("an audit entry holds whole numbers up to 2^53-1")
        return value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys in an audit entry are text")
        named = {_plain(name): item for name, item in value.items()}
        return {name: _plain(named[name]) for name in sorted(named, key=_utf16)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise TypeError(f"an audit entry cannot hold {type(value).__name__}")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be")


_NAMING = frozenset(
    {"house", "houses", "target", "document", "record", "dossier", "tenure", "reader", "person"}
)
"""Keys of details under which a name stands whatever it looks like; elsewhere only ids are taken for names."""
_ID = re.compile("[0-9A-HJKMNP-TV-Z]{26}")


def mentioned(detail: Mapping[str, Any]) -> frozenset[str]:
    """What the detail of an entry names: ids (ULIDs) anywhere, and texts under the keys that hold names."""
    return frozenset(_names("", detail))


def _names(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value and len(value) <= LONGEST and (key in _NAMING or _ID.fullmatch(value)):
            yield _UNSTORABLE.sub("\ufffd", value)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _names(name, item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _names(key, item)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry exactly as it lies in the database: `at` and `detail` are the texts that were hashed."""

    number: int
    at: str
    event: str
    actor: str
    subject: str
    detail: str
    leaf: str

    def canonical(self) -> bytes:
        """The bytes under the leaf hash: canonical JSON of everything but `leaf`."""
        quote = json.encoder.encode_basestring
        text = (
            f'{{"actor":{quote(self.actor)},"at":{quote(self.at)},"detail":{self.detail},'
            f'"event":{quote(self.event)},"number":{self.number},"subject":{quote(self.subject)}}}'
        )
        return text.encode()


def make_entry(
    number: int, at: datetime, event: str, actor: str, subject: str, detail: Mapping[str, Any]
) -> AuditEntry:
    """An entry with its leaf hash. Raises as `canonical_json` and `instant` do.

    Nothing hostile keeps an act out of the log: of `actor` and `subject` the first LONGEST characters are
    kept, and what no database can hold in them becomes U+FFFD."""
    text = canonical_json(detail)
    names = [_UNSTORABLE.sub("\ufffd", name[:LONGEST]) for name in (actor, subject)]
    kept = StoredEntry(number, instant(at), str(event), names[0], names[1], text, "")
    leaf = leaf_hash(kept.canonical()).hex()
    return AuditEntry(
        number, at.astimezone(UTC), kept.event, kept.actor, kept.subject, json.loads(text), leaf
    )


def stored(entry: AuditEntry) -> StoredEntry:
    """The entry as it is kept."""
    return StoredEntry(
        entry.number,
        instant(entry.at),
        entry.event,
        entry.actor,
        entry.subject,
        canonical_json(entry.detail),
        entry.leaf,
    )
