"""Builders of documents for tests, made at run time. Every person and company is invented."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

ROWS = (
    ("3", "4.2", "GGTZ-2024-003", "A/1", "钱一帆", "2024-03-26", "孙百川", "2024-04-01"),
    ("4", "4.3", "GGTZ-2024-011", "A/2", "赵小禾", "2024-09-02", "孙百川", "2024-09-06"),
    ("4", "5.0", "GGTZ-2025-001", "B/0", "钱一帆", "2025-01-08", "孙百川", "2025-01-15"),
)
HEADINGS = ("修改页码", "章节号", "文件更改通知单号", "修改状态", "修改人/日期", "批准人/日期")
CLAUSES = (
    (1, "1.0", "目的"),
    (0, "", "规范收发室的工作。"),
    (1, "2.0", "适用范围"),
    (0, "", "适用于各管理处。"),
    (1, "3.0", "职责"),
    (2, "3.1", "主管负责检查。"),
    (2, "3.2", "收发员负责登记。"),
    (1, "4.0", "程序要点"),
    (2, "4.1", "收件登记。"),
    (2, "4.2", "邮件应在24小时内送达。"),
    (3, "4.2.1", "挂号信须签收。"),
    (2, "4.3", "退件每月清理一次。"),
    (1, "5.0", "记录"),
    (0, "", "《收发登记表》"),
)


@dataclass
class Manual:
    """What a controlled document says; `save` writes it in one of several layouts."""

    number: str = "XL-SF-07"
    title: str = "收发室管理作业规程"
    version: str = "B"
    change: str = "0"
    company: str = "晴川物业服务有限公司"
    people: tuple[tuple[str, str, str], ...] = (
        ("编制", "钱一帆", "2025-01-08"),
        ("审核", "周望舒", "2025-01-12"),
        ("批准", "孙百川", "2025-01-15"),
    )
    effective: str = "2025-02-01"
    copy_number: str = ""
    holder: str = ""
    control: str = ""
    rows: Sequence[Sequence[str]] = ROWS
    clauses: Sequence[tuple[int, str, str]] = CLAUSES
    header_revision: str = ""
    day: Callable[[str], str] = field(default=lambda iso: iso.replace("-", "."))
    automatic: bool = False
    headings: bool = True

    def save(self, path: Path, layout: str = "lines", control: str = "table") -> Path:
        """Writes the document; layouts: "lines", "grid", "columns"; control pages: see `_CONTROL`."""
        document = docx.Document()
        self._header(document)
        getattr(self, f"_cover_{layout}")(document)
        document.add_section(WD_SECTION.NEW_PAGE)
        _CONTROL[control](self, document)
        document.add_page_break()
        self._body(document)
        document.save(str(path))
        return path

    # --- parts

    def _header(self, document: Any) -> None:
        revision = self.header_revision or f"{self.version}/{self.change}"
        text = f"{self.company}\t编号:{self.number}\t版本/修改:{revision}"
        document.sections[0].header.paragraphs[0].text = text
        footer = document.sections[0].footer.paragraphs[0]
        footer.add_run("第 ")
        _add_field(footer, "PAGE")
        footer.add_run(" 页 共 ")
        _add_field(footer, "NUMPAGES")
        footer.add_run(" 页")

    def _cover_lines(self, document: Any) -> None:
        document.add_paragraph(f"编号：{self.number}")
        document.add_paragraph(f"版本号：{self.version}   修改状态：{self.change}")
        document.add_paragraph(self.company)
        document.add_paragraph("　".join(self.title))
        for label, name, day in self.people:
            document.add_paragraph(f"{label}：{name}          日期：{self.day(day)}")
        document.add_paragraph(f"实施日期：{self.day(self.effective)}")
        if self.copy_number:
            document.add_paragraph(f"发放编号：{self.copy_number}    持有者：{self.holder}")
        if self.control:
            document.add_paragraph(f"受控状态：{self.control}")
        document.add_paragraph("说明：红色印章为受控文件")

    def _cover_grid(self, document: Any) -> None:
        document.add_paragraph(self.company)
        document.add_paragraph(self.title)
        table = document.add_table(rows=0, cols=4)
        rows = [("文件编号", self.number, "版次", f"{self.version}/{self.change}")]
        rows += [(label, name, "日期", self.day(day)) for label, name, day in self.people]
        rows += [("实施日期", self.day(self.effective), "受控状态", self.control)]
        rows += [("发放编号", self.copy_number, "持有者", self.holder)]
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=True):
                cell.text = text

    def _cover_columns(self, document: Any) -> None:
        table = document.add_table(rows=2, cols=4)
        for cell, text in zip(
            table.rows[0].cells, ("文件名称", self.title, "文件编号", self.number), strict=True
        ):
            cell.text = text
        last = ("版本/修改", f"{self.version}/{self.change}", "生效日期", self.day(self.effective))
        for cell, text in zip(table.rows[1].cells, last, strict=True):
            cell.text = text
        signed = document.add_table(rows=3, cols=3)
        for column, (label, name, day) in enumerate(self.people):
            signed.rows[0].cells[column].text = label
            signed.rows[1].cells[column].text = name
            signed.rows[2].cells[column].text = self.day(day)

    def _body(self, document: Any) -> None:
        if self.headings:
            document.add_heading(self.title, 1)
        number = _numbering(document) if self.automatic else 0
        for depth, label, text in self.clauses:
            style = f"Heading {depth + 1}" if self.headings and depth == 1 else None
            written = text if self.automatic or not label else f"{label} {text}"
            paragraph = document.add_paragraph(written, style=style)
            if self.automatic and depth:
                _number(paragraph, number, depth - 1)


def _control_table(manual: Manual, document: Any) -> None:
    document.add_paragraph("文件修改控制页")
    table = document.add_table(rows=1, cols=6)
    _fill(table.rows[0], HEADINGS)
    for pages, chapter, notice, state, by, on, approver, approved in manual.rows:
        day = manual.day
        people = (f"{by}/{day(on)}" if by or on else "", f"{approver}/{day(approved)}" if approver else "")
        _fill(table.add_row(), (pages, chapter, notice, state, *people))
    for _ in range(4):
        table.add_row()


def _control_split(manual: Manual, document: Any) -> None:
    """Person and day in columns of their own, under headings that are merged above them."""
    document.add_paragraph("文 件 修 改 控 制 页")
    table = document.add_table(rows=2, cols=8)
    _fill(table.rows[0], ("修改页码", "章节号", "文件更改通知单号", "修改状态", "修改", "", "批准", ""))
    _fill(table.rows[1], ("", "", "", "", "人", "日期", "人", "日期"))
    table.rows[0].cells[4].merge(table.rows[0].cells[5])
    table.rows[0].cells[6].merge(table.rows[0].cells[7])
    for column in range(4):
        table.rows[0].cells[column].merge(table.rows[1].cells[column])
    for row in manual.rows:
        cells = list(row)
        cells[5], cells[7] = manual.day(row[5]), manual.day(row[7])
        _fill(table.add_row(), cells)


def _control_merged(manual: Manual, document: Any) -> None:
    """Cells that repeat the row above are merged with it."""
    _control_table(manual, document)
    table = document.tables[-1]
    for column in range(2, 6):
        for index in range(1, len(manual.rows)):
            upper, lower = table.rows[index].cells[column], table.rows[index + 1].cells[column]
            if upper.text and upper.text == lower.text:
                lower.text = ""
                upper.merge(lower)
                upper.text = upper.text.strip()


def _control_stacked(manual: Manual, document: Any) -> None:
    """All revisions in one row, one line each."""
    document.add_paragraph("文件修改控制页")
    table = document.add_table(rows=2, cols=6)
    _fill(table.rows[0], HEADINGS)
    day = manual.day
    columns = [
        [row[0] for row in manual.rows],
        [row[1] for row in manual.rows],
        [row[2] for row in manual.rows],
        [row[3] for row in manual.rows],
        [f"{row[4]}/{day(row[5])}" for row in manual.rows],
        [f"{row[6]}/{day(row[7])}" for row in manual.rows],
    ]
    _fill(table.rows[1], ["\n".join(column) for column in columns])


def _control_tabs(manual: Manual, document: Any) -> None:
    document.add_paragraph("文 件 修 改 控 制 页")
    document.add_paragraph("    ".join(HEADINGS))
    for pages, chapter, notice, state, by, on, approver, approved in manual.rows:
        people = [f"{by}/{manual.day(on)}", f"{approver}/{manual.day(approved)}" if approver else ""]
        document.add_paragraph("\t".join([pages, chapter, notice, state, *people]))
    document.add_paragraph("——————————————————")


def _control_blanks(manual: Manual, document: Any) -> None:
    document.add_paragraph("文件修改控制页")
    document.add_paragraph("  ".join(HEADINGS))
    for pages, chapter, notice, state, by, on, approver, approved in manual.rows:
        text = (
            f"{pages}  {chapter}  {notice}  {state}  {by} {manual.day(on)}  {approver} {manual.day(approved)}"
        )
        document.add_paragraph(text)


def _control_labels(manual: Manual, document: Any) -> None:
    document.add_paragraph("文件修改控制页")
    for pages, chapter, notice, state, by, on, approver, approved in manual.rows:
        document.add_paragraph(f"修改页码：{pages}　章节号：{chapter}　文件更改通知单号：{notice}")
        document.add_paragraph(f"修改状态：{state}　修改人/日期：{by}/{manual.day(on)}")
        document.add_paragraph(f"批准人/日期：{approver}/{manual.day(approved)}")


def _control_cells(manual: Manual, document: Any) -> None:
    """One paragraph for each cell, as a converter leaves a table."""
    document.add_paragraph("文件修改控制页")
    for heading in HEADINGS:
        document.add_paragraph(heading)
    for pages, chapter, notice, state, by, on, approver, approved in manual.rows:
        for text in (
            pages,
            chapter,
            notice,
            state,
            f"{by}/{manual.day(on)}",
            f"{approver}/{manual.day(approved)}",
        ):
            document.add_paragraph(text)


_CONTROL: dict[str, Callable[[Manual, Any], None]] = {
    "table": _control_table,
    "split": _control_split,
    "merged": _control_merged,
    "stacked": _control_stacked,
    "tabs": _control_tabs,
    "blanks": _control_blanks,
    "labels": _control_labels,
    "cells": _control_cells,
    "none": lambda manual, document: None,
}


def _fill(row: Any, texts: Sequence[str]) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        if text:
            cell.text = text


def _add_field(paragraph: Any, instruction: str) -> None:
    for kind, text in (("begin", ""), ("", instruction), ("separate", ""), ("result", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif kind == "result":
            run.text = text
        else:
            code = OxmlElement("w:instrText")
            code.text = text
            run._r.append(code)


def _numbering(document: Any) -> int:
    """A list whose levels print 1.0, 1.1 and 1.1.1."""
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for i, pattern in enumerate(("%1.0", "%1.%2", "%1.%2.%3"))
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    return 90


def _number(paragraph: Any, number: int, depth: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def track(path: Path, find: str, deleted: str, inserted: str) -> None:
    """Replaces `deleted` by `inserted` as a tracked change in the paragraph that contains `find`."""
    document = docx.Document(str(path))
    paragraph = next(p for p in document.paragraphs if find in p.text)
    text = paragraph.text
    before, after = text.split(deleted, 1) if deleted else (text, "")
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    paragraph.add_run(before)
    attributes = f'{nsdecls("w")} w:id="9" w:author="甲" w:date="2025-03-01T08:00:00Z"'
    if deleted:
        paragraph._p.append(
            parse_xml(f"<w:del {attributes}><w:r><w:delText>{deleted}</w:delText></w:r></w:del>")
        )
    if inserted:
        paragraph._p.append(parse_xml(f"<w:ins {attributes}><w:r><w:t>{inserted}</w:t></w:r></w:ins>"))
    paragraph.add_run(after)
    document.save(str(path))


def twin(manual: Manual, **changes: Any) -> Manual:
    """A copy of a manual with other values."""
    other = copy.copy(manual)
    for name, value in changes.items():
        setattr(other, name, value)
    return other
