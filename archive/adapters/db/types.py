"""Column types: how the domain's values are stored, the same in SQLite and PostgreSQL."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Union

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, Integer, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from archive.ports.unit_of_work import Unstorable

ORDERED_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both databases order by code point; so paging by key and prefixes mean the same in both."""

WHOLE = BigInteger().with_variant(Integer(), "sqlite")


class PlainText(TypeDecorator[str]):
    """Text. NUL and lone surrogates cannot be stored in both databases and are refused with ValueError."""

    impl = ORDERED_TEXT
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is not None and "\x00" in value:
            raise Unstorable("text with a NUL character cannot be stored")
        return value


class EnumText(TypeDecorator[StrEnum]):
    """A member of a StrEnum by its value."""

    impl = ORDERED_TEXT
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members
        self._by_value = {member.value: member for member in members}

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.members(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self._by_value[value]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in any zone going in, aware in UTC coming out. Naive datetimes are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a time zone cannot be stored: {value}")
        return typing.cast(datetime, value.astimezone(UTC))

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return typing.cast(
            datetime, value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        )


class JsonText(TypeDecorator[Any]):
    """Tuples, mappings and Any as JSON text; `hint` says what comes out (lists become the tuples they
    were)."""

    impl = Text
    cache_ok = True

    def __init__(self, hint: Any, nullable: bool) -> None:
        super().__init__()
        self.hint = hint
        self.nullable = nullable
        self._decode = decoder(hint)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None and self.nullable:
            return None
        return encode_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self._decode(json.loads(value))


def encode_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be stored in a JSON column")


def decoder(hint: Any) -> Callable[[Any], Any]:
    """A function that turns parsed JSON into what `hint` says."""
    if typing.get_origin(hint) is not tuple:
        return _same
    inner = typing.get_args(hint)
    if len(inner) == 2 and inner[1] is Ellipsis:
        item = decoder(inner[0])
        return tuple if item is _same else lambda values: tuple(item(v) for v in values)
    items = [decoder(part) for part in inner]
    return lambda values: tuple(f(v) for f, v in zip(items, values, strict=True))


def _same(value: Any) -> Any:
    return value


def optional(hint: Any) -> tuple[Any, bool]:
    """The hint without None, and whether None was in it."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        rest = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"a column holds one type: {hint}")
        return rest[0], True
    return hint, False


def column_type(hint: Any, nullable: bool) -> TypeEngine[Any]:
    """The column type for a field's type hint (without None)."""
    simple: dict[Any, TypeEngine[Any]] = {
        str: PlainText(),
        bool: Boolean(),
        int: WHOLE,
        float: Double(),
        bytes: LargeBinary(),
        datetime: UtcDateTime(),
        date: Date(),
    }
    if hint in simple:
        return simple[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return EnumText(hint)
    return JsonText(hint, nullable)
