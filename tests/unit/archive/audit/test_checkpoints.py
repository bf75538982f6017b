"""Signed checkpoints: what another program can check, and what it must refuse."""

from __future__ import annotations

import base64
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from archive.adapters.keys import FILE, PUBLIC, KeyDamaged, load_signer
from archive.domain.checkpoints import ORIGIN, NoteError, Signer, Verifier, read_note, sign_checkpoint
from archive.domain.merkle import Builder, Frontier, leaf_hash

AT = datetime(2026, 3, 5, tzinfo=UTC)


def signer(seed: int = 1, name: str = ORIGIN) -> Signer:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signer(Verifier(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), key.sign)


def frontier(size: int = 5) -> Frontier:
    builder = Builder()
    for number in range(size):
        builder.append(leaf_hash(bytes([number])))
    return builder.frontier()


def test_a_checkpoint_is_a_signed_note() -> None:
    point = sign_checkpoint(frontier(), AT, signer())
    lines = point.note.split("\n")
    assert lines[0] == "dangan/audit"
    assert lines[1] == "5"
    assert base64.b64decode(lines[2]) == frontier().root() == bytes.fromhex(point.root)
    assert lines[3] == ""
    dash, name, signature = lines[4].split(" ")
    assert (dash, name) == ("\u2014", "dangan/audit")
    assert len(base64.b64decode(signature)) == 68
    assert lines[5:] == [""]
    assert (point.id, point.size, point.signed_at) == ("5", 5, "2026-03-05T00:00:00.000000Z")
    assert read_note(point.note, [signer(2).verifier, signer().verifier]) == (5, point.root)


def test_the_signature_covers_the_text_up_to_the_empty_line() -> None:
    point = sign_checkpoint(frontier(), AT, signer())
    text, _, last = point.note.partition("\n\n")
    signature = base64.b64decode(last.split(" ")[2])[4:]
    key = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32).public_key()
    key.verify(signature, (text + "\n").encode())


def test_key_ids_are_those_of_signed_note() -> None:
    """The example key of the signed-note specification, C2SP."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    verifier = Verifier.parse(text)
    assert verifier.name == "PeterNeumann"
    assert verifier.key_id().hex() == "c74f20a3"
    assert verifier.text() == text


@pytest.mark.parametrize(
    "text",
    ["", "a+b", "a+00000000+AAAA", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
)
def test_damaged_keys_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(text)


def test_any_other_character_is_noticed() -> None:
    note = sign_checkpoint(frontier(), AT, signer()).note
    for at in range(len(note) - 1):
        for other in ("", "0", "\n", "x"):
            if note[at] == other:
                continue
            changed = note[:at] + other + note[at + 1 :]
            with pytest.raises(NoteError):
                read_note(changed, [signer().verifier])


@pytest.mark.parametrize("who", [signer(2), signer(1, "somebody")])
def test_another_key_is_refused(who: Signer) -> None:
    with pytest.raises(NoteError, match="no known key"):
        read_note(sign_checkpoint(frontier(), AT, who).note, [signer().verifier])


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = load_signer(folder)
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert load_signer(folder).verifier == first.verifier
    assert Verifier.parse((folder / PUBLIC).read_text()) == first.verifier
    point = sign_checkpoint(frontier(), AT, first)
    assert read_note(point.note, [first.verifier]) == (5, point.root)
    assert sorted(path.name for path in folder.iterdir()) == [FILE, PUBLIC]


def test_of_several_that_start_at_once_one_key_stays(tmp_path: Path) -> None:
    keys: list[Verifier] = []
    threads = [threading.Thread(target=lambda: keys.append(load_signer(tmp_path).verifier)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert set(keys) == {load_signer(tmp_path).verifier}


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_key_is_named_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(KeyDamaged, match=FILE):
        load_signer(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content
