"""Whether an object is what its inventory says: every byte read again, nothing missing, nothing besides."""

from __future__ import annotations

from collections.abc import Callable, Collection

from archive.adapters.store import ocfl
from archive.adapters.store.ocfl import INVENTORY, SIDECAR, Inventory
from archive.ports.store import Altered, Damage


def damages(
    object_id: str,
    names: Collection[str],
    read: Callable[[str], bytes],
    digest: Callable[[str], str],
) -> tuple[Damage, ...]:
    """`names` are the files below the object; `read` gives a small one's bytes, `digest` any one's SHA-512."""

    def damage(code: str, message: str) -> Damage:
        return Damage(object_id, code, message)

    if INVENTORY not in names:
        return (damage("missing", f"{object_id} is not in the store, or its inventory is gone"),)
    data = read(INVENTORY)
    try:
        inventory = Inventory.parse(data, object_id)
    except Altered as error:
        return (damage("invalid", str(error)),)
    expected = {*ocfl.describing_files(inventory, 0), *inventory.contents.values()}
    found = [damage("missing", f"{name} is gone") for name in sorted(expected - set(names))]
    found += [damage("orphan", f"{name} belongs to no version") for name in sorted(set(names) - expected)]
    there = expected & set(names)
    found += [
        damage("altered", f"{name} is not what it says") for name in _wrong(inventory, data, there, read)
    ]
    for sha512, name in inventory.contents.items():
        if name in there and digest(name) != sha512:
            found.append(damage("altered", f"{name} is not what was written"))
    return tuple(found)


def _wrong(inventory: Inventory, root: bytes, there: set[str], read: Callable[[str], bytes]) -> list[str]:
    """Inventories, sidecars and declaration that contradict the root inventory."""
    wrong = []
    if ocfl.OBJECT_DECLARATION in there and read(ocfl.OBJECT_DECLARATION) != ocfl.OBJECT_DECLARATION_TEXT:
        wrong.append(ocfl.OBJECT_DECLARATION)
    if SIDECAR in there and read(SIDECAR) != ocfl.sidecar(root):
        wrong.append(SIDECAR)
    for number in range(1, inventory.head + 1):
        name, beside = f"v{number}/{INVENTORY}", f"v{number}/{SIDECAR}"
        if name not in there:
            continue
        data = read(name)
        if not (data == root if number == inventory.head else _same(data, inventory.at(number))):
            wrong.append(name)
        if beside in there and read(beside) != ocfl.sidecar(data):
            wrong.append(beside)
    return wrong


def _same(data: bytes, inventory: Inventory) -> bool:
    try:
        return Inventory.parse(data, inventory.object_id) == inventory
    except Altered:
        return False
