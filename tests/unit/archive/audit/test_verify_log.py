"""Every way of rewriting a log is found, and an honest log is not accused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.domain.audit import StoredEntry, make_entry, stored
from archive.domain.audit_model import Event
from archive.domain.audit_verify import Verdict, verify_log
from archive.domain.checkpoints import (
    ORIGIN,
    Checkpoint,
    Signer,
    Verifier,
    checkpoint_detail,
    sign_checkpoint,
)
from archive.domain.merkle import TILE, Builder, leaf_hash

AT = datetime(2026, 3, 5, 12, tzinfo=UTC)


def signer(seed: int = 1) -> Signer:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signer(Verifier(ORIGIN, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), key.sign)


@dataclass
class Log:
    """A log as a database keeps it: rows, the tree's frontier and tiles, checkpoints."""

    rows: list[StoredEntry] = field(default_factory=list)
    builder: Builder = field(default_factory=Builder)
    checkpoints: list[Checkpoint] = field(default_factory=list)

    def write(self, event: Event = Event.SIGNED_IN, **detail: Any) -> None:
        entry = make_entry(self.builder.size, AT, event, "p1", f"s{self.builder.size}", detail)
        self.rows.append(stored(entry))
        self.builder.append(bytes.fromhex(entry.leaf))

    def sign(self) -> None:
        point = sign_checkpoint(self.builder.frontier(), AT, signer())
        self.checkpoints.append(point)
        self.write(Event.CHECKPOINT_SIGNED, **checkpoint_detail(point))

    def verify(self, **changes: Any) -> Verdict:
        tiles = [node.hex() for _, node in self.builder.tiles]
        known: dict[str, Any] = {
            "frontier": self.builder.frontier(),
            "checkpoints": self.checkpoints,
            "tiles": tiles,
            "verifiers": [signer().verifier],
        }
        return verify_log(self.rows, **{**known, **changes})


def a_log(entries: int, *checkpoints: int) -> Log:
    log = Log()
    for number in range(entries):
        if number in checkpoints:
            log.sign()
        log.write(name="房屋", n=number)
    return log


