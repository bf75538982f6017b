"""PostgreSQL, the database of the scale-out profile. Refuses root, so it runs as an unprivileged user."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg

from tests.servers import apt
from tests.servers.base import EngineMissing, Server, free_port, spawn, temporary_dir, wait_ready

_numbers = itertools.count(1)


def install() -> Path:
    """The folder with initdb and postgres; the newest one that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4]))
    if not found:
        apt.need("postgresql")
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    if not elsewhere:
        raise EngineMissing("initdb is not installed")
    return Path(elsewhere).parent


def _as_user() -> tuple[Sequence[str], pwd.struct_passwd]:
    """What to put before a command so that it does not run as root, and who it then is."""
    if os.geteuid() != 0:
        return (), pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
        return ("setpriv", *ids, "--pdeathsig", "KILL", "--"), user
    raise EngineMissing("root needs an unprivileged user to run PostgreSQL as")


def start() -> Server:
    """A server on a free loopback port. Its own collation is Chinese, not C: what we order, we order
    ourselves.

    Durability is off: no test asks what a power failure leaves."""
    programs = install()
    before, user = _as_user()
    home = temporary_dir("postgres")
    if os.geteuid() == 0:
        os.chown(home, user.pw_uid, user.pw_gid)
    data, log, port = home / "data", home / "server.log", free_port()
    collation = ("--locale-provider=icu", "--icu-locale=zh-CN", "--locale=C", "--encoding=UTF8")
    make = [*before, programs / "initdb", "-D", data, "-U", "dangan", "--auth=trust", "--no-sync", *collation]
    run = subprocess.run([str(a) for a in make], cwd=home, capture_output=True, text=True)
    if run.returncode:
        raise EngineMissing(f"initdb failed: {run.stderr.strip()[-300:]}")
    quick = ("-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off", "-cmax_connections=200")
    listen = ("-p", str(port), "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={home}")
    process = spawn([*before, programs / "postgres", "-D", data, *listen, *quick], log)
    admin = f"postgresql://dangan@127.0.0.1:{port}/postgres"
    wait_ready(lambda: _ready(admin), process, log)
    details = {"port": str(port), "home": str(home), "admin": admin}
    clean = lambda: shutil.rmtree(home, ignore_errors=True)  # noqa: E731
    return Postgres(fresh(admin), details, [process], clean)


class Postgres(Server):
    """Stopped by SIGINT, PostgreSQL's fast way: SIGTERM would wait until every client has left."""

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGINT)
        super().stop()


def _ready(url: str) -> bool:
    with psycopg.connect(url, connect_timeout=2) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def fresh(admin: str, template: str = "template1") -> str:
    """The url of a new database on the server with this admin url, a copy of `template`."""
    name = f"dangan{next(_numbers)}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type]
    return admin.rsplit("/", 1)[0] + "/" + name
