"""Controlled documents: cover, control page and chapters in many layouts; what disagrees is found, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from ingest.documents import document_of
from ingest.documents.rows import chapter_key, person_and_day
from ingest.facts import DocumentFacts, Limits
from ingest.read import docx as docx_reader
from ingest.read import pdf as pdf_reader
from tests.unit.ingest.manuals import HEADINGS, ROWS, Manual, track

DAYS: dict[str, Callable[[str], str]] = {
    "dots": lambda iso: iso.replace("-", "."),
    "chinese": lambda iso: f"{iso[:4]}年{int(iso[5:7])}月{int(iso[8:])}日",
    "dashes": lambda iso: iso,
}
CONTROL_PAGES = ("table", "split", "merged", "stacked", "tabs", "blanks", "labels", "cells")


def read(path: Path) -> DocumentFacts:
    found = document_of(docx_reader.read(path, Limits()))
    assert found is not None
    return found


def rows_of(found: DocumentFacts) -> list[tuple[str, ...]]:
    return [
        (r.pages, r.chapter, r.notice, r.state, r.changed_by, r.changed_on, r.approved_by, r.approved_on)
        for r in found.control_page
    ]


def codes(found: DocumentFacts) -> set[str]:
    return {p.code for p in found.findings}


@pytest.mark.parametrize("layout", ["lines", "grid", "columns"])
@pytest.mark.parametrize("control", CONTROL_PAGES)
@pytest.mark.parametrize("days", DAYS)
def test_every_layout_is_read_whole_and_nothing_is_invented(
    tmp_path: Path, layout: str, control: str, days: str
) -> None:
    manual = Manual(day=DAYS[days], copy_number="012", holder="东区管理处", control="受控")
    found = read(manual.save(tmp_path / "m.docx", layout, control))
    assert (found.number, found.title, found.revision) == (manual.number, manual.title, "B/0")
    assert str(found.effective) == manual.effective
    signed = [
        (found.prepared_by, found.prepared_on),
        (found.reviewed_by, found.reviewed_on),
        (found.approved_by, found.approved_on),
    ]
    assert [(name, str(day)) for name, day in signed] == [(name, day) for _, name, day in manual.people]
    assert rows_of(found) == [tuple(row) for row in ROWS]
    assert not found.findings
    if layout != "columns":
        assert (found.copy_number, found.holder, found.control_status) == ("012", "东区管理处", "受控")


@pytest.mark.parametrize("automatic", [False, True])
@pytest.mark.parametrize("headings", [False, True])
def test_chapters_are_numbered_as_printed(tmp_path: Path, automatic: bool, headings: bool) -> None:
    manual = Manual(automatic=automatic, headings=headings)
    found = read(manual.save(tmp_path / "m.docx"))
    assert [number for number, _ in found.chapters] == [n for _, n, _ in manual.clauses if n]
    assert ("4.2.1", "挂号信须签收") in found.chapters


def test_traditional_script_is_read_alike(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    for line in (
        "文件編號：HK-PM-03",
        "版本號：A　修改狀態：1",
        "門禁管理作業規程",
        "編制：陳大文　日期：2024年5月2日",
        "審核：李小明　日期：2024年5月6日",
        "批准：黃志強　日期：2024年5月9日",
        "實施日期：二〇二四年六月一日",
        "文件修改控制頁",
    ):
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=6)
    headings = ("修改頁碼", "章節號", "文件更改通知單號", "修改狀態", "修改人/日期", "批准人/日期")
    row = ("2", "4.1", "GG-2024-02", "A/1", "陳大文/二〇二四年五月二日", "黃志強/2024年5月9日")
    for index in range(6):
        table.rows[0].cells[index].text, table.rows[1].cells[index].text = headings[index], row[index]
    for line in ("1.0 目的", "4.0 程序", "4.1 訪客登記。"):
        document.add_paragraph(line)
    document.save(str(tmp_path / "t.docx"))
    found = read(tmp_path / "t.docx")
    assert (found.number, found.title, found.revision) == ("HK-PM-03", "門禁管理作業規程", "A/1")
    assert str(found.effective) == "2024-06-01"
    assert rows_of(found) == [
        ("2", "4.1", "GG-2024-02", "A/1", "陳大文", "2024-05-02", "黃志強", "2024-05-09")
    ]
    assert not found.findings


def changed(number: int, **cells: str) -> list[list[str]]:
    """The usual rows with cells of row `number` (from 1) replaced."""
    names = ("pages", "chapter", "notice", "state", "by", "on", "approver", "approved")
    rows = [list(row) for row in ROWS]
    for name, text in cells.items():
        rows[number - 1][names.index(name)] = text
    return rows


PLANTED: dict[str, tuple[str, dict[str, Any]]] = {
    "cover behind the control page": ("revision_mismatch", {"version": "A", "change": "2"}),
    "header of another revision": ("header_mismatch", {"header_revision": "A/2"}),
    "backwards": ("revision_backwards", {"rows": [ROWS[1], ROWS[0], ROWS[2]]}),
    "a change left out": ("revision_gap", {"rows": [ROWS[1], ROWS[2]]}),
    "no rows at all": ("control_page_missing", {"rows": [], "version": "A", "change": "3"}),
    "not approved": ("row_not_approved", {"rows": changed(3, approver="", approved="")}),
    "no notice": ("row_incomplete", {"rows": changed(2, notice="")}),
    "approved before changed": ("dates_out_of_order", {"rows": changed(2, approved="2024-08-30")}),
    "in force before approval": ("dates_out_of_order", {"effective": "2025-01-10"}),
    "no such chapter": ("chapter_unknown", {"rows": changed(3, chapter="7.3")}),
    "one person": ("same_person", {"rows": changed(2, by="孙百川")}),
    "one notice twice": ("notice_repeated", {"rows": changed(2, notice="GGTZ-2024-003")}),
    "no day": ("date_unreadable", {"rows": changed(1, on="2024-13-45")}),
    "no revision": ("revision_unreadable", {"rows": changed(1, state="初版")}),
}


@pytest.mark.parametrize("case", PLANTED)
def test_planted_disagreement_is_found(tmp_path: Path, case: str) -> None:
    code, changes = PLANTED[case]
    found = read(Manual(**changes).save(tmp_path / "m.docx"))
    assert code in codes(found), [p.message for p in found.findings]


def test_tracked_changes_are_counted_and_quoted(tmp_path: Path) -> None:
    path = Manual().save(tmp_path / "m.docx")
    track(path, "24小时", "24小时", "12小时")
    track(path, "每月清理", "每月清理一次", "")
    found = read(path)
    assert found.tracked_changes == 2
    (finding,) = found.findings
    assert finding.code == "tracked_changes"
    assert "24小时" in finding.message
    assert "12小时" in finding.message


def test_a_form_is_no_controlled_document(tmp_path: Path) -> None:
    import docx

    for title in ("文件更改通知单", "业主资料卡"):
        document = docx.Document()
        document.add_paragraph(title)
        document.add_paragraph("文件编号：XL-SF-R01  版本：A/0")
        document.add_paragraph("申请人：钱一帆    审核：周望舒    批准：孙百川    日期：2024.05.06")
        document.save(str(tmp_path / "f.docx"))
        assert document_of(docx_reader.read(tmp_path / "f.docx", Limits())) is None


class TestPdf:
    """The same from a PDF, where only places tell which cell is which."""

    @staticmethod
    def save(path: Path, rows: list[tuple[str, ...]]) -> Path:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        style = ParagraphStyle("c", fontName="STSong-Light", fontSize=9, leading=12, wordWrap="CJK")
        cells = [[Paragraph(text, style) for text in HEADINGS]]
        for pages, chapter, notice, state, by, on, approver, approved in rows:
            people = (f"{by}/ {on}" if by else "", f"{approver}/ {approved}" if approver else "")
            cells.append([Paragraph(t, style) for t in (pages, chapter, notice, state, *people)])
        grid = Table(cells, colWidths=[50, 55, 62, 55, 62, 62])
        grid.setStyle(
            TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
        )
        front = ("编号：XL-SF-07", "版本号：B   修改状态：0", "晴川物业服务有限公司", "收发室管理作业规程")
        signed = (
            "编制：钱一帆 日期：2025.01.08",
            "审核：周望舒 日期：2025.01.12",
            "批准：孙百川 日期：2025.01.15",
        )
        story: list[Any] = [Paragraph(t, style) for t in (*front, *signed, "实施日期：2025.02.01")]
        story += [PageBreak(), Paragraph("文件修改控制页", style), grid, PageBreak()]
        story += [
            Paragraph(t, style) for t in ("1.0 目的", "4.0 程序", "4.2 送达。", "4.3 退件。", "5.0 记录")
        ]
        SimpleDocTemplate(str(path), pagesize=A4).build(story)
        return path

    def test_rows_with_wrapped_cells(self, tmp_path: Path) -> None:
        found = document_of(pdf_reader.read(self.save(tmp_path / "m.pdf", list(ROWS)), Limits()))
        assert found is not None
        # the pages named are beyond this short file; everything else agrees
        assert codes(found) == {"page_out_of_range"}
        assert rows_of(found) == [tuple(row) for row in ROWS]
        assert (found.number, found.revision, found.title) == ("XL-SF-07", "B/0", "收发室管理作业规程")

    def test_an_empty_approval_is_seen(self, tmp_path: Path) -> None:
        rows = [ROWS[0], (*ROWS[1][:6], "", ""), ROWS[2]]
        found = document_of(pdf_reader.read(self.save(tmp_path / "m.pdf", rows), Limits()))
        assert found is not None
        assert rows_of(found) == [tuple(row) for row in rows]
        assert "row_not_approved" in codes(found)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("4.0", "4"),
        ("4", "4"),
        ("第四章", "4"),
        ("4.2.1", "4.2.1"),
        ("第十二节", "12"),
        ("04.02", "4.2"),
        ("全文", ""),
    ],
)
def test_chapter_numbers_compare(written: str, key: str) -> None:
    assert chapter_key(written) == key


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("唐学文/2024.03.26", ("唐学文", "2024-03-26")),
        ("唐学文 2024-3-26", ("唐学文", "2024-03-26")),
        ("唐学文\n2024年3月26日", ("唐学文", "2024-03-26")),
        ("20240326 唐学文", ("唐学文", "2024-03-26")),
        ("唐学文/2024.03.\n26", ("唐学文", "2024-03-26")),
        ("唐学文", ("唐学文", "")),
        ("2024.03.26", ("", "2024-03-26")),
        ("唐学文/24.3", ("唐学文", "24.3")),
        ("", ("", "")),
    ],
)
def test_person_and_day(cell: str, expected: tuple[str, str]) -> None:
    assert person_and_day(cell) == expected


def plain(path: Path, *lines: str) -> DocumentFacts:
    import docx

    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))
    return read(path)


def test_days_before_their_words_as_on_standards(tmp_path: Path) -> None:
    found = plain(
        tmp_path / "s.docx",
        "Q/QC-WY-003",
        "文件编号：Q/QC-WY-003",
        "装修管理规定",
        "编制：钱一帆　审核：周望舒　批准：孙百川",
        "2024-04-01 发布　　　2024-04-15 实施",
        "文件版本：C/2",
        "1 目的",
    )
    assert (str(found.issued), str(found.effective)) == ("2024-04-01", "2024-04-15")
    assert (found.number, found.prepared_by, found.reviewed_by, found.approved_by) == (
        "Q/QC-WY-003",
        "钱一帆",
        "周望舒",
        "孙百川",
    )


@pytest.mark.parametrize(
    ("written", "revision"),
    [
        ("版本号：B版   修改状态：第0次", "B/0"),
        ("版本/修改状态：A/3", "A/3"),
        ("版次：A1", "A/1"),
        ("版 本 号：A  修 改 状 态：2", "A/2"),
        ("版本号：A", "A/0"),
        ("Revision: C/1", "C/1"),
    ],
)
def test_spellings_of_the_revision(tmp_path: Path, written: str, revision: str) -> None:
    found = plain(
        tmp_path / "r.docx",
        "编号：XL-09",
        written,
        "门岗管理办法",
        "编制：钱一帆 日期：2024.1.2",
        "审核：周望舒 日期：2024.1.3",
        "批准：孙百川 日期：2024.1.4",
        "受控状态：☑受控 □非受控",
        "1.0 目的",
    )
    assert (found.number, found.title, found.revision) == ("XL-09", "门岗管理办法", revision)
    assert found.control_status == "受控"
    assert not found.findings


def test_everything_in_the_running_header(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    table = document.sections[0].header.add_table(3, 4, docx.shared.Cm(16))
    rows = (
        ("文件名称", "绿化养护作业规程", "文件编号", "XL-LH-02"),
        ("版本/修改", "A/1", "生效日期", "2024.05.01"),
        ("编制", "钱一帆", "批准", "孙百川"),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for line in ("1.0 目的", "规范养护。", "2.0 程序", "2.1 浇水。"):
        document.add_paragraph(line)
    document.save(str(tmp_path / "h.docx"))
    found = read(tmp_path / "h.docx")
    assert (found.number, found.title, found.revision) == ("XL-LH-02", "绿化养护作业规程", "A/1")
    assert (found.prepared_by, found.approved_by, str(found.effective)) == ("钱一帆", "孙百川", "2024-05-01")
    assert [number for number, _ in found.chapters] == ["1.0", "2.0", "2.1"]


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 400_000,
        "编号:" * 100_000,
        "修改状态 " * 80_000,
        "A/1 甲乙/2024.1.1 " * 20_000,
        "1." * 200_000,
        "第" * 200_000,
    ],
)
def test_hostile_lines_cost_little(tmp_path: Path, hostile: str) -> None:
    import time

    from ingest.read import text

    path = tmp_path / "t.txt"
    path.write_text(
        "编号：XL-1 版本号：A 修改状态：1\n文件修改控制页\n修改状态 章节号 修改页码 批准人\n" + hostile,
        "utf-8",
    )
    content = text.read(path, Limits())
    start = time.process_time()
    document_of(content)
    assert time.process_time() - start < 3
