"""A Word file as PDF by LibreOffice, in a process of its own with limits; nothing where LibreOffice is not installed.

`python -m ingest.rendition SECONDS FILE FOLDER` is that process: it confines itself, then becomes LibreOffice.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 120
"""Wall-clock seconds that one file may take."""
MEMORY = 6 * 1024**3
"""Address space in bytes; LibreOffice reserves far more than it uses."""
LARGEST = 512 * 1024**2
"""Bytes that any file it writes may have."""


def installed() -> str | None:
    """The path of LibreOffice, None where it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def pdf_of_word(path: Path, *, seconds: int = SECONDS) -> bytes | None:
    """The file as PDF; None where LibreOffice is not installed, fails, or takes too long."""
    if installed() is None:
        return None
    with TemporaryDirectory(prefix="dangan-") as folder:
        work = Path(folder)
        source = work / "document.docx"
        shutil.copyfile(path, source)
        command = [sys.executable, "-m", "ingest.rendition", str(seconds), str(source), folder]
        root = Path(__file__).resolve().parents[1]
        process = subprocess.Popen(
            command,
            cwd=root,
            env=_environment(work),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        made = work / "document.pdf"
        if process.returncode != 0 or not made.is_file():
            return None
        content = made.read_bytes()
    return content if content.startswith(b"%PDF") else None


def _environment(folder: Path) -> dict[str, str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ
    }
    return kept | {"HOME": str(folder), "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp"}


def main(seconds: int, source: str, folder: str) -> None:
    """Confine this process and become LibreOffice. A profile of its own keeps it from any that runs already."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    os.nice(5)
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "unshare"):
        libc.unshare(0x40000000)  # no network where the system lets us
    program = installed()
    assert program is not None
    profile = f"-env:UserInstallation=file://{folder}/profile"
    options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"]
    convert = ["--convert-to", "pdf:writer_pdf_Export", "--outdir", folder, source]
    os.execv(program, [program, profile, *options, *convert])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