@pytest.mark.parametrize("size", [0, 1, 2, 30, TILE, 2 * TILE + 3])
def test_an_honest_log_is_whole(size: int) -> None:
    verdict = a_log(size, size // 3, size - 1).verify()
    assert verdict.ok
    assert verdict.first_bad is None
    assert verdict.problems == ()


def test_the_root_is_that_of_the_tree() -> None:
    log = a_log(20)
    verdict = log.verify()
    assert (verdict.size, verdict.root) == (20, log.builder.frontier().root().hex())


COLUMNS = ("at", "event", "actor", "subject", "detail", "leaf")


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("number", [0, 7, 19])
def test_an_edit_of_any_column_is_found_where_it_is(column: str, number: int) -> None:
    log = a_log(20)
    log.rows[number] = replace(log.rows[number], **{column: getattr(log.rows[number], column) + "x"})
    verdict = log.verify()
    assert not verdict.ok
    assert verdict.first_bad == number


@pytest.mark.parametrize("column", [*COLUMNS, "number"])
@pytest.mark.parametrize("value", [None, 7, 1.5, b"bytes", "\ud800", "7"])
def test_a_column_of_another_type_is_found(column: str, value: object) -> None:
    log = a_log(20)
    log.rows[7] = replace(log.rows[7], **{column: value})
    if log.rows[7] != a_log(20).rows[7]:
        verdict = log.verify()
        assert not verdict.ok
        assert verdict.first_bad == 7


@pytest.mark.parametrize("column", COLUMNS)
def test_nothing_but_the_altered_entry_is_accused(column: str) -> None:
    log = a_log(2 * TILE, 700)
    outside = [log.checkpoints[0].note]
    for number in (600, 650, 1500):
        value = getattr(log.rows[number], column)
        log.rows[number] = replace(log.rows[number], **{column: value + "x"})
    verdict = log.verify(outside=outside)
    assert verdict.first_bad == 600
    assert [(finding.code, finding.number) for finding in verdict.problems] == [
        ("altered", 600),
        ("altered", 650),
        ("altered", 1500),
    ]


def test_an_altered_entry_does_not_hide_one_altered_with_its_hash() -> None:
    log = a_log(TILE + 5)
    log.rows[3] = rehash(replace(log.rows[3], actor="someone else"))
    log.rows[777] = replace(log.rows[777], actor="someone else")
    verdict = log.verify()
    assert verdict.first_bad is not None
    assert verdict.first_bad <= 3


def rehash(row: StoredEntry) -> StoredEntry:
    return replace(row, leaf=leaf_hash(row.canonical()).hex())


def _edit(rows: list[StoredEntry], a: int, b: int) -> None:
    rows[a] = rehash(replace(rows[a], actor="someone else"))


def _delete(rows: list[StoredEntry], a: int, b: int) -> None:
    del rows[a]


def _delete_and_renumber(rows: list[StoredEntry], a: int, b: int) -> None:
    del rows[a]
    rows[:] = [rehash(replace(row, number=number)) for number, row in enumerate(rows)]


def _cut(rows: list[StoredEntry], a: int, b: int) -> None:
    del rows[a:]


def _swap(rows: list[StoredEntry], a: int, b: int) -> None:
    if a == b:
        b = (a + 1) % len(rows)
    rows[a], rows[b] = (
        rehash(replace(rows[b], number=rows[a].number)),
        rehash(replace(rows[a], number=rows[b].number)),
    )


def _insert(rows: list[StoredEntry], a: int, b: int) -> None:
    rows.insert(a, rehash(replace(rows[a], actor="someone else")))
    rows[:] = [rehash(replace(row, number=number)) for number, row in enumerate(rows)]


def _append(rows: list[StoredEntry], a: int, b: int) -> None:
    rows.append(rehash(replace(rows[a], number=len(rows))))


def _repeat(rows: list[StoredEntry], a: int, b: int) -> None:
    rows.insert(a, rows[a])


TAMPERS = [_edit, _delete, _delete_and_renumber, _cut, _swap, _insert, _append, _repeat]


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.__name__)
@given(size=st.integers(2, 60), data=st.data())
@settings(max_examples=40, deadline=None)
def test_rows_rewritten_with_their_leaf_hashes_are_found(
    tamper: Callable[[list[StoredEntry], int, int], None], size: int, data: st.DataObject
) -> None:
    """Whoever rewrites entries and their own hashes still does not meet the tree."""
    log = a_log(size)
    a, b = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    tamper(log.rows, a, b)
    assert not log.verify().ok


