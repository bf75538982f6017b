"""SearchIndex on Elasticsearch: an alias that all processes ask and write to, and one for a rebuild under way.

Only what every stock node has is used. `NAME` is the alias of the index that is searched. While a rebuild runs,
`NAME-building` is the alias of the new one and every writer writes to both, so the swap loses nothing.
Record changes are external versions; a removed record stays as a tombstone with its version, because
Elasticsearch itself forgets the version of a deleted document after a minute.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, SerializationError, TransportError
from elasticsearch.helpers import streaming_bulk

from archive.adapters.search import elastic_query, tokens
from archive.adapters.search.elastic_mapping import FORMAT, MAPPINGS, SETTINGS
from archive.adapters.search.tokens import Written
from archive.ports.search import Hits, IndexEntry, IndexUnavailable, Query

MAX_TYPES = 10_000
REQUEST_SECONDS = 30
BULK_BYTES = 8_000_000
BULK_COUNT = 500
TRIES = 6
MAX_OFFSET = 10_000_000
"""Beyond this a page is empty; the mapping lets pages go as far."""


class ElasticIndex:
    """See archive.ports.search.SearchIndex. `url` is http(s)://host:port, `index` the alias.

    `login` is user and password, `ca` a file with the certificate authority of a server that signs for itself.
    Nothing is connected before
    the first use, and each process has connections of its own.
    """

    def __init__(
        self,
        url: str,
        index: str = "dangan",
        *,
        login: tuple[str, str] | None = None,
        ca: str | None = None,
    ) -> None:
        self._url, self._login, self._ca = url, login, ca
        self._name, self._building = index, f"{index}-building"
        self._clients: dict[int, Elasticsearch] = {}
        self._ready = False

    def write(self, entries: Sequence[IndexEntry], removed: Sequence[tuple[str, int]] = ()) -> None:
        changes = tokens.newest(entries, removed)
        if not changes:
            return
        with _engine():
            self._ensure()
            names = [self._name]
            for _ in range(TRIES):
                if self._client().indices.exists_alias(name=self._building):
                    names.append(self._building)
                gone = self._send(names, changes, refresh=True)
                if not gone:
                    return
                # An alias went away while we wrote: the rebuild has ended and the other is the new index.
                self._ready = False
                self._ensure()
                names = [self._name]
        raise IndexUnavailable(f"search index: the alias {', '.join(gone)} disappears again and again")

    def search(self, query: Query) -> Hits:
        with _engine():
            self._ensure()
            answer = self._ask(elastic_query.selecting(query), query)
        total = answer["hits"]["total"]["value"]
        records = tuple(hit["_id"] for hit in answer["hits"]["hits"])
        types = {b["key"]: b["doc_count"] for b in answer["aggregations"]["types"]["buckets"]}
        return Hits(total, records, types)

    def count(self) -> int:
        with _engine():
            self._ensure()
            return int(self._client().count(index=self._name, query=elastic_query.LIVE)["count"])

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        with _engine():
            self._ensure(any_format=True)
            new = self._begin()
        try:
            for batch in tokens.batches(entries, BULK_COUNT):
                with _engine():
                    self._build([(entry.record, entry.change, entry) for entry in batch])
            with _engine():
                return self._finish(new)
        except BaseException:
            self._forget(new)
            raise

    def ping(self) -> None:
        with _engine():
            self._ensure()
            health = self._client().cluster.health(index=self._name, timeout="5s")
        if health["status"] == "red":
            raise IndexUnavailable("search index: a shard is missing (red): see the cluster's health")

    def _client(self) -> Elasticsearch:
        process = os.getpid()
        if process not in self._clients:
            self._clients[process] = Elasticsearch(
                self._url,
                basic_auth=self._login,
                ca_certs=self._ca,  # type: ignore[arg-type]
                request_timeout=REQUEST_SECONDS,
                max_retries=2,
            )
        return self._clients[process]

    def _ensure(self, any_format: bool = False) -> None:
        """Make the first index when there is none, and refuse one that another version made."""
        if self._ready:
            return
        client = self._client()
        if not client.indices.exists_alias(name=self._name):
            self._create(f"{self._name}-first", self._name)
        found = client.indices.get_mapping(index=self._name)
        formats = {index["mappings"].get("_meta", {}).get("format") for index in found.values()}
        if formats != {FORMAT} and not any_format:
            raise IndexUnavailable("search index: made by another version: run `dangan rebuild index`")
        # An alias is there a moment before the shard behind it can be asked.
        client.cluster.health(index=self._name, wait_for_status="yellow", timeout="10s")
        self._ready = formats == {FORMAT}

    def _create(self, index: str, alias: str) -> None:
        # The fixed name makes one of several processes that start together win; to the others it is there.
        try:
            self._client().indices.create(
                index=index, settings=SETTINGS, mappings=MAPPINGS, aliases={alias: {}}
            )
        except ApiError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _ask(self, asked: elastic_query.Asked, query: Query) -> Any:
        for left in reversed(range(TRIES)):
            try:
                return self._client().search(
                    index=self._name,
                    query=asked,
                    sort=["_score", "order"] if query.sort == "relevance" else ["order"],
                    from_=min(query.offset, MAX_OFFSET),
                    size=query.limit,
                    aggs={"types": {"terms": {"field": "type", "size": MAX_TYPES}}},
                    track_total_hits=True,
                    allow_partial_search_results=False,
                    source=False,
                )
            except ApiError as error:
                # The index was replaced by a rebuild and removed while it was asked, or its shard is not up yet.
                if not left or error.status_code not in (404, 503):
                    raise
                time.sleep(0.05 * 2 ** (TRIES - 1 - left))
        raise AssertionError

    def _send(self, names: Sequence[str], changes: Iterable[Written], refresh: bool) -> set[str]:
        """Write `changes` to each alias; answers the aliases that do not exist. Older ones are left out."""
        gone = set()
        actions = [_action(name, *change) for change in changes for name in names]
        for good, item in streaming_bulk(
            self._client(),
            actions,
            chunk_size=BULK_COUNT,
            max_chunk_bytes=BULK_BYTES,
            raise_on_error=False,
            max_retries=3,
            initial_backoff=0.1,
            refresh=refresh,
            require_alias=True,
        ):
            result = item["index"]
            if good or result["status"] == 409:
                continue
            if result["status"] != 404:
                raise IndexUnavailable(f"search index: {result['_id']}: {result['error']['reason']}")
            gone.add(result["_index"])
        return gone

    def _begin(self) -> str:
        """A new index under the building alias; what an earlier rebuild left there goes."""
        client = self._client()
        new = f"{self._name}-{time.time_ns():x}"
        client.indices.create(index=new, settings=SETTINGS, mappings=MAPPINGS)
        left = self._behind(self._building)
        actions = [{"remove_index": {"index": index}} for index in left]
        actions.append({"add": {"index": new, "alias": self._building}})
        client.indices.update_aliases(actions=actions)
        return new

    def _build(self, changes: Sequence[Written]) -> None:
        if self._send([self._building], changes, refresh=False):
            raise IndexUnavailable("search index: another rebuild took over: wait for it")

    def _finish(self, new: str) -> int:
        """Take over what is known to be removed, then swap the aliases in one step."""
        client = self._client()
        # What another version knew to be removed can't be read; its index is not `_ready`.
        for batch in tokens.batches(self._removed() if self._ready else (), BULK_COUNT):
            self._build(batch)
        client.indices.refresh(index=new)
        count = int(client.count(index=new, query=elastic_query.LIVE)["count"])
        old = self._behind(self._name)
        actions: list[dict[str, Any]] = [
            {"remove": {"index": new, "alias": self._building, "must_exist": True}},
            {"add": {"index": new, "alias": self._name}},
            *({"remove": {"index": index, "alias": self._name}} for index in old),
        ]
        client.indices.update_aliases(actions=actions)
        self._ready = False
        for index in old:
            self._forget(index)
        return count

    def _behind(self, alias: str) -> list[str]:
        try:
            return list(self._client().indices.get_alias(name=alias).keys())
        except NotFoundError:
            return []

    def _removed(self) -> Iterator[Written]:
        """Which records the index knows to be removed, so that no late change brings one back."""
        after: list[Any] | None = None
        while True:
            page = self._client().search(
                index=self._name,
                query={"term": {"state": "removed"}},
                sort=["order"],
                search_after=after,
                size=BULK_COUNT,
                version=True,
                source=False,
            )["hits"]["hits"]
            for hit in page:
                yield hit["_id"], hit["_version"], None
            if len(page) < BULK_COUNT:
                return
            after = page[-1]["sort"]

    def _forget(self, index: str) -> None:
        try:
            self._client().options(ignore_status=404).indices.delete(index=index)
        except (ApiError, TransportError):
            # What is left of it goes with the next rebuild.
            return


@contextmanager
def _engine() -> Iterator[None]:
    """Whatever the client raises, said in one sentence."""
    try:
        yield
    except ApiError as error:
        raise IndexUnavailable(f"search index: Elasticsearch refused: {error}") from error
    except (TransportError, SerializationError) as error:
        raise IndexUnavailable(f"search index: Elasticsearch does not answer: {error}") from error


def _action(name: str, record: str, change: int, entry: IndexEntry | None) -> dict[str, Any]:
    return {
        "_op_type": "index",
        "_index": name,
        "_id": record,
        "version": change,
        "version_type": "external_gte",
        "_source": _document(record, entry),
    }


def _document(record: str, entry: IndexEntry | None) -> dict[str, Any]:
    if entry is None:
        return {"state": "removed", "order": record}
    body, characters = tokens.body(entry)
    title, title_characters = tokens.title(entry)
    return {
        "state": "live",
        "order": tokens.order(entry.date, record),
        "type": entry.type,
        "access_class": entry.access_class,
        "house": [entry.house, *entry.houses],
        "dossier": entry.dossier,
        "day": tokens.number(entry.date) if entry.date else None,
        "body": body,
        "characters": characters,
        "title": title,
        "title_characters": title_characters,
    }
