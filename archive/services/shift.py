"""The same-shift filing clock: what came in this shift, what of it is filed, and what an earlier shift left over.

004 入住 4.5.13 wants the day's move-in papers filed before the shift ends; the pack marks each such form.
"""

from __future__ import annotations

from datetime import datetime

from archive.domain.completeness import FileState, HouseholdFile
from archive.domain.records import Record, RecordState
from archive.ports.unit_of_work import AtLeast, AtMost, UnitOfWork
from archive.services.archive import Archive
from archive.services.views import Shift
from retention.calendars import calendar_of
from schemas.model import Pack

UNSETTLED = (RecordState.TO_VERIFY, RecordState.KEPT_UNREADABLE)
DEADLINES = ("the same shift", "the end of the shift")
"""How record types say that they are filed before the shift ends."""
FEW = 5


def shift_types(pack: Pack) -> frozenset[str]:
    """The record types that must be filed within the shift, by their deadline or by an obligation."""
    by_type = {c for c, k in pack.record_types.items() if k.filing_deadline.startswith(DEADLINES)}
    by_duty = {o.record_type for o in pack.obligations.values() if o.due.within == "shift" and o.record_type}
    return frozenset(by_type | by_duty)


def running_shift(archive: Archive, uow: UnitOfWork) -> Shift:
    """How the shift that runs now stands. What nobody has recognised yet may be such a form and counts as one."""
    now = archive.clock.now()
    calendar = calendar_of(archive.pack)
    local = now.astimezone(archive.zone)
    began = calendar.start_of_shift(local).astimezone(now.tzinfo)
    ends = calendar.end_of_shift(local).astimezone(now.tzinfo)
    types = shift_types(archive.pack)
    since = AtLeast(began)
    filed = uow.count_by(Record, "type", state=RecordState.FILED, filed_at=since)
    all_waiting = uow.count_by(Record, "type", state=UNSETTLED)
    new_waiting = uow.count_by(Record, "type", state=UNSETTLED, filed_at=since)
    waiting = sum(n for t, n in new_waiting.items() if t in types or t is None)
    late = sum(n for t, n in all_waiting.items() if t in types or t is None) - waiting
    return Shift(
        began,
        ends,
        sum(n for t, n in filed.items() if t in types),
        waiting,
        late,
        _oldest(uow, types, began) if late else None,
        tuple(
            uow.list(
                HouseholdFile,
                state=(FileState.MISSING, FileState.UNSIGNED),
                since=local.date(),
                order=("estate", "place"),
                limit=FEW,
            )
        ),
    )


def _oldest(uow: UnitOfWork, types: frozenset[str], before: datetime) -> datetime | None:
    for state in UNSETTLED:
        for record in uow.list(Record, state=state, filed_at=AtMost(before), order=("filed_at",), limit=50):
            if record.type is None or record.type in types:
                return record.filed_at
    return None
