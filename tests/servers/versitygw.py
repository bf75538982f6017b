"""versitygw, the second S3 server: what the store leans on is what both do."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.servers.base import Server, answers, free_port, spawn, temporary_dir, wait_ready
from tests.servers.golang import binary

VERSION = "v1.8.0"
KEY, SECRET = "dangan-test", "dangan-test-secret"


def install() -> Path:
    return binary("github.com/versity/versitygw/cmd/versitygw", VERSION)


def start(data: Path | None = None, port: int | None = None) -> Server:
    """A server on a free loopback port. `data` and `port` let a test start it again where it was."""
    program = install()
    port = port or free_port()
    home = data or temporary_dir("versitygw")
    for folder in ("data", "versions"):
        (home / folder).mkdir(exist_ok=True)
    log = home / "server.log"
    process = spawn(
        [
            program,
            "--port",
            f"127.0.0.1:{port}",
            "posix",
            "--versioning-dir",
            home / "versions",
            home / "data",
        ],
        log,
        {"ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET},
    )
    wait_ready(lambda: answers(port), process, log)
    details = {"key": KEY, "secret": SECRET, "port": str(port), "home": str(home)}
    url = f"s3://{KEY}:{SECRET}@127.0.0.1:{port}/dangan?secure=0"
    clean = None if data else lambda: shutil.rmtree(home, ignore_errors=True)
    return Server(url, details, [process], clean)
