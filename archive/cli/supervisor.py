"""Web, workers and scheduler as one: started together, kept alive, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field

import click

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 25.0
"""A worker may finish the page it is reading; after this it is killed and its job goes back to the queue."""
RESTART_SECONDS = 2.0


def _child_setup() -> None:
    """In the child: a group of its own, so Ctrl-C reaches only the supervisor; and no life after it."""
    os.setsid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Part:
    """One process of the archive."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=0.0)

    def start(self) -> None:
        code = "from archive.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *self.arguments], stdin=subprocess.DEVNULL, preexec_fn=_child_setup
        )
        self.started = time.monotonic()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def run_together(host: str, port: int, workers: int) -> None:
    """Run until Ctrl-C or a stop signal; a part that dies is started again."""
    parts = [
        Part("web", ["web", "--host", host, "--port", str(port)]),
        Part("worker", ["worker", "--workers", str(workers)]),
        Part("scheduler", ["scheduler"]),
    ]
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: stopping.append(got))
    for part in parts:
        part.start()
    announced = False
    while not stopping:
        time.sleep(0.1)
        announced = announced or _announce(host, port)
        for part in parts:
            if part.ended() and not stopping:
                _restart(part)
    click.echo("stopping ...")
    _stop(parts)


def _announce(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/", timeout=1):
            pass
    except urllib.error.HTTPError:
        pass
    except OSError:
        return False
    click.echo(f"Dangan is ready: http://{host}:{port}/  (Ctrl-C stops it)")
    return True


def _restart(part: Part) -> None:
    code = part.process.returncode if part.process else None
    if time.monotonic() - part.started < RESTART_SECONDS:
        time.sleep(RESTART_SECONDS)
    click.echo(f"{part.name} ended with {code}; starting it again", err=True)
    part.start()


def _stop(parts: Sequence[Part]) -> None:
    alive = [p.process for p in parts if p.process is not None and p.process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
