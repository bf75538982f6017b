"""Writing what was signed into a Word file: cover, control page, headers and footers; nothing else is touched.

The labels are those that reading knows (ingest.documents.cover), so what is written is what is read back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

from docx import Document

from ingest.documents import control_rows
from ingest.documents.cover import KIND, LABEL, SIGNERS, stands_as_label
from ingest.documents.from_text import begins_body
from ingest.documents.source import squeezed
from ingest.documents.wordtext import Paragraph, fill_cell, grid, paragraphs_in
from ingest.facts import Imprint
from ingest.problems import problem
from ingest.read.numbering import W
from ingest.render import RenderError
from schemas.dates import find_dates
from schemas.revisions import Revision, parse_revision
from schemas.text import fold

_COVER = 80
"""Paragraphs and tables at the beginning among which the cover is looked for."""
_REVISION = re.compile(r"(?<![A-Za-z0-9/\-])[A-Z]{1,2} ?/ ?\d{1,3}(?![\d/])")
_BLANK = re.compile(r"[\s_＿—\-.…·/]*")


def write(path: Path, imprint: Imprint) -> bytes:
    """The .docx at `path` with the imprint in it. RenderError where the file cannot be taken apart."""
    try:
        document = Document(str(path))
    except Exception as error:  # python-docx meets a broken package with errors of many kinds
        raise RenderError(problem("damaged", reason=f"Word {type(error).__name__}")) from error
    body = document.element.body
    _Cover(imprint).write(_front(body))
    control_rows.write(body, imprint.rows, imprint.revision)
    for section in document.sections:
        for margin in (
            section.header, section.footer, section.first_page_header, section.first_page_footer,
            section.even_page_header, section.even_page_footer,
        ):  # fmt: skip
            if not margin.is_linked_to_previous:
                _Cover(imprint, margin=True).write(margin._element)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _front(body: Any) -> Iterator[Any]:
    """The blocks of the cover: all before the contents, the control page and the first chapter."""
    for number, block in enumerate(_blocks(body)):
        if number >= _COVER:
            return
        if block.tag == W + "tbl" and control_rows.is_control_table(block):
            return
        if block.tag == W + "p":
            text = Paragraph(block).text
            plain = squeezed(text)
            if begins_body(text) or plain in ("目录", "目次", "contents") or control_rows.is_title(plain):
                return
        yield block


def _blocks(parent: Any) -> Iterator[Any]:
    for child in parent:
        if child.tag in (W + "p", W + "tbl"):
            yield child
        elif child.tag in (W + "sdt", W + "sdtContent", W + "customXml"):
            yield from _blocks(child)


class _Cover:
    """Writes values behind their labels. A day without a label of its own belongs to the signer before it."""

    def __init__(self, imprint: Imprint, *, margin: bool = False) -> None:
        self.imprint, self.margin = imprint, margin
        self.revision: Revision = parse_revision(imprint.revision)
        self.days = {kind: date.fromisoformat(day) for kind, day in imprint.days.items()}
        self.signer = ""
        self.has_change = False

    def write(self, blocks: Iterable[Any]) -> None:
        kept = list(blocks)
        self.has_change = any("change" in _kinds(block) for block in kept)
        for block in kept:
            if block.tag == W + "tbl":
                self._table(block)
            else:
                for paragraph in paragraphs_in(block):
                    self._paragraph(Paragraph(paragraph))

    def _paragraph(self, paragraph: Paragraph) -> None:
        before_labels = _days_first(paragraph.text)
        for start, end, kind in reversed(before_labels):
            if day := self.days.get(kind):
                paragraph.replace(start, end, like(day, paragraph.text[start:end]))
        if before_labels:
            return
        spans = list(_spans(paragraph.text))
        new: list[tuple[int, int, str]] = []
        for start, end, kind, label in spans:
            value = self._value(kind, label, paragraph.text[start:end])
            if value is not None:
                new.append((start, end, value))
        for start, end, value in reversed(new):
            paragraph.replace(start, end, value)
        if self.margin and not any(kind in ("revision", "change") for _, _, kind, _ in spans):
            for match in reversed(list(_REVISION.finditer(paragraph.text))):
                paragraph.replace(match.start(), match.end(), self.imprint.revision)

    def _table(self, table: Any) -> None:
        cells = grid(table)
        for number, row in enumerate(cells):
            for column, cell in row.items():
                text = "\n".join(Paragraph(p).text for p in paragraphs_in(cell))
                label = re.sub(r"[:：]+$", "", squeezed(text))
                if label not in KIND:
                    for paragraph in paragraphs_in(cell):
                        self._paragraph(Paragraph(paragraph))
                    continue
                place = _value_place(cells, number, column)
                if place is None:
                    continue
                target = cells[place[0]][place[1]]
                old = "\n".join(Paragraph(p).text for p in paragraphs_in(target))
                value = self._value(KIND[label], label, old)
                if value is not None and value != old:
                    fill_cell(target, value, like=cell)
                self._day_beyond(cells, (number, column), place)

    def _day_beyond(self, cells: list[dict[int, Any]], label: tuple[int, int], name: tuple[int, int]) -> None:
        """A day in the cell after a signer's name, in the direction from label to name."""
        row, column = name
        if row > label[0]:
            row += 1
        else:
            column = min((c for c in cells[row] if c > column), default=-1)
        cell = cells[row].get(column) if row < len(cells) else None
        day = self.days.get(self.signer)
        if cell is None or day is None:
            return
        text = "".join(Paragraph(p).text for p in paragraphs_in(cell))
        if find_dates(text) and not list(_spans(text)):
            fill_cell(cell, like(day, text))
            self.signer = ""

    def _value(self, kind: str, label: str, old: str) -> str | None:
        """What is to stand behind a label; None where it stays as it is."""
        imprint = self.imprint
        if kind == "number":
            return imprint.number if _BLANK.fullmatch(old) or fold(old) != fold(imprint.number) else None
        if kind == "change":
            return imprint.revision if _REVISION.search(old) else str(self.revision.change)
        if kind == "revision":
            return self._edition(label, old)
        if kind in SIGNERS:
            self.signer = kind
            return self._signed(kind, label, old)
        if kind in ("effective", "issued", "dated"):
            wanted = kind if kind != "dated" else (self.signer or "effective")
            self.signer = ""
            day = self.days.get(wanted)
            return like(day, old) if day else None
        return None

    def _edition(self, label: str, old: str) -> str:
        whole = "/" in label or "状态" in label or not self.has_change
        letter_only = re.fullmatch(r"\s*第?([A-Za-z]{1,2})版?[本次]?\s*", old)
        if letter_only and (self.has_change or not whole or label in ("版本号", "版本", "版号", "版次")):
            return old.replace(letter_only[1], self.revision.letter, 1)
        return self.imprint.revision if whole else self.revision.letter

    def _signed(self, kind: str, label: str, old: str) -> str | None:
        name, day = self.imprint.people.get(kind), self.days.get(kind)
        if name is None:
            return None
        dated = find_dates(old)
        if day is not None and (dated or "日期" in label):
            self.signer = ""
            return f"{name}/{like(day, dated[0].written if dated else '')}"
        return name


