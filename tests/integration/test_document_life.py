"""A revision's whole life, from the proposal to the copy that is superseded; and everything that may go wrong on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest

from archive.domain.audit_model import AuditEntry
from archive.domain.documents import Document, Revision
from archive.domain.people import OPERATOR
from archive.services import people, search, work
from archive.services.documents import drafts, issue, library, life
from archive.services.documents.signing import notice_for
from archive.services.errors import ArchiveError, BadInput, Refused
from archive.services.people import passwords
from tests.builders import PASSWORD, Town, an_archive
from tests.integration.revising import NUMBER, drafted, issued, manual, noticed, reviewed


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = an_archive(tmp_path / "home").with_people()
    return made.with_person("reviewer", "manager").with_person("editor", "archivist")


def state(town: Town) -> dict[str, str]:
    view = library.show(town.archive, town.who["staff"], NUMBER)
    return {r.revision: r.state for r in view.revisions}


def test_three_revisions_from_proposal_to_issue(town: Town, tmp_path: Path) -> None:
    first = issued(town, noticed(town, new=True), manual(tmp_path))
    assert (first.revision, first.state) == ("A/0", "valid")
    second = issued(town, noticed(town), manual(tmp_path, "24小时", "12小时"))
    assert second.findings == ()
    third = issued(town, noticed(town, chapters="", major=True), manual(tmp_path, "24小时", "8小时"))
    assert third.revision == "B/0"
    assert state(town) == {"B/0": "valid", "A/1": "superseded", "A/0": "superseded"}
    rows = [
        (r["chapter"], r["notice"], r["state"], r["changed_by"], r["approved_by"]) for r in third.control_page
    ]
    assert rows == [("4.2", "GG-2026-003", "B/0", "示例archivist", "示例manager")]
    assert [s["meaning"] for s in third.signatures] == ["prepared", "reviewed", "approved"]
    assert third.cover["approved_by"] == "示例manager"
    with town.archive.uow() as uow:
        document = uow.get(Document, NUMBER)
        events = [e.event for e in uow.list(AuditEntry, order=("number",)) if e.event.startswith("document:")]
    assert document is not None
    assert (document.valid, document.next_review) == ("B/0", date(2026, 9, 6))
    assert events[:7] == [
        "document:proposed", "document:noticed", "document:checked-out", "document:checked-in",
        "document:submitted", "document:reviewed", "document:approved",
    ]  # fmt: skip


def test_only_what_is_in_force_is_found(town: Town, tmp_path: Path) -> None:
    issued(town, noticed(town, new=True), manual(tmp_path))
    issued(town, noticed(town), manual(tmp_path, "24小时", "12小时"))
    staff = town.who["staff"]
    assert search.search(town.archive, staff, "收发室的工作").total == 1
    both = search.search(town.archive, staff, "收发室的工作", superseded=True)
    assert both.total == 2
    assert search.search(town.archive, staff, "24小时内送达").total == 0


def test_author_reviewer_and_approver_are_three_people(town: Town, tmp_path: Path) -> None:
    archive, manager = town.archive, town.who["manager"]
    proposed = life.propose(archive, manager, NUMBER, reason="新编", title="收发室管理作业规程")
    with pytest.raises(Refused, match="不同的人"):
        life.give_notice(archive, manager, proposed.id)
    notice = life.give_notice(archive, town.who["reviewer"], proposed.id)
    drafted(town, notice, manual(tmp_path))
    reviewed(town, notice)
    with pytest.raises(Refused) as refused:
        issue.approve(archive, town.who["reviewer"], notice.id, password=PASSWORD)
    assert refused.value.code == "same_person"
    with pytest.raises(Refused) as refused:
        issue.approve(archive, OPERATOR, notice.id, password=PASSWORD)
    assert refused.value.code == "not_your_role"


def test_a_refusal_goes_back_with_its_reason_and_signatures_lapse(town: Town, tmp_path: Path) -> None:
    notice = noticed(town, new=True)
    drafted(town, notice, manual(tmp_path))
    reviewed(town, notice)
    with pytest.raises(BadInput, match="理由"):
        life.send_back(town.archive, town.who["manager"], notice.id, reason=" ")
    back = life.send_back(town.archive, town.who["manager"], notice.id, reason="4.2 时限太紧")
    assert (back.state, back.reviewed_by) == ("draft", None)
    assert back.comments[-1]["text"] == "4.2 时限太紧"
    again = drafted(town, back, manual(tmp_path, "24小时", "12小时"))
    assert again.draft == 2
    reviewed(town, again)
    approved = issue.approve(town.archive, town.who["manager"], notice.id, password=PASSWORD)
    revision = issue.issue(town.archive, town.who["archivist"], approved.id)
    assert {s["draft"] for s in revision.signatures} == {2}


def test_a_check_out_keeps_others_away_until_it_ends_or_is_taken(town: Town, tmp_path: Path) -> None:
    archive, author, other = town.archive, town.who["archivist"], town.who["editor"]
    notice = noticed(town, new=True)
    life.check_out(archive, author, notice.id)
    with pytest.raises(Refused) as refused:
        life.check_out(archive, other, notice.id)
    assert refused.value.code == "checked_out"
    life.check_out(archive, other, notice.id, steal="同事出差")
    with pytest.raises(Refused) as refused:
        drafts.check_in(archive, author, notice.id, BytesIO(manual(tmp_path)), "稿.docx")
    assert refused.value.code == "checked_out"
    with archive.uow() as uow:
        (stolen,) = uow.list(AuditEntry, event="document:lock-stolen")
    assert stolen.detail["reason"] == "同事出差"
    town.clock.forward(hours=9)
    assert life.check_out(archive, author, notice.id).lock_by == author.id


def test_a_wrong_password_signs_nothing_and_is_throttled(town: Town, tmp_path: Path) -> None:
    notice = noticed(town, new=True)
    drafted(town, notice, manual(tmp_path))
    for _ in range(passwords.FAILURES_FREE):
        with pytest.raises(Refused) as refused:
            life.submit(town.archive, town.who["archivist"], notice.id, password="wrong")
        assert refused.value.code == "wrong_password"
    with pytest.raises(Refused) as refused:
        life.submit(town.archive, town.who["archivist"], notice.id, password=PASSWORD)
    assert refused.value.code == "sign_in_throttled"
    town.clock.forward(minutes=2)
    assert life.submit(town.archive, town.who["archivist"], notice.id, password=PASSWORD).state == "in_review"


def test_a_signer_disabled_half_way_signs_nothing(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is shut between the password and the write: what was begun does not count."""
    notice = noticed(town, new=True)
    drafted(town, notice, manual(tmp_path))
    reviewed(town, notice)
    compose = issue.compose

    def disabled_meanwhile(*given: object) -> issue.Composed:
        people.disable_person(town.archive, town.who["administrator"], "manager")
        return compose(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(issue, "compose", disabled_meanwhile)
    with pytest.raises(Refused) as refused:
        issue.approve(town.archive, town.who["manager"], notice.id, password=PASSWORD)
    assert refused.value.code == "account_disabled"
    assert life.notice(town.archive, town.who["staff"], notice.id).state == "reviewed"


def test_two_who_issue_at_once_make_one_revision(town: Town, tmp_path: Path) -> None:
    notice = noticed(town, new=True)
    drafted(town, notice, manual(tmp_path))
    reviewed(town, notice)
    issue.approve(town.archive, town.who["manager"], notice.id, password=PASSWORD)

    def attempt(name: str) -> str:
        try:
            return issue.issue(town.archive, town.who[name], notice.id).revision
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(attempt, ("archivist", "editor")))
    assert answers == ["A/0", "wrong_step"]
    with town.archive.uow() as uow:
        assert uow.count(Revision) == 1


