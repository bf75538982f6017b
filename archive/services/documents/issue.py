"""Approval and issue: the signed draft becomes a filed revision, with cover, control page and headers written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive.domain.audit_model import Event
from archive.domain.documents import ChangeNotice, Document, Revision
from archive.domain.people import Actor, Person
from archive.domain.records import Record, VersionText, version_id
from archive.domain.revising import ACTIONS, RevisingError, check_effective, step
from archive.ports.unit_of_work import AtMost, UnitOfWork
from archive.services.archive import Archive
from archive.services.common import allow, must
from archive.services.documents.drafts import (
    draft_bytes,
    draft_text,
    noted,
    read_bytes,
    text_of,
    word_document,
)
from archive.services.documents.history import newest_first, reindex, settle
from archive.services.documents.references import withdrawn_named
from archive.services.documents.signing import (
    comment,
    notice_for,
    reason_for,
    signature,
    still_active,
    take,
)
from archive.services.errors import BadInput, Refused
from archive.services.filing import draft_of_bytes, stored, write_draft
from archive.services.indexing import wake_index
from archive.services.objects import plain
from archive.services.people import check_password
from ingest.documents.claims import disagreements, rows_for, rows_lost
from ingest.facts import DocumentFacts, FileFacts, Imprint, Problem, RevisionRow
from ingest.problems import problem
from ingest.reader import ReadError


@dataclass(frozen=True, slots=True)
class Composed:
    """A revision as it would be issued: its bytes, what reading them back gives, and what disagrees in it."""

    content: bytes
    facts: FileFacts
    findings: tuple[Problem, ...]


def compose(archive: Archive, notice: ChangeNotice, effective: date) -> Composed:
    """Write what was signed into the newest draft and read it back. The notice is in the state after approval."""
    base, rows = _base(archive, notice)
    content = draft_bytes(archive, notice)
    imprint = _imprint(archive, notice, effective, base)
    with TemporaryDirectory(prefix="dangan-") as folder:
        path = Path(folder) / "draft.docx"
        path.write_bytes(content)
        try:
            written = archive.reader().imprint(path, imprint)
        except ReadError as error:
            raise BadInput(
                f"不能写入封面和控制页：{error}", code="draft_unreadable", hint="请在 Word 中另存后再签入。"
            ) from error
    facts = read_bytes(archive, written, file_name(notice))
    document = word_document(facts, notice.document)
    findings = [*document.findings, *noted(facts), *_not_written(imprint, document)]
    gone = withdrawn_named(archive, text_of(facts), notice.document, notice.title)
    findings += [problem("reference_withdrawn", names="、".join(gone))] if gone else []
    findings += rows_lost(rows, document.control_page, major=notice.major)
    if base is not None:
        findings += disagreements(base, text_of(facts), document.control_page, document.revision)
    return Composed(written, facts, tuple(findings))


def file_name(notice: ChangeNotice) -> str:
    """How an issued file is called."""
    return f"{notice.document} {notice.title} {notice.revision.replace('/', '')}.docx".replace("/", "-")


def _base(archive: Archive, notice: ChangeNotice) -> tuple[str | None, tuple[RevisionRow, ...]]:
    """Text and control page of the revision that is changed; None for a new document, or one whose text cannot be
    read."""
    with archive.uow() as uow:
        revisions = newest_first(uow.list(Revision, document=notice.document))
        record = uow.get(Record, revisions[0].record) if revisions else None
        text = uow.get(VersionText, version_id(record.id, record.version)) if record else None
    rows = (
        tuple(RevisionRow(**{k: str(v) for k, v in r.items()}) for r in revisions[0].control_page)
        if revisions
        else ()
    )
    return (text.text if text and text.text.strip() else None), rows


def _imprint(archive: Archive, notice: ChangeNotice, effective: date, base: str | None) -> Imprint:
    signed = {str(s["meaning"]): s for s in notice.signatures if s["draft"] == notice.draft}
    people = {meaning: str(s["name"]) for meaning, s in signed.items()}
    days = {meaning: str(s["day"]) for meaning, s in signed.items()}
    rows = rows_for(
        revision=notice.revision,
        notice=notice.number,
        chapters=notice.chapters,
        base=base,
        text=draft_text(archive, notice),
        changed=(people.get("prepared", ""), days.get("prepared", "")),
        approved=(people.get("approved", ""), days.get("approved", "")),
    )
    days |= {"effective": effective.isoformat(), "issued": archive.clock.today().isoformat()}
    return Imprint(notice.document, notice.revision, people, days, rows)


def _not_written(imprint: Imprint, document: DocumentFacts) -> list[Problem]:
    """What was to be written and is not read back: a cover or header without a place for it."""
    missing = []
    if document.revision != imprint.revision:
        missing.append(f"版次 {imprint.revision}（读回 {document.revision or '无'}）")
    effective = document.effective.isoformat() if document.effective else ""
    if effective != imprint.days["effective"]:
        missing.append(f"实施日期 {imprint.days['effective']}")
    absent = [r for r in imprint.rows if r not in document.control_page]
    missing += [f"修改控制页一行 {r.chapter} {r.state}" for r in absent]
    return [problem("not_written", what="、".join(missing))] if missing else []


def approve(
    archive: Archive,
    actor: Actor,
    notice_id: str,
    *,
    password: str,
    effective: date | None = None,
    accept: str = "",
    explain: str = "",
    said: str = "",
) -> ChangeNotice:
    """Approve a reviewed draft 批准, signed; by someone else than author and reviewer.

    It takes effect on `effective` (today where none is given); a day that is past needs an explanation (`explain`).
    What disagrees in the file as it would be issued stands in the way unless the approver accepts it with a reason.
    """
    before, _ = notice_for(archive, actor, notice_id, "approve")
    day = _effective(archive, effective, explain)
    sign = signature(archive, before, "approve", check_password(archive, actor, password))
    after = replace(
        before,
        state="approved",
        approved_by=actor.id,
        effective=day,
        signatures=(*before.signatures, sign),
        comments=(
            *before.comments,
            *comment(archive, actor, "approve", said),
            *comment(archive, actor, "effective_past", explain if day < archive.clock.today() else ""),
        ),
    )
    findings = compose(archive, after, day).findings
    _agree(findings, (), accept)
    after = replace(
        after, findings=tuple(plain(f) for f in findings), accepted=accept.strip()[:2000] if findings else ""
    )
    return take(
        archive,
        actor,
        before,
        after,
        Event.DOCUMENT_APPROVED,
        draft=before.draft,
        effective=day,
        accepted=after.accepted,
        findings=len(findings),
    )


def _effective(archive: Archive, effective: date | None, explain: str) -> date:
    day = effective or archive.clock.today()
    try:
        check_effective(day, archive.clock.today(), explain)
    except RevisingError as error:
        raise BadInput(
            str(error),
            code="effective_past" if error.code == "effective_past" else "bad_date",
            hint=error.hint,
        ) from error
    return day


def _agree(findings: Sequence[Problem], accepted: Sequence[Any], reason: str) -> None:
    """Refuse while something disagrees that nobody accepted."""
    known = {(a["code"], a["message"]) for a in accepted}
    still = [f for f in findings if (f.code, f.message) not in known]
    if still and len(reason.strip()) < 2:
        raise Refused(
            "还有不一致没有处理：" + "；".join(f.message for f in still[:5]),
            code="open_findings",
            hint="请退回改正；确实无误的，由批准人写明理由后接受。",
        )


def issue(
    archive: Archive, actor: Actor, notice_id: str, *, effective: date | None = None, explain: str = ""
) -> Revision:
    """Issue an approved revision 发布: it is written, filed and in force from its effective day 实施 on.

    `effective` puts the day off or forward from the one that was approved. Two people who issue at once make one
    revision; whatever fails on the way leaves nothing half-issued.
    """
    before, _ = notice_for(archive, actor, notice_id, "release")
    assert before.effective is not None
    explained = any(c["step"] == "effective_past" for c in before.comments)
    day = before.effective
    if effective is not None and effective != before.effective:
        day, explained = _effective(archive, effective, explain), True
    if day < archive.clock.today() and not explained:
        day = _effective(archive, day, explain)
    composed = compose(archive, before, day)
    _agree(composed.findings, before.findings, "")
    draft = draft_of_bytes(archive, actor, composed.content, file_name(before), composed.facts)
    after = replace(before, state="valid", effective=day, record=draft.record.id)
    issued = {
        "state": "approved",
        "effective": day,
        "notice": before.id,
        "signatures": tuple(s for s in before.signatures if s["draft"] == before.draft),
        "accepted": before.accepted,
        "findings": tuple(plain(f) for f in composed.findings),
    }

    def file(uow: UnitOfWork) -> None:
        write_draft(archive, uow, draft, actor.id, issued=issued)
        wake_index(archive, uow)

    archive.store.put([stored(draft)])
    take(
        archive,
        actor,
        before,
        after,
        Event.DOCUMENT_ISSUED,
        also=file,
        revision=before.revision,
        effective=day,
        record=draft.record.id,
    )
    with archive.uow() as uow:
        return must(uow.get(Revision, f"{before.document}@{before.revision}"), "该版次")


def withdraw(archive: Archive, actor: Actor, number: str, *, reason: str, password: str) -> Document:
    """Take a document out of force 作废, signed and with a reason; its revisions stay as records."""
    taken = step(archive.pack, "valid", "withdraw")
    allow(archive, actor, ACTIONS["withdraw"], step=taken, subject=number)
    said = reason_for(taken, reason)
    with archive.uow() as uow:
        document = must(uow.get(Document, number), "该受控文件")
    if document.valid is None:
        raise Refused("这份文件没有现行版，不用作废。", code="not_in_force", hint="请刷新页面看它的状态。")
    person = check_password(archive, actor, password)
    with archive.uow(write=True) as uow:
        still_active(uow, actor)
        revision = must(uow.get(Revision, f"{number}@{document.valid}"), "现行版")
        if revision.state != "valid":
            raise Refused("现行版刚刚变了，没有作废。", code="wrong_step", hint="请刷新页面再看。")
        uow.put(_withdrawn(archive, revision, person, said))
        reindex(uow, revision.record)
        settle(archive, uow, number)
        wake_index(archive, uow)
        uow.audit(
            Event.DOCUMENT_WITHDRAWN,
            actor=actor.id,
            subject=revision.id,
            at=archive.clock.now(),
            document=number,
            reason=said,
        )
        uow.commit()
    with archive.uow() as uow:
        return must(uow.get(Document, number), "该受控文件")


def _withdrawn(archive: Archive, revision: Revision, person: Person, reason: str) -> Revision:
    sign = {
        "meaning": "withdrawn",
        "person": person.id,
        "name": person.display_name,
        "at": plain(archive.clock.now()),
        "draft": 0,
        "sha256": "",
        "reason": reason,
    }
    return replace(revision, state="withdrawn", signatures=(*revision.signatures, sign))


def come_into_force(archive: Archive) -> int:
    """Make valid what was issued for today or before; returns how many documents were looked at. Daily."""
    today = archive.clock.today()
    with archive.uow() as uow:
        due = uow.list(Revision, state="approved", effective=AtMost(today), limit=10_000)
    for number in sorted({r.document for r in due}):
        with archive.uow(write=True) as uow:
            settle(archive, uow, number)
            wake_index(archive, uow)
            uow.commit()
    return len({r.document for r in due})
