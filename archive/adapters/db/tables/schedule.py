"""Versions of the retention schedule."""

from archive.adapters.db.codec import derive
from archive.domain.schedule import ScheduleVersion

SCHEDULES = derive("schedule_versions", ScheduleVersion, indexes=[("state", "made_at")])
