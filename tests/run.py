"""`python -m tests.run all|quick`: the checks in order, quick ones first, each with its time; stops at a failure.

quick is what needs no engine, no browser and no patience: lint, types, imports and unit tests, under a minute.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Part:
    name: str
    command: Sequence[str | Path]
    quick: bool = True


PARTS = [
    Part("lint", [BIN / "ruff", "check", "--quiet", "."]),
    Part("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    Part("imports", [BIN / "lint-imports", "--no-cache"]),
    Part("types", [BIN / "mypy"]),
]
QUICK = ["-m", "not engine and not slow and not browser", "-n", "2"]
QUICK_TESTS = Part(
    "quick tests", [sys.executable, "-m", "pytest", "-q", *QUICK, "tests/unit", "tests/golden"]
)
ENGINES = Part("engines", [sys.executable, "-m", "tests.servers"], quick=False)
ALL_TESTS = Part("tests", [sys.executable, "-m", "pytest", "--durations=15"], quick=False)


def main(argv: Sequence[str]) -> int:
    """0 when all parts passed, 1 when one failed, 2 for a wrong call."""
    if list(argv) not in (["all"], ["quick"]):
        print("usage: python -m tests.run all|quick", file=sys.stderr)
        return 2
    _adopt_orphans()
    parts = [*PARTS, QUICK_TESTS] if argv[0] == "quick" else [*PARTS, ENGINES, ALL_TESTS]
    times: list[tuple[str, float, str]] = []
    for part in parts:
        print(f"── {part.name}", flush=True)
        began = time.monotonic()
        failed = subprocess.run([str(c) for c in part.command], cwd=PROJECT).returncode
        times.append((part.name, time.monotonic() - began, "FAILED" if failed else "ok"))
        if failed:
            break
    left = _end_children()
    for name, seconds, verdict in times:
        print(f"{name:12} {seconds:7.1f} s  {verdict}")
    for part in parts[len(times) :]:
        print(f"{part.name:12}            not run")
    if left:
        print(f"processes that outlived their tests, now ended: {', '.join(left)}")
    return 1 if left or any(verdict != "ok" for *_, verdict in times) else 0


def _adopt_orphans() -> None:
    """Become the parent of whatever a test leaves behind (Linux PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None).prctl(36, 1)


def _end_children() -> list[str]:
    """End every process below this one; answers their command lines. All parts have returned, so none should be."""
    ended: list[str] = []
    deadline = time.monotonic() + 5
    while children := _children():
        for pid, command in children:
            if time.monotonic() > deadline:  # what was ending by itself has had its time
                ended.append(command)
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    return sorted(set(ended))


def _children() -> list[tuple[int, str]]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, fields = int(status.parent.name), status.read_text().rpartition(")")[2].split()
            if int(fields[1]) != os.getpid():
                continue
            if fields[0] == "Z":
                os.waitpid(pid, os.WNOHANG)
            else:
                command = (
                    (status.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
                found.append((pid, command.strip()[:100]))
        except (OSError, ValueError):
            continue  # ended while we looked
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
