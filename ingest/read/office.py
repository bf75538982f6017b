"""Formats that are kept as originals, with their text where a kept library gives it: .xlsx and .eml."""

from __future__ import annotations

import email
import email.policy
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ingest.facts import Limits, Problem
from ingest.layout import pages_of
from ingest.problems import problem
from ingest.read.content import Block, Content

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EML = "message/rfc822"
_CELLS = 200_000
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
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        TypeError,
        AttributeError,
        SyntaxError,
    ) as error:
        return Content(XLSX, problems=(problem("damaged", reason=str(error)[:120]),))
    problems = () if blocks else (problem("no_text"),)
    return Content(XLSX, pages_of(blocks), problems, blocks)


def _tables(book: Any) -> tuple[Block, ...]:
    blocks, cells = [], 0
    for sheet in book.worksheets:
        rows = []
        for row in sheet.iter_rows(values_only=True):
            cells += len(row)
            if cells > _CELLS:
                break
            texts = tuple("" if value is None else str(value) for value in row)
            if any(texts):
                rows.append(texts)
        if rows:
            blocks.append(Block("paragraph", str(sheet.title), 2))
            width = max(max((i for i, t in enumerate(r, 1) if t), default=1) for r in rows)
            trimmed = tuple((r + ("",) * width)[:width] for r in rows)
            blocks.append(Block("table", "\n".join("\t".join(r) for r in trimmed), rows=trimmed))
    return tuple(blocks)


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
