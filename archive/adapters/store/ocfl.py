"""OCFL 1.1 (https://ocfl.io/1.1/spec/) without I/O: where an object lies, what its inventory says, what comes next.

Storage layout: extension 0003-hash-and-id-n-tuple-storage-layout with one tuple of three: a person finds an object by
its name, common validators know the layout, and a million objects are 4,096 folders of 250. Digests are SHA-512;
every version stores only new content. Content names are made of ASCII and the digest: whatever a logical path says,
it never reaches a file system, and two writers of one version never write different bytes to one name.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from archive.ports.store import Altered, NewVersion, StoredFile, StoredVersion, VersionConflict

LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
OBJECT_DECLARATION = "0=ocfl_object_1.1"
OBJECT_DECLARATION_TEXT = b"ocfl_object_1.1\n"
INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
MAX_ID = 500
MAX_PATH = 500
MAX_NAME = 255
_ENCAPSULATION_LIMIT = 100
_TYPE = "https://ocfl.io/1.1/spec/#inventory"


def root_files() -> dict[str, bytes]:
    """The files of a storage root itself: path → content."""
    layout = {
        "extension": LAYOUT,
        "description": "Hashed n-tuple trees with the object id as the last folder",
    }
    config = {"extensionName": LAYOUT, "digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 1}
    return {
        f"extensions/{LAYOUT}/config.json": _json(config),
        "ocfl_layout.json": _json(layout),
        "0=ocfl_1.1": b"ocfl_1.1\n",
    }


def object_path(object_id: str) -> str:
    """Where the object lies below the storage root. Raises ValueError for an id that can't be one."""
    if not object_id or len(object_id) > MAX_ID:
        raise ValueError(f"an object id has 1 to {MAX_ID} characters")
    try:
        raw = object_id.encode()
    except UnicodeEncodeError:
        raise ValueError("an object id is Unicode text") from None
    digest = hashlib.sha256(raw).hexdigest()
    name = re.sub(rb"[^A-Za-z0-9_-]", lambda m: b"%%%02x" % m[0][0], raw).decode()
    if len(name) > _ENCAPSULATION_LIMIT:
        name = f"{name[:_ENCAPSULATION_LIMIT]}-{digest}"
    return f"{digest[:3]}/{name}"


def id_of_folder(name: str) -> str | None:
    """The object id that a folder's name says; None when the name was cut and only the inventory knows."""
    if len(name) > _ENCAPSULATION_LIMIT:
        return None
    try:
        return re.sub(rb"%([0-9a-f]{2})", lambda m: bytes.fromhex(m[1].decode()), name.encode()).decode()
    except UnicodeDecodeError:
        return None


def check_version(new: NewVersion) -> None:
    """Refuse what can't be a version: ids, numbers, times without zone and hostile logical paths (ValueError)."""
    object_path(new.object_id)
    if new.number < 1:
        raise ValueError("versions count from 1")
    if new.created.tzinfo is None:
        raise ValueError("the time of a version needs its time zone")
    folders: set[str] = set()
    for path in new.files:
        check_logical_path(path)
        parts = path.split("/")
        folders.update("/".join(parts[:n]) for n in range(1, len(parts)))
    if clash := folders & new.files.keys():
        raise ValueError(f"logical path {min(clash)!r} is a file and a folder")


