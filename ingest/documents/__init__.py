"""Controlled documents: what a manual or procedure says of itself, and what disagrees in it."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.documents.chapters import chapters_of
from ingest.documents.control_page import ControlPage, control_page_of, is_title
from ingest.documents.cover import Cover, cover_of, header_of
from ingest.documents.findings import findings
from ingest.documents.source import SourceLine, lines_of, squeezed
from ingest.documents.words import TITLE_END
from ingest.facts import DocumentFacts, RecordFacts, RevisionRow, Value
from ingest.read.content import Content
from schemas.model import Pack, RecordType
from schemas.revisions import Revision, parse_revision
from schemas.titles import Titles, clean_title

_SIGNERS = {"prepared", "reviewed", "approved"}
_FRONT = 3
"""A control page or cover stands on the first pages, or the file is something else that contains one."""


def record_of(content: Content, pack: Pack) -> RecordFacts | None:
    """The record of a controlled document, None when the file is none or the pack knows no such type."""
    types = [t for t in pack.offered if t.dossier == "document" and t.kind == "controlled_document"]
    found = document_of(content) if types else None
    if found is None:
        return None
    kind = _type(types, found, pack)
    return RecordFacts(
        pages=tuple(page.number for page in content.pages),
        type=kind.code,
        type_confidence=0.99 if found.number and found.control_page else 0.97,
        title=found.title or kind.title_zh,
        text="\n\f\n".join(page.text for page in content.pages),
        date=found.effective or found.approved_on,
        fields=_fields(kind, found, "ocr" if any(p.origin == "ocr" for p in content.pages) else "text"),
        document=found,
    )


def document_of(content: Content) -> DocumentFacts | None:
    """What a controlled document says of itself, None when the file does not look like one."""
    lines = lines_of(content)
    if not _may_be(lines):
        return None
    control = control_page_of(lines)
    skip = control.lines if control else frozenset(i for i, line in enumerate(lines) if is_title(line))
    cover, header = cover_of(lines, skip), header_of(lines)
    if cover.revision and control and any(r.state.isdigit() for r in control.rows):
        control = control_page_of(lines, cover.revision.letter)
    _complete(cover, header)
    if not _is_document(cover, control, lines):
        return None
    chapters = chapters_of(lines, skip)
    pages = None if content.blocks else len(content.pages)
    return DocumentFacts(
        number=cover.number,
        title=cover.title,
        revision=_revision(cover, control),
        effective=cover.days.get("effective"),
        issued=cover.days.get("issued"),
        prepared_by=cover.people.get("prepared", ""),
        prepared_on=cover.days.get("prepared"),
        reviewed_by=cover.people.get("reviewed", ""),
        reviewed_on=cover.days.get("reviewed"),
        approved_by=cover.people.get("approved", ""),
        approved_on=cover.days.get("approved"),
        copy_number=cover.copy_number,
        holder=cover.holder,
        control_status=cover.control,
        department=cover.department,
        control_page=control.rows if control else (),
        chapters=tuple((c.number, c.title) for c in chapters),
        tracked_changes=len(content.changes),
        findings=findings(cover, header, control, chapters, content.changes, pages),
    )


_HINTS = ("编号", "版本", "版次", "修改状态", "控制页", "documentno", "revision")


def _may_be(lines: Sequence[SourceLine]) -> bool:
    """A cheap look first: most files are forms and name neither a revision nor a control page."""
    front = "".join(line.plain for line in lines[:120])
    return sum(hint in front for hint in _HINTS) >= 2


def _complete(cover: Cover, header: Cover) -> None:
    """What only the running header says counts for the cover too."""
    cover.number = cover.number or header.number
    if header.title and "title" not in cover.labels:
        cover.title = header.title
    for kind, name in header.people.items():
        cover.people.setdefault(kind, name)
    for kind, day in header.days.items():
        cover.days.setdefault(kind, day)
    cover.labels |= header.labels
    if not cover.version and not cover.change:
        cover.version, cover.change = header.version, header.change


def _is_document(cover: Cover, control: ControlPage | None, lines: Sequence[SourceLine]) -> bool:
    first = next((line.plain for line in lines if line.kind == "text"), "")
    if not cover.number or "通知单" in first:
        return False
    if control is not None and min((lines[i].page for i in control.lines), default=1) <= _FRONT:
        return True
    signers = len(_SIGNERS & cover.labels)
    return cover.revision is not None and signers >= 2 and bool(TITLE_END.search(squeezed(cover.title)))


def _revision(cover: Cover, control: ControlPage | None) -> str:
    """The cover's revision; where it names only the edition, the control page says how often that was changed."""
    ours = cover.revision
    last = _last(control.rows) if control else None
    if ours is None:
        return str(last) if last else "/".join(filter(None, (cover.version, cover.change)))
    if cover.edition_only and last and last.edition == ours.edition:
        return str(last)
    return str(ours)


def _last(rows: Sequence[RevisionRow]) -> Revision | None:
    try:
        return parse_revision(rows[-1].state) if rows else None
    except ValueError:
        return None


def _type(types: Sequence[RecordType], found: DocumentFacts, pack: Pack) -> RecordType:
    """Of several types of controlled documents the one whose name the title ends with or holds; else the first."""
    title = clean_title(found.title)
    named = [t for t, _ in Titles(pack).inside(title) if t in types] if len(types) > 1 else []
    return named[0] if named else types[0]


def _fields(kind: RecordType, found: DocumentFacts, origin: str) -> tuple[Value, ...]:
    values = {
        "number": found.number,
        "title": found.title,
        "revision": found.revision,
        "date": found.effective.isoformat() if found.effective else "",
        "department": found.department,
        "prepared_by": found.prepared_by,
        "reviewed_by": found.reviewed_by,
        "approved_by": found.approved_by,
        "copy_number": found.copy_number,
        "holder": found.holder,
    }
    return tuple(
        Value(spec.code, spec.label_zh, values[spec.code], values[spec.code], origin=origin)
        for spec in kind.fields
        if values.get(spec.code)
    )
