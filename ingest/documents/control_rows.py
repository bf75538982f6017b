"""Writing rows into the control page of a Word file: into empty rows, below the last, or on a page of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from ingest.documents.control_page import heading_of, is_title_text
from ingest.documents.from_text import begins_body, headings_in, looks_like_row
from ingest.documents.rows import row_of
from ingest.documents.source import squeezed
from ingest.documents.wordtext import Paragraph, fill_cell, grid, paragraphs_in
from ingest.facts import RevisionRow
from ingest.read.content import Block
from ingest.read.numbering import W

HEADINGS = ("修改页码", "章节号", "文件更改通知单号", "修改状态", "修改人/日期", "批准人/日期")
_ORDER = ("pages", "chapter", "notice", "state", "changed_by", "approved_by")
TITLE = "文件修改控制页"
_RULE = re.compile(r"[\s\-—_=＿|·.]*")


def is_title(plain: str) -> bool:
    """Whether a line (in the normal form, without blanks) is the title of a control page."""
    return is_title_text(plain)


def is_control_table(table: Any) -> bool:
    """Whether a table's headings are those of a control page."""
    return bool(heading_of(_block(table))[0])


def write(body: Any, rows: Sequence[RevisionRow], revision: str) -> None:
    """Put this revision's rows after those of the revisions before it, in place of what a draft says of it.

    A control page in another form than a table or one line for a row is left as it is: then the rows are not read
    back, and whoever approves is told so.
    """
    if not rows:
        return
    tables = [t for t in body.iter(W + "tbl") if is_control_table(t)]
    if tables:
        _into_table(tables[-1], rows, revision)
        return
    lines = _running_lines(body)
    if lines:
        _into_lines(lines, rows, revision)
    elif not any(is_title_text(squeezed(Paragraph(p).text)) for p in body.iter(W + "p")):
        _new_page(body, rows)


def _block(table: Any) -> Block:
    cells = grid(table)
    width = max((max(row, default=0) for row in cells), default=0) + 1
    texts = tuple(tuple(_text(row[c]) if c in row else "" for c in range(width)) for row in cells)
    return Block("table", "", rows=texts)


def _text(cell: Any) -> str:
    return "\n".join(Paragraph(p).text for p in paragraphs_in(cell)).strip("\n")


def _into_table(table: Any, rows: Sequence[RevisionRow], revision: str) -> None:
    columns, first = heading_of(_block(table))
    elements = [e for e in table.iter(W + "tr") if _owner(e) is table]
    free: list[int] = []
    last = first - 1
    for number in range(first, len(elements)):
        row = row_of(
            {name: _text(c) for i, name in columns.items() if (c := grid(table)[number].get(i)) is not None}
        )
        if row is None or row.state == revision:
            free.append(number)
        else:
            last, free = number, []
    for index, row in enumerate(rows):
        number = free[index] if index < len(free) else _append(table, elements, max(last, *free, first - 1))
        _fill(table, number, columns, row, max(last, first - 1))
    for number in free[len(rows) :]:
        for index in columns:
            if (cell := grid(table)[number].get(index)) is not None and _text(cell):
                fill_cell(cell, "")


def _owner(row: Any) -> Any:
    above = row.getparent()
    while above is not None and above.tag != W + "tbl":
        above = above.getparent()
    return above


def _append(table: Any, elements: list[Any], like: int) -> int:
    """A row more at the end, formed like row `like`."""
    new = deepcopy(elements[like])
    for merge in list(new.iter(W + "vMerge")):
        merge.getparent().remove(merge)
    for header in list(new.iter(W + "tblHeader")):
        header.getparent().remove(header)
    elements[-1].addnext(new)
    elements.append(new)
    return len(elements) - 1


def _fill(table: Any, number: int, columns: Mapping[int, str], row: RevisionRow, like: int) -> None:
    cells = grid(table)
    named = set(columns.values())
    for index, column in columns.items():
        cell = cells[number].get(index)
        if cell is not None:
            above = cells[like].get(index) if 0 <= like < len(cells) else None
            fill_cell(cell, cell_text(row, column, named), like=above)


