"""The read-only rendition of a revision, and the stamped print of a numbered copy with its QR code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archive.domain.copies import ENDS, Copy
from archive.domain.documents import Document, Revision
from archive.domain.jobs import Setting
from archive.domain.people import Actor
from archive.domain.records import Record, Version, version_id
from archive.services.archive import Archive
from archive.services.common import allow, keep_setting, known_record, must, new_id
from archive.services.documents.drafts import WORD
from archive.services.errors import BadInput
from archive.services.objects import original_file
from archive.services.reading import page_cache
from archive.services.views import Download
from ingest.reader import ReadError
from ingest.rendition import pdf_of_word

PDF = "application/pdf"
WIDTH = 1600
"""Pixels of a printed page: about 190 to the inch on A4."""
PAGE = (210 * mm, 297 * mm)
STAMP = "document-stamp"
CORNERS = ("top_right", "top_left", "bottom_right", "bottom_left")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is stamped on every page of a printed copy; `color` as #rrggbb, `corner` one of CORNERS."""

    controlled: str = "受控文件"
    uncontrolled: str = "非受控文件"
    void: str = "作废"
    color: str = "#c00000"
    corner: str = "top_right"


def stamp(archive: Archive) -> Stamp:
    """The house's stamp."""
    with archive.uow() as uow:
        kept = uow.get(Setting, STAMP)
    return Stamp(**kept.value) if kept else Stamp()


def set_stamp(archive: Archive, actor: Actor, **changed: str) -> Stamp:
    """Change the stamp; what is empty stays. Raises BadInput for a colour or corner that is none."""
    allow(archive, actor, "settings.manage")
    made = replace(stamp(archive), **{k: v.strip()[:20] for k, v in changed.items() if v.strip()})
    try:
        HexColor(made.color)
    except ValueError as error:
        raise BadInput(f"「{made.color}」不是颜色。", code="bad_color", hint="例如 #c00000。") from error
    if made.corner not in CORNERS:
        raise BadInput("印章位置只能是四角之一。", code="bad_choice", hint="可用：" + "、".join(CORNERS))
    with archive.uow(write=True) as uow:
        keep_setting(uow, Setting(STAMP, asdict(made)))
        uow.commit()
    return made


@contextmanager
def rendition_file(archive: Archive, version: Version) -> Iterator[tuple[Path, str]]:
    """The version in a form with pages: as PDF where LibreOffice makes one of a Word file, else as it is."""
    if version.media_type != WORD:
        with original_file(archive, version) as path:
            yield path, version.media_type
        return
    cached = page_cache(archive.home, version.record) / f"{version.number}.pdf"
    if not cached.is_file():
        with original_file(archive, version) as path:
            made = pdf_of_word(path)
            if made is None:
                yield path, version.media_type
                return
        cached.parent.mkdir(parents=True, exist_ok=True)
        part = cached.with_suffix(f".{new_id()}.part")
        part.write_bytes(made)
        part.replace(cached)
    yield cached, PDF


def rendition(archive: Archive, actor: Actor, number: str, revision: str) -> Download:
    """A revision as a PDF to read, never to edit. Raises BadInput where none can be made."""
    allow(archive, actor, "document.read")
    with archive.uow() as uow:
        found = must(uow.get(Revision, f"{number}@{revision}"), "该版次")
        record = known_record(archive, uow, actor, found.record)
        version = must(uow.get(Version, version_id(record.id, record.version)), "该版本")
    allow(archive, actor, "record.open", record=record)
    with rendition_file(archive, version) as (path, media_type):
        if media_type == PDF:
            return Download(_name(found), PDF, path.read_bytes(), archive.clock.now())
        pages = _pages(archive, path, media_type)
        return Download(_name(found), PDF, _paper(archive, list(pages)), archive.clock.now())


def _name(revision: Revision) -> str:
    return f"{revision.document} {revision.title} {revision.revision.replace('/', '')}.pdf".replace("/", "-")


