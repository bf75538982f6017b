"""Issuing writes into the Word file and harms nothing else; what is written is what is read back."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from ingest.documents import document_of
from ingest.documents.writing import write
from ingest.facts import DocumentFacts, Imprint, Limits, RevisionRow
from ingest.read import docx
from ingest.render import RenderError
from tests.unit.ingest.manuals import CLAUSES, ROWS, Manual

ROW = RevisionRow("4", "4.2", "GGTZ-2026-001", "B/1", "例文秀", "2026-03-02", "样立诚", "2026-03-05")
IMPRINT = Imprint(
    "XL-SF-07",
    "B/1",
    {"prepared": "例文秀", "reviewed": "示立夏", "approved": "样立诚"},
    {"prepared": "2026-03-02", "reviewed": "2026-03-04", "approved": "2026-03-05", "effective": "2026-04-01"},
    (ROW,),
)


def read_back(content: bytes, folder: Path) -> DocumentFacts:
    path = folder / "written.docx"
    path.write_bytes(content)
    facts = document_of(docx.read(path, Limits()))
    assert facts is not None
    return facts


@pytest.mark.parametrize("layout", ["lines", "grid", "columns"])
@pytest.mark.parametrize("control", ["table", "split", "merged", "stacked", "tabs", "blanks", "none"])
def test_what_is_written_is_read_back(tmp_path: Path, layout: str, control: str) -> None:
    path = Manual().save(tmp_path / "manual.docx", layout=layout, control=control)
    before = document_of(docx.read(path, Limits()))
    facts = read_back(write(path, IMPRINT), tmp_path)
    assert before is not None
    assert (facts.number, facts.title, facts.revision) == ("XL-SF-07", before.title, "B/1")
    assert facts.effective is not None
    assert facts.effective.isoformat() == "2026-04-01"
    assert (facts.prepared_by, facts.reviewed_by, facts.approved_by) == ("例文秀", "示立夏", "样立诚")
    assert str(facts.approved_on) == "2026-03-05"
    assert facts.control_page == (*before.control_page, ROW)
    assert {f.code for f in facts.findings} <= ({"revision_gap"} if control == "none" else set())


def test_issuing_again_replaces_what_the_draft_says_of_this_revision(tmp_path: Path) -> None:
    typed = (*ROWS, ("4", "4.2", "", "B/1", "", "", "", ""), ("5", "5.0", "", "B/1", "", "", "", ""))
    path = Manual(rows=typed).save(tmp_path / "manual.docx")
    facts = read_back(write(path, IMPRINT), tmp_path)
    assert [r.state for r in facts.control_page] == ["A/1", "A/2", "B/0", "B/1"]
    assert facts.control_page[-1] == ROW


def test_a_page_is_made_where_there_was_none(tmp_path: Path) -> None:
    path = Manual(version="A", change="0", rows=()).save(tmp_path / "manual.docx")
    first = RevisionRow("", "4.2", "GGTZ-1", "A/1", "例文秀", "2026-03-02", "样立诚", "2026-03-05")
    imprint = Imprint("XL-SF-07", "A/1", IMPRINT.people, IMPRINT.days, (first,))
    assert read_back(write(path, imprint), tmp_path).control_page == (first,)


@pytest.mark.parametrize("control", ["labels", "cells"])
def test_a_page_in_an_odd_form_is_left_alone(tmp_path: Path, control: str) -> None:
    path = Manual().save(tmp_path / "manual.docx", control=control)
    facts = read_back(write(path, IMPRINT), tmp_path)
    assert [r.state for r in facts.control_page] == ["A/1", "A/2", "B/0"]
    assert ROW not in facts.control_page


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def canonical(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data), method="c14n2")


def test_nothing_else_is_harmed(tmp_path: Path) -> None:
    """Styles, numbering, fonts, media and the body behind the control page stay as they are, element for element."""
    path = Manual(automatic=True).save(tmp_path / "manual.docx")
    before, after = parts(path.read_bytes()), parts(write(path, IMPRINT))
    assert before.keys() == after.keys()
    written = {"word/document.xml", "[Content_Types].xml"} | {
        n for n in before if "header" in n or "footer" in n
    }
    for name in before.keys() - written:
        same = before[name] == after[name]
        assert same or (
            name.endswith((".xml", ".rels")) and canonical(before[name]) == canonical(after[name])
        ), name
    assert body(before) == body(after)
    assert len(body(before)) >= len(CLAUSES)


def body(found: dict[str, bytes]) -> list[bytes]:
    """The paragraphs of the text, from the first chapter on."""
    root = etree.fromstring(found["word/document.xml"])
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    paragraphs = list(root.iter(w + "p"))
    start = next(i for i, p in enumerate(paragraphs) if "规范收发室" in "".join(p.itertext()))
    return [canonical(etree.tostring(p)) for p in paragraphs[start - 1 :]]


def test_a_broken_package_is_said_to_be_one(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "manual.docx")
    broken = tmp_path / "broken.docx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            if name != "word/document.xml":
                new.writestr(name, old.read(name))
    with pytest.raises(RenderError) as refused:
        write(broken, IMPRINT)
    assert refused.value.problem.code == "damaged"


def test_a_relation_that_leads_nowhere_is_survived(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "manual.docx")
    broken = tmp_path / "broken.docx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/_rels/document.xml.rels":
                stray = b'<Relationship Id="rId99" Type="http://x/y" Target="file:///gone" TargetMode="External"/>'
                data = data.replace(b"</Relationships>", stray + b"</Relationships>")
            new.writestr(name, data)
    assert read_back(write(broken, IMPRINT), tmp_path).revision == "B/1"
