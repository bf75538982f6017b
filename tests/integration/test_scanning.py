"""A real clamd with a signature of our own stands before the reader: nothing passes unscanned."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.adapters.clamd import Clamd
from archive.domain.people import OPERATOR
from archive.ports.scanner import ScanLimit, ScannerUnavailable
from archive.services import takeover, work
from archive.services.errors import Away
from archive.services.health import health
from tests.builders import Town, an_archive
from tests.servers import clamd as server
from tests.servers.base import Server, free_port

BAD = b"a letter with " + server.MARK + b" inside"


@pytest.fixture
def guarded(tmp_path: Path, clamd: Server) -> Iterator[Town]:
    town = an_archive(tmp_path / "home", DANGAN_CLAMD=clamd.url)
    assert town.archive.scanner is not None
    yield town
    town.archive.reader().close()


@pytest.mark.parametrize("address", ["url", "unix"])
def test_clean_and_infected_are_told_apart(clamd: Server, address: str) -> None:
    scanner = Clamd(clamd.url if address == "url" else clamd.details["unix"])
    scanner.ping()
    assert scanner.scan(io.BytesIO(b"a clean letter")) is None
    assert scanner.scan(io.BytesIO(b"")) is None
    found = scanner.scan(io.BytesIO(BAD))
    assert found is not None
    assert server.NAME in found
    assert scanner.scan(io.BytesIO(b"x" * 1_000_000)) is None


def test_what_is_larger_than_clamd_takes_is_no_clean_file(clamd: Server) -> None:
    with pytest.raises(ScanLimit):
        Clamd(clamd.url).scan(io.BytesIO(b"x" * (server.STREAM_LIMIT + 1_000_000)))


@pytest.mark.parametrize("url", ["unix:///nowhere/clamd.sock", "tcp://127.0.0.1:1"])
def test_nobody_there_is_said(url: str) -> None:
    with pytest.raises(ScannerUnavailable, match="does not answer"):
        Clamd(url).ping()


@pytest.mark.parametrize("url", ["", "clamd", "http://x", "unix://relative", "tcp://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address of clamd"):
        Clamd(url)


def test_an_infected_file_is_refused_before_reading_and_stays_apart(guarded: Town) -> None:
    bad, good = guarded.receives(BAD, "信.txt"), guarded.receives("清白的信".encode(), "好.txt")
    guarded.works()
    item = guarded.item(bad)
    assert (item.state, [p["code"] for p in item.problems], item.records) == ("refused", ["infected"], ())
    assert server.NAME in item.problems[0]["message"]
    assert item.media_type == "", "nothing looked inside"
    with guarded.archive.store.open_received(item.sha256) as kept:
        assert kept.read() == BAD
    assert guarded.item(good).state == "done"


def test_a_file_over_the_scanners_limit_is_refused_with_its_reason(guarded: Town) -> None:
    item = guarded.receives(b"text " * 600_000, "long.txt")
    guarded.works()
    assert [p["code"] for p in guarded.item(item).problems] == ["not_scanned"]
    assert guarded.item(item).state == "refused"


def test_while_clamd_is_away_files_wait_and_say_so(tmp_path: Path) -> None:
    port = free_port()
    town = an_archive(tmp_path / "home", DANGAN_CLAMD=f"tcp://127.0.0.1:{port}")
    item = town.receives("一封信".encode())
    for _ in range(5):  # more often than a job may fail
        while work.work_here(town.archive, "test"):
            pass
        town.clock.forward(minutes=5)
    waiting = town.item(item)
    assert (waiting.state, [p["code"] for p in waiting.problems]) == ("waiting", ["scanner_away"])
    (part,) = [h for h in health(town.archive) if h.name == "scanner"]
    assert not part.ok
    back = server.start(port, tmp_path)
    try:
        town.works()
    finally:
        back.stop()
    done = town.item(item)
    assert done.state == "done"
    assert "scanner_away" not in [p["code"] for p in done.problems]


def test_files_of_a_catalogue_are_scanned_too(guarded: Town, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "bad.txt").write_bytes(BAD)
    catalogue = tmp_path / "c.jsonl"
    catalogue.write_text(json.dumps({"type": "callback_record", "date": "2024-01-02", "file": "bad.txt"}))
    (answer,) = takeover.import_catalogue(guarded.archive, OPERATOR, catalogue, tmp_path / "files")
    assert (answer["state"], answer["problems"][0]["code"]) == ("refused", "infected")
    away = replace(guarded.archive, scanner=Clamd("tcp://127.0.0.1:1"))
    with pytest.raises(Away):
        list(takeover.import_catalogue(away, OPERATOR, catalogue, tmp_path / "files"))
