"""The key that signs checkpoints: an Ed25519 key in a file that only its owner may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.domain.checkpoints import ORIGIN, Signer, Verifier

FILE = "audit-signing-key.pem"
PUBLIC = "audit-verifier-key.txt"


class KeyDamaged(Exception):
    """The key file is there but holds no Ed25519 key; restore it from the backup."""


def load_signer(folder: Path) -> Signer:
    """The signing key in `folder`; made there (file mode 0600) when there is none yet.

    Beside it lies the public key as outside verifiers want it. Raises KeyDamaged, OSError.
    """
    path = folder / FILE
    try:
        key = _read(path)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = _make(path)
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    verifier = Verifier(ORIGIN, key.public_key().public_bytes(*raw))
    public = folder / PUBLIC
    if not public.exists():
        public.write_text(verifier.text() + "\n")
    return Signer(verifier, key.sign)


def _read(path: Path) -> Ed25519PrivateKey:
    data = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyDamaged(f"{path} holds no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyDamaged(f"{path} holds a key of another kind than Ed25519")
    return key


def _make(path: Path) -> Ed25519PrivateKey:
    """Write a new key aside and link it into place: of two processes that start at once, one key wins."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return _read(path)
    finally:
        aside.unlink()
    return key
