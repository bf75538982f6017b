"""Every code has a sentence in both languages that fit together, and every code in use is in the table."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import archive.services
import ingest
from ingest.facts import FileState
from ingest.problems import REFUSED, TEMPLATES, UNREADABLE, problem, sentence, state_of


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", TEMPLATES)
def test_both_languages_say_the_same_details_and_what_to_do(code: str) -> None:
    zh, en = TEMPLATES[code]
    assert _names(zh) == _names(en)
    assert zh.endswith("。")
    assert en.endswith(".")
    assert "；" in zh or "，" in zh


def test_codes_in_use_are_the_codes_of_the_table() -> None:
    rooms = (Path(ingest.__file__).parent, Path(archive.services.__file__).parent / "documents")
    sources = "".join(path.read_text("utf-8") for room in rooms for path in room.rglob("*.py"))
    used = set(re.findall(r'\b(?:problem|ReadError)\(\s*"([a-z_]+)"', sources)) | set(
        re.findall(r'"error": "([a-z_]+)"', sources)
    )
    assert used <= set(TEMPLATES), used - set(TEMPLATES)
    unused = set(TEMPLATES) - used
    assert not unused, f"codes that nothing gives: {unused}"


def test_states() -> None:
    assert set(TEMPLATES) >= REFUSED | UNREADABLE
    assert not REFUSED & UNREADABLE
    assert state_of(()) == FileState.READ
    assert state_of((problem("wrong_extension", extension=".x", actual="y"),)) == FileState.READ
    assert state_of((problem("damaged"), problem("macro"))) == FileState.REFUSED
    assert state_of((problem("damaged"),)) == FileState.UNREADABLE


def test_a_missing_detail_does_not_hide_the_sentence() -> None:
    assert "?" in sentence("damaged", {})
    assert "damaged" in sentence("damaged", {"reason": "x"}, "en")
    assert len(problem("damaged", reason="x" * 9999).message) < 500
