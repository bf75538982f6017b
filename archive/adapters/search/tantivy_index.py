"""SearchIndex in a folder, by tantivy: any number of processes read, one at a time writes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tantivy import Document, Index, IndexWriter, Order, Schema, SchemaBuilder, Searcher
from tantivy import Query as Asked

from archive.adapters.search import tantivy_query, tokens
from archive.adapters.search.tantivy_folder import Folder
from archive.adapters.search.tokens import Written
from archive.ports.search import Hits, IndexEntry, IndexUnavailable, Query

WRITE_MEMORY = 20_000_000
REBUILD_MEMORY = 128_000_000
"""Bytes that a writer collects before it lays down a segment."""

MAX_TYPES = 10_000


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("record", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("change", stored=True)
    builder.add_text_field("order", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("type", fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("state", "access_class", "house", "dossier"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("day", indexed=True, fast=True)
    for name in ("body", "title"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("characters", "title_characters"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    return builder.build()


@dataclass(frozen=True, slots=True)
class _Open:
    """An open generation as of one commit; `seen` says which, so that a later one is noticed."""

    index: Index
    searcher: Searcher
    seen: tuple[int, Path, bytes]


class TantivyIndex:
    """See archive.ports.search.SearchIndex. `folder` is made at the first use.

    What `write` returned from is on disk and seen by the next search of every process: readers compare the
    generation's meta file, which each commit replaces, before every search.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder)
        self._lock = threading.Lock()
        self._open: _Open | None = None

    def write(self, entries: Sequence[IndexEntry], removed: Sequence[tuple[str, int]] = ()) -> None:
        changes = tokens.newest(entries, removed)
        if not changes:
            return
        with _engine():
            self._opened()
        with _engine(), self._folder.writing():
            self._apply(self._opened().index, changes)
            self._folder.note(changes)
            self._folder.sweep()

    def search(self, query: Query) -> Hits:
        with _engine():
            opened = self._opened()
            schema, searcher = opened.index.schema, opened.searcher
            found = tantivy_query.selecting(schema, query)
            if query.sort == "relevance":
                total, _ = _page(searcher, found, 0, 0)
                records = _parted(searcher, tantivy_query.by_relevance(schema, query), query)
            else:
                total, records = _page(searcher, found, query.offset, query.limit)
            return Hits(total, tuple(records), _types(searcher, found) if total else {})

    def count(self) -> int:
        with _engine():
            return _live(self._opened().index)

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        with self._folder.rebuilding() as path:
            with _engine():
                index = Index(_schema(), path=str(path))
            _fill(index, entries)
            with _engine(), self._folder.writing():
                self._apply(index, self._removed())
                for part in tokens.batches(self._folder.noted(), 500):
                    self._apply(index, tokens.newest((e for _, _, e in part if e), _gone(part)))
                self._folder.publish(path)
                return _live(index)

    def ping(self) -> None:
        with _engine():
            self._opened()

    def _opened(self) -> _Open:
        """The current generation, opened or loaded again if it has changed; made if there is none."""
        with self._lock:
            for attempt in range(5):
                try:
                    return self._look()
                except (OSError, ValueError):
                    # The generation was replaced and removed between the look at the pointer and the opening.
                    if attempt == 4:
                        raise
            raise AssertionError

    def _look(self) -> _Open:
        path = self._folder.current() or self._first()
        seen = (os.getpid(), path, (path / "meta.json").read_bytes())
        known = self._open
        if known is None or known.seen != seen:
            if known is not None and known.seen[:2] == seen[:2]:
                index = known.index
            else:
                index = Index.open(str(path))
                index.config_reader("manual")
            self._open = known = _Open(index, _searcher(index), seen)
        return known

    def _first(self) -> Path:
        with self._folder.writing():
            if (path := self._folder.current()) is None:
                if any(_searcher(Index.open(str(g))).num_docs for g in self._folder.generations()):
                    raise IndexUnavailable("search index: its pointer is lost: run `dangan rebuild index`")
                path = self._folder.new_generation()
                Index(_schema(), path=str(path))
                self._folder.publish(path)
            return path

    def _removed(self) -> list[Written]:
        """What the current generation knows to be removed, so that no late change brings it back."""
        try:
            if self._folder.current() is None:
                return []
            opened = self._opened()
            asked = tantivy_query.any_of(opened.index.schema, "state", ["removed"])
            return [(record, change, None) for record, change in _known(opened.searcher, asked)]
        except (OSError, ValueError, IndexUnavailable):
            # What can't be read any more is what a rebuild is to replace.
            return []

    def _apply(self, index: Index, changes: Sequence[Written]) -> None:
        """Commit those of `changes` that are not older than what is there. Call it while writing."""
        index.reload()
        ids = [record for record, _, _ in changes]
        asked = tantivy_query.any_of(index.schema, "record", ids) if ids else Asked.empty_query()
        known = dict(_known(index.searcher(), asked))
        due = [change for change in changes if known.get(change[0], -1) <= change[1]]
        if not due:
            return
        with _writer(index, WRITE_MEMORY) as writer:
            for record, change, entry in due:
                if record in known:
                    writer.delete_documents_by_term("record", record)
                writer.add_document(_document(record, change, entry))


