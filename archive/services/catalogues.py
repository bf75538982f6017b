"""Catalogues that people bring: their rows, and the file or text that each names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path

from archive.ports.scanner import ScannerUnavailable
from archive.ports.store import Received
from archive.services.archive import Archive
from archive.services.errors import Away, BadInput
from archive.services.intake import store_bytes
from archive.services.scanning import found_in
from archive.services.tables import Row, read_table
from ingest.facts import FileState, Problem, RecordFacts

COLUMNS = ("type", "house", "owner", "date", "title", "number", "file", "text")
HEADINGS = {
    "类型": "type",
    "档案类型": "type",
    "房号": "house",
    "业主": "owner",
    "业主姓名": "owner",
    "日期": "date",
    "题名": "title",
    "编号": "number",
    "文件": "file",
    "文本": "text",
}
IN_MEMORY = 32 * 1024**2
"""Bytes up to which a file waits in memory for its batch; larger ones go to the store's receiving area first."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one row is made of. `size` in bytes; `name` is what it was called."""

    bytes: bytes | Received
    sha256: str
    size: int
    media_type: str
    name: str
    facts: RecordFacts


def read_rows(catalogue: Path) -> Iterator[Row]:
    """The rows of a catalogue by column name. Raises BadInput for another kind of file."""
    ending = catalogue.suffix.lower()
    if ending == ".jsonl":
        yield from _jsonl(catalogue)
    elif ending in (".csv", ".xlsx"):
        with catalogue.open("rb") as source:
            yield from read_table(source, catalogue.name, HEADINGS, ("type",), COLUMNS)
    else:
        raise BadInput("目录须是 .jsonl、.csv 或 .xlsx。", code="bad_catalogue", hint="请另存后再导入。")


def _jsonl(catalogue: Path) -> Iterator[Row]:
    with catalogue.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            yield (
                {str(k): str(v) for k, v in row.items() if v is not None}
                if isinstance(row, dict)
                else {"!": line.strip()[:2000]}
            )


@dataclass(frozen=True, slots=True)
class Named:
    """What a row names, not read yet: a text, or a file on this machine."""

    sha256: str
    size: int
    name: str
    text: str = ""
    path: Path | None = None


def named_by(archive: Archive, files: Path | None, row: Row) -> Named | Problem:
    """The text, or the file below `files`, that a row names."""
    if "!" in row:
        return Problem("bad_row", "这一行不是 JSON 对象。")
    if any("\0" in value or not _sayable(value) for value in row.values()):
        return Problem("bad_row", "这一行含有不能保存的字符。")
    if text := row.get("text", ""):
        data = text.encode()
        return Named(sha256(data).hexdigest(), len(data), f"{row.get('title') or 'text'}.txt", text)
    if not row.get("file"):
        return Problem("no_source", "这一行既没有 file 也没有 text。")
    path = _inside(files, row["file"])
    missing = Problem("no_such_file", f"找不到文件「{row['file'][:200]}」。", {"file": row["file"][:200]})
    if path is None:
        return missing
    try:
        size = path.stat().st_size
        if size > archive.max_upload:
            return Problem("too_large", f"文件「{path.name}」超过大小上限。", {"file": path.name})
        with path.open("rb") as stream:
            return Named(file_digest(stream, "sha256").hexdigest(), size, path.name, path=path)
    except OSError:
        return missing


def load(archive: Archive, named: Named, *, keep: bool = True) -> Loaded | Problem:
    """Read what a row names; its bytes are left out unless they are to be kept. Raises Away when it can't be scanned or
    kept now."""
    if named.path is None:
        facts = RecordFacts(pages=(1,), type=None, type_confidence=1.0, title="", text=named.text)
        return Loaded(named.text.encode(), named.sha256, named.size, "text/plain", named.name, facts)
    path = named.path
    try:
        with path.open("rb") as stream:
            found = found_in(archive, stream)
        if found is not None:
            return found
        read = archive.reader().read_file(path, path.name)
        if read.state is FileState.REFUSED:
            return read.problems[0]
        kept = _kept(archive, named, path) if keep else b""
    except ScannerUnavailable as error:
        raise Away(str(error), hint="病毒扫描程序恢复后再导入一次，已完成的行不会重复。") from error
    except OSError:
        return Problem("no_such_file", f"文件「{path.name}」打不开。", {"file": path.name})
    if kept is None:
        return Problem(
            "file_changed", f"文件「{path.name}」在导入时变了，请再导入一次。", {"file": path.name}
        )
    whole = "\n".join(p.text for p in read.pages)
    first = read.records[0] if read.records else RecordFacts((1,), None, 0.0, "", whole)
    pages = tuple(range(1, len(read.pages) + 1)) or (1,)
    facts = replace(first, text=whole, pages=pages)
    return Loaded(kept, named.sha256, named.size, read.media_type, path.name, facts)


def _kept(archive: Archive, named: Named, path: Path) -> bytes | Received | None:
    """The file's bytes, in memory or in the receiving area; None when they are not those that were looked at."""
    if named.size > IN_MEMORY:
        with path.open("rb") as stream:
            got = store_bytes(archive, stream)
        return got if got.sha256 == named.sha256 else None
    data = path.read_bytes()
    return data if sha256(data).hexdigest() == named.sha256 else None


def _inside(files: Path | None, named: str) -> Path | None:
    """The plain file below `files`; None for one that is elsewhere, or behind a link."""
    if files is None or len(named) > 4000:
        return None
    path = files / named.replace("\\", "/")
    try:
        if path.resolve() != path or not path.is_relative_to(files) or not path.is_file():
            return None
    except (OSError, ValueError, RuntimeError):
        return None
    return path


def _sayable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
