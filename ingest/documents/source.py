"""One view of a document for all formats: lines in order, with place, outline level and tables where known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.facts import Box, Page
from ingest.read.content import Block, Content
from ingest.read.runs import PAGE_BREAK
from schemas.text import fold

LONGEST = 2000
"""Characters of a line that are looked at: no label or row is longer, and a hostile line may be endless."""
TOP, FOOT = 0.085, 0.915
"""Shares of the page's height above and below which a line may be a running header or footer."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a document.

    `kind` is "text", "header", "footer", "table" or "other" (comments, notes); a table is one line with its `block`.
    `page` counts from 1: real pages of a fixed layout, explicit page breaks of a Word file.
    """

    text: str
    page: int
    kind: str = "text"
    level: int = 0
    label: str = ""
    box: Box | None = None
    block: Block | None = None

    @property
    def plain(self) -> str:
        """The text in the normal form without any blanks: for comparing with known words."""
        return squeezed(self.text)


def squeezed(text: str) -> str:
    """`text` in the normal form without blanks."""
    return re.sub(r"\s+", "", fold(text))


def lines_of(content: Content) -> tuple[SourceLine, ...]:
    """The lines of a document, tables of a Word file as they stand."""
    if content.blocks:
        return tuple(_from_blocks(content.blocks))
    return tuple(_from_pages(content.pages))


def _from_blocks(blocks: tuple[Block, ...]) -> Iterator[SourceLine]:
    page = 1
    kinds = {"paragraph": "text", "table": "table", "header": "header", "footer": "footer"}
    for block in blocks:
        kind = kinds.get(block.kind, "other")
        if block.rows:
            yield SourceLine(block.text, page, kind, block=block)
            continue
        for index, part in enumerate(block.text.split(PAGE_BREAK)):
            page += 1 if index else 0
            for line in part.split("\n"):
                if line.strip():
                    yield SourceLine(line.strip()[:LONGEST], page, kind, block.level, block.label)


def _from_pages(pages: tuple[Page, ...]) -> Iterator[SourceLine]:
    repeated = _repeated(pages)
    for page in pages:
        for line in page.lines:
            if line.text.strip():
                kind = _margin(line.box) if _key(line.text) in repeated else ""
                yield SourceLine(line.text.strip()[:LONGEST], page.number, kind or "text", box=line.box)


def _repeated(pages: tuple[Page, ...]) -> frozenset[str]:
    """What stands in the margin of two pages or more, page numbers apart; on a single page what looks like it."""
    seen = Counter(
        key
        for page in pages
        for key in {_key(x.text) for x in page.lines if x.box is not None and _margin(x.box)}
    )
    least = 2 if len(pages) > 2 else 1
    return frozenset(key for key, count in seen.items() if count >= least)


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", squeezed(text))


def _margin(box: Box | None) -> str:
    if box is None:
        return ""
    if box.y1 <= TOP:
        return "header"
    return "footer" if box.y0 >= FOOT else ""
