"""Taking over a catalogue: what became of each of its rows, so that a broken-off import goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Takeover:
    """One catalogue. `id` follows from its bytes, so beginning again goes on.

    `state`: ready (looked through, nothing written), waiting, running, done, failed (`problem` says why). `sha256`
    names the catalogue in the store's receiving area while a worker needs it; empty for one on a command line.
    """

    id: str
    name: str
    state: str
    person: str
    at: datetime
    total: int = 0
    done: int = 0
    sha256: str = ""
    finished_at: datetime | None = None
    problem: str = ""
    preview: tuple[Mapping[str, Any], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TakeoverRow:
    """One row's answer. `key` says what the row holds (row_key); `record` what it became, None when it was refused."""

    id: str
    takeover: str
    row: int
    key: str
    state: str
    record: str | None
    problems: tuple[Mapping[str, Any], ...] = ()


def row_id(takeover: str, row: int) -> str:
    return f"{takeover}.{row:09}"


def row_key(row: Mapping[str, str], digest: str, again: int) -> str:
    """What a row holds: its columns, the SHA-256 of its file, and which of several equal rows it is (from 0).

    The same row of a corrected catalogue has the same key, wherever it stands."""
    said = {k: v for k, v in row.items() if v}
    return sha256(json.dumps([said, digest, again], sort_keys=True).encode()).hexdigest()
