"""An object in an S3 store found, compared with what was sent, and put right after writers that lost or died."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from archive.adapters.store import ocfl
from archive.adapters.store.ocfl import INVENTORY, Inventory
from archive.adapters.store.s3_calls import Bucket
from archive.adapters.store.s3_write import Draft
from archive.ports.store import NotStored, StoreUnavailable

ROUNDS = 20
"""How often an object is described again because others write the same one."""


def folder_of(object_id: str) -> str:
    """What the keys of an object begin with. Raises NotStored for an id that can't be one."""
    try:
        return f"ocfl/{ocfl.object_path(object_id)}/"
    except ValueError as error:
        raise NotStored(str(error)) from error


def load(bucket: Bucket, object_id: str) -> tuple[Inventory, bytes, str] | None:
    """Inventory, its bytes and ETag; None when there is no such object."""
    try:
        data, etag = bucket.get(folder_of(object_id) + INVENTORY)
    except NotStored:
        return None
    return Inventory.parse(data, object_id), data, etag


def compare(bucket: Bucket, one: Draft) -> None:
    """See that the server lists what was sent and nothing of a writer that failed before. Raises
    StoreUnavailable."""
    wrong: list[str] = []
    for _ in range(ROUNDS):
        listed = {entry.key: entry.etag for entry in bucket.entries(one.root)}
        wrong = [key for key, etag in one.sent.items() if listed.get(key) != etag]
        if wrong:
            found = load(bucket, one.object_id)
            if found and found[0].head > one.inventory.head:
                wrong = [key for key in wrong if key not in one.head_keys]
        if not wrong:
            if stray(one.inventory, (key.removeprefix(one.root) for key in listed)):
                settle(bucket, one.object_id)
            return
        one.send_again(wrong)
    raise StoreUnavailable(f"the S3 store did not keep {wrong[0]}")


def settle(bucket: Bucket, object_id: str, *, before: datetime | None = None) -> None:
    """Make all keys of an object say what its inventory says.

    Keys beyond the head may be of a writer that is under way, so of these go only the ones written `before`."""
    folder = folder_of(object_id)
    found = load(bucket, object_id)
    if found is None and before:
        for entry in list(bucket.entries(folder)):
            if entry.modified < before:
                bucket.erase_key(entry.key)
    while found is not None:
        inventory, data, etag = found
        written = {entry.key.removeprefix(folder): entry.modified for entry in bucket.entries(folder)}
        for name, content in ocfl.head_files(inventory.head, data).items():
            if name not in written or bucket.get(folder + name)[0] != content:
                bucket.put(folder + name, content)
        old = [name for name, at in written.items() if before and at < before]
        for name in {*stray(inventory, written), *stray(inventory, old, beyond=True)}:
            bucket.erase_key(folder + name)
        found = load(bucket, object_id)
        if found is None or found[2] == etag:
            return


def settle_abandoned(bucket: Bucket, after: timedelta) -> None:
    """Put right what writers that died have left: those that began longer ago than `after`."""
    before = datetime.now(UTC) - after
    for entry in list(bucket.entries("staging/")):
        if entry.modified < before:
            for object_id in json.loads(bucket.get(entry.key)[0]):
                settle(bucket, object_id, before=before)
            bucket.erase_key(entry.key)


def stray(inventory: Inventory, names: Iterable[str], *, beyond: bool = False) -> list[str]:
    """Names in version folders that the inventory does not know; those after the head only with `beyond`."""
    expected = {*ocfl.describing_files(inventory, 0), *inventory.contents.values()}
    found = []
    for name in set(names) - expected:
        version = re.match(r"v(\d+)/", name)
        if version and (beyond or int(version[1]) <= inventory.head):
            found.append(name)
    return found
