"""Assets come at set-up and from this site only; set-up costs nothing the second time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from PIL import ImageFont

from archive.web import assets
from archive.web.rendering import ROOMS, STATIC

TEMPLATES = Path(assets.__file__).parent / "templates"


def test_a_second_set_up_does_nothing_and_is_quick() -> None:
    assert assets.installed()
    before = assets.STAMP.stat().st_mtime_ns
    started = time.process_time()
    done = subprocess.run([sys.executable, "-m", "archive.web.assets"], cwd=assets.ROOT, check=True)
    assert done.returncode == 0
    assert time.process_time() - started < 0.5
    assert assets.STAMP.stat().st_mtime_ns == before


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((assets.ROOT / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-")


def test_used_icons_are_the_listed_ones() -> None:
    text = "".join(p.read_text() for p in TEMPLATES.glob("*.html"))
    mentioned = set(re.findall(r'"([a-z0-9-]+)"', text)) | {r.icon for r in ROOMS}
    assert set(assets.ICONS) - mentioned == set(), "listed and never used"
    assert set(re.findall(r'icon\("([a-z0-9-]+)"', text)) | {r.icon for r in ROOMS} <= set(assets.ICONS)
    sprite = (assets.VENDOR / "icons.svg").read_text()
    assert all(f'id="{icon}"' in sprite for icon in assets.ICONS)


def test_nothing_points_elsewhere() -> None:
    ours = [*STATIC.glob("css/*"), *STATIC.glob("js/*"), *TEMPLATES.glob("*.html")]
    for path in ours:
        assert re.findall(r"https?://(?!www\.w3\.org/)", path.read_text()) == [], path.name
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"<script(?![^>]* src=)", text), path.name
        assert not re.search(r"<style|\sstyle=|\son\w+=", text), path.name


def test_the_font_has_both_scripts() -> None:
    face = ImageFont.truetype(str(assets.font_path()), 40)
    missing = bytes(face.getmask("\U0010ffff"))
    for character in "回访記錄业主檔案賬帳着著為爲㎡①№—·":
        assert bytes(face.getmask(character)) != missing, character
