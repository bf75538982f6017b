"""The report of an import as a table that people open: .csv (UTF-8 with mark) or .xlsx, a line for every row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Protocol

HEAD = ("row", "state", "record", "again", "problems", "messages")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Report(Protocol):
    """Answers go in one by one; `close` writes the end."""

    def add(self, answer: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...


def report(ending: str, out: BinaryIO) -> Report:
    """A report into `out`: a workbook for ".xlsx", else CSV. Memory does not grow with the rows."""
    return _Workbook(out) if ending == ".xlsx" else _Csv(out)


def _cells(answer: Mapping[str, Any]) -> Iterator[str | int]:
    problems = answer["problems"]
    yield answer["row"]
    yield answer["state"]
    yield answer["record"] or ""
    yield "yes" if answer.get("again") else ""
    yield _safe(" ".join(p["code"] for p in problems))
    yield _safe(" ".join(p["message"] for p in problems))


def _safe(text: str) -> str:
    """Never a formula, whatever a catalogue made us quote."""
    return f"'{text}" if text.startswith(FORMULAS) else text


class _Csv:
    def __init__(self, out: BinaryIO) -> None:
        out.write(codecs.BOM_UTF8)
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        self._lines = csv.writer(self._text)
        self._lines.writerow(HEAD)

    def add(self, answer: Mapping[str, Any]) -> None:
        self._lines.writerow(_cells(answer))

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class _Workbook:
    def __init__(self, out: BinaryIO) -> None:
        from openpyxl import Workbook  # half a second that no other command should wait for

        self._out, self._book = out, Workbook(write_only=True)
        self._sheet = self._book.create_sheet("report")
        self._sheet.append(HEAD)

    def add(self, answer: Mapping[str, Any]) -> None:
        cells = [c if isinstance(c, int) else "".join(x for x in c if x >= " ") for c in _cells(answer)]
        self._sheet.append(cells)

    def close(self) -> None:
        self._book.save(self._out)


class NoReport:
    """Where no file may be written."""

    def add(self, answer: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...
