"""Which reader reads which kind of file. A new format is a module in `ingest.read` and a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ingest import sniff
from ingest.facts import Limits, Problem
from ingest.problems import problem
from ingest.read import docx, image, odt, office, ole, pdf, text
from ingest.read.content import Content


@dataclass(frozen=True, slots=True)
class Format:
    """How a kind of file is read; `kept` marks kinds whose text is searchable while the original is what counts."""

    read: Callable[[Path, Limits], Content]
    kept: bool = False


FORMATS: dict[str, Format] = {
    sniff.DOCX: Format(docx.read),
    sniff.PDF: Format(pdf.read),
    sniff.TEXT: Format(text.read),
    sniff.XLSX: Format(office.read_sheets, kept=True),
    sniff.XLS: Format(office.read_old_sheets, kept=True),
    sniff.DOC: Format(ole.read_document, kept=True),
    sniff.ODT: Format(odt.read, kept=True),
    sniff.RTF: Format(office.read_rich_text, kept=True),
    sniff.HTML: Format(office.read_html, kept=True),
    sniff.EML: Format(office.read_mail, kept=True),
    sniff.MSG: Format(ole.read_message, kept=True),
    **{kind: Format(partial(image.read, media_type=kind)) for kind in image.MEDIA_TYPES},
}


def content_of(path: Path, media_type: str, limits: Limits) -> Content:
    """The content of a file whose kind is known; the caller closes it (`Content.close`).

    A kind that nothing here reads gives no pages and one problem that says so.
    """
    known = FORMATS.get(media_type)
    if known is None:
        return Content(media_type, problems=(_unreadable(media_type),))
    content = known.read(path, limits)
    if len(content.pages) > limits.pages:
        if content.close:
            content.close()
        found = problem("too_many_pages", pages=len(content.pages), limit=limits.pages)
        return Content(media_type, problems=(found,))
    return content


def is_kept(media_type: str) -> bool:
    """Whether a file of this kind stays an original that a person has to look at, though its text was read."""
    known = FORMATS.get(media_type)
    return known is not None and known.kept


def _unreadable(media_type: str) -> Problem:
    name = sniff.name_of(media_type)
    if media_type in sniff.PROGRAMS:
        return problem("executable", actual=name)
    if media_type in sniff.ARCHIVES:
        return problem("archive_container", actual=name)
    if media_type == sniff.OFFICE_LOCKED:
        return problem("password_needed")
    if media_type == sniff.UNKNOWN:
        return problem("unknown_format")
    return problem("kept_unreadable", actual=name)
