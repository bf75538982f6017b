"""Checkpoints with a witness: what a kept one exposes when the whole database was rewritten."""

from __future__ import annotations

import base64
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import create_engine, text

from archive.adapters.keys import KeyDamaged, load_witness, make_witness
from archive.domain.audit_model import Event
from archive.domain.checkpoints import Checkpoint, Verifier, read_note
from archive.domain.jobs import Job
from archive.services import auditing, work
from tests.builders import NOON, Town, an_archive


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """An archive with a witness whose key lies on a medium of its own."""
    make_witness(tmp_path / "medium" / "witness.pem")
    key = str(tmp_path / "medium" / "witness.pem")
    return an_archive(tmp_path / "home", DANGAN_WITNESS_KEY=key).with_people()


def key_of(tmp_path: Path) -> Verifier:
    return Verifier.parse((tmp_path / "medium" / "witness.pem.verifier.txt").read_text())


def rewritten(town: Town, entries: int = 20) -> None:
    """Somebody who holds the database and the log's key cuts everything off and writes another history."""
    engine = create_engine(town.settings.database_url)
    with engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
        for name in list(names):
            connection.execute(text(f"DROP TRIGGER {name}"))
        for table in ("audit_entries", "audit_checkpoints", "audit_tiles"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE audit_tree SET size = 0, hashes = ''"))
    engine.dispose()
    shutil.rmtree(town.archive.home / "keys" / "checkpoints")
    with town.archive.uow(write=True) as uow:
        for number in range(entries):
            uow.audit(Event.SIGNED_IN, actor="nobody", subject=str(number), at=NOON)
        uow.commit()


def test_a_cosignature_is_what_the_format_says(town: Town, tmp_path: Path) -> None:
    note = auditing.checkpoint(town.archive, town.who["auditor"])
    body, _, lines = note.partition("\n\n")
    own, witness = lines.strip().split("\n")
    assert own.split(" ")[1] == "dangan/audit"
    assert witness.split(" ")[1] == "dangan/witness"
    signature = base64.b64decode(witness.split(" ")[2])
    key = key_of(tmp_path)
    assert signature[:4] == key.key_id()
    seconds = int.from_bytes(signature[4:12], "big")
    assert seconds == int(NOON.timestamp())
    said = f"cosignature/v1\ntime {seconds}\n{body}\n"
    Ed25519PublicKey.from_public_bytes(key.public).verify(signature[12:], said.encode())
    assert read_note(note, [key]) == read_note(note, [town.archive.signer().verifier])
    assert auditing.witness_of(town.archive, note) == "signed"
    assert auditing.verify(town.archive, town.who["auditor"], [note], witness=key)["ok"]


def test_a_rewritten_log_gets_no_second_signature_and_is_exposed(town: Town) -> None:
    kept = auditing.checkpoint(town.archive, town.who["auditor"])
    rewritten(town)
    without = replace(town.archive, witness=None)
    assert auditing.verdict_of(without)["ok"], "the rewriting is perfect but for what was kept outside"
    exposed = auditing.verdict_of(without, [kept])
    assert not exposed["ok"]
    assert exposed["first_bad"] == 0
    assert not auditing.verdict_of(town.archive)["ok"], "the witness remembers"
    note = auditing.checkpoint(town.archive, town.who["auditor"])
    assert auditing.witness_of(town.archive, note) == "missing"
    with town.archive.uow() as uow:
        said = [e.detail for e in uow.audit_entries(0) if e.event == Event.CHECKPOINT_SIGNED]
    assert said[-1]["witness"] == "refused"


def test_a_cut_tail_is_exposed_by_a_kept_checkpoint(town: Town) -> None:
    kept = auditing.checkpoint(town.archive, town.who["auditor"])
    rewritten(town, entries=2)
    found = auditing.verdict_of(replace(town.archive, witness=None), [kept])
    assert found["first_bad"] == 2
    assert "missing" in {p["code"] for p in found["problems"]}


def test_an_altered_checkpoint_is_no_evidence(town: Town) -> None:
    kept = auditing.checkpoint(town.archive, town.who["auditor"])
    size = kept.split("\n")[1]
    found = auditing.verdict_of(town.archive, [kept.replace(f"\n{size}\n", "\n99\n")])
    assert [p["code"] for p in found["problems"]] == ["signature"]


def test_a_note_without_the_witness_does_not_pass_for_one(town: Town, tmp_path: Path) -> None:
    note = auditing.checkpoint(replace(town.archive, witness=None), town.who["auditor"])
    found = auditing.verify(town.archive, town.who["auditor"], [note], witness=key_of(tmp_path))
    assert not found["ok"]
    assert [p["code"] for p in found["problems"]] == ["witness"]
    assert found["first_bad"] is None


def test_a_witness_that_is_away_keeps_nothing_from_being_signed(town: Town, tmp_path: Path) -> None:
    (tmp_path / "medium").rename(tmp_path / "drawer")
    note = auditing.checkpoint(town.archive, town.who["auditor"])
    assert auditing.witness_of(town.archive, note) == "away"
    assert auditing.verify(town.archive, town.who["auditor"], [note])["ok"]
    (tmp_path / "drawer").rename(tmp_path / "medium")
    auditing.hourly_checkpoint(town.archive, town.who["auditor"])
    with town.archive.uow() as uow:
        newest = uow.list(Checkpoint, order=("-size",), limit=1)[0]
    assert auditing.witness_of(town.archive, newest.note) == "signed"


def test_every_hour_once_and_nothing_when_nothing_happened(town: Town) -> None:
    for _ in range(2):
        work.enqueue_hourly(town.archive)
    with town.archive.uow() as uow:
        assert uow.count(Job, kind="checkpoint") == 1
    town.works()
    with town.archive.uow() as uow:
        first = uow.count(Checkpoint)
        size = uow.audit_size()
    assert first == 1
    town.clock.forward(hours=1)
    work.enqueue_hourly(town.archive)
    town.works()
    with town.archive.uow() as uow:
        assert (uow.count(Checkpoint), uow.audit_size()) == (first, size)


def test_a_witness_is_made_once_and_a_damaged_one_named(tmp_path: Path) -> None:
    path = tmp_path / "witness.pem"
    made = make_witness(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_witness(path).signer.verifier == made == Verifier.parse(made.text())
    with pytest.raises(FileExistsError):
        make_witness(path)
    path.write_text("nonsense")
    with pytest.raises(KeyDamaged):
        load_witness(path)
