"""A request's body as a file that use cases read from, so that an upload never lies in memory or on disk twice."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import unquote

import anyio.from_thread
from fastapi import Request

if TYPE_CHECKING:
    from typing_extensions import Buffer

BUFFER = 1024**2


class _Body(io.RawIOBase):
    """Pulls chunks from the event loop; to be read in a worker thread of the same request."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        while not self._rest:
            try:
                self._rest = anyio.from_thread.run(self._next)
            except StopAsyncIteration:
                return 0
        view = memoryview(buffer)
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    async def _next(self) -> bytes:
        return await self._chunks.__anext__()


def body_file(request: Request) -> BinaryIO:
    """The body as a binary file. A sender who goes away raises ClientDisconnect from read()."""
    return cast(BinaryIO, io.BufferedReader(_Body(request.stream()), BUFFER))


def file_name(request: Request, name: str = "") -> str:
    """What the sender calls the file: a query value, or the percent-encoded X-File-Name header."""
    return name or unquote(request.headers.get("x-file-name", ""))
