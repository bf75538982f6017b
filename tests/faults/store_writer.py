"""A process that stores versions until it is killed: `python -m tests.faults.store_writer URL NAME`.

Prints `object number` for each version after the store acknowledged it."""

from __future__ import annotations

import itertools
import random
import sys

from archive.adapters.store import from_url
from tests.contracts.blob_store import version


def content(object_id: str, number: int) -> dict[str, bytes]:
    chance = random.Random(f"{object_id} {number}")
    return {"metadata.json": f"{object_id} {number}".encode(), "original.pdf": chance.randbytes(20_000)}


def main(url: str, name: str) -> None:
    store = from_url(url)
    for n in itertools.count():
        fresh = [(f"{name}-{n}-{k}", 1) for k in range(n % 12)]
        batch = [*fresh, (f"{name}-long", n + 1), (f"{name}-{n}-0", 2 if n % 12 else 1)]
        store.put([version(object_id, number, content(object_id, number)) for object_id, number in batch])
        print("\n".join(f"{object_id} {number}" for object_id, number in batch), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
