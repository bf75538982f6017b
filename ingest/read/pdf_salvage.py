"""Pages out of a PDF whose end is missing: the objects that arrived whole, under a page tree made anew."""

from __future__ import annotations

import re
from pathlib import Path

LARGEST = 256 * 1024**2
_OBJECT = re.compile(rb"(?:^|[\r\n])(\d{1,7}) (\d{1,5}) obj\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_PARENT = re.compile(rb"/Parent\s+\d+\s+\d+\s+R")


def salvage(path: Path) -> bytes | None:
    """A PDF of the pages whose objects are in the file, None when there are none or the file is over LARGEST bytes.

    A page whose contents did not arrive comes out empty; whoever reads the result has to look.
    """
    if path.stat().st_size > LARGEST:
        return None
    data = path.read_bytes()
    objects = _objects(data)
    pages = [number for number, body in objects.items() if _PAGE.search(body[:4096])]
    if not pages:
        return None
    tree, root = max(objects) + 1, max(objects) + 2
    for number in pages:
        objects[number] = _PARENT.sub(b"/Parent %d 0 R" % tree, objects[number], count=1)
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    objects[tree] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids)
    objects[root] = b"<</Type/Catalog/Pages %d 0 R>>" % tree
    return _written(objects, root)


def _objects(data: bytes) -> dict[int, bytes]:
    """Number → body of each object that ends before the file does; the last of equal numbers wins."""
    found: dict[int, bytes] = {}
    starts = list(_OBJECT.finditer(data))
    for index, start in enumerate(starts):
        limit = starts[index + 1].start() if index + 1 < len(starts) else len(data)
        end = data.rfind(b"endobj", start.end(), limit + 1)
        if end >= 0:
            found[int(start[1])] = data[start.end() : end].strip(b"\r\n ")
    return found


def _written(objects: dict[int, bytes], root: int) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (root + 1, root, table)
    return bytes(out)
