"""What a reader hands on: pages with text, and the structure that the format itself carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.facts import Page, Problem

Image = Any
"""A page image: numpy array, height × width × 3 (RGB) or height × width (grey), 8 bits."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a table row group in document order.

    `kind` is "paragraph", "table", "header", "footer", "comment" or "note". `level` is the outline level of a
    heading (1 …), 0 for running text. `label` is the automatic number that the word processor would print
    ("4.2"), already part of `text`. `rows` are the cells of a table; a cell that is merged over several
    columns or rows stands once, in its first place, and leaves "" in the others.
    """

    kind: str
    text: str
    level: int = 0
    label: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    merged: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """A tracked change that nobody accepted or rejected: the text it takes out and the text it puts in."""

    deleted: str
    inserted: str


@dataclass(frozen=True, slots=True)
class Content:
    """A file's content before it is understood.

    `pages` are in order; those whose number is in `to_recognise` have no (good) text and wait for
    recognition.
    `blocks` exist only for formats that carry structure (Word). `image` gives a page's image for its number
    (from 1), upright as the format says, or is None where there is no fixed layout; `dpi` is that image's
    resolution.
    """

    media_type: str
    pages: tuple[Page, ...] = ()
    problems: tuple[Problem, ...] = ()
    blocks: tuple[Block, ...] = ()
    changes: tuple[Change, ...] = ()
    to_recognise: frozenset[int] = frozenset()
    image: Callable[[int], Image] | None = None
    dpi: Callable[[int], int | None] | None = None
    close: Callable[[], None] | None = None
