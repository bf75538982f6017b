"""Events, holds and sweeps: what retention decisions are made from, as the archive keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A trigger event 触发事件 recorded for a record, dossier or house (`target_kind`)."""

    id: str
    target_kind: str
    target: str
    type: str
    date: date
    evidence: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold 冻结: stops every disposal of what it covers until it is lifted."""

    id: str
    target_kind: str
    target: str
    reason: str
    set_by: str
    set_on: date
    lifted_by: str | None = None
    lifted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run of the retention sweep for a day, and what it found due or up for review."""

    id: str
    on: date
    run_at: datetime
    examined: int
    due: tuple[Mapping[str, Any], ...]
