"""What every engine module needs: a cache folder, a free port, a process, and how to say that one is missing.

Environment: DANGAN_TEST_CACHE names the folder that keeps what is slow to build (default
~/.cache/dangan-tests); DANGAN_SHARED the folder with seeds and samples (default ../shared);
CI=true makes a missing engine a failure.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

PROJECT = Path(__file__).resolve().parents[2]

ENGINES = {
    "minio": "tests.servers.minio",
    "versitygw": "tests.servers.versitygw",
    "elasticsearch": "tests.servers.elasticsearch",
    "postgres": "tests.servers.postgres",
    "redis_server": "tests.servers.redis",
    "clamd": "tests.servers.clamd",
}
"""Session fixture → module with `install()` and `start() -> Server`."""


class EngineMissing(Exception):
    """The engine can't be had on this machine; the message says why."""


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def missing(name: str, why: str) -> NoReturn:
    """Skip the test and name what is missing; with CI=true fail it."""
    if in_ci():
        pytest.fail(f"missing: {name}: {why}", pytrace=False)
    pytest.skip(f"missing: {name}: {why}")


def cache_dir() -> Path:
    """The folder outside the tree that keeps built servers between runs."""
    path = Path(os.environ.get("DANGAN_TEST_CACHE") or Path.home() / ".cache" / "dangan-tests")
    path.mkdir(parents=True, exist_ok=True)
    return path


def shared_dir() -> Path:
    """The folder with seeds and samples; a test that needs it is named as missing where it is not."""
    path = Path(os.environ.get("DANGAN_SHARED") or PROJECT.parent / "shared").resolve()
    if not path.is_dir():
        missing("seeds and samples", "set DANGAN_SHARED to the folder that holds them")
    return path


@contextmanager
def install_lock(name: str) -> Iterator[None]:
    """Hold while installing `name`, so that two runs on one machine don't build it twice."""
    with FileLock(cache_dir() / f".{name}.lock", timeout=1500):
        yield


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def temporary_dir(name: str) -> Path:
    """A folder for a server's data; world-readable, for engines that give up root. The caller removes it."""
    path = Path(tempfile.mkdtemp(prefix=f"dangan-{name}-"))
    path.chmod(0o755)
    return path


@dataclass
class Server:
    """A running engine. `url` is a DANGAN_…_URL setting; `details` what else a test needs; stop() ends it."""

    url: str
    details: Mapping[str, str] = field(default_factory=dict)
    processes: Sequence[subprocess.Popen[bytes]] = ()
    cleanup: Callable[[], object] | None = None

    def stop(self) -> None:
        for process in self.processes:
            end(process)
        if self.cleanup:
            self.cleanup()


def _die_with_parent() -> None:
    """In the child: be killed when the test run itself is killed, so that no server outlives it."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def spawn(
    argv: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own; standard output and errors go to `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [str(a) for a in argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


def end(process: subprocess.Popen[bytes], grace: float = 3) -> None:
    """End a process and its session: SIGTERM, then SIGKILL after `grace` seconds."""
    for sig in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sig)
        except ProcessLookupError:
            break
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            continue
    process.wait(grace)


def wait_ready(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float = 60
) -> None:
    """Ask `ready` until it says yes. An exception counts as no; a process that ended raises EngineMissing."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if ready():
                return
        except Exception:  # the engine is still coming up, whatever its client raises
            pass
        time.sleep(0.1)
    end(process)
    tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
    raise EngineMissing(f"did not start within {seconds:.0f} s: {tail}")


def answers(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
