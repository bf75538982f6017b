"""Tables that people bring: .csv (UTF-8, UTF-16 or GB18030) and .xlsx, row by row, by column name.

A table may have title rows above its heading; a workbook may have several sheets, each with a heading of its own, and
merged cells, whose value counts for every row and column they cover. Rows are numbered as a spreadsheet numbers them.
Memory does not grow with the table, but for the texts that an .xlsx shares between its cells.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from archive.services.errors import BadInput
from schemas.text import fold

Row = Mapping[str, str]
Cells = list[str]
Need = str | tuple[str, ...]
"""A column that must be there, or several of which one must be."""

HEADING_WITHIN = 30
"""The heading is looked for in so many rows that hold anything."""
MOST_COLUMNS = 64
SAMPLE = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its sheet ("" where there are none), its number there, and its cells by column."""

    sheet: str
    number: int
    cells: Row


@dataclass(slots=True)
class Table:
    """The rows under the headings, once. While they are read, what was left aside is noted: `skipped` sheets
    without a heading, `ignored` headings that mean nothing here."""

    rows: Iterator[TableRow]
    skipped: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def open_table(
    source: BinaryIO, headings: Mapping[str, str], needed: Sequence[Need], columns: Sequence[str]
) -> Table:
    """A table by its content, whatever its name. `source` must be seekable; `headings` are other spellings of
    column names, in any script and width.

    Raises BadInput, now or while the rows are read: bad_excel, bad_encoding, bad_table, no_column.
    """
    known = {_heading(h): c for h, c in headings.items()} | {_heading(c): c for c in columns}
    table = Table(iter(()))
    table.rows = _rows(source, known, needed, columns, table)
    return table


def read_table(
    source: BinaryIO, name: str, headings: Mapping[str, str], needed: Sequence[str], columns: Sequence[str]
) -> Iterator[Row]:
    """The rows of a table without their places; `name` only tells what it is called. Raises BadInput as
    `open_table` does."""
    return (row.cells for row in open_table(source, headings, needed, columns).rows)


def harmless(value: str) -> str:
    """A value that no spreadsheet takes for a formula; `as_written` gives it back."""
    return "'" + value if _FORMULA.match(value) else value


def as_written(value: str) -> str:
    """The opposite of `harmless`."""
    return value[1:] if value.startswith("'") and _FORMULA.match(value) else value


def _heading(text: str) -> str:
    """A heading without what offices add to it: spaces, (必填), *, line breaks."""
    return re.sub(r"[\s*:：]|[(（\[【].*?[)）\]】]", "", fold(text))


def _rows(
    source: BinaryIO, known: Mapping[str, str], needed: Sequence[Need], columns: Sequence[str], table: Table
) -> Iterator[TableRow]:
    lacking: list[str] | None = None
    found = False
    for sheet, lines in _sheets(source):
        head: list[str] | None = None
        looked = 0
        for number, line in lines:
            if head is None:
                named = [known.get(_heading(cell), "") for cell in line]
                missing = [n if isinstance(n, str) else n[0] for n in needed if not _has(named, n)]
                if not missing:
                    head, found = _first_of_each(named), True
                    table.ignored += [
                        c
                        for c, n in zip(line, named, strict=True)
                        if c.strip() and not n and c not in table.ignored
                    ]
                    continue
                lacking = missing if lacking is None or len(missing) < len(lacking) else lacking
                looked += 1
                if looked == HEADING_WITHIN:
                    break
                continue
            cells = {h: as_written(cell) for h, cell in zip(head, line, strict=False) if h}
            if any(cells.values()):
                yield TableRow(sheet, number, cells)
        if head is None and (sheet or looked):
            table.skipped.append(sheet)
    if not found:
        lacking = lacking or [n if isinstance(n, str) else n[0] for n in needed]
        raise BadInput(f"缺少列:{'、'.join(lacking)}。", code="no_column", hint="需要:" + ", ".join(columns))


def _has(named: Sequence[str], need: Need) -> bool:
    return need in named if isinstance(need, str) else any(n in named for n in need)


def _first_of_each(named: Sequence[str]) -> list[str]:
    """Of two columns with one name the first counts."""
    return [n if n not in named[:place] else "" for place, n in enumerate(named)]


Lines = Iterator[tuple[int, Cells]]


def _sheets(source: BinaryIO) -> Iterator[tuple[str, Lines]]:
    start = source.read(4)
    source.seek(0)
    if start.startswith(b"PK\x03\x04"):
        from archive.services.workbooks import sheets  # half a second that no other command should wait for

        yield from ((name, _clean(lines)) for name, lines in sheets(source, MOST_COLUMNS))
    elif start.startswith(_OLE):
        raise BadInput(
            "这是旧版 Excel 或加密的文件。", code="bad_excel", hint="请去掉密码，另存为 .xlsx 或 .csv。"
        )
    else:
        yield "", _clean(_csv(source))


def _clean(lines: Iterable[tuple[int, Sequence[str]]]) -> Lines:
    """Without control and direction marks, which no screen shows and no database keeps; empty rows left out."""
    for number, line in lines:
        cells = [_plain(cell) for cell in line[:MOST_COLUMNS]]
        if any(cells):
            yield number, cells


def _plain(cell: str) -> str:
    if not cell.isprintable():
        cell = "".join(c for c in cell if c in "\t\n\u3000\xa0" or c.isprintable())
    return cell.strip()


def _csv(source: BinaryIO) -> Iterator[tuple[int, Sequence[str]]]:
    text = io.TextIOWrapper(source, encoding=_encoding(source), newline="")
    try:
        first = text.readline()
        text.seek(0)
        delimiter = max(",\t;，", key=first.count) if first else ","
        yield from enumerate(csv.reader(text, delimiter=delimiter), start=1)
    except csv.Error as error:
        raise BadInput(
            f"表格读到一半读不下去：{error}。",
            code="bad_table",
            hint="请用表格软件打开后另存为 .xlsx 或 CSV UTF-8。",
        ) from error
    finally:
        with suppress(ValueError):  # closed before the rows were all asked for
            text.detach()


def _encoding(source: BinaryIO) -> str:
    """The first encoding in which the whole source can be read."""
    start = source.read(SAMPLE)
    source.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if b"\x00" not in start and _decodes(source, codecs.getincrementaldecoder(encoding)):
            return encoding
    raise BadInput("文件不是 UTF-8 或 GB18030 编码。", code="bad_encoding", hint="请另存为 CSV UTF-8。")


def _decodes(source: BinaryIO, make: Callable[..., codecs.IncrementalDecoder]) -> bool:
    decoder = make()
    try:
        while chunk := source.read(SAMPLE):
            decoder.decode(chunk)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    finally:
        source.seek(0)
    return True
