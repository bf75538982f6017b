"""Word 97 to 2003 documents (.doc, and .wps as WPS Office writes it) and Outlook messages (.msg).

Both are OLE2 containers, read with olefile. A Word document's text lies in pieces that its piece table names
([MS-DOC] 2.4.1); tables come out as rows of tabs. Changes that were tracked can't be told apart here, so a deletion
still reads as text: the original is what counts. Nothing embedded is opened.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ingest.facts import Limits, Problem
from ingest.layout import pages_of
from ingest.problems import problem
from ingest.read.content import Block, Content
from ingest.read.runs import PAGE_BREAK

DOC = "application/msword"
MSG = "application/vnd.ms-outlook"
_WORD_97 = 0x00C1
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_LENGTHS = range(0x4C, 0x6C, 4)
"""Where the first page of a document says how long its texts are: main, notes, headers, macros, comments …"""
_MAIN_TEXT, _HEADERS, _MACROS = 0, 2, 3
_PIECE_TABLE = 0x01A2
_COMPRESSED = 0x40000000
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_CHARACTERS = {0x0B: "\n", 0x1E: "-", 0x0C: PAGE_BREAK, 0xA0: " "}
_DROPPED = dict.fromkeys([*range(0x09), *range(0x0E, 0x1E), 0x1F])
_MOST = 20_000_000


class _Unreadable(Exception):
    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


def read_document(path: Path, limits: Limits) -> Content:
    """The text of a .doc or .wps: paragraphs, rows of tables, notes, headers, comments and text boxes."""
    return _read(path, DOC, lambda ole: (_document(ole, limits), ()))


def read_message(path: Path, limits: Limits) -> Content:
    """A message's headers and plain text; attachments are named, not read."""
    return _read(path, MSG, _message)


def _read(
    path: Path, media_type: str, blocks_of: Callable[[Any], tuple[list[Block], tuple[Problem, ...]]]
) -> Content:
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as ole:
            blocks, problems = blocks_of(ole)
    except _Unreadable as error:
        return Content(media_type, problems=(error.problem,))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # olefile and struct raise many kinds on damaged containers
        return Content(media_type, problems=(problem("damaged", reason=f"OLE {type(error).__name__}"),))
    if not any(block.text.strip() for block in blocks):
        problems += (problem("no_text"),)
    return Content(media_type, pages_of(blocks), problems, tuple(blocks))


# --- Word


def _document(ole: Any, limits: Limits) -> list[Block]:
    main = _stream(ole, "WordDocument", limits)
    magic, version = struct.unpack_from("<HH", main, 0)
    (flags,) = struct.unpack_from("<H", main, 0x0A)
    if magic != 0xA5EC or version < _WORD_97:
        raise _Unreadable(problem("kept_unreadable", actual="Word 95 以前的文档"))
    if flags & _ENCRYPTED:
        raise _Unreadable(problem("password_needed"))
    table = _stream(ole, "1Table" if flags & _TABLE_1 else "0Table", limits)
    place, size = struct.unpack_from("<II", main, _PIECE_TABLE)
    text = _pieces(main, table[place : place + size])
    lengths = [max(0, struct.unpack_from("<i", main, offset)[0]) for offset in _LENGTHS]
    blocks: list[Block] = []
    start = 0
    for part, length in enumerate(lengths):
        said, start = text[start : start + length], start + length
        if part == _MACROS or not said.strip():
            continue
        kind = "paragraph" if part == _MAIN_TEXT else "header" if part == _HEADERS else "note"
        blocks += [Block(kind, line) for line in _lines(said) if line.strip() or part == _MAIN_TEXT]
    return blocks


def _pieces(main: bytes, clx: bytes) -> str:
    """The document's characters, one after another, from the pieces of its table."""
    at = 0
    while at < len(clx) and clx[at] == 1:  # formatting that pieces refer to
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise _Unreadable(problem("damaged", reason="没有文字表"))
    (size,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc, 0)
    parts, total = [], 0
    for number in range(count):
        (where,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        length = ends[number + 1] - ends[number]
        total += length
        if length < 0 or total > _MOST:
            raise _Unreadable(problem("damaged", reason="文字表自相矛盾"))
        if where & _COMPRESSED:
            first = (where & ~_COMPRESSED) // 2
            parts.append(main[first : first + length].decode("cp1252", "replace").ljust(length, "\x00"))
        else:
            raw = main[where : where + 2 * length].decode("utf-16-le", "replace")
            parts.append(raw.ljust(length, "\x00"))
    return "".join(parts)


def _lines(text: str) -> Iterator[str]:
    """Paragraphs, and rows of tables with a tab between cells; of fields what they show."""
    for _ in range(8):  # fields inside fields, from the innermost
        text, found = _FIELD.subn(lambda m: m[1] or "", text)
        if not found:
            break
    text = text.replace("\x07\x07", "\r").replace("\x07", "\t")
    for line in text.split("\r"):
        yield line.translate(_DROPPED | _CHARACTERS).rstrip("\t ")


# --- Outlook


def _message(ole: Any) -> tuple[list[Block], tuple[Problem, ...]]:
    said = (("发件人", "0C1A"), ("收件人", "0E04"), ("抄送", "0E03"), ("主题", "0037"))
    blocks = [
        Block("paragraph", f"{label}:{text}") for label, code in said if (text := _property(ole, "", code))
    ]
    blocks += [Block("paragraph", line) for line in _property(ole, "", "1000").splitlines()]
    folders = sorted({entry[0] for entry in ole.listdir() if entry[0].startswith("__attach")})
    names = [_property(ole, f, "3707") or _property(ole, f, "3001") or "附件" for f in folders]
    return blocks, (problem("attachments", names="、".join(names[:10])),) if names else ()


def _property(ole: Any, folder: str, code: str) -> str:
    """A text property: as UTF-16 or, in older messages, in the sender's code page."""
    for kind, encoding in (("001F", "utf-16-le"), ("001E", "gb18030")):
        name = [*([folder] if folder else []), f"__substg1.0_{code}{kind}"]
        if ole.exists(name):
            text: str = ole.openstream(name).read(_MOST).decode(encoding, "replace")
            return text.rstrip("\x00")
    return ""


def _stream(ole: Any, name: str, limits: Limits) -> bytes:
    if not ole.exists(name):
        raise _Unreadable(problem("damaged", reason=f"缺少 {name}"))
    if ole.get_size(name) > limits.unpacked:
        raise _Unreadable(problem("zip_bomb", unpacked=ole.get_size(name), ratio="?"))
    data: bytes = ole.openstream(name).read()
    return data
