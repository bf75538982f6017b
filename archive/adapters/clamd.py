"""ClamAV's daemon, spoken to by its stream command (clamd(8), INSTREAM): the file itself stays where it is."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from archive.ports.scanner import ScanLimit, ScannerUnavailable

CHUNK = 1 << 18
CONNECT_SECONDS = 5.0
SILENT_SECONDS = 300.0
"""How long clamd may think about one file."""
MOST_ANSWER = 4096
LIMITS = "Heuristics.Limits.Exceeded"
"""What clamd finds, with AlertExceedsMax, where a file is beyond what it looks through."""


class Clamd:
    """Scanner at unix:///path or tcp://host:port. Safe for threads; every file is a connection of its own."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for an address that is none."""
        parts = urlsplit(url)
        self._where: str | tuple[str, int]
        if parts.scheme == "unix" and parts.path.startswith("/"):
            self._where = parts.path
        elif parts.scheme == "tcp" and parts.hostname:
            self._where = (parts.hostname, parts.port or 3310)
        else:
            raise ValueError(f"{url!r} is no address of clamd: use unix:///path or tcp://host:3310")

    def scan(self, source: BinaryIO) -> str | None:
        with self._line() as line:
            line.sendall(b"zINSTREAM\0")
            with contextlib.suppress(
                BrokenPipeError, ConnectionResetError
            ):  # a limit: it says so and hangs up
                while chunk := source.read(CHUNK):
                    line.sendall(struct.pack(">I", len(chunk)) + chunk)
                line.sendall(struct.pack(">I", 0))
            return _verdict(_answer(line))

    def ping(self) -> None:
        with self._line() as line:
            line.sendall(b"zPING\0")
            said = _answer(line)
        if said != "PONG":
            raise ScannerUnavailable(f"the virus scanner {self._name} answers {said[:60]!r}")

    @property
    def _name(self) -> str:
        return self._where if isinstance(self._where, str) else "{}:{}".format(*self._where)

    @contextlib.contextmanager
    def _line(self) -> Iterator[socket.socket]:
        unix = isinstance(self._where, str)
        try:
            with (
                socket.socket(socket.AF_UNIX)
                if unix
                else socket.create_connection(
                    self._where,
                    CONNECT_SECONDS,  # type: ignore[arg-type]
                ) as line
            ):
                line.settimeout(CONNECT_SECONDS)
                if unix:
                    line.connect(self._where)
                line.settimeout(SILENT_SECONDS)
                yield line
        except OSError as error:
            raise ScannerUnavailable(
                f"the virus scanner {self._name} does not answer: {error.strerror or error}"
            ) from error


def _answer(line: socket.socket) -> str:
    """What clamd says, without the NUL at its end."""
    said = b""
    while not said.endswith(b"\0") and len(said) < MOST_ANSWER:
        more = line.recv(MOST_ANSWER)
        if not more:
            break
        said += more
    return said.rstrip(b"\0\n").decode(errors="replace")


def _verdict(said: str) -> str | None:
    text = said.removeprefix("stream: ")
    if text == "OK":
        return None
    if text.endswith(" FOUND"):
        name = text.removesuffix(" FOUND")
        if name.startswith(LIMITS):
            raise ScanLimit(name)
        return name
    if "size limit exceeded" in text:
        raise ScanLimit(text)
    raise ScannerUnavailable(f"the virus scanner says: {text[:120] or 'nothing'}")
