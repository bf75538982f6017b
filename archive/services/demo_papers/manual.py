"""The sample controlled document: one procedure of our own wording, in three revisions, as Word files."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Pt

from archive.services.demo_papers.neighbourhood import COMPANY

NUMBER = "XH-KF-07"
TITLE = "钥匙借用管理规程"
PREPARED, REVIEWED, APPROVED = "例文秀", "示立夏", "样立诚"
COLUMNS = ("修改页码", "章节号", "文件更改通知单号", "修改状态", "修改人/日期", "批准人/日期")
FIXED = (2020, 1, 1, 0, 0, 0)
"""Time stamp inside the container, so that the same revision is the same bytes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the control page: which clause changed in which revision, and its wording from then on."""

    revision: str
    clause: str
    notice: str
    text: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: "A/0", who signed it when, and since when it is in force."""

    name: str
    prepared: date
    reviewed: date
    approved: date
    effective: date

    @property
    def file_name(self) -> str:
        return f"{NUMBER} {TITLE} {self.name.replace('/', '')}.docx"


def revisions(year: int) -> tuple[Revision, ...]:
    """The three revisions, oldest first; `year` is the present one."""
    return (
        Revision(
            "A/0", date(year - 3, 1, 9), date(year - 3, 1, 12), date(year - 3, 1, 16), date(year - 3, 2, 1)
        ),
        Revision(
            "A/1", date(year - 2, 3, 2), date(year - 2, 3, 5), date(year - 2, 3, 8), date(year - 2, 3, 15)
        ),
        Revision(
            "B/0", date(year - 1, 5, 12), date(year - 1, 5, 16), date(year - 1, 5, 20), date(year - 1, 6, 1)
        ),
    )


_CHANGES = (
    Change("A/1", "3.2", "XH-GT-0021", "代他人借钥匙的，先打电话向委托人核实，再写明与委托人的关系。"),
    Change(
        "B/0",
        "3.1",
        "XH-GT-0034",
        "借钥匙的人出示工作证或身份证，在登记表上逐项填写并签名，写明用途和归还日期。",
    ),
    Change("B/0", "4.2", "XH-GT-0035", "到期未还的，当班人员当天电话催还，第二天上午仍未还的报告客服主管。"),
)

_CHAPTERS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("1.0 目的", (("", "让每一把放在客服中心的钥匙都说得清在谁手里、为什么、什么时候回来。"),)),
    ("2.0 适用范围", (("", "适用于空置房、业主托管房和公共设备房的钥匙。"),)),
    (
        "3.0 借用",
        (
            ("3.1", "借钥匙的人出示证件，在登记表上填写并签名。"),
            ("3.2", "代他人借钥匙的，写明与委托人的关系。"),
            ("3.3", "一次最多借两套房屋的钥匙，看房结束后马上归还。"),
        ),
    ),
    (
        "4.0 归还",
        (
            ("4.1", "当班人员核对钥匙编号和数量，在登记表上签收。"),
            ("4.2", "到期未还的，当班人员电话催还。"),
            ("4.3", "钥匙遗失的，立即换锁，并在值班记录上写明经过。"),
        ),
    ),
    ("5.0 记录", (("", "《借用钥匙登记表》每季度末交档案员归档。"),)),
)


def word_file(revision: Revision, year: int) -> bytes:
    """The revision as a .docx: cover, control page, chapters. The same input gives the same bytes."""
    history = revisions(year)
    so_far = [r.name for r in history[: history.index(revision) + 1]]
    changes = [c for c in _CHANGES if c.revision in so_far]
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "SimSun", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    document.sections[0].header.paragraphs[0].text = f"{TITLE}\t编号：{NUMBER}\t版本/修改：{revision.name}"
    _cover(document, revision)
    _control_page(document, history, changes)
    _chapters(document, changes)
    out = BytesIO()
    document.save(out)
    return _fixed(out.getvalue())


def _cover(document: Document, revision: Revision) -> None:
    version, change = revision.name.split("/")
    document.add_paragraph(f"编号：{NUMBER}")
    document.add_paragraph(f"版本号：{version}   修改状态：{change}")
    for text, size in ((COMPANY, 16), (TITLE, 26)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).font.size = Pt(size)
    signed = (
        ("编制", PREPARED, revision.prepared),
        ("审核", REVIEWED, revision.reviewed),
        ("批准", APPROVED, revision.approved),
    )
    for label, name, day in signed:
        document.add_paragraph(f"{label}：{name}          日期：{_day(day)}")
    document.add_paragraph(f"实施日期：{_day(revision.effective)}")
    document.add_paragraph("责任部门：客服中心").add_run().add_break(WD_BREAK.PAGE)


def _control_page(document: Document, history: Sequence[Revision], changes: Sequence[Change]) -> None:
    title = document.add_paragraph("文件修改控制页")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    by_name = {r.name: r for r in history}
    rows = [
        (
            "3",
            change.clause,
            change.notice,
            change.revision,
            f"{PREPARED}/{_day(by_name[change.revision].prepared)}",
            f"{APPROVED}/{_day(by_name[change.revision].approved)}",
        )
        for change in changes
    ]
    empty = [("",) * len(COLUMNS)] * (6 - len(rows))
    table = document.add_table(rows=0, cols=len(COLUMNS), style="Table Grid")
    for row in [COLUMNS, *rows, *empty]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _chapters(document: Document, changes: Sequence[Change]) -> None:
    current = {change.clause: change.text for change in changes}
    document.add_heading(TITLE, level=1)
    for heading, clauses in _CHAPTERS:
        document.add_heading(heading, level=2)
        for number, text in clauses:
            document.add_paragraph(f"{number} {current.get(number, text)}".strip())


def _day(day: date) -> str:
    return f"{day:%Y.%m.%d}"


def _fixed(container: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(container)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, FIXED), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
