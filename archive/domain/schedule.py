"""The retention schedules 保管期限表 that an archive has had: which one is in force, and which one waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ScheduleState(StrEnum):
    """PROPOSED waits for a person; ACCEPTED is in force; SUPERSEDED was, or is no longer what the pack brings."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"


class Stage(StrEnum):
    """What has been done over the records that a version concerns."""

    COUNTING = "counting"
    """Its effect is being counted, before anyone accepts it."""
    COUNTED = "counted"
    REFRESHING = "refreshing"
    """It was accepted; due days are being computed anew."""
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class ScheduleVersion:
    """One version of the schedule, as retention.schedule.to_plain writes it.

    `digest` is the same for versions that decide alike. `base` is the version that it was held against, `types` the
    types whose periods differ from it. `effect` counts records by type and by what changes for them ("longer",
    "shorter", "same", "undecided", "due"); `examined` of `total` records were looked at, up to the id `reached`.
    """

    id: str
    pack_version: str
    digest: str
    state: ScheduleState
    stage: Stage
    schedule: Mapping[str, Any]
    made_at: datetime
    base: str = ""
    types: tuple[str, ...] = ()
    effect: Mapping[str, Any] = field(default_factory=dict)
    examined: int = 0
    total: int = 0
    reached: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
