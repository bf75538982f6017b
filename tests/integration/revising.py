"""Steps of a controlled document's life as tests take them: archivist drafts, reviewer reviews, manager approves."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from archive.domain.documents import ChangeNotice, Revision
from archive.services.documents import drafts, issue, life
from tests.builders import PASSWORD, Town
from tests.unit.ingest.manuals import Manual

NUMBER = "XL-SF-07"


def manual(folder: Path, old: str = "", new: str = "", **changed: object) -> bytes:
    """A draft as an author leaves it: the cover of the revision before, one clause worded anew."""
    clauses = [(d, n, t.replace(old, new) if old else t) for d, n, t in Manual().clauses]
    fields = {
        "version": "A",
        "change": "0",
        "rows": (),
        "effective": "2026-01-01",
        "clauses": clauses,
        **changed,
    }
    path = Manual(**fields).save(folder / "draft.docx")  # type: ignore[arg-type]
    return path.read_bytes()


def noticed(
    town: Town,
    *,
    new: bool = False,
    chapters: str = "4.2",
    major: bool = False,
    number: str = NUMBER,
    title: str = "",
) -> ChangeNotice:
    proposed = life.propose(
        town.archive,
        town.who["staff"],
        number,
        reason="送达时限",
        title=(title or "收发室管理作业规程") if new else "",
        chapters=chapters,
        major=major,
    )
    return life.give_notice(town.archive, town.who["manager"], proposed.id)


def drafted(town: Town, notice: ChangeNotice, content: bytes) -> ChangeNotice:
    author = town.who["archivist"]
    life.check_out(town.archive, author, notice.id)
    return drafts.check_in(town.archive, author, notice.id, BytesIO(content), "稿.docx")


def reviewed(town: Town, notice: ChangeNotice) -> ChangeNotice:
    life.submit(town.archive, town.who["archivist"], notice.id, password=PASSWORD)
    return life.review(town.archive, town.who["reviewer"], notice.id, password=PASSWORD)


def issued(town: Town, notice: ChangeNotice, content: bytes, **approval: object) -> Revision:
    drafted(town, notice, content)
    reviewed(town, notice)
    issue.approve(town.archive, town.who["manager"], notice.id, password=PASSWORD, **approval)  # type: ignore[arg-type]
    revision = issue.issue(town.archive, town.who["archivist"], notice.id)
    town.works()
    return revision
