"""ClamAV's daemon with a database of one signature of our own: nothing is downloaded."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

from tests.servers.apt import need
from tests.servers.base import EngineMissing, Server, free_port, spawn, temporary_dir, wait_ready

MARK = b"DANGAN-TEST-SIGNATURE-7f3a91c2"
"""A file that holds these bytes is infected by our signature's word."""
NAME = "Dangan.Test"
STREAM_LIMIT = 2 * 1024**2
"""Bytes that this clamd takes in one stream."""


def install() -> Path:
    """The daemon's program. Raises EngineMissing."""
    found = shutil.which("clamd")
    if found is None:
        need("clamav-daemon")
        found = shutil.which("clamd")
    if found is None:
        raise EngineMissing("clamd is not installed")
    return Path(found)


def start(port: int | None = None, folder: Path | None = None) -> Server:
    """A clamd on a loopback port and a unix socket; `details` name both. With the `port` and `folder` of an earlier
    one it comes back at the same addresses."""
    program, port = install(), port or free_port()
    kept, folder = folder, folder or temporary_dir("clamd")
    database, log = folder / "database", folder / "clamd.log"
    database.mkdir(exist_ok=True)
    (database / "dangan.ndb").write_text(f"{NAME}:0:*:{MARK.hex()}\n")
    config = folder / "clamd.conf"
    config.write_text(
        f"""\
TCPSocket {port}
TCPAddr 127.0.0.1
LocalSocket {folder}/clamd.sock
DatabaseDirectory {database}
TemporaryDirectory {folder}
Foreground yes
StreamMaxLength {STREAM_LIMIT}
MaxThreads 2
SelfCheck 0
"""
    )
    process = spawn([program, "--config-file", config], log)

    def ready() -> bool:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.sendall(b"zPING\0")
            return line.recv(16).startswith(b"PONG")

    wait_ready(ready, process, log, seconds=60)
    clean = None if kept else lambda: shutil.rmtree(folder, ignore_errors=True)
    details = {"unix": f"unix://{folder}/clamd.sock", "port": str(port), "folder": str(folder)}
    return Server(f"tcp://127.0.0.1:{port}", details, [process], clean)
