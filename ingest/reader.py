"""The parent's side: reads and renders untrusted files through a killable child process."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest.child import MAX_FRAME, frame
from ingest.codec import CodecError, dump, load
from ingest.facts import FileFacts, Imprint, Limits
from ingest.problems import TEMPLATES, problem, state_of
from schemas.learned import Learned, plain_learned

RECOGNISERS = ("rapid", "tesseract")
"""The engines that read scans, the default first (`ingest.ocr.ENGINES`, which is slow to import)."""
RECYCLE_FILES = 1000
RECYCLE_BYTES = 1536 * 1024**2
COMMAND = (sys.executable, "-m", "ingest.child")
PATIENCE = 3.0
"""How many times the processor seconds of its limit a file may take by the clock: the machine may be busy."""
_START_SECONDS = 60.0
_SIGNALS = {int(known): known.name for known in signal.Signals}
_DROPPED = ("reader_garbled", "memory_limit")
"""After these a child is not asked again."""
_ANSWERS = frozenset({"facts", "count", "bytes", "error"})


class ReadError(Exception):
    """A page could not be rendered; `code` and `details` are those of a problem."""

    def __init__(self, code: str, /, **details: object) -> None:
        self.problem = problem(code, **details)
        super().__init__(self.problem.message)

    @property
    def code(self) -> str:
        """The problem's code."""
        return self.problem.code


