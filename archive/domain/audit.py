"""The audit log as a Merkle tree after RFC 6962: hashing, appending, roots (docs/audit-format.md).

Pure: entries and hashes in, hashes out. Where they are kept is the unit of work's matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from archive.domain.audit_model import AuditEntry

TILE_LEVEL = 10
TILE = 1 << TILE_LEVEL
"""Entries under one kept interior node."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of a log without entries (RFC 6962 section 2.1)."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_LARGEST = 2**53 - 1


def instant(at: datetime) -> str:
    """An aware datetime as UTC text of fixed width: 2026-11-23T14:27:11.000000Z. ValueError for a naive
    one."""
    if at.tzinfo is None:
        raise ValueError(f"an audit entry needs a time zone: {at}")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def read_instant(text: str) -> datetime:
    """The reverse of `instant`. ValueError for any other spelling."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"not an instant of the audit log: {text!r}")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def canonical_json(value: Any) -> str:
    """`value` as RFC 8785 canonical JSON, within what the log allows.

    Text, whole numbers up to 2^53-1, booleans, None, sequences and mappings with text keys; days, instants
    and enums become text. Raises TypeError for anything else (a fraction has no one spelling), ValueError
    for numbers beyond the limit and text with lone surrogates.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    text.encode()
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, (str, bool)):
        return value
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
        names = sorted(map(str, value), key=lambda name: name.encode("utf-16-be"))
        return {name: _plain(value[name]) for name in names}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise TypeError(f"an audit entry cannot hold {type(value).__name__}")


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


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962: SHA-256 of 0x00 and the entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962: SHA-256 of 0x01 and the two children."""
    return sha256(b"\x01" + left + right).digest()


def make_entry(
    number: int, at: datetime, event: str, actor: str, subject: str, detail: Mapping[str, Any]
) -> AuditEntry:
    """An entry with its leaf hash. Raises as `canonical_json` and `instant` do."""
    text = canonical_json(detail)
    for part in (actor, subject):
        if "\x00" in part:
            raise ValueError("an audit entry cannot name a subject or actor with a NUL character")
    stored = StoredEntry(number, instant(at), str(event), actor, subject, text, "")
    leaf = leaf_hash(stored.canonical()).hex()
    return AuditEntry(number, at.astimezone(UTC), stored.event, actor, subject, json.loads(text), leaf)


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


@dataclass(frozen=True, slots=True)
class Frontier:
    """What is needed to append and to know the root: the hashes of the complete subtrees, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a frontier of {self.size} entries has {self.size.bit_count()} hashes")

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


@dataclass(slots=True)
class Builder:
    """A tree that grows by its right edge. `tiles` collects (number, hash) of every tile completed here."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)
    tiles: list[tuple[int, bytes]] = field(default_factory=list)

    @classmethod
    def after(cls, frontier: Frontier) -> Builder:
        return cls(frontier.size, list(frontier.hashes))

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._add(leaf, 0)

    def append_tile(self, tile: bytes) -> None:
        """Add the hash of TILE leaves at once; the size must be a multiple of TILE."""
        if self.size % TILE:
            raise ValueError("a tile begins at a multiple of its size")
        self._add(tile, TILE_LEVEL)

    def _add(self, node: bytes, level: int) -> None:
        hashes, size = self.hashes, self.size
        self.size = size + (1 << level)
        while True:
            if level == TILE_LEVEL:
                self.tiles.append((size >> TILE_LEVEL, node))
            if not (size >> level) & 1:
                break
            node = node_hash(hashes.pop(), node)
            level += 1
        hashes.append(node)

    def frontier(self) -> Frontier:
        return Frontier(self.size, tuple(self.hashes))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes."""
    builder = Builder()
    for leaf in leaves:
        builder.append(leaf)
    return builder.frontier().root()


def write_hashes(hashes: Sequence[bytes]) -> str:
    """Hashes as the one text a row keeps: hex, separated by spaces."""
    return " ".join(item.hex() for item in hashes)


def read_hashes(text: str) -> tuple[bytes, ...]:
    """The reverse of `write_hashes`. ValueError when one is no SHA-256."""
    hashes = tuple(bytes.fromhex(item) for item in text.split(" ") if item)
    if any(len(item) != 32 for item in hashes) or write_hashes(hashes) != text:
        raise ValueError("not a list of SHA-256 hashes")
    return hashes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement «the log had `size` entries and this root (hex)»; `note` is the signed text.

    `id` is the size as text."""

    id: str
    size: int
    root: str
    signed_at: datetime
    note: str
