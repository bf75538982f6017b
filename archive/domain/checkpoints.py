"""Checkpoints: signed statements of a log's size and root, to be kept outside (C2SP tlog-checkpoint,
signed-note).

A note is its text (origin, size and root in base64, one to a line), an empty line, and signature lines of an
em dash, the key's name and base64 of a 4-byte key id and the Ed25519 signature over the text.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.domain.instants import instant
from archive.domain.merkle import Frontier

ORIGIN = "dangan/audit"
"""The first line of every note, and the name of the key that signs it."""

_ED25519 = b"\x01"
COSIGNATURE = b"\x04"
"""The kind of a witness's key (C2SP tlog-cosignature, cosignature/v1)."""
_DASH = "\u2014"


class NoteError(ValueError):
    """A note that is malformed or signed by none of the known keys; the message says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: the log had `size` entries and this root (hex). `note` is the signed text; `id` is
    the size as text."""

    id: str
    size: int
    root: str
    signed_at: str
    note: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name. `public` is the 32 raw bytes of an Ed25519 key; `kind` says whether it signs notes
    or, as a witness, cosigns them with the time."""

    name: str
    public: bytes
    kind: bytes = _ED25519

    def key_id(self) -> bytes:
        """The 4 bytes that signatures of this key begin with."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def text(self) -> str:
        """The key as signed-note writes it: name+id+base64."""
        key = base64.b64encode(self.kind + self.public).decode()
        return f"{self.name}+{self.key_id().hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """The reverse of `text`. Raises NoteError."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            key = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise NoteError("a verifier key is name+id+base64") from error
        made = cls(name, key[1:], key[:1])
        if key[:1] not in (_ED25519, COSIGNATURE) or len(key) != 33 or made.key_id().hex() != key_id:
            raise NoteError(f"the verifier key of {name} is damaged or no Ed25519 key")
        return made


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs checkpoints. `sign` answers the 64 bytes of an Ed25519 signature; the private key stays
    behind it."""

    verifier: Verifier
    sign: Callable[[bytes], bytes]


def sign_checkpoint(frontier: Frontier, at: datetime, signer: Signer) -> Checkpoint:
    """The checkpoint of the log as it stands."""
    root = frontier.root()
    text = f"{ORIGIN}\n{frontier.size}\n{base64.b64encode(root).decode()}\n"
    note = f"{text}\n{signature_line(signer, signer.sign(text.encode()))}"
    return Checkpoint(str(frontier.size), frontier.size, root.hex(), instant(at), note)


def checkpoint_detail(point: Checkpoint) -> dict[str, Any]:
    """What the entry of Event.CHECKPOINT_SIGNED says of a checkpoint: enough to miss or doubt its row
    later."""
    note = sha256(point.note.encode(errors="surrogatepass")).hexdigest()
    return {"size": point.size, "root": point.root, "signed_at": point.signed_at, "note_sha256": note}


def read_note(note: str, verifiers: Sequence[Verifier]) -> tuple[int, str]:
    """Size and root (hex) of a note that one of `verifiers` signed. Raises NoteError."""
    text, separator, signatures = note.partition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not separator or len(lines) != 4 or not lines[1].isascii() or not lines[1].isdigit():
        raise NoteError("a checkpoint is origin, size and root, one to a line, an empty line and a signature")
    if lines[0] != ORIGIN:
        raise NoteError(f"the checkpoint is of another log: {lines[0][:80]!r}")
    if str(int(lines[1])) != lines[1]:
        raise NoteError("the checkpoint's size has leading zeros")
    root = _decode(lines[2])
    if len(root) != 32:
        raise NoteError("the checkpoint's root is no SHA-256")
    if not signatures.endswith("\n"):
        raise NoteError("the checkpoint is cut off")
    signed = [_signed(text, line, verifiers) for line in signatures[:-1].split("\n")]
    if not any(signed):
        raise NoteError(f"the checkpoint of {lines[1]} entries is signed by no known key")
    return int(lines[1]), root.hex()


def _signed(text: str, line: str, verifiers: Sequence[Verifier]) -> bool:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH:
        raise NoteError("the checkpoint holds a line that is no signature")
    signature = _decode(parts[2])
    for verifier in verifiers:
        if verifier.name == parts[1] and verifier.key_id() == signature[:4]:
            try:
                _check(verifier, signature[4:], text)
            except InvalidSignature:
                return False
            return True
    return False


def _check(verifier: Verifier, signature: bytes, text: str) -> None:
    """Raises InvalidSignature."""
    if verifier.kind == COSIGNATURE:
        text, signature = cosigned(text, int.from_bytes(signature[:8])), signature[8:]
    Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, text.encode())


def cosigned(text: str, seconds: int) -> str:
    """What a witness signs: that at `seconds` (since 1970, UTC) it had seen the checkpoint of this text."""
    return f"cosignature/v1\ntime {seconds}\n{text}"


def signature_line(signer: Signer, signature: bytes) -> str:
    encoded = base64.b64encode(signer.verifier.key_id() + signature).decode()
    return f"{_DASH} {signer.verifier.name} {encoded}\n"


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("the checkpoint holds something that is no base64") from error
