"""Copies on paper, references, periodic reviews and the difference, over documents that were issued here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.services.documents import board, comparing, copies, issue, library, prints, references, reviews
from archive.services.errors import BadInput, NotFound, Refused
from tests.builders import PASSWORD, Town, an_archive
from tests.integration.revising import NUMBER, issued, manual, noticed


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = an_archive(tmp_path / "home").with_people().with_person("reviewer", "manager")
    issued(made, noticed(made, new=True), manual(tmp_path))
    return made


def second(town: Town, folder: Path, **changed: object) -> None:
    issued(town, noticed(town), manual(folder, "24小时", "12小时", **changed))


def test_a_copy_is_recalled_replaced_and_taken_back(town: Town, tmp_path: Path) -> None:
    archive, archivist, staff = town.archive, town.who["archivist"], town.who["staff"]
    copy = copies.hand_out(archive, archivist, NUMBER, holder="客服中心", person="staff")
    assert (copy.number, copies.scanned(archive, copy.token).reason) == ("01", "valid")
    with pytest.raises(Refused):
        copies.acknowledge(archive, archivist, copy.id)
    assert [c.id for c in board.board(archive, staff).to_read] == [copy.id]
    assert copies.acknowledge(archive, staff, copy.id).acknowledged_at == town.clock.at
    second(town, tmp_path)
    scanned = copies.scanned(archive, copy.token)
    assert (scanned.valid, scanned.reason, scanned.in_force) == (False, "superseded", "A/1")
    assert [c.id for c in board.board(archive, archivist).recalled] == [copy.id]
    (fresh,) = copies.renew(archive, archivist, NUMBER)
    assert (fresh.number, fresh.revision, fresh.person) == ("01", "A/1", copy.person)
    assert fresh.acknowledged_at is None
    assert copies.renew(archive, archivist, NUMBER) == []
    with pytest.raises(BadInput, match="理由"):
        copies.close(archive, archivist, copy.id, "excused")
    copies.close(archive, archivist, copy.id, "returned")
    with pytest.raises(Refused):
        copies.close(archive, archivist, copy.id, "destroyed")
    assert board.board(archive, archivist).recalled == ()


def test_the_paper_of_a_withdrawn_document_is_not_valid(town: Town) -> None:
    copy = copies.hand_out(town.archive, town.who["archivist"], NUMBER, holder="客服中心")
    issue.withdraw(town.archive, town.who["manager"], NUMBER, reason="并入手册", password=PASSWORD)
    assert copies.scanned(town.archive, copy.token).reason == "withdrawn"
    with pytest.raises(NotFound):
        copies.scanned(town.archive, copy.token[:-1])


def test_a_number_is_given_once(town: Town) -> None:
    archivist = town.who["archivist"]
    copies.hand_out(town.archive, archivist, NUMBER, holder="甲", copy_number="03")
    with pytest.raises(BadInput):
        copies.hand_out(town.archive, archivist, NUMBER, holder="乙", copy_number="03")
    assert copies.hand_out(town.archive, archivist, NUMBER, holder="乙").number == "04"


def test_a_print_carries_stamp_and_code(town: Town) -> None:
    import pypdfium2
    import zxingcpp

    copy = copies.hand_out(town.archive, town.who["archivist"], NUMBER, holder="客服中心")
    made = prints.print_copy(town.archive, town.who["archivist"], copy.id, address="https://archive.example/")
    pages = pypdfium2.PdfDocument(made.content)
    assert len(pages) >= 1
    picture = pages[0].render(scale=3).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"https://archive.example/c/{copy.token}"
    assert "受控文件" in pages[0].get_textpage().get_text_bounded()


def test_references_lead_on_and_back(town: Town, tmp_path: Path) -> None:
    clauses = ((1, "1.0", "目的"), (0, "", "按《收发室管理作业规程》和《来访登记办法》办理。"))
    other = noticed(town, new=True, number="XL-SF-08", title="门岗管理作业规程")
    issued(town, other, manual(tmp_path, number="XL-SF-08", title="门岗管理作业规程", clauses=clauses))
    staff = town.who["staff"]
    found = {v.reference.written: v.state for v in references.references(town.archive, staff, "XL-SF-08")}
    assert found == {"收发室管理作业规程": "document", "来访登记办法": "unknown"}
    assert [d.id for d in references.named_by(town.archive, staff, NUMBER)] == ["XL-SF-08"]
    issue.withdraw(town.archive, town.who["manager"], NUMBER, reason="并入手册", password=PASSWORD)
    found = {v.reference.written: v.state for v in references.references(town.archive, staff, "XL-SF-08")}
    assert found["收发室管理作业规程"] == "withdrawn"


def test_a_review_without_change_is_a_record(town: Town) -> None:
    manager = town.who["manager"]
    assert reviews.due(town.archive, manager) == []
    town.clock.forward(days=200)
    assert [d.id for d in reviews.due(town.archive, manager)] == [NUMBER]
    done = reviews.reviewed_without_change(town.archive, manager, NUMBER, note="无须改动")
    assert (done.outcome, done.revision, done.due_on) == ("unchanged", "A/0", date(2026, 9, 6))
    assert reviews.due(town.archive, manager) == []
    with pytest.raises(Refused):
        reviews.reviewed_without_change(town.archive, town.who["staff"], NUMBER)
    changed = reviews.reviewed_with_change(town.archive, manager, NUMBER, reason="时限要改")
    assert library.show(town.archive, manager, NUMBER).open_notices[0].id == changed.notice


def test_what_differs_and_what_was_claimed(town: Town, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        comparing.difference(town.archive, town.who["staff"], NUMBER)
    second(town, tmp_path)
    view = comparing.difference(town.archive, town.who["staff"], NUMBER)
    assert (view.old.revision, view.new.revision) == ("A/0", "A/1")
    assert [(c.chapter, c.differs) for c in view.claims] == [("4.2", True)]
    (line,) = [x for x in view.difference.lines if x.kind != "same"]
    assert [p.text for p in line.pieces if p.kind != "same"] == ["24", "12"]


def test_the_tree_shows_manuals_with_their_procedures(town: Town, tmp_path: Path) -> None:
    above = noticed(town, new=True, number="XL-SF", title="收发工作手册")
    issued(town, above, manual(tmp_path, number="XL-SF", title="收发工作手册"))
    tree = library.tree(town.archive, town.who["staff"])
    assert [(x.document.id, x.depth) for x in tree.lines] == [("XL-SF", 0), (NUMBER, 1)]
    assert [x.document.id for x in library.tree(town.archive, town.who["staff"], words="收发室").lines] == [
        NUMBER
    ]
