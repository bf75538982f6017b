"""A whole archive in processes of its own, on either profile, driven from outside as people and scripts do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.servers.base import PROJECT, free_port

CODE = "from archive.cli import main; main()"
START_SECONDS = 120
STOP_SECONDS = 40


@dataclass
class Running:
    """`dangan serve` on a home of its own; `settings` choose the engines."""

    home: Path
    settings: Mapping[str, str]
    arguments: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def env(self) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.startswith("DANGAN_")}
        return {**plain, **self.settings, "DANGAN_HOME": str(self.home), "PYTHONWARNINGS": "ignore"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def dangan(
        self, *arguments: str, ok: bool = True, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One command; its failure is the test's, unless `ok` is false."""
        done = subprocess.run(
            [sys.executable, "-c", CODE, *map(str, arguments)],
            env=self.env,
            cwd=PROJECT,
            text=True,
            capture_output=True,
            input=stdin or "",
            timeout=300,
        )
        if ok and done.returncode:
            raise AssertionError(
                f"dangan {' '.join(arguments)}: exit {done.returncode}: {done.stderr[-800:]}"
            )
        return done

    def answers(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines of one command."""
        return [json.loads(line) for line in self.dangan(*arguments, "--json").stdout.splitlines() if line]

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CODE, "serve", "--port", str(self.port), *self.arguments],
            env=self.env,
            cwd=PROJECT,
            text=True,
            stdout=(self.home.parent / "serve.log").open("a"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        until(self._serves, START_SECONDS, "the first page")

    def _serves(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"serve ended: {(self.home.parent / 'serve.log').read_text()[-2000:]}")
        try:
            return httpx.get(f"{self.url}/", timeout=2).status_code < 500
        except httpx.HTTPError:
            return False

    def stop(self) -> int:
        """Ctrl-C; answers the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def client(self, name: str, password: str) -> httpx.Client:
        """The API as this person."""
        client = httpx.Client(base_url=f"{self.url}/api/v1", timeout=60)
        answer = client.post("/session", json={"name": name, "password": password})
        answer.raise_for_status()
        client.headers["authorization"] = f"Bearer {answer.json()['token']}"
        return client


def until(ready: Callable[[], Any], seconds: float, what: str) -> Any:
    """Wait until `ready()` is true and answer it; fail with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ready()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds} s for {what}")