def _pages(archive: Archive, path: Path, media_type: str) -> Iterator[bytes]:
    reader = archive.reader()
    try:
        for page in range(1, reader.page_count(path, media_type) + 1):
            yield reader.render(path, media_type, page, WIDTH)
    except ReadError as error:
        raise BadInput(str(error), code=error.code, hint="可下载原件查看，或请档案员核对。") from error


def print_copy(archive: Archive, actor: Actor, copy_id: str, *, address: str) -> Download:
    """The stamped print of a copy as PDF. `address` is where phones find this archive (https://archive.example/).

    A copy whose revision is not in force, or whose life is over, is stamped void.
    """
    allow(archive, actor, "document.edit")
    with archive.uow() as uow:
        copy = must(uow.get(Copy, copy_id), "该份文件")
        document = must(uow.get(Document, copy.document), "该受控文件")
        revision = must(uow.get(Revision, f"{copy.document}@{copy.revision}"), "该版次")
        record = must(uow.get(Record, revision.record), "该件")
        version = must(uow.get(Version, version_id(record.id, record.version)), "该版本")
    allow(archive, actor, "record.open", record=record)
    wording = stamp(archive)
    word = wording.controlled if copy.status == "controlled" else wording.uncontrolled
    if revision.state != "valid" or copy.state in ENDS:
        word = wording.void
    with rendition_file(archive, version) as (path, media_type):
        pages = list(_pages(archive, path, media_type))
    marks = _Marks(archive, wording, word, copy, document, address.rstrip("/") + f"/c/{copy.token}")
    name = _name(revision).replace(".pdf", f" {copy.number}.pdf")
    return Download(name, PDF, _paper(archive, pages, marks), archive.clock.now())


def _paper(archive: Archive, pages: list[bytes], marks: _Marks | None = None) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1)
    for number, jpeg in enumerate(pages, 1):
        picture = ImageReader(BytesIO(jpeg))
        width, height = picture.getSize()
        size = PAGE if width <= height else (PAGE[1], PAGE[0])
        canvas.setPageSize(size)
        canvas.drawImage(picture, 0, 0, *size, preserveAspectRatio=True)
        if marks is not None:
            marks.draw(canvas, size, number, len(pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Marks:
    """Stamp, QR code and one line of text on a page."""

    def __init__(
        self, archive: Archive, wording: Stamp, word: str, copy: Copy, document: Document, url: str
    ) -> None:
        if "dangan" not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont("dangan", str(archive.font)))
        self.wording, self.word = wording, word
        self.line = f"{document.id} {copy.revision}  发放编号 {copy.number}  {copy.holder}"
        self.printed = archive.clock.today().isoformat()
        picture = BytesIO()
        segno.make(url, error="m").save(picture, kind="png", scale=6, border=2)
        self.code = ImageReader(picture)

    def draw(self, canvas: Canvas, size: tuple[float, float], page: int, pages: int) -> None:
        side, edge = 16 * mm, 5 * mm
        canvas.drawImage(self.code, size[0] - side - edge, edge, side, side)
        canvas.setFont("dangan", 7)
        canvas.setFillColor(Color(0.25, 0.25, 0.25))
        text = f"{self.line}  打印 {self.printed}  {page}/{pages}  扫码核对是否有效"
        canvas.drawRightString(size[0] - side - edge - 2 * mm, edge + 2 * mm, text)
        self._stamp(canvas, size)

    def _stamp(self, canvas: Canvas, size: tuple[float, float]) -> None:
        width = pdfmetrics.stringWidth(self.word, "dangan", 15) + 8 * mm
        height = 10 * mm
        right, top = self.wording.corner.endswith("right"), self.wording.corner.startswith("top")
        x = size[0] - width - 8 * mm if right else 8 * mm
        y = size[1] - height - 6 * mm if top else 26 * mm
        color = HexColor(self.wording.color)
        canvas.saveState()
        canvas.setStrokeColor(color)
        canvas.setFillColor(color)
        canvas.setLineWidth(1.6)
        canvas.roundRect(x, y, width, height, 1.5 * mm, stroke=1, fill=0)
        canvas.setFont("dangan", 15)
        canvas.drawCentredString(x + width / 2, y + 3 * mm, self.word)
        canvas.restoreState()
