"""Formats that are kept as originals, with their text: .xlsx, .xls, .eml, .rtf and .html."""

from __future__ import annotations

import email
import email.policy
import io
import re
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ingest.facts import Limits, Problem
from ingest.layout import pages_of
from ingest.problems import problem
from ingest.read import text as text_reader
from ingest.read.content import Block, Content

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EML = "message/rfc822"
XLS = "application/vnd.ms-excel"
RTF = "application/rtf"
HTML = "text/html"
_CELLS = 200_000
_RICH_TEXT = 32 * 1024**2
"""Bytes; what is larger carries pictures, and its text would cost more than a file's limit."""
_BREAK = re.compile(
    "p|div|br|li|tr|h[1-6]|table|[uod]l|d[td]|pre|blockquote|section|article|header|footer|title"
)
_HEADERS = (("发件人", "from"), ("收件人", "to"), ("抄送", "cc"), ("日期", "date"), ("主题", "subject"))


def read_sheets(path: Path, limits: Limits) -> Content:
    """The cells of a workbook, one table per sheet; values as last computed, formulas are never run."""
    import openpyxl  # a quarter of a second that only workbooks are worth

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            blocks = _tables(book)
        finally:
            book.close()
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # openpyxl and what it stands on raise many kinds on a damaged part
        return Content(XLSX, problems=(problem("damaged", reason=f"XLSX {type(error).__name__}"),))
    problems = () if blocks else (problem("no_text"),)
    return Content(XLSX, pages_of(blocks), problems, blocks)


def _tables(book: Any) -> tuple[Block, ...]:
    return _grids(
        (
            str(sheet.title),
            (tuple("" if v is None else str(v) for v in row) for row in sheet.iter_rows(values_only=True)),
        )
        for sheet in book.worksheets
    )


def _grids(sheets: Iterable[tuple[str, Iterable[tuple[str, ...]]]]) -> tuple[Block, ...]:
    """A heading and a table for each sheet that holds anything, up to `_CELLS` cells in all."""
    blocks: list[Block] = []
    cells = 0
    for title, grid in sheets:
        rows = []
        for row in grid:
            cells += len(row)
            if cells > _CELLS:
                break
            if any(row):
                rows.append(row)
        if rows:
            blocks.append(Block("paragraph", title, 2))
            width = max(max((i for i, t in enumerate(r, 1) if t), default=1) for r in rows)
            trimmed = tuple((r + ("",) * width)[:width] for r in rows)
            blocks.append(Block("table", "\n".join("\t".join(r) for r in trimmed), rows=trimmed))
    return tuple(blocks)


def read_old_sheets(path: Path, limits: Limits) -> Content:
    """The cells of an Excel 97 to 2003 workbook (.xls, .et), one table per sheet."""
    import xlrd

    try:
        with xlrd.open_workbook(str(path), on_demand=True, logfile=io.StringIO()) as book:
            blocks = _grids(
                (sheet.name, (tuple(map(_cell, sheet.row(r))) for r in range(sheet.nrows)))
                for sheet in map(book.sheet_by_index, range(book.nsheets))
            )
    except xlrd.XLRDError as error:
        locked = "encrypted" in str(error).lower()
        found = problem("password_needed") if locked else problem("damaged", reason=str(error)[:120])
        return Content(XLS, problems=(found,))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # xlrd raises whatever a damaged record leads it to
        return Content(XLS, problems=(problem("damaged", reason=f"XLS {type(error).__name__}"),))
    return Content(XLS, pages_of(blocks), () if blocks else (problem("no_text"),), blocks)


def _cell(cell: Any) -> str:
    """A cell as people see it: whole numbers without a point."""
    value = cell.value
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_rich_text(path: Path, limits: Limits) -> Content:
    """The plain text of an .rtf file."""
    from striprtf.striprtf import rtf_to_text

    raw = path.read_bytes()
    if len(raw) > _RICH_TEXT:
        return Content(RTF, problems=(problem("file_too_large", bytes=len(raw), limit=_RICH_TEXT),))
    page = re.search(rb"\\ansicpg(\d{3,5})", raw[:4096])
    encoding = f"cp{page[1].decode()}" if page and page[1] != b"65001" else "utf-8" if page else "gb18030"
    try:
        text = rtf_to_text(raw.decode("latin-1"), encoding=encoding, errors="replace")
    except (LookupError, ValueError, IndexError, RecursionError, OverflowError) as error:
        return Content(RTF, problems=(problem("damaged", reason=f"RTF {type(error).__name__}"),))
    blocks = tuple(Block("paragraph", line.rstrip("|").replace("|", "\t")) for line in text.splitlines())
    problems = () if text.strip() else (problem("no_text"),)
    return Content(RTF, pages_of(blocks), problems, blocks)


def read_html(path: Path, limits: Limits) -> Content:
    """The text of a web page, as saved: no script is run, nothing is fetched."""
    from lxml import etree, html

    raw = path.read_bytes()
    try:
        declared = re.search(rb"charset=[\"']?([\w-]+)", raw[:2048])
        encoding = declared[1].decode() if declared else text_reader.decode(raw[:65536], cut=True)[2]
        root = html.document_fromstring(raw, parser=html.HTMLParser(encoding=encoding, no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError) as error:
        return Content(HTML, problems=(problem("damaged", reason=f"HTML {type(error).__name__}"),))
    blocks = tuple(_web_blocks(root))
    return Content(HTML, pages_of(blocks), () if blocks else (problem("no_text"),), blocks)


def _web_blocks(root: Any) -> Iterator[Block]:
    """Paragraphs, headings and rows of tables in document order; walked without recursion."""
    from lxml import etree

    for dead in root.xpath("//script|//style|//noscript|//template|//comment()"):
        if dead.getparent() is not None:
            dead.drop_tree()
    lines: list[str] = [""]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if _BREAK.fullmatch(tag):
                lines.append("")
            lines[-1] += " ".join((element.text or "").split())
        else:
            if tag in ("td", "th"):
                lines[-1] += "\t"
            elif _BREAK.fullmatch(tag):
                lines.append("")
            lines[-1] += " ".join((element.tail or "").split())
    for line in lines:
        if line.strip():
            yield Block("paragraph", line.strip())


def read_mail(path: Path, limits: Limits) -> Content:
    """The plain text of a message with its main headers; attachments are named, not read."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    blocks = [Block("paragraph", f"{label}:{message[name]}") for label, name in _HEADERS if message[name]]
    problems: list[Problem] = []
    if isinstance(message, EmailMessage):
        body = message.get_body(("plain",))
        text = _body(body) if body is not None else ""
        blocks += [Block("paragraph", line) for line in text.splitlines()]
        names = [str(a.get_filename() or a.get_content_type()) for a in message.iter_attachments()]
        if names:
            problems.append(problem("attachments", names="、".join(names[:10])))
    return Content(EML, pages_of(blocks), tuple(problems), tuple(blocks))


def _body(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
