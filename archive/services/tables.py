"""Tables that people bring: .csv in UTF-8 or GB18030 and .xlsx, row by row, by column name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from archive.services.errors import BadInput

Row = Mapping[str, str]


def read_table(
    source: BinaryIO, name: str, headings: Mapping[str, str], needed: Sequence[str], columns: Sequence[str]
) -> Iterator[Row]:
    """The rows under the heading line, empty ones left out; `headings` are other spellings of column names.

    Raises BadInput when the file cannot be read or a needed column is missing.
    """
    lines = (
        _xlsx(source) if name.lower().endswith(".xlsx") else csv.reader(io.StringIO(_decoded(source.read())))
    )
    iterator = iter(lines)
    head = [headings.get(h.strip(), h.strip().lower()) for h in next(iterator, [])]
    missing = [c for c in needed if c not in head]
    if missing:
        raise BadInput(f"缺少列:{'、'.join(missing)}。", code="no_column", hint="需要:" + ", ".join(columns))
    for line in iterator:
        if any(line):
            yield dict(zip(head, (cell.strip() for cell in line), strict=False))


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("文件不是 UTF-8 或 GB18030 编码。", code="bad_encoding", hint="请另存为 CSV UTF-8。")


def _xlsx(source: BinaryIO) -> Iterable[list[str]]:
    from openpyxl import load_workbook  # half a second that no other command should wait for

    try:
        book = load_workbook(source, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its zip and XML readers raise
        raise BadInput(
            "不是可读的 Excel 文件。", code="bad_excel", hint="请另存为 .xlsx 或 .csv。"
        ) from error
    return ([_cell(v) for v in row] for row in book.worksheets[0].iter_rows(values_only=True))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.date().isoformat() if hasattr(value, "date") and callable(value.date) else str(value).strip()
