"""The audit log as evidence: verified, checkpointed, witnessed, proved, exported whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.audit_verify import Finding, verify_log
from archive.domain.checkpoints import (
    Checkpoint,
    NoteError,
    Verifier,
    checkpoint_detail,
    read_note,
    sign_checkpoint,
)
from archive.domain.merkle import EMPTY_ROOT, Hashes
from archive.domain.people import Actor
from archive.domain.witness import WitnessRefused, is_witnessed
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.errors import NotFound
from archive.services.objects import plain


def verify(
    archive: Archive, actor: Actor, outside: Sequence[str] = (), *, witness: Verifier | None = None
) -> dict[str, Any]:
    """Read the whole log again and hold it against its tree and every signed checkpoint.

    `outside` are notes of checkpoints that were kept elsewhere; those beside the key on this machine and the
    newest of this archive's witness are used too. With `witness` each of `outside` must be cosigned by that key.
    Answers as design 8 fixes, with the problems in words.
    """
    allow(archive, actor, "audit.verify")
    return verdict_of(archive, outside, witness=witness)


def verdict_of(
    archive: Archive, outside: Sequence[str] = (), *, witness: Verifier | None = None
) -> dict[str, Any]:
    """What verifying finds; for those who may check the whole system as well as for auditors."""
    seen, keys = _seen_by_witness(archive)
    notes = [*_notes_beside_key(archive), *seen, *outside]
    unseen = _not_witnessed(outside, witness) if witness else []
    with archive.uow() as uow:
        try:
            frontier = uow.audit_frontier()
        except ValueError:
            frontier = None
        verdict = verify_log(
            uow.audit_stored(),
            frontier,
            uow.list(Checkpoint),
            tiles=uow.audit_tiles(),
            verifiers=[archive.signer().verifier, *keys, *([witness] if witness else [])],
            outside=notes,
        )
    return {
        "ok": verdict.ok and not unseen,
        "size": verdict.size,
        "root": verdict.root,
        "first_bad": verdict.first_bad,
        "problems": [plain(p) for p in (*verdict.problems, *unseen)],
    }


def _not_witnessed(notes: Sequence[str], witness: Verifier) -> list[Finding]:
    found = []
    for note in notes:
        try:
            read_note(note, [witness])
        except NoteError as error:
            found.append(Finding("witness", None, f"not witnessed by {witness.name}: {error}"))
    return found


def _seen_by_witness(archive: Archive) -> tuple[list[str], list[Verifier]]:
    """The newest note of the witness and its public key; nothing while its medium is out."""
    try:
        witness = archive.witness() if archive.witness else None
        note = witness.last() if witness else ""
    except (OSError, ValueError):
        return [], []
    return [note] if note else [], [witness.signer.verifier] if witness else []


def _folder(archive: Archive) -> Path:
    return archive.home / "keys" / "checkpoints"


def _notes_beside_key(archive: Archive) -> list[str]:
    folder = _folder(archive)
    return (
        [note.read_text(encoding="utf-8") for note in sorted(folder.glob("*.note"))]
        if folder.is_dir()
        else []
    )


def checkpoint(archive: Archive, actor: Actor) -> str:
    """Sign what the log is now, and have it witnessed where a witness is configured.

    The note is kept in the database and beside the key, and should be kept outside. A witness that is away or
    refuses does not keep the log from being signed; the entry says so, and `witness_of` does.
    """
    allow(archive, actor, "audit.verify")
    now = archive.clock.now()
    with archive.uow(write=True) as uow:
        point = sign_checkpoint(uow.audit_frontier(), now, archive.signer())
        known = uow.get(Checkpoint, point.id)
        if known is not None:
            return known.note
        point, said = _witnessed(archive, uow, point)
        uow.add(point)
        detail = {**checkpoint_detail(point), **said}
        uow.audit(Event.CHECKPOINT_SIGNED, actor=actor.id, subject="audit", at=now, **detail)
        uow.commit()
    folder = _folder(archive)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / f"{point.size:012d}.note").write_text(point.note, encoding="utf-8")
    return point.note


def _witnessed(archive: Archive, uow: UnitOfWork, point: Checkpoint) -> tuple[Checkpoint, dict[str, str]]:
    """The checkpoint with the witness's line, and what the entry says of it. Inside the writing transaction, so
    that no two notes are shown to the witness at once."""
    if archive.witness is None:
        return point, {}
    try:
        note = archive.witness().cosign(
            point,
            archive.signer().verifier,
            archive.clock.now(),
            lambda old: _hashes(uow).consistency(old, point.size),
        )
    except WitnessRefused as error:
        return point, {"witness": "refused", "problem": str(error)}
    except (OSError, ValueError) as error:
        return point, {"witness": "away", "problem": type(error).__name__}
    return replace(point, note=note), {"witness": "signed"}


def hourly_checkpoint(archive: Archive, actor: Actor) -> None:
    """Sign what happened since the newest checkpoint; nothing when only that checkpoint itself did."""
    with archive.uow() as uow:
        size = uow.audit_size()
        last = uow.get(Checkpoint, str(size - 1))
    if last is None or witness_of(archive, last.note) not in ("none", "signed"):
        checkpoint(archive, actor)


def witness_of(archive: Archive, note: str) -> str:
    """'none' where no witness is configured, 'signed', 'missing' where the note lacks its line, or 'away'."""
    if archive.witness is None:
        return "none"
    try:
        key = archive.witness().signer.verifier
    except (OSError, ValueError):
        return "away"
    return "signed" if is_witnessed(note, key) else "missing"


def kept_checkpoint(archive: Archive, actor: Actor, size: int) -> str:
    """The note of a checkpoint that was signed at this size. Raises NotFound."""
    allow(archive, actor, "audit.read")
    with archive.uow() as uow:
        return must(uow.get(Checkpoint, str(size)), "该检查点").note


def checkpoints(archive: Archive, actor: Actor, limit: int = 20) -> list[Checkpoint]:
    """The newest checkpoints, newest first."""
    allow(archive, actor, "audit.read")
    with archive.uow() as uow:
        return uow.list(Checkpoint, order=("-size",), limit=limit)


def prove_inclusion(archive: Archive, actor: Actor, index: int) -> dict[str, Any]:
    """That entry `index` is in the log as it stands (RFC 6962), for a verifier outside. Raises NotFound."""
    allow(archive, actor, "audit.verify")
    with archive.uow() as uow:
        frontier = uow.audit_frontier()
        if not 0 <= index < frontier.size:
            raise NotFound(f"日志中没有第 {index} 条。", hint=f"现有 {frontier.size} 条，从 0 数起。")
        proof = _hashes(uow).inclusion(index, frontier.size)
        leaf = uow.audit_leaves(index, index + 1)[0]
        entry = next(iter(uow.audit_stored(index, index + 1)))
    return {
        "size": frontier.size,
        "index": index,
        "leaf": leaf.hex(),
        "root": frontier.root().hex(),
        "path": [node.hex() for node in proof.path],
        "entry": entry.canonical().decode(),
    }


def prove_consistency(archive: Archive, actor: Actor, old: int) -> dict[str, Any]:
    """That the log of `old` entries is the beginning of the log as it stands. Raises NotFound."""
    allow(archive, actor, "audit.verify")
    with archive.uow() as uow:
        frontier = uow.audit_frontier()
        if not 0 <= old <= frontier.size:
            raise NotFound(f"日志从未有过 {old} 条。", hint=f"现有 {frontier.size} 条。")
        hashes = _hashes(uow)
        proof = hashes.consistency(old, frontier.size)
        old_root = hashes.subtree(0, old) if old else EMPTY_ROOT
    return {
        "old_size": old,
        "new_size": frontier.size,
        "old_root": old_root.hex(),
        "new_root": frontier.root().hex(),
        "path": [node.hex() for node in proof.path],
    }


def _hashes(uow: UnitOfWork) -> Hashes:
    return Hashes(
        uow.audit_leaves, lambda start, end: [bytes.fromhex(node) for node in uow.audit_tiles(start, end)]
    )


def export(archive: Archive, actor: Actor) -> Iterator[dict[str, Any]]:
    """Every entry in order, as one JSON value each; the export is itself an entry."""
    allow(archive, actor, "audit.read")
    with archive.uow(write=True) as uow:
        size = uow.audit_size()
        uow.audit(Event.EXPORTED, actor=actor.id, subject="audit", at=archive.clock.now(), entries=size)
        uow.commit()
    with archive.uow() as uow:
        for entry in uow.audit_stored(0, size):
            yield {"leaf": entry.leaf, "entry": entry.canonical().decode()}
