"""One object's versions on their way into an S3 store."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from archive.adapters.store import ocfl
from archive.adapters.store.ocfl import INVENTORY, Inventory
from archive.adapters.store.s3_calls import Bucket, Precondition
from archive.ports.store import Altered, NewVersion, NotStored, Received


@dataclass
class Draft:
    """What is to be sent for one object: `uploads` in any order, then the inventory by commit().

    `sent` collects key → ETag of what the server took."""

    bucket: Bucket
    group: Sequence[NewVersion]
    inventory: Inventory
    etag: str | None
    files: Mapping[str, bytes | Path | Received] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)

    @property
    def object_id(self) -> str:
        return self.group[0].object_id

    @property
    def root(self) -> str:
        return f"ocfl/{ocfl.object_path(self.object_id)}/"

    @property
    def uploads(self) -> list[Callable[[], None]]:
        return [partial(self._send, name) for name in self.files if name != INVENTORY]

    @property
    def head_keys(self) -> set[str]:
        """The keys that every later version writes anew."""
        return {self.root + name for name in (INVENTORY, ocfl.SIDECAR, ocfl.OBJECT_DECLARATION)}

    def commit(self) -> bool:
        """Write the inventory over the one this was made from. False when someone else was quicker."""
        data = self.files[INVENTORY]
        assert isinstance(data, bytes)
        try:
            created = self.etag is None
            self.sent[self.root + INVENTORY] = self.bucket.put(
                self.root + INVENTORY, data, match=self.etag, create=created
            )
        except Precondition:
            return False
        return True

    def send_again(self, keys: Sequence[str]) -> None:
        for key in keys:
            if key != self.root + INVENTORY:
                self._send(key.removeprefix(self.root))

    def _send(self, name: str) -> None:
        key, source = self.root + name, self.files[name]
        if isinstance(source, bytes):
            self.sent[key] = self.bucket.put(key, source)
        elif isinstance(source, Received):
            self.sent[key] = self.bucket.copy(f"received/{source.sha256}", key)
        else:
            self._send_file(key, source)

    def _send_file(self, key: str, source: Path) -> None:
        expected = key.rsplit("/", 1)[-1]
        with source.open("rb") as stream:
            sha512 = hashlib.file_digest(stream, "sha512").hexdigest()
            if sha512[:32] not in expected:
                raise Altered(f"{source.name} changed while it was stored")
            size = stream.seek(0, io.SEEK_END)
            stream.seek(0)
            self.sent[key] = self.bucket.upload(key, stream, size)


def draft(bucket: Bucket, group: Sequence[NewVersion], found: tuple[Inventory, bytes, str] | None) -> Draft:
    """Plan the versions of one object. Raises VersionConflict, NotStored for received bytes that are gone."""
    before = found[0] if found else Inventory(group[0].object_id)
    inventory, files = before, dict[str, bytes | Path | Received]()
    for new in group:
        state = {logical: _sha512(bucket, source) for logical, source in new.files.items()}
        planned = inventory.plan(new, state)
        if planned is None:
            continue
        sources = {sha512: new.files[logical] for logical, sha512 in state.items()}
        for sha512 in planned.contents.keys() - inventory.contents.keys():
            files[planned.contents[sha512]] = sources[sha512]
        inventory = planned
    if inventory is not before:
        files |= ocfl.describing_files(inventory, before.head)
    return Draft(bucket, group, inventory, found[2] if found else None, files)


def _sha512(bucket: Bucket, source: bytes | Path | Received) -> str:
    if isinstance(source, bytes):
        return hashlib.sha512(source).hexdigest()
    if isinstance(source, Path):
        try:
            with source.open("rb") as stream:
                return hashlib.file_digest(stream, "sha512").hexdigest()
        except FileNotFoundError as error:
            raise NotStored(str(source)) from error
    said = bucket.metadata(f"received/{source.sha256}")[2].get("sha512")
    if said is None:
        raise Altered(f"received bytes {source.sha256} did not come in through here")
    return said
