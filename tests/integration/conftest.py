"""A town: an archive of the embedded profile with people and three houses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import Town, an_archive

HOME = "3栋2单元1203"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = an_archive(tmp_path / "home").with_people()
    made.with_house(HOME, owner="示例一", since="2020-01-01").with_house(
        "5幢-602", owner="示例二", since="2021-05-01"
    )
    return made
