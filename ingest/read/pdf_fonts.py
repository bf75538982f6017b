"""Fonts for PDF files that name Chinese fonts without embedding them.

Reading text needs none: the file's own character codes say what stands there, and loading a system's fonts costs
ten times the reading. Rendering takes the one font that comes with us, so a page looks the same on a machine that
has no Chinese fonts; without it the system's own are tried.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2

_CHINESE = frozenset({128, 129, 134, 136})
"""Windows character sets: Japanese, Korean, simplified and traditional Chinese."""
_OWN = 1
_COLLECTION = 0x74746366  # "ttcf", asked for to find out whether the file holds several faces
_state: dict[str, Any] = {"fonts": None, "reading": False}


class _Fonts(pypdfium2.PdfSysfontBase):  # type: ignore[misc]
    def __init__(self, font: Path | None) -> None:
        super().__init__()
        self.data = font.read_bytes() if font else b""

    def EnumFonts(self, _: Any, mapper: Any) -> None:  # noqa: N802
        if not self.data:
            super().EnumFonts(_, mapper)

    def MapFont(  # noqa: N802
        self, _: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any
    ) -> Any:
        if _state["reading"]:
            return None
        if self.data:
            return _OWN if charset in _CHINESE else None
        return super().MapFont(_, weight, italic, charset, pitch, face, exact)

    def GetFont(self, _: Any, face: Any) -> Any:  # noqa: N802
        if _state["reading"] or self.data:
            return None
        return super().GetFont(_, face)

    def GetFontData(self, _: Any, handle: Any, table: int, buffer: Any, size: int) -> int:  # noqa: N802
        if not self.data:
            return int(super().GetFontData(_, handle, table, buffer, size))
        if table not in (0, _COLLECTION) or (table == _COLLECTION and self.data[:4] != b"ttcf"):
            return 0
        if buffer and size >= len(self.data):
            ctypes.memmove(buffer, self.data, len(self.data))
        return len(self.data)

    def GetFaceName(self, _: Any, handle: Any, buffer: Any, size: int) -> int:  # noqa: N802
        return 0 if self.data else int(super().GetFaceName(_, handle, buffer, size))

    def GetFontCharset(self, _: Any, handle: Any) -> int:  # noqa: N802
        return 134 if self.data else int(super().GetFontCharset(_, handle))

    def DeleteFont(self, _: Any, handle: Any) -> None:  # noqa: N802
        if not self.data:
            super().DeleteFont(_, handle)


def install(font: Path | None) -> None:
    """Makes `font` (a TrueType file with Chinese characters) the stand-in of this process. OSError: unreadable."""
    fonts = _Fonts(font)
    fonts.setup(reusable=True)
    _state["fonts"] = fonts


@contextmanager
def none_needed() -> Iterator[None]:
    """While text is read, fonts that a file does not embed are not looked for (once `install` was called)."""
    _state["reading"] = True
    try:
        yield
    finally:
        _state["reading"] = False