def test_a_day_that_is_past_is_refused_or_explained(town: Town, tmp_path: Path) -> None:
    notice = noticed(town, new=True)
    drafted(town, notice, manual(tmp_path))
    reviewed(town, notice)
    manager, past = town.who["manager"], date(2026, 3, 1)
    with pytest.raises(BadInput) as bad:
        issue.approve(town.archive, manager, notice.id, password=PASSWORD, effective=past)
    assert bad.value.code == "effective_past"
    issue.approve(
        town.archive,
        manager,
        notice.id,
        password=PASSWORD,
        effective=past,
        explain="纸质版已先行",
        accept="同上",
    )
    assert issue.issue(town.archive, town.who["archivist"], notice.id).effective == past


def test_a_day_ahead_comes_by_itself(town: Town, tmp_path: Path) -> None:
    issued(town, noticed(town, new=True), manual(tmp_path))
    issued(town, noticed(town), manual(tmp_path, "24小时", "12小时"), effective=date(2026, 3, 10))
    assert state(town) == {"A/1": "approved", "A/0": "valid"}
    assert search.search(town.archive, town.who["staff"], "24小时内送达").total == 1
    town.clock.forward(days=5)
    work.enqueue_daily(town.archive)
    town.works()
    assert state(town) == {"A/1": "valid", "A/0": "superseded"}
    assert search.search(town.archive, town.who["staff"], "12小时内送达").total == 1


def test_what_disagrees_stops_the_approval_unless_it_is_accepted(town: Town, tmp_path: Path) -> None:
    issued(town, noticed(town, new=True), manual(tmp_path))
    notice = noticed(town, chapters="4.3")
    drafted(town, notice, manual(tmp_path, "24小时", "12小时"))
    reviewed(town, notice)
    manager = town.who["manager"]
    with pytest.raises(Refused) as refused:
        issue.approve(town.archive, manager, notice.id, password=PASSWORD)
    assert refused.value.code == "open_findings"
    assert "4.2" in refused.value.message
    assert "4.3" in refused.value.message
    approved = issue.approve(
        town.archive, manager, notice.id, password=PASSWORD, accept="章节号按旧版习惯，已核对"
    )
    assert [f["code"] for f in approved.findings] == ["chapter_not_changed", "chapter_not_named"]
    revision = issue.issue(town.archive, town.who["archivist"], notice.id)
    assert revision.accepted == "章节号按旧版习惯，已核对"