@contextmanager
def _engine() -> Iterator[None]:
    """Whatever the engine or the disk raises, said in one sentence."""
    try:
        yield
    except BaseException as error:
        # A panic inside tantivy (damaged data) comes as PanicException, which has no importable name.
        if not isinstance(error, OSError | ValueError) and type(error).__name__ != "PanicException":
            raise
        message = f"search index: {error}: see disk space, or run `dangan rebuild index`"
        raise IndexUnavailable(message) from error


@contextmanager
def _writer(index: Index, memory: int) -> Iterator[IndexWriter]:
    """Commits at the end, or leaves nothing behind; on return the lock is free and merges are done."""
    with _engine():
        writer = index.writer(memory, 1)
    try:
        yield writer
        with _engine():
            writer.commit()
    finally:
        # What was not committed goes with the writer.
        writer.wait_merging_threads()


def _searcher(index: Index) -> Searcher:
    index.reload()
    return index.searcher()


def _document(record: str, change: int, entry: IndexEntry | None) -> Document:
    document = Document()
    document.add_text("record", record)
    document.add_unsigned("change", change)
    document.add_text("state", "live" if entry else "removed")
    if entry is None:
        return document
    body, characters = tokens.body(entry)
    title, title_characters = tokens.title(entry)
    texts = {
        "order": tokens.order(entry.date, record),
        "type": entry.type,
        "access_class": entry.access_class,
        "house": entry.house,
        "dossier": entry.dossier,
        "body": body,
        "characters": characters,
        "title": title,
        "title_characters": title_characters,
    }
    for name, text in texts.items():
        document.add_text(name, text)
    for house in entry.houses:
        document.add_text("house", house)
    if entry.date:
        document.add_unsigned("day", tokens.number(entry.date))
    return document


def _fill(index: Index, entries: Iterable[IndexEntry]) -> int:
    """Write `entries` into an empty index; of several for one record the highest change stays."""
    changes: dict[str, int] = {}
    with _writer(index, REBUILD_MEMORY) as writer:
        for batch in tokens.batches(entries, 500):
            with _engine():
                for entry in batch:
                    known = changes.get(entry.record)
                    if known is not None and known > entry.change:
                        continue
                    if known is not None:
                        writer.delete_documents_by_term("record", entry.record)
                    changes[entry.record] = entry.change
                    writer.add_document(_document(entry.record, entry.change, entry))
    return len(changes)


def _page(searcher: Searcher, asked: Asked, offset: int, limit: int) -> tuple[int, list[str]]:
    """How many entries `asked` finds, and the records from `offset` on, newest first."""
    if limit == 0 or offset >= searcher.num_docs:
        return _count(searcher, asked), []
    result = searcher.search(
        asked, limit=limit, offset=offset, count=True, order_by_field="order", order=Order.Asc
    )
    found = [searcher.doc(address)["record"][0] for _, address in result.hits]
    return int(result.count), found  # type: ignore[attr-defined]


def _live(index: Index) -> int:
    return _count(_searcher(index), tantivy_query.any_of(index.schema, "state", ["live"]))


def _count(searcher: Searcher, asked: Asked) -> int:
    return int(searcher.search(asked, limit=1, count=True).count)  # type: ignore[attr-defined]


def _parted(searcher: Searcher, parts: Sequence[Asked], query: Query) -> list[str]:
    """The asked page of `parts` put one after the other."""
    records: list[str] = []
    offset = query.offset
    for part in parts:
        total, found = _page(searcher, part, offset, query.limit - len(records))
        records += found
        offset = max(0, offset - total)
        if len(records) >= query.limit:
            break
    return records


def _types(searcher: Searcher, asked: Asked) -> dict[str, int]:
    counted = searcher.aggregate(asked, {"types": {"terms": {"field": "type", "size": MAX_TYPES}}})
    return {bucket["key"]: bucket["doc_count"] for bucket in counted["types"]["buckets"]}


def _known(searcher: Searcher, asked: Asked) -> Iterator[tuple[str, int]]:
    """Record and change of all that `asked` finds."""
    count = _count(searcher, asked)
    for _, address in searcher.search(asked, limit=count or 1, count=False).hits:
        document = searcher.doc(address)
        yield document["record"][0], document["change"][0]


def _gone(changes: Iterable[Written]) -> Iterator[tuple[str, int]]:
    return ((record, change) for record, change, entry in changes if entry is None)
