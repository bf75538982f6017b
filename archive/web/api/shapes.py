"""Values of the archive as JSON: dataclasses by their fields, days and moments in ISO 8601 (moments in UTC)."""

from __future__ import annotations

from archive.domain.access_model import Grant
from archive.domain.records import Intake
from archive.services.objects import plain
from archive.services.views import BatchView, Hit, RecordView, RequestView, SearchPage
from schemas.model import Pack

RESULT = ("record", "state", "type", "title", "pages", "problems")
"""What a sender learns of each record that came of a file; its content is read on the record, under its class."""


def intake(item: Intake) -> dict[str, object]:
    """A received file: its state, what came of it, and where to ask again."""
    return {
        "id": item.id,
        "batch": item.batch,
        "name": item.original_name,
        "size": item.size,
        "sha256": item.sha256,
        "state": item.state,
        "received_at": plain(item.received_at),
        "records": list(item.records),
        "results": [{k: r[k] for k in RESULT if k in r} for r in plain(item.results)],
        "problems": plain(item.problems),
        "status": f"/api/v1/intake/{item.id}",
    }


def batch(view: BatchView) -> dict[str, object]:
    return {
        "batch": view.batch,
        "done": view.done,
        "total": view.total,
        "items": [intake(i) for i in view.items],
    }


def hit(found: Hit) -> dict[str, object]:
    """A hit as design section 8 fixes it; the snippet as plain text, None for restricted ones."""
    return {
        "record": found.record,
        "type": found.type,
        "title": found.title,
        "house": found.house,
        "date": plain(found.date),
        "access_class": found.access_class,
        "restricted": found.restricted,
        "may_request": found.may_request,
        "snippet": None if found.snippet is None else "".join(p.text for p in found.snippet),
    }


def search(page: SearchPage) -> dict[str, object]:
    return {
        "total": page.total,
        "hits": [hit(h) for h in page.hits],
        "current_to": page.current_to,
        "behind": page.behind,
        "complete": page.complete,
        "by_type": dict(page.by_type),
    }


CONTENT = ("owner", "fields", "signatures", "seals", "problems", "sha256")
"""What a record says; of a class that needs a grant it is seen only on watermarked page images."""


def record(pack: Pack, view: RecordView) -> dict[str, object]:
    """A record with the asker's rights; without the right to open it only what is known."""
    shown = plain(view.record)
    if pack.access_classes[view.record.access_class].viewing == "grant":
        shown = {k: v for k, v in shown.items() if k not in CONTENT}
    return {
        "record": shown,
        "rights": plain(view.rights),
        "dossier": plain(view.dossier) if view.dossier else None,
        "house": plain(view.house) if view.house else None,
        "versions": [plain(v) for v in view.versions],
        "decision": plain(view.decision) if view.decision else None,
    }


def grant(given: Grant) -> dict[str, object]:
    shown: dict[str, object] = plain(given)
    return shown


def request(view: RequestView) -> dict[str, object]:
    return {
        **plain(view.request),
        "requester_name": view.requester.display_name,
        "grant": grant(view.grant) if view.grant else None,
        "opened": [plain(r) for r in view.readings],
        "may_decide": view.may_decide,
    }
