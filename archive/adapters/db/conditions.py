"""Conditions and orders of the port, by field name, as SQL that means the same in both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, func

from archive.adapters.db.codec import Mapped
from archive.ports.unit_of_work import NOT_NULL, After, AtLeast, AtMost, Contains, StartsWith

_LAST = chr(0x10FFFF)

MOST_VALUES = 10_000
"""How many values a condition may name; databases take about 32,000 parameters in all."""


def _starts_with(column: Column[Any], condition: StartsWith) -> ColumnElement[bool]:
    # A range instead of LIKE: it uses the index, and % or _ in the prefix mean themselves.
    return and_(column >= condition.value, column < condition.value + _LAST)


def _contains(column: Column[Any], condition: Contains) -> ColumnElement[bool]:
    # LIKE would fold case in SQLite alone; what is left when the text is taken out means the same in both.
    return func.length(func.replace(column, condition.value, "")) < func.length(column)


def _one_of(column: Column[Any], condition: tuple[Any, ...]) -> ColumnElement[bool]:
    if len(condition) > MOST_VALUES:
        raise ValueError(f"one of {len(condition)} values: ask in parts of at most {MOST_VALUES}")
    return column.in_(condition)


_COMPARISONS: dict[type, Callable[[Column[Any], Any], ColumnElement[bool]]] = {
    AtMost: lambda column, condition: column <= condition.value,
    AtLeast: lambda column, condition: column >= condition.value,
    After: lambda column, condition: column > condition.value,
    StartsWith: _starts_with,
    Contains: _contains,
    tuple: _one_of,
    type(None): lambda column, _: column.is_(None),
}


def field(mapped: Mapped[Any], name: str) -> Column[Any]:
    """Raises TypeError when the kind has no such field."""
    found = mapped.table.c.get(name)
    if found is None:
        raise TypeError(f"{mapped.kind.__name__} has no field {name}")
    return found


def conditions(mapped: Mapped[Any], where: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [_condition(field(mapped, name), value) for name, value in where.items()]


def _condition(column: Column[Any], value: Any) -> ColumnElement[bool]:
    if value is NOT_NULL:
        return column.is_not(None)
    compare = _COMPARISONS.get(type(value))
    return compare(column, value) if compare else column == value


def ordering(mapped: Mapped[Any], order: Sequence[str]) -> list[ColumnElement[Any]]:
    """The order's terms, empty values always last, the key last of all."""
    terms: list[ColumnElement[Any]] = []
    for name in order:
        found = field(mapped, name.removeprefix("-"))
        term = found.desc() if name.startswith("-") else found.asc()
        terms.append(term.nulls_last() if found.nullable else term)
    if mapped.key not in {name.removeprefix("-") for name in order}:
        terms.append(mapped.table.c[mapped.key].asc())
    return terms
