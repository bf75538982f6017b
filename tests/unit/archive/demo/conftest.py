"""What the tests of the demonstration share: the pack, the font that set-up installs."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.web.assets import font_path
from schemas import Pack, load_pack


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack()


@pytest.fixture(scope="session")
def font() -> Path:
    return font_path()
