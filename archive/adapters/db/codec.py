"""Tables from dataclasses: one column per field, by name and type hint. A new field is a new column."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, UniqueConstraint, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeEngine

from archive.adapters.db.types import JsonText, column_type, encode_json, optional

T = TypeVar("T")

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the archive; names of indexes and constraints are fixed, so migrations can name them."""

_BY_KIND: dict[type, Mapped[Any]] = {}


@dataclass(frozen=True, slots=True)
class Mapped(Generic[T]):
    """A dataclass and its table. Columns stand in the order of the fields, so a row is the constructor's
    call."""

    kind: type[T]
    table: Table
    key: str
    removable: bool
    writable: bool

    def to_row(self, value: T) -> dict[str, Any]:
        return {name: getattr(value, name) for name in self.table.c.keys()}  # noqa: SIM118

    def from_row(self, row: Sequence[Any]) -> T:
        return self.kind(*row)


def derive(
    name: str,
    kind: type[T],
    *,
    key: str = "id",
    indexes: Sequence[tuple[str, ...]] = (),
    lookups: Sequence[str] = (),
    unique: Sequence[tuple[str, ...]] = (),
    references: Mapping[str, str] | None = None,
    types: Mapping[str, TypeEngine[Any]] | None = None,
    removable: bool = False,
    writable: bool = True,
) -> Mapped[T]:
    """Make the table of `kind` and register it.

    `lookups` are fields that are asked for by equality and may hold text of any length, which a PostgreSQL
    btree refuses. `references` (field → "table.column") are checked at commit, so the order of inserts is
    free. `types` replaces the type derived from a hint. Rows of a kind can be deleted only when it is
    `removable`; kinds that are not `writable` are written by the unit of work itself.
    """
    hints = typing.get_type_hints(kind)
    columns = []
    for field in dataclasses.fields(typing.cast(Any, kind)):
        hint, nullable = optional(hints[field.name])
        target = (references or {}).get(field.name)
        columns.append(
            Column(
                field.name,
                (types or {}).get(field.name) or column_type(hint, nullable),
                *([ForeignKey(target, deferrable=True, initially="DEFERRED")] if target else []),
                primary_key=field.name == key,
                nullable=nullable,
                autoincrement=False,
                server_default=_default(field, hint),
            )
        )
    table = Table(
        name,
        METADATA,
        *columns,
        *(UniqueConstraint(*names) for names in unique),
        *(Index(None, *names) for names in indexes),
        *(Index(None, field, postgresql_using="hash") for field in lookups),
    )
    mapped = Mapped(kind, table, key, removable, writable)
    _BY_KIND[kind] = mapped
    return mapped


def _default(field: dataclasses.Field[Any], hint: Any) -> TextClause | None:
    """The field's default as SQL, so that a column added later fills the rows that are there already."""
    value = field.default
    if field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    if value is dataclasses.MISSING or value is None:
        return None
    if isinstance(column_type(hint, False), JsonText):
        value = encode_json(value)
    if isinstance(value, bool):
        return text("true" if value else "false")
    if isinstance(value, int):
        return text(str(value))
    if isinstance(value, (str, StrEnum)):
        quoted = str(value).replace("'", "''").replace(":", "\\:")
        return text(f"'{quoted}'")
    raise TypeError(f"no SQL default for {field.name}")


def mapped(kind: type[T]) -> Mapped[T]:
    """Raises TypeError for a class without a table."""
    found = _BY_KIND.get(kind)
    if found is None:
        raise TypeError(f"{kind.__name__} has no table")
    return found