class Reader:
    """Reads files one at a time in a child process that is started on first use and kept between files.

    `overlay` is the folder of a house's own pack (None: ours alone), `font` a TrueType font file with Chinese
    characters for rendering texts (None: only PDF and images can be rendered), `ocr` the engine that reads
    scans (`ingest.ocr.ENGINES`; "": the default). Safe to share between
    threads (calls wait for each other) and across a fork (the child stays with the process that started
    it). The child is replaced after `recycle_files` files, when its memory grew, and whenever it died.
    """

    def __init__(
        self,
        overlay: Path | None = None,
        font: Path | None = None,
        limits: Limits | None = None,
        recycle_files: int = RECYCLE_FILES,
        ocr: str = "",
    ) -> None:
        self._hello = {"overlay": _text(overlay), "font": _text(font), "ocr": ocr}
        self._limits = limits or Limits()
        self._recycle_files = recycle_files
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child; the next call starts another."""
        with self._lock:
            self._end()

    def read_file(
        self,
        path: Path,
        name: str = "",
        limits: Limits | None = None,
        learned: Learned | None = None,
        parts: Sequence[Sequence[int]] | None = None,
        turned: Mapping[int, int] | None = None,
    ) -> FileFacts:
        """Facts of the file at `path`, which was called `name` by whoever sent it. Raises nothing for any
        file:

        what went wrong is in the facts' state and problems. `learned` is laid over the pack for this file. `parts` are
        the pages of each record, and `turned` by how many degrees clockwise pages lie turned, where a person said so.
        """
        limits = limits or self._limits
        request: dict[str, Any] = {
            "op": "read",
            "path": os.path.abspath(path),
            "name": name or Path(path).name,
        }
        if parts is not None:
            request["parts"] = [list(part) for part in parts]
            request["turned"] = {str(page): degrees for page, degrees in (turned or {}).items()}
        if learned is not None and learned.mark:
            request["learned"] = plain_learned(learned)
        try:
            answer = self._ask(request, limits)
            facts = load(FileFacts, answer.get("facts"))
        except ReadError as error:
            return FileFacts(state_of((error.problem,)), _UNKNOWN, problems=(error.problem,))
        except CodecError as error:
            self.close()
            found = problem("reader_garbled", reason=str(error)[:120])
            return FileFacts(state_of((found,)), _UNKNOWN, problems=(found,))
        return facts

    def render(
        self, path: Path, media_type: str, page: int, width: int, limits: Limits | None = None
    ) -> bytes:
        """Page `page` (from 1) as a JPEG `width` pixels wide. ReadError: it cannot be rendered."""
        request = {
            "op": "render",
            "path": os.path.abspath(path),
            "media_type": media_type,
            "page": page,
            "width": width,
        }
        image = self._ask(request, limits or self._limits).get("image")
        if not isinstance(image, bytes):
            raise ReadError("reader_garbled", reason="no image")
        return image

    def extract(
        self, path: Path, media_type: str, pages: Sequence[int], limits: Limits | None = None
    ) -> bytes:
        """`pages` (from 1) as a file of the same kind. ReadError: it cannot be taken apart."""
        request = {
            "op": "extract",
            "path": os.path.abspath(path),
            "media_type": media_type,
            "pages": list(pages),
        }
        part = self._ask(request, limits or self._limits).get("image")
        if not isinstance(part, bytes):
            raise ReadError("reader_garbled", reason="no part")
        return part

    def imprint(self, path: Path, imprint: Imprint, limits: Limits | None = None) -> bytes:
        """The Word file at `path` with cover, control page, headers and footers as `imprint` says. ReadError: it
        cannot be taken apart."""
        request = {"op": "imprint", "path": os.path.abspath(path), "imprint": dump(imprint)}
        written = self._ask(request, limits or self._limits).get("image")
        if not isinstance(written, bytes):
            raise ReadError("reader_garbled", reason="no document")
        return written

    def page_count(self, path: Path, media_type: str, limits: Limits | None = None) -> int:
        """How many pages `render` has for the file. ReadError: it cannot be rendered."""
        request = {"op": "count", "path": os.path.abspath(path), "media_type": media_type}
        count = self._ask(request, limits or self._limits).get("count")
        if type(count) is not int or not 0 <= count <= MAX_FRAME:
            raise ReadError("reader_garbled", reason="no page count")
        return count

    def memory_bytes(self) -> int:
        """Resident memory of the child after its last file, 0 when none runs."""
        return self._child.rss if self._child else 0

    def processor_seconds(self) -> float:
        """Processor time that the running child has used, 0.0 when none runs. For measuring."""
        if self._child is None:
            return 0.0
        fields = Path(f"/proc/{self._child.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # --- the child

    def _ask(self, request: dict[str, Any], limits: Limits) -> dict[str, Any]:
        with self._lock:
            try:
                child = self._ready()
            except OSError as error:
                raise ReadError("reader_failed", reason=f"{type(error).__name__} {error.errno}") from error
            try:
                answer = child.ask({**request, "limits": dump(limits)}, limits)
            except BaseException:
                self._end()  # also on KeyboardInterrupt: a half-read answer would meet the next request
                raise
            if child.served >= self._recycle_files or child.rss > RECYCLE_BYTES:
                self._end()
            failed = _error(answer, limits) if "error" in answer else None
            if failed is not None and failed.code in _DROPPED:
                self._end()
        if failed is not None:
            raise failed
        return answer

    def _ready(self) -> _Child:
        child = self._child
        if child is not None and child.owner != os.getpid():
            child = self._child = None  # forked: it belongs to the parent
        if child is not None and child.process.poll() is not None:
            self._end()
            child = None
        if child is None:
            child = self._child = _Child(self._hello)
        return child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.owner == os.getpid():
            child.kill()


_UNKNOWN = "application/octet-stream"


def _error(answer: dict[str, Any], limits: Limits) -> ReadError:
    code, details = answer.get("error"), answer.get("details", {})
    if code == "memory_limit":
        return ReadError("memory_limit", bytes=limits.memory)
    if type(code) is not str or code not in TEMPLATES or type(details) is not dict:
        return ReadError("reader_garbled", reason="unknown error code")
    known = {key: str(value)[:120] for key, value in details.items() if key.isidentifier()}
    return ReadError(code, **{"reason": str(answer.get("reason", ""))[:120], **known})


class _Child:
    def __init__(self, hello: Mapping[str, str | None]) -> None:
        self.owner = os.getpid()
        self.served = self.rss = 0
        self.process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[1],
            env=_environment(),
            start_new_session=True,
            bufsize=0,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.input, self.output = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.output, False)
        os.set_blocking(self.input, False)
        self.hello: bytes | None = frame(json.dumps(hello).encode())

    def ask(self, request: dict[str, Any], limits: Limits) -> dict[str, Any]:
        """Sends one request and gives the frame that ends it. ReadError: the child died, hung or spoke
        nonsense."""
        start = time.monotonic()
        allowed = PATIENCE * limits.seconds + (_START_SECONDS if self.hello else 0.0)
        clock = _Clock(start + allowed, limits.seconds)
        data = (self.hello or b"") + frame(json.dumps(request).encode("utf-8", "surrogatepass"))
        self.hello = None
        self._write(data, clock)
        while True:
            answer = self._json(clock)
            if answer.keys() & _ANSWERS:
                break
            pages = answer.get("pages")
            if type(pages) is not int or not 0 <= pages <= limits.pages:
                raise ReadError("reader_garbled", reason="unknown message")
            more = limits.page_seconds * pages
            clock.extend(start + allowed + PATIENCE * more, limits.seconds + more)
        if answer.get("bytes") is True:
            answer["image"] = self._frame(clock)
        self.served += 1
        rss = answer.get("rss")
        self.rss = rss if type(rss) is int else 0
        return answer

    def kill(self) -> None:
        """Ends the child and whatever it started, and waits until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _json(self, clock: _Clock) -> dict[str, Any]:
        try:
            answer = json.loads(self._frame(clock))
        except (ValueError, RecursionError) as error:
            raise ReadError("reader_garbled", reason="not JSON") from error
        if type(answer) is not dict:
            raise ReadError("reader_garbled", reason="not an object")
        return answer

    def _frame(self, clock: _Clock) -> bytes:
        (size,) = struct.unpack(">I", self._bytes(4, clock))
        if size > MAX_FRAME:
            raise ReadError("reader_garbled", reason="frame too long")
        return self._bytes(size, clock)

    def _bytes(self, size: int, clock: _Clock) -> bytes:
        chunks, missing = [], size
        while missing:
            self._wait(self.output, select.POLLIN, clock)
            try:
                chunk = os.read(self.output, min(missing, 1 << 20))
            except BlockingIOError:
                continue
            if not chunk:
                raise self._death(clock)
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)

    def _write(self, data: bytes, clock: _Clock) -> None:
        view = memoryview(data)
        while view:
            self._wait(self.input, select.POLLOUT, clock)
            try:
                view = view[os.write(self.input, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise self._death(clock) from error

    def _wait(self, descriptor: int, event: int, clock: _Clock) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        left = clock.deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise ReadError("time_limit", seconds=round(clock.seconds))

    def _death(self, clock: _Clock) -> ReadError:
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            return ReadError("reader_crashed", reason="closed its pipe")
        if code == -signal.SIGXCPU:
            return ReadError("time_limit", seconds=round(clock.seconds))
        reason = f"exit {code}" if code >= 0 else _SIGNALS.get(-code, f"signal {-code}")
        return ReadError("reader_crashed", reason=reason)


class _Clock:
    def __init__(self, deadline: float, seconds: float) -> None:
        self.deadline, self.seconds = deadline, seconds

    def extend(self, deadline: float, seconds: float) -> None:
        self.deadline, self.seconds = max(self.deadline, deadline), max(self.seconds, seconds)


def _text(path: Path | None) -> str | None:
    return None if path is None else os.fspath(path)


def _environment() -> dict[str, str]:
    """Only what Python and the libraries need; nothing of the parent's settings and secrets."""
    kept = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TZ")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return found | {
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
