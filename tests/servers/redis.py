"""Redis, the broker of the scale-out profile."""

from __future__ import annotations

import shutil
from pathlib import Path

import redis

from tests.servers import apt
from tests.servers.base import EngineMissing, Server, free_port, spawn, temporary_dir, wait_ready


def install() -> Path:
    if not shutil.which("redis-server"):
        apt.need("redis-server")
    found = shutil.which("redis-server")
    if not found:
        raise EngineMissing("redis-server is not installed")
    return Path(found)


def start(port: int | None = None) -> Server:
    """A server on a loopback port, with nothing kept on disk. `port` lets a test start it again where it
    was."""
    program, home = install(), temporary_dir("redis")
    port = port or free_port()
    log = home / "server.log"
    bind = ["--bind", "127.0.0.1", "--port", str(port), "--dir", home, "--save", "", "--appendonly", "no"]
    process = spawn([program, *bind], log)

    def ready() -> bool:
        with redis.Redis(port=port, socket_timeout=2) as client:
            return bool(client.ping())

    wait_ready(ready, process, log)
    details = {"port": str(port), "home": str(home)}
    clean = lambda: shutil.rmtree(home, ignore_errors=True)  # noqa: E731
    return Server(f"redis://127.0.0.1:{port}/0", details, [process], clean)
