"""An archive of its own for a measurement, with its processes; all gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CODE = "from archive.cli import main; main()"


def dangan(*arguments: str, home: Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        env={**os.environ, "DANGAN_HOME": str(home)},
        text=True,
        capture_output=True,
        check=True,
        **options,  # type: ignore[call-overload]
    )


@contextmanager
def scratch_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="dangan-bench-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def part(*arguments: str, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One of the archive's processes while the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, *arguments],
        env={**os.environ, "DANGAN_HOME": str(home)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def tree_rss(pid: int) -> int:
    """Resident bytes of a process and everything below it."""
    total, stack = 0, [pid]
    while stack:
        one = stack.pop()
        try:
            status = Path(f"/proc/{one}/statm").read_text()
            total += int(status.split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{one}/task").iterdir():
                stack += [int(c) for c in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def until(ready: object, seconds: float, pause: float = 0.1) -> bool:
    """Wait until `ready()` is true; False when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():  # type: ignore[operator]
            return True
        time.sleep(pause)
    return False
