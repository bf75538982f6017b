"""The control page 文件修改控制页: from Word tables, from places on a page, or from running text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents import from_places, from_text
from ingest.documents.rows import row_of, split_cells
from ingest.documents.source import SourceLine, squeezed
from ingest.documents.words import CONTROL_TITLES, column_of
from ingest.facts import RevisionRow
from ingest.read.content import Block

LONGEST = 600
"""Lines that a control page in running text may have."""
ENOUGH = 4
"""So many known column headings make a table a control page."""


@dataclass(frozen=True, slots=True)
class ControlPage:
    """Rows in order; `columns` are the headings that were there; `lines` are the indexes of the lines used."""

    rows: tuple[RevisionRow, ...]
    columns: frozenset[str]
    lines: frozenset[int]


def control_page_of(lines: Sequence[SourceLine], edition: str = "") -> ControlPage | None:
    """The control page of a document, None where it has none. `edition` is the cover's letter, "" if unknown."""
    return _from_tables(lines, edition) or _from_running_text(lines, edition)


def is_title(line: SourceLine) -> bool:
    """Whether a line is the title of a control page."""
    return is_title_text(line.plain)


def is_title_text(plain: str) -> bool:
    """The same for a text in the normal form without blanks."""
    plain = re.sub(r"[《》()（）:：\-—]", "", plain)
    return plain in CONTROL_TITLES or any(
        plain == f"附{title}" or plain == f"{title}续" for title in CONTROL_TITLES
    )


def _from_tables(lines: Sequence[SourceLine], edition: str) -> ControlPage | None:
    rows: list[RevisionRow] = []
    columns: dict[int, str] = {}
    used: set[int] = set()
    for index, line in enumerate(lines):
        if line.block is None or line.kind not in ("table", "header", "footer"):
            if columns and line.kind == "text" and not is_title(line):
                columns = {}  # only a table that follows directly goes on without a heading of its own
            continue
        heading, first = heading_of(line.block)
        if heading:
            columns = heading
        elif columns and used:
            first = 0
        else:
            continue
        used.add(index)
        rows += _table_rows(line.block, first, columns, edition)
    found = frozenset(name for index in used for name in _heading_names(lines[index]))
    if not used:
        return None
    titles = {index for index, line in enumerate(lines) if is_title(line)}
    return ControlPage(tuple(rows), found, frozenset(used | titles))


def _heading_names(line: SourceLine) -> list[str]:
    return list(heading_of(line.block)[0].values()) if line.block else []


def heading_of(block: Block) -> tuple[dict[int, str], int]:
    """Column index → column, and the first row below the headings, which may stand in one row or two."""
    for number, row in enumerate(block.rows[:4]):
        one = _columns([squeezed(cell) for cell in row])
        if number + 1 < len(block.rows):
            two = _columns(_two_rows(row, block.rows[number + 1]))
            # "修改" over "人" and "日期": only both rows together name the columns
            if len(set(two.values())) > len(set(one.values())) and not _has_data(block.rows[number + 1]):
                one, number = two, number + 1
        if len(_kinds(one)) >= ENOUGH:
            return one, number + 1
    return {}, 0


def _has_data(row: Sequence[str]) -> bool:
    return any(re.search(r"\d", cell) for cell in row)


def _two_rows(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    joined, last = [], ""
    for index, below in enumerate(lower):
        above = squeezed(upper[index]) if index < len(upper) else ""
        last = above or (last if below else "")
        joined.append(last + squeezed(below))
    return joined


def _columns(headings: Sequence[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for index, heading in enumerate(headings):
        column = column_of(heading)
        if (
            column is None
            and heading in ("日期", "时间")
            and found.get(index - 1) in ("changed_by", "approved_by")
        ):
            column = found[index - 1].replace("_by", "_on")
        if column and (column not in found.values() or column == "edition"):
            found[index] = column
    return found


def _kinds(columns: dict[int, str]) -> set[str]:
    return {c.removesuffix("_by").removesuffix("_on") for c in columns.values()}


def _table_rows(block: Block, first: int, columns: dict[int, str], edition: str) -> list[RevisionRow]:
    rows: list[RevisionRow] = []
    above: dict[str, str] = {}
    for number in range(first, len(block.rows)):
        row = block.rows[number]
        cells = {}
        for index, column in columns.items():
            covered = (number, index) in block.merged
            cells[column] = above.get(column, "") if covered else (row[index] if index < len(row) else "")
        if number > first and all((number, index) in block.merged for index in columns):
            continue
        above = cells
        found = [row_of(part, edition) for part in split_cells(cells)]
        rows += [r for r in found if r is not None]
    return rows


def _from_running_text(lines: Sequence[SourceLine], edition: str) -> ControlPage | None:
    title = next((i for i, line in enumerate(lines) if is_title(line) and line.kind == "text"), None)
    start = title + 1 if title is not None else _first_heading(lines)
    if start is None:
        return None
    stop = min(_end(lines, start), start + LONGEST)
    region = [line for line in lines[start:stop] if line.kind == "text"]
    used = frozenset(range(start - 1 if title is not None else start, stop))
    placed = from_places.read(region, edition)
    written = from_text.read(region, edition)
    if placed is None and written is None:
        return None
    best = max((found for found in (placed, written) if found), key=_worth)
    return ControlPage(best[0], best[1], used)


def _worth(found: tuple[tuple[RevisionRow, ...], frozenset[str]]) -> tuple[int, int]:
    """More whole rows are better; with as many, the reading that was asked first (by places) wins."""
    rows, _ = found
    whole = sum(1 for r in rows if r.state and r.changed_by and (r.notice or r.chapter))
    return whole, -len(rows)


def _first_heading(lines: Sequence[SourceLine]) -> int | None:
    """Where enough column headings stand together although no title was read."""
    for index in range(len(lines)):
        if lines[index].kind != "text" or column_of(lines[index].plain) is None:
            continue
        window = [line.plain for line in lines[index : index + 12] if line.kind == "text"]
        if len({column for text in window for column in from_text.headings_in(text)}) >= ENOUGH:
            return index
    return None


def _end(lines: Sequence[SourceLine], start: int) -> int:
    """The line at which the text after the control page begins."""
    page = lines[start].page if start < len(lines) else 0
    for index in range(start, len(lines)):
        line = lines[index]
        if line.kind != "text":
            continue
        if line.level or line.plain in ("目录", "目次", "contents"):
            return index
        if line.page != page:
            if not (is_title(line) or column_of(line.plain) or from_text.looks_like_row(line.text)):
                return index
            page = line.page
        if from_text.begins_body(line.text):
            return index
    return len(lines)
