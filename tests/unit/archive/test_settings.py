"""A wrong setting stops the start with one clear line that names it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archive.bootstrap import SettingsError, read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DANGAN_DATABASE_URL", "mysql://localhost/x"),
        ("DANGAN_STORE_URL", "ftp://x"),
        ("DANGAN_SEARCH_URL", "nonsense"),
        ("DANGAN_BROKER_URL", "kafka://x"),
        ("DANGAN_TIMEZONE", "Moon/Crater"),
        ("DANGAN_PACK", "/does/not/exist"),
        ("DANGAN_PORT", "eighty"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as wrong:
        read_settings({"DANGAN_HOME": str(tmp_path), name: value})
    assert str(wrong.value).startswith(f"{name}: ")
    assert "\n" not in str(wrong.value)


def test_the_default_is_one_folder(tmp_path: Path) -> None:
    settings = read_settings({"DANGAN_HOME": str(tmp_path)})
    for url in (settings.database_url, settings.store_url, settings.search_url):
        assert str(tmp_path) in url


@pytest.mark.parametrize(
    ("arguments", "code"), [(("search", "x"), 2), (("ingest", "/none"), 2), (("fly",), 2)]
)
def test_commands_fail_in_one_line(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from archive.cli import main; main()", *arguments],
        env={**os.environ, "DANGAN_HOME": str(tmp_path / "none")},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == code
    assert done.stderr.startswith("dangan: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "none").exists()
