"""The audit log within one transaction: entries are appended in memory and written together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, insert, select, type_coerce, update

from archive.adapters.db.codec import mapped
from archive.adapters.db.conditions import conditions
from archive.adapters.db.tables import audit as tables
from archive.domain.audit import StoredEntry, make_entry
from archive.domain.audit_model import AuditEntry, Event
from archive.domain.merkle import Builder, Frontier, read_hashes, write_hashes

_ENTRIES = tables.ENTRIES.table
_RAW = (
    _ENTRIES.c.number,
    *(
        type_coerce(_ENTRIES.c[name], Text).label(name)
        for name in ("at", "event", "actor", "subject", "detail", "leaf")
    ),
)
_BATCH = 2000


class AuditLog:
    """Appends and reads on the connection of a unit of work, which holds the write lock when it appends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._builder: Builder | None = None
        self._pending: list[AuditEntry] = []

    def append(
        self, event: Event, actor: str, subject: str, at: datetime, detail: dict[str, Any]
    ) -> AuditEntry:
        builder = self._tree()
        entry = make_entry(builder.size, at, event.value, actor, subject, detail)
        builder.append(bytes.fromhex(entry.leaf))
        self._pending.append(entry)
        return entry

    def _tree(self) -> Builder:
        if self._builder is None:
            self._builder = Builder.after(self._stored_frontier())
        return self._builder

    def _stored_frontier(self) -> Frontier:
        row = self._connection.execute(select(tables.TREE.c.size, tables.TREE.c.hashes)).one_or_none()
        try:
            assert row is not None
            return Frontier(row.size, read_hashes(row.hashes))
        except (AssertionError, TypeError, ValueError) as error:
            raise ValueError("what is kept of the audit log's tree is damaged: verify the log") from error

    def flush(self) -> None:
        """Write what was appended: entries, tiles and the frontier."""
        if not self._pending or self._builder is None:
            return
        self._connection.execute(insert(_ENTRIES), [tables.ENTRIES.to_row(entry) for entry in self._pending])
        self._pending.clear()
        if self._builder.tiles:
            rows = [{"number": number, "hash": node.hex()} for number, node in self._builder.tiles]
            self._connection.execute(insert(tables.TILES), rows)
            self._builder.tiles.clear()
        frontier = self._builder.frontier()
        values = {"size": frontier.size, "hashes": write_hashes(frontier.hashes)}
        self._connection.execute(update(tables.TREE).values(values))

    def frontier(self) -> Frontier:
        return self._builder.frontier() if self._builder else self._stored_frontier()

    def entries(self, start: int, end: int | None, where: dict[str, Any]) -> Iterator[AuditEntry]:
        self.flush()
        columns, wanted = tuple(_ENTRIES.c), conditions(mapped(AuditEntry), where)
        for row in self._by_number(columns, start, end, wanted):
            yield AuditEntry(*row)

    def raw(self, start: int, end: int | None) -> Iterator[StoredEntry]:
        self.flush()
        for row in self._by_number(_RAW, start, end, []):
            yield StoredEntry(*row)

    def _by_number(
        self, columns: tuple[Any, ...], start: int, end: int | None, wanted: list[Any]
    ) -> Iterator[Any]:
        number = _ENTRIES.c.number
        query = select(*columns).where(*wanted).order_by(number).limit(_BATCH)
        if end is not None:
            query = query.where(number < end)
        while rows := self._connection.execute(query.where(number >= start)).all():
            yield from rows
            if len(rows) < _BATCH:
                return
            start = rows[-1][0] + 1

    def leaves(self, start: int, end: int) -> Sequence[bytes]:
        self.flush()
        query = (
            select(_ENTRIES.c.leaf)
            .where(_ENTRIES.c.number >= start, _ENTRIES.c.number < end)
            .order_by(_ENTRIES.c.number)
        )
        return [bytes.fromhex(leaf) for leaf in self._connection.execute(query).scalars()]

    def tiles(self, start: int = 0, end: int | None = None) -> Sequence[str]:
        """The kept tile hashes (hex) in order; damage included, as they lie there."""
        self.flush()
        number = tables.TILES.c.number
        query = select(tables.TILES.c.hash).where(number >= start).order_by(number)
        if end is not None:
            query = query.where(number < end)
        return list(self._connection.execute(query).scalars())
