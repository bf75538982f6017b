"""What a PDF carries beside its pages: damage, actions, attachments, form fields. Read with pypdf, never
run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from ingest.facts import Limits, Problem
from ingest.problems import problem

ACTIVE = {
    "/JavaScript": "JavaScript",
    "/Launch": "启动程序（Launch）",
    "/ImportData": "导入数据（ImportData）",
    "/SubmitForm": "提交表单（SubmitForm）",
    "/Rendition": "播放媒体（Rendition）",
    "/RichMedia": "富媒体（RichMedia）",
}
_RAW = re.compile(rb"/(JavaScript|Launch|ImportData|SubmitForm|RichMedia)\b")
_TAIL = 4096
_DEPTH = 40
_FIELDS = 2000


@dataclass(frozen=True, slots=True)
class Structure:
    """Findings about the file, and its form fields as (name, value)."""

    problems: tuple[Problem, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


def is_truncated(path: Path) -> bool:
    """Whether the file's end is missing: no end marker and no pointer to a cross-reference table near the
    end."""
    with path.open("rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - _TAIL))
        tail = stream.read()
    return b"%%EOF" not in tail and b"startxref" not in tail


def examine(path: Path, limits: Limits) -> Structure:
    """The structure of a PDF that needs no password to open."""
    try:
        reader = pypdf.PdfReader(str(path), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        found = _Finder(reader, limits)
        found.run()
    except (MemoryError, KeyboardInterrupt):
        raise
    except (
        Exception
    ) as error:  # pypdf raises many kinds on damaged files, and none of them may end the reading
        return _by_bytes(path, type(error).__name__)
    return Structure(tuple(found.problems()), tuple(found.fields))


def _by_bytes(path: Path, reason: str) -> Structure:
    """What the bytes show when the structure cannot be walked: a file that hides actions is still refused."""
    names = {m.decode() for m in _RAW.findall(path.read_bytes())}
    if names:
        return Structure((problem("active_content", actions="、".join(sorted(names))),))
    return Structure((problem("repaired", reason=reason, saved="?"),))


class _Finder:
    def __init__(self, reader: pypdf.PdfReader, limits: Limits) -> None:
        self.reader, self.limits = reader, limits
        self.actions: dict[str, None] = {}
        self.attachments: list[str] = []
        self.fields: list[tuple[str, str]] = []
        self.seen: set[tuple[int, int, str]] = set()

    def problems(self) -> Iterator[Problem]:
        if self.actions:
            yield problem("active_content", actions="、".join(self.actions))
        if self.attachments:
            yield problem("attachments", names="、".join(self.attachments[:10]))

    def run(self) -> None:
        root = self.reader.root_object
        self._action(root.get("/OpenAction"), "打开文件时")
        self._additional(root.get("/AA"), "文件事件")
        names = _get(root, "/Names")
        if isinstance(names, DictionaryObject):
            for _, value in _tree(_get(names, "/JavaScript"), _DEPTH):
                self._action(value, "打开文件时")
                self.actions.setdefault("JavaScript（打开文件时）")
            self.attachments += [name for name, _ in _tree(_get(names, "/EmbeddedFiles"), _DEPTH)]
        form = _get(root, "/AcroForm")
        if isinstance(form, DictionaryObject):
            self._fields(_get(form, "/Fields"), "", _DEPTH)
        for page in self.reader.pages:
            self._additional(page.get("/AA"), "翻到某页时")
            self._annotations(page.get("/Annots"))

    def _annotations(self, found: Any) -> None:
        for item in _items(found):
            if not isinstance(item, DictionaryObject):
                continue
            kind = str(item.get("/Subtype", ""))
            if kind in ("/RichMedia", "/Screen", "/Movie", "/3D"):
                self.actions.setdefault(ACTIVE["/RichMedia"])
            if kind == "/FileAttachment":
                file = _get(item, "/FS")
                name = file.get("/UF") or file.get("/F") if isinstance(file, DictionaryObject) else file
                self.attachments.append(str(_resolve(name) or "附件"))
            self._action(item.get("/A"), "点击时")
            self._additional(item.get("/AA"), "点击时")

    def _additional(self, found: Any, where: str) -> None:
        events = _resolve(found)
        if isinstance(events, DictionaryObject):
            for event in events:
                self._action(events.get(event), where)

    def _action(self, found: Any, where: str, depth: int = 20) -> None:
        if isinstance(found, IndirectObject):
            key = (found.idnum, found.generation, where)
            if key in self.seen:
                return
            self.seen.add(key)
        action = _resolve(found)
        if not isinstance(action, DictionaryObject) or depth == 0:
            return
        kind = str(_resolve(action.get("/S")) or "")
        if kind in ACTIVE:
            target = _target(action) if kind == "/Launch" else ""
            self.actions.setdefault(f"{ACTIVE[kind]}{target}（{where}）")
        following = action.get("/Next")
        several = _resolve(following)
        for item in several if isinstance(several, ArrayObject) else [following]:
            self._action(item, where, depth - 1)

    def _fields(self, found: Any, prefix: str, depth: int) -> None:
        for item in _items(found):
            if not isinstance(item, DictionaryObject) or depth == 0 or len(self.fields) >= _FIELDS:
                return
            name = str(_resolve(item.get("/T")) or "")
            full = f"{prefix}.{name}".strip(".")
            self._additional(item.get("/AA"), "填表时")
            if "/Kids" in item:
                self._fields(item.get("/Kids"), full, depth - 1)
            value = _resolve(item.get("/V"))
            if isinstance(value, str) and value.strip() and value != "/Off":
                self.fields.append((full, value.lstrip("/").strip()))


def _target(action: DictionaryObject) -> str:
    file = _resolve(action.get("/F")) or _get(action, "/Win")
    if isinstance(file, DictionaryObject):
        file = _resolve(file.get("/UF") or file.get("/F"))
    return f" {str(file)[:60]}" if file else ""


def _resolve(found: Any) -> Any:
    return found.get_object() if isinstance(found, IndirectObject) else found


def _get(holder: Any, key: str) -> Any:
    return _resolve(holder.get(key)) if isinstance(holder, DictionaryObject) else None


def _items(found: Any) -> list[Any]:
    resolved = _resolve(found)
    return [_resolve(item) for item in resolved] if isinstance(resolved, ArrayObject) else []


def _tree(node: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """The (name, value) pairs of a name tree."""
    if not isinstance(node, DictionaryObject) or depth == 0:
        return
    names = _resolve(node.get("/Names"))
    if isinstance(names, ArrayObject):
        for index in range(0, len(names) - 1, 2):
            yield str(_resolve(names[index])), _resolve(names[index + 1])
    for kid in _items(node.get("/Kids")):
        yield from _tree(kid, depth - 1)