def check_logical_path(path: str) -> None:
    """OCFL 1.1, 3.5.3.1, and nothing that any file system, shell or archive format reads in a special way."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        raise ValueError(f"logical path {path!r} has an empty part, '.' or '..'")
    if "\\" in path or any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in path):
        raise ValueError(f"logical path {path!r} has a control character or a backslash")
    if len(path.encode()) > MAX_PATH or any(len(part.encode()) > MAX_NAME for part in parts):
        raise ValueError(f"a logical path has at most {MAX_PATH} bytes and {MAX_NAME} in each part")


def content_path(number: int, logical: str, sha512: str) -> str:
    """The content path of new bytes in version `number`: readable where the logical name is plain ASCII."""
    stem, dot, extension = logical.rsplit("/", 1)[-1].rpartition(".")
    if not dot:
        stem, extension = extension, ""
    stem = re.sub(r"[^A-Za-z0-9_-]", "", stem)[:40]
    extension = re.sub(r"[^A-Za-z0-9]", "", extension)[:10]
    return f"v{number}/content/" + ".".join(part for part in (stem, sha512[:32], extension) if part)


@dataclass(frozen=True, slots=True)
class VersionBlock:
    """One version in an inventory. `state`: logical path → SHA-512 (hex)."""

    created: datetime
    message: str
    person: str
    state: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The inventory of an object. `manifest`: SHA-512 (hex) → content path below the object."""

    object_id: str
    versions: tuple[VersionBlock, ...] = ()
    manifest: Mapping[str, str] | None = None

    @property
    def head(self) -> int:
        return len(self.versions)

    @property
    def contents(self) -> Mapping[str, str]:
        return self.manifest or {}

    def plan(self, new: NewVersion, state: Mapping[str, str]) -> Inventory | None:
        """The inventory with `new` (its files digested to `state`) added; None when it says so already.

        Raises VersionConflict."""
        if new.number <= self.head:
            if dict(self.versions[new.number - 1].state) == dict(state):
                return None
            raise VersionConflict(f"version {new.number} of {self.object_id} exists with other content")
        if new.number > self.head + 1:
            raise VersionConflict(
                f"version {new.number} of {self.object_id} can't follow version {self.head}"
            )
        manifest = dict(self.contents)
        for logical in sorted(state):
            manifest.setdefault(state[logical], content_path(new.number, logical, state[logical]))
        block = VersionBlock(new.created.astimezone(UTC), new.message, new.person, dict(state))
        return Inventory(self.object_id, (*self.versions, block), manifest)

    def find(self, number: int, logical: str) -> tuple[str, str] | None:
        """(content path, SHA-512) of a file of a version; None when there is none."""
        if not 1 <= number <= self.head:
            return None
        sha512 = self.versions[number - 1].state.get(logical)
        return None if sha512 is None else (self.contents[sha512], sha512)

    def at(self, number: int) -> Inventory:
        """The inventory as it was when version `number` was the head."""
        blocks = self.versions[:number]
        used = {sha512 for block in blocks for sha512 in block.state.values()}
        return Inventory(self.object_id, blocks, {d: p for d, p in self.contents.items() if d in used})

    def encode(self) -> bytes:
        """The bytes of inventory.json: the same for the same inventory."""
        value = {
            "id": self.object_id,
            "type": _TYPE,
            "digestAlgorithm": "sha512",
            "head": f"v{self.head}",
            "manifest": {sha512: [path] for sha512, path in self.contents.items()},
            "versions": {f"v{n}": _block(block) for n, block in enumerate(self.versions, 1)},
        }
        return _json(value)

    @classmethod
    def parse(cls, data: bytes, object_id: str | None = None) -> Inventory:
        """Raises Altered for bytes that are no inventory of ours (of `object_id`, where one is given)."""
        try:
            value = json.loads(data)
            count = len(value["versions"])
            blocks = tuple(_parse_block(value["versions"][f"v{n}"]) for n in range(1, count + 1))
            manifest = {str(sha512): str(paths[0]) for sha512, paths in value["manifest"].items()}
            known = (
                value["digestAlgorithm"] == "sha512" and value.get("contentDirectory", "content") == "content"
            )
            whole = all(d in manifest for block in blocks for d in block.state.values())
            if not known or not whole or value["head"] != f"v{count}" or not count:
                raise ValueError("head, digests or content directory")
            for path in manifest.values():
                if not re.fullmatch(r"v[1-9]\d*/content/[^/].*", path) or ".." in path.split("/"):
                    raise ValueError("content path")
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise Altered(f"the inventory of {object_id} can't be read: {error!r}") from error
        if object_id is not None and value["id"] != object_id:
            raise Altered(f"the inventory where {object_id} should be is of {value['id']!r}")
        return cls(str(value["id"]), blocks, manifest)


def stored_versions(inventory: Inventory, sizes: Mapping[str, int]) -> tuple[StoredVersion, ...]:
    """What an inventory says, with `sizes` in bytes by SHA-512."""
    return tuple(
        StoredVersion(
            number,
            block.created,
            block.message,
            block.person,
            tuple(
                StoredFile(path, block.state[path], sizes.get(block.state[path], 0))
                for path in sorted(block.state)
            ),
        )
        for number, block in enumerate(inventory.versions, 1)
    )


def sidecar(inventory: bytes) -> bytes:
    """The bytes of inventory.json.sha512 for the bytes of an inventory.json."""
    return f"{hashlib.sha512(inventory).hexdigest()} {INVENTORY}\n".encode()


def head_files(number: int, inventory: bytes) -> dict[str, bytes]:
    """What follows from the bytes of an object's inventory, whose head is `number`."""
    beside = sidecar(inventory)
    return {
        f"v{number}/{INVENTORY}": inventory,
        f"v{number}/{SIDECAR}": beside,
        OBJECT_DECLARATION: OBJECT_DECLARATION_TEXT,
        SIDECAR: beside,
    }


def describing_files(inventory: Inventory, after: int) -> dict[str, bytes]:
    """All files below the object but content: inventory and sidecar of each version after number `after`, then those
    of the object itself. Its inventory comes last, since that makes the versions visible."""
    files: dict[str, bytes] = {}
    for number in range(after + 1, inventory.head):
        data = inventory.at(number).encode()
        files |= {f"v{number}/{INVENTORY}": data, f"v{number}/{SIDECAR}": sidecar(data)}
    data = inventory.encode()
    return files | head_files(inventory.head, data) | {INVENTORY: data}


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _block(block: VersionBlock) -> dict[str, Any]:
    state: dict[str, list[str]] = {}
    for logical in sorted(block.state):
        state.setdefault(block.state[logical], []).append(logical)
    name = block.person or "-"
    return {
        "created": block.created.isoformat().replace("+00:00", "Z"),
        "message": block.message,
        "user": {"name": name, "address": f"urn:dangan:person:{quote(name, safe='')}"},
        "state": state,
    }


def _parse_block(value: Any) -> VersionBlock:
    name = str(value["user"]["name"])
    state = {str(path): str(sha512) for sha512, paths in value["state"].items() for path in paths}
    created = datetime.fromisoformat(value["created"]).astimezone(UTC)
    return VersionBlock(created, str(value["message"]), "" if name == "-" else name, state)
