"""Merkle trees after RFC 6962 section 2: appending, roots, inclusion and consistency proofs.

A tree is over leaf hashes and knows nothing of what the leaves say. Its frontier is enough to append and to
know the root; hashes over complete tiles of leaves make proofs short work in a long log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

TILE_LEVEL = 10
TILE = 1 << TILE_LEVEL
"""Leaves under one kept interior node."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962: SHA-256 of 0x00 and the entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962: SHA-256 of 0x01 and the two children."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What is needed to append and to know the root: the hashes of the complete subtrees, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"a frontier of {self.size} entries has {self.size.bit_count()} hashes")

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


@dataclass(slots=True)
class Builder:
    """A tree that grows by its right edge. `tiles` collects (number, hash) of every tile completed here."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)
    tiles: list[tuple[int, bytes]] = field(default_factory=list)

    @classmethod
    def after(cls, frontier: Frontier) -> Builder:
        return cls(frontier.size, list(frontier.hashes))

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._add(leaf, 0)

    def append_tile(self, tile: bytes) -> None:
        """Add the hash of TILE leaves at once; the size must be a multiple of TILE."""
        if self.size % TILE:
            raise ValueError("a tile begins at a multiple of its size")
        self._add(tile, TILE_LEVEL)

    def _add(self, node: bytes, level: int) -> None:
        hashes, size = self.hashes, self.size
        self.size = size + (1 << level)
        while True:
            if level == TILE_LEVEL:
                self.tiles.append((size >> TILE_LEVEL, node))
            if not (size >> level) & 1:
                break
            node = node_hash(hashes.pop(), node)
            level += 1
        hashes.append(node)

    def frontier(self) -> Frontier:
        return Frontier(self.size, tuple(self.hashes))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes."""
    builder = Builder()
    for leaf in leaves:
        builder.append(leaf)
    return builder.frontier().root()


def write_hashes(hashes: Sequence[bytes]) -> str:
    """Hashes as the one text a row keeps: hex, separated by spaces."""
    return " ".join(item.hex() for item in hashes)


def read_hashes(text: str) -> tuple[bytes, ...]:
    """The reverse of `write_hashes`. ValueError when one is no SHA-256."""
    hashes = tuple(bytes.fromhex(item) for item in text.split(" ") if item)
    if any(len(item) != 32 for item in hashes) or write_hashes(hashes) != text:
        raise ValueError("not a list of SHA-256 hashes")
    return hashes


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf is in a tree, or that one tree is the beginning of another, as the hashes of RFC 6962.

    For inclusion `first` is the leaf's number, for consistency the older tree's size; `size` is the newer
    tree's.
    """

    first: int
    size: int
    path: tuple[bytes, ...]


class Hashes:
    """The hashes of a log that lies somewhere: `leaves(start, end)` and `tiles(start, end)` fetch them."""

    def __init__(
        self,
        leaves: Callable[[int, int], Sequence[bytes]],
        tiles: Callable[[int, int], Sequence[bytes]],
    ) -> None:
        self._leaves = leaves
        self._tiles = tiles

    def subtree(self, start: int, end: int) -> bytes:
        """The Merkle tree hash over leaves start to end; `start` as RFC 6962 cuts, a multiple of the width's
        next power of two. Raises ValueError when hashes are missing."""
        whole = (end - start) // TILE
        builder = Builder()
        first = start // TILE
        tiles = self._tiles(first, first + whole) if whole else ()
        leaves = self._leaves(start + whole * TILE, end)
        if len(tiles) != whole or len(leaves) != end - start - whole * TILE:
            raise ValueError(f"hashes of entries {start} to {end} are missing")
        for tile in tiles:
            builder.append_tile(tile)
        for leaf in leaves:
            builder.append(leaf)
        return builder.frontier().root()

    def inclusion(self, index: int, size: int) -> Proof:
        """RFC 6962 section 2.1.1. Raises ValueError unless 0 <= index < size."""
        if not 0 <= index < size:
            raise ValueError(f"there is no entry {index} among {size}")
        return Proof(index, size, tuple(self._path(index, 0, size)))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self.subtree(middle, end)]
        return [*self._path(index, middle, end), self.subtree(start, middle)]

    def consistency(self, old: int, size: int) -> Proof:
        """RFC 6962 section 2.1.2. Raises ValueError unless 0 <= old <= size."""
        if not 0 <= old <= size:
            raise ValueError(f"a log of {size} entries never had {old}")
        if old in (0, size):
            return Proof(old, size, ())
        return Proof(old, size, tuple(self._between(old, 0, size, True)))

    def _between(self, old: int, start: int, end: int, known: bool) -> list[bytes]:
        if old == end:
            return [] if known else [self.subtree(start, end)]
        middle = start + _split(end - start)
        if old <= middle:
            return [*self._between(old, start, middle, known), self.subtree(middle, end)]
        return [*self._between(old, middle, end, False), self.subtree(start, middle)]


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def verify_inclusion(leaf: bytes, proof: Proof, root: bytes) -> bool:
    """Whether `leaf` stands at `proof.first` in the tree of this size and root (RFC 9162 section 2.1.3.2)."""
    index, last = proof.first, proof.size - 1
    if not 0 <= index <= last:
        return False
    node = leaf
    for sibling in proof.path:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(proof: Proof, old_root: bytes, new_root: bytes) -> bool:
    """Whether the tree of size `proof.first` is the beginning of the newer one (RFC 9162 section 2.1.4.2)."""
    old, size, path = proof.first, proof.size, list(proof.path)
    if not 0 <= old <= size:
        return False
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if old == size:
        return not path and old_root == new_root
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    index, last = old - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root
