"""The verifier printed in docs/audit-format.md, run as an outsider would."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archive.adapters.keys import PUBLIC, load_signer
from archive.domain.audit import StoredEntry
from archive.domain.checkpoints import sign_checkpoint
from tests.unit.archive.audit.test_verify_log import AT, Log

PAGE = Path(__file__).parents[4] / "docs" / "audit-format.md"


@pytest.fixture
def verifier(tmp_path: Path) -> Path:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    path = tmp_path / "verify.py"
    path.write_text(code[1], encoding="utf-8")
    return path


def export(rows: list[StoredEntry], path: Path) -> None:
    lines = [{"leaf": row.leaf, "entry": row.canonical().decode()} for row in rows]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def run(verifier: Path, *notes: Path) -> subprocess.CompletedProcess[str]:
    folder = verifier.parent
    argv = [sys.executable, verifier, folder / "entries.jsonl", folder / PUBLIC, *notes]
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True)


@pytest.fixture
def outside(verifier: Path) -> tuple[Log, list[Path]]:
    """A log of 50 entries, exported, with checkpoints of its first 20 and of all kept beside."""
    folder, log = verifier.parent, Log()
    signer = load_signer(folder)
    notes = []
    for number in range(50):
        log.write(name="回访记录", n=number)
        if number in (19, 49):
            notes.append(folder / f"checkpoint-{number}")
            notes[-1].write_text(sign_checkpoint(log.builder.frontier(), AT, signer).note, encoding="utf-8")
    export(log.rows, folder / "entries.jsonl")
    return log, notes


def test_an_honest_export_passes(verifier: Path, outside: tuple[Log, list[Path]]) -> None:
    log, notes = outside
    done = run(verifier, *notes)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"50 entries, root {log.builder.frontier().root().hex()}, 2 checkpoints met\n"


@pytest.mark.parametrize("number", [0, 19, 35])
def test_a_changed_line_is_found(verifier: Path, outside: tuple[Log, list[Path]], number: int) -> None:
    path = verifier.parent / "entries.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[number] = lines[number].replace("p1", "p2")
    path.write_text("".join(lines), encoding="utf-8")
    done = run(verifier, *outside[1])
    assert done.returncode == 1
    assert "are not those that were signed" in done.stderr


def test_a_cut_tail_is_found(verifier: Path, outside: tuple[Log, list[Path]]) -> None:
    log, notes = outside
    export(log.rows[:-1], verifier.parent / "entries.jsonl")
    done = run(verifier, *notes)
    assert done.returncode == 1
    assert "a checkpoint of 50 entries was signed, 49 are there" in done.stderr


def test_a_forged_note_is_found(verifier: Path, outside: tuple[Log, list[Path]], tmp_path: Path) -> None:
    log, notes = outside
    forged = sign_checkpoint(log.builder.frontier(), AT, load_signer(tmp_path / "other")).note
    notes[0].write_text(forged, encoding="utf-8")
    assert run(verifier, *notes).returncode == 1
