"""What happens when Elasticsearch is away, comes back, or loses what it had."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from archive.adapters.search import from_url
from archive.ports.search import IndexEntry, IndexUnavailable, Phrase, Query
from tests.servers.base import Server, end, free_port
from tests.servers.elasticsearch import start

pytestmark = pytest.mark.engine


def an_entry(record: str) -> IndexEntry:
    return IndexEntry(record, 1, "callback_form", "", "回访记录", "internal")


def name(server: Server, index: str) -> str:
    return f"{server.url.partition('?')[0]}?index={index}"


def plain(server: Server) -> Elasticsearch:
    return Elasticsearch(server.url.partition("/?")[0])


@pytest.fixture
def own_node(elasticsearch: Server) -> Iterator[Server]:
    """A node of this test's own; asking for the shared one says whether there can be any."""
    server = start()
    yield server
    end(server.processes[0])
    shutil.rmtree(server.details["home"], ignore_errors=True)


def test_a_server_that_is_away_is_reported_soon() -> None:
    index = from_url(f"http://127.0.0.1:{free_port()}/")
    for action in (
        index.ping,
        index.count,
        lambda: index.search(Query()),
        lambda: index.write([an_entry("a")]),
    ):
        begun = time.monotonic()
        with pytest.raises(IndexUnavailable, match="does not answer"):
            action()
        assert time.monotonic() - begun < 5


def test_what_was_written_is_there_after_a_crash(own_node: Server) -> None:
    index = from_url(own_node.url)
    index.write([an_entry("a"), an_entry("gone")], [("gone", 2)])
    own_node.processes[0].kill()
    own_node.processes[0].wait()
    with pytest.raises(IndexUnavailable):
        index.search(Query())
    again = start(int(own_node.details["port"]), Path(own_node.details["home"]))
    try:
        index.ping()
        index.write([an_entry("b"), an_entry("gone")])
        assert index.search(Query(terms=(Phrase("回访记录"),))).records == ("a", "b")
    finally:
        again.stop()


def test_an_index_of_another_format_is_refused_until_rebuilt(elasticsearch: Server) -> None:
    client = plain(elasticsearch)
    client.indices.create(index="foreign-1", aliases={"foreign": {}}, mappings={"_meta": {"format": "0"}})
    index = from_url(name(elasticsearch, "foreign"))
    with pytest.raises(IndexUnavailable, match="dangan rebuild index"):
        index.search(Query())
    assert index.rebuild([an_entry("a")]) == 1
    assert index.search(Query()).records == ("a",)
    assert not client.indices.exists(index="foreign-1")


def test_an_index_that_was_removed_by_hand_is_made_anew(elasticsearch: Server) -> None:
    index = from_url(name(elasticsearch, "handled"))
    index.write([an_entry("a")])
    client = plain(elasticsearch)
    client.indices.delete(index=list(client.indices.get_alias(name="handled")))
    index.write([an_entry("b")])
    assert index.search(Query()).records == ("b",)
    assert list(client.indices.get_alias(name="handled")) == ["handled-first"]


def test_a_rebuild_leaves_one_index_behind(elasticsearch: Server) -> None:
    index = from_url(name(elasticsearch, "swapped"))
    index.write([an_entry("a")])
    for _ in range(2):
        index.rebuild([an_entry("b")])
    client = plain(elasticsearch)
    assert len(client.indices.get(index="swapped-*")) == 1
    assert not client.indices.exists_alias(name="swapped-building")


def test_a_later_rebuild_takes_over_and_the_earlier_one_fails(elasticsearch: Server) -> None:
    url = name(elasticsearch, "contested")
    from_url(url).write([an_entry("old")], [("removed", 5)])

    def stream() -> Iterator[IndexEntry]:
        yield from (an_entry(f"n{i:04}") for i in range(600))
        assert from_url(url).rebuild([an_entry("later"), an_entry("removed")]) == 1
        yield an_entry("n9999")

    with pytest.raises(IndexUnavailable):
        from_url(url).rebuild(stream())
    index = from_url(url)
    assert index.search(Query()).records == ("later",)
    client = plain(elasticsearch)
    assert len(client.indices.get(index="contested-*")) == 1
    assert index.rebuild([an_entry("last"), an_entry("removed")]) == 1
