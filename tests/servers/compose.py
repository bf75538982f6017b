"""docker-compose as a checker of docker-compose.yml; nothing is run in containers by the tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.servers.apt import need
from tests.servers.base import EngineMissing


def install() -> Path:
    """The docker-compose program. Raises EngineMissing."""
    if shutil.which("docker-compose") is None:
        need("docker-compose")
    found = shutil.which("docker-compose")
    if found is None:
        raise EngineMissing("docker-compose is not installed")
    return Path(found)
