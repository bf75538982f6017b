"""What became of received files, in the shape that scripts lean on (design 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.domain.records import Dossier, Intake, Record
from archive.ports.unit_of_work import UnitOfWork
from archive.services.archive import Archive
from archive.services.indexing import newest_change, position
from archive.services.intake import UNREAD

CHUNK = 500
"""How many ids one question to the database names."""


def settled(archive: Archive, items: Sequence[str]) -> list[Intake] | None:
    """The intakes when nothing more happens to any of them by itself and the index has them; None before that.

    Cheap to ask often: rows are only counted until all are finished.
    """
    chunks = [tuple(items[start : start + CHUNK]) for start in range(0, len(items), CHUNK)]
    with archive.uow() as uow:
        if any(uow.count(Intake, id=chunk, state=tuple(UNREAD)) for chunk in chunks):
            return None
        found = [item for chunk in chunks for item in uow.list(Intake, id=chunk)]
        reached = position(uow)
        if reached < newest_change(uow):  # others may be filing too: look at ours alone
            newest = max((r.change for i in found for r in _records(uow, i)), default=0)
            if reached < newest:
                return None
    order = {item: n for n, item in enumerate(items)}
    return sorted(found, key=lambda i: order[i.id])


def _records(uow: UnitOfWork, item: Intake) -> list[Record]:
    return uow.list(Record, id=item.records, order=("id",)) if item.records else []


def lines(archive: Archive, item: Intake, path: str) -> list[dict[str, Any]]:
    """One line per resulting record; one for the file when there is none."""
    with archive.uow() as uow:
        records = _records(uow, item)
        dossiers = {r.dossier: uow.get(Dossier, r.dossier) for r in records if r.dossier}
    if not records or item.state == "duplicate":
        twin = item.records[0] if item.records else None
        return [
            {**_EMPTY, "path": path, "state": _state(item), "record": twin, "problems": list(item.problems)}
        ]
    return [_line(archive, item, r, dossiers.get(r.dossier or ""), path) for r in records]


_EMPTY: dict[str, Any] = {
    "pages": [],
    "type": None,
    "title": None,
    "dossier": None,
    "house": None,
    "owner": None,
    "date": None,
    "fields": {},
    "signatures": [],
    "seals": [],
    "register_page": None,
    "chars": 0,
}


def _state(item: Intake) -> str:
    return item.state if item.state in ("duplicate", "refused", "kept_unreadable") else "refused"


def _line(
    archive: Archive, item: Intake, record: Record, dossier: Dossier | None, path: str
) -> dict[str, Any]:
    kind = archive.pack.record_types.get(record.type or "")
    register = record.register_page
    return {
        "path": path,
        "pages": list(record.source_pages),
        "state": record.state.value,
        "record": record.id,
        "type": record.type,
        "title": kind.title_zh if kind else None,
        "dossier": dossier.code if dossier else None,
        "house": record.house_key,
        "owner": record.owner,
        "date": record.record_date.isoformat() if record.record_date else None,
        "fields": {f["label"]: f["value"] for f in record.fields},
        "signatures": [{"place": m["place"], "present": m["present"]} for m in record.signatures],
        "seals": [{"place": m["place"], "present": m["present"]} for m in record.seals],
        "register_page": {"number": register[0], "of": register[1]} if register else None,
        "chars": record.chars,
        "problems": [*item.problems, *(p for p in record.problems if p not in item.problems)],
    }


def index_current(archive: Archive) -> bool:
    """Whether everything that is filed can be found."""
    with archive.uow() as uow:
        return position(uow) >= newest_change(uow)
