"""The steps in order, with recognition and understanding of the test's own: who is asked for what, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ingest.facts import FileFacts, FileState, Limits, Line, Page, RecordFacts
from ingest.pipeline import Pipeline
from schemas import load_pack
from tests.unit.ingest.manuals import Manual
from tests.unit.ingest.test_pdf import scanned, typed

PACK = load_pack()


class Steps:
    """Stands for recognition and understanding; notes what it was asked."""

    def __init__(self, fails: Sequence[int] = ()) -> None:
        self.fails = fails
        self.noticed: list[int] = []
        self.seen: list[tuple[int, Any]] = []
        self.pages: tuple[Page, ...] = ()
        self.image: Any = None

    def recognise(self, image: Any, dpi: int | None = None, *, number: int = 1) -> Page:
        self.seen.append((number, (image.shape, dpi)))
        if number in self.fails:
            raise RuntimeError("engine")
        return Page(number, (Line("回访记录表", None, 0.9),), "回访记录表", origin="ocr")

    def understand(self, pages: tuple[Page, ...], pack: Any, image_of: Any) -> tuple[RecordFacts, ...]:
        self.pages = pages
        self.image = image_of(pages[-1].number).shape if image_of else None
        return (RecordFacts(tuple(p.number for p in pages), None, 0.0, "", "\n".join(p.text for p in pages)),)

    def read(self, path: Path, limits: Limits | None = None) -> FileFacts:
        pipeline = Pipeline(PACK, self.noticed.append, self.recognise, self.understand)
        return pipeline.read(path, path.name, limits or Limits())


def test_typed_pages_are_not_recognised(tmp_path: Path) -> None:
    steps = Steps()
    facts = steps.read(typed(tmp_path / "t.pdf", pages=2))
    assert facts.state == FileState.READ
    assert not steps.seen
    assert not steps.noticed
    assert facts.records[0].pages == (1, 2)


def test_scanned_pages_are_recognised_and_noticed_before(tmp_path: Path) -> None:
    steps = Steps()
    facts = steps.read(scanned(tmp_path / "s.pdf", pages=3))
    assert steps.noticed == [3]
    assert [number for number, _ in steps.seen] == [1, 2, 3]
    assert steps.seen[0][1] == ((2339, 1653, 3), 200)
    assert [page.origin for page in facts.pages] == ["ocr"] * 3
    assert steps.image == (2339, 1653, 3)


def test_an_engine_that_fails_on_one_page_loses_only_that_page(tmp_path: Path) -> None:
    facts = Steps(fails=[2]).read(scanned(tmp_path / "s.pdf", pages=3))
    assert facts.state == FileState.READ
    assert [(p.code, p.details["pages"]) for p in facts.problems] == [("page_unreadable", "2")]
    assert Steps(fails=[1, 2, 3]).read(scanned(tmp_path / "s.pdf", pages=3)).state == FileState.UNREADABLE


def test_without_an_engine_the_file_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError("rapidocr", name="rapidocr")

    monkeypatch.setattr("ingest.pipeline._recognise", missing)
    facts = Pipeline(PACK).read(scanned(tmp_path / "s.pdf"), "s.pdf", Limits())
    assert facts.state == FileState.UNREADABLE
    assert [p.code for p in facts.problems] == ["ocr_unavailable"]


def test_word_lines_have_no_places_and_no_image(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("回访记录表")
    document.add_table(rows=1, cols=2).rows[0].cells[0].text = "房号"
    document.save(str(tmp_path / "f.docx"))
    steps = Steps()
    steps.read(tmp_path / "f.docx")
    assert [line.text for line in steps.pages[0].lines] == ["回访记录表", "房号"]
    assert steps.image is None


def test_a_controlled_document_is_not_asked_about_as_a_form(tmp_path: Path) -> None:
    steps = Steps()
    (record,) = steps.read(Manual().save(tmp_path / "m.docx")).records
    assert not steps.pages
    assert (record.type, record.title) == ("controlled_document", "收发室管理作业规程")
    assert record.document is not None
    assert record.document.revision == "B/0"
    assert {v.code: v.value for v in record.fields}["number"] == "XL-SF-07"
    assert str(record.date) == "2025-02-01"


def test_nothing_is_made_of_what_was_refused_or_saved_in_part(tmp_path: Path) -> None:
    path = scanned(tmp_path / "s.pdf", pages=3)
    path.write_bytes(path.read_bytes()[:-600])
    for file in (path, _bomb(tmp_path / "b.png")):
        steps = Steps()
        facts = steps.read(file)
        assert facts.state != FileState.READ
        assert not facts.records
        assert not steps.pages


def _bomb(path: Path) -> Path:
    Image.new("1", (12_000, 12_000)).save(path)
    return path


def test_a_workbook_is_kept_and_its_text_can_be_found(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0].append(["车位", "测A·12345"])
    book.save(tmp_path / "车位.xlsx")
    facts = Steps().read(tmp_path / "车位.xlsx")
    assert facts.state == FileState.UNREADABLE
    assert [p.code for p in facts.problems] == ["kept_with_text"]
    assert "测A·12345" in facts.records[0].text
    assert facts.records[0].type is None


def test_a_text_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("一行\n" * 500, "utf-8")
    facts = Steps().read(path, Limits(pages=5))
    assert facts.state == FileState.REFUSED
    assert [p.code for p in facts.problems] == ["too_many_pages"]
