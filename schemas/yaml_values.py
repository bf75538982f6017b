"""Plain values of a YAML file, read from its events.

Faster than the library's own construction (a pack loads at every start of a process) and stricter: no
anchors, no tags, no key twice. Only null, true, false and whole numbers are special; everything else, dates
included, is text.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST_FILE = 1_000_000
"""Bytes; a pack file beyond it is refused unread."""
DEEPEST = 20
"""Levels of lists and mappings in each other; no pack needs more."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


class PackError(ValueError):
    """A pack that cannot be used.

    Which file and line (from 1; 0 for the file as a whole), why, and what to do.
    """

    code = "bad_pack"

    def __init__(self, file: Path, line: int, reason: str, hint: str) -> None:
        super().__init__(f"{file}:{line}: {reason}: {hint}")
        self.file, self.line, self.reason, self.hint = file, line, reason, hint


def check_inside(file: Path, folder: Path) -> None:
    """Refuse a file that a link takes out of its pack's folder: a pack says nothing of what lies elsewhere."""
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        raise PackError(file, 0, "the link goes round in a circle", "put the file itself there") from None
    if not inside:
        raise PackError(file, 0, "the link leads out of the pack's folder", "put the file itself there")


def load_yaml(file: Path) -> Any:
    """The values of one YAML file; PackError if it is no plain file, too large, not UTF-8 or no YAML of the plain
    kind.
    """
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            raise PackError(file, 0, "it is no file", "give the folder or device another name")
        if about.st_size > LARGEST_FILE:
            raise PackError(file, 0, "the file is too large", f"keep it under {LARGEST_FILE // 1_000_000} MB")
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PackError(file, 0, "the file is not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise PackError(
            file, 0, f"the file cannot be read ({error.strerror})", "check its name and rights"
        ) from None
    try:
        return _Builder(file, LOADER(text)).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or "a character that YAML does not allow"
        hint = "check indentation, colons and quotes near this line"
        raise PackError(file, mark.line + 1 if mark else 0, str(problem), hint) from None


class _Builder:
    def __init__(self, file: Path, parser: Any) -> None:
        self._file = file
        self._next = parser.get_event
        self._more = parser.check_event

    def document(self) -> Any:
        value = None
        seen = False
        while self._more():
            event = self._next()
            if isinstance(event, DocumentStartEvent):
                if seen:
                    self._refuse(event, "a second document begins", "put it into a file of its own")
                value, seen = self._value(self._next(), 0), True
        return value

    def _value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            self._refuse(event, "an alias (*) stands here", "write the value out")
        if event.tag is not None or event.anchor is not None:
            self._refuse(event, "a tag (!) or an anchor (&) stands here", "write the plain value")
        if kind is ScalarEvent:
            return _scalar(event)
        if depth > DEEPEST:
            self._refuse(event, "lists and mappings go too deep", "flatten them")
        return self._list(depth) if kind is SequenceStartEvent else self._mapping(event, depth)

    def _list(self, depth: int) -> list[Any]:
        values = []
        while type(event := self._next()) is not SequenceEndEvent:
            values.append(self._value(event, depth + 1))
        return values

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        if type(start) is not MappingStartEvent:
            self._refuse(start, "something unexpected stands here", "write a list or a mapping")
        values: dict[str, Any] = {}
        while type(event := self._next()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                self._refuse(event, "a key is no text", "write 'name: value'")
            if event.value in values:
                self._refuse(event, f"the key {event.value} stands twice", "delete one of them")
            values[event.value] = self._value(self._next(), depth + 1)
        return values

    def _refuse(self, event: Any, reason: str, hint: str) -> NoReturn:
        raise PackError(self._file, event.start_mark.line + 1, reason, hint)


def _scalar(event: Any) -> Any:
    value: str = event.value
    if not event.implicit[0]:
        return value
    if value in _WORDS:
        return _WORDS[value]
    return int(value) if value[0] in "-0123456789" and _INTEGER.fullmatch(value) else value
