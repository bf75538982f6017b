"""Work as rows: a broker message is only a hint that a row waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

MAX_ATTEMPTS = 3
"""A job that has killed its worker this often is quarantined and shown (design 4)."""

LEASE = timedelta(minutes=2)
"""A worker renews its lease while it works; a lease that ran out means that the worker is gone."""


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `key` is unique among unfinished jobs of a kind, so asking twice makes one job."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    state: JobState
    created_at: datetime
    run_after: datetime
    attempts: int = 0
    lease_until: datetime | None = None
    worker: str = ""
    error: str = ""
    finished_at: datetime | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """A sign of life of a worker process; older than 15 seconds means it is not there."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Setting:
    """A small named value the archive keeps about itself (index position, canary result, ...)."""

    id: str
    value: Any
