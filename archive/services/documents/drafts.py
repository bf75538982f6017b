"""Drafts of a revision: checked in from Word, kept in the store, read like every file that comes in."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from archive.domain.audit_model import Event
from archive.domain.documents import ChangeNotice, Revision
from archive.domain.people import Actor
from archive.domain.records import Record, Version, version_id
from archive.domain.revising import locked_by_other
from archive.ports.store import NewVersion
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.documents.history import newest_first
from archive.services.documents.signing import comment, notice_for, take
from archive.services.errors import BadInput, Refused
from archive.services.intake import clean_name
from archive.services.objects import as_json, object_of_record, original_path, plain
from archive.services.views import Download
from ingest.facts import DocumentFacts, FileFacts, FileState, Problem

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_DRAFT = 64 * 1024**2
"""Bytes of a draft: manuals with photographs stay far below."""
NOTED = frozenset({"comments", "external_parts", "active_content", "attachments", "no_text"})
"""What reading notices about a Word file that must be settled before it is issued."""


def object_of_drafts(notice_id: str) -> str:
    """The OCFL object that holds the drafts of a change notice, one version each."""
    return f"urn:dangan:change:{notice_id}"


def check_in(
    archive: Archive, actor: Actor, notice_id: str, source: BinaryIO, name: str, *, said: str = ""
) -> ChangeNotice:
    """Check a draft in. It is read at once, so that its author sees what disagrees in it; the check-out ends.

    Raises BadInput for a file that is no Word document of this number, Refused when somebody else took it over.
    """
    before, _ = notice_for(archive, actor, notice_id, "check_in")
    if before.lock_by != actor.id:
        taken = locked_by_other(before, actor.id, archive.clock.now())
        raise Refused(
            "草稿已由他人签出，您的稿子没有签入。" if taken else "请先签出，再签入。",
            code="checked_out" if taken else "not_checked_out",
            hint="请与对方核对后再签出一次。",
        )
    content = source.read(MAX_DRAFT + 1)
    if len(content) > MAX_DRAFT:
        raise BadInput(f"草稿超过 {MAX_DRAFT // 1024**2} MB。", code="too_large", hint="请压缩图片后再签入。")
    facts = read_bytes(archive, content, name)
    document = word_document(facts, before.document)
    number = max(before.draft, len(archive.store.versions(object_of_drafts(before.id)))) + 1
    entry = _entry(archive, actor, before, number, content, clean_name(name), said, document, facts)
    after = replace(
        before,
        draft=number,
        drafts=(*before.drafts, entry),
        lock_by=None,
        lock_until=None,
        authors=tuple(dict.fromkeys((*before.authors, actor.id))),
        comments=(*before.comments, *comment(archive, actor, "check_in", said)),
    )
    archive.store.put([_stored(archive, actor, after, content, facts)])
    return take(
        archive, actor, before, after, Event.DOCUMENT_CHECKED_IN, draft=number, sha256=entry["sha256"]
    )


def read_bytes(archive: Archive, content: bytes, name: str) -> FileFacts:
    """The facts of bytes, read in the killable child."""
    with TemporaryDirectory(prefix="dangan-") as folder:
        path = Path(folder) / "draft.docx"
        path.write_bytes(content)
        return archive.reader().read_file(path, name)


def word_document(facts: FileFacts, number: str) -> DocumentFacts:
    """What a draft says of itself. Raises BadInput: refused, no Word file, no controlled document, another number."""
    if facts.state is not FileState.READ:
        why = "；".join(p.message for p in facts.problems)
        raise BadInput(
            f"草稿读不了：{why}", code="draft_unreadable", hint="请在 Word 中另存为 .docx 后再签入。"
        )
    if facts.media_type != WORD:
        raise BadInput(
            "草稿须是 Word 文件（.docx）。", code="draft_not_word", hint="请另存为 .docx 后再签入。"
        )
    document = facts.records[0].document if facts.records else None
    if document is None:
        raise BadInput(
            "草稿里没有读出封面上的文件编号和版本号。",
            code="draft_no_document",
            hint="请用受控文件的封面和修改控制页。",
        )
    if document.number.upper() != number.upper():
        raise BadInput(
            f"草稿的文件编号是 {document.number}，这里是 {number}。",
            code="draft_other_number",
            hint="请核对是不是拿错了文件。",
        )
    return document


def noted(facts: FileFacts) -> tuple[Problem, ...]:
    """What reading noticed about the file itself that stands in the way of issuing it."""
    problems = {p.code: p for p in (*facts.problems, *(q for r in facts.records for q in r.problems))}
    return tuple(p for code, p in problems.items() if code in NOTED)


def _entry(
    archive: Archive,
    actor: Actor,
    notice: ChangeNotice,
    number: int,
    content: bytes,
    name: str,
    said: str,
    document: DocumentFacts,
    facts: FileFacts,
) -> dict[str, Any]:
    return {
        "number": number,
        "by": actor.id,
        "at": plain(archive.clock.now()),
        "name": name,
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
        "said": said.strip()[:500],
        "findings": [plain(f) for f in (*document.findings, *noted(facts))],
    }


def _stored(
    archive: Archive, actor: Actor, notice: ChangeNotice, content: bytes, facts: FileFacts
) -> NewVersion:
    return NewVersion(
        object_id=object_of_drafts(notice.id),
        number=notice.draft,
        files={
            "metadata.json": as_json({"kind": "change", "notice": plain(notice)}),
            original_path(WORD): content,
            "text.txt": text_of(facts).encode(),
        },
        created=archive.clock.now(),
        message=f"draft {notice.draft}",
        person=actor.id,
    )


def text_of(facts: FileFacts) -> str:
    """The whole text of a read file, pages apart as records keep them."""
    return "\n\f\n".join(page.text for page in facts.pages)


def draft_bytes(archive: Archive, notice: ChangeNotice, number: int | None = None) -> bytes:
    """The bytes of a draft, the newest where no number is given."""
    return archive.store.read(object_of_drafts(notice.id), number or notice.draft, original_path(WORD))


def draft_text(archive: Archive, notice: ChangeNotice) -> str:
    """The text of the newest draft."""
    return archive.store.read(object_of_drafts(notice.id), notice.draft, "text.txt").decode()


def file_to_edit(archive: Archive, actor: Actor, notice_id: str) -> Download:
    """The file to go on with: the newest draft, else the revision that is changed, as it was filed."""
    allow(archive, actor, "document.edit")
    with archive.uow() as uow:
        notice = must(uow.get(ChangeNotice, notice_id), "该更改通知单")
        revisions = newest_first(uow.list(Revision, document=notice.document))
        record = uow.get(Record, revisions[0].record) if revisions else None
        version = uow.get(Version, version_id(record.id, record.version)) if record else None
    now = archive.clock.now()
    if notice.draft:
        entry = next(d for d in notice.drafts if d["number"] == notice.draft)
        return Download(str(entry["name"]), WORD, draft_bytes(archive, notice), now)
    if version is None or version.media_type != WORD:
        raise BadInput("还没有可以接着改的 Word 文件。", code="no_word_file", hint="请直接签入一份 .docx。")
    content = archive.store.read(object_of_record(version.record), version.number, original_path(WORD))
    return Download(version.original_name, WORD, content, now)
