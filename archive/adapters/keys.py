"""The keys that sign and witness checkpoints: Ed25519 keys in files that only their owner may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.domain.checkpoints import COSIGNATURE, ORIGIN, Signer, Verifier
from archive.domain.witness import NAME, Witness

FILE = "audit-signing-key.pem"
PUBLIC = "audit-verifier-key.txt"


class KeyDamaged(ValueError):
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
    verifier = Verifier(ORIGIN, _public(key))
    public = folder / PUBLIC
    if not public.exists():
        public.write_text(verifier.text() + "\n")
    return Signer(verifier, key.sign)


def make_witness(path: Path) -> Verifier:
    """Make a witness's key at `path` (mode 0600), its public key beside it with `.verifier.txt` after the name.

    Raises FileExistsError when something is there, OSError.
    """
    if path.exists():
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    verifier = Verifier(NAME, _public(_make(path)), COSIGNATURE)
    path.with_name(f"{path.name}.verifier.txt").write_text(verifier.text() + "\n")
    return verifier


def load_witness(path: Path) -> Witness:
    """The witness whose key is at `path`; what it saw last lies beside with `.last` after the name.

    Raises KeyDamaged, and OSError when the key is not there (a medium that is not in).
    """
    key = _read(path)
    seen = path.with_name(f"{path.name}.last")

    def last() -> str:
        return seen.read_text(encoding="utf-8", errors="replace") if seen.exists() else ""

    def remember(note: str) -> None:
        aside = seen.with_name(f".{seen.name}.new")
        with aside.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(seen)

    return Witness(Signer(Verifier(NAME, _public(key), COSIGNATURE), key.sign), last, remember)


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


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
