"""The audit log within one transaction: entries are appended in memory and written together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, func, insert, select, type_coerce, update

from archive.adapters.db.codec import mapped
from archive.adapters.db.conditions import conditions
from archive.adapters.db.tables import audit as tables
from archive.domain.audit import StoredEntry, make_entry, mentioned
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
_NAMES = 5000
"""How many names one query asks for; databases take about 32,000 parameters in all."""


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
        named = [{"name": n, "number": e.number} for e in self._pending for n in mentioned(e.detail)]
        if named:
            self._connection.execute(insert(tables.MENTIONS), named)
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

    def newest(
        self,
        where: dict[str, Any],
        about: Sequence[str] | None,
        since: datetime | None,
        until: datetime | None,
        before: int | None,
        limit: int,
    ) -> list[AuditEntry]:
        """The entries that fit, newest first."""
        self.flush()
        number, at = _ENTRIES.c.number, _ENTRIES.c.at
        times = [*([at >= since] if since else []), *([at < until] if until else [])]
        wanted = [*conditions(mapped(AuditEntry), where), *times]
        if times:  # an index over both answers the ends at once; the walk by number then stays within them
            ends = self._connection.execute(select(func.min(number), func.max(number)).where(*times)).one()
            if ends[0] is None:
                return []
            wanted.append(number.between(ends[0], ends[1]))
        if before is not None:
            wanted.append(number < before)
        if about is not None:
            wanted = [number.in_(self._about(about, wanted, limit))]
        query = select(*_ENTRIES.c).where(*wanted).order_by(number.desc()).limit(limit)
        return [AuditEntry(*row) for row in self._connection.execute(query)]

    def _about(self, names: Sequence[str], wanted: list[Any], limit: int) -> list[int]:
        """Numbers of the newest entries by, on or naming any of `names`: one walk over each index."""
        number, mentions = _ENTRIES.c.number, tables.MENTIONS
        found: set[int] = set()
        for part in (names[i : i + _NAMES] for i in range(0, len(names), _NAMES)):
            for column in (_ENTRIES.c.subject, _ENTRIES.c.actor):
                query = select(number).where(column.in_(part), *wanted)
                found.update(self._connection.execute(query.order_by(number.desc()).limit(limit)).scalars())
            query = select(number).join(mentions, mentions.c.number == number)
            query = query.where(mentions.c.name.in_(part), *wanted)
            found.update(
                self._connection.execute(query.order_by(mentions.c.number.desc()).limit(limit)).scalars()
            )
        return sorted(found, reverse=True)[:limit]

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
