"""Following docs/adding-a-record-type.md word by word adds a working type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.bootstrap import open_archive, read_settings
from archive.services.schedule import in_force
from schemas import check_pack, load_pack
from schemas.model import DOSSIER_KINDS, RECORD_KINDS
from schemas.titles import Titles

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "adding-a-record-type.md").read_text(encoding="utf-8")


@pytest.fixture
def followed(tmp_path: Path) -> Path:
    """The folder that a reader has after the guide's first steps."""
    saved = re.findall(r"Save this as `([^`]+)`.*?```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert len(saved) == 3
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
    assert pack.record_types["callback_sign_out"].retired
    assert Titles(pack).exact("回访记录签收表") is None


def shell(script: str, folder: Path) -> str:
    """What the script prints, run as a reader would in that folder, with an archive there. Fails when a line does."""
    bin_folder = str(Path(sys.executable).parent)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DANGAN_")}
    environment |= {"DANGAN_HOME": str(folder / "var"), "PATH": f"{bin_folder}:{environment['PATH']}"}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_commands_do_what_the_guide_says(followed: Path) -> None:
    """Every line of the guide's own shell blocks but those of the last step, which is about Dangan's source."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    assert len(blocks) == 4
    assert "make check" in blocks[-1]
    checked, used, accepted = blocks[:-1]
    shell("dangan init", followed)
    said = shell(checked + used, followed)
    assert "pet_registration" in said
    assert "宠物登记表" in said
    said = shell(used + accepted, followed)
    assert "callback_record" in said
    home = {"DANGAN_HOME": str(followed / "var"), "DANGAN_PACK": str(followed / "house-pack")}
    archive = open_archive(read_settings(home))
    with archive.uow() as uow:
        assert in_force(archive, uow).lines["callback_record"].rules[0].period == "P3Y"


def test_the_guide_names_every_kind(followed: Path) -> None:
    for word in (*RECORD_KINDS, *DOSSIER_KINDS):
        assert word in GUIDE, word
