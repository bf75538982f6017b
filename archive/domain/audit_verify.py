"""Verifying a whole audit log: every entry read again and held against everything that was noted about it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.domain.audit import StoredEntry
from archive.domain.audit_model import Event
from archive.domain.checkpoints import Checkpoint, NoteError, Verifier, checkpoint_detail, read_note
from archive.domain.merkle import TILE, Builder, Frontier, leaf_hash, read_hashes

MAX_FINDINGS = 100
"""How many problems are told one by one; a log that was overwritten whole would have one for each entry."""


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


def verify_log(
    entries: Iterable[StoredEntry],
    frontier: Frontier | None,
    checkpoints: Sequence[Checkpoint] = (),
    *,
    tiles: Sequence[str] | None = None,
    verifiers: Sequence[Verifier] = (),
    outside: Sequence[str] = (),
) -> Verdict:
    """Read a whole log again.

    `entries` in the order of their numbers, as they lie in the database. `frontier` is what the database
    keeps of the tree (None: it cannot be read), `tiles` its kept hashes (None: not looked at), `checkpoints`
    those it keeps: each must be named by an entry of the log, and each that the log names must be there.
    `outside` are notes of checkpoints that were kept elsewhere. Signatures are checked with `verifiers`, of
    which one must fit.
    """
    signed = _Signed(checkpoints, verifiers, outside)
    log = _Entries(_Tree(signed.roots), signed)
    for entry in entries:
        log.read(entry)
    findings = [*log.findings, *log.tree_findings(frontier, tiles), *signed.finish()]
    bad = [finding.number for finding in findings if finding.number is not None]
    builder = log.said.builder
    return Verdict(
        ok=not findings,
        size=builder.size,
        root=builder.frontier().root().hex(),
        first_bad=min(bad, default=None),
        problems=tuple(findings[:MAX_FINDINGS]),
    )


class _Signed:
    """The checkpoints: what they promise, and whether the log names each of those that are kept."""

    def __init__(
        self, checkpoints: Sequence[Checkpoint], verifiers: Sequence[Verifier], outside: Sequence[str]
    ) -> None:
        self.findings: list[Finding] = []
        self.roots: dict[int, set[str]] = {}
        self._kept = {_identity(checkpoint_detail(point)) for point in checkpoints}
        self._named: set[tuple[Any, ...]] = set()
        for point in checkpoints:
            if point.id != str(point.size):
                self._say(f"the checkpoint of {point.size} entries is filed as {point.id!r}")
            self._expect(point.note, verifiers, (point.size, point.root))
        for note in outside:
            self._expect(note, verifiers, None)

    def _say(self, message: str, code: str = "checkpoint") -> None:
        self.findings.append(Finding(code, None, message))

    def _expect(self, note: str, verifiers: Sequence[Verifier], claimed: tuple[int, str] | None) -> None:
        try:
            size, root = read_note(note, verifiers)
        except NoteError as error:
            self._say(str(error), "signature")
            return
        if claimed is not None and claimed != (size, root):
            self._say("a checkpoint's row says something else than its signed note")
        self.roots.setdefault(size, set()).add(root)

    def note_named(self, entry: StoredEntry) -> None:
        self._named.add(_identity(json.loads(entry.detail)))

    def finish(self) -> list[Finding]:
        for lost in sorted(self._named - self._kept, key=str):
            self._say(f"the checkpoint of {lost[0]} entries that the log names is gone")
        for unknown in sorted(self._kept - self._named, key=str):
            self._say(f"no entry of the log names the checkpoint of {unknown[0]} entries")
        return self.findings


def _identity(detail: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(detail.get(name) for name in ("size", "root", "signed_at", "note_sha256"))


@dataclass
class _Tree:
    """A tree over the log, and where it differs from what was noted of the tree."""

    roots: dict[int, set[str]]
    """Size → roots that checkpoints promise, until they were met."""
    builder: Builder = field(default_factory=Builder)
    findings: list[Finding] = field(default_factory=list)
    trusted: int = 0
    """The size of the newest checkpoint whose root was met."""

    def __post_init__(self) -> None:
        self.roots = dict(self.roots)
        self._meet()

    def _say(self, code: str, number: int | None, message: str) -> None:
        self.findings.append(Finding(code, number, message))

    def append(self, leaf: bytes) -> None:
        self.builder.append(leaf)
        if self.roots:
            self._meet()

    def _meet(self) -> None:
        size = self.builder.size
        expected = self.roots.pop(size, None)
        if expected == {self.builder.frontier().root().hex()}:
            self.trusted = size
        elif expected is not None:
            number = min(self.trusted, max(size - 1, 0))
            self._say("checkpoint", number, f"the entries before {size} are not those that were signed")

    def finish(self, frontier: Frontier | None, tiles: Sequence[str] | None) -> list[Finding]:
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
        for beyond in sorted(self.roots):
            message = f"a checkpoint of {beyond} entries was signed, {size} are there"
            self._say("missing", min(size, beyond), message)
        return self.findings

    def _compare_tiles(self, tiles: Sequence[str]) -> None:
        computed = [node.hex() for _, node in self.builder.tiles]
        for number, (kept, node) in enumerate(zip(tiles, computed, strict=False)):
            if kept != node:
                self._say("tiles", number * TILE, f"the kept hash of tile {number} is wrong")
        if len(tiles) != len(computed):
            number = self.builder.size if len(tiles) > len(computed) else len(tiles) * TILE
            self._say("tiles", number, f"{len(computed)} tiles are complete, {len(tiles)} are kept")


class _Entries:
    """One pass over the entries. From the first altered one on it follows two trees, one over what the
    entries say and one over the leaf hashes that stand beside them: an entry was altered, or its hash was.
    The tree that fits what was noted tells which, and keeps the others from being accused."""

    def __init__(self, tree: _Tree, signed: _Signed) -> None:
        self.findings: list[Finding] = []
        self.said = tree
        self._hashed: _Tree | None = None
        self._signed = signed

    def read(self, entry: StoredEntry) -> None:
        expected = self.said.builder.size
        if entry.number != expected:
            message = f"entry {expected} is not there; {entry.number} follows"
            self.findings.append(Finding("missing", expected, message))
        said, hashed = _leaf(entry), _written_leaf(entry)
        if said is None or said != hashed:
            message = f"entry {entry.number} is not what was hashed when it was written"
            self.findings.append(Finding("altered", expected, message))
            self._hashed = self._hashed or copy.deepcopy(self.said)
        elif entry.event == Event.CHECKPOINT_SIGNED:
            self._signed.note_named(entry)
        if self._hashed is not None:
            self._hashed.append(hashed or said or bytes(32))
        self.said.append(said or hashed or bytes(32))

    def tree_findings(self, frontier: Frontier | None, tiles: Sequence[str] | None) -> list[Finding]:
        trees = [tree.finish(frontier, tiles) for tree in (self.said, self._hashed) if tree is not None]
        return min(trees, key=len)


def _leaf(entry: StoredEntry) -> bytes | None:
    """The hash of what an entry says; None when a column holds what is no text, or no whole number."""
    texts = (entry.at, entry.event, entry.actor, entry.subject, entry.detail)
    if type(entry.number) is not int or not all(isinstance(part, str) for part in texts):
        return None
    try:
        return leaf_hash(entry.canonical())
    except UnicodeEncodeError:
        return None


def _written_leaf(entry: StoredEntry) -> bytes | None:
    """The hash that stands beside an entry, when it is one."""
    try:
        (leaf,) = read_hashes(entry.leaf)
    except (ValueError, TypeError, AttributeError):
        return None
    return leaf