def cell_text(row: RevisionRow, column: str, columns: set[str]) -> str:
    """What a row says in a column; a day goes with its person where it has no column of its own."""
    if column == "edition":
        return row.state.split("/")[0]
    value = str(getattr(row, column))
    if column in ("changed_by", "approved_by"):
        day = column.replace("_by", "_on")
        return value if day in columns else "/".join(filter(None, (value, dotted(getattr(row, day)))))
    return dotted(value) if column.endswith("_on") else value


def dotted(day: str) -> str:
    """An ISO day as control pages print it."""
    try:
        return f"{date.fromisoformat(day):%Y.%m.%d}"
    except ValueError:
        return day


def _running_lines(body: Any) -> list[Any]:
    """Paragraphs of a control page that is no table: its headings and rows."""
    paragraphs = list(body.iter(W + "p"))
    texts = [Paragraph(p).text for p in paragraphs]
    title = next((i for i, t in enumerate(texts) if is_title_text(squeezed(t))), None)
    if title is None:
        return []
    found = []
    for paragraph, text in zip(paragraphs[title + 1 :], texts[title + 1 :], strict=True):
        if begins_body(text):
            break
        if len(set(headings_in(text))) >= 4 or looks_like_row(text):
            found.append(paragraph)
        elif text.strip() and not _RULE.fullmatch(text):
            break
    return found


def _into_lines(lines: list[Any], rows: Sequence[RevisionRow], revision: str) -> None:
    for line in lines[1:]:
        if revision in re.sub(r"\s", "", Paragraph(line).text) and looks_like_row(Paragraph(line).text):
            line.getparent().remove(line)
    last = next(line for line in reversed(lines) if line.getparent() is not None)
    for row in rows:
        new = deepcopy(last)
        for child in list(new):
            if child.tag != W + "pPr" and child.tag != W + "r":
                new.remove(child)
        runs = new.findall(W + "r")
        for run in runs[1:]:
            new.remove(run)
        for child in list(runs[0]) if runs else ():
            if child.tag != W + "rPr":
                runs[0].remove(child)
        _tabbed(runs[0] if runs else _run(new), [cell_text(row, c, set(_ORDER)) for c in _ORDER])
        last.addnext(new)
        last = new


def _run(paragraph: Any) -> Any:
    run = paragraph.makeelement(W + "r")
    paragraph.append(run)
    return run


def _tabbed(run: Any, texts: Sequence[str]) -> None:
    for index, text in enumerate(texts):
        if index:
            run.append(run.makeelement(W + "tab"))
        written = run.makeelement(W + "t")
        written.text = text
        run.append(written)


def _new_page(body: Any, rows: Sequence[RevisionRow]) -> None:
    """A control page of its own before the first chapter, for a document that had none."""
    first = next(
        (p for p in body if p.tag == W + "p" and begins_body(Paragraph(p).text)),
        None,
    )
    title = body.makeelement(W + "p")
    _tabbed(_run(title), [TITLE])
    table = _table(body, [HEADINGS, *(tuple(cell_text(r, c, set(_ORDER)) for c in _ORDER) for r in rows)])
    after = body.makeelement(W + "p")
    _run(after).append(after.makeelement(W + "br", {W + "type": "page"}))
    if first is not None:
        for element in (title, table, after):
            first.addprevious(element)
    else:
        end = body.find(W + "sectPr")
        for element in (title, table, after):
            end.addprevious(element) if end is not None else body.append(element)


def _table(body: Any, rows: Sequence[Sequence[str]]) -> Any:
    table = body.makeelement(W + "tbl")
    properties = table.makeelement(W + "tblPr")
    borders = properties.makeelement(W + "tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = {W + "val": "single", W + "sz": "4", W + "space": "0", W + "color": "auto"}
        borders.append(borders.makeelement(W + side, line))
    properties.append(properties.makeelement(W + "tblW", {W + "w": "5000", W + "type": "pct"}))
    properties.append(borders)
    table.append(properties)
    columns = table.makeelement(W + "tblGrid")
    for _ in HEADINGS:
        columns.append(columns.makeelement(W + "gridCol", {W + "w": "1500"}))
    table.append(columns)
    for texts in rows:
        row = table.makeelement(W + "tr")
        for text in texts:
            cell = row.makeelement(W + "tc")
            paragraph = cell.makeelement(W + "p")
            cell.append(paragraph)
            _tabbed(_run(paragraph), [text])
            row.append(cell)
        table.append(row)
    return table
