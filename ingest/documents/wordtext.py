"""Changing words inside a Word paragraph while its runs, styles, fields and images stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from ingest.read.numbering import W

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HIDDEN = frozenset({W + "del", W + "moveFrom", W + "txbxContent", W + "instrText", W + "pPr", W + "rPr"})
_FIXED = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


class Paragraph:
    """The visible text of a paragraph element, and where each character of it lies.

    `text` is what a reader sees, tabs and breaks as single characters; text boxes and deleted text are no part of it.
    """

    def __init__(self, element: Any) -> None:
        self.element = element
        self._places: list[Any] = []
        self._parts: list[str] = []
        self._collect(element)
        self.text = "".join(self._parts)

    def _collect(self, element: Any) -> None:
        for child in element:
            if child.tag == W + "t":
                self._parts.append(child.text or "")
                self._places += [child] * len(child.text or "")
            elif child.tag in _FIXED:
                self._parts.append(_FIXED[child.tag])
                self._places.append(None)
            elif isinstance(child.tag, str) and child.tag not in _HIDDEN:
                self._collect(child)

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new` in the place of the characters from `start` to `end`, in the form of the first of them (of the one
        before, where none of them is text). Tabs and breaks inside the range stay."""
        if self.text[start:end] == new:
            return
        inside = next((i for i in range(start, end) if self._places[i] is not None), None)
        before = next((i for i in reversed(range(start)) if self._places[i] is not None), None)
        texts: dict[int, tuple[Any, list[str]]] = {}
        for index, (place, char) in enumerate(zip(self._places, self.text, strict=True)):
            if place is None:
                continue
            parts = texts.setdefault(id(place), (place, []))[1]
            parts += [new] if index == inside else []
            parts += [char] if not start <= index < end else []
            parts += [new] if inside is None and index == before else []
        if inside is None and before is None:
            set_text(_new_text(self.element), new)
        for place, parts in texts.values():
            if "".join(parts) != (place.text or ""):
                set_text(place, "".join(parts))
        self._places, self._parts = [], []
        self._collect(self.element)
        self.text = "".join(self._parts)


def set_text(element: Any, text: str) -> None:
    """The text of a w:t, blanks at its ends kept."""
    element.text = text
    if text != text.strip():
        element.set(_XML_SPACE, "preserve")


def _new_text(paragraph: Any) -> Any:
    """An empty w:t in a new run at the end of a paragraph, formed like the paragraph's mark."""
    run = paragraph.makeelement(W + "r")
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    if mark is not None:
        form = run.makeelement(W + "rPr")
        form.extend(deepcopy(child) for child in mark if child.tag not in (W + "ins", W + "del"))
        run.append(form)
    text = run.makeelement(W + "t")
    run.append(text)
    paragraph.append(run)
    return text


def paragraphs_in(element: Any) -> Iterator[Any]:
    """Every paragraph at or below an element, those of text boxes too (both spellings that Word keeps of one)."""
    yield from element.iter(W + "p")


def fill_cell(cell: Any, text: str, like: Any | None = None) -> None:
    """Make `text` all that a table cell says, in the form of its first run, else of a run of the cell `like`."""
    paragraphs = cell.findall(W + "p")
    first = paragraphs[0]
    for other in paragraphs[1:]:
        cell.remove(other)
    form = _form(cell) if _form(cell) is not None else (_form(like) if like is not None else None)
    for child in list(first):
        if child.tag != W + "pPr":
            first.remove(child)
    if not text:
        return
    run = first.makeelement(W + "r")
    if form is not None:
        run.append(deepcopy(form))
    written = run.makeelement(W + "t")
    run.append(written)
    first.append(run)
    set_text(written, text)


def _form(cell: Any) -> Any | None:
    return next((f for f in (r.find(W + "rPr") for r in cell.iter(W + "r")) if f is not None), None)


def grid(table: Any) -> list[dict[int, Any]]:
    """The cells of a table by row and column, as ingest.read.docx counts columns."""
    rows = []
    for row in _children(table, "tr"):
        before = row.find(f"{W}trPr/{W}gridBefore")
        column = int(before.get(W + "val", "0")) if before is not None and _digits(before) else 0
        cells: dict[int, Any] = {}
        for cell in _children(row, "tc"):
            cells[column] = cell
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            column += min(int(span.get(W + "val", "1")), 60) if span is not None and _digits(span) else 1
        rows.append(cells)
    return rows


def _digits(element: Any) -> bool:
    return (element.get(W + "val") or "").isdigit()


def _children(element: Any, name: str) -> Iterator[Any]:
    for child in element:
        if child.tag == W + name:
            yield child
        elif child.tag in (W + "sdt", W + "sdtContent", W + "customXml"):
            yield from _children(child, name)
