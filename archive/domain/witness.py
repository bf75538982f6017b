"""A witness: a second key that cosigns a checkpoint only when it continues what it cosigned before.

Cosignatures are those of C2SP tlog-cosignature (cosignature/v1): one more signature line in the note, over the time
and the note's text. The witness remembers the newest note, so a rewritten or shortened log gets no second one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from archive.domain.checkpoints import (
    Checkpoint,
    NoteError,
    Signer,
    Verifier,
    cosigned,
    read_note,
    signature_line,
)
from archive.domain.merkle import Proof, verify_consistency

NAME = "dangan/witness"
"""The name of the witness's key."""


class WitnessRefused(Exception):
    """The log does not continue what was cosigned before; the message says how."""


@dataclass(frozen=True, slots=True)
class Witness:
    """`last` answers the newest note that was cosigned ("" before the first), `remember` keeps another."""

    signer: Signer
    last: Callable[[], str]
    remember: Callable[[str], None]

    def last_seen(self) -> tuple[int, str] | None:
        """Size and root (hex) of the newest note; None before the first. Raises NoteError when it is damaged."""
        note = self.last()
        return read_note(note, [self.signer.verifier]) if note else None

    def cosign(self, point: Checkpoint, log: Verifier, at: datetime, prove: Callable[[int], Proof]) -> str:
        """The checkpoint's note with one line more. `prove(old)` answers the consistency proof from `old` entries.

        Raises WitnessRefused, NoteError, and OSError when the witness can not remember.
        """
        size, root = read_note(point.note, [log])
        seen = self.last_seen()
        if seen is not None:
            old, old_root = seen
            if old > size:
                raise WitnessRefused(f"{old} entries were witnessed, {size} are there")
            proof = prove(old)
            fits = (proof.first, proof.size) == (old, size)
            if not fits or not verify_consistency(proof, bytes.fromhex(old_root), bytes.fromhex(root)):
                raise WitnessRefused(f"the first {old} entries are not those that were witnessed")
        text = point.note.partition("\n\n")[0] + "\n"
        seconds = int(at.timestamp())
        signature = seconds.to_bytes(8) + self.signer.sign(cosigned(text, seconds).encode())
        note = point.note + signature_line(self.signer, signature)
        self.remember(note)
        return note


def is_witnessed(note: str, witness: Verifier) -> bool:
    """Whether the note carries a good cosignature of this key."""
    try:
        read_note(note, [witness])
    except NoteError:
        return False
    return True
