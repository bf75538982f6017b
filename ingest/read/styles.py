"""Paragraph styles of Word: which are headings, which are numbered."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any

from ingest.read import container
from ingest.read.numbering import W


def of(data: bytes) -> Styles:
    """The styles in the bytes of a `word/styles.xml`; XMLSyntaxError when malformed."""
    return _by_digest(blake2b(data, digest_size=16).digest(), _Bytes(data))


class Styles:
    """Of each paragraph style: outline level (1 …, 0 none) and list (numId, depth)."""

    def __init__(self, root: Any) -> None:
        self.level: dict[str, int] = {}
        self.list: dict[str, tuple[str, int | None]] = {}
        based: dict[str, str] = {}
        for style in root.iterfind(W + "style"):
            key = style.get(W + "styleId", "")
            properties = style.find(W + "pPr")
            name = value_of(style.find(W + "name")).lower()
            if name.startswith("heading ") and name[8:].isdigit():
                self.level[key] = int(name[8:])
            if properties is not None:
                outline = value_of(properties.find(W + "outlineLvl"))
                if outline.isdigit() and int(outline) < 9:
                    self.level[key] = int(outline) + 1
                if (numbered := list_of(properties)) is not None:
                    self.list[key] = numbered
            based[key] = value_of(style.find(W + "basedOn"))
        for key in based:
            self._inherit(key, based)

    def _inherit(self, key: str, based: dict[str, str]) -> None:
        parent, seen = based.get(key, ""), {key}
        while parent and parent not in seen:
            seen.add(parent)
            if parent in self.level:
                self.level.setdefault(key, self.level[parent])
            if parent in self.list:
                self.list.setdefault(key, self.list[parent])
            parent = based.get(parent, "")


@lru_cache(maxsize=32)
def _by_digest(digest: bytes, holder: _Bytes) -> Styles:
    return Styles(container.parse(holder.data))


class _Bytes:
    """Bytes that take no part in the cache key: an office's files share a few style sheets, and parsing one
    costs more than reading the text; the digest alone decides."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bytes)


def value_of(element: Any) -> str:
    """The `w:val` of an element, "" where there is none."""
    return "" if element is None else element.get(W + "val") or ""


def list_of(properties: Any) -> tuple[str, int | None] | None:
    """List and depth that paragraph properties name, None where they name none."""
    numbered = properties.find(W + "numPr")
    if numbered is None:
        return None
    depth = value_of(numbered.find(W + "ilvl"))
    return value_of(numbered.find(W + "numId")), int(depth) if depth.isdigit() else None
