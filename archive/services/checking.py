"""`dangan check`: database, store, index and audit log held against each other; every finding has a repair."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from archive.domain.people import Actor
from archive.domain.records import Dossier, Intake, Record, RecordState, Version
from archive.ports.search import Query
from archive.ports.unit_of_work import UnitOfWork
from archive.services import auditing
from archive.services.archive import Archive
from archive.services.common import allow
from archive.services.indexing import newest_change, position
from archive.services.objects import object_of_record, original_path

GRACE = timedelta(hours=1)
"""Bytes younger than this may belong to a filing that is still under way."""

Finding = dict[str, str]


def finding(code: str, subject: str, message: str, repair: str) -> Finding:
    return {"code": code, "subject": subject, "message": message, "repair": repair}


def check(archive: Archive, actor: Actor, *, deep: bool = False) -> dict[str, Any]:
    """Compare everything; with `deep` every byte of the store is read again. Changes nothing."""
    allow(archive, actor, "system.health")
    checked: dict[str, int] = {}
    findings: list[Finding] = []
    findings += _rows_have_bytes(archive, checked)
    findings += _objects_have_rows(archive, checked)
    if deep:
        findings += _bytes_are_whole(archive, checked)
    findings += _index_is_complete(archive, checked)
    findings += _log_is_whole(archive, checked)
    return {"ok": not findings, "findings": findings, "checked": checked}


def _rows_have_bytes(archive: Archive, checked: dict[str, int]) -> Iterator[Finding]:
    """A row without bytes must be impossible (design 4); if it is there, it is the gravest finding."""
    checked["versions"] = 0
    with archive.uow() as uow:
        for version in uow.stream(Version):
            checked["versions"] += 1
            stored = {v.number: v for v in archive.store.versions(object_of_record(version.record))}
            held = stored.get(version.number)
            names = {f.path for f in held.files} if held else set()
            if original_path(version.media_type) not in names and not _destroyed(uow, version.record):
                yield finding(
                    "bytes_missing",
                    version.id,
                    "The database knows this version, but the store has no original for it.",
                    "Restore the object from a backup, then run dangan check --deep.",
                )


def _destroyed(uow: UnitOfWork, record_id: str) -> bool:
    record = uow.get(Record, record_id)
    return record is not None and record.state is RecordState.DESTROYED


def _objects_have_rows(archive: Archive, checked: dict[str, int]) -> Iterator[Finding]:
    """Objects without rows: a filing that was cut off between store and database."""
    checked["objects"] = 0
    young = archive.clock.now() - GRACE
    with archive.uow() as uow:
        for object_id in archive.store.object_ids():
            checked["objects"] += 1
            kind, _, own = object_id.removeprefix("urn:dangan:").partition(":")
            known = _row_of(uow, kind, own)
            if known:
                continue
            versions = archive.store.versions(object_id)
            if versions and versions[-1].created < young:
                yield finding(
                    "orphan_object",
                    object_id,
                    "The store holds an object that no row names; its filing was interrupted.",
                    "Nothing is lost: the received file was read again. The sweep removes it after the grace time.",
                )


def _row_of(uow: UnitOfWork, kind: str, own: str) -> bool:
    if kind == "record":
        return uow.get(Record, own) is not None
    if kind == "dossier":
        return uow.get(Dossier, own) is not None
    return True


def _bytes_are_whole(archive: Archive, checked: dict[str, int]) -> Iterator[Finding]:
    checked["verified_objects"] = 0
    for object_id in archive.store.object_ids():
        checked["verified_objects"] += 1
        for damage in archive.store.verify(object_id):
            yield finding(
                f"store_{damage.code}",
                object_id,
                damage.message,
                "Restore this object from a backup; the database need not change.",
            )
    with archive.uow() as uow:
        for item in uow.list(Intake, state=("waiting", "reading", "refused"), limit=10_000):
            if item.size and not any(r.sha256 == item.sha256 for r, _ in archive.store.list_received()):
                yield finding(
                    "received_missing",
                    item.id,
                    "A received file waits for a worker, but its bytes are gone.",
                    "Ask whoever sent it to send it again.",
                )


def _index_is_complete(archive: Archive, checked: dict[str, int]) -> Iterator[Finding]:
    with archive.uow() as uow:
        reached, newest = position(uow), newest_change(uow)
        alive = uow.count(Record) - uow.count(Record, state=RecordState.DESTROYED)
    indexed = archive.index.count()
    checked["indexed"] = indexed
    if reached < newest:
        yield finding(
            "index_behind",
            "index",
            f"The index is complete to change {reached}, the newest is {newest}.",
            "It follows by itself while workers run; start them, or run dangan rebuild index.",
        )
    elif indexed != alive or archive.index.search(Query(limit=1)).total != alive:
        yield finding(
            "index_differs",
            "index",
            f"The index holds {indexed} records, the database {alive}.",
            "Run dangan rebuild index.",
        )


def _log_is_whole(archive: Archive, checked: dict[str, int]) -> Iterator[Finding]:
    answer = auditing.verdict_of(archive)
    checked["audit_entries"] = answer["size"]
    if not answer["ok"]:
        yield finding(
            "audit_broken",
            f"entry {answer['first_bad']}",
            "The audit log is not what it was when it was signed.",
            "Keep the machine as it is and compare with a checkpoint kept outside.",
        )
