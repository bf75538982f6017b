"""The text inside one Word paragraph: runs, fields, tracked changes and text boxes."""

from __future__ import annotations

from typing import Any

from ingest.read.content import Change
from ingest.read.numbering import W

PAGE_BREAK = "\f"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PAGE_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES")
_SYMBOLS = {
    "F0FE": "☑",
    "F052": "☑",
    "F0FC": "✓",
    "F0A8": "☐",
    "F0A3": "☐",
    "F06F": "☐",
    "F0FD": "☒",
    "F0FB": "✗",
}
_TEXT = (W + "t", W + "delText", _M + "t")
_PLAIN = {W + "tab": "\t", W + "cr": "\n", W + "noBreakHyphen": "-", W + "ptab": "\t"}
_SKIP = frozenset(
    {
        W + n
        for n in ("pPr", "rPr", "instrText", "rt", "proofErr", "bookmarkStart", "bookmarkEnd", "softHyphen")
    }
)


class Runs:
    """Collects a paragraph: call `take` once, then read `text()`, `changes`, `boxes` (text box contents) and
    `instructions` (codes of its fields)."""

    def __init__(self, margin: str = "") -> None:
        self.margin = margin
        self.parts: list[str] = []
        self.changes: list[Change] = []
        self.boxes: list[Any] = []
        self.instructions: list[str] = []
        self._deleting = self._inserting = 0
        self._adjacent = False
        self._fields: list[list[Any]] = []

    def text(self) -> str:
        """The text as it reads with all insertions and no deletions."""
        return "".join(self.parts)

    def take(self, element: Any) -> None:
        """Collects everything below `element`."""
        for child in element:
            self._one(child)

    def _one(self, child: Any) -> None:
        tag = child.tag
        if tag in _TEXT:
            self._put(child.text or "")
        elif tag in _SKIP or not isinstance(tag, str):
            if tag == W + "instrText" and self._fields:
                self._fields[-1][0] += child.text or ""
        elif tag in _PLAIN:
            self._put(_PLAIN[tag])
        elif tag == W + "br":
            self._put(PAGE_BREAK if child.get(W + "type") == "page" else "\n")
        elif tag == W + "sym":
            self._put(_SYMBOLS.get((child.get(W + "char") or "").upper(), ""))
        elif tag == W + "fldChar":
            self._field(child.get(W + "fldCharType"))
        elif tag == W + "fldSimple":
            self.instructions.append(child.get(W + "instr") or "")
            if not self._page_number(child.get(W + "instr") or ""):
                self.take(child)
        elif tag in (W + "ins", W + "moveTo"):
            self._inserting += 1
            self.take(child)
            self._inserting -= 1
        elif tag in (W + "del", W + "moveFrom"):
            self._deleting += 1
            self.take(child)
            self._deleting -= 1
        elif tag == _MC + "AlternateContent":
            self._alternate(child)
        elif tag == W + "txbxContent":
            self.boxes.append(child)
        else:
            self.take(child)

    def _alternate(self, element: Any) -> None:
        # Word writes a text box twice, for new and old readers; only one of them may count.
        chosen = element.find(_MC + "Choice")
        if chosen is None:
            chosen = element.find(_MC + "Fallback")
        if chosen is not None:
            self.take(chosen)

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(["", False])
        elif self._fields and kind == "separate":
            self._fields[-1][1] = True
        elif self._fields and kind == "end":
            self.instructions.append(self._fields.pop()[0])

    def _page_number(self, instruction: str) -> bool:
        # In headers and footers the cached result of a page number is the number of whichever page was laid
        # out last.
        words = instruction.split()
        return bool(self.margin and words and words[0].upper() in _PAGE_FIELDS)

    def _put(self, text: str) -> None:
        if any(shown and self._page_number(instruction) for instruction, shown in self._fields):
            return
        if self._deleting:
            self._change(deleted=text)
            return
        if self._inserting:
            self._change(inserted=text)
        elif text:
            self._adjacent = False
        self.parts.append(text)

    def _change(self, deleted: str = "", inserted: str = "") -> None:
        """Neighbouring deletions and insertions are one change, as a person who replaces words makes it."""
        if self._adjacent:
            last = self.changes.pop()
            deleted, inserted = last.deleted + deleted, last.inserted + inserted
        self.changes.append(Change(deleted, inserted))
        self._adjacent = True
