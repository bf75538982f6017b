"""`make run` as a reader of the README starts it: in a folder like the clone, with everything it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.servers.base import PROJECT, free_port

SERVE = "make run\n"
STOP_SECONDS = 60


class Clone:
    """A folder that looks like the clone, so that what the tour writes does not end up in the project."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, ""
        # The clone shares the project's environment; were it out of date, setting up would tie it to this folder.
        subprocess.run(["make", "--quiet", "setup"], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
        for entry in PROJECT.iterdir():
            if entry.name not in ("var", ".git"):
                (folder / entry.name).symlink_to(entry)
        plain = {k: v for k, v in os.environ.items() if not k.startswith("DANGAN_")}
        self.env = {**plain, "PORT": str(free_port()), "PYTHON": sys.executable}

    @property
    def home(self) -> Path:
        return self.folder / "var"

    def serve(self) -> None:
        """In a terminal of its own."""
        self._process = subprocess.Popen(
            ["bash", "-c", SERVE],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.said += line

    def wait_for(self, text: str, seconds: float) -> None:
        over = time.monotonic() + seconds
        while text not in self.said:
            assert self._process.poll() is None, self.said
            assert time.monotonic() < over, f"{text!r} was not said within {seconds} s:\n{self.said}"
            time.sleep(0.2)

    def run(self, script: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """In another terminal in the same folder; the first command that fails ends it."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def stop(self) -> None:
        """As Ctrl-C in the terminal does."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._listener.join(5)
