"""Chromium and Chinese fonts, for tests that look at pages as people see them."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.servers.apt import need
from tests.servers.base import EngineMissing


def install() -> Path:
    """The browser's program; as root it has to be started with --no-sandbox. Raises EngineMissing."""
    found = shutil.which("chromium")
    if found is None or not Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists():
        need("chromium", "fonts-noto-cjk")
        found = shutil.which("chromium")
    if found is None:
        raise EngineMissing("chromium is not installed")
    return Path(found)