@pytest.mark.parametrize(
    "tamper", [_edit, _delete_and_renumber, _cut, _swap, _insert], ids=lambda t: t.__name__
)
@given(size=st.integers(4, 60), data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_log_rewritten_with_its_tree_does_not_meet_a_checkpoint(
    tamper: Callable[[list[StoredEntry], int, int], None], size: int, data: st.DataObject
) -> None:
    """Whoever rewrites the whole database is found by a checkpoint that was kept outside."""
    log = a_log(size)
    note = sign_checkpoint(log.builder.frontier(), AT, signer()).note
    a, b = data.draw(st.integers(0, size - 2)), data.draw(st.integers(0, size - 2))
    tamper(log.rows, a, b)
    forged = Log(log.rows)
    for row in log.rows:
        forged.builder.append(bytes.fromhex(row.leaf))
    assert forged.verify().ok
    verdict = forged.verify(outside=[note])
    assert not verdict.ok
    assert verdict.first_bad is not None


def test_the_first_bad_entry_lies_after_the_last_checkpoint_that_fits() -> None:
    log = a_log(40)
    notes = []
    for size in (10, 20, 30):
        notes.append(sign_checkpoint(a_log(size).builder.frontier(), AT, signer()).note)
    log.rows[25] = rehash(replace(log.rows[25], actor="someone else"))
    forged = Log(log.rows)
    for row in log.rows:
        forged.builder.append(bytes.fromhex(row.leaf))
    verdict = forged.verify(outside=notes)
    assert verdict.first_bad == 20
    assert [finding.code for finding in verdict.problems] == ["checkpoint"]


def test_a_cut_tail_is_found_by_the_frontier_and_by_checkpoints() -> None:
    log = a_log(30, 20)
    frontier = log.builder.frontier()
    del log.rows[18:]
    assert log.verify(frontier=frontier, checkpoints=[]).first_bad == 18
    shorter = Builder()
    for row in log.rows:
        shorter.append(bytes.fromhex(row.leaf))
    verdict = log.verify(frontier=shorter.frontier())
    assert verdict.first_bad == 18
    assert "checkpoint of 20 entries was signed" in verdict.problems[0].message


def test_a_frontier_that_cannot_be_read_is_a_finding() -> None:
    verdict = a_log(5).verify(frontier=None)
    assert [finding.code for finding in verdict.problems] == ["frontier"]
    assert verdict.first_bad is None


def test_kept_tiles_are_checked() -> None:
    log = a_log(2 * TILE + 1)
    tiles = [node.hex() for _, node in log.builder.tiles]
    for wrong, first in (
        ([tiles[0], tiles[0]], TILE),
        ([tiles[1], tiles[0]], 0),
        ([tiles[0]], TILE),
        ([*tiles, tiles[0]], 2 * TILE + 1),
        ([tiles[0] + "x", tiles[1]], 0),
    ):
        verdict = log.verify(tiles=wrong)
        assert not verdict.ok
        assert verdict.first_bad == first


@pytest.mark.parametrize("column", ["id", "size", "root", "signed_at", "note"])
def test_an_edit_of_a_kept_checkpoint_is_found(column: str) -> None:
    log = a_log(30, 10, 20)
    value = getattr(log.checkpoints[1], column)
    log.checkpoints[1] = replace(
        log.checkpoints[1], **{column: value + 1 if isinstance(value, int) else value + "x"}
    )
    assert not log.verify().ok


def test_a_checkpoint_that_is_gone_is_missed() -> None:
    log = a_log(30, 10, 20)
    del log.checkpoints[0]
    verdict = log.verify()
    assert [finding.message for finding in verdict.problems] == [
        "the checkpoint of 10 entries that the log names is gone"
    ]


def test_a_line_added_to_a_kept_note_is_found() -> None:
    log = a_log(30, 10)
    other = sign_checkpoint(a_log(10).builder.frontier(), AT, signer(2)).note.splitlines()[-1]
    log.checkpoints[0] = replace(log.checkpoints[0], note=log.checkpoints[0].note + other + "\n")
    assert not log.verify().ok
    assert log.verify(checkpoints=[a_log(30, 10).checkpoints[0]], outside=[log.checkpoints[0].note]).ok


def test_swapped_checkpoints_are_found() -> None:
    log = a_log(30, 10, 20)
    first, second = log.checkpoints
    log.checkpoints = [replace(first, note=second.note), replace(second, note=first.note)]
    assert not log.verify().ok


def test_a_checkpoint_of_another_key_is_found() -> None:
    log = a_log(30, 10)
    verdict = log.verify(verifiers=[signer(2).verifier])
    assert "signature" in [finding.code for finding in verdict.problems]


def test_a_checkpoint_nobody_signed_in_the_log_is_found() -> None:
    log = a_log(30)
    log.checkpoints.append(sign_checkpoint(a_log(10).builder.frontier(), AT, signer()))
    assert [finding.code for finding in log.verify().problems] == ["checkpoint"]


def test_a_log_overwritten_whole_is_told_in_bounds() -> None:
    log = a_log(500)
    log.rows = [replace(row, actor="x") for row in log.rows]
    verdict = log.verify()
    assert verdict.first_bad == 0
    assert len(verdict.problems) == 100
