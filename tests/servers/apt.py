"""Debian packages that engines come from."""

from __future__ import annotations

import os
import shutil
import subprocess

from tests.servers.base import EngineMissing, install_lock

_updated = False


def installed(package: str) -> bool:
    query = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True)
    return query.returncode == 0 and query.stdout.startswith("install ok installed")


def need(*packages: str) -> None:
    """Install what is missing of `packages`, without starting their services. Raises EngineMissing."""
    if not shutil.which("dpkg-query"):
        raise EngineMissing(f"no Debian packages here; install {', '.join(packages)} by hand")
    with install_lock("apt"):
        wanted = [p for p in packages if not installed(p)]
        if not wanted:
            return
        if os.geteuid() != 0:
            raise EngineMissing(f"apt-get install {' '.join(wanted)} needs root")
        _update()
        _apt("install", "-y", "--no-install-recommends", *wanted)


def _update() -> None:
    global _updated
    if not _updated:
        _apt("update")
        _updated = True


def _apt(*args: str) -> None:
    # RUNLEVEL=1 makes Debian's invoke-rc.d leave new services stopped: tests start their own.
    run = subprocess.run(
        ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *args],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if run.returncode:
        raise EngineMissing(f"apt-get {args[0]} failed: {run.stdout.strip()[-300:]}")
