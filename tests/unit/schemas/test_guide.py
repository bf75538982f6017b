"""Following docs/adding-a-record-type.md word by word adds a working type."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import check_pack, load_pack
from schemas.model import DOSSIER_KINDS, RECORD_KINDS
from schemas.titles import Titles

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "adding-a-record-type.md").read_text(encoding="utf-8")


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """The folder that a reader has after the guide's first steps."""
    saved = re.findall(r"Save this as `([^`]+)`.*?```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert len(saved) == 2
    for name, content in saved:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return tmp_path


def test_the_folder_is_a_pack_with_the_new_type_and_the_changed_rule(followed: Path) -> None:
    folder = followed / "house-pack"
    assert check_pack(folder) == []
    pack = load_pack(folder)
    pets = Titles(pack).exact("《寵物登記表》")
    assert pets is not None
    assert pets.code == "pet_registration"
    assert {f.role for f in pets.fields} >= {"house", "owner", "date"}
    assert pack.retention_rules["callback"].period == "P3Y"
    assert pack.retention_rules["callback"].trigger == "quarter_filed"


def test_the_commands_do_what_the_guide_says(followed: Path) -> None:
    commands = [
        line.split()
        for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
        for line in block.splitlines()
        if line.startswith("dangan ")
    ]
    assert len(commands) == 3
    environment = {**os.environ, "DANGAN_PACK": "house-pack", "DANGAN_HOME": str(followed / "var")}
    dangan = Path(sys.executable).with_name("dangan")
    for command in commands:
        run = subprocess.run(
            [dangan, *command[1:], "--json"],
            cwd=followed,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr
        answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
        assert answers
        if command[2] != "check":
            assert any(answer["code"] == "pet_registration" for answer in answers)


def test_the_guide_names_every_kind(followed: Path) -> None:
    for word in (*RECORD_KINDS, *DOSSIER_KINDS):
        assert word in GUIDE, word
