"""The S3 store when the server dies in the middle: it says so, and goes on when the server is back."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import signal
import threading
from pathlib import Path
from types import ModuleType

import pytest

from archive.adapters.store import from_url
from archive.ports.store import StoreUnavailable
from tests.contracts.blob_store import version
from tests.contracts.s3_place import S3Place
from tests.faults.store_writer import content
from tests.servers import minio, versitygw
from tests.servers.base import EngineMissing, Server, free_port, missing, temporary_dir


def start(module: ModuleType, home: Path, port: int) -> Server:
    try:
        server: Server = module.start(home, port)
    except EngineMissing as why:
        missing(module.__name__, str(why))
    return server


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.parametrize("module", [minio, versitygw], ids=["minio", "versitygw"])
def test_nothing_acknowledged_is_lost_when_the_server_dies(module: ModuleType) -> None:
    home, port = temporary_dir("dying"), free_port()
    server = start(module, home, port)
    try:
        place = S3Place(server)
        store, said, halted = place.open(), list[int](), threading.Event()
        got = store.receive(io.BytesIO(b"scan"), max_size=4)

        def write() -> None:
            for n in range(10_000):
                try:
                    store.put([version(f"r{n}", 1, content(f"r{n}", 1)), version("long", n + 1)])
                except StoreUnavailable:
                    halted.set()
                    return
                said.append(n)

        writer = threading.Thread(target=write)
        writer.start()
        while len(said) < 5:
            assert writer.is_alive()
        os.killpg(server.processes[0].pid, signal.SIGKILL)
        server.processes[0].wait(10)
        writer.join(60)
        assert halted.is_set()
        with pytest.raises(StoreUnavailable, match="does not answer"):
            store.receive(io.BytesIO(b"x"), max_size=1)
        with pytest.raises(StoreUnavailable, match="does not answer"):
            place.open().ping()

        server = start(module, home, port)
        store.ping()
        for n in said:
            assert store.read(f"r{n}", 1, "original.pdf") == content(f"r{n}", 1)["original.pdf"]
        with store.open_received(got.sha256) as stream:
            assert stream.read() == b"scan"
        last = said[-1] + 1
        store.put([version(f"r{last}", 1, content(f"r{last}", 1)), version("long", last + 1)])
        assert len(store.versions("long")) == last + 1
        assert [store.verify(i) for i in ("long", f"r{last}")] == [(), ()]
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def test_a_server_that_is_not_there_is_told_quickly() -> None:
    store = from_url(f"s3://key:{secrets.token_hex(8)}@127.0.0.1:{free_port()}/dangan?secure=0")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        store.ping()
