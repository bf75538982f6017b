"""The sheets of an .xlsx as lines of text: values of formulas, merged cells filled, hidden sheets left out."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from archive.services.errors import BadInput
from ingest.facts import Limits
from ingest.read.container import guard

LIMITS = Limits(unpacked=1024**3, entries=2000)
"""A register of a hundred thousand houses unpacks to some 100 MB, which is read as a stream."""
MOST_MERGED = 200_000
_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_UNKNOWN_FORMULA = etree.XPath(
    "m:c[m:f and not(m:v/text()) and not(@t='str')]", namespaces={"m": _SPREADSHEET.strip("{}")}
)
NO_VALUE = "#VALUE?"
"""Stands for a formula whose value the file does not hold."""

Merged = dict[int, list[tuple[int, int, int]]]
"""First row → (last row, first column, last column), all from 1."""
Sheet = tuple[str, Iterator[tuple[int, Sequence[str]]]]


def sheets(source: BinaryIO, columns: int) -> Iterator[Sheet]:
    """Each visible sheet's name and its lines (number from 1, cells as text) of at most so many columns.

    Raises BadInput bad_excel for what is no readable workbook, also half-way.
    """
    try:
        with zipfile.ZipFile(source) as container:
            size = source.seek(0, 2)
            if (broken := guard(container, size, LIMITS)) is not None:
                raise BadInput(broken.message, code=broken.code)
            book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
            try:
                for sheet in book.worksheets:
                    if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible":
                        yield sheet.title, _lines(container, sheet, columns)
            finally:
                book.close()
    except BadInput:
        raise
    except Exception as error:  # the readers of zip, XML and workbooks raise whatever they like
        raise BadInput(
            "不是可读的 Excel 文件，或文件已损坏。", code="bad_excel", hint="请另存为 .xlsx 或 .csv。"
        ) from error


def _lines(container: zipfile.ZipFile, sheet: Any, columns: int) -> Iterator[tuple[int, Sequence[str]]]:
    merged, unknown = _beside_the_values(container, sheet._worksheet_path)
    sheet.reset_dimensions()  # what a file says of its size is often wrong
    open_ranges: list[tuple[int, int, int, str]] = []
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        line = [_text(value) for value in row[:columns]]
        for column in unknown.get(number, ()):
            if column <= len(line):
                line[column - 1] = NO_VALUE
        own = any(line)
        open_ranges = [r for r in open_ranges if r[0] >= number]
        for last, first_column, last_column in merged.get(number, ()):
            value = line[first_column - 1] if first_column <= len(line) else ""
            if value:
                open_ranges.append((last, first_column, min(last_column, columns), value))
        if not own:
            continue
        for _, first_column, last_column, value in open_ranges:
            line += [""] * (last_column - len(line))
            for column in range(first_column - 1, last_column):
                line[column] = line[column] or value
        yield number, line


def _beside_the_values(container: zipfile.ZipFile, path: str) -> tuple[Merged, dict[int, list[int]]]:
    """What openpyxl's stream leaves out: merged cells, and the places of formulas without a value."""
    merged: Merged = {}
    unknown: dict[int, list[int]] = {}
    count = 0
    with container.open(path) as part:
        tags = (_SPREADSHEET + "row", _SPREADSHEET + "mergeCell")
        for _, node in etree.iterparse(part, tag=tags, resolve_entities=False, no_network=True):
            if node.tag.endswith("mergeCell"):
                count += 1
                if count > MOST_MERGED:
                    raise BadInput("合并单元格太多，读不了。", code="bad_excel", hint="请取消合并后再导入。")
                left, top, right, bottom = range_boundaries(node.get("ref", "A1"))
                merged.setdefault(int(top or 1), []).append(
                    (int(bottom or 1), int(left or 1), int(right or 1))
                )
            else:
                for cell in _UNKNOWN_FORMULA(node):
                    column, row, _, _ = range_boundaries(cell.get("r", "A1"))
                    unknown.setdefault(int(row or 1), []).append(int(column or 1))
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]
    return merged, unknown


def _text(value: Any) -> str:
    """A cell as people read it: days without time, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