def _kinds(block: Any) -> set[str]:
    """The kinds of labels that a block prints."""
    found = {kind for p in paragraphs_in(block) for _, _, kind, _ in _spans(Paragraph(p).text)}
    labels = {re.sub(r"[:：]+$", "", squeezed(Paragraph(p).text)) for p in paragraphs_in(block)}
    return found | {KIND[label] for label in labels if label in KIND}


def _spans(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start and end of each value behind a label, the kind and the label; blanks around a value stay outside."""
    folded = fold(text)
    found = [m for m in LABEL.finditer(folded) if stands_as_label(folded, m)]
    for match, following in zip_longest(found, found[1:]):
        label = re.sub(r"\s+", "", match[0])
        start, end = match.end(), following.start() if following else len(text)
        rest = text[start:end]
        lead = re.match(r"[ \u3000]*[:：]?[ \u3000]*", rest)
        assert lead is not None
        tail = re.search(r"[\s|｜,，;；、]*$", rest[lead.end() :])
        assert tail is not None
        value_start = start + lead.end()
        yield value_start, max(value_start, end - len(tail[0])), KIND[label], label


_DAY_WORD = re.compile(r"^[\s:：]*(发布|颁布|实施|施行|生效|执行)(?![日方])")


def _days_first(text: str) -> list[tuple[int, int, str]]:
    """Days that stand before their word, as on the covers of standards."""
    found = []
    for day in find_dates(text):
        match = _DAY_WORD.match(fold(text)[day.end :])
        if match:
            kind = "issued" if match[1] in ("发布", "颁布") else "effective"
            found.append((day.start, day.end, kind))
    return found


def _value_place(cells: list[dict[int, Any]], number: int, column: int) -> tuple[int, int] | None:
    """Where a label's value stands: the next cell to the right, else the one below where labels head columns."""
    right = next((c for c in sorted(cells[number]) if c > column), None)
    if right is not None and not _is_label(cells[number][right]):
        return number, right
    below = cells[number + 1].get(column) if number + 1 < len(cells) else None
    return (number + 1, column) if below is not None and not _is_label(below) else None


def _is_label(cell: Any) -> bool:
    text = "".join(Paragraph(p).text for p in paragraphs_in(cell))
    return re.sub(r"[:：]+$", "", squeezed(text)) in KIND


def like(day: date, written: str) -> str:
    """A day in the spelling of the one that stood there; 2026.03.06 where none did."""
    if "年" in written:
        padded = bool(re.search(r"年 ?0\d", written))
        return f"{day:%Y年%m月%d日}" if padded else f"{day.year}年{day.month}月{day.day}日"
    for mark in ("-", "/"):
        if re.search(rf"\d{mark}\d", written):
            return f"{day:%Y{mark}%m{mark}%d}"
    return f"{day:%Y.%m.%d}"
