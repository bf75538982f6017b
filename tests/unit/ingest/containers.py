"""OLE2 containers made at run time: old Word documents, workbooks, Outlook messages."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST = 4096
"""Shorter streams would need the small sectors of the format; they are filled up with zeros instead."""


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A version 3 compound file; a name such as "folder/stream" puts a stream into a storage."""
    folders = sorted({name.split("/")[0] for name in streams if "/" in name})
    tops = [*folders, *(name for name in streams if "/" not in name)]
    entries: list[tuple[str, int, int, int, bytes]] = []  # name, kind, child, next, data
    inner = [name for name in streams if "/" in name]
    order = [*tops, *inner]
    numbers = {name: number for number, name in enumerate(order, 1)}
    for name in order:
        if name in folders:
            children = [n for n in inner if n.startswith(name + "/")]
            following = tops[tops.index(name) + 1 :]
            entries.append(
                (name, 1, numbers[children[0]], numbers[following[0]] if following else _FREE, b"")
            )
        else:
            beside = (
                [n for n in inner if n.rpartition("/")[0] == name.rpartition("/")[0]] if "/" in name else tops
            )
            following = beside[beside.index(name) + 1 :]
            entries.append(
                (name.split("/")[-1], 2, _FREE, numbers[following[0]] if following else _FREE, streams[name])
            )
    sectors: list[bytes] = []
    fat: list[int] = []

    def put(data: bytes) -> int:
        first = len(sectors)
        chunks = [data[i : i + _SECTOR].ljust(_SECTOR, b"\0") for i in range(0, len(data), _SECTOR)]
        sectors.extend(chunks)
        fat.extend([*range(first + 1, first + len(chunks)), _END])
        return first

    directory = _entry("Root Entry", 5, 1, _FREE, _END, 0)
    for name, kind, child, following, data in entries:
        if kind == 1:
            directory += _entry(name, 1, child, following, 0, 0)
        else:
            data = data.ljust(_LEAST, b"\0")
            directory += _entry(name, 2, _FREE, following, put(data), len(data))
    start = put(directory)
    count = -(-(len(fat) + 4) // 128)
    places = range(len(sectors), len(sectors) + count)
    fat += [_FAT] * count
    fat += [_FREE] * (count * 128 - len(fat))
    table = struct.pack(f"<{len(fat)}I", *fat)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, start, 0, _LEAST, _END, 0, _END, 0
    )
    header += struct.pack("<109I", *[*places, *[_FREE] * (109 - count)])
    return header + b"".join(sectors) + table


def _entry(name: str, kind: int, child: int, following: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(raw), kind, 1, _FREE, following, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def old_word(
    path: Path, text: str, header: str = "", comment: str = "", flags: int = 0, version: int = 0xC1
) -> Path:
    """A Word 97 document of two pieces, the second in 8-bit characters where it can be."""
    parts = [text, "", header, "", comment]
    whole = "".join(parts)
    cut = len(whole) // 2
    main = bytearray(2048)
    struct.pack_into("<HH", main, 0, 0xA5EC, version)
    struct.pack_into("<H", main, 0x0A, flags | 0x0200)
    for number, part in enumerate(parts):
        struct.pack_into("<i", main, 0x4C + 4 * number, len(part))
    pieces = []
    for part in (whole[:cut], whole[cut:]):
        try:
            data, where = part.encode("cp1252"), (len(main) * 2) | 0x40000000
        except UnicodeEncodeError:
            data, where = part.encode("utf-16-le"), len(main)
        pieces.append(where)
        main += data
    plc = struct.pack("<3I", 0, cut, len(whole)) + b"".join(
        struct.pack("<HIH", 0, where, 0) for where in pieces
    )
    clx = b"\x01" + struct.pack("<H", 2) + b"ab" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", main, 0x01A2, 64, len(clx))
    path.write_bytes(compound({"WordDocument": bytes(main), "1Table": bytes(64) + clx}))
    return path


def old_workbook(path: Path, sheet: str, rows: list[list[str | float]]) -> Path:
    """An Excel 97 workbook with one sheet."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def short(text: str) -> bytes:
        return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")

    first = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    length = len(first) + 4 + 6 + len(short(sheet)) + 4
    body = first + record(0x0085, struct.pack("<IBB", length, 0, 0) + short(sheet)) + record(0x000A, b"")
    body += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            place = struct.pack("<HHH", y, x, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += record(0x0204, place + text)
            else:
                body += record(0x0203, place + struct.pack("<d", value))
    path.write_bytes(compound({"Workbook": body + record(0x000A, b"")}))
    return path


def outlook_message(path: Path, subject: str, body: str, attachment: str = "") -> Path:
    """A message as Outlook saves it."""
    streams = {
        "__nameid_version1.0/__substg1.0_00020102": b"",
        "__substg1.0_0037001F": subject.encode("utf-16-le"),
        "__substg1.0_0C1A001F": "王芳".encode("utf-16-le"),
        "__substg1.0_1000001F": body.encode("utf-16-le"),
    }
    if attachment:
        streams["__attach_version1.0_#00000000/__substg1.0_3707001F"] = attachment.encode("utf-16-le")
    path.write_bytes(compound(streams))
    return path
