"""Whether each part of the system answers, in one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from archive.domain.jobs import Job, JobState
from archive.ports.jobs import BrokerUnavailable
from archive.ports.scanner import ScannerUnavailable
from archive.ports.search import IndexUnavailable
from archive.ports.store import StoreUnavailable
from archive.ports.unit_of_work import DatabaseUnavailable
from archive.services.archive import Archive
from archive.services.indexing import newest_change, position
from archive.services.views import Health
from archive.services.work import workers_alive


def health(archive: Archive) -> list[Health]:
    parts = [
        _ping("store", archive.store.ping),
        _ping("index", archive.index.ping),
        _ping("broker", archive.jobs.ping),
        *([_ping("scanner", archive.scanner.ping)] if archive.scanner else []),
    ]
    try:
        parts += [_workers(archive), _position(archive), _quarantine(archive)]
        parts.insert(0, Health("database", True, ""))
    except DatabaseUnavailable as error:
        parts.insert(0, Health("database", False, str(error)))
    return parts


def _ping(name: str, ping: Callable[[], None]) -> Health:
    try:
        ping()
    except (ScannerUnavailable, StoreUnavailable, IndexUnavailable, BrokerUnavailable) as error:
        return Health(name, False, str(error))
    return Health(name, True, "")


def _workers(archive: Archive) -> Health:
    alive = workers_alive(archive)
    message = "" if alive else "没有工作进程在运行，收下的文件会排队等候。请启动 dangan worker。"
    return Health("workers", alive > 0, message, {"alive": alive})


def _position(archive: Archive) -> Health:
    with archive.uow() as uow:
        newest, reached = newest_change(uow), position(uow)
    behind = max(0, newest - reached)
    message = f"索引落后 {behind} 处改动，正在追赶。" if behind else ""
    return Health("index-position", behind < 1000, message, {"current_to": reached, "newest": newest})


def _quarantine(archive: Archive) -> Health:
    with archive.uow() as uow:
        stuck = uow.list(Job, state=(JobState.QUARANTINED, JobState.FAILED), order=("-created_at",), limit=20)
    message = f"{len(stuck)} 项工作多次失败，已隔离，请查看。" if stuck else ""
    detail = {"jobs": [{"id": j.id, "kind": j.kind, "error": j.error} for j in stuck]}
    return Health("jobs", not stuck, message, detail)
