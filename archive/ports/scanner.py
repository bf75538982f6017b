"""Scanner: looks for malware before anything reads a file."""

from __future__ import annotations

from typing import BinaryIO, Protocol


class ScannerUnavailable(Exception):
    """The scanner does not answer: nothing passes unscanned, files wait."""


class ScanLimit(Exception):
    """The file is larger than what the scanner takes; `args[0]` is what it said."""


class Scanner(Protocol):
    """Contract (tests/integration/test_scanning.py): None is only said of a file that was scanned to its end."""

    def scan(self, source: BinaryIO) -> str | None:
        """The name of what was found, None when the file is clean. Raises ScannerUnavailable, ScanLimit."""

    def ping(self) -> None:
        """Raises ScannerUnavailable with one clear sentence."""
