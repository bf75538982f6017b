"""Copies to take along: pages as a PDF in which every page carries reader, time and grant."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from archive.domain.access_model import Reading
from archive.domain.audit_model import Event
from archive.domain.people import Actor, Person
from archive.domain.records import Version, version_id
from archive.services.archive import Archive
from archive.services.common import allow, known_record, must, new_id
from archive.services.errors import BadInput
from archive.services.reading import marks, render_page
from archive.services.views import Download
from archive.services.watermark import watermark

MOST_PAGES = 60
"""Pages of one copy; whoever needs more takes them in parts."""
WIDTH = 1600
"""Pixels of a page image: 193 dpi on A4."""
A4_WIDTH = 595.28
"""PDF points."""


def watermarked_copy(
    archive: Archive, actor: Actor, record_id: str, *, version: int, first: int = 1, last: int | None = None
) -> Download:
    """Pages `first` to `last` (from 1, both included; None: the last one) of a record as a watermarked PDF.

    Registered page by page before it leaves. Raises Refused (needs_copy_grant, never), BadInput for pages that are
    not there or too many.
    """
    with archive.uow() as uow:
        record = known_record(archive, uow, actor, record_id)
        allowed = allow(archive, actor, "record.copy", uow=uow, record=record)
        stored = must(uow.get(Version, version_id(record.id, version)), "该版本")
        reader = uow.get(Person, actor.id)
    end = last or max(1, record.pages)
    if not first <= end <= max(1, record.pages):
        raise BadInput("没有这些页。", code="no_page")
    if end - first >= MOST_PAGES:
        raise BadInput(f"一次最多 {MOST_PAGES} 页。", code="too_many_pages", hint="请分几次带走。")
    lines = marks(archive, actor, reader, allowed.grant)
    out = BytesIO()
    canvas = Canvas(out, pageCompression=0, invariant=True)
    for page in range(first, end + 1):
        turned = record.turned[page - 1] if page <= len(record.turned) else 0
        _add(canvas, watermark(render_page(archive, stored, page, WIDTH, turned=turned), lines, archive.font))
    canvas.save()
    content = out.getvalue()
    now = archive.clock.now()
    grant = allowed.grant.id if allowed.grant else None
    with archive.uow(write=True) as uow:
        for page in range(first, end + 1):
            uow.add(Reading(new_id(), grant, actor.id, record.id, version, page, now))
        uow.audit(
            Event.RECORD_COPIED,
            actor=actor.id,
            subject=record.id,
            at=now,
            grant=grant,
            version=version,
            pages=[first, end],
            sha256=sha256(content).hexdigest(),
        )
        uow.commit()
    return Download(f"{record.id}.pdf", "application/pdf", content, now)


def _add(canvas: Canvas, jpeg: bytes) -> None:
    picture = ImageReader(BytesIO(jpeg))
    width, height = picture.getSize()
    size = A4_WIDTH, A4_WIDTH * height / width
    canvas.setPageSize(size)
    canvas.drawImage(picture, 0, 0, *size)
    canvas.showPage()
