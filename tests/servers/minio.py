"""MinIO, the default S3 server of the scale-out profile."""

from __future__ import annotations

import shutil
import urllib.request
from pathlib import Path

from tests.servers.base import Server, free_port, spawn, temporary_dir, wait_ready
from tests.servers.golang import binary

VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"
KEY, SECRET = "dangan-test", "dangan-test-secret"


def install() -> Path:
    return binary("github.com/minio/minio", VERSION)


def start(data: Path | None = None, port: int | None = None) -> Server:
    """A server on a free loopback port. `data` and `port` let a test start it again where it was."""
    program = install()
    port = port or free_port()
    home = data or temporary_dir("minio")
    log = home / "server.log"
    process = spawn(
        [program, "server", home / "data", "--address", f"127.0.0.1:{port}", "--quiet"],
        log,
        {"MINIO_ROOT_USER": KEY, "MINIO_ROOT_PASSWORD": SECRET, "MINIO_BROWSER": "off", "HOME": str(home)},
    )

    def ready() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/minio/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)

    wait_ready(ready, process, log)
    details = {"key": KEY, "secret": SECRET, "port": str(port), "home": str(home)}
    url = f"s3://{KEY}:{SECRET}@127.0.0.1:{port}/dangan?secure=0"
    clean = None if data else lambda: shutil.rmtree(home, ignore_errors=True)
    return Server(url, details, [process], clean)
