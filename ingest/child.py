"""The child process that touches untrusted files: `python -m ingest.child`, spoken to over pipes.

Frames on standard input and output are a 4-byte big-endian length and that many bytes: a JSON object, or
raw bytes where the JSON before says so (`"bytes": true`). Never pickle: after parsing a hostile file the
child is not to be trusted. First frame in: `{"overlay": path or null, "font": path or null, "ocr":
name}`. Then one request a frame: `read` {path, name, limits, learned?, parts?, turned?}, `render` {path,
media_type, page, width, limits}, `count` {path, media_type, limits}, `extract` {path, media_type, pages,
limits}, `imprint` {path, imprint, limits}. Answers: `{"pages": n}` notices that n pages go to recognition
(more time is needed); `{"facts": …}`, `{"count": n}`, `{"bytes": true}` + raw frame, or `{"error": code,
"reason": text}` end a request.
`rss` is the child's memory in bytes.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import struct
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from ingest.confine import confine

MAX_FRAME = 512 * 1024**2
_LARGEST = 6 * 1024**3
"""Bytes of address space that the child can never go beyond, whatever limits it is told."""


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame, None at the end of the stream. ValueError: longer than MAX_FRAME; EOFError: cut off."""
    head = stream.read(4)
    if not head:
        return None
    if len(head) < 4:
        raise EOFError("frame cut off")
    (size,) = struct.unpack(">I", head)
    if size > MAX_FRAME:
        raise ValueError("frame too long")
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("frame cut off")
    return data


def frame(data: bytes) -> bytes:
    """`data` with its length before it."""
    return struct.pack(">I", len(data)) + data


def main() -> int:
    """Serves requests until standard input ends."""
    source, sink = _own_pipes()
    _confine()
    hello = json.loads(read_frame(source) or b"{}")
    server = _Server(sink, hello.get("overlay"), hello.get("font"), hello.get("ocr") or "")
    while (data := read_frame(source)) is not None:
        server.answer(json.loads(data))
    return 0


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output for frames alone: whatever a library prints must not get between them."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return source, sink


def _confine() -> None:
    """No core dumps, no files written, no network, low priority, gone with the parent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_LARGEST, _LARGEST))
    os.nice(5)
    confine()  # before any thread starts: a lock holds for the thread that asks and those it starts
    threading.Thread(target=_follow_parent, args=(os.getppid(),), daemon=True).start()
    logging.disable(logging.CRITICAL)


def _follow_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


class _Server:
    def __init__(self, sink: BinaryIO, overlay: str | None, font: str | None, ocr: str) -> None:
        self.sink, self.overlay, self.font, self.ocr = sink, overlay, font, ocr
        self.pipeline: Any = None
        self.limits: Any = None
        self.pack: Any = None
        self.taught = ""
        self.font_installed = False

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        self.sink.write(frame(data))
        self.sink.flush()

    def answer(self, request: dict[str, Any]) -> None:
        """Does one request and always ends it with an answer, unless the process dies."""
        try:
            self._dispatch(request)
        except MemoryError:
            self.send({"error": "memory_limit", "reason": "", "rss": _rss()})
        except FileNotFoundError:
            self.send({"error": "file_missing", "reason": "", "rss": _rss()})
        except Exception as error:  # the last line: a bug or a hostile file must not end the batch
            self.send({"error": "reader_failed", "reason": _where(error), "rss": _rss()})

    def _dispatch(self, request: dict[str, Any]) -> None:
        from ingest.codec import dump, load
        from ingest.facts import Limits

        self._install_font()

        limits = self.limits = load(Limits, request["limits"])
        path = Path(request["path"])
        if request["op"] == "read":
            pipeline = self._pipeline(request.get("learned"))
            _allow(limits.seconds, limits.memory)
            facts = pipeline.read(path, request["name"], limits, _plan(request))
            self.send({"facts": dump(facts), "rss": _rss()})
            return
        from ingest import extract, render

        _allow(limits.seconds, limits.memory + limits.recognition)
        try:
            if request["op"] == "extract":
                self._send_bytes(extract.extract(path, request["media_type"], request["pages"]))
                return
            if request["op"] == "imprint":
                from ingest.documents.writing import write
                from ingest.facts import Imprint

                self._send_bytes(write(path, load(Imprint, request["imprint"])))
                return
            if request["op"] == "count":
                count = render.page_count(path, request["media_type"], limits=limits)
                self.send({"count": count, "rss": _rss()})
                return
            image = render.render_page(
                path, request["media_type"], request["page"], request["width"], font=self.font, limits=limits
            )
        except render.RenderError as error:
            found = error.problem
            self.send({"error": found.code, "details": dict(found.details), "rss": _rss()})
            return
        self._send_bytes(image)

    def _send_bytes(self, data: bytes) -> None:
        self.send({"bytes": True, "rss": _rss()})
        self.sink.write(frame(data))
        self.sink.flush()

    def _install_font(self) -> None:
        if not self.font_installed:
            from ingest.read import pdf_fonts

            self.font_installed = True
            pdf_fonts.install(Path(self.font) if self.font and os.path.exists(self.font) else None)

    def _pipeline(self, learned: Any = None) -> Any:
        """Pipeline by the pack; what was learned is laid over it anew only when it changed."""
        from schemas.learned import Learned, read_learned, with_learned

        taught = read_learned(learned) if learned else Learned()
        if self.pipeline is None or self.taught != taught.mark:
            from ingest.pipeline import Pipeline
            from schemas import load_pack

            if self.pack is None:
                self.pack = load_pack(Path(self.overlay) if self.overlay else None)
            self.pipeline = Pipeline(with_learned(self.pack, taught), notice=self._notice, ocr=self.ocr)
            self.taught = taught.mark
        return self.pipeline

    def _notice(self, pages: int) -> None:
        limits = self.limits
        _allow(limits.seconds + limits.page_seconds * pages, limits.memory + limits.recognition)
        self.send({"pages": pages})


def _plan(request: dict[str, Any]) -> Any:
    """Where a person said that records begin, if one did."""
    from ingest.pipeline import ByHand

    if "parts" not in request:
        return None
    parts = tuple(tuple(int(n) for n in part) for part in request["parts"])
    return ByHand(parts, {int(n): int(degrees) % 360 for n, degrees in request["turned"].items()})


def _allow(seconds: float, memory: int) -> None:
    """Processor time (seconds) and address space (bytes) for a file, beside what the child has taken already.

    Beyond the first the system ends the child, beyond the second it gets no more.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
    space = min(_LARGEST, _statm()[0] + memory)
    resource.setrlimit(resource.RLIMIT_AS, (space, _LARGEST))


def _statm() -> tuple[int, int]:
    """Bytes of address space and bytes resident."""
    with open("/proc/self/statm", "rb") as stream:
        size, resident = stream.read().split()[:2]
    return int(size) * resource.getpagesize(), int(resident) * resource.getpagesize()


def _rss() -> int:
    return _statm()[1]


def _where(error: Exception) -> str:
    """Kind and place of an error; no text of the file, which the message might quote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


if __name__ == "__main__":
    sys.exit(main())
