"""Servers that are built from Go modules: kept in the cache folder, since a build takes minutes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.servers.base import EngineMissing, cache_dir, install_lock


def binary(package: str, version: str) -> Path:
    """Build `package` at `version` once and answer its binary. Raises EngineMissing."""
    name = package.rsplit("/", 1)[-1]
    folder = cache_dir() / "go" / f"{name}-{version}"
    path = folder / name
    with install_lock(name):
        if path.exists():
            return path
        go = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
        if not go:
            raise EngineMissing("go is not installed")
        building = folder.with_name(folder.name + ".building")
        run = subprocess.run(
            [go, "install", f"{package}@{version}"],
            env={**os.environ, "GOBIN": str(building), "CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise EngineMissing(f"go install failed: {run.stderr.strip()[-300:]}")
        building.rename(folder)
    return path
