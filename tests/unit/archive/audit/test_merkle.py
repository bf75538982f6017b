"""The tree against RFC 6962's published vectors and against its own definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.domain import merkle
from archive.domain.merkle import (
    TILE,
    Builder,
    Frontier,
    Hashes,
    leaf_hash,
    read_hashes,
    root_of,
    verify_consistency,
    verify_inclusion,
    write_hashes,
)

INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Inputs and roots of the reference tests of Certificate Transparency."""

LEAVES = [leaf_hash(data) for data in INPUTS]


def hashes(leaves: Sequence[bytes]) -> Hashes:
    """Hashes of a log that lies in a list, its complete tiles kept."""
    builder = Builder()
    for leaf in leaves:
        builder.append(leaf)
    tiles = [node for _, node in builder.tiles]
    return Hashes(lambda start, end: leaves[start:end], lambda start, end: tiles[start:end])


def by_definition(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, word by word, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return sha256(b"\x01" + by_definition(leaves[:middle]) + by_definition(leaves[middle:])).digest()


def some_leaves(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def test_the_empty_root_is_the_hash_of_nothing() -> None:
    assert Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
    ],
)
def test_published_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    assert [node.hex() for node in hashes(LEAVES).inclusion(index, size).path] == path


def test_published_consistency_proofs() -> None:
    assert [node.hex() for node in hashes(LEAVES).consistency(6, 8).path] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_proof_up_to_forty_entries_holds_and_no_other_does() -> None:
    leaves = some_leaves(40)
    source = hashes(leaves)
    roots = [root_of(leaves[:size]) for size in range(41)]
    for size in range(1, 41):
        assert roots[size] == by_definition(leaves[:size])
        for index in range(size):
            proof = source.inclusion(index, size)
            assert verify_inclusion(leaves[index], proof, roots[size])
            assert not verify_inclusion(leaves[index - 1], proof, roots[size]) or size == 1
            assert not verify_inclusion(leaves[index], proof, roots[size - 1])
        for old in range(size + 1):
            proof = source.consistency(old, size)
            assert verify_consistency(proof, roots[old], roots[size])
            assert not verify_consistency(proof, roots[old], roots[size - 1]) or old == 0
            assert not verify_consistency(proof, roots[(old + 1) % 41], roots[size])


@pytest.mark.parametrize("size", [TILE - 1, TILE, TILE + 1, 3 * TILE, 3 * TILE + 77, 5 * TILE])
def test_proofs_over_tiles(size: int) -> None:
    leaves = some_leaves(size)
    source, root = hashes(leaves), root_of(leaves)
    assert root == by_definition(leaves)
    for index in (0, 1, TILE - 2, size // 2, size - 1):
        assert verify_inclusion(leaves[index], source.inclusion(index, size), root)
    for old in (1, 7, TILE - 1, min(TILE, size), size // 2, size - 1, size):
        proof = source.consistency(old, size)
        assert verify_consistency(proof, root_of(leaves[:old]), root)


def test_a_tile_is_complete_at_its_last_leaf() -> None:
    builder = Builder()
    leaves = some_leaves(2 * TILE + 5)
    for leaf in leaves:
        builder.append(leaf)
    assert builder.tiles == [(0, by_definition(leaves[:TILE])), (1, by_definition(leaves[TILE : 2 * TILE]))]


@given(st.integers(1, 200), st.data())
@settings(max_examples=60, deadline=None)
def test_a_log_appended_to_in_turns_has_the_same_root(size: int, data: st.DataObject) -> None:
    leaves = some_leaves(size)
    frontier, done = Frontier(), 0
    while done < size:
        builder = Builder.after(frontier)
        until = data.draw(st.integers(done + 1, size))
        for leaf in leaves[done:until]:
            builder.append(leaf)
        frontier, done = builder.frontier(), until
        assert read_hashes(write_hashes(frontier.hashes)) == frontier.hashes
    assert frontier.root() == by_definition(leaves)


@given(st.integers(2, 300), st.data())
@settings(max_examples=100, deadline=None)
def test_a_changed_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = some_leaves(size)
    source, root = hashes(leaves), root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = source.inclusion(index, size)
    at = data.draw(st.integers(0, len(proof.path) - 1))
    flipped = bytes([proof.path[at][0] ^ 1]) + proof.path[at][1:]
    for path in (
        (*proof.path[:at], flipped, *proof.path[at + 1 :]),
        (*proof.path[:at], *proof.path[at + 1 :]),
        (*proof.path, proof.path[at]),
    ):
        assert not verify_inclusion(leaves[index], replace(proof, path=path), root)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    assert not verify_inclusion(leaves[index], replace(proof, first=other), root)
    old = data.draw(st.integers(1, size - 1))
    proof = source.consistency(old, size)
    at = data.draw(st.integers(0, len(proof.path) - 1))
    flipped = bytes([proof.path[at][0] ^ 1]) + proof.path[at][1:]
    old_root = root_of(leaves[:old])
    for path in (
        (*proof.path[:at], flipped, *proof.path[at + 1 :]),
        (*proof.path[:at], *proof.path[at + 1 :]),
        (*proof.path, flipped),
    ):
        assert not verify_consistency(replace(proof, path=path), old_root, root)


def test_what_is_not_there_cannot_be_proved() -> None:
    source = hashes(LEAVES)
    for index, size in ((8, 8), (-1, 8), (0, 0), (9, 10)):
        with pytest.raises(ValueError, match="entr"):
            source.inclusion(index, size)
    for old, size in ((9, 8), (-1, 8), (3, 20)):
        with pytest.raises(ValueError, match=r"entries|never"):
            source.consistency(old, size)


@pytest.mark.parametrize("text", ["ab", "zz" * 32, "ab" * 33, ("ab" * 32) + "  " + ("ab" * 32), "AB" * 32])
def test_damaged_hashes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hex|hash"):
        read_hashes(text)


def test_a_frontier_has_one_hash_for_each_subtree() -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier(3, (bytes(32),))


def test_leaves_and_nodes_never_hash_alike() -> None:
    left, right = LEAVES[:2]
    assert merkle.node_hash(left, right) != leaf_hash(left + right)
