"""Guards for zip containers (.docx, .xlsx …): size, ratio, entries and names are checked before anything is
unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import Any

from lxml import etree

from ingest.facts import Limits, Problem
from ingest.problems import problem

CHUNK = 1 << 16


class Refusal(Exception):
    """A container broke a limit while it was read; `problem` says which."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


def guard(archive: zipfile.ZipFile, packed: int, limits: Limits) -> Problem | None:
    """The first broken limit of an opened container of `packed` bytes, by its directory alone; nothing is
    unpacked.

    A directory may lie about sizes, therefore `part` counts again while it reads.
    """
    entries = archive.infolist()
    if len(entries) > limits.entries:
        return problem("too_many_entries", entries=len(entries), limit=limits.entries)
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked // max(packed, 1)
    if unpacked > limits.unpacked or ratio > limits.ratio:
        return problem("zip_bomb", unpacked=unpacked, ratio=ratio)
    outside = [entry.filename for entry in entries if _leads_outside(entry.filename)]
    if outside:
        return problem("unsafe_parts", parts="、".join(outside[:5]))
    return None


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def part(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """The bytes of one part. KeyError: not there. Refusal: unpacks to more than the limit, whatever it
    declares."""
    kept: list[bytes] = []
    size = 0
    with archive.open(name) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limits.unpacked:
                raise Refusal(problem("zip_bomb", unpacked=f">{size}", ratio="?"))
            kept.append(chunk)
    return b"".join(kept)


def parse(data: bytes) -> Any:
    """An XML part as an lxml element. No entity is resolved and nothing is fetched; XMLSyntaxError when
    malformed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def first_present(names: Iterable[str], wanted: Iterable[str]) -> str | None:
    """The first of `wanted` that is in `names`."""
    have = set(names)
    return next((name for name in wanted if name in have), None)
