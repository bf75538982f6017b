"""The audit log: how an entry is written down and hashed, and how a whole log is verified.

The format is described for outsiders in docs/audit-format.md; the tree over the entries is
archive.domain.merkle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from archive.domain.audit_model import AuditEntry, Event
from archive.domain.checkpoints import Checkpoint, NoteError, Verifier, read_note
from archive.domain.instants import instant
from archive.domain.merkle import TILE, Builder, Frontier, leaf_hash

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


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in the log, at an entry's number (or None). `code`: missing, altered, surplus,
    frontier, tiles, checkpoint, signature."""

    code: str
    number: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found. `size` entries were read and `root` (hex) is the root over what they say now;
    `first_bad` is the first number from which the log cannot be trusted, None when no entry is in doubt."""

    ok: bool
    size: int
    root: str
    first_bad: int | None
    problems: tuple[Finding, ...]


MAX_FINDINGS = 100
"""How many problems are told one by one; a log that was overwritten whole would have one for each entry."""


def verify_log(
    entries: Iterable[StoredEntry],
    frontier: Frontier | None,
    checkpoints: Sequence[Checkpoint] = (),
    *,
    tiles: Sequence[str] | None = None,
    verifiers: Sequence[Verifier] = (),
    outside: Sequence[str] = (),
) -> Verdict:
    """Read a whole log again and hold it against everything that was noted about it.

    `entries` in the order of their numbers, as they lie in the database. `frontier` is what the database
    keeps of the tree (None: it cannot be read), `tiles` its kept hashes (None: not looked at), `checkpoints`
    those it keeps: each must be named by an entry of the log, and each that the log names must be there.
    `outside` are notes of checkpoints that were kept elsewhere. Signatures are checked with `verifiers`, of
    which one must fit.
    """
    check = _Check(checkpoints, verifiers, outside)
    for entry in entries:
        check.read(entry)
    check.finish(frontier, tiles)
    bad = [finding.number for finding in check.findings if finding.number is not None]
    return Verdict(
        ok=not check.findings,
        size=check.builder.size,
        root=check.builder.frontier().root().hex(),
        first_bad=min(bad, default=None),
        problems=tuple(check.findings[:MAX_FINDINGS]),
    )


def checkpoint_detail(point: Checkpoint) -> dict[str, Any]:
    """What the entry of Event.CHECKPOINT_SIGNED says of a checkpoint: enough to miss or doubt its row
    later."""
    note = sha256(point.note.encode(errors="surrogatepass")).hexdigest()
    return {"size": point.size, "root": point.root, "signed_at": point.signed_at, "note_sha256": note}


def _identity(detail: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(detail.get(name) for name in ("size", "root", "signed_at", "note_sha256"))


class _Check:
    """One pass over a log."""

    def __init__(
        self, checkpoints: Sequence[Checkpoint], verifiers: Sequence[Verifier], outside: Sequence[str]
    ) -> None:
        self.builder = Builder()
        self.findings: list[Finding] = []
        self._kept = {_identity(checkpoint_detail(point)) for point in checkpoints}
        self._named: set[tuple[Any, ...]] = set()
        self._trusted = 0
        """The size of the newest checkpoint whose root was met."""
        self._roots: dict[int, set[str]] = {}
        for point in checkpoints:
            if point.id != str(point.size):
                self._say(
                    "checkpoint", None, f"the checkpoint of {point.size} entries is filed as {point.id!r}"
                )
            self._expect(point.note, verifiers, (point.size, point.root))
        for note in outside:
            self._expect(note, verifiers, None)
        self._meet()

    def _say(self, code: str, number: int | None, message: str) -> None:
        self.findings.append(Finding(code, number, message))

    def _expect(self, note: str, verifiers: Sequence[Verifier], claimed: tuple[int, str] | None) -> None:
        try:
            size, root = read_note(note, verifiers)
        except NoteError as error:
            self._say("signature", None, str(error))
            return
        if claimed is not None and claimed != (size, root):
            self._say("checkpoint", claimed[0], "a checkpoint's row says something else than its signed note")
        self._roots.setdefault(size, set()).add(root)

    def _meet(self) -> None:
        """Hold the root so far against the checkpoints of this size."""
        expected = self._roots.pop(self.builder.size, None)
        if expected is None:
            return
        if expected == {self.builder.frontier().root().hex()}:
            self._trusted = self.builder.size
            return
        message = f"the entries before {self.builder.size} are not those that were signed"
        self._say("checkpoint", min(self._trusted, max(self.builder.size - 1, 0)), message)

    def read(self, entry: StoredEntry) -> None:
        expected = self.builder.size
        if entry.number != expected:
            self._say("missing", expected, f"entry {expected} is not there; {entry.number} follows")
        leaf = self._leaf(entry)
        if leaf is None or leaf.hex() != entry.leaf:
            self._say("altered", expected, f"entry {entry.number} is not what was hashed when it was written")
        elif entry.event == Event.CHECKPOINT_SIGNED:
            self._note_named(entry)
        self.builder.append(leaf or bytes(32))
        if self._roots:
            self._meet()

    def _leaf(self, entry: StoredEntry) -> bytes | None:
        try:
            return leaf_hash(entry.canonical())
        except (TypeError, ValueError):  # a column holds what is no text, or no whole number
            return None

    def _note_named(self, entry: StoredEntry) -> None:
        self._named.add(_identity(json.loads(entry.detail)))

    def finish(self, frontier: Frontier | None, tiles: Sequence[str] | None) -> None:
        size = self.builder.size
        if frontier is None:
            self._say("frontier", None, "what the database keeps of the tree cannot be read")
        elif frontier.size > size:
            self._say("missing", size, f"the log had {frontier.size} entries, {size} are there")
        elif frontier.size < size:
            self._say("surplus", frontier.size, f"{size - frontier.size} entries were not written by the log")
        elif frontier != self.builder.frontier():
            self._say("frontier", None, "the entries do not give the tree that the database keeps")
        if tiles is not None:
            self._compare_tiles(tiles)
        for beyond in sorted(self._roots):
            message = f"a checkpoint of {beyond} entries was signed, {size} are there"
            self._say("missing", min(size, beyond), message)
        for lost in sorted(self._named - self._kept, key=str):
            self._say("checkpoint", None, f"the checkpoint of {lost[0]} entries that the log names is gone")
        for unknown in sorted(self._kept - self._named, key=str):
            self._say("checkpoint", None, f"no entry of the log names the checkpoint of {unknown[0]} entries")

    def _compare_tiles(self, tiles: Sequence[str]) -> None:
        computed = [node.hex() for _, node in self.builder.tiles]
        for number, (kept, node) in enumerate(zip(tiles, computed, strict=False)):
            if kept != node:
                self._say("tiles", number * TILE, f"the kept hash of tile {number} is wrong")
        if len(tiles) != len(computed):
            number = min(len(tiles), len(computed))
            self._say("tiles", number * TILE, f"{len(computed)} tiles are complete, {len(tiles)} are kept")