def test_a_draft_that_names_what_is_withdrawn_stops_the_approval(town: Town, tmp_path: Path) -> None:
    other = "XL-SF-08"
    issued(
        town,
        noticed(town, new=True, number=other, title="旧收发办法"),
        manual(tmp_path, number=other, title="旧收发办法"),
    )
    issue.withdraw(town.archive, town.who["manager"], other, reason="并入", password=PASSWORD)
    town.works()
    notice = noticed(town, new=True)
    drafted(town, notice, manual(tmp_path, "挂号信须", f"按{other}挂号信须"))
    reviewed(town, notice)
    approved = issue.approve(
        town.archive, town.who["manager"], notice.id, password=PASSWORD, accept="下版改引用"
    )
    assert [f["code"] for f in approved.findings] == ["reference_withdrawn"]


def test_a_draft_without_a_place_for_its_control_page_stops_the_approval(town: Town, tmp_path: Path) -> None:
    issued(town, noticed(town, new=True), manual(tmp_path))
    notice = noticed(town)
    document = docx.Document(BytesIO(manual(tmp_path, "24小时", "12小时")))
    for table in [t for t in document.tables if "修改状态" in t._tbl.xml]:
        table._tbl.getparent().remove(table._tbl)
    out = BytesIO()
    document.save(out)
    drafted(town, notice, out.getvalue())
    reviewed(town, notice)
    with pytest.raises(Refused) as refused:
        issue.approve(town.archive, town.who["manager"], notice.id, password=PASSWORD)
    assert refused.value.code == "open_findings"
    approved = issue.approve(
        town.archive, town.who["manager"], notice.id, password=PASSWORD, accept="另附控制页"
    )
    assert "not_written" in [f["code"] for f in approved.findings]


def test_tracked_changes_and_comments_stop_it_too(town: Town, tmp_path: Path) -> None:
    notice = noticed(town, new=True)
    document = docx.Document(BytesIO(manual(tmp_path)))
    paragraph = next(p for p in document.paragraphs if "挂号信" in p.text)
    document.add_comment(paragraph.runs, text="这里要不要改?", author="他人")
    out = BytesIO()
    document.save(out)
    checked = drafted(town, notice, out.getvalue())
    assert [f["code"] for f in checked.drafts[-1]["findings"]] == ["comments"]
    reviewed(town, notice)
    with pytest.raises(Refused) as refused:
        issue.approve(town.archive, town.who["manager"], notice.id, password=PASSWORD)
    assert refused.value.code == "open_findings"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "draft_unreadable"),
        ("一张纸条".encode(), "draft_not_word"),
        (b"PK\x03\x04 cut off", "draft_unreadable"),
    ],
)
def test_a_draft_that_is_no_word_file_is_refused(town: Town, content: bytes, code: str) -> None:
    notice = noticed(town, new=True)
    life.check_out(town.archive, town.who["archivist"], notice.id)
    with pytest.raises(ArchiveError) as refused:
        drafts.check_in(town.archive, town.who["archivist"], notice.id, BytesIO(content), "稿.docx")
    assert refused.value.code == code
    assert life.notice(town.archive, town.who["staff"], notice.id).draft == 0


def test_a_draft_of_another_document_is_refused(town: Town, tmp_path: Path) -> None:
    notice = noticed(town, new=True)
    with pytest.raises(BadInput, match="XL-SF-08"):
        drafted(town, notice, manual(tmp_path, number="XL-SF-08"))


def test_one_revision_is_under_way_at_a_time(town: Town) -> None:
    noticed(town, new=True)
    with pytest.raises(Refused) as refused:
        noticed(town, new=True)
    assert refused.value.code == "already_under_way"


def test_a_withdrawn_document_is_not_in_force_and_not_found(town: Town, tmp_path: Path) -> None:
    issued(town, noticed(town, new=True), manual(tmp_path))
    with pytest.raises(BadInput, match="理由"):
        issue.withdraw(town.archive, town.who["manager"], NUMBER, reason="", password=PASSWORD)
    gone = issue.withdraw(town.archive, town.who["manager"], NUMBER, reason="并入手册", password=PASSWORD)
    town.works()
    assert gone.valid is None
    assert state(town) == {"A/0": "withdrawn"}
    assert search.search(town.archive, town.who["staff"], "收发室").total == 0
    again = issued(town, noticed(town), manual(tmp_path, "24小时", "12小时"))
    assert (again.revision, again.state) == ("A/1", "valid")


def test_a_step_taken_meanwhile_is_not_taken_twice(town: Town, tmp_path: Path) -> None:
    notice = noticed(town, new=True)
    drafted(town, notice, manual(tmp_path))
    life.submit(town.archive, town.who["archivist"], notice.id, password=PASSWORD)
    stale, _ = notice_for(town.archive, town.who["reviewer"], notice.id, "review")
    life.send_back(town.archive, town.who["manager"], notice.id, reason="退回")
    with pytest.raises(Refused) as refused:
        life.review(town.archive, town.who["reviewer"], stale.id, password=PASSWORD)
    assert refused.value.code == "wrong_step"
